import pytest

from kieubao.consent.vocabulary import Channel
from kieubao.intake import proposals
from kieubao.intake.files import Row, Table
from kieubao.people.schemas import PersonForm

HEADED = {
    "STT": "",
    "Họ và tên": "person.name",
    "HỌ, CHỮ ĐỆM VÀ TÊN": "person.name",
    "Ngày/năm sinh": "person.born",
    "Ngày tháng năm sinh": "person.born",
    "GT": "person.gender",
    "Giới tính": "person.gender",
    "Quê quán": "person.home",
    "Nước đang ở": "person.country",
    "Quốc gia cư trú": "person.country",
    "Địa chỉ nước ngoài": "person.address",
    "Nơi ở hiện tại": "person.address",
    "Số điện thoại": "person:phone",
    "SĐT": "person:phone",
    "Zalo": "person:zalo",
    "E-mail": "person:email",
    "Thư điện tử": "person:email",
    "Nghề nghiệp": "person.occupation",
    "Trình độ học vấn": "person.education",
    "Quốc tịch": "person.citizenship",
    "Chức vụ": "person.position",
    "Thân nhân tại quê": "relative.name",
    "Họ tên thân nhân": "relative.name",
    "Quan hệ": "relative.kinship",
    "Mối quan hệ với thân nhân": "relative.kinship",
    "SĐT thân nhân": "relative:phone",
    "Đồng ý liên hệ": proposals.ANSWER,
    "Ngày ký phiếu": "consent.signed_on",
    "Số phiếu đồng ý": "consent.evidence",
    "Ghi chú": "person.note",
    "Full name": "person.name",
    "Date of birth": "person.born",
    "Country": "person.country",
    "Màu áo": "",
}


def table(*rows, name="DS", shown=True):
    return Table(name, shown, [Row(number, cells) for number, cells in enumerate(rows, 1)])


@pytest.mark.parametrize("heading", HEADED)
def test_a_heading_proposes_what_its_column_means(heading):
    assert proposals.columns(proposals.sheet_of([table([heading, "x", "y"])]), [])[0] == HEADED[heading]


@pytest.mark.parametrize(
    ("cells", "target"),
    [
        (["a@example.com", "b@example.org", ""], "person:email"),
        (["0912 345 678", "+420 601 555 148", "x"], "person:phone"),
        (["14/08/1948", "1-2-50", "9.9.1999"], "person.born"),
        (["Nam", "nữ", "NAM"], "person.gender"),
        (["a@example.com", "không có", "chưa rõ"], ""),
    ],
)
def test_so_does_what_stands_in_it(cells, target):
    sheet = proposals.sheet_of([table(["Cột A"])])
    assert proposals.columns(sheet, [Row(n, [cell]) for n, cell in enumerate(cells)]) == [target]


def test_no_two_columns_are_one_field_but_several_may_be_numbers():
    sheet = proposals.sheet_of([table(["Họ tên", "Tên", "SĐT 1", "SĐT 2"])])
    assert proposals.columns(sheet, []) == ["person.name", "", "person:phone", "person:phone"]


def test_the_headings_are_the_row_that_says_most():
    title, below = ["DANH SÁCH", "", ""], ["1", "Lê Văn Ba", "1950"]
    sheets = [table(["Bìa"]), table(title, ["STT", "Họ tên", "Năm sinh"], below)]
    assert (proposals.sheet_of(sheets).place, proposals.sheet_of(sheets).above) == (1, 2)
    assert proposals.sheet_of(sheets, 0).headings == ["Bìa"]
    assert proposals.sheet_of(sheets, 1, 3).headings == below


def test_a_hidden_sheet_is_proposed_only_where_no_other_is():
    hidden = table(["Họ tên", "Năm sinh"], shown=False)
    assert proposals.sheet_of([hidden, table(["x"])]).place == 1
    assert proposals.sheet_of([hidden]).place == 0
    assert proposals.sheet_of([]).headings == []


@pytest.mark.parametrize(
    ("field", "word", "code"),
    [
        ("gender", "NỮ", "female"),
        ("gender", "M", "male"),
        ("education", "Đại học", "bachelor"),
        ("education", "ĐH", "bachelor"),
        ("status", "Du học", "student"),
        ("gender", "x", ""),
        ("answer", "Từ chối", "refused"),
        ("answer", "đồng ý", ""),
    ],
)
def test_a_word_proposes_its_code_and_never_a_yes(field, word, code):
    assert proposals.meaning(field, word) == code


def test_whatever_is_proposed_is_there():
    people = {target for target in proposals.TARGETS if not target.startswith("consent.")}
    fields = {target.partition(".")[2] for target in people if "." in target} - {"kinship", "code"}
    assert fields <= set(PersonForm().fields)
    assert {target.partition(":")[2] for target in proposals.TARGETS if ":" in target} <= {*map(str, Channel)}
    assert {target for _pattern, target in proposals._HEADINGS} <= set(proposals.TARGETS)

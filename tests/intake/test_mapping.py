import pytest

from kieubao.ground.errors import Invalid
from kieubao.intake import mapping
from kieubao.intake.columns import Column, Remark

TEXT = """
nothing = ["ko có", "-"]
above = ["nt"]
ignored = ["STT"]

[fixed]
source = "danh sách"

[person.fixed]
kind = "abroad"

[person.columns]
"Họ tên" = "name"
"GT" = { field = "gender", texts = { male = ["Nam", "M"], female = ["Nữ"] } }
"Nước" = "country"
"ĐT" = { channels = ["phone", "zalo"], on_error = "leave_out" }

[relative.columns]
"Quan hệ" = "kinship"

[consent]
column = "Đồng ý"

[consent.means."Từ chối"]
state = "refused"
method = "paper"

[consent.means."đồng ý"]
warning = "cần phiếu ký"
"""
LAYOUT = mapping.laid_out(mapping.read(TEXT))


def test_a_mapping_is_read_whole():
    assert LAYOUT.person.fixed == {"source": "danh sách", "kind": "abroad"}
    assert LAYOUT.relative.fixed == {"source": "danh sách"}
    assert LAYOUT.person.columns["Họ tên"] == Column(field="name")
    assert LAYOUT.person.columns["ĐT"].channels == ["phone", "zalo"]
    assert LAYOUT.person.heading("country") == "Nước"
    assert LAYOUT.person.heading("born") == "born"
    assert LAYOUT.consent.meaning("từ chối").state == "refused"
    assert set(LAYOUT.headings) == {"họ tên", "gt", "nước", "đt", "quan hệ", "đồng ý"}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("[person", "TOML"),
        ('nothin = ["-"]', "nothin"),
        ('nothing = "-"', "nothing"),
        ("person = 1", "person"),
        ("fixed = 1", "fixed"),
        ('[person.columns]\n"GT" = { feild = "gender" }', "feild"),
        ('[person.columns]\n"GT" = 3', "GT"),
        ('[person.columns]\n"GT" = {}', "GT"),
        ('[person.columns]\n"GT" = { field = "gender", channels = ["sms"] }', "GT"),
        ('[person.columns]\n"GT" = { field = "gender", on_error = "guess" }', "GT"),
        ('[consent]\ncolumn = "x"\n[consent.means."có"]\nmethod = "paper"', "có"),
        ('[consent.means."có"]\nsigned_on = 2026-01-12', "signed_on"),
    ],
)
def test_what_is_not_understood_is_named(wrong, named):
    with pytest.raises(Invalid, match=named):
        mapping.laid_out(mapping.read(wrong))


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"x-y": None}, "x-y"),
        ({"old": []}, "old"),
        ({"old": {"GT": []}}, "GT"),
        ({"person": {"columns": {"GT": {"channels": [{}]}}}}, "channels"),
        ({"ignored": [["STT"]]}, "ignored"),
        ({"totals": [None]}, "totals"),
        ({"consent": {"means": {"có": {"state": "given", "purposes": [[]]}}}}, "purposes"),
    ],
)
def test_what_json_can_say_and_toml_cannot_is_named_too(wrong, named):
    with pytest.raises(Invalid, match=named):
        mapping.laid_out(wrong)


def test_columns_nobody_spoke_of_are_named():
    LAYOUT.refuse_unknown(["STT", "họ  TÊN", "GT"])
    with pytest.raises(Invalid, match="“Ghi chú”, “x”"):
        LAYOUT.refuse_unknown(["STT", "Ghi chú", "x"])


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("name", " Lê  Ba ", " Lê  Ba "),
        ("name", "Ko  có", None),
        ("name", "-", None),
        ("name", " ", None),
        ("gender", "NAM", "male"),
        ("gender", "m ", "male"),
        ("gender", "nữ", "female"),
        ("born", "(1950)", "(1950)"),
    ],
)
def test_what_a_cell_says(field, text, value):
    column = {"gender": LAYOUT.person.columns["GT"]}.get(field, Column(field=field))
    assert LAYOUT.value(column, text) == value


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("name", "nt"),
        ("born", "NT"),
        ("occupation", "=1+1"),
        ("name", "Lê Văn Ba (đã mất 2021)"),
        ("name", "Lê Ba 2"),
        ("gender", "nu"),
        ("gender", "x"),
    ],
)
def test_what_is_no_value_is_refused(field, text):
    column = {"gender": LAYOUT.person.columns["GT"]}.get(field, Column(field=field))
    with pytest.raises(Invalid):
        LAYOUT.value(column, text)


def test_an_answer_has_to_be_in_the_table():
    with pytest.raises(Invalid, match="có lẽ"):
        LAYOUT.consent.meaning("có lẽ")


def told(texts):
    found, remarks = LAYOUT.found(LAYOUT.person, texts)
    return {piece.heading: piece.text for piece in found}, [(remark.heading, remark.on_error) for remark in remarks]


def test_every_cell_is_found_or_remarked_on():
    found, remarks = told({"họ tên": "nt", "gt": "?", "nước": "Séc", "đt": "601 555 148"})
    assert found == {"Nước": "Séc", "ĐT": "601 555 148"}
    assert remarks == [("Họ tên", "refuse"), ("GT", "refuse")]


@pytest.mark.parametrize("number", ["+84 912 345 678", "0084912345678", "(+84) 912345678"])
def test_an_international_number_needs_no_country(number):
    assert told({"đt": number}) == ({"ĐT": number}, [])


def test_a_national_number_of_somebody_who_lives_nobody_knows_where_is_not_read():
    assert told({"đt": "0912345678"}) == ({}, [("ĐT", "leave_out")])


def test_a_remark_refuses_unless_it_says_otherwise():
    assert Remark("GT", Invalid("x")).on_error == "refuse"

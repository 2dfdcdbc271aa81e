"""What leaves can be opened anywhere, is whole Vietnamese, and holds nothing that runs."""

import csv
import hashlib
import io
import json
import zipfile

import openpyxl
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from kieubao.ground.cells import bare, inert
from kieubao.ground.vocabulary import SECTOR
from kieubao.intake.workbooks import How
from kieubao.outreach import files
from kieubao.outreach.vocabulary import Format
from tests.intake.reading import tables

LIVE = ["=1+1", "+1+1", "-1", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")', "＝1+1"]
TAME = ["Nguyễn Thị Đào", "+420 601 555 148", "0983 000 111", "a@example.com", "ngô, “khoai”; lúa", "012", "a\nb"]
NAMES = ["Mã", "Họ, chữ đệm và tên"]


def made(wanted, values):
    people = files.Table("Danh sách", NAMES, [["KB-1", value] for value in values])
    content, digest = files.written(wanted, people, files.Table("Ghi chú", ["Mục", "Nội dung"], [["Số người", "3"]]))
    with content:
        return content.read(), digest


@pytest.mark.parametrize("value", LIVE)
def test_a_csv_runs_nothing(value):
    content, _digest = made(Format.CSV, [value])
    (row,) = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]
    assert row[1] == f"'{value}"


@pytest.mark.parametrize("value", TAME)
def test_tame_values_come_back_as_they_were(value):
    content, _digest = made(Format.CSV, [value])
    assert content.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1] == ["KB-1", value]
    assert inert(value) == value


@pytest.mark.parametrize("value", [*LIVE, *TAME])
def test_every_xlsx_value_is_text(value):
    content, _digest = made(Format.XLSX, [value])
    for part in zipfile.ZipFile(io.BytesIO(content)).namelist():
        assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read(part)
    cell = openpyxl.load_workbook(io.BytesIO(content))["Danh sách"]["B2"]
    assert cell.data_type in {"s", "inlineStr"}
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["Danh sách", "Ghi chú"]
    assert book.get_sheet_by_name("Danh sách").to_python()[0] == NAMES


@pytest.mark.parametrize("wanted", [Format.CSV, Format.XLSX])
def test_nobody_is_still_a_file_with_headings(wanted):
    content, digest = made(wanted, [])
    assert len(digest) == 64
    if wanted is Format.CSV:
        assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [NAMES]
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Danh sách").to_python()
        assert rows[0] == NAMES


PERSON = {
    "code": "KB-7F3Q-9XKC-2",
    "name": "Đặng Thị Hòa; “Hoa”, \\ nhà",
    "form_of_address": "ba",
    "gender": "female",
    "preferred_language": "vi",
    "born": "1968-08-14",
    "country": "CZ",
    "city": "Praha",
    "home_text": "Xã Cẩm Xuyên",
    "occupation": "Chủ cửa hàng",
    "workplace": "Chợ Sapa",
    "position": "Giám đốc",
    "sector": "G",
    "reach": {
        "phone": ["+420601555148"],
        "sms": ["+84383456789"],
        "zalo": ["+84383456789"],
        "email": ["hoa@example.com"],
        "in_person": ["Nhà thờ họ"],
        "post": ["Libušská 319, Praha 4; nhà 3\nngõ " + "ữ" * 90],
    },
}
MANIFEST = files.Table(
    "Ghi chú", ("Mục", "Nội dung"), [("Lượt tải", "LL-1"), ("Người tải", "A"), ("Điều kiện", "Chỉ mời")]
)


def cards(*people):
    fields = [name for name in PERSON if name != "reach"]
    asked = files.People(people, fields, list(PERSON["reach"]), "vi")
    content, digest = files.taken(Format.VCARD, asked, MANIFEST)
    with content:
        text = content.read()
    assert digest == hashlib.sha256(text).hexdigest()
    return text


def test_a_card_is_read_again_as_it_was():
    text = cards(PERSON, {**PERSON, "code": "KB-0", "name": "", "reach": {}})
    assert max(map(len, text.split(b"\r\n"))) <= 75
    one, other = vobject.readComponents(text.decode())
    assert (one.version.value, one.fn.value, one.n.value.given) == ("4.0", PERSON["name"], PERSON["name"])
    assert (one.n.value.prefix, one.gender.value, one.bday.value, one.lang.value) == ("Bà", "F", "19680814", "vi")
    assert [(line.value, line.params["TYPE"]) for line in one.tel_list] == [
        ("tel:+420601555148", ["voice"]), ("tel:+84383456789", ["text"]),
    ]  # fmt: skip
    assert (one.email.value, one.uid.value, one.x_zalo.value) == (
        "hoa@example.com", "urn:kieubao:KB-7F3Q-9XKC-2", "+84383456789",
    )  # fmt: skip
    addresses = [(line.value.street, line.value.city, line.value.country) for line in one.adr_list]
    assert addresses == [(PERSON["reach"]["post"][0], "", ""), ("", "Praha", "Séc")]
    assert (one.org.value, one.title.value, one.role.value) == (["Chợ Sapa"], "Giám đốc", "Chủ cửa hàng")
    assert one.note.value.split("\n") == [
        "Quê quán: Xã Cẩm Xuyên", "Gặp trực tiếp: Nhà thờ họ",
        f"Ngành: {SECTOR.label('G', 'vi')}", "Lượt tải: LL-1", "Điều kiện: Chỉ mời",
    ]  # fmt: skip
    # Who gave no name is called by the code; who is reached by nothing has where they live, if that was granted.
    assert (other.fn.value, "tel" in other.contents, other.adr.value.street) == ("KB-0", False, "")


@pytest.mark.parametrize(
    ("born", "written"), [("1968-08", "1968-08"), ("1968", "1968"), ("1968~", None), ("1968?", None), ("", None)]
)
def test_a_birth_that_is_not_sure_is_on_no_card(born, written):
    (card,) = vobject.readComponents(cards({**PERSON, "born": born}).decode())
    assert (card.bday.value if "bday" in card.contents else None) == written


def test_a_card_holds_what_was_granted_and_no_more():
    person = {"code": "KB-7F3Q-9XKC-2", "name": "Hòa", "reach": {"email": ["hoa@example.com"]}}
    (card,) = vobject.readComponents(cards(person).decode())
    assert set(card.contents) == {"version", "fn", "n", "uid", "email", "note"}
    assert cards() == b""


@pytest.mark.parametrize("lived", [{"country": "CZ"}, {"city": "Praha"}, {}])
def test_where_somebody_lives_is_an_address_as_far_as_it_is_known(lived):
    (card,) = vobject.readComponents(cards({**PERSON, "country": "", "city": "", "reach": {}, **lived}).decode())
    known = [(line.value.city, line.value.country) for line in card.contents.get("adr", [])]
    assert known == ([(lived.get("city", ""), "Séc" if "country" in lived else "")] if lived else [])


@pytest.mark.parametrize("people", [[], [PERSON], [PERSON, {"code": "KB-0", "reach": {}}]])
def test_json_has_everybody_as_they_are_kept(people):
    asked = files.People(people, [name for name in PERSON if name != "reach"], list(PERSON["reach"]), "vi")
    content, digest = files.taken(Format.JSON, asked, MANIFEST)
    with content:
        text = content.read()
    assert digest == hashlib.sha256(text).hexdigest()
    assert json.loads(text) == {"people": people, "notes": dict(MANIFEST.rows)}
    assert "Hòa" in text.decode() or not people


# What people are called and write, and what spreadsheets run, split or count by.
TEXTS = st.text(alphabet="=+-@'\"0 1,;\t\n|ữĐỹ\u0111𠀀", max_size=12).filter(lambda text: text == text.strip())


@settings(deadline=None)
@given(st.lists(st.lists(TEXTS, min_size=3, max_size=3).filter(any), min_size=1, max_size=6))
@pytest.mark.parametrize(("wanted", "read"), [(Format.CSV, bare), (Format.XLSX, str)])
def test_what_left_is_read_again_as_it_was(wanted, read, rows):
    """By the reader of files on their way in, cell by cell; a workbook says itself what is text, and marks nothing."""
    content, _digest = files.written(wanted, files.Table("Danh sách", ["Mã", "Tên", "Ghi chú"], rows), MANIFEST)
    with content:
        (first, *_notes), _how = tables(content.read(), How(delimiter="," if wanted is Format.CSV else ""))
    assert [[read(cell) for cell in [*row.cells, "", ""][:3]] for row in first.rows[1:]] == rows

"""What leaves can be opened anywhere, is whole Vietnamese, and holds nothing that runs."""

import csv
import io
import zipfile

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from kieubao.ground.cells import inert
from kieubao.outreach import files
from kieubao.outreach.vocabulary import Format

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


@pytest.mark.parametrize("wanted", Format)
def test_nobody_is_still_a_file_with_headings(wanted):
    content, digest = made(wanted, [])
    assert len(digest) == 64
    if wanted is Format.CSV:
        assert list(csv.reader(io.StringIO(content.decode("utf-8-sig")))) == [NAMES]
    else:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_name("Danh sách").to_python()
        assert rows[0] == NAMES

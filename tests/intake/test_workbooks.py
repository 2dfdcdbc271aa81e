import io
import os
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from kieubao.ground.errors import Invalid
from kieubao.intake import bounded, files, fonts, reader, workbooks
from tests.intake import hostile
from tests.intake.reading import read_file, tables

DATA = Path(__file__).parents[1] / "data"
NEEDED = {"họ và tên", "gt"}
MEMORY, SECONDS = 256, 10


def book(*sheets, **named):
    """Return a workbook of sheets of rows; `named` has what is set of it, and of its sheets the hidden."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    made.epoch = named.get("epoch", made.epoch)
    for name, rows in sheets:
        sheet = made.create_sheet(name)
        sheet.sheet_state = "hidden" if name in named.get("hidden", ()) else "visible"
        for cells in rows:
            sheet.append(cells)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def cells(content):
    """The cells of every row in a file."""
    return [row.cells for table in tables(content)[0] for row in table.rows]


HEADED = [["DANH SÁCH"], [], ["STT", "Họ và  tên", "GT"], [1, " Lê Thị Tư ", "nữ"], [], [2, "Lê Văn Ba", "nam"]]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_workbook_is_read_as_its_reader_sees_it(kind):
    """The three were saved by LibreOffice, of one sheet; a number is text, a day is day/month/year."""
    content = (DATA / f"so-theo-doi.{kind}").read_bytes()
    sheet = read_file(content, {"họ và tên", "ngày sinh"})
    assert (sheet.delimiter, sheet.headings) == ("", ["STT", "Họ và tên", "Ngày sinh", "Điện thoại", "Ghi chú"])
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (4, ["1", "Lê Thị Hoà", "14/08/1948", "912345678", "1.5"]),
        (6, ["2", "Đặng Văn Ý", "1950", "0912 345 678", ""]),
    ]


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_the_fonts_of_columns_are_told(kind):
    """The three were saved by LibreOffice, of one workbook with a blank column on the left of its second sheet."""
    first, second = tables((DATA / f"phong-chu-cu.{kind}").read_bytes())[0]
    assert first.fonts == ["Arial", ".VnTimeH", ".VnTime", "VNI-Times", ".VnTime"]
    assert first.rows[2].cells == ["1", "nguyÔn thÞ hßa", "x· CÈm Xuyªn", "thôï ñieän", "đã về quê"]
    assert (second.fonts, second.rows[-1].cells) == (["", "", "Arial"], ["", "", "Ghi"])


def test_a_column_has_the_font_of_most_of_its_texts_and_a_wide_one_its_place():
    made = openpyxl.Workbook()
    for row in range(1, 6):
        for at, font in (("A", ".VnTime" if row < 4 else "Arial"), ("AB", "VNI-Times")):
            made.active[f"{at}{row}"] = "x"
            made.active[f"{at}{row}"].font = openpyxl.styles.Font(name=font)
    made.active["B1"] = 5
    out = io.BytesIO()
    made.save(out)
    assert fonts.fonts(out.getvalue()) == {"Sheet": [".VnTime", *[""] * 26, "VNI-Times"]}


@pytest.mark.parametrize("place", ["JZZZZ1", "A1"])
def test_no_font_is_told_that_is_none(place):
    """A column beyond any sheet's, and a name that no font has: neither is kept."""
    styles = (
        f'<styleSheet xmlns="{hostile.MAIN}"><fonts><font><name val="{"x" * 3_000_000}"/></font></fonts>'
        '<cellXfs><xf fontId="0"/></cellXfs></styleSheet>'
    )
    made = hostile.xlsx(hostile.row(1, hostile.cell(place, "x")), xl__styles_dot_xml=styles)
    assert fonts.fonts(made) == {"DS": []}


def test_what_a_file_is_wrong_in_does_not_stop_who_reads_it():
    """All that is told of a fault is one word: what the file holds would fill the pipe, and nobody empties it."""
    link = "A" * 300_000
    book = hostile.parts()["xl/workbook.xml"].replace('r:id="r1"', f'r:id="{link}"')
    styles = f'<styleSheet xmlns="{hostile.MAIN}"/>'
    made = hostile.xlsx(xl__workbook_dot_xml=book, xl__styles_dot_xml=styles)
    begun = time.monotonic()
    with workbooks.kept(made) as file:
        assert workbooks._fonts(file) == {}
    assert time.monotonic() - begun < SECONDS


def test_a_font_beyond_the_columns_there_may_be_is_none():
    told = Counter({(0, "Arial"): 3, (1023, ".VnTime"): 1, (1024, ".VnTime"): 9, (-1, ".VnTime"): 9})
    assert fonts._most(told) == ["Arial", *[""] * 1022, ".VnTime"]


def test_rows_are_read_whose_fonts_cannot_be(monkeypatch):
    assert tables(hostile.xlsx())[0][0].fonts == ()
    monkeypatch.setattr(workbooks, "_FONTS", DATA / "absent.py")
    assert len(cells((DATA / "phong-chu-cu.xls").read_bytes())) == 5


def test_headings_stand_wherever_they_stand_and_rows_keep_their_numbers():
    sheet = read_file(book(("DS", HEADED)), NEEDED)
    assert [(row.number, row.cells) for row in sheet.rows] == [
        (4, ["1", " Lê Thị Tư ", "nữ"]),
        (6, ["2", "Lê Văn Ba", "nam"]),
    ]


def test_the_sheet_is_the_one_shown_that_has_the_headings():
    others = ("Bìa", [["Tỉnh Hà Tĩnh"]])
    assert len(read_file(book(others, ("DS", HEADED)), NEEDED).rows) == 2
    assert len(read_file(book(("Cũ", HEADED), ("DS", HEADED), hidden=["Cũ"]), NEEDED).rows) == 2
    with pytest.raises(Invalid, match="gt"):
        read_file(book(others, ("DS", HEADED), hidden=["DS"]), NEEDED)


def test_of_two_sheets_none_is_guessed():
    both = book(("2024", HEADED), ("2025", HEADED[:-1]))
    with pytest.raises(Invalid, match="“2024”, “2025”"):
        read_file(both, NEEDED)
    assert len(read_file(both, NEEDED, sheet="2025").rows) == 1
    with pytest.raises(Invalid, match="“2026”"):
        read_file(both, NEEDED, sheet="2026")


@pytest.mark.parametrize("epoch", [CALENDAR_MAC_1904, openpyxl.utils.datetime.CALENDAR_WINDOWS_1900])
def test_a_day_is_the_same_in_either_calendar(epoch):
    days = [date(1948, 8, 14), datetime(2026, 1, 2, 9, 5)]  # noqa: DTZ001 - spreadsheets know no zones
    assert cells(book(("DS", [days]), epoch=epoch)) == [["14/08/1948", "02/01/2026 09:05"]]


def test_values_are_texts():
    values = [912345678.0, 1.25, True, None, "0912", -0.0, 1e20]
    assert cells(book(("Bìa", []), ("DS", [values]), ("Trống", [["", ""]]))) == [
        ["912345678", "1.25", "TRUE", "", "0912", "0", "100000000000000000000"]
    ]


def test_rows_written_back_are_read_as_they_were_and_run_nowhere(tmp_path):
    path = tmp_path / "a.xlsx"
    rows = [("sai", '=HYPERLINK("x")', "+84912345678", "", ""), ("sai", "Lê; Ba", "-", "", "thừa")]
    with path.open("wb") as file:
        files.write(file, (files.REASON, "Họ và tên", "GT", "", ""), rows, "")
    assert [row.cells for row in read_file(path.read_bytes(), NEEDED).rows] == [list(row[1:]) for row in rows]
    kinds = {
        cell.data_type for cells in openpyxl.load_workbook(path)["Danh sách"].iter_rows(min_row=2) for cell in cells
    }
    assert kinds <= {"s", "n"}


def test_a_reader_that_is_ended_in_the_middle_of_a_line_is_a_refusal(tmp_path, monkeypatch):
    ended = tmp_path / "reader.py"
    ended.write_text('import os, sys; os.write(1, b\'{"sheet": "DS", "shown": true}\\n["L\'); os.abort()')
    monkeypatch.setattr(workbooks, "_READER", ended)
    with pytest.raises(Invalid, match="too many cells"):
        tables(hostile.xlsx())


def test_blank_lines_do_not_tell_what_parts_the_cells():
    text = b"Name,Born\n\n\n\nAn,1960\n\n\n"
    assert workbooks.told_by(io.BytesIO(text), workbooks.How()) == workbooks.How("utf-8", ",")


def test_a_locked_workbook_says_so():
    with pytest.raises(Invalid, match="password"):
        tables((DATA / "khoa-mat-khau.xlsx").read_bytes())


BOUND = {"Max address space": MEMORY * 2**20, "Max cpu time": SECONDS, "Max open files": 3}
BOUND |= {"Max processes": 0, "Max file size": 0}


def limits(pid):
    lines = Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
    return {line[:26].strip(): int(line.split()[-2]) for line in lines if line.split()[-2].isdigit()}


@pytest.mark.parametrize(("name", "most", "word"), [("MOST_UNPACKED", 100, "unpacked"), ("MOST_CELLS", 3, "cells")])
def test_what_is_too_much_is_refused_before_it_is_read(name, most, word, monkeypatch):
    """Here in this process, without the bounds that would end it anyhow; an old workbook is no archive."""
    assert {"sheet": "DS", "shown": True} in reader.lines(io.BytesIO((DATA / "so-theo-doi.xls").read_bytes()))
    assert [*reader.lines(io.BytesIO(hostile.xlsx()))][1] == ["Họ và tên", "GT"]
    monkeypatch.setattr(reader, name, most)
    with pytest.raises(reader.Refused, match=word):
        [*reader.lines(io.BytesIO(hostile.xlsx()))]


@pytest.mark.parametrize(
    ("content", "word"),
    [((DATA / "khoa-mat-khau.xlsx").read_bytes(), "password"), (b"PK\x03\x04", "unreadable"), (b"", "unreadable")],
)
def test_why_a_workbook_is_not_read_is_one_word(content, word, monkeypatch, capsys):
    with pytest.raises(reader.Refused, match=word):
        [*reader.lines(io.BytesIO(content))]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert reader.main() == word
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("script", [workbooks._READER, workbooks._FONTS], ids=lambda script: script.stem)
@pytest.mark.parametrize(("name", "made"), [pytest.param(*one, id=one[0]) for one in hostile.files()])
def test_a_hostile_workbook_is_refused_or_read_within_its_limits(name, made, script):
    content = made()
    command = [sys.executable, "-I", *map(str, (workbooks._BOUNDED, script, workbooks.SECONDS))]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    begun = time.monotonic()
    with subprocess.Popen(command, env={}, stdin=subprocess.PIPE, **quiet) as one:
        # Nothing is read before it has bound itself; no more can be in memory than it may address.
        while not limits(one.pid).items() >= BOUND.items():
            assert time.monotonic() - begun < SECONDS
        with suppress(BrokenPipeError), one.stdin:
            one.stdin.write(content)
        _pid, status, used = os.wait4(one.pid, 0)
        one.returncode = os.waitstatus_to_exitcode(status)
    assert used.ru_utime + used.ru_stime <= SECONDS + 1
    assert time.monotonic() - begun <= 3 * SECONDS
    if one.returncode and script == workbooks._READER:
        with pytest.raises(Invalid):
            tables(content)


def test_its_bounds_are_what_is_said():
    assert (bounded.MEMORY, workbooks.SECONDS) == (MEMORY * 2**20, SECONDS)
    assert workbooks.CSV_SECONDS == 60
    assert (reader.MOST_UNPACKED, reader.MOST_CELLS) == (400 * 2**20, 3_000_000)


def test_there_are_enough_of_them():
    assert len(dict(hostile.files())) >= 60

"""An office's file as rows of texts, and rows written back for the office to correct: as a workbook, or as CSV."""

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import rustpy_xlsxwriter

from kieubao.ground.cells import bare, inert, plain
from kieubao.ground.errors import Invalid, _
from kieubao.intake import workbooks
from kieubao.intake.workbooks import Table

REASON = "Lý do"
_BOM = b"\xef\xbb\xbf"
_DELIMITERS = ";,\t|"
_HEAD = 50  # headings stand near the top
_NAMED = "Danh sách"


@dataclass(frozen=True)
class Row:
    """A row, numbered as a spreadsheet does, and its cells as they were written."""

    number: int
    cells: Sequence[str]


@dataclass(frozen=True)
class Sheet:
    """The headings a file has and the rows below them, blank ones and reasons of last time left out.

    A workbook has no delimiter.
    """

    delimiter: str
    headings: Sequence[str]
    rows: Sequence[Row]

    def texts(self, row: Row) -> dict[str, str]:
        """Return the cells of a row by their plain headings."""
        return dict(zip(map(plain, self.headings), row.cells, strict=False))

    def astray(self, row: Row) -> bool:
        """Tell whether a row says something beside or beyond the headings."""
        headings = [*self.headings, *[""] * len(row.cells)]
        return any(cell.strip() and not heading for cell, heading in zip(row.cells, headings, strict=False))


def read(
    content: bytes, needed: Collection[str], *, encoding: str = "utf-8", delimiter: str = "", sheet: str = ""
) -> Sheet:
    """Find the row of headings among the first fifty, and what is below it.

    `needed` are the plain texts of headings; `sheet` names one of a workbook, else it is the one shown that has them.
    Raises Invalid for a file that cannot be read as it is described, and for headings that are absent or stand twice.
    """
    if workbooks.is_one(content):
        return _below("", _chosen(workbooks.tables(content), needed, sheet), needed)
    text = _decoded(content, encoding)
    delimiter = delimiter or min(_DELIMITERS, key=lambda mark: _missing(_head(text, mark), needed)[0])
    return _below(delimiter, _parsed(text, delimiter), needed)


def _below(delimiter: str, written: Sequence[Sequence[str]], needed: Collection[str]) -> Sheet:
    table = [[bare(cell) for cell in cells] for cells in written]
    missing, at = _missing(table[:_HEAD], needed)
    if missing:
        absent = ", ".join(f"“{heading}”" for heading in sorted(set(needed) - _plain(*table[at : at + 1])))
        raise Invalid(_("The file has no row with these headings: %(headings)s"), headings=absent)
    return _without_reasons(Sheet(delimiter, _headings(table[at]), list(_filled(table, at))))


def write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str) -> None:
    """Write rows that a spreadsheet shows and does not run; only its owner may read them. No delimiter: a workbook."""
    path.touch(mode=0o600)
    if not delimiter:
        # Its columns go by their names: those that have none are told apart by blanks.
        names = [heading or " " * place for place, heading in enumerate(headings, 1)]
        cells = (dict(zip_longest(names, row[: len(names)], fillvalue="")) for row in rows)
        rustpy_xlsxwriter.write_worksheet(cells, str(path), sheet_name=_NAMED, bold_headers=True)
        return
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows(map(inert, row) for row in (headings, *rows))


def _chosen(tables: Sequence[Table], needed: Collection[str], wanted: str) -> Sequence[Sequence[str]]:
    """Return the rows of the sheet that is wanted, or of the one shown sheet that has the headings."""
    here = [table for table in tables if (table.name == wanted if wanted else table.shown)]
    having = [table for table in here if not _missing(table.rows[:_HEAD], needed)[0]]
    if wanted and not here:
        raise Invalid(_("The workbook has no sheet “%(sheet)s” with anything in it"), sheet=wanted)
    if len(having) > 1:
        named = ", ".join(f"“{table.name}”" for table in having)
        raise Invalid(_("These sheets all have the headings, so name one in the mapping: %(sheets)s"), sheets=named)
    return [row for table in having or here[:1] for row in table.rows]


def _decoded(content: bytes, encoding: str) -> str:
    """Read what came back from us as we wrote it, whatever the office's own encoding is."""
    try:
        return content.decode("utf-8-sig" if content.startswith(_BOM) else encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise Invalid(_("The file is not in the encoding %(encoding)s"), encoding=encoding) from error


def _parsed(text: str, delimiter: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(reader)
    except csv.Error as error:
        raise Invalid(_("Line %(line)s is not right: %(error)s"), line=reader.line_num, error=error) from error


def _head(text: str, delimiter: str) -> list[list[str]]:
    return list(csv.reader(text.splitlines()[:_HEAD], delimiter=delimiter))


def _missing(table: Sequence[Sequence[str]], needed: Collection[str]) -> tuple[int, int]:
    """Return the fewest needed headings that a row lacks, and which row that is."""
    lacks = ((len(set(needed) - _plain(cells)), at) for at, cells in enumerate(table))
    return min(lacks, default=(len(needed), 0))


def _plain(cells: Iterable[str] = ()) -> set[str]:
    return set(map(plain, cells))


def _headings(cells: Sequence[str]) -> list[str]:
    named = [plain(cell) for cell in cells if cell.strip()]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise Invalid(_("These headings stand twice: %(headings)s"), headings=", ".join(twice))
    return [cell.strip() for cell in cells]


def _filled(table: Sequence[Sequence[str]], at: int) -> Iterator[Row]:
    for number, cells in enumerate(table[at + 1 :], at + 2):
        if any(cell.strip() for cell in cells):
            yield Row(number, cells)


def _without_reasons(sheet: Sheet) -> Sheet:
    if plain(REASON) != plain(sheet.headings[0]):
        return sheet
    rows = [Row(row.number, row.cells[1:]) for row in sheet.rows]
    return Sheet(sheet.delimiter, sheet.headings[1:], rows)

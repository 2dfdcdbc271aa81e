"""Where the table stands in an office's file, and rows written back for the office to correct."""

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import zip_longest
from typing import BinaryIO

import rustpy_xlsxwriter

from kieubao.ground.cells import bare, inert, plain
from kieubao.ground.errors import Invalid, _
from kieubao.ground.legacy import decode

REASON = "Lý do"
HEAD = 50  # headings stand near the top
_NAMED = "Danh sách"


@dataclass(frozen=True)
class Row:
    """A row, numbered as a spreadsheet does, and its cells as they were written; `id` where it is kept."""

    number: int
    cells: Sequence[str]
    id: int = 0


@dataclass(frozen=True)
class Table:
    """A sheet of a file: its name, whether it is shown, its first rows, and the fonts of its columns."""

    name: str
    shown: bool
    rows: Sequence[Row]
    fonts: Sequence[str] = ()


@dataclass(frozen=True)
class Sheet:
    """The headings of a table, in which sheet of the file they stand and in which row: its rows are below.

    Reasons of last time, where there are, stand before the first heading, and are not read. `old` has the encoding of
    each column that was typed in an old one, by its heading.
    """

    headings: Sequence[str]
    place: int = 0
    above: int = 0
    reasons: bool = False
    old: Mapping[str, str] = field(default_factory=dict)

    def bare(self, row: Row) -> Row:
        """Return a row as it was sent, with its cells under the headings."""
        return replace(row, cells=self._bare(row))

    def cells(self, row: Row) -> list[str]:
        """Return what the cells of a row say under the headings, whatever they were typed in."""
        if not self.old:
            return self._bare(row)[: len(self.headings)]
        cells = zip(self.headings, self._bare(row), strict=False)
        return [decode(cell, self.old[heading]) if heading in self.old else cell for heading, cell in cells]

    def texts(self, row: Row) -> dict[str, str]:
        """Return what the cells of a row say, by their plain headings."""
        return dict(zip(self._plain, self.cells(row), strict=False))

    def astray(self, row: Row) -> bool:
        """Tell whether a row says something beside or beyond the headings."""
        cells = self._bare(row)
        beside = (cell for cell, heading in zip(cells, self.headings, strict=False) if not heading)
        return any(cell.strip() for some in (beside, cells[len(self.headings) :]) for cell in some)

    def _bare(self, row: Row) -> list[str]:
        return [bare(cell) for cell in row.cells[self.reasons :]]

    @cached_property
    def _plain(self) -> list[str]:
        return list(map(plain, self.headings))


def found(tables: Sequence[Table], needed: Collection[str], wanted: str = "") -> Sheet:
    """Find the row of headings: in the sheet that is wanted, else in the one shown sheet that has them.

    `needed` are the plain texts of headings. Raises Invalid where they are absent, stand twice, or in two sheets.
    """
    named = [(place, table) for place, table in enumerate(tables) if (table.name == wanted if wanted else table.shown)]
    having = [(place, table) for place, table in named if not _missing(table.rows, needed)[0]]
    if wanted and not named:
        raise Invalid(_("The workbook has no sheet “%(sheet)s” with anything in it"), sheet=wanted)
    if len(having) > 1:
        both = ", ".join(f"“{table.name}”" for _place, table in having)
        raise Invalid(_("These sheets all have the headings, so name one in the mapping: %(sheets)s"), sheets=both)
    place, table = (having or named or [(0, Table("", shown=True, rows=()))])[0]
    return _headed(place, table.rows, needed)


def headed(rows: Sequence[Row], at: int, place: int = 0) -> Sheet:
    """Return the table that has its headings in one of its first rows."""
    headings = _headings(map(bare, rows[at].cells))
    reasons = plain(headings[0]) == plain(REASON)
    return Sheet(headings[reasons:], place, rows[at].number, reasons)


def _headed(place: int, rows: Sequence[Row], needed: Collection[str]) -> Sheet:
    missing, at = _missing(rows, needed)
    if missing:
        absent = ", ".join(f"“{heading}”" for heading in sorted(set(needed) - _plain(rows[at : at + 1])))
        raise Invalid(_("The file has no row with these headings: %(headings)s"), headings=absent)
    return headed(rows, at, place)


def write(file: BinaryIO, headings: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str) -> None:
    """Write rows that a spreadsheet shows and does not run. No delimiter: a workbook."""
    if delimiter:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        csv.writer(text, delimiter=delimiter).writerows(map(inert, row) for some in ([headings], rows) for row in some)
        text.detach()
        return
    # Its columns go by their names: those that have none are told apart by blanks.
    names = [heading or " " * place for place, heading in enumerate(headings, 1)]
    cells = (dict(zip_longest(names, row[: len(names)], fillvalue="")) for row in rows)
    rustpy_xlsxwriter.write_worksheet(cells, file, sheet_name=_NAMED, bold_headers=True)


def _missing(rows: Sequence[Row], needed: Collection[str]) -> tuple[int, int]:
    """Return the fewest needed headings that a row lacks, and which row that is."""
    lacks = ((len(set(needed) - _plain([row])), at) for at, row in enumerate(rows))
    return min(lacks, default=(len(needed), 0))


def _plain(rows: Iterable[Row]) -> set[str]:
    return {plain(bare(cell)) for row in rows for cell in row.cells}


def _headings(cells: Iterable[str]) -> list[str]:
    headings = [cell.strip() for cell in cells]
    named = [plain(heading) for heading in headings if heading]
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        raise Invalid(_("These headings stand twice: %(headings)s"), headings=", ".join(twice))
    return headings

"""What the columns of a file tell of its people, and what is wrong with a cell.

A column tells one thing, or is a part of what several tell together; or its cells are cut, and tell several.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final, NamedTuple

from kieubao.ground.cells import plain
from kieubao.ground.errors import Invalid, _
from kieubao.intake.cuts import CUTS

REFUSE, LEAVE_OUT = "refuse", "leave_out"
TWICE = _("Two columns cannot mean the same: choose one of them")
# The column of a relative that says what they are to the person; and that of a person which record is theirs.
KINSHIP, CODE = "kinship", "code"
# The fields that may stand in several columns, each with what is put between.
JOINED: Final = {"name": " "} | dict.fromkeys(
    ("home", "address", "region", "city", "occupation", "workplace", "position", "note"), ", "
)
# A plain heading, and which part of the cells under it, from 0.
Cell = tuple[str, int]


class Remark(NamedTuple):
    """What is wrong under a heading: a reason to refuse the row, or a warning of what was left out.

    `cells`: the headings, as plain texts, and the parts of cells that it is about.
    """

    heading: str
    error: Invalid
    on_error: str = REFUSE
    cells: frozenset[Cell] = frozenset()


@dataclass(frozen=True)
class Column:
    """What a column tells of a person: a field of the form, or how they are reached.

    `texts` names, for each value, the texts that stand for it. `on_error` says whether a wrong value
    refuses the row or is left out with a warning. `part`, from 1, is its place among the columns that are put together
    into its field. Cells that are `split`, by the name of a rule, tell several things: what each part is goes `into`.
    """

    channels: list[str] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    on_error: str = REFUSE
    into: list[Any] = field(default_factory=list)
    split: str = ""
    part: int = 0
    field: str = ""

    @property
    def tells(self) -> bool:
        """Whether it is read; a part of a cell may not be."""
        return bool(self.field or self.channels)

    @cached_property
    def _meant(self) -> dict[str, str]:
        """What each text stands for; the first, where one stands for several."""
        return {plain(way): value for value, ways in reversed(self.texts.items()) for way in ways}

    def pieces(self, heading: str) -> list["Piece"]:
        """Return what the parts of its cells tell, without a text; a cell that is not cut is one."""
        name = plain(heading)
        return [Piece(heading, one, "", frozenset({(name, at)})) for at, one in enumerate(self.into or [self])]

    def cut(self, text: str) -> list[str]:
        """Return the parts of a cell; raise Invalid where there are more or fewer than the mapping says."""
        cut = CUTS[self.split]
        found, wanted = cut.parts(text), len(self.into)
        if len(found) != wanted:
            right, sentence = cut.shape(wanted), _("“%(text)s” is not in %(wanted)s parts: write it like %(right)s")
            raise Invalid(sentence, text=text, wanted=wanted, right=right)
        return found

    def value(self, text: str) -> str:
        """Return what a text stands for; raise Invalid where there is a list of texts and it is not in it."""
        if not self.texts:
            return text
        value = self._meant.get(plain(text))
        if value is not None:
            return value
        known = ", ".join(way for ways in self.texts.values() for way in ways)
        raise Invalid(_("“%(text)s” is not among the words for this column: %(known)s"), text=text, known=known)


class Piece(NamedTuple):
    """What one cell, a part of one, or several together say of one thing; `cells`: what it is read from."""

    heading: str
    column: Column
    text: str = ""
    cells: frozenset[Cell] = frozenset()

    def remark(self, error: Invalid) -> Remark:
        return Remark(self.heading, error, self.column.on_error, self.cells)


class Source(NamedTuple):
    """A column, the plain text of its heading, and what the parts of its cells tell, without a text."""

    name: str
    column: Column
    pieces: list[Piece]


@dataclass(frozen=True)
class Part:
    """One of the people on a row: values that are the same on every row, and the columns that tell the others."""

    fixed: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)

    @cached_property
    def sources(self) -> list[Source]:
        """Its columns, in their order."""
        return [Source(plain(heading), one, one.pieces(heading)) for heading, one in self.columns.items()]

    @cached_property
    def every(self) -> list[Piece]:
        """Each thing its columns tell, without a text."""
        pieces = [piece for source in self.sources for piece in source.pieces]
        return [piece for piece in pieces if piece.column.tells]

    @cached_property
    def fields(self) -> dict[str, Piece]:
        """Where each field is told, without a text."""
        by_name: dict[str, list[Piece]] = {}
        for piece in self.every:
            by_name.setdefault(piece.column.field, []).append(piece)
        return {name: _together(pieces) for name, pieces in by_name.items() if name}

    @cached_property
    def cells(self) -> frozenset[Cell]:
        """What it is read from, whole."""
        return cells_of(self.every)

    def told(self, name: str) -> Piece:
        """Return where a field is told, without a text; where no column does, under the field's own name."""
        return self.fields.get(name) or Piece(name, Column())

    def heading(self, name: str) -> str:
        """Return the office's heading for a field, or the field's own name where no column has it."""
        return self.told(name).heading


def joined(part: Part, pieces: Iterable[Piece], wrong: Collection[str]) -> Iterator[Piece]:
    """Put together the pieces of fields that stand in several columns; of one that is partly `wrong` none is left."""
    parts: dict[str, list[Piece]] = {}
    for piece in pieces:
        if piece.column.part:
            parts.setdefault(piece.column.field, []).append(piece)
        else:
            yield piece
    for name, some in parts.items():
        texts = [piece.text.strip() for piece in sorted(some, key=_number)]
        if name not in wrong:
            yield part.told(name)._replace(text=JOINED[name].join(texts))


def cells_of(told: Iterable[Piece | Remark]) -> frozenset[Cell]:
    """Return what pieces are read from, and remarks are about."""
    return frozenset().union(*(one.cells for one in told))


def _together(pieces: list[Piece]) -> Piece:
    """Return several places of one field as one, under all their headings."""
    if len(pieces) == 1:
        return pieces[0]
    heading = " + ".join(piece.heading for piece in sorted(pieces, key=_number))
    # Left out only where each of them would be.
    on_error = max(piece.column.on_error for piece in pieces)
    return Piece(heading, replace(pieces[0].column, on_error=on_error), cells=cells_of(pieces))


def _number(piece: Piece) -> int:
    return piece.column.part

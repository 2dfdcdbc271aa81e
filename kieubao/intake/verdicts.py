"""What is known of the rows of a file: what they mean, what becomes of each, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kieubao.intake.files import Row, Sheet
from kieubao.intake.mapping import Layout
from kieubao.intake.vocabulary import RowState

# A remark on a row: under which heading, the sentence and its values, and whether the row comes back for it; or that
# a record would be changed: in which field, and to what.
Told = list[Any]
CHANGE = "change"


@dataclass(frozen=True)
class Verdict:
    """What becomes of a row; of a relative's own, with the row `above` it that has the person."""

    row: int
    state: RowState
    told: Sequence[Told] = ()
    warned: bool = False
    related: bool = False
    uncoded: bool = False
    above: int | None = None
    # Whose record it is of that was there, as of which version.
    person: int | None = None
    version: int | None = None


@dataclass(frozen=True)
class Made:
    """Who was recorded from a row, and the ledger's last line by then.

    Of a record that was there: the version the row made, and the first line that the row may have said.
    """

    row: int
    person: int
    relative: int | None
    line: int
    version: int | None = None
    said_from: int | None = None


@dataclass(frozen=True)
class Plan:
    """What the rows of a file mean: the mapping, where its table stands, how many rows it has, and are done with."""

    intake: int
    layout: Layout
    sheet: Sheet
    rows: int
    done: int


@dataclass(frozen=True)
class Kept:
    """A row with what is known of it."""

    row: Row
    state: RowState
    told: Sequence[Told] = field(default=())
    person: int | None = None
    code: str | None = None
    # What its record says of the fields that would be changed, as far as that is shown.
    before: Mapping[str, Any] = field(default_factory=dict)

    @property
    def changes(self) -> list[dict[str, Any]]:
        """What would be changed of the record: in which field, and to what."""
        return [values for *_said, values, kind in self.told if kind == CHANGE]

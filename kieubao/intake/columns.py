"""What the columns of a file tell of its people, and what is wrong with a cell."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from kieubao.ground.cells import plain
from kieubao.ground.errors import Invalid, _

REFUSE, LEAVE_OUT = "refuse", "leave_out"
TWICE = _("Two columns cannot mean the same: choose one of them")
# The column of a relative that says what they are to the person.
KINSHIP = "kinship"


class Remark(NamedTuple):
    """What is wrong under a heading: a reason to refuse the row, or a warning of what was left out."""

    heading: str
    error: Invalid
    on_error: str = REFUSE


@dataclass(frozen=True)
class Column:
    """What a column tells of a person: a field of the form, or how they are reached.

    `texts` names, for each value, the texts that stand for it. `on_error` says whether a wrong value
    refuses the row or is left out with a warning.
    """

    channels: list[str] = field(default_factory=list)
    texts: dict[str, list[str]] = field(default_factory=dict)
    on_error: str = REFUSE
    field: str = ""

    def value(self, text: str) -> str:
        """Return what a text stands for; raise Invalid where there is a list of texts and it is not in it."""
        if not self.texts:
            return text
        for value, ways in self.texts.items():
            if plain(text) in map(plain, ways):
                return value
        known = ", ".join(way for ways in self.texts.values() for way in ways)
        raise Invalid(_("“%(text)s” is not among the words for this column: %(known)s"), text=text, known=known)


@dataclass(frozen=True)
class Part:
    """One of the people on a row: values that are the same on every row, and the columns that tell the others."""

    fixed: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Column] = field(default_factory=dict)

    def heading(self, name: str) -> str:
        """Return the office's heading for a field, or the field's own name where no column has it."""
        return next((heading for heading, column in self.columns.items() if column.field == name), name)

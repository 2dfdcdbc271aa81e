"""What the rows of a file are read with, and what each comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from kieubao.access.roles import Actor
from kieubao.consent.statements import Spoken
from kieubao.ground.cells import plain
from kieubao.ground.errors import Invalid
from kieubao.intake.arrivals import Entry, Relative
from kieubao.intake.columns import REFUSE, Remark
from kieubao.intake.files import Sheet
from kieubao.intake.mapping import Layout
from kieubao.intake.roster import Stood
from kieubao.intake.verdicts import Verdict
from kieubao.intake.vocabulary import RowState


@dataclass
class Desk:
    """A file being read: for whom, by which mapping, in which row each of its people first stands, and who is above."""

    actor: Actor
    layout: Layout
    sheet: Sheet
    answers: Mapping[str, Spoken]
    stood: Stood = field(default_factory=Stood)
    above: "Reading | None" = None

    @cached_property
    def totals(self) -> frozenset[str]:
        return frozenset(map(plain, self.layout.totals))


@dataclass
class Reading:
    """What a row comes to: an entry, perhaps with warnings, or reasons; nothing of one that is left out.

    Of a row that tells one more relative of the person `above` it, the entry is that person's.
    """

    row: int
    number: int
    texts: Mapping[str, str]
    left_out: bool = False
    remarks: list[Remark] = field(default_factory=list)
    entry: Entry | None = None
    above: "Reading | None" = None
    relative: Relative | None = None

    @property
    def refused(self) -> bool:
        return any(remark.on_error == REFUSE for remark in self.remarks)

    def text(self, heading: str) -> str:
        return self.texts.get(plain(heading), "")

    def remark(self, heading: str, error: Invalid, on_error: str = REFUSE) -> None:
        self.remarks.append(Remark(heading, error, on_error))

    def verdict(self) -> Verdict:
        """Return what is kept of it: reasons first, then in the order of the columns."""
        if self.left_out:
            return Verdict(self.row, RowState.LEFT_OUT)
        order = {heading: at for at, heading in enumerate(self.texts)}
        ranked = sorted(self.remarks, key=lambda r: (r.on_error != REFUSE, order.get(plain(r.heading), -1)))
        told = [[r.heading, r.error.message, r.error.values, r.on_error] for r in ranked]
        above = self.above.row if self.above else None
        record = self.relative.record if self.relative else self.entry.record if self.entry else None
        if record is None:
            return Verdict(self.row, RowState.REFUSED, told, above=above)
        is_related = bool(self.relative or (self.entry and self.entry.relative))
        is_uncoded = bool(record.values.get("home_text")) and not record.values["home_code"]
        return Verdict(self.row, RowState.NEW, told, bool(told), is_related, is_uncoded, above)

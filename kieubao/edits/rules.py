"""What an edit makes of what a record says, and whether it does: pure decisions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, NamedTuple

from kieubao.edits.vocabulary import HOME, Op, Outcome
from kieubao.ground import places
from kieubao.ground.vocabulary import SECTOR_VERSION
from kieubao.people.records import settled

Values = Mapping[str, Any]
DAY = "confirmed_on"
NOTHING: Values = MappingProxyType({})


@dataclass(frozen=True)
class Change:
    """One field, and the code, text or day (2026-08-14) that it is set to, or that its list gets or loses."""

    field: str
    op: Op
    value: str

    def applied(self, stands: Values) -> dict[str, Any]:
        """Return the columns of a record as they are to be."""
        if self.field == HOME:
            return settled(stands, places.keyed(self.value))
        if self.op is Op.SET:
            value = date.fromisoformat(self.value) if self.field == DAY else self.value
            return {self.field: value} | ({"sector_version": SECTOR_VERSION} if self.field == "sector" else {})
        said: list[str] = stands[self.field]
        if self.op is Op.ADD:
            return {self.field: said if self.value in said else [*said, self.value]}
        return {self.field: [one for one in said if one != self.value]}


@dataclass(frozen=True)
class Looked:
    """What an account was shown: a change, and of whom, each by the version of their record."""

    account: int
    change: Change
    people: Mapping[int, int]


class Judged(NamedTuple):
    """What becomes of a record, at which version, and the columns that change: as they stand, and are to be."""

    outcome: Outcome
    version: int = 0
    before: Values = NOTHING
    after: Values = NOTHING


def judged(change: Change, at: int | None, version: int, stands: Values, *, locked: bool) -> Judged:
    """Say what becomes of a record that was looked at as of a version, if it was, and is at another or the same."""
    after = change.applied(stands)
    before = {name: stands[name] for name in after}
    outcome = Outcome.SINCE if at not in {None, version} else Outcome.LOCKED if locked else _outcome(change, stands)
    return Judged(outcome, version, before, after)


def _outcome(change: Change, stands: Values) -> Outcome:
    before, after = stands[change.field], change.applied(stands)[change.field]
    if before == after:
        return Outcome.SAME
    return Outcome.LATER if change.field == DAY and before and before > after else Outcome.CHANGED

"""Days of the trail as the rules of unusual reading see them, and ways to part what was done."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Final
from uuid import UUID

from kieubao.access.use_case import CHANGES, LOOKS, OPENING
from kieubao.oversight.thresholds import EVENING, MORNING
from kieubao.oversight.vocabulary import Rule
from kieubao.people.traits import Traits

SEARCH: Final = "people.search"
# Outcomes of a slip at one's own work; every other one that is not done was refused.
SLIPS: Final = frozenset({"done", "invalid", "conflict", "stale", "version-needed", "failed", "unrecorded"})
_SATURDAY: Final = 5


@dataclass(frozen=True, slots=True)
class Act:
    """An entry of the trail, as the rules read it."""

    id: int
    at: datetime
    account: int
    action: str
    outcome: str = "done"
    subject: UUID | None = None
    terms: str | None = None


@dataclass(frozen=True)
class Reader:
    """An account that reads: its role, and the folded family and branch of its holder."""

    role: str
    family: str = ""
    branch: str = ""


@dataclass
class Known:
    """What the rules know beside the trail.

    `share_of_name` and `share_of_commune` tell which part of the people within an account's scope are alike;
    `habits` holds what each account opened on each of its days before: how many people, how many of one commune.
    `sought` holds the searches of the last days by account and terms.
    """

    traits: dict[UUID, Traits] = field(default_factory=dict)
    kin: dict[UUID, set[UUID]] = field(default_factory=dict)
    readers: Mapping[int, Reader] = field(default_factory=dict)
    habits: Mapping[int, Sequence[tuple[int, int]]] = field(default_factory=dict)
    sought: Mapping[tuple[int, str], Sequence[Act]] = field(default_factory=dict)
    share_of_name: Callable[[int, str], float] = lambda _account, _name: 1.0
    share_of_commune: Callable[[int, str], float] = lambda _account, _commune: 1.0


@dataclass(frozen=True)
class Day:
    """A day of the trail, in the order of its entries."""

    on: date
    acts: Sequence[Act]

    @cached_property
    def opened(self) -> dict[int, list[Act]]:
        """By account, every opening of a person."""
        return by_account(act for act in self.acts if act.subject and is_opening(act))

    @cached_property
    def idle(self) -> dict[int, list[Act]]:
        """By account, the first opening of each person of whom that account changed nothing that day."""
        worked = {(a.account, a.subject) for a in self.acts if a.action in CHANGES and a.outcome == "done"}
        return {
            account: [act for act in firsts(acts) if (account, act.subject) not in worked]
            for account, acts in self.opened.items()
        }


@dataclass(frozen=True)
class Sighting:
    """What a rule saw: `span` is what it is filed under once; `account` is None where it is of several."""

    rule: Rule
    account: int | None
    span: str
    count: int
    acts: Sequence[Act]

    @property
    def key(self) -> str:
        return f"{self.rule}:{self.account or ''}:{self.span}"


def is_opening(act: Act) -> bool:
    """Tell whether somebody's record was shown: by a look, or to whoever would change it and was slower."""
    return (act.action in LOOKS and act.outcome == "done") or (act.action in OPENING and act.outcome == "stale")


def sittings(acts: Sequence[Act], gap: timedelta) -> Iterator[list[Act]]:
    """Part acts where more than a gap lies between two."""
    sitting: list[Act] = list(acts[:1])
    for before, act in pairwise(acts):
        if act.at - before.at > gap:
            yield sitting
            sitting = []
        sitting.append(act)
    yield sitting


def families(acts: Sequence[Act], related: Mapping[UUID, set[UUID]]) -> Iterator[list[Act]]:
    """Part openings into those of people who are kin, or kin of kin, among them."""
    left = {act.subject: act for act in acts if act.subject}
    while left:
        reached = [next(iter(left))]
        for subject in reached:
            reached += [other for other in related.get(subject, ()) if other in left and other not in reached]
        yield [left.pop(subject) for subject in reached]


def runs(acts: Sequence[Act], traits: Mapping[UUID, Traits]) -> Iterator[list[Act]]:
    """Give every stretch of openings whose codes only rise, or only fall."""
    for sign in (1, -1):
        run: list[Act] = list(acts[:1])
        for before, act in pairwise(acts):
            one, other = (traits[a.subject].code for a in (before, act) if a.subject)
            if (one < other) != (sign > 0):
                yield run
                run = []
            run.append(act)
        yield run


def is_off(at: datetime) -> bool:
    return at.weekday() >= _SATURDAY or not MORNING <= at.time() < EVENING


def by_account(acts: Iterable[Act]) -> dict[int, list[Act]]:
    parted: dict[int, list[Act]] = defaultdict(list)
    for act in acts:
        parted[act.account].append(act)
    return parted


def firsts(acts: Sequence[Act]) -> list[Act]:
    """Return the first act on each person."""
    first: dict[UUID | None, Act] = {}
    for act in acts:
        first.setdefault(act.subject, act)
    return list(first.values())


def changes(acts: Sequence[Act]) -> list[Act]:
    """Return acts without those on the same person as the one before."""
    return [act for before, act in pairwise([None, *acts]) if act and (before is None or act.subject != before.subject)]


def by_id(act: Act) -> int:
    return act.id

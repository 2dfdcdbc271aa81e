"""Unusual reading: each rule a pure function over days of the trail; `thresholds` has its numbers.

What somebody opens and then works on is work: rules of curiosity only count people with whom nothing was done.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import exp, lgamma, log
from statistics import median
from typing import Final
from uuid import UUID

from kieubao.ground.clock import HANOI
from kieubao.oversight.days import (
    SLIPS,
    Act,
    Day,
    Known,
    Sighting,
    by_account,
    by_id,
    changes,
    families,
    firsts,
    is_off,
    runs,
    sittings,
)
from kieubao.oversight.thresholds import KNOWN_DAYS, THRESHOLDS
from kieubao.oversight.vocabulary import Rule

Days = Sequence[Day]


def seen(days: Days, known: Known) -> Iterator[Sighting]:
    """Give what every rule sees on the last of some days, the others being those before it."""
    for rule in _RULES:
        yield from rule(days, known)


def own_name(days: Days, known: Known) -> Iterator[Sighting]:
    return _own(Rule.OWN_NAME, "family", days, known)


def own_branch(days: Days, known: Known) -> Iterator[Sighting]:
    return _own(Rule.OWN_BRANCH, "branch", days, known)


def one_commune(days: Days, known: Known) -> Iterator[Sighting]:
    limit, today = THRESHOLDS[Rule.ONE_COMMUNE], days[-1]
    for account, acts in today.idle.items():
        alike = sum(alike >= limit.at_least for _people, alike in known.habits.get(account, ()))
        for commune, some in by_commune(acts, known).items():
            share = known.share_of_commune(account, commune)
            if alike < limit.times and _beyond_chance(Rule.ONE_COMMUNE, len(some), len(acts), share):
                yield Sighting(Rule.ONE_COMMUNE, account, f"{today.on}:{commune}", len(some), some)


def kin(days: Days, known: Known) -> Iterator[Sighting]:
    limit, today = THRESHOLDS[Rule.KIN], days[-1]
    for account, acts in today.idle.items():
        for sitting in sittings(acts, timedelta(minutes=limit.minutes)):
            for family in families(sitting, known.kin):
                if len(family) >= limit.at_least:
                    yield Sighting(Rule.KIN, account, f"{today.on}:{family[0].id}", len(family), family)


def many_readers(days: Days, known: Known) -> Iterator[Sighting]:
    by_subject: dict[UUID, dict[int, Act]] = defaultdict(dict)
    for act in _idle_this_week(days):
        if act.subject:
            by_subject[act.subject].setdefault(act.account, act)
    for subject, readers in by_subject.items():
        if len(readers) >= THRESHOLDS[Rule.MANY_READERS].at_least:
            acts = sorted(readers.values(), key=by_id)
            yield Sighting(Rule.MANY_READERS, None, f"{_week(days[-1])}:{subject}", len(acts), acts)


def in_order(days: Days, known: Known) -> Iterator[Sighting]:
    limit = THRESHOLDS[Rule.IN_ORDER]
    for account, acts in days[-1].opened.items():
        coded = [act for act in changes(acts) if act.subject in known.traits]
        stretches = (
            run for some in sittings(coded, timedelta(minutes=limit.minutes)) for run in runs(some, known.traits)
        )
        longest = max(stretches, key=len, default=[])
        if len(longest) >= limit.at_least:
            yield Sighting(Rule.IN_ORDER, account, str(days[-1].on), len(longest), longest)


def rapid(days: Days, known: Known) -> Iterator[Sighting]:
    limit = THRESHOLDS[Rule.RAPID]
    for account, acts in days[-1].opened.items():
        people = firsts(acts)
        ends = zip(people, people[limit.at_least - 1 :], strict=False)
        if any(last.at - first.at <= timedelta(minutes=limit.minutes) for first, last in ends):
            yield Sighting(Rule.RAPID, account, str(days[-1].on), len(people), people)


def off_hours(days: Days, known: Known) -> Iterator[Sighting]:
    for account, acts in days[-1].opened.items():
        late = firsts([act for act in acts if is_off(act.at.astimezone(HANOI))])
        if len(late) >= THRESHOLDS[Rule.OFF_HOURS].at_least:
            yield Sighting(Rule.OFF_HOURS, account, str(days[-1].on), len(late), late)


def volume(days: Days, known: Known) -> Iterator[Sighting]:
    limit = THRESHOLDS[Rule.VOLUME]
    for account, acts in days[-1].opened.items():
        people = firsts(acts)
        if len(people) >= max(limit.at_least, *(limit.times * usual for usual in _usual(account, known))):
            yield Sighting(Rule.VOLUME, account, str(days[-1].on), len(people), people)


def refused(days: Days, known: Known) -> Iterator[Sighting]:
    for account, acts in by_account(act for act in days[-1].acts if act.outcome not in SLIPS).items():
        if len(acts) >= THRESHOLDS[Rule.REFUSED].at_least:
            yield Sighting(Rule.REFUSED, account, str(days[-1].on), len(acts), acts)


def repeated(days: Days, known: Known) -> Iterator[Sighting]:
    for (account, terms), acts in known.sought.items():
        on = {act.at.astimezone(HANOI).date() for act in acts}
        if len(on) >= THRESHOLDS[Rule.REPEATED].at_least:
            yield Sighting(Rule.REPEATED, account, terms, len(on), acts)


_RULES: Final = (
    *(own_name, own_branch, one_commune, kin, many_readers, in_order),
    *(rapid, off_hours, volume, refused, repeated),
)


def by_commune(acts: Sequence[Act], known: Known) -> dict[str, list[Act]]:
    """Part openings by the commune of whom was opened."""
    parted: dict[str, list[Act]] = defaultdict(list)
    for act in acts:
        traits = known.traits.get(act.subject) if act.subject else None
        if traits and traits.commune:
            parted[traits.commune].append(act)
    return parted


def _own(rule: Rule, trait: str, days: Days, known: Known) -> Iterator[Sighting]:
    for account, acts in by_account(_idle_this_week(days)).items():
        own = getattr(known.readers.get(account), trait, "")
        people = firsts(acts)
        alike = [act for act in people if own and act.subject and _trait(known, act.subject, trait) == own]
        # The share is only asked for where there is somebody alike.
        if alike and _beyond_chance(rule, len(alike), len(people), known.share_of_name(account, own)):
            yield Sighting(rule, account, _week(days[-1]), len(alike), alike)


def _trait(known: Known, subject: UUID, trait: str) -> str:
    return getattr(known.traits.get(subject), trait, "")


def _beyond_chance(rule: Rule, seen: int, of: int, share: float) -> bool:
    return seen >= THRESHOLDS[rule].at_least and chance(seen, of, share) <= THRESHOLDS[rule].chance


def chance(seen: int, of: int, share: float) -> float:
    """Return how likely as many or more alike are among some people, where a share of all are (binomial).

    >>> round(chance(2, 3, 0.5), 3), chance(3, 3, 1.0), chance(1, 9, 0.0)
    (0.5, 1.0, 0.0)
    """
    if share in {0.0, 1.0}:
        return share
    yes, no = log(share), log(1 - share)
    ways = (lgamma(of + 1) - lgamma(n + 1) - lgamma(of - n + 1) + n * yes + (of - n) * no for n in range(seen, of + 1))
    return sum(map(exp, ways))


def _usual(account: int, known: Known) -> Iterator[float]:
    """Give the median day of the account, and that of its role, as far as they are known."""
    yield 0.0
    role = known.readers[account].role if account in known.readers else None
    peers = [
        known.habits[a] for a in known.habits if a != account and a in known.readers and known.readers[a].role == role
    ]
    for people in ([n for n, _alike in known.habits.get(account, ())], [n for habit in peers for n, _alike in habit]):
        if len(people) >= KNOWN_DAYS:
            yield median(people)


def _idle_this_week(days: Days) -> Iterator[Act]:
    """Give what was opened and left alone since Monday."""
    return (act for day in days if _week(day) == _week(days[-1]) for acts in day.idle.values() for act in acts)


def _week(day: Day) -> str:
    year, week, _weekday = day.on.isocalendar()
    return f"{year}-W{week:02}"

"""A month of ordinary work in the trail, and misuse planted in it: what the rules of unusual reading are set by.

Nobody works so evenly: clerks have good and bad days, look relatives up, mistype codes, sit late now and then,
and ring whole communes, half of whom answer; before an event everybody does
twice as much. The same month for the same seed.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice, pairwise
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import update

from kieubao.access.models import AuditEntry, AuditHead
from kieubao.access.roles import Actor
from kieubao.db import db, insert_many
from kieubao.ground import clock, kinship
from kieubao.ground.names import tokens
from kieubao.oversight.vocabulary import Rule
from kieubao.people import bonds, registry
from kieubao.sample import OFFICE, people
from tests import factories

CLERKS = ("Nguyễn Thị Lan", "Nguyễn Văn Hùng", "Nguyễn Quốc Bảo", "Trần Thị Mai", "Lê Đức Anh", "Phan Thu Trang")
CLERKS += ("Đậu Quốc Minh", "Biện Thị Ngọc Hà")
APPROVERS = ("Hoàng Đình Nam", "Võ Thị Thanh")
# Of these most days are spent on ringing one commune's people.
CALLERS = CLERKS[3:5]
FAMILY, RUNG, ANSWERED = 4, 14, 0.5
TASKS, SPREAD = 24, 8
WORKED, RELATIVE, CALLED, LATE, PEAK = 0.65, 0.2, 0.04, 0.02, 2


class Person(NamedTuple):
    subject: UUID
    code: str
    commune: str | None
    family: str
    kin: tuple[UUID, ...] = ()


class Entry(NamedTuple):
    at: datetime
    account: int
    action: str
    subject: UUID | None = None
    outcome: str = "done"
    terms: str | None = None


@dataclass
class Province:
    people: list[Person]
    cousins: set[str]
    clerks: list[Actor]
    approvers: list[Actor]
    officer: Actor

    @property
    def communes(self) -> dict[str, list[Person]]:
        parted = defaultdict(list)
        for one in self.people:
            parted[one.commune].append(one)
        return parted


def founded(chance: random.Random, count: int = 1500) -> Province:
    """People with kin, every fifth of them one of a family of four, and those who read them."""
    records = [*islice(people(chance), count), *map(_cousin, ("Nam", "Hùng", "Cường"), people(chance))]
    made = registry.enrol(records, OFFICE, None)
    families = [made[start : start + FAMILY] for start in range(0, count, 5 * FAMILY)]
    related = defaultdict(set)
    for family in families:
        for one, other in pairwise(family):
            bonds.tie([(one.id, other.id, "younger_sibling", kinship.inverse("younger_sibling"))])
            related[one.subject].add(other.subject)
            related[other.subject].add(one.subject)
    db.session.commit()
    known = [
        Person(one.subject, one.code, record.values["home_code"], _family(record), tuple(related[one.subject]))
        for one, record in zip(made, records, strict=True)
    ]
    clerks = [factories.actor("clerk", name=name) for name in CLERKS]
    approvers = [factories.actor("approver", name=name) for name in APPROVERS]
    return Province(
        known,
        {one.code for one in known[count:]},
        clerks,
        approvers,
        factories.actor("protection_officer", name="Hồ Sỹ Hải"),
    )


def _cousin(given: str, record) -> Any:
    return replace(record, values={**record.values, "name": f"Đậu Quốc {given}"})


def _family(record) -> str:
    return tokens(record.values["name"])[0]


def working_days(last: date, count: int = 30) -> list[date]:
    days = (last - timedelta(days=n) for n in range(count, 0, -1))
    return [day for day in days if day.weekday() < 5]


def ordinary(chance: random.Random, province: Province, last: date) -> list[Entry]:
    """Give the entries of the month before a day, in their order."""
    days = working_days(last)
    peak = set(days[-7:-2])
    entries = []
    for day in days:
        for number in range(len(CLERKS)):
            entries += _clerk_day(chance, province, number, day, PEAK if day in peak else 1)
        for approver in province.approvers:
            entries += _looks(chance, approver.id, chance.sample(province.people, chance.randrange(3, 12)), day)
        if chance.random() < 0.3:
            (one,) = chance.sample(province.people, 1)
            entries.append(Entry(_at(chance, day), province.officer.id, "people.inspect", one.subject))
    return sorted(entries, key=_when)


def _clerk_day(chance, province, number, day, busy) -> Iterator[Entry]:
    account = province.clerks[number].id
    if chance.random() < (0.6 if CLERKS[number] in CALLERS else CALLED):
        commune = chance.choice(list(province.communes.values()))
        yield from _rung(chance, account, chance.sample(commune, min(len(commune), RUNG)), day)
    for _task in range(max(5, int(chance.gauss(TASKS, SPREAD) * busy))):
        one, at = chance.choice(province.people), _at(chance, day)
        yield Entry(at, account, "people.search", terms=f"{one.code[3:7]}")
        yield from _opened(chance, account, one, at + timedelta(seconds=chance.randrange(15, 90)))
        if one.kin and chance.random() < RELATIVE:
            other = next(p for p in province.people if p.subject == one.kin[0])
            yield from _opened(chance, account, other, at + timedelta(minutes=3))
    if chance.random() < 0.3:
        yield Entry(_at(chance, day), account, "people.read", outcome="not-found")
    if chance.random() < LATE:
        late = datetime.combine(day, time(20, chance.randrange(60)), clock.HANOI)
        yield Entry(late, account, "people.read", chance.choice(province.people).subject)


def _opened(chance, account, one, at) -> Iterator[Entry]:
    """One record opened and, most times, worked on: its form is opened, and sent."""
    yield Entry(at, account, "people.read", one.subject)
    if chance.random() < WORKED:
        act = chance.choice(("people.amend", "people.record_consent", "people.add_contact"))
        yield Entry(at + timedelta(seconds=70), account, "people.read", one.subject)
        yield Entry(at + timedelta(seconds=150), account, act, one.subject)


def _rung(chance, account, some: Sequence[Person], day) -> Iterator[Entry]:
    """People rung one after another; what those who answer say is recorded."""
    for look in _looks(chance, account, some, day):
        yield look
        if chance.random() < ANSWERED:
            yield look._replace(at=look.at + timedelta(seconds=50), action="people.record_consent")


def _looks(chance, account, some: Sequence[Person], day) -> Iterator[Entry]:
    at = _at(chance, day)
    for one in some:
        yield Entry(at, account, "people.read", one.subject)
        at += timedelta(seconds=chance.randrange(60, 400))


def _at(chance, day: date) -> datetime:
    minute = chance.choice((chance.randrange(450, 690), chance.randrange(810, 1000)))
    return datetime.combine(day, time(minute // 60, minute % 60, chance.randrange(60)), clock.HANOI)


def planted(province: Province, last: date) -> dict[tuple[Rule, int | None], list[Entry]]:
    """Give one misuse of each kind, by whom, in the fortnight before a day; none overlaps another."""
    by = [clerk.id for clerk in province.clerks]
    checker, other = (approver.id for approver in province.approvers)
    days = working_days(last)[-10:]
    names = {one.subject: one for one in province.people}
    phans = [one for one in province.people if one.family == "phan"]
    kin = [one for one in province.people if one.family == "dau" and one.code in province.cousins]
    commune = max(province.communes.values(), key=len)
    family = next(one for one in province.people if len(one.kin) == 1)
    walked = [family.subject]
    while further := [s for s in names[walked[-1]].kin if s not in walked]:
        walked.append(further[0])
    ordered = sorted(province.people, key=lambda one: one.code)[100:112]
    saturday = next(days[0] + timedelta(n) for n in range(7) if (days[0] + timedelta(n)).weekday() == 5)
    seen = {
        (Rule.OWN_NAME, by[5]): _read(by[5], phans[:14], days[1], minutes=20),
        (Rule.OWN_BRANCH, by[6]): _read(by[6], kin, days[2], minutes=40),
        (Rule.ONE_COMMUNE, checker): _read(checker, commune[:13], days[3], minutes=7),
        (Rule.KIN, by[0]): _read(by[0], [names[subject] for subject in walked], days[4], minutes=2),
        (Rule.IN_ORDER, by[1]): _read(by[1], ordered, days[5], minutes=1, hour=6),
        (Rule.RAPID, by[2]): _read(by[2], province.people[200:235], days[6], minutes=0.1, hour=7),
        (Rule.OFF_HOURS, by[7]): _read(by[7], province.people[300:306], saturday, minutes=5),
        (Rule.VOLUME, other): _read(other, province.people[400:470], days[7], minutes=4),
        (Rule.REFUSED, by[3]): [
            one._replace(outcome="forbidden") for one in _read(by[3], ordered * 2, days[8], minutes=9)
        ],
        (Rule.REPEATED, by[4]): [Entry(_noon(day), by[4], "people.search", terms="người ấy") for day in days[:6]],
    }
    return seen | {
        (Rule.MANY_READERS, None): [Entry(_noon(days[9]), one, "people.read", ordered[0].subject) for one in by]
    }


def mixed(usual: Sequence[Entry], seen: dict[tuple[Rule, int | None], list[Entry]]) -> list[Entry]:
    """Put the planted misuse among ordinary work; who misuses a record did not happen to need it that day."""
    misused = {(one.account, one.subject, one.at.date()) for some in seen.values() for one in some if one.subject}
    kept = [one for one in usual if (one.account, one.subject, one.at.date()) not in misused]
    return [*kept, *(entry for some in seen.values() for entry in some)]


def _read(account, some: Sequence[Person], day, *, minutes: float, hour=9) -> list[Entry]:
    begun = datetime.combine(day, time(hour), clock.HANOI)
    return [
        Entry(begun + timedelta(minutes=minutes * n), account, "people.read", one.subject) for n, one in enumerate(some)
    ]


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), clock.HANOI)


def write(entries: Sequence[Entry]) -> None:
    """Put entries into the trail as if they had been made then; the chain is not what is tested here."""
    head = db.session.get_one(AuditHead, 1)
    rows = (_row(number, entry) for number, entry in enumerate(sorted(entries, key=_when), head.last + 1))
    insert_many(AuditEntry, rows)
    db.session.execute(update(AuditHead).values(last=(last := head.last + len(entries)), hash=f"{last:064}"))
    db.session.commit()


def _row(number: int, entry: Entry) -> dict[str, Any]:
    named = {"id": number, "at": entry.at, "actor_id": entry.account, "role": "clerk", "organisation_id": None}
    done = {"action": entry.action, "subject": entry.subject, "outcome": entry.outcome, "purpose": None, "found": None}
    return {**named, **done, "details": {"terms": entry.terms}, "previous": "0" * 64, "hash": f"{number:064}"}


def _when(entry: Entry) -> datetime:
    return entry.at

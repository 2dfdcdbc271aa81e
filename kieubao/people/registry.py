"""The only writer of people, one or a million: derived columns, blind indexes and revisions come along."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, cast
from uuid import UUID

from sqlalchemy import Table, delete, func, select
from sqlalchemy.exc import IntegrityError

from kieubao.access.roles import NOWHERE
from kieubao.consent import hearing, ledger
from kieubao.consent.vocabulary import Channel
from kieubao.db import Encrypted, db, insert_many, next_ids, update_many
from kieubao.ground import clock, codes
from kieubao.ground.errors import Stale, _
from kieubao.ground.places import Unit
from kieubao.people import bonds, contacts, indexes, lexicon, revisions
from kieubao.people.models import ContactKey, ContactPoint, Person
from kieubao.people.records import Contact, Record, derived, latest_birth, moved, settled
from kieubao.people.revisions import DERIVED, WRITTEN
from kieubao.people.words import RULES, spoken

BATCH = 500
# How the databases say it, in whatever language: by the column, or by the constraint's name.
_CODE_TAKEN = re.compile(r"person[._]code")
_TRIES = 9
_LISTS = frozenset({"other_names", "languages", "interests"})
_UNKNOWN = frozenset({"commune", "home_old_province", "home_key"})
_SETTLED = ("home_epoch", "home_code", "home_old_code", *DERIVED, "version", "changed_at")


class Enrolled(NamedTuple):
    id: int
    code: str
    subject: UUID


def enrol(records: Sequence[Record], office: str, by: int | None) -> list[Enrolled]:
    """Add people with their contact points, memberships, standing and first revision."""
    ids = next_ids(Person, len(records))
    rows = [whole(record.values, office) for record in records]
    made = _insert(ids, rows)
    lexicon.learn(word for row in rows for word in spoken(row["words"]))
    births = {i: latest_birth(row["born"]) for i, row in zip(ids, rows, strict=True)}
    subjects = ledger.open_standing(births, {i: row["confirmed_on"] for i, row in zip(ids, rows, strict=True)})
    contacts.add([(i, contact) for i, record in zip(ids, records, strict=True) for contact in record.contacts])
    for i, record in zip(ids, records, strict=True):
        bonds.join(i, record.memberships)
    kept = ((i, 1, row | revisions.came_with(record)) for i, row, record in zip(ids, rows, records, strict=True))
    revisions.keep(kept, by)
    return [Enrolled(i, code, subjects[i]) for i, code in zip(ids, made, strict=True)]


def _insert(ids: Sequence[int], rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """Insert people and return their codes; new ones where one is taken, as among a million every other time.

    Whose it is a clerk may not see: so the database is not asked whether it is there, but to take it.
    """
    for _try in range(_TRIES):
        made = [codes.fresh("KB") for _row in rows]
        whole = ({"id": i, "code": code, "version": 1, **row} for i, code, row in zip(ids, made, rows, strict=True))
        try:
            with db.session.begin_nested():
                insert_many(Person, whole)
        except IntegrityError as error:
            if not _CODE_TAKEN.search(str(error.orig)):
                raise
        else:
            return made
    raise RuntimeError("no code is free")


def amend(person_id: int, version: int, changes: Mapping[str, Any], office: str, by: int | None) -> list[str]:
    """Change a record that is still at this version; return the names of the fields that changed.

    Raises Stale, with what stands and what was sent, where somebody was faster.
    """
    person = db.session.get_one(Person, person_id, with_for_update=True)
    before = {name: getattr(person, name) for name in WRITTEN}
    if person.version != version:
        theirs = {name: before[name] for name in changes if before[name] != changes[name]}
        raise Stale(
            _("Somebody changed this record in the meantime"), theirs=theirs, yours={n: changes[n] for n in theirs}
        )
    row = whole({**before, **moved(before, changes)}, office)
    changed = [name for name in WRITTEN if row[name] != before[name]]
    if changed:
        _assign(person, row)
        lexicon.learn(spoken(row["words"]))
        _keep(person, row, by)
    if "born" in changed:
        ledger.restand(person_id, adult_on=ledger.adult_on(latest_birth(person.born)))
    if "confirmed_on" in changed:
        _confirm(person_id, before["confirmed_on"], person.confirmed_on)
    return changed


def _confirm(person_id: int, before: date | None, now: date | None) -> None:
    """Write down when somebody was heard of; where a day is put right that was not so, as far as it is sure."""
    if now and (before is None or now > before):
        hearing.hear([person_id], now)
    else:
        hearing.anew(person_id, now)


def unhear(person_id: int, since: int) -> None:
    """Have what a file said from a line of the ledger on tell nothing of when somebody was heard of, or told."""
    confirmed_on = db.session.scalar(select(Person.confirmed_on).where(Person.id == person_id))
    hearing.anew(person_id, confirmed_on, since)


def rewrite(person_id: int, version: int, changes: Mapping[str, Any], office: str, by: int | None) -> int:
    """Change a record, or what hangs on it, and keep the whole as it now stands, once; return its version then.

    Raises Stale as `amend`.
    """
    if not amend(person_id, version, changes, office, by):
        revise(person_id, by)
    return version + 1


def restore(person_id: int, version: int, office: str, by: int | None) -> None:
    """Have a record, still at this version, be as it was before it. Raises Stale as `amend`.

    A contact point that came with it goes, but one that was retired since: that is a word of somebody about it.
    """
    before = revisions.at(person_id, version - 1)
    had = {(one["channel"], one["value"]) for one in before["contact_points"]}
    contacts.drop(person_id, [i for i, point in contacts.in_use(person_id) if point not in had])
    rewrite(person_id, version, {name: before[name] for name in WRITTEN}, office, by)


def changed(versions: Mapping[int, int]) -> set[int]:
    """Return which people are at another version than the one given with each."""
    query = select(Person.id, Person.version).where(Person.id.in_([*versions]))
    return {person for person, version in db.session.execute(query) if version != versions[person]}


def written(people: Collection[int]) -> dict[int, tuple[int, dict[str, Any]]]:
    """Return of people the version of their record, and what is written in it."""
    columns = (Person.__table__.c[name] for name in WRITTEN)
    rows = db.session.execute(select(Person.id, Person.version, *columns).where(Person.id.in_(people)))
    return {i: (version, dict(zip(WRITTEN, values, strict=True))) for i, version, *values in rows}


def outdated() -> int:
    """Count the people who are found by older rules than today's."""
    return db.session.scalar(select(func.count()).where(Person.found_by != RULES, Person.province != NOWHERE)) or 0


def rekey(after: int) -> tuple[int | None, int]:
    """Make anew, by today's rules, all that the next people are found by; no change of theirs, so no new version.

    Returns the last of them, to go on after (None at the end), and how many were done: it waits for nobody, so one
    who is being changed is left for another time.
    """
    table = cast("Table", Person.__table__)
    open_columns = (one for one in table.c if not isinstance(one.type, Encrypted))
    outdated = (Person.found_by != RULES, Person.province != NOWHERE, Person.id > after)
    query = select(*open_columns).where(*outdated).order_by(Person.id).limit(BATCH)
    people = db.session.execute(query.with_for_update(skip_locked=True)).mappings().all()
    rows = [{"id": one["id"], **derived({**one}, one["province"])} for one in people]
    lexicon.learn((word for row in rows for word in spoken(row["words"])), anew=True)
    update_many(Person, _only(("id", *DERIVED), rows))
    return (rows[-1]["id"] if rows else None), len(rows)


def settle(people: Sequence[int], commune: Unit, by: int | None) -> None:
    """Put the homes of people, who are locked, into a commune of today; each has a new version and its revision."""
    for start in range(0, len(people), BATCH):
        _settle(people[start : start + BATCH], commune, by)


def revise(person_id: int, by: int | None) -> None:
    """Count a change of what hangs on a record as a change of it, and keep the whole as it now stands."""
    person = db.session.get_one(Person, person_id, with_for_update=True)
    _assign(person, {})
    _keep(person, {name: getattr(person, name) for name in WRITTEN}, by)


def revise_all(people: Iterable[int], by: int | None) -> None:
    """Revise in one order, whoever asks, so that two who tie the same people do not wait for each other."""
    for person_id in sorted(people):
        revise(person_id, by)


def hide(person_id: int, by: int | None) -> None:
    """Have nobody find a record any more: it lies in no unit, no word or number leads to it. What it says is kept."""
    person = db.session.get_one(Person, person_id, with_for_update=True)
    db.session.execute(delete(ContactKey).where(ContactKey.person_id == person_id))
    _assign(person, {name: None if name in _UNKNOWN else "" for name in DERIVED if name != "found_by"})
    _keep(person, {name: getattr(person, name) for name in WRITTEN}, by)


def show(person_id: int, office: str, by: int | None) -> None:
    """Have a record found again that was hidden."""
    person = db.session.get_one(Person, person_id, with_for_update=True)
    row = whole({name: getattr(person, name) for name in WRITTEN}, office)
    _assign(person, row)
    lexicon.learn(spoken(row["words"]))
    points = db.session.scalars(select(ContactPoint).where(ContactPoint.person_id == person_id))
    indexes.add((one.id, person_id, Contact(Channel(one.channel), one.raw, one.value)) for one in points)
    _keep(person, row, by)


def _settle(some: Sequence[int], commune: Unit, by: int | None) -> None:
    table, moment = Person.__table__, clock.now()
    query = select(*table.c).where(table.c.id.in_(some)).order_by(table.c.id)
    rows = []
    for one in db.session.execute(query).mappings():
        written = {**one, **settled({**one}, commune), "version": one["version"] + 1, "changed_at": moment}
        rows.append({**written, **derived(written, one["province"])})
    update_many(Person, _only(("id", *_SETTLED), rows))
    hang = revisions.hanging(some)
    revisions.keep(((row["id"], row["version"], {**row, **hang[row["id"]]}) for row in rows), by)


def _only(names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in names} for row in rows]


def _keep(person: Person, row: Mapping[str, Any], by: int | None) -> None:
    revisions.keep([(person.id, person.version, {**row, **revisions.hanging([person.id])[person.id]})], by)


def whole(values: Mapping[str, Any], office: str) -> dict[str, Any]:
    """Return the columns of a person: what is written, blank where nothing is, and what follows from it."""
    blank: dict[str, Any] = {name: [] if name in _LISTS else None for name in WRITTEN}
    written = {**blank, **values}
    return written | derived(written, office)


def _assign(person: Person, row: Mapping[str, Any]) -> None:
    for name, value in row.items():
        setattr(person, name, value)
    person.changed_at = clock.now()
    db.session.flush()

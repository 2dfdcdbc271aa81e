"""The record as it stood after each change, whole and sealed: the only writer of revisions."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, select

from kieubao.db import Base, db, insert_many
from kieubao.ground import clock
from kieubao.ground.canon import canonical
from kieubao.people.models import ContactPoint, Kinship, Membership, Person, PersonRevision
from kieubao.people.records import Record

# What follows from what a form may set; everything else on a person is written or counted.
DERIVED = (
    *("province", "commune", "home_old_province", "home_key"),
    *("sort_key", "family_key", "name_key", "given_key", "mid_key", "work_key", "words", "found_by"),
)
_COUNTED = ("id", "code", "version", "created_at", "changed_at")
WRITTEN = tuple(c.key for c in Person.__table__.columns if c.key not in {*_COUNTED, *DERIVED})
_POINT = ("channel", "raw", "value", "owner", "verified_on", "retired_at")
# What hangs on a person: which table, and of its columns which a revision keeps.
_HANGING: dict[str, tuple[type[Base], Sequence[str]]] = {
    "contact_points": (ContactPoint, _POINT),
    "kinships": (Kinship, ("relative_id", "term")),
    "memberships": (Membership, ("association_id", "role")),
}
Hanging = dict[str, list[dict[str, Any]]]


def keep(records: Iterable[tuple[int, int, Mapping[str, Any]]], by: int | None) -> None:
    """Keep records as they now stand: (person, version, everything written of them and what hangs on them)."""
    moment = clock.now()
    insert_many(
        PersonRevision,
        (
            {
                "person_id": person_id,
                "version": version,
                "at": moment,
                "account_id": by,
                "record": canonical({name: row[name] for name in (*WRITTEN, *_HANGING)}).decode(),
            }
            for person_id, version, row in records
        ),
    )


def came_with(record: Record) -> Hanging:
    """Return what hangs on a new person, as a revision keeps it."""
    points = [{name: getattr(contact, name, None) for name in _POINT} for contact in record.contacts]
    return {"contact_points": points, "kinships": [], "memberships": list(map(vars, record.memberships))}


def at(person_id: int, version: int) -> dict[str, Any]:
    """Return a record as it stood at a version: everything written of it, and what hung on it."""
    query = select(PersonRevision.record).where(PersonRevision.person_id == person_id)
    kept: dict[str, Any] = json.loads(db.session.scalars(query.where(PersonRevision.version == version)).one())
    days = (name for name in WRITTEN if isinstance(Person.__table__.c[name].type, Date))
    return kept | {name: date.fromisoformat(kept[name]) for name in days if kept[name]}


def tell_apart(
    person_id: int, since: datetime, before: Mapping[str, Any], after: Mapping[str, Any], points: Collection[Any]
) -> None:
    """Have a record as it stood since a moment say no more what was another's, once that is known.

    Values are as they are kept: `after` what was taken over, `before` what stood in its place; and the contact `points`
    that came with it, by channel and value.
    """
    since_then = (PersonRevision.person_id == person_id, PersonRevision.at >= since)
    for one in db.session.scalars(select(PersonRevision).where(*since_then)):
        was = json.loads(one.record)
        was |= {name: without(was[name], before[name], value) for name, value in after.items()}
        was["contact_points"] = [it for it in was["contact_points"] if (it["channel"], it["value"]) not in points]
        one.record = canonical(was).decode()


def without(was: Any, before: Any, after: Any) -> Any:
    """Return a value without what was taken over; of a list what somebody added since, or took out, is left so."""
    if was == after:
        return before
    if isinstance(was, list):
        own = [one for one in before if one in was or one not in after]
        return own + [one for one in was if one not in before and one not in after]
    return was


def hanging(people: Collection[int]) -> dict[int, Hanging]:
    """Return what hangs on each of some people, as a revision keeps it."""
    found: dict[int, Hanging] = {person_id: {} for person_id in people}
    for part, (model, names) in _HANGING.items():
        rows = _rows_of(model, names, people)
        for person_id in people:
            found[person_id][part] = rows[person_id]
    return found


def _rows_of(model: type[Base], names: Sequence[str], people: Collection[int]) -> Mapping[int, list[dict[str, Any]]]:
    columns = model.__table__.c
    query = select(columns.person_id, *(columns[name] for name in names)).where(columns.person_id.in_(people))
    rows: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for person_id, *row in db.session.execute(query.order_by(*model.__table__.primary_key)):
        rows[person_id].append(dict(zip(names, row, strict=True)))
    return rows

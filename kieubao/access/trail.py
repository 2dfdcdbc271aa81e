"""The audit trail: a hash chain to which entries, and the roots that sign its end, are only ever added.

Entries hold ids, counts and field names, never a person's values. People are named by their
pseudonym, whose mapping is destroyed when they are erased.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from functools import cache
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Executable,
    Table,
    Text,
    and_,
    bindparam,
    insert,
    or_,
    select,
    type_coerce,
    update,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.exc import NoResultFound, SQLAlchemyError
from sqlalchemy.types import NullType

from kieubao.access import roots
from kieubao.access.chain import START, WITNESSED, Roots, Verdict, examine
from kieubao.access.faults import End, Entry, Where
from kieubao.access.models import AuditEntry, AuditHead, AuditRoot
from kieubao.access.roles import Actor
from kieubao.access.roots import Root
from kieubao.db import db, sha256, writes_two
from kieubao.ground import clock
from kieubao.ground.canon import canonical
from kieubao.ground.errors import Conflict, _
from kieubao.ground.signatures import SigningKey

Progress = Callable[[int, int], object]
PAGE = 1_000
# Among so many acts of an account it is looked whom it worked on last.
_LATEST = 100
# For so long after the first root witnesses begin by themselves; one that is empty later has lost what it had.
_BEGINNING = timedelta(days=1)
_COLUMNS = AuditEntry.__table__.columns
# What the head alone says of an entry.
_CHAINED = ("id", "previous", "hash")
# What a value written over behind our back may be raised for, when it is read.
_UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError, OverflowError, SQLAlchemyError)
_FIRST_OF_ALL, _LAST_OF_ALL = -(2**63), 2**63 - 1
# SQLite finds an entry by how these are spelled: each is read once more, as it stands.
_FOUND_BY = (_COLUMNS["at"], _COLUMNS["subject"])
_READ = select(*_COLUMNS, *(type_coerce(one, NullType()).label(f"{one.key}_as_it_stands") for one in _FOUND_BY))


@dataclass
class Line:
    """What the running use case will have recorded; `note` adds to it."""

    actor: Actor
    action: str
    outcome: str = "done"
    purpose: str | None = None
    subject: UUID | None = None
    found: int | None = None
    details: dict[str, Any] = field(default_factory=dict)
    # Whom else it is as much about: each has an entry of their own.
    also: Collection[UUID] = ()
    # What is told of its subject alone.
    own: dict[str, Any] = field(default_factory=dict)


def hold() -> None:
    """Have the next line be this transaction's: nobody else appends one before it."""
    db.session.execute(select(AuditHead.id).with_for_update()).one()


def worked_on(actor_id: int, most: int) -> list[UUID]:
    """Return the pseudonyms of those whom an account's latest acts were about, the last first."""
    mine = (AuditEntry.actor_id == actor_id, AuditEntry.outcome == "done", AuditEntry.subject.is_not(None))
    query = select(AuditEntry.subject).where(*mine).order_by(AuditEntry.id.desc()).limit(_LATEST)
    return list(dict.fromkeys(one for one in db.session.scalars(query) if one))[:most]


def append(line: Line) -> None:
    """Add an entry inside the transaction that is open. Locks the head: do it last."""
    values = {
        "at": clock.now(),
        "actor_id": line.actor.id,
        "role": line.actor.role.value,
        "organisation_id": line.actor.organisation_id,
        "action": line.action,
        "purpose": line.purpose,
        "subject": line.subject,
        "found": line.found,
        "outcome": line.outcome,
        "details": json.loads(canonical(line.details)),
    }
    given = {f"the_{name}": value for name, value in (values | _around(plain(values))).items()}
    # Past the ORM: whatever anybody reads here writes one.
    moved = [db.session.connection().execute(one, given) for one in _appended(at_once=writes_two())]
    if moved[-1].rowcount != 1:
        raise NoResultFound("the trail has no head")


def _around(entry: Entry) -> dict[str, str]:
    """Return what stands around the number and the hash before it, which only the head knows, where `hash_of` is taken.

    Names are in their order there, as `canonical` has them.
    """
    parts = [
        canonical({name: value for name, value in entry.items() if first < name < last}).decode()[1:-1]
        for first, last in (("", "id"), ("id", "previous"), ("previous", "~"))
    ]
    before, between, after = parts
    return {"before": f'{{{before},"id":', "between": f',{between},"previous":"', "after": f'",{after}}}'}


@cache
def _appended(*, at_once: bool) -> list[Executable]:
    """Return what puts an entry after the last and moves the head, which it locks: `at_once` in one statement."""
    entry, head = cast("Table", AuditEntry.__table__), cast("Table", AuditHead.__table__)
    before, between, after = (bindparam(f"the_{name}", type_=Text()) for name in ("before", "between", "after"))
    number, previous = head.c.last + 1, head.c.hash
    whole = previous + before + sql_cast(number, Text()) + between + previous + after
    given = [one for one in entry.c if one.key not in _CHAINED]
    told = [bindparam(f"the_{one.key}", type_=one.type) for one in given]
    chained = select(number, previous, sha256(whole), *told).with_for_update()
    added = insert(entry).from_select([*_CHAINED, *(one.key for one in given)], chained)
    if not at_once:
        return [added, update(head).values(last=entry.c.id, hash=entry.c.hash).where(entry.c.id == number)]
    new = added.returning(entry.c.id, entry.c.hash).cte("new")
    # Of a head that moved meanwhile this statement still sees the old row, which it is not to be told by.
    return [update(head).values(last=new.c.id, hash=new.c.hash).where(new.c.id > head.c.last)]


def is_opening(looks: Collection[str], opening: Collection[str]) -> ColumnElement[bool]:
    """Say, in SQL, which entries showed a record: looks, and what would have changed it and was slower."""
    shown = and_(AuditEntry.action.in_(looks), AuditEntry.outcome == "done")
    return or_(shown, and_(AuditEntry.action.in_(opening), AuditEntry.outcome == "stale"))


def end() -> End:
    """Return where the chain is said to end; before its first entry where nothing says so."""
    head = db.session.execute(select(AuditHead.last, AuditHead.hash)).one_or_none()
    return End(*head) if head else START


def at(number: int) -> End:
    """Return an entry's number and hash as they stand; an empty hash where there is no such entry."""
    if number == START.number:
        return START
    return End(number, db.session.scalar(select(AuditEntry.hash).where(AuditEntry.id == number)) or "")


def latest(action: str) -> AuditEntry | None:
    """Return the last entry of an action that was done."""
    query = select(AuditEntry).where(AuditEntry.action == action, AuditEntry.outcome == "done")
    return db.session.scalars(query.order_by(AuditEntry.id.desc()).limit(1)).one_or_none()


def entries(first: int = _FIRST_OF_ALL, last: int = _LAST_OF_ALL) -> Iterator[Entry]:
    """Give entries in their order as the chain was made of them.

    Of one that cannot be read, or would not be found as it is spelled, its number alone.
    """
    while first <= last and (page := _page(first, last)):
        yield from page
        first = page[-1]["id"] + 1


def verify(known: Roots | None = None, progress: Progress | None = None) -> Verdict:
    """Walk the chain from its first entry to its head, past every root of ours and those that are known."""
    sworn, said = known or Roots(), end()
    sworn.add(Where.ROOT, lines())
    return examine(counted(entries(), said.number, progress), said, sworn)


def sign(key: SigningKey, office: str) -> Root:
    """Sign the end of the chain inside the transaction that is open. Its entry is to be the very next."""
    head = db.session.scalars(select(AuditHead).with_for_update()).one()
    before = db.session.scalars(select(AuditRoot).order_by(AuditRoot.id.desc()).limit(1)).one_or_none()
    root = roots.sign(key, office, (head.last, head.hash), before.line if before else None, clock.now())
    db.session.add(AuditRoot(id=before.id + 1 if before else 1, entry=root.entry, line=root.line))
    return root


def lines(first: int = _FIRST_OF_ALL, last: int = _LAST_OF_ALL) -> list[str]:
    """Return the roots of the entries from one number to another, in the order they were signed."""
    here = (AuditRoot.entry >= first, AuditRoot.entry <= last)
    return list(db.session.scalars(select(AuditRoot.line).where(*here).order_by(AuditRoot.id)))


def refuse_new_witness() -> None:
    """Raise Conflict where the chain says that it was signed more than a day ago: its witnesses have begun."""
    signed = (AuditEntry.action == WITNESSED, AuditEntry.outcome == "done", AuditEntry.at < clock.now() - _BEGINNING)
    if db.session.scalar(select(AuditEntry.id).where(*signed).limit(1)):
        raise Conflict(
            _("This witness is empty, and the trail has long been signed: is it mounted? To begin one, say --begin")
        )


def lines_since(known: str | None) -> list[str]:
    """Return the roots after the last that a witness has, or all for one that has none.

    Raises Conflict where there is no such root here, or the chain has not the hash it vouches for.
    """
    if known is None:
        return lines()
    root = Root.read(known)
    if known not in lines(root.entry, root.entry) or at(root.entry).hash != root.hash:
        raise Conflict(_("The witness knows another trail than this one: keep it as it is, and verify the trail now"))
    return lines(root.entry + 1)


def counted(stream: Iterable[Entry], of: int, progress: Progress | None) -> Iterator[Entry]:
    """Give entries on and tell, now and then, how many there were."""
    for number, entry in enumerate(stream, 1):
        yield entry
        if progress and number % PAGE == 0:
            progress(number, of)


def _page(first: int, last: int) -> list[Entry]:
    here = (AuditEntry.id >= first, AuditEntry.id <= last)
    try:
        return _read(_READ.where(*here).order_by(AuditEntry.id).limit(PAGE))
    except _UNREADABLE:
        numbers = db.session.scalars(select(AuditEntry.id).where(*here).order_by(AuditEntry.id).limit(PAGE))
        return [_one(number) for number in numbers.all()]


def _one(number: int) -> Entry:
    try:
        return _read(_READ.where(AuditEntry.id == number))[0]
    except _UNREADABLE:
        return {"id": number}


def _read(query: Any) -> list[Entry]:
    dialect = db.engine.dialect
    spellings = [one.type.dialect_impl(dialect).bind_processor(dialect) for one in _FOUND_BY]
    return [_entry(tuple(row), spellings) for row in db.session.execute(query)]


def _entry(row: tuple[Any, ...], spellings: Sequence[Callable[[Any], Any] | None]) -> Entry:
    values, stands = dict(zip(_COLUMNS.keys(), row, strict=False)), row[len(_COLUMNS) :]
    found_by = [values[one.key] for one in _FOUND_BY]
    spelled = tuple(spell(one) if spell else one for spell, one in zip(spellings, found_by, strict=True))
    return plain(values) if stands == spelled else {"id": values["id"]}


def plain(values: Mapping[str, Any]) -> Entry:
    """Return an entry in the words it is hashed in, whichever time zone the database speaks in."""
    moment = values["at"].astimezone(UTC).isoformat(timespec="microseconds")
    return {**values, "at": moment, "subject": values["subject"] and str(values["subject"])}

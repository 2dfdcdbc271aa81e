"""Erasing people: nothing of them stays but an empty row under their code, and a tombstone outside the database.

The row stays because copies of the data may still be out: files that were pulled name people by that code, and
handovers say who has to be told to erase it. The ledger keeps what was said under a pseudonym that leads to nobody.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, time
from typing import Any, Final

from sqlalchemy import JSON, ColumnElement, Select, case, delete, func, or_, select, table, update
from sqlalchemy import column as sql_column
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.types import TypeEngine

from kieubao import traces
from kieubao.access.roles import Scope
from kieubao.consent import ledger
from kieubao.consent.models import ConsentNow, Standing, Weighed
from kieubao.db import BATCH, Base, Instant, db, these
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, _
from kieubao.ground.tombstones import Buried, Tombstones
from kieubao.occasions import giving, turnout
from kieubao.occasions.models import Contribution, Response
from kieubao.people import contacts, disclosure, lexicon, merges, registry
from kieubao.people.disclosure import Located
from kieubao.people.likeness import known_by
from kieubao.people.models import (
    ContactKey,
    ContactPoint,
    Duplicate,
    Kinship,
    Membership,
    Merge,
    NameSpelling,
    Person,
    PersonRevision,
)
from kieubao.people.words import name_words, spoken

_HANGING: Sequence[InstrumentedAttribute[int]] = (
    *(ContactKey.person_id, ContactPoint.person_id, Kinship.person_id, Kinship.relative_id),
    *(Membership.person_id, PersonRevision.person_id, Duplicate.one_id, Duplicate.other_id),
    *(Merge.gone_id, Merge.kept_id),
)
# Of rooms above: named, and not known.
_ROWS: Final = "intake_row"
# What people asked for and were given, each after what stands below it: of whom, or of which row of the one after it.
# Named, and not looked up: of a feature that is taken out the rows are still there.
_ASKED: Final = {
    "request_step": ("request_id", "subject_request"),
    "subject_request": ("person_id", None),
    "receipt": ("person_id", None),
    "consent_scan": ("person_id", None),
    "registration": ("person_id", None),
    "message": ("person_id", None),
    "erasure_proposal": ("person_id", None),
    "reprieve": ("person_id", None),
    "reminder": ("person_id", None),
    "pinned_person": ("person_id", None),
    "edit_row": ("person_id", None),
    "contact_wish": ("person_id", None),
    "text_wish": ("person_id", None),
    "disclosure_subject": ("person_id", None),
    "disclosure_notice": ("person_id", None),
    "visit": ("link_id", "personal_link"),
    "personal_link": ("person_id", None),
}
# Of these whoever has one is not taken back with a file they came by.
_ASKING: Final = ("subject_request", "receipt", "personal_link", "consent_scan", "reprieve", "disclosure_notice")
# Of whom one stands there untold, nobody is erased.
_OWED: Final = "disclosure_notice"
_KEPT = frozenset({"id", "code", "version", "found_by"})
_OF_PEOPLE = (
    *(Person, NameSpelling, ContactKey, ContactPoint, Kinship, Membership, PersonRevision, Duplicate, Merge),
    *(ConsentNow, Standing, Weighed, Response, Contribution),
)
TABLES = (*(one.__tablename__ for one in _OF_PEOPLE), _ROWS, *_ASKED)


def erase(people: Collection[int], graves: Tombstones) -> int:
    """Erase people by id, with records merged into theirs; lay their tombstones; return how many records there were.

    Raises Conflict where one of them is to be told something. The tombstones stand before the transaction commits:
    commit at once. What is removed is still to be read in the database's files until `scrub`.
    """
    hold(people)
    found = list(_standing(or_(Person.id.in_(people), Standing.successor_id.in_(people))))
    hold([person_id for person_id, _code, _subject in found])
    _refuse_owed([person_id for person_id, _code, _subject in found])
    marks = _marks([person_id for person_id, _code, _subject in found])
    _empty([*marks])
    _blank_rows([*marks])
    graves.lay(Buried(code, subject, [*marks[person_id]]) for person_id, code, subject in found)
    return len(found)


def _refuse_owed(people: Sequence[int]) -> None:
    """Raise Conflict where somebody is to be told something by law: once they are gone nobody could."""
    owed = table(_OWED, sql_column("person_id"), sql_column("told_at"))
    waits = (owed.c.person_id.in_(these(people)), owed.c.told_at.is_(None))
    if db.session.scalar(select(owed.c.person_id).where(*waits).limit(1)) is not None:
        raise Conflict(_("Somebody has to be told something first: ask the data-protection officer"))


def hold(people: Collection[int]) -> None:
    """Hold people until the transaction ends: who is writing to them goes first, who comes later finds them gone."""
    db.session.execute(select(Person.id).where(Person.id.in_(people)).order_by(Person.id).with_for_update())


def held(scope: Scope, code: str) -> Located:
    """Find a person within scope and hold them: who merges or erases them goes first, or waits.

    Raises NotFound, and Conflict where they were merged just now.
    """
    before = disclosure.locate(scope, code)
    # Not from whoever only names them, as every file does that is made: no word waits for a file.
    query = select(Person.id).where(Person.id == before.id)
    db.session.execute(query.with_for_update(key_share=True))
    found = disclosure.locate(scope, code)
    if found.id != before.id:
        raise Conflict(_("This record was merged just now: open it again"))
    return found


def asking(people: Collection[int]) -> set[int]:
    """Return which of some people have asked something of the office, or were given a receipt or a link by it."""
    tables = [table(name, sql_column("person_id")) for name in _ASKING]
    asked = [select(one.c.person_id).where(one.c.person_id.in_(these(people))) for one in tables]
    return {person for query in asked for person in db.session.scalars(query)}


def unmake(people: Collection[int]) -> None:
    """Take back people who came in by mistake: nothing stays but their empty rows, and no tombstone is laid."""
    _empty(list(people))


def erase_again(graves: Tombstones, office: str) -> int:
    """Erase whoever has a tombstone and is here all the same, as after a restore; return how many there were.

    A record that is merged here with one of another, which has none, was told apart from it since: it is again.
    """
    names = graves.names()
    found = [person_id for person_id, code, subject in _standing() if graves.tells(names, code, subject)]
    merges.part_from(found, office)
    _empty(found)
    _blank_rows(found)
    return len(found)


def unscrubbed(since: datetime | None) -> int:
    """Count the records that were erased on that day or later, or ever: they may still be read in the files."""
    after = [Standing.erased_at >= clock.midnight(since)] if since else []
    return db.session.scalar(select(func.count(Standing.erased_at)).where(*after)) or 0


def scrub() -> None:
    """Leave no byte of who was erased in the database's files; once the erasure is committed."""
    traces.scrub(TABLES)


def _standing(*which: ColumnElement[bool]) -> Iterator[tuple[int, str, Any]]:
    query = (
        select(Person.id, Person.code, Standing.subject)
        .join(Standing, Standing.person_id == Person.id)
        .where(Standing.erased_at.is_(None), *which)
        .order_by(Person.id)
    )
    yield from db.session.execute(query)


def _empty(people: Sequence[int]) -> None:
    for start in range(0, len(people), BATCH):
        some = people[start : start + BATCH]
        hold(some)
        called = set(_called(some))
        _remove_requests(some)
        for column in _HANGING:
            db.session.execute(delete(column.class_).where(column.in_(some)))
        blank = update(Person).where(Person.id.in_(some)).values(version=Person.version + 1, **_blank())
        db.session.execute(blank.execution_options(synchronize_session=False))
        lexicon.forget(called)
        turnout.forget(some)
        giving.forget(some)
        ledger.forget(some)


def _remove_requests(people: Sequence[int]) -> None:
    """Leave nothing of what people asked of the office and were given: the trail knows codes, and no row leads on."""
    for name, (column, above) in _ASKED.items():
        of = these(people) if above is None else _held(above, people)
        rows = table(name, sql_column(column))
        db.session.execute(delete(rows).where(rows.c[column].in_(of)))


def _held(name: str, people: Sequence[int]) -> Select[int]:
    """Select rows of people, held first: whoever writes below one of them is done, or finds none."""
    table = Base.metadata.tables[name]
    theirs = select(table.c.id).where(table.c.person_id.in_(these(people))).order_by(table.c.id)
    return these(db.session.scalars(theirs.with_for_update()).all())


def _blank_rows(people: Sequence[int]) -> None:
    """Leave nothing of the rows of files that people came in by, or were changed by, until their clerk drops those."""
    rows = Base.metadata.tables[_ROWS]
    theirs = or_(rows.c.person_id.in_(these(people)), rows.c.relative_id.in_(these(people)))
    # Nor between which lines of the ledger theirs are.
    bounds = {name: case((rows.c[name].is_not(None), 0)) for name in ("line", "said_from")}
    db.session.execute(update(rows).where(theirs).values(cells="[]", told="[]", **bounds))


def _marks(people: Sequence[int]) -> dict[int, set[str]]:
    """Return what each of some people would be known by, if a file brought them back."""
    points = contacts.points(people)
    return {
        person: {
            mark
            for name in (values["name"], *values["other_names"])
            for mark in known_by(name, values["born"], [value for _channel, value in points[person]])
        }
        for person, (_version, values) in registry.written(people).items()
    }


def _called(people: Sequence[int]) -> Iterator[str]:
    """Give the words of every name that people have or had."""
    for document in db.session.scalars(select(Person.words).where(Person.id.in_(people))):
        yield from spoken(document)
    for record in db.session.scalars(select(PersonRevision.record).where(PersonRevision.person_id.in_(people))):
        was = json.loads(record)
        for name in (was["name"], *was["other_names"]):
            yield from name_words(name)


def _blank() -> dict[str, Any]:
    """Return an empty value for every column, those of tomorrow too: NULL where it may be, else of its type."""
    columns = (one for one in Person.__table__.columns if one.key not in _KEPT)
    return {one.key: None if one.nullable else _empty_of(one.type) for one in columns}


def _empty_of(kind: TypeEngine[Any]) -> Any:
    if isinstance(kind, Instant):
        return datetime.combine(clock.today(), time.min, clock.HANOI)
    return [] if isinstance(kind, JSON) else ""

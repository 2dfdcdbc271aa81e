"""What is shown of a person, and of whom: named views. Nothing of a person leaves this package but through here.

A view selects only its own columns, so a value that is withheld is not there to leak.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, CompoundSelect, Select, case, func, select

from kieubao.access.roles import Scope
from kieubao.consent.models import ConsentNow, Standing
from kieubao.consent.rules import may_contact
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db, told
from kieubao.ground.errors import NotFound, _
from kieubao.people import ways
from kieubao.people.filters import among, within
from kieubao.people.models import Association, ContactPoint, Kinship, Membership, Merge, Person
from kieubao.people.queries import made_once

Sheet = dict[str, Any]
BATCH = 1_000


@dataclass(frozen=True)
class View:
    """Columns of `person`, and in words of whom they are shown; docs/policy.md lists every view."""

    columns: tuple[str, ...]
    of_whom: str


CARD = View(
    ("code", "name", "born", "gender", "kind", "country", "city", "home_text", "province", "commune"),
    "people within the actor's scope",
)
RECORD = View(
    (
        *("code", "version", "kind", "name", "other_names", "born", "gender", "form_of_address"),
        *("preferred_language", "languages", "home_text", "home_epoch", "home_code", "home_old_code"),
        *("province", "commune", "country", "region", "city", "address", "status", "citizenship", "generation"),
        *("occupation", "occupation_group", "sector", "sector_version", "workplace", "position", "education"),
        *("interests", "note", "source", "confirmed_on", "legal_basis", "legal_document", "created_at", "changed_at"),
    ),
    "one person within the actor's scope",
)
OWN = View(
    tuple(name for name in RECORD.columns if name not in {"version", "note"}),
    "whoever came by a link and is shown to be they; of their relatives, what they are to them and no name",
)
HOME = View(
    ("home_text", "home_epoch", "home_code", "province"),
    "equal homes of people within the actor's scope that wait to be settled, how many they are, and nobody's name",
)
# What a bulk edit shows of the first whom it would change, beside a card's: of what search can be narrowed down by.
EDITED = View(
    (
        *("code", "name", "city", "status", "generation", "occupation_group", "sector", "preferred_language"),
        *("confirmed_on", "interests", "languages"),
    ),
    "people within the actor's scope, twenty of those whom a bulk edit would change, and of them the one field it sets",
)
# What an outreach list may ask for beside the contact points of open channels, which every row has.
REACH = View(
    (
        *("code", "name", "form_of_address", "gender", "preferred_language", "born", "country", "city"),
        *("home_text", "occupation", "sector", "workplace", "position"),
    ),
    "people on the issue who may be contacted for its purpose at the moment of the pull",
)


# Through whom somebody is asked who has no way of their own: with it, what they are to them and how they are reached.
VIA = View(
    ("code", "name"),
    "the relative of somebody on the issue, where both agreed to that (`via_relative`), at the moment of the pull",
)


# Ông or Bà goes by gender, where nobody chose another way; where neither is known, the file says Ông/Bà.
_REACHED: dict[str, ColumnElement[Any]] = {
    "form_of_address": func.coalesce(Person.form_of_address, case({"male": "ong", "female": "ba"}, value=Person.gender))
}


class Located(NamedTuple):
    """How the house itself knows a person."""

    id: int
    subject: UUID
    version: int


class Through(NamedTuple):
    """A relative through whom somebody is asked: how the house knows them, and what leaves."""

    id: int
    sheet: Sheet


class Called(NamedTuple):
    """Who somebody is, and what their card calls them."""

    id: int
    subject: UUID
    code: str
    name: str


def locate(scope: Scope, code: str) -> Located:
    """Find a person by their code, or that of a record merged into theirs; absent and out of scope are one answer."""
    query = (
        select(Person.id, Standing.subject, Person.version)
        .join(Standing, Standing.person_id == Person.id)
        .where(within(scope), Standing.erased_at.is_(None))
    )
    merged = select(Merge.kept_id).where(Merge.code == code)
    by = (Person.code == code, among(merged))
    found = next(filter(None, (db.session.execute(query.where(one)).one_or_none() for one in by)), None)
    if found is None:
        raise NotFound(_("There is no such person"))
    return Located(*found)


@made_once
def _cards() -> Select[Any]:
    columns = (Person.__table__.c[name] for name in CARD.columns)
    people = select(Person.id, Standing.subject, *columns).join(Standing, Standing.person_id == Person.id)
    return people.where(Person.id.in_(told("ids")))


def cards(ids: Sequence[int], close: Collection[int] = ()) -> list[tuple[UUID, Sheet]]:
    """Return the pseudonym and the card of people who were found within scope, in the order they were found.

    A card says whether its person's name is only close to what was looked for.
    """
    found = {
        i: (subject, dict(zip(CARD.columns, card, strict=True)) | {"close": i in close})
        for i, subject, *card in db.session.connection().execute(_cards(), {"ids": list(ids)})
    }
    return [found[i] for i in ids if i in found]


def record(scope: Scope, person_id: int) -> Sheet:
    """Return everything recorded of one person, their kin only as far as the scope reaches."""
    query = select(*_columns(RECORD.columns)).where(Person.id == person_id, within(scope))
    sheet = dict(zip(RECORD.columns, db.session.execute(query).one(), strict=True))
    return sheet | {name: part(scope, person_id) for name, part in _PARTS.items()}


def own(scope: Scope, person_id: int) -> Sheet:
    """Return what is recorded of somebody as they are shown it themselves."""
    query = select(*_columns(OWN.columns)).where(Person.id == person_id, within(scope))
    sheet = dict(zip(OWN.columns, db.session.execute(query).one(), strict=True))
    parts = {name: part(scope, person_id) for name, part in _PARTS.items() if name != "kinships"}
    terms = select(Kinship.term).where(Kinship.person_id == person_id).order_by(Kinship.term)
    return sheet | parts | {"kin": list(db.session.scalars(terms))}


def addressed(scope: Scope, person_id: int) -> Sheet:
    """Return how to write to one person."""
    names = ("code", "name", "form_of_address", "preferred_language")
    found = db.session.execute(select(*_columns(names)).where(Person.id == person_id, within(scope))).one()
    return dict(zip(names, found, strict=True)) | {"contact_points": _contacts(scope, person_id)}


def language_of(person_id: int) -> str | None:
    """Return the language that somebody prefers, whom the caller holds already."""
    return db.session.scalar(select(Person.preferred_language).where(Person.id == person_id))


def reach(
    purpose: Purpose,
    channels: Collection[Channel],
    fields: Collection[str],
    people: CompoundSelect[int],
    pairs: Select[int, int | None] | None = None,
) -> Iterator[tuple[int, Sheet, Through | None]]:
    """Give (id, row, relative) of those among people who may be contacted now, in Vietnamese order.

    A row holds the fields asked for and, by channel, the contact points of channels that are open. `pairs`: through
    whom to ask who has none, of whom that relative is told.
    """
    names = [name for name in REACH.columns if name in fields]
    chosen = (among(people), Person.id.in_(may_contact(purpose, channels)))
    columns = [_REACHED.get(name, Person.__table__.c[name]) for name in names]
    query = select(Person.id, *columns).where(*chosen).order_by(Person.sort_key, Person.id)
    with closing(db.session.execute(query.execution_options(yield_per=BATCH))) as result:
        for page in result.partitions():
            ids = [row[0] for row in page]
            points = ways.own(purpose, channels, ids)
            via = {} if pairs is None else _through(purpose, channels, pairs, ids)
            for person_id, *values in page:
                row = dict(zip(names, values, strict=True)) | {"reach": points[person_id]}
                yield person_id, row, via.get(person_id)


def codes_of(people: Select[int]) -> dict[int, str]:
    """Return the code of each of the people whom the caller holds already, in the order of the codes."""
    query = select(Person.id, Person.code).where(among(people)).order_by(Person.code)
    return {person_id: code for person_id, code in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def codes_by_id(scope: Scope, ids: Collection[int]) -> dict[int, str]:
    """Return the code of each person; of who is out of scope, none."""
    query = select(Person.id, Person.code).where(Person.id.in_(ids), within(scope))
    return {person_id: code for person_id, code in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def subjects(scope: Scope, ids: Collection[int]) -> dict[int, UUID]:
    """Return the pseudonym of each person within scope."""
    query = select(Person.id, Standing.subject).join(Standing, Standing.person_id == Person.id)
    return {i: subject for i, subject in db.session.execute(query.where(Person.id.in_(ids), within(scope)))}  # noqa: C416


def parts(scope: Scope, ids: Collection[int], names: Collection[str], view: View = CARD) -> dict[int, Sheet]:
    """Return some columns of people within scope, of those alone that a view shows: for more a record is opened."""
    shown = [name for name in view.columns if name in names]
    rows = db.session.execute(select(Person.id, *_columns(shown)).where(Person.id.in_(ids), within(scope)))
    return {i: dict(zip(shown, values, strict=True)) for i, *values in rows}


def called(scope: Scope, people: Select[int] | Collection[int]) -> list[Called]:
    """Return what those of some people who are within scope are called, in Vietnamese order."""
    query = (
        select(Person.id, Standing.subject, Person.code, Person.name)
        .join(Standing, Standing.person_id == Person.id)
        .where(Person.id.in_(people), within(scope))
        .order_by(Person.sort_key, Person.id)
    )
    return [Called(*row) for row in db.session.execute(query)]


def codes_by_subject(scope: Scope, subjects: Collection[UUID]) -> dict[UUID, str]:
    """Return the code of each pseudonym; of who is out of scope, or erased, none."""
    query = (
        select(Standing.subject, Person.code)
        .join(Person, Person.id == Standing.person_id)
        .where(Standing.subject.in_(subjects), within(scope), Standing.erased_at.is_(None))
    )
    return {subject: code for subject, code in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def called_by(scope: Scope, subjects: Collection[UUID]) -> dict[UUID, Called]:
    """Return what those with some pseudonyms are called; of who is out of scope, or erased, nothing."""
    people = select(Standing.person_id).where(Standing.subject.in_(subjects))
    return {one.subject: one for one in called(scope, people)}


def count(people: Select[int]) -> int:
    return db.session.scalar(select(func.count()).select_from(people.subquery())) or 0


def _through(
    purpose: Purpose, channels: Collection[Channel], pairs: Select[int, int | None], ids: Sequence[int]
) -> dict[int, Through]:
    """Return the relative through whom each of some people is asked now; nothing of who is not, or no more."""
    ways_of: dict[int, tuple[int, str, dict[str, list[str]]]] = {}
    for person_id, relative_id, term, channel, value in ways.through(purpose, channels, pairs, ids):
        # Of two records of one person each may have a relative: the first is asked.
        asked, _term, reach = ways_of.setdefault(person_id, (relative_id, term, {}))
        if asked == relative_id:
            reach.setdefault(channel, []).append(value)
    names = _columns(VIA.columns)
    rows = db.session.execute(select(Person.id, *names).where(Person.id.in_([one for one, *_way in ways_of.values()])))
    called = {i: dict(zip(VIA.columns, values, strict=True)) for i, *values in rows}
    return {
        person_id: Through(relative_id, {**called[relative_id], "term": term, "reach": reach})
        for person_id, (relative_id, term, reach) in ways_of.items()
    }


def _columns(names: Collection[str]) -> list[ColumnElement[Any]]:
    return [Person.__table__.c[name] for name in names]


def _contacts(_scope: Scope, person_id: int) -> list[Sheet]:
    names = ("id", "channel", "raw", "value", "rule", "doubtful", "owner", "verified_on", "retired_at")
    columns = [ContactPoint.__table__.c[name] for name in names]
    rows = db.session.execute(select(*columns).where(ContactPoint.person_id == person_id).order_by(ContactPoint.id))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _kin(scope: Scope, person_id: int) -> list[Sheet]:
    query = (
        select(Person.code, Person.name, Person.gender, Person.kind, Kinship.term)
        .join(Kinship, Kinship.relative_id == Person.id)
        .where(Kinship.person_id == person_id, within(scope))
        .order_by(Person.sort_key, Person.id)
    )
    return [dict(row._mapping) for row in db.session.execute(query)]  # noqa: SLF001 - its public name


def _memberships(_scope: Scope, person_id: int) -> list[Sheet]:
    query = (
        select(Association.code, Association.name, Association.country, Membership.role)
        .join(Membership, Membership.association_id == Association.id)
        .where(Membership.person_id == person_id)
        .order_by(Association.id)
    )
    return [dict(row._mapping) for row in db.session.execute(query)]  # noqa: SLF001


def _consents(_scope: Scope, person_id: int) -> list[Sheet]:
    names = ("purpose", "channel", "state", "signed_at", "valid_until")
    columns = [ConsentNow.__table__.c[name] for name in names]
    query = select(*columns).where(ConsentNow.person_id == person_id)
    rows = db.session.execute(query.order_by(ConsentNow.purpose, ConsentNow.channel))
    return [dict(zip(names, row, strict=True)) for row in rows]


def _standing(_scope: Scope, person_id: int) -> Sheet:
    names = ("adult_on", "deceased_on", "restricted_at", "heard_on", "told_on")
    columns = [Standing.__table__.c[name] for name in names]
    row = db.session.execute(select(*columns).where(Standing.person_id == person_id)).one()
    return dict(zip(names, row, strict=True))


_PARTS: dict[str, Callable[[Scope, int], Any]] = {
    "contact_points": _contacts,
    "kinships": _kin,
    "memberships": _memberships,
    "consents": _consents,
    "standing": _standing,
}

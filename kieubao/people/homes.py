"""Homes that wait for a clerk to say which commune of today they are in: equal ones together, and nobody's name.

An old commune that was split, a district, or a text that no commune could be read from: such a home is known by its
province alone. Whoever decides for one address decides for everybody within scope who has it.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, func, or_, select

from kieubao.access.roles import Scope
from kieubao.db import db
from kieubao.ground import canon, homeplace, places
from kieubao.ground.errors import Invalid, NotFound, Stale, _
from kieubao.ground.places import Unit
from kieubao.people.disclosure import HOME
from kieubao.people.filters import Rule, within
from kieubao.people.models import Person
from kieubao.people.records import coded

# So many ways in which one address is written are shown.
WRITINGS = 20
# For so many one decision is done in two or three seconds, in which nobody else can write on SQLite.
MOST = 5_000
_PEOPLE = func.count()
_SHOWN = [Person.__table__.c[name] for name in HOME.columns]


class Home(NamedTuple):
    """An address that waits: how many people have it, and how one of them wrote it."""

    key: UUID
    people: int
    text: str | None
    unit: Unit | None
    province: str

    @property
    def choices(self) -> Sequence[Unit]:
        """Return the communes of today it may be in, as far as that can be told."""
        return homeplace.choices(self.text, self.unit, self.province)


def waiting(scope: Scope, size: int, after: Sequence[Any] | None = None) -> list[Home]:
    """Return the addresses that wait within a scope, those of most people first, and one more than `size`.

    Raises Invalid for a cursor that is none.
    """
    people, key = _PEOPLE, Person.home_key
    most = _grouped(scope).order_by(people.desc(), key).limit(size + 1)
    if after is not None:
        count, last = _place(after)
        most = most.having(or_(people < count, and_(people == count, key > last)))
    return _read(most)


def totals(scope: Scope) -> tuple[int, int]:
    """Return how many addresses wait within a scope, and of how many people."""
    groups = _grouped(scope).subquery()
    counts = select(func.count(), func.coalesce(func.sum(groups.c.people), 0)).select_from(groups)
    addresses, people = db.session.execute(counts).one()
    return addresses, int(people)


def one(scope: Scope, key: UUID) -> Home:
    """Return an address that waits; raise NotFound where nobody within scope has it any more."""
    found = _read(_grouped(scope, Person.home_key == key))
    if not found:
        raise NotFound(_("No home place waits here any more; somebody may have settled it"))
    return found[0]


def writings(scope: Scope, key: UUID) -> list[tuple[str | None, int]]:
    """Return how an address is written, and by how many, the commonest way first."""
    query = select(Person.home_text, _PEOPLE).where(Person.home_key == key, within(scope)).group_by(Person.home_text)
    rows = db.session.execute(query.order_by(_PEOPLE.desc(), Person.home_text).limit(WRITINGS))
    return [(text, count) for text, count in rows]


def digest(scope: Scope, key: UUID) -> str:
    """Return what tells whether the same people still have an address."""
    query = select(func.count(), func.coalesce(func.sum(Person.id), 0)).where(Person.home_key == key, within(scope))
    return _digest(*db.session.execute(query).one())


def held(scope: Scope, key: UUID, known: str) -> list[int]:
    """Lock the people who have an address and return their ids, at most MOST; the others wait on.

    Raises Stale where they are not those who were shown.
    """
    mine = select(Person.id).where(Person.home_key == key, within(scope)).order_by(Person.id)
    ids = list(db.session.scalars(mine.with_for_update()))
    if _digest(len(ids), sum(ids)) != known:
        sentence = _("Other people have this home place now than when you looked; look again")
        raise Stale(sentence, theirs={"people": len(ids)}, yours={})
    return ids[:MOST]


def commune(home: Home, said: str) -> Unit:
    """Return the commune of today that a clerk names, by key ("2025:18673") or by name; raise Invalid otherwise.

    It is in the province the home is known to be in, which is the clerk's: nobody else sees a home that waits.
    """
    unit = _named(said, home.province)
    if unit is None:
        here = places.unit(places.CURRENT, home.province)
        raise Invalid(_("Choose a commune of today in %(province)s"), field="home_unit", province=here.full_name)
    return unit


def _named(said: str, province: str) -> Unit | None:
    """Return the commune of a province that has this key or name; by a part of a name, where only one begins so."""
    known = {name: unit for unit in places.communes(province) for name in (unit.key, unit.full_name.casefold())}
    near = [unit for unit in homeplace.search_units(said, province) if unit.epoch == places.CURRENT]
    return known.get(said.casefold()) or (near[0] if len(near) == 1 else None)


def _place(after: Sequence[Any]) -> tuple[int, UUID]:
    match after:
        case [int(people), str(key)] if abs(people) < 2**63 and re.fullmatch("[0-9a-f-]{36}", key):
            with suppress(ValueError):
                return people, UUID(key)
    raise Invalid(_("Take the cursor as it was given, from the field “more”"))


def _grouped(scope: Scope, *rules: Rule) -> Select[UUID | None, int, int]:
    """Count people by address: read from the index alone."""
    columns = (Person.home_key, _PEOPLE.label("people"), func.min(Person.id).label("first"))
    return select(*columns).where(Person.home_key.is_not(None), within(scope), *rules).group_by(Person.home_key)


def _read(groups: Select[UUID | None, int, int]) -> list[Home]:
    """Return addresses with how one of their people wrote each."""
    some = groups.subquery()
    query = select(some.c.home_key, some.c.people, *_SHOWN).join(Person, Person.id == some.c.first)
    rows = db.session.execute(query.order_by(some.c.people.desc(), some.c.home_key))
    return [_home(key, people, dict(zip(HOME.columns, row, strict=True))) for key, people, *row in rows]


def _home(key: UUID, people: int, shown: dict[str, Any]) -> Home:
    return Home(key, people, shown["home_text"], coded(shown), shown["province"])


def _digest(people: int, total: int) -> str:
    return canon.digest([int(people), int(total)])[:32]

"""Households: who of some people live together, as far as recorded ties and places tell, and whom of each to invite.

Spouses, parents and children live together who are at one place: in one commune at home, in one city abroad. So do
relatives at home, in one commune, of the same person abroad: they are that person's family.
"""

from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import aliased

from kieubao.access.roles import Scope
from kieubao.db import db
from kieubao.people.filters import among, everybody
from kieubao.people.models import Kinship, Merge, Person

_CLOSE = ("spouse", "parent", "child", "adoptive_parent", "adopted_child", "parent_in_law", "child_in_law")
# After every date of birth that is known.
_UNKNOWN = "~"


def of(scope: Scope, people: Select[int], first: Collection[str], reached: Select[int]) -> list[list[int]]:
    """Return the households of several among some people: whom to invite, then the others.

    That is whoever is among the `first`, by their codes; then who is among the `reached`; then the eldest. Ties to
    people out of scope tell nothing.
    """
    joined = _joined(_ties(scope, people))
    order = {person_id: place for place, person_id in enumerate(_in_order(people, first, reached))}
    found = defaultdict[Hashable, list[int]](list)
    for person_id in order:
        found[joined.get(person_id, person_id)].append(person_id)
    return [members for members in found.values() if len(members) > 1]


def _ties(scope: Scope, people: Select[int]) -> Iterable[tuple[int, Hashable]]:
    """Give who of some people is together with whom: with a relative, or with all of a relative's who live there."""
    other = aliased(Person)
    there = or_(
        and_(Person.kind == "home", Person.commune == other.commune),
        and_(Person.kind == "abroad", Person.country == other.country, Person.city == other.city),
    )
    family = and_(Person.kind == "home", other.kind == "abroad", Person.commune.is_not(None))
    close = and_(there, Person.kind == other.kind, Kinship.term.in_(_CLOSE))
    seen = other.id.in_(everybody(scope).correlate(None))
    query = (
        select(Person.id, other.id, other.kind, Person.kind, Person.commune)
        .join(Kinship, Kinship.person_id == Person.id)
        .join(other, other.id == Kinship.relative_id)
        .where(among(people), seen, or_(close, family))
    )
    for person_id, relative_id, is_where, lives, commune in db.session.execute(query):
        yield person_id, relative_id if is_where == lives else (relative_id, commune)


def _joined(ties: Iterable[tuple[Hashable, Hashable]]) -> dict[Hashable, Hashable]:
    """Return of everybody who is tied one who stands for all that are together with them."""
    above = dict[Hashable, Hashable]()

    def top(one: Hashable) -> Hashable:
        while (higher := above.setdefault(one, one)) != one:
            above[one] = one = above[higher]
        return one

    for one, other in ties:
        above[top(one)] = top(other)
    return {one: top(one) for one in [*above]}


def _in_order(people: Select[int], first: Collection[str], reached: Select[int]) -> list[int]:
    """Return those of some people who have kin, in the order in which they are invited."""
    merged = select(Merge.kept_id).where(Merge.code.in_(first))
    is_first = or_(Person.code.in_(first), among(merged))
    query = select(Person.id, is_first, among(reached), Person.born)
    rows = db.session.execute(query.where(among(people), among(select(Kinship.person_id))))
    ranked = sorted((not asked, not is_reached, born or _UNKNOWN, i) for i, asked, is_reached, born in rows)
    return [person_id for *_rank, person_id in ranked]

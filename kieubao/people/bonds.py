"""What binds people to others: the only writer of kin, associations and who belongs to them.

It goes over to the record that stays where two are merged, and back.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import delete, or_, select

from kieubao.access.roles import Scope
from kieubao.db import db, insert_many
from kieubao.ground import codes
from kieubao.ground.errors import Conflict, Invalid, NotFound, _
from kieubao.ground.text import fold
from kieubao.people.filters import within
from kieubao.people.models import Association, Kinship, Membership, Person
from kieubao.people.records import Member


class Tie(NamedTuple):
    """A tie as it was: the relative, what they are to the person, and the person to them; and whether it went over."""

    relative: int
    term: str
    inverse: str
    went: bool


def tie(ties: Iterable[tuple[int, int, str, str]]) -> None:
    """Make people kin: (person, relative, what the relative is to the person, and the other way round)."""
    rows: dict[tuple[int, int], str] = {}
    for person, relative, term, inverse in ties:
        if person == relative:
            raise Invalid(_("Nobody is their own relative"), field="relative")
        rows |= {(person, relative): term, (relative, person): inverse}
    _refuse_known(rows)
    insert_many(Kinship, ({"person_id": p, "relative_id": r, "term": t} for (p, r), t in rows.items()))


def untie(person_id: int, relative_id: int) -> None:
    for one, other in ((person_id, relative_id), (relative_id, person_id)):
        gone = delete(Kinship).where(Kinship.person_id == one, Kinship.relative_id == other)
        if not db.session.execute(gone).rowcount:  # type: ignore[attr-defined]
            raise NotFound(_("These two are not recorded as kin"))


def kin_names(people: Collection[int]) -> dict[int, set[str]]:
    """Return what the kin of people are called, folded."""
    query = select(Kinship.person_id, Person.name).join(Person, Person.id == Kinship.relative_id)
    found: dict[int, set[str]] = {person: set() for person in people}
    for person, name in db.session.execute(query.where(Kinship.person_id.in_(people))):
        found[person].add(fold(name))
    return found


def join(person_id: int, memberships: Iterable[Member]) -> None:
    """Make a person a member of associations, which are founded here when first named."""
    for member in memberships:
        one = Membership(person_id=person_id, association_id=_association(member).id, role=member.role)
        db.session.merge(one)


def _association(member: Member) -> Association:
    known = select(Association).where(Association.name == member.association, Association.country == member.country)
    found = db.session.scalars(known).one_or_none()
    if found is None:
        found = Association(code=codes.fresh("HH"), name=member.association, country=member.country)
        db.session.add(found)
        db.session.flush()
    return found


def hand_over_kin(kept: int, gone: int, scope: Scope) -> list[Tie]:
    """Have the kin of one record be another's, where they are not already; return how it was.

    Raises Conflict where one of the kin is out of scope: half of their tie is theirs.
    """
    terms, back = _terms(gone), _terms_back(gone)
    if {*terms} - _seen(terms, scope):
        raise Conflict(_("One of their relatives is outside the units you may see: only the province can do this"))
    known = {kept, *_terms(kept)}
    ties = [Tie(one, term, back.get(one, term), one not in known) for one, term in terms.items()]
    _untie(gone, terms)
    _tie(kept, (tie for tie in ties if tie.went))
    return ties


def hand_back_kin(kept: int, gone: int, ties: Iterable[Tie], scope: Scope) -> list[int]:
    """Undo that, as far as the ties are still as they were; return whose were touched."""
    before = {tie.relative: tie for tie in ties}
    seen = _seen(before, scope)
    now = _terms(kept)
    still = {one for one, tie in before.items() if not tie.went or now.get(one) == tie.term}
    back = [before[one] for one in sorted(seen & still)]
    _untie(kept, [tie.relative for tie in back if tie.went])
    _tie(gone, back)
    return [tie.relative for tie in back]


def hand_over_memberships(kept: int, gone: int) -> list[tuple[int, str | None, bool]]:
    """Have a record belong to the associations of another; return them, with whether it is new there."""
    known, theirs = (_memberships(one) for one in (kept, gone))
    _leave(gone, theirs)
    _join(kept, theirs.items())
    return [(one, role, one not in known) for one, role in theirs.items()]


def hand_back_memberships(kept: int, gone: int, were: Sequence[tuple[int, str | None, bool]]) -> None:
    _leave(kept, [one for one, _role, is_new in were if is_new])
    _join(gone, [(one, role) for one, role, _new in were])


def _terms(person: int) -> dict[int, str]:
    query = select(Kinship.relative_id, Kinship.term).where(Kinship.person_id == person)
    return {relative: term for relative, term in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def _terms_back(person: int) -> dict[int, str]:
    query = select(Kinship.person_id, Kinship.term).where(Kinship.relative_id == person)
    return {relative: term for relative, term in db.session.execute(query)}  # noqa: C416


def _seen(people: Collection[int], scope: Scope) -> set[int]:
    return {*db.session.scalars(select(Person.id).where(Person.id.in_(people), within(scope)))}


def _untie(person: int, relatives: Collection[int]) -> None:
    either = or_(
        (Kinship.person_id == person) & Kinship.relative_id.in_(relatives),
        (Kinship.relative_id == person) & Kinship.person_id.in_(relatives),
    )
    db.session.execute(delete(Kinship).where(either))


def _tie(person: int, ties: Iterable[Tie]) -> None:
    insert_many(Kinship, (half for tie in ties for half in _halves(person, tie)), only_missing=True)


def _halves(person: int, tie: Tie) -> Iterator[dict[str, int | str]]:
    yield {"person_id": person, "relative_id": tie.relative, "term": tie.term}
    yield {"person_id": tie.relative, "relative_id": person, "term": tie.inverse}


def _memberships(person: int) -> dict[int, str | None]:
    query = select(Membership.association_id, Membership.role).where(Membership.person_id == person)
    return {association: role for association, role in db.session.execute(query)}  # noqa: C416


def _leave(person: int, associations: Collection[int]) -> None:
    mine = (Membership.person_id == person, Membership.association_id.in_(associations))
    db.session.execute(delete(Membership).where(*mine))


def _join(person: int, roles: Iterable[tuple[int, str | None]]) -> None:
    rows = ({"person_id": person, "association_id": one, "role": role} for one, role in roles)
    insert_many(Membership, rows, only_missing=True)


def _refuse_known(pairs: Mapping[tuple[int, int], str]) -> None:
    people = {person for person, _relative in pairs}
    # Where two tie the same people at once, the second waits here, and then sees the tie.
    db.session.execute(select(Person.id).where(Person.id.in_(people)).order_by(Person.id).with_for_update())
    known = db.session.execute(select(Kinship.person_id, Kinship.relative_id).where(Kinship.person_id.in_(people)))
    if any((one, other) in pairs for one, other in known):
        raise Conflict(_("These two are recorded as kin already"))

"""Pairs of records that may be one person's, and what was decided of them: the only writer of their table.

A pair is seen by who sees both its people. What somebody decided is remembered: no sweep asks again.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, tuple_, update

from kieubao.access.roles import Scope
from kieubao.db import db, insert_many
from kieubao.ground import clock
from kieubao.ground.canon import digest
from kieubao.ground.errors import Conflict, Invalid, _
from kieubao.ground.resemblance import LIKELY
from kieubao.people.disclosure import Located
from kieubao.people.doubles import Candidate
from kieubao.people.filters import within
from kieubao.people.models import Duplicate, Person
from kieubao.people.sweep import Double
from kieubao.people.vocabulary import WAITING, PairState

# The place of a pair in the queue: its score and who is in it.
Place = Sequence[int]


class Proposal(NamedTuple):
    """How a clerk would have two records merged: which stays, what is taken from the other, and what was looked at."""

    kept: int
    taken: Sequence[str]
    versions: Sequence[int]
    by: int

    @property
    def digest(self) -> str:
        """What is confirmed or declined is told by this: just what was shown."""
        return digest(self._asdict())


class Found(NamedTuple):
    """A pair that waits: by the ids of its people, the likeliest first."""

    one: int
    other: int
    score: int
    reasons: Sequence[str]
    state: PairState

    @property
    def likely(self) -> bool:
        return self.score >= LIKELY * 10


def keep_apart(person: int, others: Iterable[Candidate], by: int | None) -> None:
    """Write down that somebody new is none of some people who are like them."""
    said = {"state": PairState.DIFFERENT, "decided_by": by, "decided_at": clock.now()}
    insert_many(Duplicate, ({**one._asdict(), **said} for one in doubles(person, others)))


def doubles(person: int, others: Iterable[Candidate]) -> list[Double]:
    """Return the pairs of somebody new and people who are like them."""
    return [Double(min(person, one.id), max(person, one.id), round(one.score * 10), one.reasons) for one in others]


def forget_open() -> None:
    """Drop the pairs that nobody has decided on, to be found anew."""
    db.session.execute(delete(Duplicate).where(Duplicate.state == PairState.OPEN))


def file(some: Iterable[Double]) -> None:
    """Put pairs into the queue; those that are there already, or were decided on, stay as they are."""
    insert_many(Duplicate, ({**one._asdict(), "state": PairState.OPEN} for one in some), only_missing=True)


def waiting(scope: Scope, states: Sequence[PairState], size: int, after: Place | None = None) -> list[Found]:
    """Return the pairs within a scope that are so, the likeliest first, and one more than `size`."""
    place = (-Duplicate.score, Duplicate.one_id, Duplicate.other_id)
    query = select(Duplicate).where(Duplicate.state.in_(states), _seen(scope)).order_by(*place)
    if after is not None:
        query = query.where(tuple_(*place) > _place(after))
    return [_found(one) for one in db.session.scalars(query.limit(size + 1))]


def totals(scope: Scope) -> Mapping[str, int]:
    """Count the pairs within a scope that wait, by how they stand."""
    counts = select(Duplicate.state, func.count().label("pairs")).group_by(Duplicate.state)
    rows = db.session.execute(counts.where(Duplicate.state.in_(WAITING), _seen(scope)))
    return dict.fromkeys(map(str, WAITING), 0) | {row.state: row.pairs for row in rows}


def of(one: Located, other: Located) -> Found | None:
    """Return what is known of two people as a pair."""
    found = db.session.get(Duplicate, _ids(one, other))
    return _found(found) if found else None


def decide(one: Located, other: Located, state: PairState, by: int | None) -> bool:
    """Write down that two records are of two people, or that nobody knows; return whether that is news.

    Raises Conflict where it is not to be decided any more, and where nobody asked what nobody knows.
    """
    asked = of(one, other)
    is_news = _say(one, other, state, by)
    if state == PairState.UNSURE and asked is None:
        raise Conflict(_("Nobody asks whether these two are one person"))
    return is_news


def propose(one: Located, other: Located, proposal: Proposal) -> bool:
    """Write down how a clerk would have two records merged; return whether that is news.

    Raises Conflict where they were merged already.
    """
    return _say(one, other, PairState.PROPOSED, proposal.by, json.dumps(proposal._asdict()))


def proposed(one: Located, other: Located) -> Proposal:
    """Return how a clerk would have two records merged; raise Conflict where nobody said so."""
    return _proposal(db.session.get(Duplicate, _ids(one, other)))


def _proposal(pair: Duplicate | None) -> Proposal:
    if pair is None or pair.state != PairState.PROPOSED or pair.proposal is None:
        raise Conflict(_("Nobody has proposed to merge these two, or it is decided already"))
    return Proposal(**json.loads(pair.proposal))


def confirmed(one: Located, other: Located, *, shown: str) -> Proposal:
    """Return what is proposed, told by the digest of what was shown. Raises Conflict where that is not it any more."""
    proposal = _proposal(_pair(one, other))
    if proposal.digest != shown:
        raise Conflict(_("It is proposed otherwise now: look at it again"))
    return proposal


def settle(one: int, other: int, state: PairState, by: int | None) -> None:
    """Write down what became of two records: merged, or that undone. Other pairs with the one that went are no more."""
    first, second = sorted((one, other))
    mine = and_(Duplicate.one_id == first, Duplicate.other_id == second)
    values = {"state": state, "proposal": None, "decided_by": by, "decided_at": clock.now()}
    db.session.execute(update(Duplicate).where(mine).values(values))
    with_gone = or_(Duplicate.one_id == other, Duplicate.other_id == other)
    db.session.execute(delete(Duplicate).where(with_gone, ~mine, Duplicate.state.in_(WAITING)))


def _say(one: Located, other: Located, state: PairState, by: int | None, proposal: str | None = None) -> bool:
    """Write down what is said of a pair, also of one that no sweep found; return whether it was not said already."""
    pair = _pair(one, other)
    if pair.state == PairState.MERGED:
        raise Conflict(_("These two records were merged"))
    if (pair.state, pair.proposal) == (state, proposal):
        return False
    pair.state, pair.proposal, pair.decided_by, pair.decided_at = state, proposal, by, clock.now()
    return True


def _pair(one: Located, other: Located) -> Duplicate:
    """Return the pair of two people, locked; it is made where there is none."""
    if one.id == other.id:
        raise Invalid(_("These two codes are of one record"))
    first, second = _ids(one, other)
    file([Double(first, second, 0, [])])
    return db.session.get_one(Duplicate, (first, second), with_for_update=True)


def _ids(one: Located, other: Located) -> tuple[int, int]:
    first, second = sorted((one.id, other.id))
    return first, second


def _found(pair: Duplicate) -> Found:
    return Found(pair.one_id, pair.other_id, pair.score, pair.reasons, PairState(pair.state))


def _seen(scope: Scope) -> ColumnElement[bool]:
    """Choose the pairs both of whose people lie in a scope."""
    # Asked of each pair: there are few of them, and many people.
    return and_(*(exists().where(Person.id == who, within(scope)) for who in (Duplicate.one_id, Duplicate.other_id)))


def _place(after: Place) -> tuple[int, ...]:
    if len(after) == 3 and all(isinstance(one, int) and abs(one) < 2**53 for one in after):  # noqa: PLR2004 - a place
        return tuple(after)
    raise Invalid(_("Take the cursor as it was given, from the field “more”"))

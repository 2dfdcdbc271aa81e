"""The only writer of what was weighed: whom an issue's list named, and for each whether they might be contacted.

It is frozen as it was then. Of who is erased it stays that they were in, or were named; no line, and no reason.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, Select, bindparam, func, insert, literal, or_, select, update

from kieubao.consent.models import WHOSE, Standing, Weighed
from kieubao.consent.vocabulary import HOUSEHOLD, INSIDE, Reason
from kieubao.db import db, these
from kieubao.ground.errors import Conflict, _


def freeze(
    issue_id: int,
    whys: Select[int, str, int | None],
    spare: Collection[int] = (),
    through: Mapping[int, int] | None = None,
) -> int:
    """Keep the verdicts on everybody whom an issue's list names, as `rules.whys`; return how many are out.

    The `spare` might be contacted, and are out all the same: somebody of their household is asked. `through`: of who is
    asked through a relative, that relative.
    """
    why = whys.subquery().c
    # In the order of people, as whoever erases several takes them: else both could wait for each other.
    kept = select(literal(issue_id), why.verdict, why.person_id, why.line).order_by(why.person_id)
    db.session.execute(insert(Weighed).from_select(["issue_id", "verdict", "person_id", "line"], kept))
    if spare:
        left_out = update(Weighed).where(Weighed.issue_id == issue_id, Weighed.person_id.in_(these(spare)))
        db.session.execute(left_out.values(verdict=HOUSEHOLD, line=None))
    if through:
        asked = update(Weighed).where(*_inside(issue_id), Weighed.person_id == bindparam("one"))
        pairs = [{"one": person_id, "via": relative_id} for person_id, relative_id in sorted(through.items())]
        db.session.connection().execute(asked.values(via_id=bindparam("via")), pairs)
    # Whoever was being erased kept these rows waiting, and was forgotten before they were there.
    theirs = select(Weighed.person_id).join(Standing, Standing.person_id == Weighed.person_id)
    told = or_(Weighed.line.is_not(None), Weighed.verdict.not_in([INSIDE, Reason.ERASED]))
    if db.session.scalar(theirs.where(Weighed.issue_id == issue_id, Standing.erased_at.is_not(None), told).limit(1)):
        raise Conflict(_("Somebody on this list was erased just now: publish it again"))
    asked_through = select(Weighed.person_id).join(Standing, Standing.person_id == Weighed.via_id)
    if db.session.scalar(asked_through.where(Weighed.issue_id == issue_id, Standing.erased_at.is_not(None)).limit(1)):
        raise Conflict(_("Somebody on this list was erased just now: publish it again"))
    outside = select(func.count()).where(Weighed.issue_id == issue_id, Weighed.verdict != INSIDE)
    return db.session.scalar(outside) or 0


def inside(issue_id: int) -> Select[int]:
    """Select the records that are in an issue."""
    return select(Weighed.person_id).where(*_inside(issue_id))


def through(issue_id: int) -> Select[int, int | None]:
    """Select (person, relative) of who is asked through a relative, under the records of theirs that stay."""
    pairs = select(WHOSE.label("person_id"), Weighed.via_id).join(Standing, Standing.person_id == Weighed.person_id)
    return pairs.where(*_inside(issue_id), Weighed.via_id.is_not(None))


def _inside(issue_id: int) -> tuple[ColumnElement[bool], ...]:
    return Weighed.issue_id == issue_id, Weighed.verdict == INSIDE


def forget(people: Collection[int]) -> None:
    """Leave nothing by which the ledger's lines, or why they were left out, could be told to be of some people.

    Nor through whom they were asked, or for whom.
    """
    theirs = update(Weighed).where(Weighed.person_id.in_(people))
    db.session.execute(theirs.where(Weighed.verdict == INSIDE).values(line=None, via_id=None))
    db.session.execute(update(Weighed).where(Weighed.via_id.in_(people)).values(via_id=None))
    db.session.execute(theirs.where(Weighed.verdict != INSIDE).values(verdict=Reason.ERASED))

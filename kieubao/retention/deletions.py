"""The only writer of who is to be erased by the rules: proposed by one, done by another, or kept until a day."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, delete, select, union

from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, _
from kieubao.retention.models import Proposal, Reprieve
from kieubao.rights import requests


class Kept(NamedTuple):
    """Until when a record is kept, on which of the law's grounds, and why."""

    until: date
    ground: str
    remark: str


def spared() -> Select[int]:
    """Select who is not to be erased by a rule now: who asked something that is open, or whose record is kept."""
    kept = select(Reprieve.person_id).where(Reprieve.until >= clock.today())
    return select(union(requests.asking(), kept).subquery().c[0])


def proposed(people: Collection[int]) -> dict[int, int]:
    """Return who of some people is proposed to be erased, and by which account."""
    query = select(Proposal.person_id, Proposal.proposed_by).where(Proposal.person_id.in_(people))
    return {person: by for person, by in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def propose(matters: Mapping[int, str], by: int) -> None:
    """Propose that people be erased, each by the rule given; who was proposed already stays so."""
    known = proposed(matters)
    rows = (Proposal(person_id=one, matter=why, proposed_by=by) for one, why in matters.items() if one not in known)
    db.session.add_all(rows)
    db.session.flush()


def decline(people: Collection[int]) -> None:
    """Take back that people be erased."""
    db.session.execute(delete(Proposal).where(Proposal.person_id.in_(people)))


def keep(person_id: int, kept: Kept, by: int) -> None:
    """Keep somebody's record until a day, whatever the rules say."""
    decline([person_id])
    told = {**kept._asdict(), "decided_by": by, "decided_at": clock.now()}
    db.session.merge(Reprieve(person_id=person_id, **told))
    db.session.flush()


def refuse_unproposed(people: Collection[int], by: int) -> None:
    """Raise Conflict where nobody proposed that these be erased, Forbidden where it was whoever would do it."""
    found = proposed(people)
    if found.keys() != {*people}:
        raise Conflict(_("Somebody among them is not proposed to be erased, or no more: look again"))
    if by in found.values():
        raise Forbidden(_("Nobody erases whom they proposed themselves"))

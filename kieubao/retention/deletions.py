"""The only writer of who is to be erased by the rules: proposed by one, done by another, or kept until a day."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, delete, select, union

from kieubao.consent.models import WHOSE, Standing
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, _
from kieubao.retention.models import Proposal, Reprieve
from kieubao.rights import requests


class Reprieved(NamedTuple):
    """Until when a record is kept, on which of the law's grounds, and why."""

    until: date
    ground: str
    remark: str


def spared() -> Select[int]:
    """Select who is not to be erased by a rule now: who asked something that is open, or whose record is kept."""
    kept = select(WHOSE).join(Reprieve, Reprieve.person_id == Standing.person_id).where(Reprieve.until >= clock.today())
    return select(union(requests.asking(), kept).subquery().c[0])


def proposed(matters: Mapping[int, str]) -> dict[int, int]:
    """Return who is proposed to be erased by the very rule given with each, and by which account."""
    query = select(Proposal).where(Proposal.person_id.in_(matters))
    return {one.person_id: one.proposed_by for one in db.session.scalars(query) if one.matter == matters[one.person_id]}


def by_others(by: int) -> Sequence[int]:
    """Return whom others proposed to be erased."""
    return db.session.scalars(select(Proposal.person_id).where(Proposal.proposed_by != by)).all()


def propose(matters: Mapping[int, str], by: int) -> None:
    """Propose that people be erased, each by the rule given; who was proposed by it already stays so."""
    known = proposed(matters)
    for one, why in matters.items():
        if one not in known:
            db.session.merge(Proposal(person_id=one, matter=why, proposed_by=by, proposed_at=clock.now()))
    db.session.flush()


def decline(people: Collection[int]) -> None:
    """Take back that people be erased."""
    db.session.execute(delete(Proposal).where(Proposal.person_id.in_(people)))


def keep(person_id: int, kept: Reprieved, by: int) -> None:
    """Keep somebody's record until a day, whatever the rules say."""
    decline([person_id])
    told = {**kept._asdict(), "decided_by": by, "decided_at": clock.now()}
    db.session.merge(Reprieve(person_id=person_id, **told))
    db.session.flush()


def refuse_unproposed(matters: Mapping[int, str], by: int) -> None:
    """Raise Conflict where nobody proposed these people by these rules, Forbidden where it was whoever would do it."""
    found = proposed(matters)
    if found.keys() != matters.keys():
        raise Conflict(_("Somebody among them is not proposed to be erased, or no more: look again"))
    if by in found.values():
        raise Forbidden(_("Nobody erases whom they proposed themselves"))

"""Links by which whoever is in a file answers for themselves: proved by a keyed hash, and kept nowhere.

A link names a file and a place in it, and nobody: who stands there is looked up.
"""

from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import aliased

from kieubao import tokens
from kieubao.consent.models import WHOSE, Handover, HandoverPerson, Standing
from kieubao.db import db
from kieubao.ground import codes
from kieubao.ground.errors import NotFound, _
from kieubao.outreach.models import Issue, OutreachList, Pull
from kieubao.outreach.vocabulary import ListState

# How many characters say which file, and which place in it; and that nobody made it up, in 63 bits.
_FILE, _PLACE, _PROOF = 8, 4, 13
_BY: Final = "reply"


class Asked(NamedTuple):
    """Who was sent a link, and to what: `record_id` as in the file, the person as they are today.

    `recalled`: the list was closed since.
    """

    record_id: int
    person_id: int
    subject: UUID
    issue: str
    occasion: str
    recalled: bool


def written(pull: str, place: int) -> str:
    """Return the link of whoever stands at a place in a file, from 0: 25 characters, to be typed from paper too."""
    return tokens.written(_BY, codes.body(pull) + codes.spelled(place, _PLACE), _PROOF)


def opened(link: str) -> Asked:
    """Return who was sent a link, however it is typed; raise NotFound where nobody was, or they were erased since."""
    named, place = _read(link)
    today = aliased(Standing)
    query = (
        select(HandoverPerson.person_id, today.person_id, today.subject, Issue.code, OutreachList)
        .select_from(HandoverPerson)
        .join(Handover, Handover.id == HandoverPerson.handover_id)
        .join(Pull, Pull.handover_id == Handover.id)
        .join(Issue, Issue.id == Pull.issue_id)
        .join(OutreachList, OutreachList.id == Issue.list_id)
        .join(Standing, Standing.person_id == HandoverPerson.person_id)
        .join(today, today.person_id == WHOSE)
        .where(Pull.code == codes.whole("LL", named[:_FILE]), HandoverPerson.place == place)
        .where(Handover.sealed_at.is_not(None), today.erased_at.is_(None))
    )
    found = db.session.execute(query).one_or_none()
    if found is None:
        raise _unknown()
    record, person, subject, issue, drawn = found
    return Asked(record, person, subject, issue, drawn.occasion.code, drawn.state == ListState.CLOSED)


def refuse_made_up(link: str) -> None:
    """Raise NotFound for what no file ever gave, without asking the database: anybody may try as often as they like."""
    _read(link)


def _read(link: str) -> tuple[str, int]:
    """Return which file a link names, with the place, and that place; raise NotFound where the proof does not hold."""
    named = tokens.read(_BY, link, _FILE + _PLACE, _PROOF, _unknown())
    return named, codes.number(named[_FILE:]) or 0


def _unknown() -> NotFound:
    return NotFound(_("This link is not one of ours, or holds no more: ask whoever invited you"))

"""The only writer of complaints: what somebody has against a request, and what the head of the department says."""

from datetime import date
from typing import Any

from sqlalchemy import select

from kieubao.access import accounts
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, _
from kieubao.police.models import DisclosureComplaint, DisclosureRequest

Sheet = dict[str, Any]


def file(one: DisclosureRequest, received_on: date, text: str, by: int) -> None:
    db.session.add(DisclosureComplaint(request_id=one.id, received_on=received_on, text=text, filed_by=by))
    db.session.flush()


def answer(one: DisclosureRequest, by: int, *, upheld: bool, words: str) -> None:
    """Answer the complaint that waits longest.

    Raises Conflict where none waits, Forbidden for whoever filed it, or decided the request.
    """
    waits = (DisclosureComplaint.request_id == one.id, DisclosureComplaint.answered_at.is_(None))
    query = select(DisclosureComplaint).where(*waits).order_by(DisclosureComplaint.id).limit(1)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise Conflict(_("No complaint about this request waits to be answered"))
    if by in {found.filed_by, one.decided_by, one.approved_by}:
        raise Forbidden(_("Somebody else than who decided answers a complaint"))
    found.upheld, found.answer, found.answered_by, found.answered_at = upheld, words, by, clock.now()


def of(one: DisclosureRequest) -> list[Sheet]:
    """Return what was complained of about a request, the first first."""
    mine = DisclosureComplaint.request_id == one.id
    found = db.session.scalars(select(DisclosureComplaint).where(mine).order_by(DisclosureComplaint.id)).all()
    names = accounts.names([who for row in found for who in (row.filed_by, row.answered_by)])
    said = ("id", "received_on", "text", "upheld", "answer", "answered_at")
    return [{name: getattr(row, name) for name in said} | {"answered_by": names.get(row.answered_by)} for row in found]


def waiting() -> list[int]:
    """Return the requests about which a complaint waits to be answered."""
    query = select(DisclosureComplaint.request_id).where(DisclosureComplaint.answered_at.is_(None))
    return list(db.session.scalars(query))

"""The only writer of deferrals: that somebody is told later, for 30 days, and at most five times for 30 more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from kieubao.access import accounts
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, _
from kieubao.police import clocks
from kieubao.police.models import DisclosureDeferral, DisclosureRequest
from kieubao.police.vocabulary import DEFERRED_FOR, MOST_RENEWALS, Delay

Sheet = dict[str, Any]


def propose(one: DisclosureRequest, reason: Delay, why: str, by: int) -> None:
    """Propose that those asked for are told later, or later still. Raises Conflict where that cannot be any more."""
    before = every(one)
    if before:
        _refuse_over(one, before[-1])
    if len(before) > MOST_RENEWALS:
        raise Conflict(_("It was put off five times: now they are told"))
    last = before[-1].approved_by if before else None
    said = {"reason": reason, "why": why, "proposed_by": by, "before_by": last}
    db.session.add(DisclosureDeferral(request_id=one.id, number=len(before), **said))
    db.session.flush()


def approve(one: DisclosureRequest, by: int) -> datetime:
    """Approve what is proposed; return until when nobody is told.

    Raises Conflict where nothing waits or the time is over, Forbidden for whoever proposed it or approved the last.
    """
    before = every(one)
    if not before or before[-1].approved_by is not None:
        raise Conflict(_("No deferral waits to be approved"))
    found, last = before[-1], before[-2] if len(before) > 1 else None
    if last:
        _refuse_lapsed(one, last)
    if by in {found.proposed_by, found.before_by}:
        raise Forbidden(_("Another person than who proposed it, or approved it last, approves a deferral"))
    found.approved_by = by
    found.until = (last.until if last and last.until else clock.now()) + DEFERRED_FOR
    return found.until


def every(one: DisclosureRequest) -> Sequence[DisclosureDeferral]:
    """Return what was put off, the first first."""
    mine = DisclosureDeferral.request_id == one.id
    return db.session.scalars(select(DisclosureDeferral).where(mine).order_by(DisclosureDeferral.number)).all()


def lasts_until(one: DisclosureRequest) -> datetime | None:
    """Return until when nobody is told, where that is still to come."""
    until = max((found.until for found in every(one) if found.until), default=None)
    return until if until and until > clocks.now(one.entry or 1) else None


def told(one: DisclosureRequest) -> list[Sheet]:
    found = every(one)
    names = accounts.names([by for deferral in found for by in (deferral.proposed_by, deferral.approved_by)])
    return [
        {name: getattr(deferral, name) for name in ("number", "reason", "why", "proposed_at", "until")}
        | {name: names.get(getattr(deferral, name)) for name in ("proposed_by", "approved_by")}
        for deferral in found
    ]


def waiting() -> Sequence[int]:
    """Return the requests of which a renewal waits to be approved."""
    renewed = (DisclosureDeferral.number > 0, DisclosureDeferral.approved_by.is_(None))
    return db.session.scalars(select(DisclosureDeferral.request_id).where(*renewed)).all()


def _refuse_over(one: DisclosureRequest, last: DisclosureDeferral) -> None:
    if last.approved_by is None:
        raise Conflict(_("A deferral waits to be approved already"))
    _refuse_lapsed(one, last)


def _refuse_lapsed(one: DisclosureRequest, last: DisclosureDeferral) -> None:
    if last.until is None or clocks.now(one.entry or 1) >= last.until:
        raise Conflict(_("The deferral is over: they are told"))

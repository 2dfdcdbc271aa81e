"""The only writer of deferrals: that somebody is told later, for 30 days, and at most five times for 30 more."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import aliased

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
    before = of(one)
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
    before = of(one)
    if before[-1].approved_by is not None:
        raise _none_waits()
    found, last = before[-1], before[-2] if len(before) > 1 else None
    begins = _runs_until(one, last) if last else clock.now()
    if by in {found.proposed_by, found.before_by}:
        raise Forbidden(_("Another person than who proposed it, or approved it last, approves a deferral"))
    found.approved_by = by
    found.until = begins + DEFERRED_FOR
    return found.until


def renew(one: DisclosureRequest, by: int) -> datetime:
    """Approve a renewal. Raises as `approve`; Conflict too where there is nothing but the first."""
    if len(of(one)) < 2:  # noqa: PLR2004 - the first, and its renewal
        raise _none_waits()
    return approve(one, by)


def of(one: DisclosureRequest) -> Sequence[DisclosureDeferral]:
    """Return what was put off, the first first."""
    mine = DisclosureDeferral.request_id == one.id
    return db.session.scalars(select(DisclosureDeferral).where(mine).order_by(DisclosureDeferral.number)).all()


def lasts_until(one: DisclosureRequest) -> datetime | None:
    """Return until when nobody is told, where that is still to come."""
    until = max((found.until for found in of(one) if found.until), default=None)
    return until if until and until > clocks.now(one.entry) else None


def told(one: DisclosureRequest) -> list[Sheet]:
    found = of(one)
    names = accounts.names([by for deferral in found for by in (deferral.proposed_by, deferral.approved_by)])
    return [
        {name: getattr(deferral, name) for name in ("number", "reason", "why", "proposed_at", "until")}
        | {name: names.get(getattr(deferral, name)) for name in ("proposed_by", "approved_by")}
        for deferral in found
    ]


def waiting() -> Sequence[int]:
    """Return the requests of which a renewal waits to be approved, and can be still."""
    lasts = aliased(DisclosureDeferral)
    query = select(DisclosureDeferral.request_id).join(lasts, lasts.request_id == DisclosureDeferral.request_id)
    waits = (DisclosureDeferral.approved_by.is_(None), lasts.until > clock.now())
    return db.session.scalars(query.where(*waits).distinct()).all()


def can_be_renewed(one: DisclosureRequest) -> bool:
    """Tell whether those asked for may be told later still."""
    found = of(one)
    return lasts_until(one) is not None and found[-1].until is not None and len(found) <= MOST_RENEWALS


def _none_waits() -> Conflict:
    return Conflict(_("No deferral waits to be approved"))


def _refuse_over(one: DisclosureRequest, last: DisclosureDeferral) -> None:
    if last.approved_by is None:
        raise Conflict(_("A deferral waits to be approved already"))
    _runs_until(one, last)


def _runs_until(one: DisclosureRequest, last: DisclosureDeferral) -> datetime:
    if not (last.until and clocks.now(one.entry) < last.until):
        raise Conflict(_("The deferral is over: they are told"))
    return last.until

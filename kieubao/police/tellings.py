"""The only writer of whom to tell that they were asked for: each once, by a relay or by hand, from a moment on."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select, update

from kieubao import outbox, relay
from kieubao.consent.models import WHOSE, Standing
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import NotFound, _
from kieubao.police import clocks
from kieubao.police.models import DisclosureNotice, DisclosureRequest
from kieubao.police.vocabulary import RELAY_TRIED_FOR, TOLD_WITHIN

Sheet = dict[str, Any]
# No relay reaches them: somebody at the desk tells them.
BY_HAND, BY_RELAY = "hand", "relay"
_SENT = (DisclosureNotice.way == BY_RELAY, DisclosureNotice.told_at.is_(None))
_BY_HAND = select(DisclosureNotice).where(DisclosureNotice.way == BY_HAND)


def owe(request_id: int, person_id: int, items: Collection[str], tell_from: datetime) -> None:
    """Have somebody be told, once, what was given of them, or that nothing was."""
    known = select(DisclosureNotice.id).where(
        DisclosureNotice.request_id == request_id, DisclosureNotice.person_id == person_id
    )
    if db.session.scalar(known) is None:
        said = {"request_id": request_id, "person_id": person_id, "items": [*items], "tell_from": tell_from}
        db.session.add(DisclosureNotice(**said))
        db.session.flush()


def put_off(request_id: int, until: datetime) -> None:
    """Tell those of a request later: none of them is told yet, as a deferral that is over is not renewed."""
    theirs = DisclosureNotice.request_id == request_id
    db.session.execute(update(DisclosureNotice).where(theirs).values(tell_from=until))


def due() -> Sequence[int]:
    """Return who is to be told now and nobody has tried to: by the clock, or by the trail where that is later."""
    query = (
        select(DisclosureNotice.id, DisclosureNotice.tell_from, DisclosureRequest.entry)
        .join(DisclosureRequest, DisclosureRequest.id == DisclosureNotice.request_id)
        .where(DisclosureNotice.way.is_(None))
        .order_by(DisclosureNotice.id)
    )
    return [number for number, at, entry in db.session.execute(query) if at <= clocks.now(entry)]


def owner(number: int) -> int | None:
    """Return who is to be told, as their record is today; None where they are gone."""
    query = select(WHOSE).join(DisclosureNotice, DisclosureNotice.person_id == Standing.person_id)
    return db.session.scalar(query.where(DisclosureNotice.id == number))


def held(number: int) -> tuple[DisclosureNotice, DisclosureRequest] | None:
    """Return who is to be told, and the request, held until the transaction ends; None where somebody was faster."""
    found = _held(number, DisclosureNotice.way.is_(None))
    if found is None:
        return None
    one = db.session.get_one(DisclosureRequest, found.request_id)
    # Put off meanwhile, by who approved it last.
    return (found, one) if found.tell_from <= clocks.now(one.entry) else None


def settle(found: DisclosureNotice, way: str, by: int | None = None) -> None:
    """Write down how somebody is told: by a relay, once it took it; by hand, once somebody did."""
    found.way = way
    if way == BY_RELAY:
        found.sent_at = clock.now()
    elif way != BY_HAND:
        found.told_at, found.told_by = clock.now(), by


def sent() -> Sequence[int]:
    """Return who was told by a relay, or should have been by now, and that is not written down."""
    query = (
        select(DisclosureNotice, DisclosureRequest.code, WHOSE)
        .join(DisclosureRequest, DisclosureRequest.id == DisclosureNotice.request_id)
        .join(Standing, Standing.person_id == DisclosureNotice.person_id)
        .where(*_SENT)
        .order_by(DisclosureNotice.id)
    )
    return [one.id for one, code, whose in db.session.execute(query) if not _waits(one, whose, code)]


def _waits(found: DisclosureNotice, whose: int, code: str) -> bool:
    return outbox.waits(code, whose) and _is_tried(found) and bool(relay.channels())


def _is_tried(found: DisclosureNotice) -> bool:
    """Tell whether a relay has time still."""
    return bool(found.sent_at and clock.now() < found.sent_at + RELAY_TRIED_FOR)


def on_its_way(number: int) -> DisclosureNotice | None:
    """Return who is told by a relay, held until the transaction ends; None where that is settled."""
    return _held(number, *_SENT)


def arrived(found: DisclosureNotice, whose: int, code: str) -> str | None:
    """Write down whether a relay took what somebody is told; where it did not in time, they are told by hand.

    Return how it stands, None where it waits still.
    """
    if _waits(found, whose, code):
        return None
    # Once its time is over nobody knows whether it was taken or dropped.
    if outbox.waits(code, whose) or not _is_tried(found):
        outbox.take_back(code, whose)
        found.way = BY_HAND
    else:
        found.told_at = clock.now()
    return found.way


def by_hand() -> list[DisclosureNotice]:
    """Return whom somebody at the desk has to tell, who is late first."""
    return list(db.session.scalars(_BY_HAND.order_by(DisclosureNotice.tell_from)))


def one_by_hand(number: int, *, lock: bool = False) -> DisclosureNotice:
    """Return one of these. Raises NotFound."""
    query = _BY_HAND.where(DisclosureNotice.id == number)
    found = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound(_("Nobody waits to be told that: it was done, or it is not time yet"))
    return found


def _held(number: int, *which: ColumnElement[bool]) -> DisclosureNotice | None:
    query = select(DisclosureNotice).where(DisclosureNotice.id == number, *which).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def sheet(found: DisclosureNotice) -> Sheet:
    due_at = found.tell_from + TOLD_WITHIN
    return {"id": found.id, "items": found.items, "due_at": due_at, "late": clock.now() > due_at}


def of(one: DisclosureRequest) -> dict[int, Sheet]:
    """Return who of a request is told, since when or from when, and what was given of them."""
    query = select(DisclosureNotice).where(DisclosureNotice.request_id == one.id).order_by(DisclosureNotice.id)
    names = ("items", "tell_from", "told_at", "way")
    return {found.person_id: {name: getattr(found, name) for name in names} for found in db.session.scalars(query)}

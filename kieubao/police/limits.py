"""How much may be asked and shown: counted while the mandate is held, so that a thousand at once are a thousand."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select

from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.dates import months_before
from kieubao.ground.errors import TooMany, _
from kieubao.people import releases
from kieubao.police import clocks
from kieubao.police.models import DisclosureRequest
from kieubao.police.vocabulary import (
    LEAST_A_QUARTER,
    OFFICER_A_DAY,
    OFFICER_A_MONTH,
    SHARE_A_QUARTER,
    UNIT_A_MONTH,
)


def refuse_beyond(officer: str, unit_id: int) -> None:
    """Raise TooMany where an officer, or their unit, has asked enough."""
    today = clock.today()
    day, month = (today, today + timedelta(days=1)), (today.replace(day=1), months_before(today.replace(day=1), -1))
    theirs = DisclosureRequest.officer == officer
    for whose, (since, ends), most in (
        (theirs, day, OFFICER_A_DAY),
        (theirs, month, OFFICER_A_MONTH),
        (DisclosureRequest.unit_id == unit_id, month, UNIT_A_MONTH),
    ):
        if _filed(whose, since) >= most:
            sentence = _("That is all that may be asked for now: %(most)s requests since %(since)s")
            raise TooMany(sentence, wait=_until(ends), most=most, since=f"{since:%d/%m/%Y}")


def refuse_beyond_share(more: int) -> None:
    """Raise TooMany where so many people more would be too large a share of the registry for a quarter."""
    begun = clocks.quarter_begins(clock.today())
    query = select(func.sum(DisclosureRequest.shown)).where(DisclosureRequest.released_at >= clock.begins(begun))
    shown = (db.session.scalar(query) or 0) + more
    # Everybody is counted only where it matters.
    if shown > LEAST_A_QUARTER and shown > (most := int(releases.on_record() * SHARE_A_QUARTER)):
        sentence = _("No more people can be shown this quarter: %(most)s is the most")
        raise TooMany(sentence, wait=_until(clocks.quarter_ends(begun)), most=max(most, LEAST_A_QUARTER))


def _filed(whose: ColumnElement[bool], since: date) -> int:
    query = select(func.count()).select_from(DisclosureRequest)
    return db.session.scalar(query.where(whose, DisclosureRequest.filed_at >= clock.begins(since))) or 0


def _until(day: date) -> int:
    """Return how many seconds there are until a day begins."""
    return int((clock.begins(day) - clock.now()).total_seconds()) + 1

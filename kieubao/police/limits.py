"""How much may be asked and shown: counted while the mandate is held, so that a thousand at once are a thousand."""

from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select

from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import TooMany, _
from kieubao.people import releases
from kieubao.police.models import DisclosureRequest, DisclosureSubject
from kieubao.police.vocabulary import (
    LEAST_A_QUARTER,
    OFFICER_A_DAY,
    OFFICER_A_MONTH,
    SHARE_A_QUARTER,
    UNIT_A_MONTH,
)


def refuse_beyond(officer: str, unit_id: int) -> None:
    """Raise TooMany where an officer, or their unit, has asked enough."""
    day, month = clock.today(), clock.today().replace(day=1)
    theirs = DisclosureRequest.officer == officer
    for whose, since, most in (
        (theirs, day, OFFICER_A_DAY),
        (theirs, month, OFFICER_A_MONTH),
        (DisclosureRequest.unit_id == unit_id, month, UNIT_A_MONTH),
    ):
        if _filed(whose, since) >= most:
            sentence = _("That is all that may be asked for now: %(most)s requests since %(since)s")
            raise TooMany(sentence, wait=clock.until_midnight(), most=most, since=f"{since:%d/%m/%Y}")


def refuse_beyond_share(more: int) -> None:
    """Raise TooMany where so many people more would be too large a share of the registry for a quarter."""
    most = max(LEAST_A_QUARTER, int(releases.on_record() * SHARE_A_QUARTER))
    begun = clock.begins(quarter_begins(clock.today()))
    shown = (
        select(func.count())
        .select_from(DisclosureSubject)
        .join(DisclosureRequest, DisclosureRequest.id == DisclosureSubject.request_id)
        .where(DisclosureRequest.released_at >= begun, DisclosureSubject.pseudonym.is_not(None))
    )
    if (db.session.scalar(shown) or 0) + more > most:
        sentence = _("No more people can be shown this quarter: %(most)s is the most")
        raise TooMany(sentence, wait=clock.until_midnight(), most=most)


def quarter_begins(day: date) -> date:
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def _filed(whose: ColumnElement[bool], since: date) -> int:
    query = select(func.count()).select_from(DisclosureRequest)
    return db.session.scalar(query.where(whose, DisclosureRequest.filed_at >= clock.begins(since))) or 0


def quarter_ends(day: date) -> date:
    """Return the first day after the quarter that a day is in."""
    begun = quarter_begins(day)
    return quarter_begins(begun + timedelta(days=95))

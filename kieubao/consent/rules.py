"""May we contact them? The one rule, in SQL: it serves one person, a preview of a million, a publish and a pull.

No row, a no, an expired yes, and anyone deceased, restricted, erased, merged into another or under 16: no.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select

from kieubao.consent.models import ConsentNow, Standing
from kieubao.consent.vocabulary import INSIDE, YES, Channel, Purpose, Reason, State
from kieubao.db import db
from kieubao.ground import clock


def may_contact(purpose: Purpose, channels: Collection[Channel]) -> Select[int]:
    """Select the ids of people who may be contacted for a purpose by one of these channels."""
    said_yes = select(ConsentNow.person_id).where(
        ConsentNow.purpose == purpose, ConsentNow.channel.in_(channels), _holds()
    )
    return select(Standing.person_id).where(_sound(), Standing.person_id.in_(said_yes))


def open_channels(purpose: Purpose, channels: Collection[Channel]) -> Select[int, str]:
    """Select (person, channel) for every channel that is open, so that no other contact point leaves."""
    return (
        select(ConsentNow.person_id, ConsentNow.channel)
        .join(Standing, Standing.person_id == ConsentNow.person_id)
        .where(ConsentNow.purpose == purpose, ConsentNow.channel.in_(channels), _holds(), _sound())
    )


def whys(purpose: Purpose, channels: Collection[Channel], among: Select[int]) -> Select[int, str, int | None]:
    """Select (person, verdict, line) of the people among: why one is out, or the line of the last yes of who is in."""
    verdict = _verdict(channels).label("verdict")
    line = func.max(case((_yes(channels), ConsentNow.line)))
    said = and_(ConsentNow.person_id == Standing.person_id, ConsentNow.purpose == purpose)
    return (
        select(Standing.person_id, verdict, case((verdict == INSIDE, line)).label("line"))
        .outerjoin(ConsentNow, said)
        .where(Standing.person_id.in_(among))
        .group_by(Standing.person_id)
    )


def verdicts(purpose: Purpose, channels: Collection[Channel], among: Select[int]) -> Select[str, int]:
    """Select (verdict, how many) over the people among."""
    why = whys(purpose, channels, among).subquery()
    return select(why.c.verdict, func.count()).group_by(why.c.verdict)


def by_channel(purpose: Purpose, channels: Collection[Channel], among: Select[int]) -> dict[str, int]:
    """Count those of some people to whom each of these channels is open, the most first."""
    is_open = open_channels(purpose, channels).where(Standing.person_id.in_(among)).subquery()
    count = func.count().label("people")
    query = select(is_open.c.channel, count).group_by(is_open.c.channel).order_by(count.desc(), is_open.c.channel)
    return {channel: people for channel, people in db.session.execute(query)}  # noqa: C416


def by_purpose(among: Select[int]) -> dict[str, int]:
    """Count those of some people who may be contacted for each purpose, by whichever channel."""
    people = func.count(ConsentNow.person_id.distinct())
    query = select(ConsentNow.purpose, people).join(Standing, Standing.person_id == ConsentNow.person_id)
    query = query.where(_holds(), _sound(), ConsentNow.person_id.in_(among)).group_by(ConsentNow.purpose)
    return {purpose: count for purpose, count in db.session.execute(query)}  # noqa: C416


def records_of(person_id: int) -> Select[int]:
    """Select a person's own record, and those that were merged into it."""
    return select(Standing.person_id).where(or_(Standing.person_id == person_id, Standing.successor_id == person_id))


def _holds() -> ColumnElement[bool]:
    return and_(ConsentNow.state.in_(YES), ~_expired())


def _expired() -> ColumnElement[bool]:
    return func.coalesce(ConsentNow.valid_until < clock.today(), False)


def _sound() -> ColumnElement[bool]:
    return and_(
        Standing.erased_at.is_(None),
        Standing.successor_id.is_(None),
        Standing.deceased_on.is_(None),
        Standing.restricted_at.is_(None),
        or_(Standing.adult_on.is_(None), Standing.adult_on <= clock.today()),
    )


def _yes(channels: Collection[Channel]) -> ColumnElement[bool]:
    return and_(ConsentNow.channel.in_(channels), _holds())


def _verdict(channels: Collection[Channel]) -> ColumnElement[str]:
    """Return what a person's standing and all their last words on a purpose come to: the first that applies."""
    here = ConsentNow.channel.in_(channels)
    return case(
        (Standing.erased_at.is_not(None), Reason.ERASED.value),
        (Standing.successor_id.is_not(None), Reason.MERGED.value),
        (Standing.deceased_on.is_not(None), Reason.DECEASED.value),
        (Standing.restricted_at.is_not(None), Reason.RESTRICTED.value),
        (Standing.adult_on > clock.today(), Reason.MINOR.value),
        (_any(_yes(channels)), INSIDE),
        (_any(and_(here, ConsentNow.state == State.WITHDRAWN)), Reason.WITHDRAWN.value),
        (_any(and_(here, ConsentNow.state == State.REFUSED)), Reason.REFUSED.value),
        (_any(and_(here, _expired())), Reason.EXPIRED.value),
        (_any(_holds()), Reason.OTHER_CHANNEL.value),
        else_=Reason.NO_CONSENT.value,
    )


def _any(rule: ColumnElement[bool]) -> ColumnElement[bool]:
    return func.max(case((rule, 1), else_=0)) == 1

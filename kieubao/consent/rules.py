"""May we contact them? The one rule, in SQL: it serves one person, a preview of a million, a publish and a pull.

No row, a no, an expired yes, and anyone deceased, restricted, erased, merged into another, under 16 or not heard of for
too long: no. In an emergency no row, an expired yes and a long silence are no `no`; all else is.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, case, func, literal, or_, select, true, union_all
from sqlalchemy.orm import InstrumentedAttribute

from kieubao.consent import retention
from kieubao.consent.models import ConsentNow, Standing
from kieubao.consent.vocabulary import INSIDE, URGENT, YES, Channel, Purpose, Reason, State
from kieubao.db import db
from kieubao.ground import clock


def may_contact(purpose: Purpose, channels: Collection[Channel]) -> Select[int]:
    """Select the ids of people who may be contacted for a purpose by one of these channels.

    For what is urgent, whoever did not say no to all of these.
    """
    if purpose not in URGENT:
        return agreed(purpose, channels)
    no = select(ConsentNow.person_id).where(_refuses(purpose), ConsentNow.channel.in_(channels))
    to_all = no.group_by(ConsentNow.person_id).having(func.count() == len({*channels}))
    return select(Standing.person_id).where(_sound(), Standing.person_id.not_in(to_all))


def agreed(purpose: Purpose, channels: Collection[Channel]) -> Select[int]:
    """Select the ids of people who agreed to be contacted for a purpose by one of these channels."""
    said_yes = select(ConsentNow.person_id).where(
        ConsentNow.purpose == purpose, ConsentNow.channel.in_(channels), _holds()
    )
    return select(Standing.person_id).where(_sound(), _fresh(purpose), Standing.person_id.in_(said_yes))


def agrees(person: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Tell whether somebody's yes to anything holds."""
    return select(ConsentNow.line).where(ConsentNow.person_id == person, _holds()).exists()


def agreed_once(person: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Tell whether somebody's last word on anything is a yes, though its time may be over."""
    return select(ConsentNow.line).where(ConsentNow.person_id == person, ConsentNow.state.in_(YES)).exists()


def open_channels(
    purpose: Purpose, channels: Collection[Channel], among: Collection[int] | Select[int] | None = None
) -> Select[int, str] | CompoundSelect[int, str]:
    """Select (person, channel) for every channel that is open, of all or of those among, so that no other leaves."""
    these = true() if among is None else Standing.person_id.in_(among)
    if purpose in URGENT:
        no = select(ConsentNow.person_id).where(_refuses(purpose))
        each = {one: Standing.person_id.not_in(no.where(ConsentNow.channel == one)) for one in channels}
        person = select(Standing.person_id.label("person_id")).where(_sound(), these)
        return union_all(*(person.add_columns(literal(one).label("channel")).where(rule) for one, rule in each.items()))
    return (
        select(ConsentNow.person_id, ConsentNow.channel)
        .join(Standing, Standing.person_id == ConsentNow.person_id)
        .where(ConsentNow.purpose == purpose, ConsentNow.channel.in_(channels), _holds())
        .where(_sound(), _fresh(purpose), these)
    )


def whys(purpose: Purpose, channels: Collection[Channel], among: Select[int]) -> Select[int, str, int | None]:
    """Select (person, verdict, line) of the people among: why one is out, or the line of the last yes of who is in."""
    verdict = _verdict(purpose, channels).label("verdict")
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
    is_open = open_channels(purpose, channels, among).subquery()
    count = func.count().label("people")
    query = select(is_open.c.channel, count).group_by(is_open.c.channel).order_by(count.desc(), is_open.c.channel)
    return {channel: people for channel, people in db.session.execute(query)}  # noqa: C416


def by_purpose(among: Select[int]) -> dict[str, int]:
    """Count those of some people who may be contacted for each purpose, by whichever channel."""
    people = func.count(ConsentNow.person_id.distinct())
    query = select(ConsentNow.purpose, people).join(Standing, Standing.person_id == ConsentNow.person_id)
    days = retention.fresh_since().items()
    fresh = (or_(ConsentNow.purpose != purpose, Standing.heard_on >= day) for purpose, day in days)
    query = query.where(_holds(), _sound(), *fresh, ConsentNow.person_id.in_(among)).group_by(ConsentNow.purpose)
    found = {purpose: count for purpose, count in db.session.execute(query)}  # noqa: C416
    return found | {purpose: db.session.scalar(_how_many(purpose, among)) or 0 for purpose in URGENT}


def _how_many(purpose: Purpose, among: Select[int]) -> Select[int]:
    may = may_contact(purpose, [*Channel])
    return select(func.count()).select_from(may.where(Standing.person_id.in_(among)).subquery())


def still_agrees(person_id: int) -> int:
    """Count the purposes and channels of which somebody's last word is a yes."""
    yes = select(func.count()).where(ConsentNow.person_id == person_id, ConsentNow.state.in_(YES))
    return db.session.scalar(yes) or 0


def records_of(person_id: int) -> Select[int]:
    """Select a person's own record, and those that were merged into it."""
    return select(Standing.person_id).where(or_(Standing.person_id == person_id, Standing.successor_id == person_id))


def _refuses(purpose: Purpose) -> ColumnElement[bool]:
    return and_(ConsentNow.purpose == purpose, ConsentNow.state.not_in(YES))


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


def _fresh(purpose: Purpose) -> ColumnElement[bool]:
    """Tell whether somebody was heard of lately enough for a purpose."""
    day = retention.fresh_since().get(purpose)
    return true() if day is None else func.coalesce(Standing.heard_on >= day, False)


def _yes(channels: Collection[Channel]) -> ColumnElement[bool]:
    return and_(ConsentNow.channel.in_(channels), _holds())


def _verdict(purpose: Purpose, channels: Collection[Channel]) -> ColumnElement[str]:
    """Return what a person's standing and all their last words on a purpose come to: the first that applies."""
    here = ConsentNow.channel.in_(channels)
    no = func.sum(case((and_(here, ConsentNow.state.not_in(YES)), 1), else_=0))
    agrees = no < len({*channels}) if purpose in URGENT else _any(_yes(channels))
    return case(
        (Standing.erased_at.is_not(None), Reason.ERASED.value),
        (Standing.successor_id.is_not(None), Reason.MERGED.value),
        (Standing.deceased_on.is_not(None), Reason.DECEASED.value),
        (Standing.restricted_at.is_not(None), Reason.RESTRICTED.value),
        (Standing.adult_on > clock.today(), Reason.MINOR.value),
        (and_(agrees, _fresh(purpose)), INSIDE),
        (agrees, Reason.STALE.value),
        (_any(and_(here, ConsentNow.state == State.WITHDRAWN)), Reason.WITHDRAWN.value),
        (_any(and_(here, ConsentNow.state == State.REFUSED)), Reason.REFUSED.value),
        (_any(and_(here, _expired())), Reason.EXPIRED.value),
        (_any(_holds()), Reason.OTHER_CHANNEL.value),
        else_=Reason.NO_CONSENT.value,
    )


def _any(rule: ColumnElement[bool]) -> ColumnElement[bool]:
    return func.max(case((rule, 1), else_=0)) == 1

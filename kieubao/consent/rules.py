"""May we contact them? The one rule, in SQL: it serves one person, a preview of a million, a publish and a pull.

No row, a no, an expired yes, and anyone deceased, restricted, erased, merged into another or under 16: no.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select

from kieubao.consent.models import ConsentNow, Standing
from kieubao.consent.vocabulary import INSIDE, YES, Channel, Purpose, Reason, State
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
    said = _said(purpose, channels)
    chosen = among.subquery()
    verdict = _verdict(said).label("verdict")
    return (
        select(Standing.person_id, verdict, case((verdict == INSIDE, said.c.line)).label("line"))
        .select_from(chosen)
        .join(Standing, Standing.person_id == chosen.c[0])
        .outerjoin(said, said.c.person_id == chosen.c[0])
    )


def verdicts(purpose: Purpose, channels: Collection[Channel], among: Select[int]) -> Select[str, int]:
    """Select (verdict, how many) over the people among."""
    why = whys(purpose, channels, among).subquery()
    return select(why.c.verdict, func.count()).group_by(why.c.verdict)


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


def _said(purpose: Purpose, channels: Collection[Channel]) -> Subquery:
    """Return what each person's last words on a purpose come to; of several that apply, `_verdict` takes the first."""
    here = ConsentNow.channel.in_(channels)
    columns = {
        "yes": and_(here, _holds()),
        "withdrawn": and_(here, ConsentNow.state == State.WITHDRAWN),
        "refused": and_(here, ConsentNow.state == State.REFUSED),
        "expired": and_(here, _expired()),
        "elsewhere": _holds(),
    }
    flags = [func.max(case((rule, 1), else_=0)).label(name) for name, rule in columns.items()]
    line = func.max(case((columns["yes"], ConsentNow.line))).label("line")
    grouped = select(ConsentNow.person_id, *flags, line).where(ConsentNow.purpose == purpose)
    return grouped.group_by(ConsentNow.person_id).subquery()


def _verdict(said: Subquery) -> ColumnElement[str]:
    return case(
        (Standing.erased_at.is_not(None), Reason.ERASED.value),
        (Standing.successor_id.is_not(None), Reason.MERGED.value),
        (Standing.deceased_on.is_not(None), Reason.DECEASED.value),
        (Standing.restricted_at.is_not(None), Reason.RESTRICTED.value),
        (Standing.adult_on > clock.today(), Reason.MINOR.value),
        (said.c.yes == 1, INSIDE),
        (said.c.withdrawn == 1, Reason.WITHDRAWN.value),
        (said.c.refused == 1, Reason.REFUSED.value),
        (said.c.expired == 1, Reason.EXPIRED.value),
        (said.c.elsewhere == 1, Reason.OTHER_CHANNEL.value),
        else_=Reason.NO_CONSENT.value,
    )

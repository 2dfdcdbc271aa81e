"""Of whom nobody has heard for too long, who was not told what is held of them, and whose record is to be erased."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from kieubao.access.roles import Scope
from kieubao.consent import retention
from kieubao.consent.models import ConsentNow, Standing
from kieubao.consent.rules import agreed, agreeing, may_contact, open_channels
from kieubao.consent.vocabulary import YES, Channel, Matter, Purpose
from kieubao.db import db
from kieubao.ground import clock
from kieubao.people.filters import Rule, within
from kieubao.people.models import ContactPoint, Kinship, Person

Sheet = dict[str, Any]
# Within how many days whoever did not give their data themselves is told of it.
TELL_WITHIN: Final = 30
# For how many days before a yes runs out, and after, somebody is to be asked for another.
ENDS_SOON: Final = 60
ENDED_LATELY: Final = 30
_CARD: Final = ("id", "code", "name", "home_text", "commune")
_BY_CONSENT: Final = "consent"


class Found(NamedTuple):
    """How many there are, and those who come first."""

    total: int
    people: list[Sheet]


def unconfirmed(scope: Scope, most: int) -> Found:
    """Return who agreed to something and was not heard of for so long that they are to be asked, longest first.

    Each with whom to ask: `self` by which channels, a `relative`, or who knows the family in the `commune`.
    """
    found = _found(scope, _unconfirmed(), [Standing.heard_on, Person.sort_key, Person.id], most)
    ids = [one["id"] for one in found.people]
    channels: dict[int, list[str]] = {}
    for person_id, channel in db.session.execute(open_channels(Purpose.REGISTRY, [*Channel], ids)):
        channels.setdefault(person_id, []).append(channel)
    through = _asked_through(ids)
    for one in found.people:
        one["channels"] = sorted(channels.get(one["id"], ()))
        one["ask"] = "self" if one["channels"] else "relative" if one["id"] in through else "commune"
    return found


def reminded(but: Select[int], most: int) -> list[tuple[int, bool]]:
    """Return whom the office can remind by mail by itself: they agreed to it, at an address that is verified.

    With each, whether it is because something they agreed to runs out.
    """
    mail = (ContactPoint.channel == Channel.EMAIL, ContactPoint.owner == "self", ContactPoint.retired_at.is_(None))
    sure = select(ContactPoint.person_id).where(*mail, ContactPoint.verified_on.is_not(None))
    may = may_contact(Purpose.REGISTRY, [Channel.EMAIL])
    ends = Person.id.in_(select(ConsentNow.person_id).where(*_ends()))
    query = select(Person.id, ends).join(Standing, Standing.person_id == Person.id).where(*_here())
    query = query.where(or_(_unconfirmed(), ends), Person.id.in_(may), Person.id.in_(sure), Person.id.not_in(but))
    rows = db.session.execute(query.order_by(Standing.heard_on, Person.id).limit(most))
    return [(person, bool(runs_out)) for person, runs_out in rows]


def ending(scope: Scope, most: int) -> Found:
    """Return whose yes to something runs out soon, or did so lately, and to what: what ends first, first."""
    ends = select(ConsentNow.person_id, func.min(ConsentNow.valid_until).label("on")).where(*_ends())
    soonest = ends.group_by(ConsentNow.person_id).subquery()
    which = and_(Standing.deceased_on.is_(None), Person.id.in_(select(soonest.c.person_id)))
    first = select(soonest.c.on).where(soonest.c.person_id == Person.id).scalar_subquery()
    found = _found(scope, which, [first, Person.sort_key, Person.id], most)
    columns = (ConsentNow.person_id, ConsentNow.purpose, ConsentNow.channel, ConsentNow.valid_until)
    ids = [one["id"] for one in found.people]
    said: dict[int, list[Sheet]] = {}
    query = select(*columns).where(*_ends(), ConsentNow.person_id.in_(ids))
    for person, purpose, channel, until in db.session.execute(query.order_by(*columns)):
        said.setdefault(person, []).append({"purpose": purpose, "channel": channel, "valid_until": until})
    for one in found.people:
        one["said"] = said.get(one["id"], [])
        one["ends_on"] = min((word["valid_until"] for word in one["said"]), default=None)
    return found


def untold(scope: Scope, most: int) -> Found:
    """Return who was not told yet that their data is held, and by when they are to be: what is due first, first."""
    found = _found(scope, and_(_untold(), Standing.deceased_on.is_(None)), [Person.created_at, Person.id], most)
    for one in found.people:
        one["due_on"] = one["created_at"].astimezone(clock.HANOI).date() + timedelta(days=TELL_WITHIN)
    return found


def told_late() -> int:
    """Count those who were to be told by now."""
    late = Person.created_at < clock.midnight() - timedelta(days=TELL_WITHIN)
    return _count(and_(*_here(), _untold(), Standing.deceased_on.is_(None), late))


def expired(scope: Scope, spared: Select[int], most: int) -> Found:
    """Return whose record is to be erased by the rules, and by which; who is spared is not among them."""
    return _found(scope, and_(_expired(), Person.id.not_in(spared)), [Person.sort_key, Person.id], most)


def still_expired(people: Collection[int], spared: Select[int]) -> dict[int, str]:
    """Return which of some people are to be erased by the rules today, and by which."""
    query = select(Person.id, _matter()).join(Standing, Standing.person_id == Person.id)
    query = query.where(Person.id.in_(people), *_here(), _expired(), Person.id.not_in(spared))
    return {person: matter for person, matter in db.session.execute(query) if matter}


def _found(
    scope: Scope, which: Rule, order: Iterable[ColumnElement[Any] | InstrumentedAttribute[Any]], most: int
) -> Found:
    which = and_(within(scope), *_here(), which)
    columns = [Person.__table__.c[name] for name in (*_CARD, "created_at")]
    stands = (Standing.subject, Standing.heard_on, Standing.deceased_on, _matter().label("matter"))
    query = select(*columns, *stands).join(Standing, Standing.person_id == Person.id).where(which)
    rows = db.session.execute(query.order_by(*order).limit(most)).mappings().all()
    return Found(_count(which), [dict(row) for row in rows])


def _count(which: Rule) -> int:
    query = select(func.count()).select_from(Person).join(Standing, Standing.person_id == Person.id)
    return db.session.scalar(query.where(which)) or 0


def _here() -> tuple[Rule, ...]:
    """Say who is on record, and may be written to: who restricted their record is left as they are."""
    return (Standing.erased_at.is_(None), Standing.successor_id.is_(None), Standing.restricted_at.is_(None))


def _ends() -> tuple[Rule, ...]:
    """Say which last words are a yes that runs out soon, or did so lately."""
    first, last = (clock.today() + timedelta(days) for days in (-ENDED_LATELY, ENDS_SOON))
    return (ConsentNow.state.in_(YES), ConsentNow.valid_until.between(first, last))


def _unconfirmed() -> Rule:
    day = retention.since().get(Matter.CONFIRM)
    if day is None:
        return false()
    silent = or_(Standing.heard_on.is_(None), Standing.heard_on < day)
    return and_(silent, Standing.deceased_on.is_(None), Person.id.in_(agreeing()))


def _untold() -> Rule:
    return Standing.told_on.is_(None)


def _expired() -> Rule:
    return _matter().is_not(None)


def _matter() -> ColumnElement[str | None]:
    """Return by which rule a record is to be erased: the first that says so."""
    days, yes = retention.since(), Person.id.in_(agreeing())
    on = {**dict.fromkeys(Matter, date.min), **days}
    says = {
        Matter.DECEASED: Standing.deceased_on < on[Matter.DECEASED],
        Matter.UNTOLD: and_(_untold(), ~yes, _silent(on[Matter.UNTOLD])),
        Matter.REFUSED: and_(Person.legal_basis == _BY_CONSENT, ~yes, _refused_before(on[Matter.REFUSED])),
        Matter.ABROAD: and_(Person.kind == "abroad", _silent(on[Matter.ABROAD])),
        Matter.HOME: and_(Person.kind == "home", _silent(on[Matter.HOME])),
    }
    return case(*((says[one], one.value) for one in says if one in days), (false(), ""), else_=None)


def _silent(day: date) -> Rule:
    """Say who was not heard of since a day, nor recorded."""
    return and_(or_(Standing.heard_on.is_(None), Standing.heard_on < day), Person.created_at < _begins(day))


def _refused_before(day: date) -> Rule:
    """Say who said no before a day, and nothing since."""
    last = select(func.max(ConsentNow.signed_at)).where(ConsentNow.person_id == Person.id).scalar_subquery()
    return last < _begins(day)


def _begins(day: date) -> datetime:
    return datetime.combine(day, datetime.min.time(), clock.HANOI)


def _asked_through(people: Collection[int]) -> set[int]:
    """Return who can be asked through a relative: both agreed to that."""
    both = agreed(Purpose.VIA_RELATIVE, [*Channel])
    kin = (Kinship.person_id.in_(people), Kinship.person_id.in_(both), Kinship.relative_id.in_(both))
    return {*db.session.scalars(select(Kinship.person_id).where(*kin))}

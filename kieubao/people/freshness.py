"""Of whom nobody has heard for too long, who was not told what is held of them, and whose record is to be erased."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, case, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from kieubao.access.roles import Scope
from kieubao.consent import retention
from kieubao.consent.models import ConsentNow, Standing
from kieubao.consent.rules import agreed, agreed_once, agrees, may_contact, open_channels
from kieubao.consent.vocabulary import YES, Channel, Matter, Purpose
from kieubao.db import db
from kieubao.ground import clock
from kieubao.people.filters import Rule, within
from kieubao.people.models import ContactPoint, Kinship, Person
from kieubao.people.records import BY_CONSENT

Sheet = dict[str, Any]
Order = ColumnElement[Any] | InstrumentedAttribute[Any]
# Within how many days whoever did not give their data themselves is told of it.
TELL_WITHIN: Final = 30
# For how many days before a yes runs out, and after, somebody is to be asked for another.
ENDS_SOON: Final = 60
ENDED_LATELY: Final = 30
_CARD: Final = ("id", "code", "name", "home_text", "created_at")
_OF_SILENCE: Final = frozenset({Matter.UNTOLD, Matter.REFUSED, Matter.ABROAD, Matter.HOME})
# A day that can be written as a moment, before there was any record.
_BEFORE_ALL: Final = date(1900, 1, 1)
# So far is counted: of a million more than that nobody works off in a day.
_COUNTED: Final = 1_000


class Found(NamedTuple):
    """How many there are, counted to a thousand, and whether there are more; and those who come first."""

    total: int
    more: bool
    people: list[Sheet]


class Due(NamedTuple):
    """Somebody to be reminded, and whether it is because something they agreed to runs out."""

    person_id: int
    runs_out: bool


def unconfirmed(scope: Scope, most: int) -> Found:
    """Return who agreed to something and was not heard of for so long that they are to be asked, longest first.

    Each with whom to ask: `self` by which channels, a `relative`, or who knows the family in the `commune`.
    """
    found = _found(scope, [_unconfirmed()], [Standing.heard_on, Person.id], most)
    ids = [one["id"] for one in found.people]
    channels: dict[int, list[str]] = {}
    for person_id, channel in db.session.execute(open_channels(Purpose.REGISTRY, [*Channel], ids)):
        channels.setdefault(person_id, []).append(channel)
    through = _asked_through(ids)
    for one in found.people:
        one["channels"] = sorted(channels.get(one["id"], ()))
        one["ask"] = "self" if one["channels"] else "relative" if one["id"] in through else "commune"
    return found


def reminded(but: Select[int], most: int, only: int | None = None) -> list[Due]:
    """Return whom the office can remind by mail by itself: they agreed to it, at an address that is verified.

    `only`: nobody else.
    """
    mail = (ContactPoint.channel == Channel.EMAIL, ContactPoint.owner == "self", ContactPoint.retired_at.is_(None))
    sure = select(ContactPoint.person_id).where(*mail, ContactPoint.verified_on.is_not(None))
    may = may_contact(Purpose.REGISTRY, [Channel.EMAIL])
    ends = select(ConsentNow.line).where(ConsentNow.person_id == Person.id, *_ends()).exists()
    query = select(Person.id, ends).join(Standing, Standing.person_id == Person.id).where(*_here())
    query = query.where(or_(_unconfirmed(), ends), Person.id.in_(may), Person.id.in_(sure), Person.id.not_in(but))
    query = query if only is None else query.where(Person.id == only)
    rows = db.session.execute(query.order_by(Standing.heard_on, Person.id).limit(most))
    return [Due(person, bool(runs_out)) for person, runs_out in rows]


def ending(scope: Scope, most: int) -> Found:
    """Return whose yes to something runs out soon, or did so lately, and to what: what ends first, first."""
    first = select(ConsentNow.person_id, func.min(ConsentNow.valid_until).label("on")).where(*_ends())
    ends = first.group_by(ConsentNow.person_id).subquery().c
    found = _found(scope, [ends.person_id == Person.id, _lives()], [ends.on, Person.id], most, ends.on)
    columns = (ConsentNow.person_id, ConsentNow.purpose, ConsentNow.channel, ConsentNow.valid_until)
    said = select(*columns).where(*_ends(), ConsentNow.person_id.in_([one["id"] for one in found.people]))
    words = defaultdict[int, list[Sheet]](list)
    for person, purpose, channel, until in db.session.execute(said.order_by(*columns)):
        words[person].append({"purpose": purpose, "channel": channel, "valid_until": until})
    for one in found.people:
        one["ends_on"], one["said"] = one.pop("on"), words[one["id"]]
    return found


def untold(scope: Scope, most: int) -> Found:
    """Return who was not told yet that their data is held, and by when they are to be: recorded first, first."""
    found = _found(scope, [_untold(), _lives()], [Person.id], most, here=_on_record())
    for one in found.people:
        one["due_on"] = clock.day_of(one["created_at"]) + timedelta(days=TELL_WITHIN)
    return found


def told_late() -> int:
    """Count those who were to be told by now."""
    late = Person.created_at < clock.midnight() - timedelta(days=TELL_WITHIN)
    return _count([*_on_record(), _untold(), _lives(), late])


def expired(scope: Scope, spared: Select[int], most: int) -> Found:
    """Return whose record is to be erased by the rules, and by which; who is spared is not among them."""
    matter = _matter().label("matter")
    which = [Person.id.in_(_long_known()), matter.is_not(None), Person.id.not_in(spared)]
    return _found(scope, which, [Person.id], most, matter)


def still_expired(people: Collection[int], spared: Select[int]) -> dict[int, str]:
    """Return which of some people are to be erased by the rules today, and by which."""
    query = select(Person.id, _matter()).join(Standing, Standing.person_id == Person.id)
    query = query.where(Person.id.in_(people), *_here(), Person.id.not_in(spared))
    return {person: matter for person, matter in db.session.execute(query) if matter}


def _found(
    scope: Scope,
    which: Sequence[Rule],
    order: Sequence[Order],
    most: int,
    *more: ColumnElement[Any],
    here: Sequence[Rule] | None = None,
) -> Found:
    """Return how many within scope these conditions name, and of the first what a list shows, and more."""
    which = [within(scope), *(here or _here()), *which]
    columns = [Person.__table__.c[name] for name in _CARD]
    query = select(*columns, Standing.subject, Standing.heard_on, *more)
    query = query.join(Standing, Standing.person_id == Person.id).where(*which)
    rows = db.session.execute(query.order_by(*order).limit(most)).mappings().all()
    some = select(Person.id).join(Standing, Standing.person_id == Person.id).where(*which).limit(_COUNTED + 1)
    count = len(rows) if len(rows) < most else db.session.scalar(select(func.count()).select_from(some.subquery())) or 0
    return Found(min(count, _COUNTED), count > _COUNTED, [dict(row) for row in rows])


def _count(which: Sequence[Rule]) -> int:
    query = select(func.count()).select_from(Person).join(Standing, Standing.person_id == Person.id)
    return db.session.scalar(query.where(*which)) or 0


def _on_record() -> tuple[Rule, ...]:
    return (Standing.erased_at.is_(None), Standing.successor_id.is_(None))


def _here() -> tuple[Rule, ...]:
    """Say who is on record, and may be written to: who restricted their record is left as they are."""
    return (*_on_record(), Standing.restricted_at.is_(None))


def _ends() -> tuple[Rule, ...]:
    """Say which last words are a yes that runs out soon, or did so lately."""
    first, last = (clock.today() + timedelta(days) for days in (-ENDED_LATELY, ENDS_SOON))
    return (ConsentNow.state.in_(YES), ConsentNow.valid_until.between(first, last))


def _unconfirmed() -> Rule:
    day = retention.since().get(Matter.CONFIRM)
    if day is None:
        return false()
    # Whoever agreed was heard of.
    return and_(Standing.heard_on < day, _lives(), agrees(Person.id))


def _lives() -> Rule:
    return Standing.deceased_on.is_(None)


def _untold() -> Rule:
    return Standing.told_on.is_(None)


def _matter() -> ColumnElement[str | None]:
    """Return by which rule a record is to be erased: the first that says so."""
    days, no_yes = retention.since(), ~agreed_once(Person.id)
    said = select(ConsentNow.line).where(ConsentNow.person_id == Person.id).exists()
    silent = {matter: _silent(day) for matter, day in days.items()}
    never = false()
    says = {
        Matter.DECEASED: Standing.deceased_on < days.get(Matter.DECEASED, date.min),
        Matter.UNTOLD: and_(_untold(), no_yes, silent.get(Matter.UNTOLD, never)),
        Matter.REFUSED: and_(Person.legal_basis == BY_CONSENT, said, no_yes, silent.get(Matter.REFUSED, never)),
        Matter.ABROAD: and_(Person.kind == "abroad", silent.get(Matter.ABROAD, never)),
        Matter.HOME: and_(Person.kind == "home", silent.get(Matter.HOME, never)),
    }
    return case(*((says[one], one.value) for one in says if one in days), (never, ""), else_=None)


def _long_known() -> CompoundSelect[int]:
    """Select whom a rule could be about at all, by what there are indexes of: who died, or was recorded long ago."""
    days = retention.since()
    dead = select(Standing.person_id).where(Standing.deceased_on < days.get(Matter.DECEASED, date.min))
    latest = max((day for matter, day in days.items() if matter in _OF_SILENCE), default=date.min)
    old = (
        select(Person.id)
        .join(Standing, Standing.person_id == Person.id)
        .where(
            Person.created_at < clock.begins(max(latest, _BEFORE_ALL)),
            or_(Standing.heard_on.is_(None), Standing.heard_on < latest),
        )
    )
    return dead.union(old)


def _silent(day: date) -> Rule:
    """Say who was not heard of since a day, nor recorded, nor another record of theirs found."""
    gone = aliased(Standing)
    merged = select(gone.person_id).where(gone.successor_id == Person.id, gone.merged_at >= clock.begins(day)).exists()
    unheard = or_(Standing.heard_on.is_(None), Standing.heard_on < day)
    return and_(unheard, Person.created_at < clock.begins(day), ~merged)


def _asked_through(people: Collection[int]) -> set[int]:
    """Return who can be asked through a relative: both agreed to that."""
    both = agreed(Purpose.VIA_RELATIVE, [*Channel])
    kin = (Kinship.person_id.in_(people), Kinship.person_id.in_(both), Kinship.relative_id.in_(both))
    return {*db.session.scalars(select(Kinship.person_id).where(*kin))}

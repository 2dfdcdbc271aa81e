"""What may be shown of somebody because the law has it, and who somebody named on a paper may be."""

from datetime import date
from typing import Any, Final

from sqlalchemy import func, select

from kieubao.access.roles import Scope
from kieubao.consent import ledger
from kieubao.consent.models import Standing
from kieubao.db import db
from kieubao.ground import clock, places
from kieubao.ground.dates import PartialDate
from kieubao.people.contacts import own
from kieubao.people.disclosure import Sheet, View, cards
from kieubao.people.filters import within
from kieubao.people.models import ContactPoint, Person
from kieubao.people.search import find
from kieubao.people.tallies import tallied

RELEASE = View(
    ("name", "born", "country", "commune"),
    "one person whom the protection officer decided to show: of these at most their name, year of birth, country, home"
    " commune and one contact point, as they were then",
)
_MOST: Final = 20
# Fewer than so many are not told.
FEWEST: Final = 10
# Whose record they are today: nobody is found under one that was merged.
_CURRENT: Final = (Standing.successor_id.is_(None), Standing.erased_at.is_(None))
# What is told of a candidate beside their card.
_STANDS: Final = ("adult_on", "deceased_on", "restricted_at")


def candidates(scope: Scope, name: str, born: str, unit: str | None) -> list[Sheet]:
    """Return cards of who within scope may be meant by a name, and a birth (EDTF) or a home; with how they stand.

    Nobody who is known to be born at another time.
    """
    age = clock.today().year - PartialDate(born).year
    asked: list[dict[str, Any]] = [{"age_from": age, "age_to": age}, *([{"home_units": [unit]}] if unit else [])]
    ids = [*dict.fromkeys(one for wanted in asked for one in find(name, wanted, scope, size=_MOST).ids)]
    stands = _standing(ids)
    found = [one for one in ids if one in stands]
    return [
        {**card, "subject": subject, **stands[one]}
        for one, (subject, card) in zip(found, cards(found), strict=True)
        if _may_be(born, card["born"])
    ]


def released(scope: Scope, person_id: int, channel: str | None) -> Sheet:
    """Return all that may be shown of one person, and how they stand; the contact point is by one channel.

    Of several it is the one that was verified last.
    """
    columns = [Person.__table__.c[one] for one in RELEASE.columns]
    query = select(Person.kind, *columns).where(Person.id == person_id, within(scope))
    kind, name, born, country, commune = db.session.execute(query).one()
    stands = _standing([person_id])[person_id]
    return {
        "items": {
            "name": name,
            "birth_year": born[:4] if born else None,
            "country": country,
            "home_commune": places.unit(places.CURRENT, commune).full_name if commune else None,
            "contact": _point(person_id, channel) if channel else None,
        },
        "abroad": kind == "abroad",
        "minor": ledger.is_minor(stands["adult_on"]),
        "restricted": stands["restricted_at"] is not None,
    }


def in_tens(before: date) -> dict[str, dict[str, int]]:
    """Count people by `kinds` and `countries` in whole tens, as they were recorded before a day; not fewer than ten."""
    people = select(Person.id).join(Standing, Standing.person_id == Person.id)
    known = tallied(people.where(Person.created_at < clock.begins(before), *_CURRENT), "kinds", "countries")
    tens = {by: {code: count // FEWEST * FEWEST for code, count in some.items()} for by, some in known.items()}
    return {by: {code: count for code, count in some.items() if count} for by, some in tens.items()}


def on_record() -> int:
    """Count the people on record."""
    return db.session.scalar(select(func.count()).select_from(Standing).where(*_CURRENT)) or 0


def stands_since(people: list[int], line: int) -> set[int]:
    """Return which of some people stand as they did at a line of the ledger: nobody who was merged or erased since."""
    query = select(Standing.person_id).where(Standing.person_id.in_(people), Standing.line <= line, *_CURRENT)
    return {*db.session.scalars(query)}


def _may_be(asked: str, known: str | None) -> bool:
    """Tell whether two births, as far as they are known, can be one."""
    one, other = PartialDate(asked), PartialDate(known or asked)
    return one.earliest() <= other.latest() and other.earliest() <= one.latest()


def _point(person_id: int, channel: str) -> Sheet | None:
    points = [number for number, (by, _value) in own(person_id).items() if by == channel]
    order = (ContactPoint.verified_on.desc().nulls_last(), ContactPoint.id.desc())
    query = select(ContactPoint.value).where(ContactPoint.id.in_(points)).order_by(*order).limit(1)
    value = db.session.scalar(query)
    return {"channel": channel, "value": value} if value else None


def _standing(ids: list[int]) -> dict[int, Sheet]:
    query = select(Standing.person_id, *(Standing.__table__.c[one] for one in _STANDS))
    rows = db.session.execute(query.where(Standing.person_id.in_(ids), *_CURRENT))
    return {person: dict(zip(_STANDS, values, strict=True)) for person, *values in rows}

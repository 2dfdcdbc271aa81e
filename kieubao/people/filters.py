"""Of whom: what narrows people down, as SQL expressions over `person`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache, partial
from typing import Any, Self

from sqlalchemy import ColumnElement, CompoundSelect, Select, bindparam, false, func, or_, select, tuple_

from kieubao.access.roles import Actor, Scope
from kieubao.consent.rules import agreed
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import listed
from kieubao.ground import clock, places
from kieubao.ground.text import fold
from kieubao.people.models import Association, Kinship, Membership, Person

Rule = ColumnElement[bool]
_ABSENT: tuple[Any, ...] = (None, "", [])


@dataclass(frozen=True)
class Whom:
    """Conditions that people meet, and what is given for their parameters: so that a statement of them can be kept."""

    rules: Sequence[Rule] = ()
    given: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, wanted: Mapping[str, Any]) -> Self:
        """Return those whom a clean filter names. Raises as `matching`."""
        listed, others = _read(wanted)
        return cls([*map(_ONE_OF.__getitem__, listed), *others], listed)

    def also(self, *rules: Rule, **given: Any) -> "Whom":
        """Return those of them who meet more conditions."""
        return Whom([*self.rules, *rules], {**self.given, **given})


@lru_cache(1_000)
def within(scope: Scope) -> Rule:
    """People whose home lies in the units of a scope, nobody where there are none; or whoever it is of."""
    units = ((Person.province, scope.provinces), (Person.commune, scope.communes))
    own = [] if scope.person is None else [Person.id == scope.person]
    return or_(false(), *own, *(column.in_(codes) for column, codes in units if codes))


def seen_by(actor: Actor) -> list[str]:
    """Return the units an actor sees, each with its province: 42. or 42.18673."""
    units = [places.unit(places.CURRENT, code) for code in sorted(actor.scope.units)]
    return [f"{places.province_of(one).code}.{one.code if one.parent else ''}" for one in units]


def may_see(actor: Actor, units: Sequence[str]) -> bool:
    """Tell whether something is of somebody who saw these units, and nobody whom the actor does not see."""
    seen = [unit.split(".") for unit in units]
    return bool(seen) and all(actor.scope.covers(commune, province) for province, commune in seen)


def everywhere() -> Scope:
    """Return the scope of every province there is: what is counted or told apart, and shown to nobody."""
    return Scope(frozenset(one.code for one in places.provinces()))


def among(ids: Select[Any] | CompoundSelect[Any]) -> Rule:
    """People whose ids are selected: a SELECT, never thousands of ids."""
    return Person.id.in_(ids)


def matching(wanted: Mapping[str, Any]) -> list[Rule]:
    """Return the conditions of a clean filter, as `FilterForm` gives it: every key narrows, a list means any of.

    Raises KeyError for a key that is no filter: a list must not widen because of a misspelling.
    """
    listed, others = _read(wanted)
    return [*(_COLUMNS[key].in_(values) for key, values in listed.items()), *others]


def _read(wanted: Mapping[str, Any]) -> tuple[dict[str, Any], list[Rule]]:
    """Return the lists of a filter, of which a column holds one, and the conditions that all else makes."""
    given = {key: value for key, value in wanted.items() if value not in _ABSENT}
    channels = given.pop("consent_channels", Channel)
    rules = _RULES | {"consents_to": partial(_consents, channels=channels)}
    listed = {key: given.pop(key) for key in _COLUMNS if key in given}
    return listed, [rules[key](value) for key, value in given.items()]


def _at_least(age: int) -> Rule:
    """By year of birth: one whose birthday may be still to come this year counts as both ages."""
    return Person.born < str(clock.today().year - age + 1)


def _at_most(age: int) -> Rule:
    return Person.born >= str(clock.today().year - age - 1)


def from_units(keys: list[str]) -> Rule:
    """People coded to one of these units or to one that lies in it, now or until a clerk settled it, or of it today."""
    units = {one for key in keys for one in places.inside(places.keyed(key))}
    today = [unit.code for unit in units if unit.epoch == places.CURRENT]
    before = [unit.code for unit in units if unit.epoch == places.OLD]
    coded = tuple_(Person.home_epoch, Person.home_code).in_([(unit.epoch, unit.code) for unit in units])
    return or_(coded, Person.home_old_code.in_(before), Person.commune.in_(today))


def skilled(phrases: Collection[str]) -> Rule:
    """People whose occupation, position or workplace says one of these, in whole words and whatever marks."""
    return or_(false(), *(Person.work_key.contains(f" {fold(one)} ") for one in phrases))


def _members(codes: list[str]) -> Rule:
    members = select(Membership.person_id).join(Association, Association.id == Membership.association_id)
    return among(members.where(Association.code.in_(codes)))


def _confirmed_since(day: date) -> Rule:
    return Person.confirmed_on >= _day(day)


def _confirmed_before(day: date) -> Rule:
    """People whose record is due for a look: last confirmed before a day, or never."""
    return or_(Person.confirmed_on < _day(day), Person.confirmed_on.is_(None))


def _day(day: date | str) -> date:
    # A saved list keeps its filter as JSON.
    return date.fromisoformat(str(day))


def _consents(purpose: str, channels: list[str]) -> Rule:
    return among(agreed(Purpose(purpose), [Channel(channel) for channel in channels]))


_COLUMNS = {
    "kinds": Person.kind,
    "genders": Person.gender,
    "countries": Person.country,
    "cities": Person.city,
    "provinces": Person.province,
    "communes": Person.commune,
    "old_provinces": Person.home_old_province,
    "statuses": Person.status,
    "citizenships": Person.citizenship,
    "generations": Person.generation,
    "occupation_groups": Person.occupation_group,
    "sectors": Person.sector,
    "educations": Person.education,
}
_ONE_OF: dict[str, Rule] = {
    key: column.in_(bindparam(key, type_=column.type, expanding=True)) for key, column in _COLUMNS.items()
}
_RULES: dict[str, Callable[[Any], Rule]] = {
    "home_units": from_units,
    "work": skilled,
    "age_from": _at_least,
    "age_to": _at_most,
    "interests": partial(listed, Person.interests),
    "languages": partial(listed, Person.languages),
    "associations": _members,
    "confirmed_since": _confirmed_since,
    "confirmed_before": _confirmed_before,
}


def everybody(scope: Scope, *rules: Rule) -> Select[int]:
    """Select the ids of the people within a scope who meet some conditions."""
    return select(Person.id).where(within(scope), *rules)


def chosen(scope: Scope, wanted: Mapping[str, Any]) -> Select[int]:
    """Select the ids of the people within a scope whom a filter names."""
    return everybody(scope, *matching(wanted))


def others(ids: Select[Any]) -> Rule:
    """People whose ids are not selected; as a set that is made once, however many they are."""
    return among(select(Person.id).except_(ids))


def none_of(*rules: Rule) -> Rule:
    """People who meet not one of some conditions; one that cannot be told, for want of a value, is not met."""
    return ~func.coalesce(or_(*rules), false())


def kin_of(ids: Select[int]) -> Rule:
    """People who are recorded as kin of those selected."""
    return among(select(Kinship.person_id).where(Kinship.relative_id.in_(ids)))

"""What people contribute, followed to what becomes of it; and whom a call for investment suits."""

from collections.abc import Mapping
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, only_showed, use_case
from kieubao.consent.rules import records_of
from kieubao.ground.errors import NotFound, _
from kieubao.occasions import agenda, giving
from kieubao.occasions.vocabulary import Kind
from kieubao.people import disclosure, suitability
from kieubao.people.filters import everybody
from kieubao.people.suitability import WEIGHTS

Sheet = dict[str, Any]
# How many are shown at a time; who looks for one narrows.
MOST, MOST_SUITED = 1_000, 100


@use_case(Permission.RESPONSE_RECORD)
def record(actor: Actor, /, *, person: str, occasion: str | None = None, **said: Any) -> Sheet:
    """Write down what somebody within scope offers or gives; `occasion`: what it came of."""
    found = disclosure.locate(actor.scope, person)
    held = agenda.locate(occasion) if occasion else None
    code = giving.record(found.id, held, said, actor.account_id)
    note(contribution=code, subject=found.subject, fields=sorted(said))
    return _one(actor, code)


@use_case(Permission.RESPONSE_RECORD)
def follow(actor: Actor, code: str, *, version: int, values: Mapping[str, Any]) -> Sheet:
    """Write down how a contribution stands now that was last known at this version."""
    note(contribution=code, subject=_seen(actor, code).subject)
    changed = giving.follow(code, version, values, actor.account_id)
    note(fields=changed)
    if not changed:
        only_showed("contributions.read")
    return _one(actor, code)


@use_case(Permission.LIST_READ, Shape.READ)
def read(actor: Actor, code: str) -> Sheet:
    """Return a contribution, and all that was known of it before."""
    sheet = _one(actor, code)
    note(contribution=code)
    return sheet


@use_case(Permission.LIST_READ, Shape.READ)
def of_person(actor: Actor, code: str) -> list[Sheet]:
    """Return what somebody contributes, what was written down last first."""
    person = disclosure.locate(actor.scope, code)
    told = giving.of(records_of(person.id))
    note(subject=person.subject, found=len(told))
    return [sheet for _person, sheet in told]


@use_case(Permission.LIST_READ, Shape.READ)
def all_of_them(
    actor: Actor, /, *, kind: str | None = None, stage: str | None = None, occasion: str | None = None
) -> Sheet:
    """Return what people within scope contribute, the first thousand, and what all of it comes to."""
    held = agenda.locate(occasion) if occasion else None
    which = giving.which(kind, stage, held)
    people = everybody(actor.scope)
    told = giving.of(people, *which, most=MOST)
    named = {one.id: one for one in disclosure.called(actor.scope, {person for person, _sheet in told})}
    note(occasion=occasion, found=len(told), subjects=[str(one.subject) for one in named.values()])
    shown = [{"person": named[person].code, "name": named[person].name, **sheet} for person, sheet in told]
    return {"totals": giving.totals(people, *which), "contributions": shown}


@use_case(Permission.LIST_READ, Shape.READ)
def suited(actor: Actor, code: str) -> Sheet:
    """Return whom within scope a call for investment suits, who may be contacted for that: the best hundred."""
    held = agenda.locate(code)
    if held.kind != Kind.INVESTMENT_CALL:
        raise NotFound(_("Only a call for investment suits anybody"))
    count, found = suitability.ranked(actor.scope, held, MOST_SUITED)
    cards = disclosure.cards([*found])
    note(occasion=code, found=len(cards), subjects=[str(subject) for subject, _card in cards])
    shown = [
        {"person": card["code"], "name": card["name"], "country": card["country"], "city": card["city"]}
        | {"reasons": reasons, "weight": sum(WEIGHTS[one] for one in reasons)}
        for (_subject, card), reasons in zip(cards, found.values(), strict=True)
    ]
    return {"occasion": agenda.sheet(held), "found": count, "suited": shown}


def _seen(actor: Actor, code: str) -> disclosure.Called:
    """Return whose a contribution is; one of somebody out of scope is absent."""
    for found in disclosure.called(actor.scope, [giving.whose(code)]):
        return found
    raise NotFound(_("There is no such contribution"))


def _one(actor: Actor, code: str) -> Sheet:
    person = _seen(actor, code)
    now, *earlier = giving.versions(code)
    note(subject=person.subject)
    return {"person": person.code, "name": person.name, **now, "earlier": earlier}

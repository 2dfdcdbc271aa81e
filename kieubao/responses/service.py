"""What clerks record of who was asked, and what the office sees of an occasion."""

from typing import Any

from sqlalchemy import Select, select, union

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent.rules import records_of
from kieubao.db import is_among
from kieubao.ground.text import fold
from kieubao.occasions import agenda, turnout
from kieubao.occasions.models import Occasion
from kieubao.occasions.turnout import Said
from kieubao.outreach import pulls
from kieubao.people import contacts, disclosure
from kieubao.people.filters import everybody

Sheet = dict[str, Any]
# How many are shown at a time; who looks for somebody narrows.
MOST = 1_000


@use_case(Permission.RESPONSE_RECORD)
def record(actor: Actor, code: str, person: str, said: Said) -> Sheet:
    """Write down what somebody within scope said to an occasion, or that they came."""
    held, found = agenda.locate(code, lock=True), disclosure.locate(actor.scope, person)
    for error in turnout.record(held, {found.id: said}, actor.account_id).values():
        raise error
    told = sorted(name for name, value in vars(said).items() if value is not None)
    note(occasion=code, subject=found.subject, fields=told)
    return {"person": person} | turnout.known(held, [found.id])[found.id]


@use_case(Permission.LIST_READ, Shape.READ)
def all_of(
    actor: Actor, code: str, *, answer: str | None = None, presence: str | None = None, text: str | None = None
) -> Sheet:
    """Return how many within scope answered what, and who did so, by their names; the first thousand.

    `text`: a part of a name, in whatever marks, or a code.
    """
    held = agenda.locate(code)
    named = disclosure.called(actor.scope, turnout.those(held, answer=answer, presence=presence))
    found = [one for one in named if text is None or fold(text) in fold(f"{one.name} {one.code}")]
    shown = found[:MOST]
    known = turnout.known(held, [one.id for one in shown])
    note(occasion=code, found=len(shown), subjects=[str(one.subject) for one in shown])
    responses = [{"person": one.code, "name": one.name, **known[one.id]} for one in shown]
    counts = _counts(held, everybody(actor.scope))
    return {"occasion": agenda.sheet(held), "counts": counts, "found": len(found), "responses": responses}


@use_case(Permission.LIST_READ, Shape.READ)
def of_person(actor: Actor, code: str) -> list[Sheet]:
    """Return all that a person said to any occasion, the latest first."""
    person = disclosure.locate(actor.scope, code)
    told = turnout.history(records_of(person.id))
    note(subject=person.subject, found=len(told))
    return told


@use_case(Permission.RESPONSE_RECORD, Shape.READ)
def left_to_do(actor: Actor) -> Sheet:
    """Return whose answers leave a clerk something to do, within scope.

    `no_more`: they want no more contact, and an older yes stands; `unreached`: their record was not changed since, and
    `tries` says by which channel they were not reached, and why.
    """
    no_more = union(turnout.unheard(), turnout.unheard(urgent=True)).subquery()
    people = {"no_more": select(no_more.c.person), "unreached": contacts.unmended(turnout.unreached())}
    found = {why: disclosure.called(actor.scope, some) for why, some in people.items()}
    note(found=sum(map(len, found.values())), subjects=[str(one.subject) for some in found.values() for one in some])
    tries = turnout.obstacles([one.id for one in found["unreached"]])
    named = {why: [{"person": one.code, "name": one.name} for one in some] for why, some in found.items()}
    told = zip(found["unreached"], named["unreached"], strict=True)
    return named | {"unreached": [sheet | {"tries": tries[one.id]} for one, sheet in told]}


def _counts(held: Occasion, people: Select[int]) -> Sheet:
    """Count who of some people was invited to an occasion, answered what, and came."""
    invited = pulls.invited(held.id)
    theirs = invited.where(is_among(invited.selected_columns[0], people))
    return {"invited": disclosure.count(theirs), **turnout.counts(held, people)}

"""What police accounts do: they ask, stand behind what was asked, follow it, and see what was released to them."""

from collections.abc import Mapping
from typing import Any

from kieubao.access.roles import Actor, Permission, Role
from kieubao.access.use_case import Shape, note, use_case
from kieubao.db import reading
from kieubao.people import filters
from kieubao.police import limits, mandates, requests, showings
from kieubao.police.models import DisclosureRequest
from kieubao.police.requests import Filed
from kieubao.police.vocabulary import FEWEST, Answer, End, Mode
from kieubao.walls import Sight, confined

Sheet = dict[str, Any]


@use_case(Permission.DISCLOSURE_FOLLOW, Shape.READ)
def overview(actor: Actor) -> Sheet:
    """Return how many people are on record, by kind and country in tens, fewer than ten as None; and what was asked."""
    mandate = mandates.required(Mode.ACCOUNT)
    asked = requests.of_asker(_unit(actor), None if actor.role is Role.POLICE_HEAD else actor.account_id)
    with confined(Sight(everyone=True)):
        reading()
        tallied = filters.tallied(filters.everybody(filters.everywhere()))
    note(found=len(asked))
    counts = {by: {code: _in_tens(count) for code, count in some.items()} for by, some in tallied.items()}
    return {"requests": asked, "counts": counts, "lapses_on": mandate["lapses_on"]}


@use_case(Permission.DISCLOSURE_FILE)
def file(actor: Actor, asked: Mapping[str, Any]) -> Sheet:
    """Ask for some of what is recorded of at most three people; nobody looks for them before it is endorsed."""
    mandate = mandates.held(Mode.ACCOUNT)
    filed = Filed(_unit(actor), actor.account_id, actor.name)
    note(need=asked["need"])
    limits.refuse_beyond(filed.officer, filed.unit_id)
    made = requests.file(mandate, filed, asked)
    note(request=made.code, need=made.need, asked_for=len(asked["subjects"]), grounds=[*made.grounds])
    return requests.told(made)


@use_case(Permission.DISCLOSURE_FOLLOW, Shape.READ)
def read(actor: Actor, code: str) -> Sheet:
    """Return what was asked, and how it is answered."""
    mandates.required(Mode.ACCOUNT)
    note(request=code)
    return _told(actor, _own(actor, code))


@use_case(Permission.DISCLOSURE_ENDORSE, confirmed=True)
def endorse(actor: Actor, code: str) -> Sheet:
    """Stand behind what an officer of one's own unit asks."""
    mandates.held(Mode.ACCOUNT)
    one = _own(actor, code, lock=True)
    requests.endorse(one, actor.account_id)
    note(request=code)
    return _told(actor, one)


@use_case(Permission.DISCLOSURE_ENDORSE)
def not_endorse(actor: Actor, code: str) -> Sheet:
    """Do not stand behind what an officer of one's own unit asks: it ends."""
    one = _own(actor, code, lock=True)
    requests.refuse_over(one)
    requests.refuse_decided(one)
    requests.end(one, End.NOT_ENDORSED)
    note(request=code, stands=End.NOT_ENDORSED)
    return _told(actor, one)


@use_case(Permission.DISCLOSURE_OPEN, Shape.SEAL, confirmed=True)
def open(actor: Actor, code: str) -> Sheet:  # noqa: A001 - its name in the trail
    """Return what was released to oneself: three times at most, for 72 hours.

    Raises NotFound, in the same words, for what is absent, another's, refused or over.
    """
    note(request=code)
    mandates.required(Mode.ACCOUNT)
    one = _own(actor, code)
    if one.filed_by != actor.account_id or requests.answer(one) is not Answer.OPEN:
        raise showings.closed()
    return showings.show(one, actor.account_id)


def _own(actor: Actor, code: str, *, lock: bool = False) -> DisclosureRequest:
    """Find a request of the actor's unit; an officer's own."""
    one = requests.of_unit(_unit(actor), code, lock=lock)
    if one.by_desk or (actor.role is Role.POLICE and one.filed_by != actor.account_id):
        raise requests.absent()
    return one


def _told(actor: Actor, one: DisclosureRequest) -> Sheet:
    left = showings.left(one)
    return requests.told(one) | {
        "subjects": [requests.asked(subject) for subject in requests.subjects(one)],
        "is_own": one.filed_by == actor.account_id,
        "to_endorse": one.endorsed_at is None and requests.answer(one) is Answer.WAITING,
        "left": left,
    }


def _unit(actor: Actor) -> int:
    if actor.organisation_id is None:
        raise requests.absent()
    return actor.organisation_id


def _in_tens(count: int) -> int | None:
    """Return a count in whole tens, so that nobody is told by one more or less."""
    return count // FEWEST * FEWEST or None

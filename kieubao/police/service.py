"""What police accounts do: they ask, stand behind what was asked, follow it, and see what was released to them."""

from collections.abc import Mapping
from typing import Any

from kieubao.access import sessions
from kieubao.access.roles import Actor, Permission, Role
from kieubao.access.use_case import Shape, note, use_case
from kieubao.db import reading
from kieubao.ground import clock
from kieubao.people import releases
from kieubao.police import mandates, requests, showings
from kieubao.police.models import DisclosureRequest
from kieubao.police.requests import Filed
from kieubao.police.vocabulary import Answer, End, Mode
from kieubao.walls import Sight, confined

Sheet = dict[str, Any]


@use_case(Permission.DISCLOSURE_FOLLOW, Shape.READ)
def overview(actor: Actor) -> Sheet:
    """Return how many people were on record when the month began, in tens; and what was asked."""
    asked = _asked(actor)
    with confined(Sight(everyone=True)):
        reading()
        counts = releases.in_tens(clock.today().replace(day=1))
    note(found=len(asked))
    return {"requests": asked, "counts": counts}


@use_case(Permission.DISCLOSURE_FOLLOW, Shape.READ)
def follow(actor: Actor) -> list[Sheet]:
    """Return what one asked, or of a head what their unit asked, the latest first."""
    found = _asked(actor)
    note(found=len(found))
    return found


@use_case(Permission.DISCLOSURE_FILE)
def file(actor: Actor, asked: Mapping[str, Any]) -> Sheet:
    """Ask for some of what is recorded of at most three people; nobody looks for them before it is endorsed."""
    filed = Filed(_unit(actor), actor.account_id, actor.name)
    return requests.told(requests.file(mandates.held(Mode.ACCOUNT), filed, asked))


@use_case(Permission.DISCLOSURE_FOLLOW, Shape.READ)
def read(actor: Actor, code: str) -> Sheet:
    """Return what was asked, and how it is answered."""
    mandates.require(Mode.ACCOUNT)
    note(request=code)
    return _told(actor, _own(actor, code))


@use_case(Permission.DISCLOSURE_ENDORSE, confirmed=True)
def endorse(actor: Actor, code: str) -> None:
    """Stand behind what an officer of one's own unit asks."""
    mandates.held(Mode.ACCOUNT)
    one = _own(actor, code, lock=True)
    requests.endorse(one, actor.account_id)
    note(request=code)


@use_case(Permission.DISCLOSURE_ENDORSE)
def not_endorse(actor: Actor, code: str) -> None:
    """Do not stand behind what an officer of one's own unit asks: it ends."""
    one = _own(actor, code, lock=True)
    requests.refuse_endorsed(one)
    requests.refuse_over(one)
    requests.end(one, End.NOT_ENDORSED)
    note(request=code, stands=End.NOT_ENDORSED)


@use_case(Permission.DISCLOSURE_OPEN, Shape.SEAL, confirmed=True)
def open(actor: Actor, code: str) -> Sheet:  # noqa: A001 - its name in the trail
    """Return what was released to oneself: three times at most, for 72 hours.

    Raises NotFound: for what is absent or another's in the same words, and in the same for what is refused or over.
    """
    note(request=code)
    mandates.require(Mode.ACCOUNT)
    shown = showings.show(_own(actor, code), actor.account_id)
    # The next time they prove anew who they are.
    sessions.spend(actor.session)
    return shown


def _asked(actor: Actor) -> list[Sheet]:
    mandates.require(Mode.ACCOUNT)
    return requests.of_asker(_unit(actor), None if actor.role is Role.POLICE_HEAD else actor.account_id)


def _own(actor: Actor, code: str, *, lock: bool = False) -> DisclosureRequest:
    """Find a request of the actor's unit: one's own, and the head's any."""
    one = requests.of_unit(_unit(actor), code, lock=lock)
    if one.by_desk or (actor.role is not Role.POLICE_HEAD and one.filed_by != actor.account_id):
        raise requests.absent()
    return one


def _told(actor: Actor, one: DisclosureRequest) -> Sheet:
    left = showings.left(one)
    # Once it is endorsed somebody may be found, or forgotten: that tells nobody who asked.
    subjects = [] if one.endorsed_by else requests.subjects(one)
    return requests.told(one) | {
        "subjects": [requests.asked(subject) for subject in subjects],
        "is_own": one.filed_by == actor.account_id,
        "to_endorse": one.endorsed_at is None and requests.answer(one) is Answer.WAITING,
        "left": left,
    }


def _unit(actor: Actor) -> int:
    if actor.organisation_id is None:
        raise requests.absent()
    return actor.organisation_id

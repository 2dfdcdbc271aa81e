"""What the protection officer's desk does: it alone looks for who is asked for, decides, and tells them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from kieubao import outbox, relay
from kieubao.access import accounts
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import handover
from kieubao.db import db, reading, writing
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Invalid, _
from kieubao.ground.signatures import SigningKey
from kieubao.outbox import To
from kieubao.people import contacts, disclosure, erasure, filters, releases
from kieubao.police import (
    complaints,
    decisions,
    deferrals,
    figures,
    mandates,
    requests,
    showings,
    tellings,
    wordings,
)
from kieubao.police.decisions import Decided
from kieubao.police.models import DisclosureRequest
from kieubao.police.requests import Filed
from kieubao.police.tellings import BY_HAND, BY_RELAY
from kieubao.police.vocabulary import RELAY_TRIED_FOR, Answer, Delay, End, Mode
from kieubao.visits import passes
from kieubao.visits.visitors import Named
from kieubao.walls import Sight, confined

Sheet = dict[str, Any]


@use_case(Permission.DISCLOSURE_DECIDE)
def enter(actor: Actor, unit: str, officer: str, head: str, asked: Mapping[str, Any]) -> str:
    """Enter a request that came on paper, signed by an officer and the head of their unit; return its code."""
    mandate = mandates.held()
    filed = Filed(accounts.organisation_like(unit).id, actor.account_id, officer, head)
    if filed.unit_id == actor.organisation_id:
        raise Invalid(_("Nobody decides what their own organisation asks"), field="asking_unit")
    return requests.file(mandate, filed, asked).code


@use_case(Permission.DISCLOSURE_DECIDE, Shape.READ)
def queue(actor: Actor) -> Sheet:
    """Return what waits to be decided, what was settled lately, and whom somebody has to tell."""
    waits, over = requests.waiting(), requests.settled()
    to_tell, mandate = [tellings.sheet(one) for one in tellings.by_hand()], mandates.in_force()
    note(found=len(waits) + len(to_tell))
    return {"waiting": waits, "settled": over, "to_tell": to_tell, "mandate": mandate}


@use_case(Permission.DISCLOSURE_DECIDE, Shape.READ, finds=True)
def match(actor: Actor, code: str) -> Sheet:
    """Return a request and, while it waits to be decided, who within scope each of those asked for may be."""
    one = requests.any_of(code)
    sheet = decisions.whole(actor.scope, one)
    is_open = sheet["answer"] is Answer.WAITING and not (one.decided_at or one.ended)
    meant: list[Sheet] = []
    for subject in sheet["subjects"] if is_open else ():
        asked = (subject["name"], subject["born"], subject["home_unit"])
        subject["candidates"] = releases.candidates(actor.scope, *asked)
        meant += subject["candidates"]
    note(request=code, found=len(meant), subjects=[str(card.pop("subject")) for card in meant])
    return sheet | {"to_decide": is_open}


@use_case(Permission.DISCLOSURE_DECIDE, confirmed=True)
def decide(actor: Actor, code: str, decided: Sequence[Decided], deferral: tuple[Delay, str] | None) -> None:
    """Decide on each who is asked for, and whether they are told later; it is released, ends, or waits for one more."""
    mandates.held()
    one = requests.any_of(code, lock=True)
    waits = decisions.decide(one, actor, decided, deferred=deferral is not None)
    people = requests.pseudonyms(requests.known(requests.subjects(one)))
    note(request=code, checks=[*one.checks], deferred=one.deferred, subjects=people)
    if deferral:
        deferrals.propose(one, *deferral, actor.account_id)
    if not waits:
        decisions.conclude(one)


@use_case(Permission.DISCLOSURE_DECIDE, Shape.SEAL, confirmed=True)
def reply(actor: Actor, code: str) -> Sheet:
    """Return what a letter of reply is made of: of a request on paper, what was released, which counts as a showing."""
    one = requests.any_of(code)
    note(request=code)
    if one.by_desk and requests.answer(one) is Answer.OPEN:
        mandates.require(Mode.DESK)
        return showings.show(one, actor.account_id)
    told = requests.told(one) | {"people": []}
    # Nothing leaves: its line is written by itself.
    writing()
    return told


@use_case(Permission.DISCLOSURE_DECIDE)
def renew(actor: Actor, code: str, why: str) -> None:
    """Propose that those asked for are told 30 days later still."""
    one = requests.any_of(code, lock=True)
    before = deferrals.of(one)
    if not before:
        raise Conflict(_("Nobody put off telling them"))
    deferrals.propose(one, Delay(before[-1].reason), why, actor.account_id)
    note(request=code, renewal=len(before))


@use_case(Permission.DISCLOSURE_DECIDE)
def complain(actor: Actor, code: str, received_on: date, text: str) -> None:
    """Write down what somebody who was asked for has against it."""
    one = requests.any_of(code, lock=True)
    complaints.file(one, received_on, text, actor.account_id)
    note(request=code)


@use_case(Permission.DISCLOSURE_DECIDE, Shape.READ)
def to_tell(actor: Actor, number: int) -> Sheet:
    """Return what somebody is to be told by a letter, and how to write to them."""
    found = tellings.one_by_hand(number)
    one = db.session.get_one(DisclosureRequest, found.request_id)
    whose = passes.whose([found.person_id])[found.person_id]
    told = requests.told(one) | tellings.sheet(found)
    # They are told wherever their home lies by now.
    with confined(Sight(everyone=True)):
        reading()
        to = disclosure.addressed(filters.everywhere(), whose)
        people = requests.pseudonyms([whose])
    note(request=told["code"], subjects=people)
    return told | {"to": to, "person": to["code"]}


@use_case(Permission.DISCLOSURE_DECIDE)
def told_by_hand(actor: Actor, number: int, way: str) -> None:
    """Write down that somebody was told that they were asked for."""
    found = tellings.one_by_hand(number, lock=True)
    note(request=db.session.get_one(DisclosureRequest, found.request_id).code, way=way)
    tellings.settle(found, way, actor.account_id)


@use_case(Permission.DISCLOSURE_TEND, everyone=True)
def fall_silent(actor: Actor, number: int) -> None:
    """Write down that nobody answered a request in time, which is a refusal."""
    one = requests.numbered(number)
    note(request=one.code)
    if requests.is_silent(one) and one.ended is None:
        decisions.drop(one, End.SILENCE)


@use_case(Permission.DISCLOSURE_TEND, everyone=True)
def tell(actor: Actor, number: int, office: Named) -> None:
    """Have somebody told that they were asked for, once, by a verified contact point a relay reaches; else by hand."""
    whose = tellings.owner(number)
    if whose is None:
        return
    # Who merges or erases them goes first, or waits.
    erasure.hold([whose])
    held = tellings.held(number)
    if held is None:
        return
    found, one = held
    note(request=one.code, deferred=one.deferred, subjects=requests.pseudonyms([whose]))
    sent = _send(whose, found.items, requests.told(one), office)
    tellings.settle(found, BY_RELAY if sent else BY_HAND)
    # From now on they see it themselves, wherever a clock is set.
    handover.tell_now(one.code)


@use_case(Permission.DISCLOSURE_TEND, everyone=True)
def see_told(actor: Actor, number: int) -> None:
    """Write down that a relay took what somebody is to be told; or that it did not in time: then it is by hand."""
    found, whose = tellings.on_its_way(number), tellings.owner(number)
    if found is None or whose is None:
        return
    code = db.session.get_one(DisclosureRequest, found.request_id).code
    note(request=code, way=tellings.arrived(found, whose, code))


@use_case(Permission.DISCLOSURE_TEND, everyone=True)
def forget(actor: Actor) -> None:
    """Leave nothing of what was released and is over, nor of whom old requests were about."""
    note(found=showings.forget_over() + requests.forget_old())


@use_case(Permission.DISCLOSURE_TEND, everyone=True)
def publish(actor: Actor, quarter: date, office: str, key: SigningKey) -> None:
    """Count what the desk did in a quarter, sign it and publish it."""
    made = figures.publish(quarter, office, key)
    note(quarter=made.quarter, key=made.key)


def _send(person_id: int, items: Sequence[str], about: Sheet, office: Named) -> bool:
    """Send it to the contact point a relay reaches that was verified last; return whether there is one."""
    words = wordings.told(items, about, disclosure.language_of(person_id), office)
    points = [one for one in contacts.verified(person_id) if one[1] in relay.channels()]
    for _id, channel, value in points[-1:]:
        outbox.put(To(person_id, channel, value, about["code"]), words, clock.now() + RELAY_TRIED_FOR)
    return bool(points)

"""What the protection officer's desk does: it alone looks for who is asked for, decides, and tells them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from kieubao import outbox, relay
from kieubao.access import accounts
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import handover
from kieubao.consent.models import Standing
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Invalid, _
from kieubao.ground.signatures import SigningKey
from kieubao.outbox import To
from kieubao.people import contacts, disclosure, releases
from kieubao.police import (
    complaints,
    decisions,
    deferrals,
    figures,
    limits,
    mandates,
    requests,
    showings,
    tellings,
    wordings,
)
from kieubao.police.decisions import Decided, Signer
from kieubao.police.models import DisclosureRequest
from kieubao.police.requests import Filed
from kieubao.police.tellings import BY_HAND, BY_RELAY
from kieubao.police.vocabulary import TOLD_WITHIN, Answer, Delay, End
from kieubao.visits import passes
from kieubao.visits.visitors import Named

Sheet = dict[str, Any]


@use_case(Permission.DISCLOSURE_DECIDE)
def enter(actor: Actor, unit: str, officer: str, head: str, asked: Mapping[str, Any]) -> Sheet:
    """Enter a request that came on paper, signed by an officer and the head of their unit."""
    mandate = mandates.held()
    filed = Filed(accounts.organisation(unit).id, actor.account_id, officer, head)
    if filed.unit_id == actor.organisation_id:
        raise Invalid(_("Nobody decides what their own organisation asks"), field="asking_unit")
    note(need=asked["need"])
    limits.refuse_beyond(filed.officer, filed.unit_id)
    made = requests.file(mandate, filed, asked)
    note(request=made.code, need=made.need, asked_for=len(asked["subjects"]), grounds=[*made.grounds])
    return requests.told(made) | requests.signed(made)


@use_case(Permission.DISCLOSURE_DECIDE, Shape.READ)
def queue(actor: Actor) -> Sheet:
    """Return what waits to be decided, what was settled lately, and whom somebody has to tell."""
    waits, over = requests.waiting(), requests.settled()
    to_tell = [tellings.sheet(one) | _named(actor, one.person_id) for one in tellings.by_hand()]
    note(found=len(waits) + len(to_tell))
    return {"waiting": waits, "settled": over, "to_tell": to_tell, "mandate": mandates.in_force()}


@use_case(Permission.DISCLOSURE_DECIDE, Shape.READ, finds=True)
def match(actor: Actor, code: str) -> Sheet:
    """Return a request and, while it waits to be decided, who within scope each of those asked for may be."""
    one = requests.any_of(code)
    sheet = _whole(actor, one)
    is_open = sheet["answer"] is Answer.WAITING and not (one.decided_at or one.ended)
    meant: list[Sheet] = []
    for subject in sheet["subjects"] if is_open else ():
        asked = (subject["name"], subject["born"], subject["home_unit"])
        subject["candidates"] = releases.candidates(actor.scope, *asked)
        meant += subject["candidates"]
    note(request=code, found=len(meant), subjects=[str(found.pop("subject")) for found in meant])
    return sheet | {"to_decide": is_open}


@use_case(Permission.DISCLOSURE_DECIDE, confirmed=True)
def decide(actor: Actor, code: str, decided: Sequence[Decided], deferral: tuple[Delay, str] | None) -> Sheet:
    """Decide on each who is asked for, and whether they are told later; it is released, ends, or waits for one more."""
    mandates.held()
    one = requests.any_of(code, lock=True)
    signer = Signer(actor.scope, actor.account_id, actor.organisation_id)
    waits = decisions.decide(one, signer, decided, deferred=deferral is not None)
    note(request=code, checks=[*one.checks], deferred=one.deferred, subjects=_subjects(one))
    if deferral:
        deferrals.propose(one, *deferral, actor.account_id)
    if not waits:
        decisions.conclude(one)
    return _whole(actor, one)


@use_case(Permission.DISCLOSURE_DECIDE, Shape.SEAL, confirmed=True)
def reply(actor: Actor, code: str) -> Sheet:
    """Return what a letter of reply is made of: of a request on paper, what was released, which counts as a showing."""
    one = requests.any_of(code)
    note(request=code)
    if one.by_desk and requests.answer(one) is Answer.OPEN:
        return showings.show(one, actor.account_id)
    return requests.told(one) | {"people": []}


@use_case(Permission.DISCLOSURE_DECIDE)
def renew(actor: Actor, code: str, why: str) -> Sheet:
    """Propose that those asked for are told 30 days later still."""
    one = requests.any_of(code, lock=True)
    before = deferrals.every(one)
    if not before:
        raise Invalid(_("Nobody put off telling them"), field="why")
    deferrals.propose(one, Delay(before[-1].reason), why, actor.account_id)
    note(request=code, renewal=len(before))
    return _whole(actor, one)


@use_case(Permission.DISCLOSURE_DECIDE)
def complain(actor: Actor, code: str, received_on: date, text: str) -> Sheet:
    """Write down what somebody who was asked for has against it."""
    one = requests.any_of(code, lock=True)
    complaints.file(one, received_on, text, actor.account_id)
    note(request=code)
    return _whole(actor, one)


@use_case(Permission.DISCLOSURE_DECIDE, Shape.READ)
def to_tell(actor: Actor, number: int) -> Sheet:
    """Return what somebody is to be told by a letter, and how to write to them."""
    found = tellings.one_by_hand(number)
    one = db.session.get_one(DisclosureRequest, found.request_id)
    whose = passes.whose([found.person_id])[found.person_id]
    record = disclosure.record(actor.scope, whose)
    note(request=one.code, subjects=_pseudonyms([whose]))
    to = {name: record[name] for name in ("name", "form_of_address", "preferred_language", "contact_points")}
    return requests.told(one) | tellings.sheet(found) | {"to": to, "person": record["code"]}


@use_case(Permission.DISCLOSURE_DECIDE)
def told_by_hand(actor: Actor, number: int, way: str) -> None:
    """Write down that somebody was told that they were asked for."""
    found = tellings.one_by_hand(number, lock=True)
    note(request=db.session.get_one(DisclosureRequest, found.request_id).code, way=way)
    tellings.told(found, way, actor.account_id)


@use_case(Permission.DISCLOSURE_TEND, everyone=True)
def fall_silent(actor: Actor, number: int) -> None:
    """Write down that nobody answered a request in time, which is a refusal."""
    one = requests.numbered(number)
    note(request=one.code)
    if requests.is_silent(one) and one.ended is None:
        decisions.drop(one, End.SILENCE)


@use_case(Permission.DISCLOSURE_TEND, everyone=True)
def tell(actor: Actor, number: int, office: Named) -> None:
    """Tell somebody that they were asked for, once, by every verified contact point a relay reaches; else it waits."""
    held = tellings.held(number)
    if held is None:
        return
    found, one = held
    whose = passes.whose([found.person_id])[found.person_id]
    note(request=one.code, deferred=one.deferred, subjects=_pseudonyms([whose]))
    sent = _send(whose, found.items, requests.told(one), office)
    tellings.told(found, BY_RELAY if sent else BY_HAND)
    note(way=found.way)
    # From now on they see it themselves, wherever a clock is set.
    handover.tell_now(one.code)


@use_case(Permission.DISCLOSURE_TEND, everyone=True)
def forget(actor: Actor) -> None:
    """Leave nothing of what was released and is over, nor of whom old requests were about."""
    note(found=showings.forget_over() + requests.forget_old())


@use_case(Permission.DISCLOSURE_TEND, everyone=True)
def publish(actor: Actor, quarter: date, office: str, key: SigningKey) -> None:
    """Count what the desk did in a quarter, sign it and publish it."""
    made = figures.publish(quarter, office, key)
    note(quarter=made.quarter, key=made.key)


def _whole(actor: Actor, one: DisclosureRequest) -> Sheet:
    """Return all there is of a request, for whoever decides on it."""
    people = disclosure.codes_by_id(actor.scope, [row.person_id for row in requests.subjects(one) if row.person_id])
    told = [{**row, "person": people.get(row.pop("person_id"))} for row in tellings.of(one)]
    return {
        **requests.told(one),
        **requests.signed(one),
        "subjects": decisions.told(one, people.get),
        "views": showings.views(one),
        "deferrals": deferrals.told(one),
        "tellings": told,
        "complaints": complaints.of(one),
    }


def _named(actor: Actor, person_id: int) -> Sheet:
    for person in disclosure.called(actor.scope, [*passes.whose([person_id]).values()]):
        return {"person": person.code, "name": person.name}
    return {"person": None, "name": None}


def _send(person_id: int, items: Sequence[str], about: Sheet, office: Named) -> bool:
    language = disclosure.language_of(person_id)
    words = wordings.told(items, about, language, office)
    points = [one for one in contacts.verified(person_id) if one[1] in relay.channels()]
    for _id, channel, value in points:
        outbox.put(To(person_id, channel, value), words, clock.now() + TOLD_WITHIN * 10)
    return bool(points)


def _subjects(one: DisclosureRequest) -> list[str]:
    return _pseudonyms([row.person_id for row in requests.subjects(one) if row.person_id])


def _pseudonyms(people: Sequence[int]) -> list[str]:
    """Return whom it is about: in the details, for who was asked for is told by a notice, and in its time."""
    return [str(one) for one in db.session.scalars(select(Standing.subject).where(Standing.person_id.in_(people)))]

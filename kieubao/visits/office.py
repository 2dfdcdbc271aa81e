"""What the office does for those who come by links: it gives them, tells messages, and does what was wished."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from kieubao import outbox, relay
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import hearing
from kieubao.consent.models import Standing
from kieubao.consent.rules import may_contact
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, NotFound, _
from kieubao.outbox import Message, To
from kieubao.people import disclosure, erasure, recognition
from kieubao.people.disclosure import Called
from kieubao.rights import requests
from kieubao.rights.requests import Asked
from kieubao.rights.vocabulary import Kind, Way
from kieubao.visits import passes, pleas, visitors, wishes, wordings
from kieubao.visits.models import Plea
from kieubao.visits.visitors import Named
from kieubao.visits.vocabulary import Handed, Outcome, Unplaced

Sheet = dict[str, Any]
# How long it is tried to tell somebody that they are left alone.
_HEARD = timedelta(days=30)
_TO = ("code", "name", "form_of_address", "preferred_language", "contact_points", "source")


@use_case(Permission.LINK_GIVE, opens=True)
def give_link(actor: Actor, code: str, handed: Handed, office: Named, site: str) -> Sheet:
    """Give somebody within scope a link of their own; those they did not use hold no more.

    Return what is written to them. By e-mail it goes by itself; raises Conflict where it cannot.
    """
    person = erasure.held(actor.scope, code)
    record = disclosure.record(actor.scope, person.id)
    if record["standing"]["deceased_on"]:
        raise Conflict(_("This person has died: their link would be somebody else's"))
    given = passes.give(person.id, handed, actor.account_id)
    address = f"{site}/p/{given.link}"
    if handed is Handed.EMAIL:
        told = {"link": address, "until": given.until}
        words = wordings.message("link", record["preferred_language"], office, **told)
        outbox.put(To(person.id, Channel.EMAIL, _mailbox(record), given.code), words, given.until)
        address = ""
    elif handed is Handed.COUNTER or any(one["channel"] == Channel.POST for one in _own_points(record)):
        # The paper says that data is held, from where, and what can be done about it; of mail nobody knows who read it.
        hearing.inform([person.id], clock.today())
    note(subject=person.subject, link=given.code, handed=handed)
    return {name: record[name] for name in _TO} | {"link": address, "secret": given.secret, "until": given.until}


@use_case(Permission.MESSAGE_TELL, Shape.READ)
def to_tell(actor: Actor) -> list[Sheet]:
    """Return to whom within scope there is something to tell that no relay sends, and by when; not what it is."""
    waits = outbox.by_hand()
    today = passes.whose({whose for _number, whose, *_rest in waits})
    people = {one.id: one for one in disclosure.called(actor.scope, {*today.values()})}
    found = [
        {"id": number, "channel": channel, "until": until, "person": person.code, "name": person.name}
        for number, whose, channel, until in waits
        if (person := people.get(today[whose]))
    ]
    note(found=len(found), subjects=[str(one.subject) for one in people.values()])
    return found


@use_case(Permission.MESSAGE_TELL, Shape.READ, opens=True)
def message(actor: Actor, message_id: int) -> Sheet:
    """Return a message, to be told: where, and word by word."""
    found, person = _to_tell(actor, message_id)
    note(subject=person.subject, channel=found.channel)
    names = ("id", "channel", "address", "text", "until")
    return {name: getattr(found, name) for name in names} | {"person": person.code, "name": person.name}


@use_case(Permission.MESSAGE_TELL)
def told(actor: Actor, message_id: int) -> None:
    """Write down that somebody was told a message."""
    found, person = _to_tell(actor, message_id, lock=True)
    note(subject=person.subject, channel=found.channel)
    _gone(found)


@use_case(Permission.PLEA_PLACE, everyone=True)
def look(actor: Actor, number: int, office: Named) -> None:
    """Look for whom somebody asked to be left alone: done where it can be but one, else it waits for a clerk."""
    plea = pleas.held(number=number)
    plea.looked_at = clock.now()
    told = pleas.told(plea)
    found = recognition.surely(told["name"], told.get("born"), told.get("contact"), told.get("person"))
    note(plea=plea.code, found=len(found))
    if len(found) == 1:
        _place(plea, found[0], None, office)


@use_case(Permission.PLEA_PLACE, Shape.READ)
def all_pleas(actor: Actor) -> list[Sheet]:
    """Return what was asked on the public page of whom it is not known; to who sees the whole province."""
    found = pleas.waiting() if actor.scope.provinces else []
    note(found=len(found))
    return found


@use_case(Permission.PLEA_PLACE)
def place(actor: Actor, code: str, person: str, office: Named) -> str:
    """Say whom somebody asked to be left alone: it is done, and filed as of the day it was asked. Return its code."""
    plea = _pleaded(actor, code)
    located = disclosure.locate(actor.scope, person)
    note(subject=located.subject, plea=code)
    return _place(plea, located.id, actor.account_id, office)


@use_case(Permission.PLEA_PLACE)
def drop_plea(actor: Actor, code: str, reason: Unplaced) -> None:
    """Settle a plea of which nobody on record can be meant, and say why."""
    pleas.end(_pleaded(actor, code), Outcome.DROPPED)
    note(plea=code, reason=reason)


@use_case(Permission.MESSAGE_SEND, Shape.SEAL, everyone=True)
def send(actor: Actor, message_id: int) -> bool:
    """Hand a message to its relay; return whether it took it. One that did not is tried again later."""
    writing()
    message = outbox.one(message_id)
    if message is None:
        return True
    if _is_unwanted(message):
        outbox.gone(message)
        note(subject=db.session.get_one(Standing, message.person_id).subject, channel=message.channel)
        return True
    # Put off before it is sent: whatever becomes of this, it does not go out again and again.
    outbox.put_off(message)
    whom, whose = (message.channel, message.address, message.title, message.text), message.person_id
    db.session.commit()
    fault = _fault(*whom)
    writing()
    note(subject=db.session.scalars(select(Standing.subject).where(Standing.person_id == whose)).one_or_none())
    note(channel=whom[0], fault=fault)
    message = outbox.one(message_id)
    if message and fault is None:
        _gone(message)
    return fault is None


@use_case(Permission.MESSAGE_SEND, everyone=True)
def fulfil(actor: Actor, wish_id: int) -> None:
    """Do what somebody wished about a contact point, once its time has come."""
    whose = wishes.owner(wish_id)
    if whose is None:
        return
    erasure.hold([whose])
    # Who merged or erased them has gone first.
    if wishes.owner(wish_id) == whose and wishes.fulfil(wish_id, whose):
        note(subject=db.session.scalars(select(Standing.subject).where(Standing.person_id == whose)).one())
        note(fields=["contact_points"])


def _is_unwanted(message: Message) -> bool:
    """Tell whether a reminder, which nobody asked for, is to somebody who has said no by now."""
    if message.about is None or not passes.is_reminder(message.about):
        return False
    may = may_contact(Purpose.REGISTRY, [Channel.EMAIL])
    return db.session.scalar(may.where(Standing.person_id == message.person_id)) is None


def _pleaded(actor: Actor, code: str) -> Plea:
    if not actor.scope.provinces:
        raise NotFound(_("There is no such request, or it is settled"))
    return pleas.held(code=code)


def _place(plea: Plea, person_id: int, by: int | None, office: Named) -> str:
    """File a plea as its person's request; whoever can surely be reached is told."""
    erasure.hold([person_id])
    told = pleas.told(plea)
    asked = Asked(Kind(plea.kind), Way.WEB, plea.asked_at.astimezone(clock.HANOI).date(), None, told.get("asked_by"))
    subject = db.session.scalars(select(Standing.subject).where(Standing.person_id == person_id)).one()
    note(subject=subject, kind=plea.kind)
    pleas.end(plea, Outcome.PLACED)
    if already := requests.done_already(person_id, asked.kind):
        return already
    filed = requests.file(person_id, asked, by)
    note(request=filed.code)
    words = wordings.message("stopped", disclosure.language_of(person_id), office, request=filed.code)
    visitors.tell(person_id, words, _HEARD)
    return filed.code


def _own_points(record: Sheet) -> list[Sheet]:
    """Return the contact points of a record that are the person's own, and in use."""
    return [one for one in record["contact_points"] if one["owner"] == "self" and one["retired_at"] is None]


def _mailbox(record: Sheet) -> str:
    """Return to where somebody is sent a link: their own address, the one that was verified last."""
    if Channel.EMAIL not in relay.channels():
        raise Conflict(_("This office sends no mail by itself: print the link, or give it at the counter"))
    own = [one for one in _own_points(record) if one["channel"] == Channel.EMAIL]
    if not own:
        raise Conflict(_("No e-mail address of their own is recorded"))
    return str(max(own, key=lambda one: (one["verified_on"] is not None, one["verified_on"] or "", one["id"]))["value"])


def _to_tell(actor: Actor, message_id: int, *, lock: bool = False) -> tuple[Message, Called]:
    """Return a message that somebody has to tell, and to whom it is. Raises NotFound."""
    found = outbox.one(message_id) if lock else db.session.get(Message, message_id)
    if found and found.channel not in relay.channels() and found.until > clock.now():
        for person in disclosure.called(actor.scope, {*passes.whose([found.person_id]).values()}):
            return found, person
    raise NotFound(_("There is no such message: it was told, or its time is over"))


def _gone(message: Message) -> None:
    """Remove what was told; a change of how somebody is reached waits from then on."""
    if message.about:
        wishes.begin(message.about)
    outbox.gone(message)


def _fault(channel: str, address: str, title: str, text: str) -> str | None:
    try:
        relay.send(channel, address, title, text)
    except relay.Undelivered as error:
        return str(error)
    return None

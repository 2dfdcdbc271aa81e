"""What clerks do with registrations: look, enrol whoever is new, or say who they are already, or refuse."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import ledger, notices
from kieubao.consent.ledger import Word
from kieubao.consent.vocabulary import Channel, Method, Purpose, State
from kieubao.ground import clock
from kieubao.ground.errors import Alike, _
from kieubao.people import disclosure, doubles, pairs, registry
from kieubao.people.doubles import Candidate
from kieubao.people.records import Record, refuse_elsewhere
from kieubao.registrations import arrived
from kieubao.registrations.models import Registration
from kieubao.registrations.vocabulary import Outcome, Unfit

Sheet = dict[str, Any]
# Reads what was sent as a form would: the same that the page and a clerk's own entry go by.
Read = Callable[[Mapping[str, Any]], Record]


@use_case(Permission.REGISTRATION_DECIDE, Shape.READ)
def waiting(actor: Actor) -> list[Sheet]:
    """Return the registrations of homes within scope that wait, the first sent first."""
    found = [_sheet(one) for one in arrived.waiting(actor.scope)]
    note(found=len(found))
    return [{name: one[name] for name in ("code", "registrant", "sent_at", "name")} for one in found]


@use_case(Permission.REGISTRATION_DECIDE, Shape.READ)
def one(actor: Actor, code: str, read: Read) -> Sheet:
    """Return a registration, and who on record within scope may be meant by it, the likeliest first."""
    sent = arrived.located(actor.scope, code)
    alike = doubles.on_record(read(arrived.told(sent)), actor.scope, actor.office)
    note(registration=code)
    return _sheet(sent) | {"alike": _cards(alike)}


@use_case(Permission.REGISTRATION_DECIDE)
def enrol(actor: Actor, code: str, read: Read, distinct_from: frozenset[str], *, verified: bool) -> Sheet:
    """Record whoever registered.

    `verified`: the clerk has spoken to them by what they wrote: only then what they agreed to counts, and how they
    are reached is verified. Raises Alike where people on record may be who is meant and were not told apart.
    """
    sent = arrived.located(actor.scope, code, lock=True)
    told = arrived.told(sent)
    record = read(told)
    refuse_elsewhere(actor.scope, record.values, actor.office)
    alike = doubles.on_record(record, actor.scope, actor.office)
    meant = [one for one in alike if one.code not in distinct_from]
    if meant:
        raise Alike(_("They may be on record already: look at who is like them"), people=_cards(meant))
    today = clock.today()
    if verified:
        record = replace(record, contacts=tuple(replace(one, verified_on=today) for one in record.contacts))
    (made,) = registry.enrol([record], actor.office, actor.id)
    pairs.keep_apart(made.id, alike, actor.id)
    if verified:
        ledger.record(_words(made.id, told, sent.code, sent.sent_at), actor.id)
    arrived.decide(sent, Outcome.ENROLLED, actor.account_id, made.id)
    note(subject=made.subject, registration=code, fields=sorted(name for name, value in record.values.items() if value))
    return disclosure.record(actor.scope, made.id)


@use_case(Permission.REGISTRATION_DECIDE)
def know(actor: Actor, code: str, person: str) -> None:
    """Say that whoever registered is on record already: of what they sent nothing is taken over by itself."""
    sent = arrived.located(actor.scope, code, lock=True)
    known = disclosure.locate(actor.scope, person)
    arrived.decide(sent, Outcome.KNOWN, actor.account_id, known.id)
    note(subject=known.subject, registration=code)


@use_case(Permission.REGISTRATION_DECIDE)
def refuse(actor: Actor, code: str, reason: Unfit) -> None:
    """Take nobody in, and say why."""
    sent = arrived.located(actor.scope, code, lock=True)
    arrived.decide(sent, Outcome.REFUSED, actor.account_id)
    note(registration=code, reason=reason)


def _sheet(sent: Registration) -> Sheet:
    return {name: getattr(sent, name) for name in ("code", "registrant", "sent_at")} | arrived.told(sent)


def _cards(alike: list[Candidate]) -> list[Sheet]:
    cards = disclosure.cards([one.id for one in alike])
    note(found=len(cards), subjects=[str(subject) for subject, _card in cards])
    return [{**card, "reasons": one.reasons} for (_subject, card), one in zip(cards, alike, strict=True)]


def _words(person_id: int, told: Mapping[str, Any], code: str, at: datetime) -> list[Word]:
    """Return what they agreed to, each purpose by the notice that stood on the page."""
    shown = told.get("notices", {})
    return [
        Word(
            person_id,
            Purpose(purpose),
            Channel(channel),
            State.GIVEN,
            Method.WEB,
            signed_at=at,
            evidence=code,
            notice_id=notices.shown(shown[purpose], [Purpose(purpose)], at.astimezone(clock.HANOI).date()),
        )
        for purpose in told.get("purposes", ())
        for channel in told.get("channels", ())
    ]

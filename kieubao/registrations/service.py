"""What clerks do with registrations: look, enrol whoever is new, or say who they are already, or refuse."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import ledger, notices
from kieubao.consent.ledger import Word
from kieubao.consent.vocabulary import Channel, Method, Purpose, State
from kieubao.ground import clock
from kieubao.ground.errors import Alike, Invalid, _
from kieubao.people import disclosure, doubles, pairs, registry
from kieubao.people.doubles import Candidate
from kieubao.people.records import BY_CONSENT, Record, refuse_elsewhere
from kieubao.registrations import arrived
from kieubao.registrations.models import Registration
from kieubao.registrations.vocabulary import Outcome, Registrant, Unfit

Sheet = dict[str, Any]
# Reads what was sent as a form would: the same that the page and a clerk's own entry go by.
Read = Callable[[Mapping[str, Any]], Record]


@use_case(Permission.REGISTRATION_DECIDE, Shape.READ)
def waiting(actor: Actor) -> list[Sheet]:
    """Return the registrations of homes within scope that wait, the first sent first."""
    found = [_sheet(one) for one in arrived.waiting(actor.scope)]
    note(found=len(found))
    names = ("code", "registrant", "sent_at", "name")
    return [{name: one[name] for name in names} | {"machine": "machine" in one} for one in found]


@use_case(Permission.REGISTRATION_DECIDE, Shape.READ)
def one(actor: Actor, code: str, read: Read) -> Sheet:
    """Return a registration, and who on record within scope may be meant by it, the likeliest first."""
    sent = arrived.located(actor.scope, code)
    alike = doubles.on_record(read(arrived.told(sent)), actor.scope, actor.office)
    note(registration=code)
    return _sheet(sent) | {"alike": _cards(alike)}


@use_case(Permission.REGISTRATION_DECIDE)
def enrol(actor: Actor, code: str, read: Read, distinct_from: frozenset[str], *, spoken: Collection[str]) -> Sheet:
    """Record whoever registered.

    `spoken`: by which of the ways they wrote the clerk has spoken to them. Only those are verified, and only then what
    they agreed to counts. Raises Alike where people on record may be who is meant and were not told apart, and Invalid
    where the record would rest on a consent that nobody heard.
    """
    sent = arrived.located(actor.scope, code, lock=True)
    told = arrived.told(sent)
    record = read(told)
    refuse_elsewhere(actor.scope, record.values, actor.office)
    agreed = bool(spoken and told.get("purposes")) and sent.registrant != Registrant.FAMILY
    agreed = agreed and not arrived.is_minor(record.values.get("born"))
    if record.values["legal_basis"] == BY_CONSENT and not agreed:
        sentence = _("Nobody has heard them agree: speak to them first, or choose another ground")
        raise Invalid(sentence, field="legal_basis")
    alike = doubles.on_record(record, actor.scope, actor.office)
    meant = [one for one in alike if one.code not in distinct_from]
    if meant:
        raise Alike(_("They may be on record already: look at who is like them"), people=_cards(meant))
    today = clock.today()
    sure = {Channel(one) for one in spoken}
    points = (replace(one, verified_on=today if one.channel in sure else None) for one in record.contacts)
    record = replace(record, contacts=tuple(points))
    (made,) = registry.enrol([record], actor.office, actor.id)
    pairs.keep_apart(made.id, alike, actor.id)
    if agreed:
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

"""Somebody new: who on record may be meant, and the record, with their relatives and what they said, all or nothing."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import ledger
from kieubao.consent.statements import Spoken, heard
from kieubao.ground import errors, kinship
from kieubao.ground.errors import Invalid, NotFound, _
from kieubao.people import bonds, disclosure, doubles, erasure, pairs, registry
from kieubao.people.disclosure import Located, Sheet
from kieubao.people.doubles import Candidate
from kieubao.people.records import Kin, Record, refuse_elsewhere

# So many are shown of those who are like somebody that is being entered.
_MOST_ALIKE = 5


@use_case(Permission.PERSON_WRITE, Shape.READ, finds=True)
def alike(actor: Actor, record: Record) -> list[Sheet]:
    """Return who within scope may be somebody that is being entered, the likeliest first; last who was told apart."""
    found = doubles.on_record(record, actor.scope, actor.office)
    return _cards(sorted(found, key=lambda one: one.code in record.distinct_from)[:_MOST_ALIKE])


@use_case(Permission.PERSON_WRITE, finds=True)
def enrol(actor: Actor, record: Record, *, kin: Sequence[Kin] = (), said: Spoken | None = None) -> Sheet:
    """Record a new person, and with them their relatives and what they said about contact.

    Raises Alike where people within scope may be who is meant, unless it is said of each of them that they are not;
    that is remembered.
    """
    if said:
        actor.require(Permission.CONSENT_RECORD)
    known = _on_record(actor, kin)
    _refuse_elsewhere(actor, record, kin)
    records = [record, *(one.record for one in kin if one.record)]
    like = [doubles.on_record(one, actor.scope, actor.office) for one in records]
    _refuse_alike([one for some in like for one in some], record.distinct_from)
    made, *new = registry.enrol(records, actor.office, actor.id)
    for person, some in zip((made, *new), like, strict=True):
        pairs.keep_apart(person.id, some, actor.id)
    fresh = iter(new)
    relatives = [known[one.code] if one.code else next(fresh) for one in kin]
    ties = zip(relatives, (one.term for one in kin), strict=True)
    bonds.tie((made.id, other.id, term, kinship.inverse(term)) for other, term in ties)
    if kin:
        registry.revise_all([made.id, *(one.id for one in relatives)], actor.id)
    own: dict[str, Any] = {"fields": sorted(name for name, value in record.values.items() if value)}
    if said:
        with _of("said"):
            ledger.record(heard(made.id, said), actor.id)
        own |= {"state": said.state, "purposes": sorted(said.purposes)}
    note(subject=made.subject, also=[one.subject for one in relatives], own=own, fields=["kinships"])
    return disclosure.record(actor.scope, made.id)


def _refuse_elsewhere(actor: Actor, record: Record, kin: Sequence[Kin]) -> None:
    refuse_elsewhere(actor.scope, record.values, actor.office)
    for place, one in enumerate(kin):
        with _of(f"relatives.{place}"):
            if one.record:
                refuse_elsewhere(actor.scope, one.record.values, actor.office)


def _refuse_alike(alike: Sequence[Candidate], distinct_from: Collection[str]) -> None:
    """Raise Alike with who may be meant and was not said to be another; the trail says whose cards were shown."""
    meant = {one.id: one for one in alike if one.code not in distinct_from}
    if not meant:
        return
    people = _cards([*meant.values()])
    raise errors.Alike(_("They may be on record already: look at who is like them"), people=people)


def _on_record(actor: Actor, kin: Sequence[Kin]) -> dict[str, Located]:
    """Return the relatives who are on record, held, by code; raise Invalid for one who is not, or stands twice."""
    found: dict[str, Located] = {}
    for place, one in enumerate(kin):
        with _of(f"relatives.{place}"):
            if one.code in found:
                raise Invalid(_("The same relative stands there twice"), field="relative")
            if one.code:
                found[one.code] = _relative(actor, one.code, found.values())
    erasure.hold([one.id for one in found.values()])
    return found


def _relative(actor: Actor, code: str, others: Collection[Located]) -> Located:
    try:
        person = disclosure.locate(actor.scope, code)
    except NotFound as error:
        raise Invalid(error.message, field="relative") from error
    if person.id in {one.id for one in others}:
        raise Invalid(_("The same relative stands there twice"), field="relative")
    return person


@contextmanager
def _of(part: str) -> Iterator[None]:
    """Tell of what is wrong by its path within a form of several parts."""
    try:
        yield
    except Invalid as error:
        raise Invalid(error.message, field=f"{part}.{error.field}", **error.values) from error


def _cards(alike: Sequence[Candidate]) -> list[Sheet]:
    cards = disclosure.cards([one.id for one in alike])
    note(found=len(cards), subjects=[str(subject) for subject, _card in cards])
    return [{**card, "reasons": one.reasons} for (_subject, card), one in zip(cards, alike, strict=True)]

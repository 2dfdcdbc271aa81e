"""What clerks, approvers and the protection officer do with people."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from kieubao.access import trail
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, only_showed, use_case
from kieubao.consent import handover, ledger
from kieubao.consent.statements import Spoken, heard
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import keyring, writing
from kieubao.ground import clock, errors, kinship
from kieubao.ground.errors import Invalid, NotFound, _
from kieubao.ground.names import Order
from kieubao.ground.text import fold
from kieubao.people import bonds, contacts, disclosure, doubles, erasure, pairs, readers, registry
from kieubao.people.disclosure import Located, Sheet
from kieubao.people.doubles import Candidate
from kieubao.people.records import Contact, Kin, Record, refuse_elsewhere
from kieubao.people.search import Cursor, find

# So many are shown of those who are like somebody that is being entered.
_MOST_ALIKE = 5


@use_case(Permission.PERSON_SEARCH, Shape.READ, finds=True)
def search(  # noqa: PLR0913 - as `find`
    actor: Actor,
    *,
    text: str | None,
    wanted: Mapping[str, Any],
    after: Cursor | None = None,
    size: int = 20,
    order: Order = "given",
) -> Sheet:
    """Return a page of cards, how many have the words, how many more come near, and where the next page begins."""
    found = find(text, wanted, actor.scope, after=after, size=size, order=order)
    cards = disclosure.cards(found.ids, found.close)
    terms = keyring().fingerprint("search", fold(text)) if text else None
    note(found=len(cards), terms=terms, filters=sorted(wanted), subjects=[str(subject) for subject, _card in cards])
    return {
        "people": [card for _subject, card in cards],
        "count": found.count,
        "exact": found.exact,
        "near": found.near,
        "more": found.more,
    }


@use_case(Permission.PERSON_READ, Shape.READ, opens=True)
def read(actor: Actor, code: str) -> Sheet:
    """Return the whole record of one person."""
    return _opened(actor, code)


@use_case(Permission.PERSON_INSPECT, Shape.READ, opens=True)
def inspect(actor: Actor, code: str, *, reason: str) -> Sheet:
    """Return one record to the protection officer, who says why."""
    note(purpose=reason)
    return _opened(actor, code)


@use_case(Permission.PERSON_INSPECT, Shape.READ)
def trace(actor: Actor, code: str, *, reason: str) -> Sheet:
    """Return who has had a record before them, when and for what, to be told to the person."""
    person = disclosure.locate(actor.scope, code)
    told = readers.readings(person)
    note(subject=person.subject, purpose=reason, found=len(told))
    return {"code": code, "readings": [one._asdict() for one in told], "complete": len(told) < readers.MOST}


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
    refuse_elsewhere(actor.scope, record.values, actor.office)
    records = [record]
    for place, one in enumerate(kin):
        with _of(f"relatives.{place}"):
            records += [one.record] if one.record else []
            refuse_elsewhere(actor.scope, records[-1].values, actor.office)
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
        _revise_all([made.id, *(one.id for one in relatives)], actor.id)
    own: dict[str, Any] = {"fields": sorted(name for name, value in record.values.items() if value)}
    if said:
        with _of("said"):
            ledger.record(heard(made.id, said), actor.id)
        own |= {"state": said.state, "purposes": sorted(said.purposes)}
    note(subject=made.subject, also=[one.subject for one in relatives], own=own, fields=["kinships"])
    return disclosure.record(actor.scope, made.id)


@use_case(Permission.PERSON_WRITE, opens=True)
def amend(actor: Actor, code: str, *, version: int, changes: Mapping[str, Any]) -> Sheet:
    """Change a record that is still at this version."""
    person = disclosure.locate(actor.scope, code)
    # Before anything is refused: who was slower is shown what stands.
    note(subject=person.subject)
    if "home_code" in changes:
        refuse_elsewhere(actor.scope, changes, actor.office)
    changed = registry.amend(person.id, version, changes, actor.office, actor.id)
    note(fields=changed)
    if not changed:
        only_showed("people.read")
    return disclosure.record(actor.scope, person.id)


@use_case(Permission.PERSON_WRITE, opens=True)
def add_contact(actor: Actor, code: str, contact: Contact) -> Sheet:
    person = disclosure.locate(actor.scope, code)
    contacts.refuse_doubled(person.id, contact)
    contacts.add([(person.id, contact)])
    registry.revise(person.id, actor.id)
    note(subject=person.subject, fields=["contact_points"], channel=contact.channel)
    return disclosure.record(actor.scope, person.id)


@use_case(Permission.PERSON_WRITE, opens=True)
def retire_contact(actor: Actor, code: str, contact_id: int) -> Sheet:
    person = disclosure.locate(actor.scope, code)
    contacts.retire(person.id, contact_id)
    registry.revise(person.id, actor.id)
    note(subject=person.subject, fields=["contact_points"], retired=contact_id)
    return disclosure.record(actor.scope, person.id)


@use_case(Permission.PERSON_WRITE, opens=True)
def tie(actor: Actor, code: str, *, relative: str, term: str) -> Sheet:
    """Record that `relative` is the `term` of this person, and so the other way round."""
    person, other = disclosure.locate(actor.scope, code), disclosure.locate(actor.scope, relative)
    bonds.tie([(person.id, other.id, term, kinship.inverse(term))])
    _revise_all([person.id, other.id], actor.id)
    note(subject=person.subject, fields=["kinships"], also=[other.subject])
    return disclosure.record(actor.scope, person.id)


@use_case(Permission.PERSON_WRITE, opens=True)
def untie(actor: Actor, code: str, relative: str) -> Sheet:
    person, other = disclosure.locate(actor.scope, code), disclosure.locate(actor.scope, relative)
    bonds.untie(person.id, other.id)
    _revise_all([person.id, other.id], actor.id)
    note(subject=person.subject, fields=["kinships"], also=[other.subject])
    return disclosure.record(actor.scope, person.id)


@use_case(Permission.CONSENT_RECORD)
def record_consent(actor: Actor, code: str, spoken: Spoken) -> Sheet:
    """Write down what a person said; return who holds their data already, to be told where it is a no."""
    person = erasure.held(actor.scope, code)
    words = heard(person.id, spoken)
    ledger.record(words, actor.id)
    note(subject=person.subject, state=spoken.state, lines=len(words), purposes=sorted(spoken.purposes))
    return _held(actor, person.id)


@use_case(Permission.CONSENT_RECORD)
def withdraw_all(actor: Actor, code: str, spoken: Spoken) -> Sheet:
    """Write a no on every purpose and channel; return who holds their data already."""
    person = erasure.held(actor.scope, code)
    everything = Spoken(list(Purpose), list(Channel), State.WITHDRAWN, spoken.signed_on, spoken.said)
    ledger.record(heard(person.id, everything), actor.id)
    note(subject=person.subject, state=State.WITHDRAWN, lines=len(Purpose) * len(Channel))
    return _held(actor, person.id)


@use_case(Permission.CONSENT_RECORD)
def restand(actor: Actor, /, code: str, **said: Any) -> Sheet:
    """Record what was said: `deceased_on`, the day a person died (None takes it back), `restricted`, yes or no.

    Return who holds their data already.
    """
    person = erasure.held(actor.scope, code)
    if not said:
        raise Invalid(_("Say what changed: a day of death, or whether contact is restricted"))
    stands, changes = disclosure.record(actor.scope, person.id)["standing"], dict[str, Any]()
    if "deceased_on" in said and said["deceased_on"] != stands["deceased_on"]:
        changes["deceased_on"] = said["deceased_on"]
    if "restricted" in said and said["restricted"] != bool(stands["restricted_at"]):
        changes["restricted_at"] = clock.now() if said["restricted"] else None
    note(subject=person.subject, fields=sorted(changes))
    if changes:
        ledger.restand(person.id, **changes)
    else:
        only_showed("people.consents")
    return _held(actor, person.id)


@use_case(Permission.PERSON_READ, Shape.READ, opens=True)
def consents(actor: Actor, code: str) -> Sheet:
    """Return what a person has said, line by line, how it stands now, and who holds their data."""
    person = disclosure.locate(actor.scope, code)
    note(subject=person.subject)
    return _said(actor, person.id)


@use_case(Permission.INDEX_REBUILD, Shape.READ, everyone=True)
def outdated(actor: Actor) -> int:
    """Return how many people are found by older rules than today's."""
    count = registry.outdated()
    note(found=count)
    return count


@use_case(Permission.INDEX_REBUILD, everyone=True)
def reindex(actor: Actor, after: int = 0) -> tuple[int | None, int]:
    """Make anew what the next people are found by; return the last of them, None at the end, and how many they were."""
    last, done = registry.rekey(after)
    note(found=done)
    return last, done


@use_case(Permission.ERASURE_SCRUB, Shape.SEAL, everyone=True)
def scrub(actor: Actor) -> int:
    """Leave no byte of who was erased since the last time in the database's files; return how many records they had.

    Everybody else waits meanwhile. Raises Conflict where somebody looks at the old rows for too long, and on
    PostgreSQL for anyone but the owner of the tables.
    """
    last = trail.latest("people.scrub")
    count = erasure.unscrubbed(last.at if last else None)
    if count:
        erasure.scrub()
    writing()
    note(found=count)
    return count


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


def _revise_all(people: Iterable[int], by: int | None) -> None:
    """Revise in one order, whoever asks, so that two who tie the same people do not wait for each other."""
    for person_id in sorted(people):
        registry.revise(person_id, by)


def _opened(actor: Actor, code: str) -> Sheet:
    person = disclosure.locate(actor.scope, code)
    note(subject=person.subject)
    return disclosure.record(actor.scope, person.id)


def _said(actor: Actor, person_id: int) -> Sheet:
    sheet = disclosure.record(actor.scope, person_id)
    return {
        "name": sheet["name"],
        "standing": sheet["standing"],
        "now": sheet["consents"],
        "lines": ledger.lines(person_id),
        **_holders(sheet["code"], person_id),
    }


def _held(actor: Actor, person_id: int) -> Sheet:
    """Return who holds somebody's data; whoever was erased while this was written is not there any more."""
    return _holders(disclosure.record(actor.scope, person_id)["code"], person_id)


def _holders(code: str, person_id: int) -> Sheet:
    return {"code": code, "held_by": [one._asdict() for one in handover.holders(person_id)]}

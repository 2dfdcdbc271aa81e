"""What clerks, approvers and the protection officer do with people."""

from collections.abc import Mapping
from typing import Any

from kieubao.access import trail
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, only_showed, use_case
from kieubao.consent import handover, ledger
from kieubao.consent.statements import Spoken, heard
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import keyring, writing
from kieubao.ground import clock, kinship
from kieubao.ground.errors import Invalid, _
from kieubao.ground.names import Order
from kieubao.ground.text import fold
from kieubao.people import bonds, census, contacts, disclosure, erasure, history, readers, registry
from kieubao.people.disclosure import Sheet
from kieubao.people.records import Contact, refuse_elsewhere
from kieubao.people.search import Cursor, find


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


@use_case(Permission.PERSON_SEARCH, Shape.READ)
def figures(actor: Actor) -> Sheet:
    """Return how many people there are within scope, as they were counted last."""
    return census.pictures(actor.scope)


@use_case(Permission.CENSUS_TAKE, Shape.SEAL, everyone=True)
def count(actor: Actor) -> None:
    """Count everybody anew for the figures; whoever writes meanwhile does not wait for it."""
    rows = census.counted()
    writing()
    census.keep(rows)
    note(rows=len(rows))


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
    registry.revise_all([person.id, other.id], actor.id)
    note(subject=person.subject, fields=["kinships"], also=[other.subject])
    return disclosure.record(actor.scope, person.id)


@use_case(Permission.PERSON_WRITE, opens=True)
def untie(actor: Actor, code: str, relative: str) -> Sheet:
    person, other = disclosure.locate(actor.scope, code), disclosure.locate(actor.scope, relative)
    bonds.untie(person.id, other.id)
    registry.revise_all([person.id, other.id], actor.id)
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


@use_case(Permission.PERSON_READ, Shape.READ, opens=True)
def timeline(actor: Actor, code: str) -> Sheet:
    """Return what became of a record, change by change, the latest first."""
    person = disclosure.locate(actor.scope, code)
    note(subject=person.subject)
    name = disclosure.parts(actor.scope, [person.id], ("code", "name"))[person.id]
    return {**name, "events": history.timeline(actor.scope, person.id)}


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

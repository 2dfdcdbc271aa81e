"""What somebody on record does for themselves, once it is shown that it is they."""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any, Final

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import handover, hearing, ledger, notices
from kieubao.consent.ledger import Word
from kieubao.consent.rules import records_of
from kieubao.consent.vocabulary import YES, Channel, Method, Purpose, State
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, _
from kieubao.occasions import giving, turnout
from kieubao.people import disclosure, readers
from kieubao.people.disclosure import Located
from kieubao.people.records import Contact
from kieubao.rights import proofs, receipts, requests
from kieubao.rights.proofs import Office, is_over
from kieubao.rights.requests import Asked
from kieubao.rights.vocabulary import AT_ONCE, Kind, Way
from kieubao.visits import visitors, wishes, wordings
from kieubao.visits.models import ContactWish
from kieubao.visits.passes import Come
from kieubao.visits.visitors import Named
from kieubao.worktime import calendar

Sheet = dict[str, Any]
MOST_OPEN: Final = 10
# What is told of somebody and is of others: who spoke for them, who wrote it down, and an official's note.
_OTHERS: Final = frozenset({"account", "spoken_by", "given_by", "note"})
# How long it is tried to tell of a change, which is not made before.
_HEARD: Final = timedelta(days=30)


@use_case(Permission.VISIT_READ, Shape.READ)
def mine(actor: Actor) -> Sheet:
    """Return all that is recorded of oneself."""
    come = visitors.proved(actor)
    return _own(actor, come)


@use_case(Permission.VISIT_CHANGE)
def confirm(actor: Actor) -> None:
    """Say that what is recorded of oneself still holds."""
    hearing.hear([visitors.held_proved(actor).person_id], clock.today())


@use_case(Permission.VISIT_READ, Shape.READ)
def trace(actor: Actor) -> Sheet:
    """Return who has had one's record before them, when and for what; and who holds it now."""
    come = visitors.proved(actor)
    told = readers.readings(Located(come.person_id, come.subject, 0))
    note(found=len(told))
    held = [one._asdict() for one in handover.holders(come.person_id)]
    return {"readings": [one._asdict() for one in told], "complete": len(told) < readers.MOST, "held_by": held}


@use_case(Permission.VISIT_READ, Shape.READ)
def asked(actor: Actor) -> list[Sheet]:
    """Return what one asked of the office, with the clocks."""
    come = visitors.proved(actor)
    return _asked(actor, come)


@use_case(Permission.VISIT_CHANGE)
def ask(actor: Actor, kind: Kind, wish: str | None) -> str:
    """Ask something of the office; return the request's code. Raises Conflict where enough of them are open."""
    come = visitors.held_proved(actor)
    filed = [one for one in _asked(actor, come) if not one["ended_on"]]
    if kind in {one["kind"] for one in filed if kind not in AT_ONCE and kind is not Kind.CORRECT}:
        raise Conflict(_("You have asked for this already: it is under way"))
    if len(filed) >= MOST_OPEN and kind not in AT_ONCE:
        raise Conflict(_("So much of what you asked is under way that no more can be taken up: wait for an answer"))
    return visitors.file(come, Asked(kind, Way.LINK, clock.today(), wish))


@use_case(Permission.VISIT_READ, Shape.READ)
def consents(actor: Actor, purpose: Purpose | None = None) -> Sheet:
    """Return how one's consent stands, and of one purpose the notice by which it is asked."""
    come = visitors.proved(actor)
    note(purpose=purpose)
    sheet = disclosure.own(actor.scope, come.person_id)
    told = notices.asking(purpose) if purpose else None
    said = [{**one, "holds": _holds(one)} for one in sheet["consents"]]
    return {"consents": said, "standing": sheet["standing"], "purpose": purpose, "notice": told}


@use_case(Permission.VISIT_CHANGE)
def decide(actor: Actor, purpose: Purpose, channels: Collection[Channel], notice: str | None) -> None:
    """Say yes for a purpose by these channels, and no by those one agreed to before; by none, no to all of them.

    `notice`: the one that was shown. Raises Conflict where there is another by now, or for who is under 16.
    """
    come = visitors.held_proved(actor)
    stands = {
        one["channel"]: one
        for one in disclosure.own(actor.scope, come.person_id)["consents"]
        if one["purpose"] == purpose
    }
    said = {channel: state for channel in Channel if (state := _said(stands.get(channel), channels, channel))}
    if State.GIVEN in said.values():
        _refuse_unasked(actor, come, purpose, notice)
    notice_id = notices.shown(notice, [purpose], clock.today()) if notice and State.GIVEN in said.values() else None
    words = [
        Word(
            come.person_id,
            purpose,
            channel,
            state,
            Method.WEB,
            signed_at=clock.now(),
            evidence=come.link.code,
            notice_id=notice_id if state in YES else None,
        )
        for channel, state in said.items()
    ]
    ledger.record(words, None)
    note(purpose=purpose, lines=len(said))


@use_case(Permission.VISIT_READ, Shape.READ)
def reached(actor: Actor) -> Sheet:
    """Return how one is reached, and what waits to be changed."""
    come = visitors.proved(actor)
    points = _own(actor, come)["contact_points"]
    return {"contact_points": points, "wishes": wishes.waiting(come.person_id)}


@use_case(Permission.VISIT_CHANGE)
def add_contact(actor: Actor, contact: Contact, office: Named, site: str) -> None:
    """Have a contact point added after two days; the verified ones are told."""
    come = visitors.held_proved(actor)
    _tell_of(come, wishes.add(come.person_id, contact), office, site)


@use_case(Permission.VISIT_CHANGE)
def retire_contact(actor: Actor, contact_id: int, office: Named, site: str) -> None:
    """Have a contact point used no more after two days; the verified ones are told."""
    come = visitors.held_proved(actor)
    _tell_of(come, wishes.retire(come.person_id, contact_id), office, site)


@use_case(Permission.VISIT_CHANGE)
def take_back(actor: Actor, code: str) -> None:
    """Take back what one wished about a contact point, before it is done."""
    come = visitors.held_proved(actor)
    note(wish=wishes.cancel(come.person_id, code).code)


@use_case(Permission.VISIT_READ, Shape.READ)
def papers(actor: Actor) -> list[Sheet]:
    """Return which receipts one was given."""
    come = visitors.proved(actor)
    return receipts.of(come.person_id)


@use_case(Permission.VISIT_CHANGE)
def take_receipt(actor: Actor, office: Office) -> Sheet:
    """Take a receipt of all one said."""
    come = visitors.held_proved(actor)
    told = proofs.give(office, come.person_id, _own(actor, come), None)
    note(receipt=told["code"])
    return told


@use_case(Permission.VISIT_READ, Shape.READ)
def take(actor: Actor) -> Sheet:
    """Return all the office has of one, to be taken along: the record, every word, who read it, what was asked."""
    come = visitors.proved(actor)
    told, records = readers.readings(Located(come.person_id, come.subject, 0)), records_of(come.person_id)
    return {
        "record": _own(actor, come),
        "said": _theirs(ledger.lines(come.person_id)),
        "answers": _theirs(turnout.history(records)),
        "contributions": _theirs([sheet for _whose, sheet in giving.of(records)]),
        "readings": [one._asdict() for one in told],
        "held_by": [one._asdict() for one in handover.holders(come.person_id)],
        "requests": _asked(actor, come),
        "receipts": receipts.of(come.person_id),
    }


def _theirs(sheets: Iterable[Sheet]) -> list[Sheet]:
    """Return what is told of somebody without what is of others."""
    return [{name: value for name, value in one.items() if name not in _OTHERS} for one in sheets]


def _own(actor: Actor, come: Come) -> Sheet:
    """Return one's record; of a contact point that is somebody else's, no more than it is known by."""
    sheet = disclosure.own(actor.scope, come.person_id)
    for point in sheet["contact_points"]:
        if point["owner"] != "self":
            point["value"] = point["raw"] = wordings.masked(point["channel"], point["value"])
    return sheet


def _asked(actor: Actor, come: Come) -> list[Sheet]:
    found = requests.of(actor.scope, records_of(come.person_id), calendar())
    return [{name: value for name, value in one.items() if name != "subject"} for one in found]


def _holds(said: Sheet) -> bool:
    return said["state"] in YES and not is_over(said)


def _said(before: Sheet | None, yes: Collection[Channel], channel: Channel) -> State | None:
    """Return what is said anew of a channel; None where it was said already, or nothing is."""
    if channel in yes:
        return None if before and _holds(before) else State.GIVEN
    if before:
        return State.WITHDRAWN if before["state"] in YES else None
    return None if yes else State.REFUSED


def _refuse_unasked(actor: Actor, come: Come, purpose: Purpose, notice: str | None) -> None:
    told = notices.asking(purpose)
    if told is None or told["reference"] != notice:
        raise Conflict(_("There is another notice by now: read it first"))
    adult_on = disclosure.own(actor.scope, come.person_id)["standing"]["adult_on"]
    if ledger.is_minor(adult_on):
        raise Conflict(_("Who is under 16 does not agree for themselves: ask the office"))


def _tell_of(come: Come, wish: ContactWish, office: Named, site: str) -> None:
    point = wordings.masked(wish.channel, wish.value)
    told = {"point": point, "link": f"{site}/w/{wishes.stopping(wish)}"}
    words = wordings.message(wish.wished, visitors.language(come), office, **told)
    if not visitors.tell(come.person_id, words, _HEARD, wish.code):
        wishes.begin(wish.code)
    note(wish=wish.code, channel=wish.channel, wished=wish.wished)

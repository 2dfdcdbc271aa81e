"""How long records are kept: the rules, who is asked or told, and who is erased by them after two people said so."""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

from kieubao import outbox
from kieubao.access import trail
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import hearing, ledger, retention
from kieubao.consent.models import Standing
from kieubao.consent.vocabulary import Channel, Matter
from kieubao.db import db, writing
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Invalid, _
from kieubao.outbox import To
from kieubao.people import contacts, disclosure, erasure, filters, freshness, registry
from kieubao.people.freshness import Found
from kieubao.retention import deletions, reminders
from kieubao.retention.deletions import Reprieved
from kieubao.rights import requests
from kieubao.rights.vocabulary import Way
from kieubao.traces import tombstones
from kieubao.visits import passes, pleas, wordings
from kieubao.visits.visitors import Named
from kieubao.visits.vocabulary import Handed
from kieubao.walls import Sight, confined
from kieubao.worktime import calendar

Sheet = dict[str, Any]
_MOST: Final = 100
# How long what was asked on the public page may wait until the office is told.
_PLEA_WAITS: Final = timedelta(days=2)


@use_case(Permission.REFERENCE_READ, Shape.READ)
def rules(actor: Actor) -> list[Sheet]:
    """Return for how many months each thing holds, and what is usual."""
    return _rules()


@use_case(Permission.RETENTION_WRITE)
def decide(actor: Actor, matter: Matter, months: int | None) -> list[Sheet]:
    """Have something hold for so many months, or without end; nobody is erased by that alone."""
    before = {one.matter: one.months for one in retention.rules()}[matter]
    retention.decide(matter, months)
    note(matter=matter, months=months, before=before)
    return _rules()


@use_case(Permission.PERSON_WRITE, Shape.READ)
def unconfirmed(actor: Actor) -> Sheet:
    """Return who within scope is to be asked whether their record still holds, and whom to ask."""
    return _listed(freshness.unconfirmed(actor.scope, _MOST))


@use_case(Permission.PERSON_WRITE)
def confirm(actor: Actor, code: str) -> None:
    """Write down that somebody's record was confirmed today."""
    person = disclosure.locate(actor.scope, code)
    changed = registry.amend(person.id, person.version, {"confirmed_on": clock.today()}, actor.office, actor.id)
    note(subject=person.subject, fields=changed)


@use_case(Permission.PERSON_WRITE, Shape.READ)
def ending(actor: Actor) -> Sheet:
    """Return whose yes within scope runs out soon, or did so lately, and to what."""
    return _listed(freshness.ending(actor.scope, _MOST))


@use_case(Permission.PERSON_WRITE, Shape.READ)
def untold(actor: Actor) -> Sheet:
    """Return who within scope was not told yet that their data is held, and by when they are to be."""
    return _listed(freshness.untold(actor.scope, _MOST))


@use_case(Permission.PERSON_WRITE)
def tell(actor: Actor, code: str, on: date, way: Way) -> None:
    """Write down that somebody was told what is held of them, from where and to what end.

    Raises Conflict the second time.
    """
    person = erasure.held(actor.scope, code)
    note(subject=person.subject, way=way)
    if db.session.get_one(Standing, person.id, populate_existing=True).told_on:
        raise Conflict(_("This person was told already"))
    if on < clock.day_of(disclosure.record(actor.scope, person.id)["created_at"]):
        raise Invalid(_("Before that day nothing was recorded of them"), field="told_on")
    hearing.inform([person.id], on)


@use_case(Permission.RETENTION_READ, Shape.READ)
def expired(actor: Actor) -> Sheet:
    """Return whose record within scope is to be erased by a rule, by which, and whether that is proposed."""
    found = freshness.expired(actor.scope, deletions.spared(), _MOST)
    proposed = deletions.proposed({one["id"]: one["matter"] for one in found.people})
    for one in found.people:
        one["proposed"] = one["id"] in proposed
        one["own"] = proposed.get(one["id"]) == actor.id
    return _listed(found)


@use_case(Permission.RETENTION_WRITE)
def propose(actor: Actor, codes: Collection[str]) -> None:
    """Propose that people be erased by a rule. Raises Conflict where one of them is not to be any more."""
    people = _located(actor, codes)
    erasure.hold(people)
    deletions.propose(_matters(people), actor.account_id)


@use_case(Permission.RETENTION_WRITE)
def keep(actor: Actor, code: str, kept: Reprieved) -> None:
    """Keep somebody's record until a day, on one of the law's grounds."""
    person = erasure.held(actor.scope, code)
    deletions.keep(person.id, kept, actor.account_id)
    note(subject=person.subject, ground=kept.ground)


@use_case(Permission.RETENTION_ERASE)
def decline(actor: Actor, codes: Collection[str]) -> None:
    """Say that people who are proposed are not to be erased now."""
    deletions.decline(_located(actor, codes))


@use_case(Permission.RETENTION_ERASE, Shape.SEAL, confirmed=True)
def erase(actor: Actor, codes: Collection[str]) -> int:
    """Erase people whom another proposed, for as long as the rule holds; return how many records they had.

    Of nobody any, where it does not hold of one of them any more. The trail has no pseudonym of theirs.
    """
    people = sorted({disclosure.locate(actor.scope, code).id for code in codes})
    # What hangs on them lies out of the approver's units too.
    with confined(Sight(everyone=True)):
        writing()
        erasure.hold(people)
        # Who writes down how they stand goes first, or waits.
        ledger.hold()
        matters = _matters(people)
        deletions.refuse_unproposed(matters, actor.account_id)
        # Nothing of what is about to be laid down outside the database may fail to be recorded.
        trail.hold()
        count = erasure.erase(people, tombstones())
        note(found=count, matters=sorted({*matters.values()}))
        return count


@use_case(Permission.REMINDER_SEND, Shape.READ, everyone=True)
def overdue(actor: Actor) -> dict[str, int]:
    """Count what is late or soon will be: requests, pleas of whom it is not known, and people to be told."""
    filed = requests.queue(filters.everywhere(), calendar())
    since = clock.now() - _PLEA_WAITS
    late = {
        "answers": sum(one["answer_late"] for one in filed),
        "requests": sum(one["late"] for one in filed),
        "soon": sum(one["soon"] for one in filed),
        "pleas": sum(one["asked_at"] < since for one in pleas.waiting()),
        "untold": freshness.told_late(),
    }
    note(found=sum(late.values()))
    return late


@use_case(Permission.REMINDER_SEND, everyone=True)
def remind(actor: Actor, person_id: int, office: Named, site: str) -> None:
    """Ask somebody by mail whether what is recorded of them still holds, with a link of their own to say so."""
    erasure.hold([person_id])
    mail = [value for _id, channel, value in contacts.verified(person_id) if channel == Channel.EMAIL]
    due = reminders.due(person_id)
    if not (mail and due):
        return
    given = passes.give(person_id, Handed.EMAIL, None)
    told = {"link": f"{site}/p/{given.link}", "until": given.until}
    words = wordings.message(
        "renew" if due[0].runs_out else "confirm", disclosure.language_of(person_id), office, **told
    )
    outbox.put(To(person_id, Channel.EMAIL, mail[-1], given.code), words, given.until)
    reminders.sent(person_id)
    note(subject=db.session.get_one(Standing, person_id).subject, link=given.code)


def _rules() -> list[Sheet]:
    return [{**one._asdict(), "usual": retention.USUAL[one.matter]} for one in retention.rules()]


def _listed(found: Found) -> Sheet:
    note(found=len(found.people), subjects=[str(one.pop("subject")) for one in found.people])
    return {
        "count": found.total,
        "more": found.more,
        "people": [{**one, "person": one["code"]} for one in found.people],
    }


def _located(actor: Actor, codes: Collection[str]) -> list[int]:
    found = [disclosure.locate(actor.scope, code) for code in dict.fromkeys(codes)]
    note(subjects=[str(one.subject) for one in found], found=len(found))
    return sorted({one.id for one in found})


def _matters(people: Collection[int]) -> dict[int, str]:
    """Return by which rule each of some people is to be erased. Raises Conflict where one of them is not."""
    found = freshness.still_expired(people, deletions.spared())
    if found.keys() != {*people}:
        raise Conflict(_("Somebody among them is not to be erased any more: look again"))
    return found

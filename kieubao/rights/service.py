"""What the office does with what people ask about their data: files it, answers in time, and does it."""

from typing import Any

from kieubao.access import trail
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import notices
from kieubao.consent.rules import records_of
from kieubao.db import writing
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, _
from kieubao.people import disclosure, erasure
from kieubao.rights import proofs, receipts, requests, scans
from kieubao.rights.proofs import Office
from kieubao.rights.requests import Asked
from kieubao.rights.scans import Kept
from kieubao.rights.steps import News
from kieubao.traces import tombstones
from kieubao.walls import Sight, confined
from kieubao.worktime import calendar

Sheet = dict[str, Any]


@use_case(Permission.REQUEST_FILE)
def file(actor: Actor, person: str, asked: Asked) -> Sheet:
    """Write down what somebody within scope asks; what stops contact is done at once."""
    found = erasure.held(actor.scope, person)
    filed = requests.file(found.id, asked, actor.account_id)
    note(subject=found.subject, request=filed.code, kind=asked.kind)
    return _one(actor, filed.code)


@use_case(Permission.REQUEST_READ, Shape.READ)
def queue(actor: Actor, *, ended: bool = False) -> list[Sheet]:
    """Return the requests of people within scope: all that are open, what is due first; or the last that ended."""
    found = requests.queue(actor.scope, calendar(), ended=ended)
    note(found=len(found), subjects=[str(one.pop("subject")) for one in found])
    return found


@use_case(Permission.REQUEST_READ, Shape.READ)
def of_person(actor: Actor, code: str) -> list[Sheet]:
    """Return all that somebody asked, the latest first."""
    person = disclosure.locate(actor.scope, code)
    found = requests.of(actor.scope, records_of(person.id), calendar())
    note(subject=person.subject, found=len(found))
    return [{name: value for name, value in one.items() if name != "subject"} for one in found]


@use_case(Permission.REQUEST_READ, Shape.READ)
def read(actor: Actor, code: str) -> Sheet:
    """Return a request with its clock and all that happened to it."""
    note(request=code)
    return _one(actor, code)


@use_case(Permission.REQUEST_HANDLE)
def act(actor: Actor, code: str, news: News) -> Sheet:
    """Write down what happened to a request."""
    filed, person = requests.located(actor.scope, code, lock=True)
    requests.add(filed, person, news, actor.account_id)
    note(request=code, subject=person.subject, step=news.step)
    return _one(actor, code)


@use_case(Permission.REQUEST_HANDLE, Shape.READ, opens=True)
def answer(actor: Actor, code: str) -> Sheet:
    """Return what a letter of answer to a request is made of: how it stands, and how to write to whose it is."""
    filed, person = requests.located(actor.scope, code)
    record = disclosure.record(actor.scope, person.id)
    note(request=code, subject=person.subject)
    sheet = requests.one(filed, person, calendar())
    to = {name: record[name] for name in ("form_of_address", "preferred_language", "contact_points")}
    return {**sheet, "to": to}


@use_case(Permission.REQUEST_ERASE, Shape.SEAL, confirmed=True)
def erase(actor: Actor, code: str) -> Sheet:
    """Erase whoever asked for it, whom the protection officer proposed; nothing of them stays but a tombstone.

    Nor of what they asked: of that the trail alone knows.
    """
    person = requests.located(actor.scope, code)[1]
    # What hangs on them lies out of the approver's units too.
    with confined(Sight(everyone=True)):
        writing()
        erasure.hold([person.id])
        filed, now = requests.located(actor.scope, code, lock=True)
        if now.id != person.id:
            raise _merged()
        requests.refuse_unproposed(filed, actor.account_id)
        # Nothing of what is about to be laid down outside the database may fail to be recorded.
        trail.hold()
        note(request=code, found=erasure.erase([person.id], tombstones()))
        return {"code": code, "ended_on": clock.today()}


@use_case(Permission.RECEIPT_GIVE, opens=True)
def give_receipt(actor: Actor, code: str, office: Office) -> Sheet:
    """Give somebody a receipt of all they said: return the file, its digest, and what it tells."""
    person = erasure.held(actor.scope, code)
    record = disclosure.record(actor.scope, person.id)
    told = proofs.give(office, person.id, record, actor.account_id)
    note(subject=person.subject, receipt=told["code"])
    return told


@use_case(Permission.RECEIPT_GIVE, Shape.READ, opens=True)
def consent_form(actor: Actor, code: str, notice: int) -> Sheet:
    """Return what stands on a form to be signed: who somebody is, how they are reached, and what they are told.

    Raises Conflict for a notice that is not in force.
    """
    person = disclosure.locate(actor.scope, code)
    record, told = disclosure.record(actor.scope, person.id), notices.one(notice)
    if told["state"] != "in_force":
        raise Conflict(_("This notice is not in force: choose another"))
    note(subject=person.subject, notice=told["reference"])
    return {**{name: record[name] for name in ("code", "name", "contact_points")}, "notice": told}


@use_case(Permission.CONSENT_RECORD)
def keep_scan(actor: Actor, code: str, content: bytes) -> Sheet:
    """Keep the scan of a paper that somebody signed; return its code, to be written as evidence, and its digest."""
    person = erasure.held(actor.scope, code)
    kept = scans.keep(person.id, content, actor.account_id)
    note(subject=person.subject, scan=kept.code, digest=kept.digest)
    return {name: getattr(kept, name) for name in ("code", "digest", "media", "kept_at")}


@use_case(Permission.SCAN_READ, Shape.READ, opens=True)
def read_scan(actor: Actor, scan: str, reason: str) -> Kept:
    """Return a scan, for a reason that is written down. Raises NotFound for none of anybody within scope."""
    note(scan=scan, purpose=reason)
    for person in disclosure.called(actor.scope, [scans.owner(scan)]):
        note(subject=person.subject)
        return scans.read(scan)
    raise scans.absent()


@use_case(Permission.RECEIPT_GIVE, Shape.READ)
def papers(actor: Actor, code: str) -> Sheet:
    """Return which receipts somebody was given, which papers of theirs were scanned, and by which notices to ask."""
    person = disclosure.locate(actor.scope, code)
    given = receipts.of(person.id)
    note(subject=person.subject, found=len(given))
    shown = [one for one in notices.listed() if one["state"] == "in_force"]
    return {"code": code, "receipts": given, "scans": scans.of(person.id), "notices": shown}


@use_case(Permission.REQUEST_READ, Shape.READ)
def receipt(actor: Actor, digest: str) -> Sheet:
    """Return which receipt a file is, by its digest, and of whom; raise NotFound where none was given out here."""
    sheet, whose = receipts.found(digest)
    for person in disclosure.called(actor.scope, [whose]):
        note(subject=person.subject, receipt=sheet["code"])
        return {**sheet, "digest": digest.strip().lower(), "person": person.code}
    raise receipts.absent()


def _merged() -> Conflict:
    return Conflict(_("This record was merged just now: open it again"))


def _one(actor: Actor, code: str) -> Sheet:
    filed, person = requests.located(actor.scope, code)
    sheet = requests.one(filed, person, calendar())
    note(subject=sheet.pop("subject"))
    return sheet

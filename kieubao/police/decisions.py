"""What the desk decides of each person who is asked for, and what becomes of the request by that."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from kieubao.access.roles import Actor, Scope
from kieubao.access.use_case import note
from kieubao.consent import handover
from kieubao.consent.rules import records_of
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Forbidden, Invalid, _
from kieubao.people import disclosure, erasure, releases
from kieubao.police import complaints, deferrals, judging, limits, requests, showings, tellings
from kieubao.police.judging import Weight
from kieubao.police.models import DisclosureRequest, DisclosureSubject
from kieubao.police.vocabulary import AGAIN_WITHIN, BY_COURT, End, Issuer, Item, Need, Outcome

Sheet = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Decided:
    """Of one who is asked for, by their number: who they are on record, by their code, what is given, and why."""

    number: int
    reason: str
    person: str | None = None
    given: frozenset[Item] = frozenset()
    reasons: Mapping[Item, str] = field(default_factory=dict)
    channel: str | None = None


def decide(one: DisclosureRequest, by: Actor, decided: Sequence[Decided], *, deferred: bool) -> bool:
    """Write down what is decided of each who is asked for; return whether it waits for the head of the department.

    Raises Conflict for a request that is closed, decided or not endorsed, Forbidden for one of the own organisation,
    and Invalid, naming the field, for what cannot be given.
    """
    requests.refuse_over(one)
    _refuse_unfit(one, by)
    asked = requests.subjects(one)
    if [subject.number for subject in asked] != [what.number for what in decided]:
        raise Invalid(_("Decide on each of those who are asked for"))
    # Before anybody is looked at: whoever stands otherwise since is not shown.
    one.line = handover.watermark()
    _hold(by.scope, decided)
    pairs = zip(asked, decided, strict=True)
    weights = {subject.number: _decide(one, subject, what, by.scope) for subject, what in pairs}
    given = {what.number: what.given for what in decided}
    checks = judging.checks(given, weights, deferred=deferred, own_entry=one.filed_by == by.id)
    if {*checks} & BY_COURT and (one.need, one.issuer) != (Need.COURT, Issuer.COURT):
        raise Conflict(_("Of somebody restricted, or under 16, only what a court wants may be given"))
    one.decided_by, one.office_id, one.decided_at = by.id, by.organisation_id, clock.now()
    one.checks, one.deferred = [*checks], deferred
    db.session.flush()
    return bool(checks)


def agree(one: DisclosureRequest, by: Actor) -> datetime | None:
    """Sign what was decided, as the head of the department; return until when nobody is told, where that is later.

    Raises as `refuse_unapprovable`.
    """
    refuse_unapprovable(one, by.account_id)
    one.approved_by, one.department_id, one.approved_at = by.account_id, by.organisation_id, clock.now()
    return deferrals.approve(one, by.account_id) if one.deferred else None


def refuse_unapprovable(one: DisclosureRequest, by: int) -> None:
    """Raise Conflict where nothing waits for the head of the department, Forbidden for whoever signed it already."""
    requests.refuse_over(one)
    if not one.checks:
        raise Conflict(_("This request does not wait for you"))
    if by in {one.filed_by, one.endorsed_by, one.decided_by}:
        raise Forbidden(_("Nobody signs the same request twice"))


def conclude(one: DisclosureRequest, tell_from: datetime | None = None) -> None:
    """Release what is given, or end the request where nothing is; whoever was asked for is told, then or later."""
    people = _held(one)
    shown = [subject for subject in people if subject.given]
    if not shown:
        return drop(one, End.REFUSED, tell_from)
    requests.refuse_expired(one)
    limits.refuse_beyond_share(len(shown))
    one.released_at, one.shown = clock.now(), len(shown)
    for subject in shown:
        subject.pseudonym = codes.fresh("BD")
    items = sorted({item for subject in shown for item in json.loads(subject.given or "{}")})
    note(stands="released", people=len(shown), fields=items)
    return _owe(one, people, tell_from)


def drop(one: DisclosureRequest, how: End, tell_from: datetime | None = None) -> None:
    """End a request that was decided or not, with nothing given; whoever is known to have been asked for is told."""
    people = _held(one)
    for subject in people:
        subject.given = None
    requests.end(one, how)
    note(stands=how)
    _owe(one, people, tell_from)


def whole(scope: Scope, one: DisclosureRequest) -> Sheet:
    """Return all there is of a request, for whoever decides on it; of people their codes, of those within scope."""
    subjects = requests.subjects(one)
    people = disclosure.codes_by_id(scope, requests.known(subjects))
    owed = tellings.of(one)
    return {
        **requests.told(one),
        **requests.signed(one),
        "subjects": [_told(subject, people, owed) for subject in subjects],
        "views": showings.views(one),
        "deferrals": deferrals.told(one),
        "can_be_renewed": deferrals.can_be_renewed(one),
        "tellings": [{**row, "person": people.get(person)} for person, row in owed.items()],
        "complaints": complaints.of(one),
    }


def _told(subject: DisclosureSubject, people: Mapping[int, str], owed: Mapping[int, Sheet]) -> Sheet:
    """Return who is asked for, what, and what was decided: what was given is known when it is gone, too."""
    owes = owed.get(subject.person_id or 0)
    given = owes["items"] if owes else json.loads(subject.given or "{}")
    return {
        **requests.asked(subject),
        "number": subject.number,
        "outcome": subject.outcome,
        "person": people.get(subject.person_id or 0),
        "reasons": json.loads(subject.reasons or "{}"),
        "given": sorted(given),
    }


def _refuse_unfit(one: DisclosureRequest, by: Actor) -> None:
    if one.decided_by is not None:
        raise Conflict(_("This request was decided already"))
    if not (one.by_desk or one.endorsed_by):
        raise Conflict(_("The head of the unit has not endorsed this request"))
    if by.organisation_id == one.unit_id:
        raise Forbidden(_("Nobody decides what their own organisation asks"))


def _decide(one: DisclosureRequest, subject: DisclosureSubject, what: Decided, scope: Scope) -> Weight:
    told = requests.asked(subject)
    _refuse_unasked(subject, what, told["items"])
    subject.reasons = json.dumps({"reason": what.reason, **what.reasons}, ensure_ascii=False)
    if what.person is None:
        subject.outcome = Outcome.ABSENT
        return Weight()
    person = disclosure.locate(scope, what.person)
    seen = releases.released(scope, person.id, what.channel)
    subject.person_id, subject.outcome = person.id, Outcome.GIVE if what.given else Outcome.REFUSE
    if what.given:
        subject.given = json.dumps(_values(subject, what, seen["items"]), ensure_ascii=False)
    named = releases.candidates(scope, told["name"], told["born"], told["home_unit"])
    return Weight(
        **{name: seen[name] for name in ("abroad", "restricted", "minor")},
        times_before=_times_before(one, person.id),
        named=what.person in {card["code"] for card in named},
    )


def _refuse_unasked(subject: DisclosureSubject, what: Decided, wants: Mapping[Item, str]) -> None:
    """Raise Invalid, naming the field, for an item that was not asked, or nobody says why, or that is nobody's."""
    for item in sorted(what.given - {*wants}):
        raise Invalid(_("That was not asked"), field=_field(subject, f"gives_{item}"))
    for item in wants:
        if not what.reasons.get(item):
            raise Invalid(_("Say why, or why not"), field=_field(subject, f"reason_{item}"))
    if what.person is None and what.given:
        raise Invalid(_("Say who it is, or give nothing"), field=_field(subject, "person"))


def _values(subject: DisclosureSubject, what: Decided, seen: Mapping[Item, Any]) -> dict[str, Any]:
    if Item.CONTACT in what.given and what.channel is None:
        raise Invalid(_("Say by which channel they are reached"), field=_field(subject, "channel"))
    for item in sorted(what.given):
        if not seen[item]:
            raise Invalid(_("That is not recorded of them"), field=_field(subject, f"gives_{item}"))
    return {item: seen[item] for item in Item if item in what.given}


def _hold(scope: Scope, decided: Sequence[Decided]) -> None:
    """Hold who is meant, in one order. Raises NotFound, and Invalid where one person is meant twice."""
    people = [disclosure.locate(scope, what.person).id for what in decided if what.person]
    if len({*people}) < len(people):
        raise Invalid(_("That person is meant already: nobody is two of those asked for"), field="subjects.1.person")
    erasure.hold(people)


def _held(one: DisclosureRequest) -> list[DisclosureSubject]:
    """Return who is asked for, once who is known of them is held: whom somebody erases meanwhile is gone."""
    erasure.hold(requests.known(requests.subjects(one)))
    return requests.subjects(one)


def _field(subject: DisclosureSubject, name: str) -> str:
    return f"subjects.{subject.number - 1}.{name}"


def _times_before(one: DisclosureRequest, person_id: int) -> int:
    """Count the other requests on somebody, under whichever record, filed within 90 days."""
    lately = (DisclosureRequest.filed_at > clock.now() - AGAIN_WITHIN, DisclosureRequest.id != one.id)
    query = select(func.count(DisclosureRequest.id.distinct())).join(
        DisclosureSubject, DisclosureSubject.request_id == DisclosureRequest.id
    )
    return db.session.scalar(query.where(DisclosureSubject.person_id.in_(records_of(person_id)), *lately)) or 0


def _owe(one: DisclosureRequest, people: Sequence[DisclosureSubject], tell_from: datetime | None) -> None:
    for subject in people:
        if subject.person_id:
            tellings.owe(one.id, subject.person_id, [*json.loads(subject.given or "{}")], tell_from or clock.now())

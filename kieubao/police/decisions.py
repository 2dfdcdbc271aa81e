"""What the desk decides of each person who is asked for, and what becomes of the request by that."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, select

from kieubao.access import trail
from kieubao.access.roles import Scope
from kieubao.access.use_case import note
from kieubao.consent import handover
from kieubao.consent.rules import records_of
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Forbidden, Invalid, _
from kieubao.people import erasure, releases
from kieubao.police import judging, limits, requests, tellings
from kieubao.police.judging import Standing
from kieubao.police.models import DisclosureRequest, DisclosureSubject
from kieubao.police.vocabulary import AGAIN_WITHIN, BY_COURT, Check, End, Issuer, Item, Need, Outcome

Sheet = dict[str, Any]


class Decided(NamedTuple):
    """Of one who is asked for, by their number: who they are on record, by their code, what is given, and why."""

    number: int
    reason: str
    person: str | None = None
    given: frozenset[Item] = frozenset()
    reasons: Mapping[Item, str] = {}
    channel: str | None = None


class Signer(NamedTuple):
    """Who decides: whom they may see, their account and their organisation."""

    scope: Scope
    account_id: int
    organisation_id: int | None


def decide(one: DisclosureRequest, by: Signer, decided: Sequence[Decided], *, deferred: bool) -> bool:
    """Write down what is decided of each who is asked for; return whether it waits for the head of the department.

    Raises Conflict for a request that is closed, decided or not endorsed, Forbidden for one of the own organisation,
    and Invalid, naming the field, for what cannot be given.
    """
    requests.refuse_over(one)
    _refuse_unfit(one, by)
    asked = requests.subjects(one)
    if [subject.number for subject in asked] != [what.number for what in decided]:
        raise Invalid(_("Decide on each of those who are asked for"), field="subjects")
    stands = {}
    for subject, what in zip(asked, decided, strict=True):
        stands[subject.number] = _decide(one, subject, what, by.scope)
    given = {subject.number: what.given for subject, what in zip(asked, decided, strict=True)}
    checks = judging.checks(given, stands)
    if {*checks} & BY_COURT and (one.need, one.issuer) != (Need.COURT, Issuer.COURT):
        raise Conflict(_("Of somebody restricted, or under 16, only what a court wants may be given"))
    checks += [Check.DEFERRED] if deferred else []
    checks += [Check.OWN_ENTRY] if one.filed_by == by.account_id and any(given.values()) else []
    one.decided_by, one.office_id, one.decided_at = by.account_id, by.organisation_id, clock.now()
    one.checks, one.deferred = [*checks], deferred
    db.session.flush()
    return bool(checks)


def refuse_unapprovable(one: DisclosureRequest, by: int) -> None:
    """Raise Conflict where nothing waits for the head of the department, Forbidden for whoever signed it already."""
    requests.refuse_over(one)
    if one.decided_by is None or not one.checks or one.approved_by is not None:
        raise Conflict(_("This request does not wait for you"))
    if by in {one.filed_by, one.endorsed_by, one.decided_by}:
        raise Forbidden(_("Nobody signs the same request twice"))


def conclude(one: DisclosureRequest, tell_from: Any = None) -> None:
    """Release what is given, or end the request where nothing is; whoever was asked for is told, then or later."""
    people = requests.subjects(one)
    shown = [subject for subject in people if subject.given]
    one.entry = trail.end().number
    if shown:
        limits.refuse_beyond_share(len(shown))
        one.line, one.released_at = handover.watermark(), clock.now()
        for subject in shown:
            subject.pseudonym = codes.fresh("BD")
        items = sorted({item for subject in shown for item in json.loads(subject.given or "{}")})
        note(stands="released", people=len(shown), fields=items)
    else:
        requests.end(one, End.REFUSED)
        note(stands=End.REFUSED)
    _tell(one, people, tell_from)


def drop(one: DisclosureRequest, how: End) -> None:
    """End a request that was decided or not, with nothing given; whoever is known to have been asked for is told."""
    people = requests.subjects(one)
    for subject in people:
        subject.given = None
    one.entry = trail.end().number
    requests.end(one, how)
    note(stands=how)
    _tell(one, people, None)


def told(one: DisclosureRequest, code_of: Callable[[int], str | None]) -> list[Sheet]:
    """Return who is asked for, what, and what was decided of each."""
    return [
        {
            **requests.asked(subject),
            "number": subject.number,
            "outcome": subject.outcome,
            "person": code_of(subject.person_id) if subject.person_id else None,
            "reasons": json.loads(subject.reasons or "{}"),
            "given": sorted(json.loads(subject.given or "{}")),
            "pseudonym": subject.pseudonym,
        }
        for subject in requests.subjects(one)
    ]


def _refuse_unfit(one: DisclosureRequest, by: Signer) -> None:
    if one.decided_by is not None:
        raise Conflict(_("This request was decided already"))
    if not (one.by_desk or one.endorsed_by):
        raise Conflict(_("The head of the unit has not endorsed this request"))
    if by.organisation_id == one.unit_id:
        raise Forbidden(_("Nobody decides what their own organisation asks"))


def _decide(one: DisclosureRequest, subject: DisclosureSubject, what: Decided, scope: Scope) -> Standing:
    wants = requests.asked(subject)["items"]
    if surplus := what.given - {*wants}:
        raise Invalid(_("That was not asked: %(items)s"), field=_field(subject), items=", ".join(sorted(surplus)))
    if unsaid := [item for item in wants if not what.reasons.get(item)]:
        raise Invalid(_("Say why of each item: %(items)s"), field=_field(subject), items=", ".join(unsaid))
    if what.person is None and what.given:
        raise Invalid(_("Say who it is, or give nothing"), field=_field(subject))
    subject.reasons = json.dumps({"reason": what.reason, **what.reasons}, ensure_ascii=False)
    if what.person is None:
        subject.outcome = Outcome.ABSENT
        return Standing(abroad=False, restricted=False, minor=False, times_before=0)
    person = erasure.held(scope, what.person)
    seen = releases.released(scope, person.id, what.channel)
    subject.person_id, subject.outcome = person.id, Outcome.GIVE if what.given else Outcome.REFUSE
    if what.given:
        subject.given = json.dumps(_values(subject, what, seen["items"]), ensure_ascii=False)
    before = _times_before(one, person.id)
    return Standing(**{name: seen[name] for name in ("abroad", "restricted", "minor")}, times_before=before)


def _values(subject: DisclosureSubject, what: Decided, seen: Mapping[Item, Any]) -> dict[str, Any]:
    if Item.CONTACT in what.given and what.channel is None:
        raise Invalid(_("Say by which channel they are reached"), field=_field(subject))
    if missing := sorted(item for item in what.given if not seen[item]):
        raise Invalid(_("That is not recorded of them: %(items)s"), field=_field(subject), items=", ".join(missing))
    return {item: seen[item] for item in Item if item in what.given}


def _field(subject: DisclosureSubject) -> str:
    return f"subjects.{subject.number - 1}.person"


def _times_before(one: DisclosureRequest, person_id: int) -> int:
    """Count the other requests on somebody, under whichever record, filed within 90 days."""
    lately = (DisclosureRequest.filed_at > clock.now() - AGAIN_WITHIN, DisclosureRequest.id != one.id)
    query = select(func.count(DisclosureRequest.id.distinct())).join(
        DisclosureSubject, DisclosureSubject.request_id == DisclosureRequest.id
    )
    return db.session.scalar(query.where(DisclosureSubject.person_id.in_(records_of(person_id)), *lately)) or 0


def _tell(one: DisclosureRequest, people: Sequence[DisclosureSubject], tell_from: Any) -> None:
    for subject in people:
        if subject.person_id:
            tellings.owe(one.id, subject.person_id, [*json.loads(subject.given or "{}")], tell_from or clock.now())

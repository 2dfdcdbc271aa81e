"""The only writer of what people ask of the office: a request, and its steps, which are only added to."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, select

from kieubao.access import accounts
from kieubao.access.roles import Scope
from kieubao.consent import ledger, stops
from kieubao.consent.models import WHOSE, Standing
from kieubao.consent.rules import records_of, still_agrees
from kieubao.consent.statements import Spoken, heard
from kieubao.consent.vocabulary import Capacity, Channel, Method, Purpose, State
from kieubao.db import db, is_among
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Forbidden, NotFound, _
from kieubao.ground.worktime import Calendar
from kieubao.people import disclosure
from kieubao.people.disclosure import Called
from kieubao.people.filters import everybody
from kieubao.rights.clocks import Clock
from kieubao.rights.models import RequestStep, SubjectRequest
from kieubao.rights.steps import Left, News, Stands, refuse_unfit
from kieubao.rights.vocabulary import AT_ONCE, ENDS, Kind, Step, Way

Sheet = dict[str, Any]
MOST_ENDED: Final = 1_000
# How what was said reached the ledger.
_METHODS: Final[Mapping[Way, Method]] = {
    Way.COUNTER: Method.PAPER,
    Way.LETTER: Method.PAPER,
    Way.PHONE: Method.RECORDED_CALL,
    Way.EMAIL: Method.EMAIL,
    Way.SMS: Method.SMS,
    Way.LINK: Method.WEB,
    Way.WEB: Method.WEB,
}


class Asked(NamedTuple):
    """What somebody asks, as it reached the office; `asked_by`: who asks in their place."""

    kind: Kind
    way: Way
    received_on: date
    wish: str | None = None
    asked_by: str | None = None


def file(person_id: int, asked: Asked, by: int | None, known_by: str | None = None) -> SubjectRequest:
    """Write down a request as it came, with its first step; what stops contact is done at once.

    `by`: the account that files it, none where they do it themselves; `known_by`: how it is known already that it
    is they.
    """
    filed = SubjectRequest(code=codes.fresh("YC"), person_id=person_id, **asked._asdict())
    db.session.add(filed)
    db.session.flush()
    _write(filed, 1, News(Step.FILED), by)
    if known_by:
        _write(filed, 2, News(Step.IDENTIFIED, known_by), by)
    if asked.kind in AT_ONCE:
        _stop(person_id, asked, filed.code, by)
    return filed


def done_already(person_id: int, kind: Kind) -> str | None:
    """Return the open request by which contact was stopped, where nothing has opened it since."""
    if kind not in AT_ONCE:
        return None
    same = (SubjectRequest.kind == kind, SubjectRequest.ended_on.is_(None))
    query = select(SubjectRequest.code).where(SubjectRequest.person_id.in_(records_of(person_id)), *same)
    stands = db.session.get_one(Standing, person_id, populate_existing=True)
    is_open = still_agrees(person_id) > 0 if kind is Kind.WITHDRAW else stands.restricted_at is None
    return None if is_open else db.session.scalar(query.order_by(SubjectRequest.id).limit(1))


def asking() -> Select[int]:
    """Select the people who asked something that is open."""
    return (
        select(WHOSE)
        .join(SubjectRequest, SubjectRequest.person_id == Standing.person_id)
        .where(SubjectRequest.ended_on.is_(None))
    )


def located(scope: Scope, code: str, *, lock: bool = False) -> tuple[SubjectRequest, Called]:
    """Find a request and whose it is, as their record is today.

    Absent, of somebody out of scope and of somebody erased are one answer.
    """
    query = select(SubjectRequest).where(SubjectRequest.code == code)
    found = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise _absent()
    whose = db.session.scalars(select(WHOSE).where(Standing.person_id == found.person_id)).one()
    for person in disclosure.called(scope, [whose]):
        return found, person
    raise _absent()


def add(filed: SubjectRequest, person: Called, news: News, by: int) -> None:
    """Write down what happened to a request; raise Conflict, or Invalid naming the field, for what cannot have."""
    before = _steps([filed.id])[filed.id]
    if filed.ended_on:
        raise Conflict(_("This request is closed"))
    refuse_unfit(Stands(_clock(filed, before), {one.step for one in before}, _left(filed, person)), news)
    _write(filed, len(before) + 1, news, by)
    if news.step in ENDS:
        filed.ended_on = clock.today()


def refuse_unproposed(filed: SubjectRequest, by: int) -> None:
    """Raise Conflict where nobody proposed that somebody be erased, Forbidden where it was whoever would do it."""
    proposed = next((one for one in _steps([filed.id])[filed.id] if one.step == Step.PROPOSED), None)
    if filed.ended_on or proposed is None:
        raise Conflict(_("Nobody proposed to erase this person"))
    if proposed.account_id == by:
        raise Forbidden(_("Nobody erases whom they proposed themselves"))


def one(filed: SubjectRequest, person: Called, calendar: Calendar) -> Sheet:
    """Return a request with its clock and its steps, the first one first."""
    steps = _steps([filed.id])[filed.id]
    names = accounts.names({step.account_id for step in steps})
    told = [
        {name: getattr(step, name) for name in ("step", "days", "ground", "remark", "at")}
        | {"account": names.get(step.account_id)}
        for step in steps
    ]
    said = {"wish": filed.wish, "asked_by": filed.asked_by}
    return _sheet(filed, person, steps, calendar) | said | {"steps": told, "left": _left(filed, person)}


def queue(scope: Scope, calendar: Calendar, *, ended: bool = False) -> list[Sheet]:
    """Return the requests of people within scope: all that are open, what is due first; or the last that ended."""
    if ended:
        return _told(scope, calendar, SubjectRequest.ended_on.is_not(None), most=MOST_ENDED)
    return sorted(_told(scope, calendar, SubjectRequest.ended_on.is_(None)), key=lambda sheet: sheet["next_on"])


def of(scope: Scope, records: Select[int], calendar: Calendar) -> list[Sheet]:
    """Return all that somebody asked, under whichever record, the latest first."""
    return _told(scope, calendar, SubjectRequest.person_id.in_(records))


def _told(scope: Scope, calendar: Calendar, which: ColumnElement[bool], most: int | None = None) -> list[Sheet]:
    query = (
        select(SubjectRequest, WHOSE)
        .join(Standing, Standing.person_id == SubjectRequest.person_id)
        .where(which, is_among(WHOSE, everybody(scope)))
        .order_by(SubjectRequest.ended_on.desc(), SubjectRequest.id.desc())
        .limit(most)
    )
    found = [(filed, person) for filed, person in db.session.execute(query)]
    named = {person.id: person for person in disclosure.called(scope, {person for _filed, person in found})}
    steps = _steps([filed.id for filed, _person in found])
    return [_sheet(filed, named[person], steps[filed.id], calendar) for filed, person in found if person in named]


def _clock(filed: SubjectRequest, steps: Sequence[RequestStep]) -> Clock:
    taken = {step.step: step for step in steps}
    extended = taken.get(Step.EXTENDED)
    return Clock(Kind(filed.kind), filed.received_on, Step.INVOLVED in taken, (extended and extended.days) or 0)


def _sheet(filed: SubjectRequest, person: Called, steps: Sequence[RequestStep], calendar: Calendar) -> Sheet:
    runs, taken, today = _clock(filed, steps), {step.step for step in steps}, clock.today()
    answer_by, answered = runs.answer_by(calendar), bool(taken & {Step.ANSWERED, *ENDS})
    is_open = filed.ended_on is None
    return {
        "code": filed.code,
        "subject": person.subject,
        "person": person.code,
        "name": person.name,
        "kind": filed.kind,
        "way": filed.way,
        "received_on": filed.received_on,
        "answer_by": answer_by,
        "due_on": runs.due_on,
        "next_on": runs.due_on if answered else min(answer_by, runs.due_on),
        "answered": answered,
        "identified": Step.IDENTIFIED in taken,
        "proposed": Step.PROPOSED in taken,
        "extended": Step.EXTENDED in taken,
        "involved": Step.INVOLVED in taken,
        "ended_on": filed.ended_on,
        "outcome": next((step.step for step in reversed(steps) if step.step in ENDS), None),
        "answer_late": is_open and not answered and today > answer_by,
        "late": is_open and runs.is_late(today),
        "soon": is_open and runs.is_soon(today),
    }


def _left(filed: SubjectRequest, person: Called) -> Left:
    """Return what keeps a request that stops contact from being done: as their record is today."""
    if Kind(filed.kind) not in AT_ONCE:
        return Left()
    stands = db.session.get_one(Standing, person.id)
    is_open = still_agrees(person.id) > 0 if filed.kind == Kind.WITHDRAW else stands.restricted_at is None
    return Left(is_open, stops.unheeded(records_of(person.id)))


def _stop(person_id: int, asked: Asked, code: str, by: int | None) -> None:
    """Write a no on everything, or restrict somebody's record, as they asked."""
    if asked.kind is not Kind.WITHDRAW:
        is_free = db.session.get_one(Standing, person_id, populate_existing=True).restricted_at is None
        return ledger.restand(person_id, restricted_at=clock.now()) if is_free else None
    whose = {"capacity": Capacity.REPRESENTATIVE, "given_by": asked.asked_by} if asked.asked_by else {}
    said = {"method": _METHODS[asked.way], "evidence": code, **whose}
    no = Spoken([*Purpose], [*Channel], State.WITHDRAWN, asked.received_on, said)
    return ledger.record(heard(person_id, no), by)


def _write(filed: SubjectRequest, number: int, news: News, by: int | None) -> None:
    db.session.add(RequestStep(request_id=filed.id, number=number, account_id=by, **news._asdict()))
    db.session.flush()


def _steps(requests: Collection[int]) -> dict[int, list[RequestStep]]:
    found = defaultdict[int, list[RequestStep]](list)
    query = select(RequestStep).where(RequestStep.request_id.in_(requests)).order_by(RequestStep.number)
    for step in db.session.scalars(query):
        found[step.request_id].append(step)
    return found


def _absent() -> NotFound:
    return NotFound(_("There is no such request"))

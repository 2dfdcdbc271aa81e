"""Disclosure requests: who asks, who is asked for, who stands behind it, and how it is answered."""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, delete, or_, select, update

from kieubao.access import accounts, trail
from kieubao.access.use_case import note
from kieubao.consent import handover
from kieubao.consent.models import Standing
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Forbidden, NotFound, _
from kieubao.ground.text import fold
from kieubao.police import clocks, judging, limits
from kieubao.police.models import (
    DisclosureComplaint,
    DisclosureDeferral,
    DisclosureNotice,
    DisclosureRequest,
    DisclosureSubject,
    Mandate,
)
from kieubao.police.vocabulary import FORGOTTEN_AFTER, OPEN_FOR, Answer, End, Item
from kieubao.worktime import calendar

Sheet = dict[str, Any]
MOST: Final = 200
# What stands in columns of its own; the rest of a paper is sealed.
_COLUMNS: Final = ("need", "offence", "issuer", "defer")


class Filed(NamedTuple):
    """By whom a request is filed: a unit, the account, and in desk mode the names on the paper."""

    unit_id: int
    by: int
    officer_name: str
    head_name: str | None = None

    @property
    def by_desk(self) -> bool:
        return self.head_name is not None

    @property
    def officer(self) -> str:
        """What the officer is to the limits: their name at their unit, by whichever way they ask."""
        return hashlib.sha256(f"{self.unit_id}\0{fold(self.officer_name)}".encode()).hexdigest()


def file(mandate: Mandate, filed: Filed, asked: Mapping[str, Any]) -> DisclosureRequest:
    """Write down a request; one that is for what nobody is shown for ends here, and of whom it was is not kept.

    Raises TooMany where enough was asked.
    """
    note(need=asked["need"])
    limits.refuse_beyond(filed.officer, filed.unit_id)
    people = asked["subjects"]
    grounds = judging.refused(asked, people, clock.today())
    now = clock.now()
    made = DisclosureRequest(
        code=codes.fresh("DN"),
        mandate_id=mandate.id,
        unit_id=filed.unit_id,
        by_desk=filed.by_desk,
        filed_by=filed.by,
        officer_id=None if filed.by_desk else filed.by,
        officer=filed.officer,
        filed_at=now,
        silent_at=clocks.silent_at(now, calendar()),
        entry=trail.end().number,
        paper=_written(_paper(filed, asked)),
        grounds=grounds,
        checks=[],
        **{name: asked.get(name) for name in _COLUMNS},
    )
    db.session.add(made)
    db.session.flush()
    if grounds:
        end(made, End.AT_ONCE)
    else:
        told = (DisclosureSubject(request_id=made.id, number=n, told=_written(one)) for n, one in enumerate(people, 1))
        db.session.add_all(told)
    db.session.flush()
    note(request=made.code, asked_for=len(people), grounds=[*grounds])
    return made


def of_unit(unit_id: int, code: str, *, lock: bool = False) -> DisclosureRequest:
    """Find a request of a unit. Raises NotFound."""
    return _found(code, DisclosureRequest.unit_id == unit_id, lock=lock)


def any_of(code: str, *, lock: bool = False) -> DisclosureRequest:
    """Find a request, for whoever decides. Raises NotFound."""
    return _found(code, lock=lock)


def endorse(one: DisclosureRequest, by: int) -> None:
    """Have the head of the unit stand behind it. Raises Conflict, and Forbidden for whoever filed it."""
    refuse_endorsed(one)
    refuse_over(one)
    if one.filed_by == by:
        raise Forbidden(_("Nobody endorses what they asked themselves"))
    one.endorsed_by, one.endorsed_at = by, clock.now()


def refuse_over(one: DisclosureRequest) -> None:
    """Raise Conflict where a request has ended, was released, or nobody spoke in time."""
    if one.ended is not None or one.released_at is not None or is_silent(one):
        raise Conflict(_("This request is closed"))


def refuse_endorsed(one: DisclosureRequest) -> None:
    """Raise Conflict where the head of the unit has endorsed a request."""
    if one.endorsed_by is not None:
        raise Conflict(_("This request was endorsed already"))


def is_silent(one: DisclosureRequest) -> bool:
    """Tell whether nobody answered a request in time, which is a refusal."""
    return one.released_at is None and _is_past(one, one.silent_at)


def end(one: DisclosureRequest, how: End) -> None:
    one.ended, one.ended_at = how, clock.now()


def subjects(one: DisclosureRequest) -> list[DisclosureSubject]:
    """Return who is asked for; of whom was erased since, nothing."""
    query = select(DisclosureSubject).where(DisclosureSubject.request_id == one.id).order_by(DisclosureSubject.number)
    return list(db.session.scalars(query.execution_options(populate_existing=True)))


def known(some: Sequence[DisclosureSubject]) -> list[int]:
    """Return who some of those asked for are on record."""
    return [subject.person_id for subject in some if subject.person_id]


def asked(subject: DisclosureSubject) -> Sheet:
    """Return who somebody is said to be, and why each item is asked of them."""
    told: Sheet = json.loads(subject.told or "{}")
    whys = {item: told[f"why_{item}"] for item in Item if told.get(f"why_{item}")}
    return {name: told.get(name) for name in ("name", "born", "home", "home_unit", "identity_number")} | {"items": whys}


def answer(one: DisclosureRequest) -> Answer:
    """Return what whoever asked is told: no refusal before all refusals are, but of what nobody would look at."""
    if one.released_at is not None:
        return Answer.OPEN if is_open(one) else Answer.OVER
    is_told = one.ended in {End.AT_ONCE, End.NOT_ENDORSED} or is_silent(one)
    return Answer.NONE if is_told else Answer.WAITING


def is_open(one: DisclosureRequest) -> bool:
    """Tell whether what was released may be shown still: for 72 hours, by a clock that cannot be set back."""
    return one.released_at is not None and not _is_past(one, one.released_at + OPEN_FOR)


def refuse_expired(one: DisclosureRequest) -> None:
    """Raise Conflict where the instrument a request rests on holds no more."""
    if date.fromisoformat(json.loads(one.paper or "{}").get("expires_on", "1900-01-01")) < clock.today():
        raise Conflict(_("The instrument this request rests on has expired"))


def of_asker(unit_id: int, by: int | None) -> list[Sheet]:
    """Return what a unit asked, or one officer of it, the latest first."""
    mine = [DisclosureRequest.unit_id == unit_id, DisclosureRequest.by_desk.is_(False)]
    mine += [DisclosureRequest.filed_by == by] if by is not None else []
    return [told(one) for one in _several(*mine)]


def waiting(*, approval: bool = False) -> list[Sheet]:
    """Return what waits for the desk, or for the head of the department, what falls silent first, first."""
    decided = DisclosureRequest.decided_by.is_not(None) if approval else DisclosureRequest.decided_by.is_(None)
    ready = or_(DisclosureRequest.by_desk, DisclosureRequest.endorsed_by.is_not(None))
    stands = (DisclosureRequest.released_at.is_(None), DisclosureRequest.ended.is_(None))
    query = select(DisclosureRequest).where(decided, ready, *stands, DisclosureRequest.silent_at > clock.now())
    return [told(one) for one in db.session.scalars(query.order_by(DisclosureRequest.silent_at).limit(MOST))]


def settled() -> list[Sheet]:
    """Return the last that were released or ended."""
    over = (DisclosureRequest.released_at.is_not(None), DisclosureRequest.ended.is_not(None))
    return [told(one) for one in _several(or_(*over))]


def told(one: DisclosureRequest) -> Sheet:
    """Return a request as those see it who asked it, or decide it."""
    paper = json.loads(one.paper or "{}")
    names = ("code", "filed_at", "silent_at", "need", "offence", "issuer", "defer", "by_desk", "endorsed_at")
    return (
        {name: getattr(one, name) for name in names}
        | {"unit": one.unit.name, "answer": answer(one), "open_until": one.released_at and one.released_at + OPEN_FOR}
        | {name: paper.get(name) for name in _PAPER}
        | {name: paper.get(name) and date.fromisoformat(paper[name]) for name in _DAYS}
    )


def signed(one: DisclosureRequest) -> Sheet:
    """Return who signed what, and when: for the office alone."""
    names = accounts.names([one.filed_by, one.endorsed_by, one.decided_by, one.approved_by])
    by = {name: names.get(getattr(one, name)) for name in ("filed_by", "endorsed_by", "decided_by", "approved_by")}
    more = ("decided_at", "approved_at", "released_at", "grounds", "checks", "deferred", "ended", "ended_at")
    return by | {name: getattr(one, name) for name in more}


def unanswered() -> Sequence[int]:
    """Return the requests of which nobody spoke in time, and that is not written down yet."""
    late = (DisclosureRequest.silent_at <= clock.now(), DisclosureRequest.ended.is_(None))
    query = select(DisclosureRequest.id).where(*late, DisclosureRequest.released_at.is_(None))
    return db.session.scalars(query.order_by(DisclosureRequest.id)).all()


def several(numbers: Collection[int]) -> list[Sheet]:
    """Return some requests by their numbers, the latest first."""
    return [told(one) for one in _several(DisclosureRequest.id.in_(numbers))]


def pseudonyms(people: Collection[int]) -> list[str]:
    """Return whom an act is about, for the details of its line: who was asked for is told by a notice, in its time."""
    return [str(one) for one in db.session.scalars(select(Standing.subject).where(Standing.person_id.in_(people)))]


def absent() -> NotFound:
    return NotFound(_("There is no such request"))


def numbered(number: int) -> DisclosureRequest:
    """Return a request by its number, held until the transaction ends."""
    query = select(DisclosureRequest).where(DisclosureRequest.id == number)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def forget_old() -> int:
    """Forget what was said in words in requests that ended long ago: whom they were about, on which paper."""
    before = clock.now() - FORGOTTEN_AFTER
    over = or_(DisclosureRequest.ended_at < before, DisclosureRequest.released_at < before)
    query = select(DisclosureRequest.id, DisclosureRequest.code).where(over, DisclosureRequest.paper.is_not(None))
    old = {number: code for number, code in db.session.execute(query.with_for_update())}  # noqa: C416 - rows are no pairs to mypy
    db.session.execute(update(DisclosureRequest).where(DisclosureRequest.id.in_(old)).values(paper=None))
    for table, blank in _FORGOTTEN.items():
        db.session.execute(update(table).where(table.request_id.in_(old)).values(**blank))
    db.session.execute(delete(DisclosureNotice).where(DisclosureNotice.request_id.in_(old)))
    handover.forget(old.values())
    return len(old)


# What is left of them is that they were made.
_FORGOTTEN: Final[Mapping[Any, Mapping[str, str | None]]] = {
    DisclosureSubject: {"told": None, "reasons": None, "given": None, "person_id": None},
    DisclosureDeferral: {"why": ""},
    DisclosureComplaint: {"text": "", "answer": None},
}


def _is_past(one: DisclosureRequest, moment: datetime) -> bool:
    return clock.now() >= moment or clocks.now(one.entry) >= moment


_DAYS: Final = ("case_on", "issued_on", "expires_on")
_PAPER: Final = (
    *("case_number", "instrument", "issuer_name", "own_registers", "defer_why"),
    *("officer_name", "head_name", "asked_for"),
)


def _paper(filed: Filed, asked: Mapping[str, Any]) -> Sheet:
    said = {name: value for name, value in asked.items() if name not in {*_COLUMNS, "subjects"}}
    names = {"officer_name": filed.officer_name, "head_name": filed.head_name}
    return said | names | {"asked_for": len(asked["subjects"])}


def _written(values: Mapping[str, Any]) -> str:
    plain = {name: str(value) if isinstance(value, date | datetime) else value for name, value in values.items()}
    return json.dumps(plain, ensure_ascii=False)


def _found(code: str, *which: ColumnElement[bool], lock: bool) -> DisclosureRequest:
    query = select(DisclosureRequest).where(DisclosureRequest.code == code, *which)
    query = query.with_for_update().execution_options(populate_existing=True) if lock else query
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise absent()
    return found


def _several(*which: ColumnElement[bool]) -> Sequence[DisclosureRequest]:
    query = select(DisclosureRequest).where(*which).order_by(DisclosureRequest.id.desc()).limit(MOST)
    return db.session.scalars(query).all()

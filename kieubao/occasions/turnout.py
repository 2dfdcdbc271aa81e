"""The only writer of responses: what people said to an occasion, whether they came, and who has a seat.

Seats are given by turns: whoever accepts stands behind those who did before, with all they bring, and waits where
the seats are taken by then. Who waits has a seat as soon as enough of those before decline: nobody moves them up.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, delete, false, func, or_, select

from kieubao.access.models import Account
from kieubao.consent.models import WHOSE, ConsentNow, Standing
from kieubao.consent.vocabulary import URGENT, YES
from kieubao.db import db, insert_many, is_among, next_ids
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Invalid, _
from kieubao.occasions.models import Occasion, Response
from kieubao.occasions.vocabulary import IN_PLACE, Answer, Kind, Obstacle, Presence, Speaker

Sheet = dict[str, Any]
# Of a line, what is said; a later one that does not say it leaves it as it was.
_SAID = ("answer", "companions", "presence")
_HOW = ("said_by", "spoken_by", "channel", "obstacle", "note")
_TOLD = (*_SAID, *_HOW, "at")
# What is told to nobody but who wrote it down, and the office.
_UNTOLD = ("note", "spoken_by", "account")


@dataclass(frozen=True)
class Said:
    """What somebody said to an occasion, or was seen to do; what is None stays as it was."""

    answer: Answer | None = None
    companions: int | None = None
    presence: Presence | None = None
    said_by: Speaker = Speaker.SELF
    spoken_by: str | None = None
    channel: str | None = None
    obstacle: Obstacle | None = None
    note: str | None = None


def record(held: Occasion, said: Mapping[int, Said], by: int | None) -> dict[int, Invalid]:
    """Write down what was said, by the ids of people; return of whom it cannot be so, and why. `held` is locked.

    `by` an account, or by none where they say it themselves, by their link.
    """
    last = _last_of(held, said)
    lines, refused = list[dict[str, Any]](), dict[int, Invalid]()
    for line, (person_id, one) in zip(next_ids(Response, len(said)), said.items(), strict=True):
        whose = {"id": line, "occasion_id": held.id, "person_id": person_id, "account_id": by, "at": clock.now()}
        try:
            _refuse_unfit(held, one)
            told = _after(last.get(person_id), one, line)
        except Invalid as error:
            refused[person_id] = error
        else:
            lines.append({**whose, **told, **{name: getattr(one, name) for name in _HOW}})
    insert_many(Response, lines)
    _refuse_erased(said)
    return refused


def those(held: Occasion, *, answer: str | None = None, presence: str | None = None) -> Select[int]:
    """Select of whom something is known for an occasion; who answered so, and who came or did not."""
    last = _last(Response.occasion_id == held.id)
    wanted = {"answer": answer, "presence": presence}
    return select(last.c.person).where(*(last.c[name] == value for name, value in wanted.items() if value is not None))


def known(held: Occasion, records: Select[int] | Collection[int], to: int | None = None) -> dict[int, Sheet]:
    """Return what is known of people and an occasion, by the ids of their records.

    `waiting`: they accepted, and the seats are taken by who did before; `account`: None where by their link. `to`: an
    organisation, told of what others wrote down neither the note nor who told it; `theirs`: others wrote some of it.
    """
    last = _last(Response.occasion_id == held.id)
    waiting = set(db.session.scalars(waits(held)))
    others = set(db.session.scalars(_written_by_others(held, to))) if to is not None else set()
    columns = [last.c[name] for name in _TOLD]
    query = (
        select(Standing.person_id, last.c.person, Account.organisation_id, Account.name, *columns)
        .join(last, last.c.person == WHOSE)
        .outerjoin(Account, Account.id == last.c.account_id)
        .where(Standing.person_id.in_(records))
    )
    found = dict[int, Sheet]()
    for record, person, office, account, *values in db.session.execute(query):
        hidden = dict.fromkeys(_UNTOLD) if to is not None and office != to else {}
        found[record] = _sheet(values, account) | {"waiting": person in waiting, "theirs": person in others} | hidden
    return found


def _written_by_others(held: Occasion, organisation_id: int) -> Select[int]:
    """Select the people of whom somebody else than an organisation wrote anything down: later lines carry it on."""
    lines = select(WHOSE).join(Response, Response.person_id == Standing.person_id)
    lines = lines.outerjoin(Account, Account.id == Response.account_id)
    others = Account.organisation_id.is_distinct_from(organisation_id)
    return lines.where(Response.occasion_id == held.id, others)


def history(records: Select[int]) -> list[Sheet]:
    """Return all that was known of a person and any occasion, under whichever of these records; the latest first."""
    query = (
        select(Occasion.code, Occasion.title, Account.name, *(Response.__table__.c[name] for name in _TOLD))
        .outerjoin(Account, Account.id == Response.account_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(Response.person_id.in_(records))
        .order_by(Response.id.desc())
    )
    return [
        _sheet(values, account) | {"occasion": code, "title": title}
        for code, title, account, *values in db.session.execute(query)
    ]


def said_today(held: Occasion, records: Select[int]) -> int:
    """Count what a person said of an occasion today by their link, under whichever of these records."""
    lines = select(func.count()).where(Response.occasion_id == held.id, Response.person_id.in_(records))
    by_link = lines.where(Response.account_id.is_(None), Response.at >= clock.midnight())
    return db.session.scalar(by_link) or 0


def counts(held: Occasion, among: Select[int]) -> dict[str, Any]:
    """Count answers and presences of some people; `coming` and `came` with companions, and how many people wait."""
    last, waiting = _last(Response.occasion_id == held.id), waits(held)
    query = select(last.c.answer, last.c.presence, func.count(), func.sum(last.c.companions))
    query = query.where(is_among(last.c.person, among))
    waiting = waiting.where(is_among(waiting.selected_columns[0], among))
    rows = db.session.execute(query.group_by(last.c.answer, last.c.presence)).all()
    parties = [(answer, presence, people, people + more) for answer, presence, people, more in rows]
    told: dict[str, Any] = {one: sum(people for answer, _p, people, _all in parties if answer == one) for one in Answer}
    told |= {one: sum(people for _a, presence, people, _all in parties if presence == one) for one in Presence}
    return told | {
        "coming": sum(everybody for answer, _p, _people, everybody in parties if answer == Answer.ACCEPTED),
        "came": sum(everybody for _a, presence, _people, everybody in parties if presence == Presence.ATTENDED),
        "waiting": db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0,
        "seats": held.details.get("seats"),
    }


def waits(held: Occasion) -> Select[int]:
    """Select the people who accepted and have no seat yet."""
    last = _last(Response.occasion_id == held.id)
    party = last.c.companions + 1
    upto = func.sum(party).over(order_by=last.c.place)
    queue = select(last.c.person, upto.label("upto")).where(last.c.answer == Answer.ACCEPTED).subquery()
    seats = held.details.get("seats")
    return select(queue.c.person).where(false() if seats is None else queue.c.upto > seats)


def coming(held: Occasion) -> dict[int, int]:
    """Return who accepted and has a seat, and how many come with each."""
    last = _last(Response.occasion_id == held.id)
    query = select(last.c.person, last.c.companions).where(last.c.answer == Answer.ACCEPTED)
    rows = db.session.execute(query.where(last.c.person.not_in(waits(held))))
    return {person: companions for person, companions in rows}  # noqa: C416 - rows are no pairs to mypy


def answered(answer: Answer, codes: Collection[str]) -> Select[int]:
    """Select the people whose last answer to one of some occasions was this."""
    last = _last(Occasion.code.in_(codes))
    return select(last.c.person).where(last.c.answer == answer)


def spoken_to(held: Occasion) -> Select[int]:
    """Select the people whom somebody spoke to about an occasion: they answered anything, or came."""
    last = _last(Response.occasion_id == held.id)
    return select(last.c.person).where(or_(last.c.answer != Answer.UNREACHED, last.c.presence == Presence.ATTENDED))


def attended(codes: Collection[str] | None = None, since: date | None = None) -> Select[int]:
    """Select the people who came to one of some occasions, or to any; since a day, by when it began or was told."""
    rules: list[ColumnElement[bool]] = [] if codes is None else [Occasion.code.in_(codes)]
    if since:
        told = Response.at >= datetime.combine(since, time.min, clock.HANOI)
        rules.append(func.coalesce(Occasion.starts_on >= since, told))
    last = _last(*rules)
    return select(last.c.person).where(last.c.presence == Presence.ATTENDED)


def came_to_another(held: Occasion) -> Select[int]:
    """Select the people who accepted, or came to, another occasion of the same kind."""
    last = _last(Occasion.kind == held.kind, Occasion.id != held.id)
    return select(last.c.person).where(or_(last.c.answer == Answer.ACCEPTED, last.c.presence == Presence.ATTENDED))


def unreached() -> Select[int, datetime]:
    """Select the people who could not be reached for an occasion, and when that was told last; not who was silent."""
    last = _last()
    return select(last.c.person, func.max(last.c.at).label("at")).where(*_failed(last)).group_by(last.c.person)


def obstacles(people: Collection[int]) -> dict[int, list[Sheet]]:
    """Return of people who could not be reached by which channel, why, for what and since when; the latest first."""
    last, found = _last(), defaultdict[int, list[Sheet]](list)
    names = ("channel", "obstacle", "at")
    query = select(last.c.person, Occasion.title, *(last.c[name] for name in names))
    query = query.join(Occasion, Occasion.id == last.c.occasion_id).where(last.c.person.in_(people), *_failed(last))
    for person, title, *values in db.session.execute(query.order_by(last.c.id.desc())):
        found[person].append({"title": title, **dict(zip(names, values, strict=True))})
    return found


def _failed(last: Subquery) -> list[ColumnElement[bool]]:
    """Name who was not reached and did not only not answer; why is not known of lines from before migration 0035."""
    return [last.c.answer == Answer.UNREACHED, func.coalesce(last.c.obstacle, "") != Obstacle.NO_ANSWER]


def unheard(*, urgent: bool = False) -> Select[int]:
    """Select the people who said that they want no more contact, of whom an older yes stands all the same.

    `urgent`: who said so in an emergency, where nobody's yes is waited for, and of whom no later word on it stands.
    """
    last = _last((Occasion.kind == Kind.PROTECTION) == urgent)
    said = select(ConsentNow.person_id).where(ConsentNow.person_id == last.c.person)
    later = said.where(ConsentNow.purpose.in_(URGENT), ConsentNow.signed_at > last.c.at)
    older = said.where(ConsentNow.state.in_(YES), ConsentNow.signed_at <= last.c.at)
    return select(last.c.person).where(last.c.answer == Answer.NO_MORE, ~later.exists() if urgent else older.exists())


def forget(people: Collection[int]) -> None:
    """Leave nothing of what some people said, nor that they came."""
    db.session.execute(delete(Response).where(Response.person_id.in_(people)))


def _last(*rules: ColumnElement[bool]) -> Subquery:
    """Select the last line of everybody for each occasion, of whom a record is today by `person`."""
    turn = func.row_number().over(partition_by=(Response.occasion_id, WHOSE), order_by=Response.id.desc())
    lines = (
        select(*Response.__table__.columns, WHOSE.label("person"), turn.label("turn"))
        .join(Standing, Standing.person_id == Response.person_id)
        .join(Occasion, Occasion.id == Response.occasion_id)
        .where(*rules)
        .subquery()
    )
    return select(lines).where(lines.c.turn == 1).subquery()


def _last_of(held: Occasion, records: Collection[int]) -> dict[int, Any]:
    """Return the last line of whoever has one, by the ids of their records."""
    last = _last(Response.occasion_id == held.id)
    columns = [last.c[name] for name in (*_SAID, "place")]
    query = select(Standing.person_id.label("record"), *columns).join(last, last.c.person == WHOSE)
    return {row.record: row for row in db.session.execute(query.where(Standing.person_id.in_(records)))}


def _after(last: Any, said: Said, line: int) -> dict[str, Any]:
    """Return what is known once somebody said this, too."""
    stood: dict[str, Any] = {name: getattr(last, name, None) for name in _SAID}
    known = stood | {name: news for name in _SAID if (news := getattr(said, name)) is not None}
    goes = known["answer"] == Answer.ACCEPTED or known["presence"] == Presence.ATTENDED
    if said.companions and not goes:
        raise Invalid(_("Companions are of who comes"), field="companions")
    known["companions"] = (known["companions"] or 0) if goes else 0
    # Whoever brings more people than before asks for more seats, and stands behind those who wait.
    keeps = stood["answer"] == Answer.ACCEPTED and known["companions"] <= (stood["companions"] or 0)
    return known | {"place": (last.place if keeps else line) if known["answer"] == Answer.ACCEPTED else None}


def _refuse_unfit(held: Occasion, said: Said) -> None:
    if all(getattr(said, name) is None for name in _SAID):
        raise Invalid(_("Say what they answered, or whether they came"), field="answer")
    if said.presence and held.starts_on and held.starts_on > clock.today():
        raise Invalid(_("It has not begun yet"), field="presence")
    if (said.said_by in IN_PLACE) != bool(said.spoken_by):
        raise Invalid(_("Name who spoke in their place, and only then"), field="spoken_by")
    if said.obstacle and said.answer != Answer.UNREACHED:
        raise Invalid(_("That is of who was not reached"), field="obstacle")
    if said.answer == Answer.UNREACHED and not said.channel:
        raise Invalid(_("Say by which channel they were not reached"), field="channel")


def _refuse_erased(people: Collection[int]) -> None:
    """Refuse whoever was erased while this was written: their row is held by then."""
    gone = select(Standing.person_id).where(Standing.person_id.in_(people), Standing.erased_at.is_not(None))
    if db.session.scalar(gone.limit(1)):
        raise Conflict(_("Somebody in it was erased meanwhile"))


def _sheet(values: Sequence[Any], account: str | None) -> Sheet:
    return dict(zip(_TOLD, values, strict=True)) | {"account": account, "waiting": False}

"""Two records that are one person's: the only writer of who was merged into whom, and of what then counts.

No line of the ledger is rewritten. What was said under either record counts for the one that stays; where either had
said no, that no counts as said again at the moment of the merge, so that only a later yes outlives it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select

from kieubao.consent import ledger, stops
from kieubao.consent.ledger import Said, Spot, Word, last
from kieubao.consent.models import ConsentEvent, Standing
from kieubao.consent.vocabulary import YES, Capacity, Channel, Method, Purpose, State
from kieubao.db import BATCH, db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, _

# What stands before consent, of which the stricter is kept.
STRICT = ("deceased_on", "restricted_at")


class Merged(NamedTuple):
    """A record that was merged into another, at which line and moment."""

    person_id: int
    line: int
    at: datetime


def unite(kept: int, gone: int, own: Mapping[str, Any]) -> dict[str, Any]:
    """Have what was said under one record count for another; return what stands of the latter by itself.

    `own`: as it was returned when a record was merged into this one last; empty where none was. Raises Conflict where
    somebody was merged into the record that is to go, or it was itself.
    """
    line, into, away = _locked(kept, gone)
    if into.successor_id or away.successor_id or _merged_into(gone):
        raise Conflict(_("A record was merged into the one that is to go: keep that one, or undo its merge first"))
    others = _of_merged(kept)
    # What is no more than they come to together is not the record's own; what differs was written down since.
    as_known = {name: getattr(into, name) == _stricter(own.get(name), others[name]) for name in STRICT}
    by_itself = {name: own.get(name) if as_known[name] else getattr(into, name) for name in STRICT}
    into.line = away.line = line
    away.successor_id, away.merged_at, away.merged_line = kept, clock.now(), line
    for name in STRICT:
        setattr(into, name, _stricter(getattr(into, name), getattr(away, name)))
    into.heard_on = max(filter(None, (into.heard_on, away.heard_on)), default=None)
    into.told_on = _stricter(into.told_on, away.told_on)
    db.session.flush()
    ledger.overwrite(kept, answers(kept))
    stops.tell([kept], line)
    return by_itself


def part(kept: int, gone: int, before: Mapping[str, Any], own: Mapping[str, Any], by: int | None) -> None:
    """Undo a merge: each record stands by its own lines again, but a no, or a restriction, since counts for both.

    When each was heard of is for whoever knows their records to say again. `before` is as `unite` gave it of this
    merge, and `own` as it gave it of the last there was into the record that stays; what was changed since stays.
    """
    line, into, away = _locked(kept, gone)
    refused = [_again(gone, event) for event in _events([kept], after=away.merged_line or 0) if event.state not in YES]
    others = _of_merged(kept, but=gone)
    for name in STRICT:
        now, theirs = getattr(into, name), getattr(away, name)
        as_known = now == _stricter(_stricter(own[name], others[name]), theirs)
        since = own[name] if as_known else now
        if as_known:
            setattr(into, name, _stricter(own[name], others[name]))
        if since and since != before[name]:
            # What was written down meanwhile may be of either.
            setattr(away, name, _stricter(since, theirs))
    since = away.merged_at and clock.day_of(away.merged_at)
    if into.told_on and (into.told_on == away.told_on or (since and into.told_on >= since)):
        # It may be the other who was told: whoever was not is told again.
        into.told_on = None
    into.line = away.line = line
    # What the other had said let them into files, and what the other had left may be in them.
    stops.doubt(kept, away.merged_line or 0)
    away.successor_id = away.merged_at = away.merged_line = None
    db.session.flush()
    for person_id in (kept, gone):
        ledger.overwrite(person_id, answers(person_id))
    ledger.record(refused, by, met=False)


def answers(person_id: int) -> dict[Spot, Said]:
    """Return the last words of a person, as the lines of every record of theirs give them."""
    merged = _merged_into(person_id)
    records = [person_id, *(one.person_id for one in merged)]
    # One person was born once, whichever record has it: where they differ, nobody knows which is right.
    births = {*db.session.scalars(select(Standing.adult_on).where(Standing.person_id.in_(records)))}
    said = _by_record(records, births)
    heard = said.pop(person_id, [])
    for one in merged:
        theirs = said.get(one.person_id, [])
        before = [*last(_before(heard, one.line)).items(), *last(theirs).items()]
        refused = {_on(person_id, spot): state for spot, (state, *_rest) in before if state not in YES}
        heard += [(_on(person_id, spot), what) for spot, what in theirs]
        heard += [(spot, (state, one.at, one.line, None)) for spot, state in refused.items()]
    return last(heard)


def replay() -> dict[Spot, tuple[str, int]]:
    """Return the last words of everybody as the ledger alone gives them: spot → (state, line)."""
    known = db.session.execute(select(Standing.subject, Standing.person_id))
    people = {row.subject: row.person_id for row in known}
    query = select(ConsentEvent).execution_options(yield_per=BATCH)
    events = ((people[e.subject], e) for e in db.session.scalars(query) if e.subject in people)
    found = last(_said(person_id, event) for person_id, event in events)
    for kept in db.session.scalars(select(Standing.successor_id).where(Standing.successor_id.is_not(None)).distinct()):
        found = {spot: said for spot, said in found.items() if spot[0] != kept} | answers(kept or 0)
    return {spot: (state, line) for spot, (state, _at, line, _until) in found.items()}


def _stricter(one: Any, other: Any) -> Any:
    return min((value for value in (one, other) if value), default=None)


def _of_merged(kept: int, but: int | None = None) -> dict[str, Any]:
    """Return the strictest that stands of the records merged into one, but for one of them."""
    columns = [func.min(getattr(Standing, name)).label(name) for name in STRICT]
    query = select(*columns).where(Standing.successor_id == kept, Standing.person_id != (but or 0))
    return dict(db.session.execute(query).one()._mapping)  # noqa: SLF001 - its public name


def _locked(kept: int, gone: int) -> tuple[int, Standing, Standing]:
    """Take the next line, and lock how two people stand: in this order, as whoever writes how somebody stands does."""
    (line,) = ledger.numbers(1)
    query = select(Standing).where(Standing.person_id.in_((kept, gone))).order_by(Standing.person_id)
    found = {one.person_id: one for one in db.session.scalars(query.with_for_update())}
    return line, found[kept], found[gone]


def _merged_into(person_id: int) -> list[Merged]:
    """Return the records that were merged into one, in their order."""
    columns = (Standing.person_id, Standing.merged_line, Standing.merged_at)
    query = select(*columns).where(Standing.successor_id == person_id).order_by(Standing.merged_line)
    return [Merged(one, line or 0, at or clock.now()) for one, line, at in db.session.execute(query)]


def _before(heard: Iterable[tuple[Spot, Said]], line: int) -> Iterator[tuple[Spot, Said]]:
    return ((spot, said) for spot, said in heard if said[2] < line)


def _by_record(people: list[int], births: Collection[date | None]) -> dict[int, list[tuple[Spot, Said]]]:
    found: dict[int, list[tuple[Spot, Said]]] = {}
    for event in _events(people):
        found.setdefault(event.person_id, []).append(_said(event.person_id, event, births))
    return found


def _events(people: list[int], after: int = 0) -> Iterable[Row[Any]]:
    query = (
        select(Standing.person_id, *ConsentEvent.__table__.c)
        .join(ConsentEvent, ConsentEvent.subject == Standing.subject)
        .where(Standing.person_id.in_(people), ConsentEvent.id > after)
        .order_by(ConsentEvent.id)
    )
    return db.session.execute(query)


def _said(person_id: int, event: Any, births: Collection[date | None] = ()) -> tuple[Spot, Said]:
    until = ledger.ends(event, births)
    return (person_id, event.purpose, event.channel), (event.state, event.signed_at, event.id, until)


def _on(person_id: int, spot: Spot) -> Spot:
    return person_id, *spot[1:]


def _again(person_id: int, event: Any) -> Word:
    """Return what was refused as another says it, with what proves it."""
    names = ("signed_at", "evidence", "notice_id", "given_by", "valid_until")
    return Word(
        person_id,
        Purpose(event.purpose),
        Channel(event.channel),
        State(event.state),
        Method(event.method),
        capacity=Capacity(event.capacity),
        **{name: getattr(event, name) for name in names},
    )

"""The ledger: the only writer of consent, one line or a million.

The last word on a (person, purpose, channel) goes by **when it was signed**. At the same moment a
no outweighs a yes, so a yes entered late never overrides a no.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, or_, select, update

from kieubao.consent import hearing, stops, weighing
from kieubao.consent.models import ConsentEvent, ConsentNow, LedgerHead, Notice, Standing
from kieubao.consent.rules import records_of
from kieubao.consent.vocabulary import YES, Capacity, Channel, Method, Purpose, State
from kieubao.db import BATCH, db, insert_many
from kieubao.ground import clock
from kieubao.ground.errors import Invalid, _

_SHOWN = (
    *("purpose", "channel", "state", "method", "evidence", "capacity", "given_by"),
    *("signed_at", "recorded_at", "valid_until"),
)
# Of whom, for what purpose, by which channel; what was said there: the state, when it was signed, its line, its end.
Spot = tuple[int, str, str]
Said = tuple[str, datetime, int, date | None]
ADULT = 16


@dataclass(frozen=True)
class Word:
    """What a person said on one purpose and channel, before it has a line."""

    person_id: int
    purpose: Purpose
    channel: Channel
    state: State
    method: Method
    signed_at: datetime
    evidence: str | None = None
    notice_id: int | None = None
    capacity: Capacity = Capacity.SELF
    given_by: str | None = None
    valid_until: date | None = None

    @property
    def spot(self) -> Spot:
        return self.person_id, self.purpose, self.channel


def said_at(day: date, state: State) -> datetime:
    """Return the moment a day stands for: its first for a yes, its last (but not after now) for a no."""
    if state in YES:
        return datetime.combine(day, time.min, clock.HANOI)
    return min(datetime.combine(day, time.max, clock.HANOI), clock.now())


def adult_on(latest_birth: date | None) -> date | None:
    """Return the first day on which somebody born by then is surely 16 (Đ24); None where birth is unknown."""
    if latest_birth is None:
        return None
    year = latest_birth.year + ADULT
    leap = (latest_birth.month, latest_birth.day) == (2, 29)
    return date(year, 3, 1) if leap else latest_birth.replace(year=year)


def open_standing(births: Mapping[int, date | None], heard: Mapping[int, date | None]) -> dict[int, UUID]:
    """Begin the standing of new people; return their pseudonyms.

    Of each is given the latest day they may be born on, and the last on which they were heard of.
    """
    subjects = {person_id: uuid4() for person_id in births}
    lines = numbers(len(births))
    insert_many(
        Standing,
        (
            {
                "person_id": person_id,
                "subject": subjects[person_id],
                "adult_on": adult_on(birth),
                "heard_on": heard[person_id],
                "line": line,
            }
            for line, (person_id, birth) in zip(lines, births.items(), strict=True)
        ),
    )
    return subjects


def restand(person_id: int, **changes: Any) -> None:
    """Change what stands before consent: `adult_on`, `deceased_on`, `restricted_at`."""
    (line,) = numbers(1)
    db.session.execute(update(Standing).where(Standing.person_id == person_id).values(line=line, **changes))
    if changes.get("adult_on"):
        _end(person_id, changes["adult_on"])
    stops.tell([person_id], line)


def is_minor(adult_on: date | None) -> bool:
    """Tell whether somebody may be under 16, by the first day on which they surely are not."""
    return adult_on is not None and adult_on > clock.today()


def ends(said: Any, births: Collection[date | None]) -> date | None:
    """Return the last day of a word or line: a representative's yes ends before the person is 16 (Đ24).

    `births`: the days on which they are, by each record of theirs; the earliest end holds.
    """
    until: date | None = said.valid_until
    if said.state in YES and said.capacity == Capacity.REPRESENTATIVE:
        signed_on = clock.day_of(said.signed_at)
        last = [adult_on - timedelta(days=1) for adult_on in births if adult_on and signed_on < adult_on]
        return min([*last, until] if until else last, default=None)
    return until


def forget(people: Sequence[int]) -> None:
    """Erase what stands of people, and which pseudonym was theirs: the ledger's lines lead to nobody any more.

    The moment is only told by its day, so that the trail's own moments do not tell whose pseudonym it was.
    """
    blank = dict.fromkeys(("adult_on", "deceased_on", "heard_on", "told_on", "restricted_at"))
    blank |= dict.fromkeys(("merged_at", "merged_line"))
    day = datetime.combine(clock.today(), time.min, clock.HANOI)
    for some in _batches(people):
        db.session.execute(delete(ConsentNow).where(ConsentNow.person_id.in_(some)))
        lines = numbers(len(some))
        gone = [
            {"person_id": person_id, "subject": uuid4(), "line": line, "erased_at": day, **blank}
            for person_id, line in zip(some, lines, strict=True)
        ]
        db.session.execute(update(Standing), gone)
        weighing.forget(some)
        stops.tell(some, lines.start)


def overwrite(person_id: int, answers: Mapping[Spot, Said]) -> None:
    """Put other last words in the place of a person's, as they come of the lines once it is known whose these are."""
    db.session.execute(delete(ConsentNow).where(ConsentNow.person_id == person_id))
    insert_many(ConsentNow, [_row(spot, said) for spot, said in answers.items()])


def hold() -> int:
    """Return the last line, and keep others from adding one until this is done."""
    return db.session.scalars(select(LedgerHead.last).with_for_update()).one()


def spoken_since(lines: Mapping[int, int]) -> set[int]:
    """Return which people have a line, or stand otherwise, since the line given with each."""
    last = select(Standing.person_id, func.max(ConsentEvent.id), Standing.line)
    last = last.outerjoin(ConsentEvent, ConsentEvent.subject == Standing.subject).group_by(Standing.person_id)
    rows = db.session.execute(last.where(Standing.person_id.in_(lines)).group_by(Standing.line))
    return {person for person, said, stood in rows if max(said or 0, stood) > lines[person]}


def record(words: Sequence[Word], recorded_by: int | None, *, met: bool = True) -> None:
    """Add lines and move the last words; raise Invalid where a line could not stand as proof.

    `met`: it is they who said it, so that they were heard of then; not where it is written down in their place.
    """
    for word in words:
        check(word)
    lines = numbers(len(words))
    # After the head is held: who writes down a birth takes a number, too.
    words = _ended(words)
    subjects = _subjects({word.person_id for word in words})
    moment = clock.now()
    insert_many(
        ConsentEvent,
        (
            {
                **{name: value for name, value in vars(w).items() if name != "person_id"},
                "id": n,
                "subject": subjects[w.person_id],
                "recorded_at": moment,
                "recorded_by": recorded_by,
            }
            for n, w in zip(lines, words, strict=True)
        ),
    )
    _move(last((w.spot, (w.state, w.signed_at, n, w.valid_until)) for n, w in zip(lines, words, strict=True)))
    if met:
        hearing.meet(words)
    stops.tell((word.person_id for word in words if word.state not in YES), lines.start)


def lines(person_id: int) -> list[dict[str, Any]]:
    """Return every line of one person, latest first; those too that were said under a record merged into theirs."""
    query = (
        select(ConsentEvent, Notice.code, Notice.version)
        .join(Standing, Standing.subject == ConsentEvent.subject)
        .outerjoin(Notice, Notice.id == ConsentEvent.notice_id)
        .where(Standing.person_id.in_(records_of(person_id)))
        .order_by(ConsentEvent.signed_at.desc(), ConsentEvent.id.desc())
    )
    return [
        {**{name: getattr(event, name) for name in _SHOWN}, "line": event.id, "notice": code and f"{code}/{version}"}
        for event, code, version in db.session.execute(query)
    ]


def kept() -> dict[Spot, tuple[str, int]]:
    """Return the last words as they are kept: spot → (state, line). `unions.replay` gives them by the lines alone."""
    columns = (ConsentNow.person_id, ConsentNow.purpose, ConsentNow.channel, ConsentNow.state, ConsentNow.line)
    return {(p, why, how): (state, line) for p, why, how, state, line in db.session.execute(select(*columns))}


def last(said: Iterable[tuple[Spot, Said]]) -> dict[Spot, Said]:
    """Return of what was said the last word on each spot."""
    last: dict[Spot, Said] = {}
    for spot, heard in said:
        if spot not in last or _weight(heard) > _weight(last[spot]):
            last[spot] = heard
    return last


def _ended(words: Sequence[Word]) -> list[Word]:
    """Return words as they may stand: of what representatives said, until when."""
    asked = {word.person_id for word in words if word.capacity == Capacity.REPRESENTATIVE}
    births = {row.person_id: row.adult_on for some in _batches(asked) for row in db.session.execute(_births(some))}
    return [
        replace(word, valid_until=ends(word, [births[word.person_id]])) if word.person_id in births else word
        for word in words
    ]


def _births(people: Sequence[int]) -> Select[int, date | None]:
    return select(Standing.person_id, Standing.adult_on).where(Standing.person_id.in_(people))


def _end(person_id: int, adult_on: date) -> None:
    """End what representatives said of somebody whose birth is known since."""
    last, begins = adult_on - timedelta(days=1), datetime.combine(adult_on, time.min, clock.HANOI)
    spoken = (ConsentEvent.capacity == Capacity.REPRESENTATIVE, ConsentEvent.signed_at < begins)
    theirs = select(ConsentEvent.id).where(ConsentEvent.id == ConsentNow.line, *spoken)
    rows = update(ConsentNow).where(ConsentNow.person_id == person_id, ConsentNow.state.in_(YES))
    longer = or_(ConsentNow.valid_until.is_(None), ConsentNow.valid_until > last)
    db.session.execute(rows.where(theirs.exists(), longer).values(valid_until=last))


def _weight(said: Said) -> tuple[datetime, bool, int]:
    state, signed_at, line, _until = said
    return signed_at, state not in YES, line


def _move(news: Mapping[Spot, Said]) -> None:
    """Bring `consent_now` up to the news, where the news has the last word."""
    known = {(r.person_id, r.purpose, r.channel): r for r in _known({spot[0] for spot in news})}
    fresh = []
    for spot, said in news.items():
        row = known.get(spot)
        if row is None:
            fresh.append(_row(spot, said))
        elif _weight(said) > _weight((row.state, row.signed_at, row.line, row.valid_until)):
            row.state, row.signed_at, row.line, row.valid_until = said
    insert_many(ConsentNow, fresh)


def _row(spot: Spot, said: Said) -> dict[str, Any]:
    names = ("person_id", "purpose", "channel", "state", "signed_at", "line", "valid_until")
    return dict(zip(names, (*spot, *said), strict=True))


def _known(people: Iterable[int]) -> Iterator[ConsentNow]:
    for some in _batches(people):
        yield from db.session.scalars(select(ConsentNow).where(ConsentNow.person_id.in_(some)))


def _subjects(people: Iterable[int]) -> dict[int, UUID]:
    found: dict[int, UUID] = {}
    for some in _batches(people):
        query = select(Standing.person_id, Standing.subject).where(Standing.person_id.in_(some))
        found |= {person_id: subject for person_id, subject in db.session.execute(query)}  # noqa: C416
    return found


def _batches(people: Iterable[int]) -> Iterator[list[int]]:
    ids = sorted(people)
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


def numbers(count: int) -> range:
    """Take the next numbers, holding the head until the transaction ends."""
    head = db.session.scalars(select(LedgerHead).with_for_update()).one()
    first = head.last + 1
    head.last += count
    db.session.flush()
    return range(first, first + count)


def check(word: Word) -> None:
    """Raise Invalid where a line could not stand as proof."""
    if word.signed_at > clock.now():
        raise Invalid(_("It cannot have been signed in the future"), field="signed_on")
    if word.valid_until and word.valid_until < word.signed_at.astimezone(clock.HANOI).date():
        raise Invalid(_("It ends before it was signed"), field="valid_until")
    if word.state in YES and not (word.evidence and word.notice_id):
        raise Invalid(_("A yes needs its evidence and the notice that was shown"), field="evidence")
    if (word.capacity == Capacity.REPRESENTATIVE) != bool(word.given_by):
        raise Invalid(_("Name the legal representative and why they speak, and only then"), field="given_by")

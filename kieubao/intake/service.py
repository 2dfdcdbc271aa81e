"""Files in: what a file says of people is recorded whole, or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from sqlalchemy import select

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import ledger
from kieubao.consent.ledger import Word
from kieubao.consent.statements import Spoken, heard
from kieubao.consent.vocabulary import Channel
from kieubao.db import BATCH, db
from kieubao.ground import kinship
from kieubao.ground.errors import Conflict, Forbidden, _
from kieubao.intake.models import IntakeFile
from kieubao.intake.rules import identity
from kieubao.people import registry
from kieubao.people.disclosure import cards
from kieubao.people.neighbours import MANY
from kieubao.people.records import BY_NUMBER, Record, is_within
from kieubao.people.search import find

_NOBODY = 0


@dataclass(frozen=True)
class Relative:
    """Somebody at home, who is the `term` of the person on the same row."""

    record: Record
    term: str


@dataclass(frozen=True)
class Entry:
    """What a row comes to. `answer` is the text of its consent, where that means something to the ledger."""

    record: Record
    relative: Relative | None = None
    answer: str | None = None

    @property
    def records(self) -> list[Record]:
        return [self.record, *([self.relative.record] if self.relative else [])]


@dataclass(frozen=True)
class Sent:
    """A file that was sent in: its name, the SHA-256 of its content, how many rows of people it has."""

    name: str
    digest: str
    rows: int


class Receipt(NamedTuple):
    """The code of the person on a row, who may have been on record already; a rehearsal gives nobody a code."""

    code: str
    known: bool = False


@use_case(Permission.INTAKE_RUN)
def take_in(actor: Actor, sent: Sent, entries: Sequence[Entry], answers: Mapping[str, Spoken]) -> list[Receipt]:
    """Record everybody in a file who is not on record yet, with their kin and their answers.

    Raises Conflict for a file that was taken in before, and Forbidden where somebody in it is out of scope.
    """
    words = _checked(actor, sent, entries, answers)
    known = [_known(actor, entry) for entry in entries]
    fresh = _noted(sent, entries, known)
    made = iter([code for some in _batches(fresh) for code in _recorded(actor, some, words)])
    if fresh:
        # Where two send the same file at once, its unique digest lets one in.
        counts = {"taken": len(fresh), "refused": sent.rows - len(fresh)}
        db.session.add(IntakeFile(digest=sent.digest, name=sent.name[:200], account_id=actor.id, **counts))
    return [Receipt(code, known=True) if code else Receipt(next(made)) for code in known]


@use_case(Permission.INTAKE_RUN, Shape.READ)
def rehearse(actor: Actor, sent: Sent, entries: Sequence[Entry], answers: Mapping[str, Spoken]) -> list[Receipt]:
    """Refuse what `take_in` would refuse, and change nothing."""
    _checked(actor, sent, entries, answers)
    known = [_known(actor, entry) for entry in entries]
    _noted(sent, entries, known)
    return [Receipt(code or "", known=code is not None) for code in known]


def _checked(
    actor: Actor, sent: Sent, entries: Sequence[Entry], answers: Mapping[str, Spoken]
) -> dict[str, list[Word]]:
    """Return the ledger's words for each answer, before anybody says them."""
    if db.session.scalar(select(IntakeFile.at).where(IntakeFile.digest == sent.digest)):
        raise Conflict(_("This file was taken in before: send only the rows that came back, corrected"))
    if not all(is_within(actor.scope, record.values, actor.office) for entry in entries for record in entry.records):
        raise Forbidden(_("Somebody in this file is outside the units you may see"))
    return {answer: heard(_NOBODY, spoken) for answer, spoken in answers.items()}


def _known(actor: Actor, entry: Entry) -> str | None:
    """Return the code under which somebody is on record, within the actor's scope, with a contact point in common."""
    values = [c.value for c in entry.record.contacts if c.channel in BY_NUMBER or c.channel == Channel.EMAIL]
    holders = (card for value in values for _subject, card in cards(find(value, {}, actor.scope, size=MANY).ids))
    same = (card["code"] for card in holders if identity(card) == identity(entry.record.values))
    return next(same, None)


def _noted(sent: Sent, entries: Sequence[Entry], known: Sequence[str | None]) -> list[Entry]:
    """Return the entries of people who are new, and have them counted in the trail."""
    fresh = [entry for entry, code in zip(entries, known, strict=True) if code is None]
    note(
        file=sent.digest,
        people=len(fresh),
        refused=sent.rows - len(fresh),
        relatives=sum(entry.relative is not None for entry in fresh),
        answers=sum(entry.answer is not None for entry in fresh),
    )
    return fresh


def _recorded(actor: Actor, entries: Sequence[Entry], words: Mapping[str, list[Word]]) -> list[str]:
    people = registry.enrol([entry.record for entry in entries], actor.office, actor.id)
    pairs = [(person.id, entry.relative) for person, entry in zip(people, entries, strict=True) if entry.relative]
    kin = registry.enrol([relative.record for _person, relative in pairs], actor.office, actor.id)
    registry.tie(
        (person, one.id, relative.term, kinship.inverse(relative.term))
        for (person, relative), one in zip(pairs, kin, strict=True)
    )
    said = zip(people, (words.get(entry.answer or "", ()) for entry in entries), strict=True)
    ledger.record([replace(word, person_id=person.id) for person, some in said for word in some], actor.id)
    return [person.code for person in people]


def _batches(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    return (entries[start : start + BATCH] for start in range(0, len(entries), BATCH))

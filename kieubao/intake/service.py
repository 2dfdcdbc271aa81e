"""Files in: what a file says of people is recorded whole, or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import select

from kieubao.access.roles import Actor, Permission, Scope
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import ledger, notices
from kieubao.consent.ledger import Word
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import BATCH, db
from kieubao.ground import kinship
from kieubao.ground.errors import Conflict, Forbidden, _
from kieubao.intake.models import IntakeFile
from kieubao.people import registry
from kieubao.people.records import Record, derived

_NOBODY = 0


@dataclass(frozen=True)
class Saying:
    """What an answer means, once for everybody in the file who gave it."""

    purposes: Sequence[Purpose]
    channels: Sequence[Channel]
    state: State
    signed_on: date
    said: Mapping[str, Any]
    notice: str | None = None


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
    """A file that was sent in: its name, the SHA-256 of its content, how many of its rows go back."""

    name: str
    digest: str
    refused: int


@use_case(Permission.INTAKE_RUN)
def take_in(actor: Actor, sent: Sent, entries: Sequence[Entry], sayings: Mapping[str, Saying]) -> list[str]:
    """Record everybody in a file with their kin and their answers; return the people's codes in order.

    Raises Conflict for a file that was taken in before, and Forbidden where somebody in it is out of scope.
    """
    words = _checked(actor, sent, entries, sayings)
    codes = [code for some in _batches(entries) for code in _recorded(actor, some, words)]
    if entries:
        # Where two send the same file at once, its unique digest lets one in.
        counts = {"taken": len(entries), "refused": sent.refused}
        db.session.add(IntakeFile(digest=sent.digest, name=sent.name[:200], account_id=actor.id, **counts))
    return codes


@use_case(Permission.INTAKE_RUN, Shape.READ)
def rehearse(actor: Actor, sent: Sent, entries: Sequence[Entry], sayings: Mapping[str, Saying]) -> list[str]:
    """Refuse what `take_in` would refuse, and change nothing; nobody has a code yet."""
    _checked(actor, sent, entries, sayings)
    return [""] * len(entries)


def is_within(scope: Scope, record: Record, office: str) -> bool:
    """Tell whether a record will lie in a scope; one whose home is not sure lies in the province's alone."""
    home = derived(record.values, office)
    return scope.covers(home["commune"] or "", home["province"])


def _checked(
    actor: Actor, sent: Sent, entries: Sequence[Entry], sayings: Mapping[str, Saying]
) -> dict[str, list[Word]]:
    """Return the ledger's words for each answer, before anybody says them."""
    relatives = sum(entry.relative is not None for entry in entries)
    note(people=len(entries), relatives=relatives, refused=sent.refused, file=sent.digest)
    if db.session.scalar(select(IntakeFile.at).where(IntakeFile.digest == sent.digest)):
        raise Conflict(_("This file was taken in before: send only the rows that came back, corrected"))
    if not all(is_within(actor.scope, record, actor.office) for entry in entries for record in entry.records):
        raise Forbidden(_("Somebody in this file is outside the units you may see"))
    return {answer: _words(saying) for answer, saying in sayings.items()}


def _recorded(actor: Actor, entries: Sequence[Entry], words: Mapping[str, list[Word]]) -> list[str]:
    people = registry.enrol([entry.record for entry in entries], actor.office, actor.id)
    pairs = [(person.id, entry.relative) for person, entry in zip(people, entries, strict=True) if entry.relative]
    kin = registry.enrol([relative.record for _person, relative in pairs], actor.office, actor.id)
    registry.tie(
        (person, one.id, relative.term, kinship.inverse(relative.term))
        for (person, relative), one in zip(pairs, kin, strict=True)
    )
    spoken = zip(people, (words.get(entry.answer or "", ()) for entry in entries), strict=True)
    ledger.record([replace(word, person_id=person.id) for person, said in spoken for word in said], actor.id)
    return [person.code for person in people]


def _words(saying: Saying) -> list[Word]:
    notice_id = notices.shown(saying.notice, saying.purposes, saying.signed_on) if saying.notice else None
    at = ledger.said_at(saying.signed_on, saying.state)
    return [
        Word(_NOBODY, purpose, channel, saying.state, signed_at=at, notice_id=notice_id, **saying.said)
        for purpose in saying.purposes
        for channel in saying.channels
    ]


def _batches(entries: Sequence[Entry]) -> Iterator[Sequence[Entry]]:
    return (entries[start : start + BATCH] for start in range(0, len(entries), BATCH))

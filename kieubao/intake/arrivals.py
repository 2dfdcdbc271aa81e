"""Who comes in with a row: known already, recorded with kin and answers, or taken back where nobody touched them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kieubao.access.roles import Actor, Scope
from kieubao.consent import handover, ledger
from kieubao.ground import kinship
from kieubao.ground.errors import _
from kieubao.intake.mapping import REFUSE
from kieubao.intake.staging import Made, Verdict
from kieubao.intake.vocabulary import RowState
from kieubao.people import erasure, registry
from kieubao.people.likeness import Known, on_record
from kieubao.people.records import Record

_ON_RECORD = _("This person is on record already as %(code)s: correct the record there")


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


def known(entries: Mapping[int, Entry], scope: Scope) -> dict[int, Known]:
    """Return who of some rows is on record already, within a scope."""
    found = on_record([entry.record for entry in entries.values()], scope)
    return {row: who for row, who in zip(entries, found, strict=True) if who}


def met(verdict: Verdict, known: Mapping[int, Known]) -> Verdict:
    """Return what becomes of a row whose person is on record already; else what becomes of it anyhow."""
    who = known.get(verdict.row)
    if who is None:
        return verdict
    return replace(verdict, state=RowState.KNOWN, told=[*verdict.told, ["", _ON_RECORD, {"code": who.code}, REFUSE]])


def recorded(actor: Actor, entries: Mapping[int, Entry], words: Mapping[str, Sequence[ledger.Word]]) -> list[Made]:
    """Record the people of rows, with their kin and their answers, whose words are given by their texts."""
    people = registry.enrol([entry.record for entry in entries.values()], actor.office, actor.id)
    ids = [person.id for person in people]
    kin = {i: entry.relative for i, entry in zip(ids, entries.values(), strict=True) if entry.relative}
    made = registry.enrol([relative.record for relative in kin.values()], actor.office, actor.id)
    tied = {i: one.id for i, one in zip(kin, made, strict=True)}
    registry.tie((i, tied[i], relative.term, kinship.inverse(relative.term)) for i, relative in kin.items())
    said = zip(ids, (words.get(entry.answer or "", ()) for entry in entries.values()), strict=True)
    ledger.record([replace(word, person_id=i) for i, some in said for word in some], actor.id)
    line = ledger.hold()
    return [Made(row, i, tied.get(i), line) for row, i in zip(entries, ids, strict=True)]


def touched(rows: Iterable[Made]) -> set[int | None]:
    """Return whom somebody has changed, heard or handed on since they came in; nobody does so until this is done."""
    lines = {person: row.line for row in rows for person in (row.person, row.relative) if person}
    erasure.hold(lines)
    ledger.hold()
    return {*registry.changed(lines), *ledger.spoken_since(lines), *handover.held(lines)}

"""Who comes in with a row: known already, recorded with kin and answers, or taken back where nobody touched them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kieubao.access.roles import Actor, Scope
from kieubao.consent import handover, ledger
from kieubao.consent.ledger import Word
from kieubao.consent.statements import NOBODY, Spoken, heard
from kieubao.ground import kinship
from kieubao.ground.errors import Invalid, _
from kieubao.intake.columns import REFUSE
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
    """What a row comes to. `answer` is what its person said about contact, where that means something to the ledger."""

    record: Record
    relative: Relative | None = None
    answer: Spoken | None = None

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


def heard_of(entries: Mapping[int, Entry]) -> tuple[dict[int, list[Word]], dict[int, Invalid]]:
    """Return the ledger's words for the answer on each row, before anybody says them; or why there are none."""
    # Rows whose answer the mapping tells in full have one in common.
    answers = {id(entry.answer): entry.answer for entry in entries.values() if entry.answer}
    words, wrong = dict[int, list[Word]](), dict[int, Invalid]()
    for key, spoken in answers.items():
        try:
            some = heard(NOBODY, spoken)
            ledger.check(some[0])
            words[key] = some
        except Invalid as error:
            wrong[key] = error
    by_row = {row: id(entry.answer) for row, entry in entries.items() if entry.answer}
    right = {row: words[key] for row, key in by_row.items() if key in words}
    return right, {row: wrong[key] for row, key in by_row.items() if key in wrong}


def refused(verdict: Verdict, wrong: Mapping[int, Invalid]) -> Verdict:
    """Return what becomes of a row whose answer cannot stand as proof; else what becomes of it anyhow."""
    why = wrong.get(verdict.row)
    if why is None:
        return verdict
    return replace(verdict, state=RowState.REFUSED, told=[*verdict.told, ["", why.message, why.values, REFUSE]])


def recorded(actor: Actor, entries: Mapping[int, Entry], words: Mapping[int, Sequence[Word]]) -> list[Made]:
    """Record the people of rows, with their kin and the words of their answers."""
    people = registry.enrol([entry.record for entry in entries.values()], actor.office, actor.id)
    ids = [person.id for person in people]
    kin = {i: entry.relative for i, entry in zip(ids, entries.values(), strict=True) if entry.relative}
    made = registry.enrol([relative.record for relative in kin.values()], actor.office, actor.id)
    tied = {i: one.id for i, one in zip(kin, made, strict=True)}
    registry.tie((i, tied[i], relative.term, kinship.inverse(relative.term)) for i, relative in kin.items())
    said = zip(ids, (words.get(row, ()) for row in entries), strict=True)
    ledger.record([replace(word, person_id=i) for i, some in said for word in some], actor.id)
    line = ledger.hold()
    return [Made(row, i, tied.get(i), line) for row, i in zip(entries, ids, strict=True)]


def touched(rows: Iterable[Made]) -> set[int | None]:
    """Return whom somebody has changed, heard or handed on since they came in; nobody does so until this is done."""
    lines = {person: row.line for row in rows for person in (row.person, row.relative) if person}
    erasure.hold(lines)
    ledger.hold()
    return {*registry.changed(lines), *ledger.spoken_since(lines), *handover.held(lines)}

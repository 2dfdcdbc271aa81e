"""Who comes in with a row: known already, recorded with kin and answers, or taken back where nobody touched them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from kieubao.access.roles import Actor, Scope
from kieubao.consent import filed, handover, ledger
from kieubao.consent.ledger import Word
from kieubao.consent.statements import NOBODY, Spoken, heard
from kieubao.consent.vocabulary import YES
from kieubao.ground import kinship
from kieubao.ground.errors import Invalid, _
from kieubao.intake.columns import LEAVE_OUT, REFUSE
from kieubao.intake.verdicts import Made, Verdict
from kieubao.intake.vocabulary import RowState
from kieubao.people import bonds, erasure, registry
from kieubao.people.doubles import Candidate, among
from kieubao.people.likeness import Known, by_code, marks_of, on_record
from kieubao.people.records import Record
from kieubao.traces import tombstones

_ON_RECORD = _("This person is on record already as %(code)s: correct the record there")
_ERASED = _("Somebody who may be this person, or their relative, was erased: somebody decides whether they come in")
_SAID_NO = _("Likely %(code)s, who said no or is not to be contacted: give that code, or record somebody else by hand")
_NO_RECORD = _("There is no record %(code)s among those you may see")
_ALIKE = _("They are likely to be on record as %(codes)s: once the file is in, look at the two side by side")

T = TypeVar("T")


@dataclass(frozen=True)
class Relative:
    """Somebody at home, who is the `term` of the person on the same row."""

    record: Record
    term: str


@dataclass(frozen=True)
class Entry:
    """What a row comes to, with the relatives `below` it, by their rows.

    `answer` is what its person said about contact, where that means something to the ledger. `code` is of the record
    the row says it is of; `told`, where it may amend one: the fields its cells tell.
    """

    record: Record
    relative: Relative | None = None
    answer: Spoken | None = None
    below: dict[int, Relative] = field(default_factory=dict)
    code: str | None = None
    told: frozenset[str] | None = None

    @property
    def says_no(self) -> bool:
        return self.answer is not None and self.answer.state not in YES

    @property
    def relatives(self) -> list[Relative]:
        return [*([self.relative] if self.relative else []), *self.below.values()]

    def kin(self, row: int) -> Iterator[tuple[int, Relative]]:
        """Give its relatives, each by the row it stands in; its own is given."""
        if self.relative:
            yield row, self.relative
        yield from self.below.items()

    @property
    def records(self) -> list[Record]:
        return [self.record, *(relative.record for relative in self.relatives)]


def known(entries: Mapping[int, Entry], scope: Scope) -> tuple[dict[int, Known], dict[int, Invalid]]:
    """Return who of some rows is on record already, within a scope; and which rows name nobody there, or several."""
    coded = {row: entry.code for row, entry in entries.items() if entry.code}
    others = {row: entry.record for row, entry in entries.items() if row not in coded}
    found = dict(zip(others, on_record([*others.values()], scope), strict=True))
    by = by_code({*coded.values()}, scope)
    astray = {row: Invalid(_NO_RECORD, code=code) for row, code in coded.items() if code not in by}
    astray |= {row: _several(who) for row, who in found.items() if len(who) > 1}
    one = {row: who[0] for row, who in found.items() if len(who) == 1}
    return one | {row: by[code] for row, code in coded.items() if code in by}, with_below(entries, astray)


def _several(who: Sequence[Known]) -> Invalid:
    codes = ", ".join(one.code for one in who)
    return Invalid(_("Several on record have this name and number: say which by the code (%(codes)s)"), codes=codes)


def with_below(entries: Mapping[int, Entry], by_row: Mapping[int, T]) -> dict[int, T]:
    """Return what is known of rows for the rows of relatives below them too."""
    return {one: what for row, what in by_row.items() for one in (row, *entries[row].below)}


def met(verdict: Verdict, known: Mapping[int, Known]) -> Verdict:
    """Return what becomes of a row whose person is on record already; else what becomes of it anyhow."""
    who = known.get(verdict.row)
    if who is None:
        return verdict
    return replace(verdict, state=RowState.KNOWN, told=[*verdict.told, ["", _ON_RECORD, {"code": who.code}, REFUSE]])


def buried(entries: Mapping[int, Entry]) -> set[int]:
    """Return which rows tell of somebody, or of kin, who would be known again as somebody who was erased."""
    graves = tombstones()
    known = graves.marks()
    return {row for row, one in entries.items() if any(graves.meets(known, marks_of(record)) for record in one.records)}


def alike(actor: Actor, entries: Mapping[int, Entry]) -> dict[int, list[Candidate]]:
    """Return who within scope is likely to be the person of each of some rows."""
    rows = list(entries)
    found = among([entries[row].record for row in rows], actor.scope, actor.office)
    return {rows[place]: likely for place, likely in found.items()}


def unheard(alike: Mapping[int, Sequence[Candidate]], words: Mapping[int, Sequence[Word]]) -> dict[int, Invalid]:
    """Return the rows with a yes of somebody who is likely on record, and said no there, died or is restricted."""
    no = filed.refused({one.id for likely in alike.values() for one in likely})
    said = {row: {(word.purpose, word.channel) for word in words.get(row, ()) if word.state in YES} for row in alike}
    return {
        row: Invalid(_SAID_NO, code=one.code)
        for row, likely in alike.items()
        for one in reversed(likely)
        if any((one.id, *spot) in no for spot in said[row])
    }


def held(verdict: Verdict, buried: Collection[int]) -> Verdict:
    """Return what becomes of a row, which waits where somebody was erased who may be its person, or of their kin."""
    if verdict.row not in buried:
        return verdict
    return replace(verdict, state=RowState.WAITING, told=[*verdict.told, ["", _ERASED, {}, LEAVE_OUT]])


def warned(verdict: Verdict, alike: Mapping[int, Sequence[Candidate]]) -> Verdict:
    """Return what becomes of a row, with a warning where its person is likely to be on record."""
    if verdict.row not in alike:
        return verdict
    codes = ", ".join(one.code for one in alike[verdict.row])
    return replace(verdict, warned=True, told=[*verdict.told, ["", _ALIKE, {"codes": codes}, LEAVE_OUT]])


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
    by_row = {row: id(entry.answer) for row, entry in entries.items()}
    right = {row: words[key] for row, key in by_row.items() if key in words}
    back = {row: wrong[key] for row, key in by_row.items() if key in wrong}
    return right, with_below(entries, back)


def refused(verdict: Verdict, wrong: Mapping[int, Invalid]) -> Verdict:
    """Return what becomes of a row whose answer cannot stand as proof; else what becomes of it anyhow."""
    why = wrong.get(verdict.row)
    if why is None:
        return verdict
    return replace(verdict, state=RowState.REFUSED, told=[*verdict.told, ["", why.message, why.values, REFUSE]])


def judged(
    verdict: Verdict, known: Mapping[int, Known], wrong: Mapping[int, Invalid], alike: Mapping[int, Sequence[Candidate]]
) -> Verdict:
    """Return what becomes of a row, whatever is known of its person and its answer."""
    return warned(refused(met(verdict, known), wrong), alike)


def recorded(actor: Actor, entries: Mapping[int, Entry], words: Mapping[int, Sequence[Word]]) -> list[Made]:
    """Record the people of rows, with their kin and the words of their answers."""
    people = registry.enrol([entry.record for entry in entries.values()], actor.office, actor.id)
    ids = dict(zip(entries, (person.id for person in people), strict=True))
    # Each relative by the row it stands in, with the row of its person.
    kin = {one: (row, its) for row, entry in entries.items() for one, its in entry.kin(row)}
    made = registry.enrol([relative.record for _row, relative in kin.values()], actor.office, actor.id)
    tied = {row: one.id for row, one in zip(kin, made, strict=True)}
    ties = ((ids[head], tied[row], its.term) for row, (head, its) in kin.items())
    bonds.tie((person, relative, term, kinship.inverse(term)) for person, relative, term in ties)
    said = ((i, words.get(row, ())) for row, i in ids.items())
    ledger.record([replace(word, person_id=i) for i, some in said for word in some], actor.id)
    line = ledger.hold()
    return [Made(row, person, tied.get(row), line) for row, person in with_below(entries, ids).items()]


def touched(rows: Iterable[Made]) -> set[int | None]:
    """Return whom somebody has changed, heard or handed on since they came in, and who has asked anything.

    Nobody does so until this is done.
    """
    lines = {person: row.line for row in rows for person in (row.person, row.relative) if person}
    erasure.hold(lines)
    ledger.hold()
    return {
        *registry.changed(dict.fromkeys(lines, 1)),
        *ledger.spoken_since(lines),
        *handover.held(lines),
        *erasure.asking(lines),
    }

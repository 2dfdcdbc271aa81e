"""What the rows of a file change of records that were there: compared, made, and taken back."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kieubao.access.roles import Actor
from kieubao.consent import filed, ledger
from kieubao.consent.ledger import Word
from kieubao.ground import kinship
from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import fold
from kieubao.intake.arrivals import Entry, Relative, buried, touched, with_below
from kieubao.intake.columns import LEAVE_OUT
from kieubao.intake.verdicts import CHANGE, Made, Told, Verdict
from kieubao.intake.vocabulary import RowState
from kieubao.people import bonds, contacts, corrections, erasure, registry
from kieubao.people.likeness import Known
from kieubao.people.records import Contact, is_within, moved, refuse_at_home

_ANOTHER = _("The record %(code)s is of somebody who is called otherwise: check the code")
_OUTSIDE = _("With this home place the record would not surely be in the units you may see")
_VAGUE = _("This home place is not surely one unit, and the record has one: it stays as it is")
_RETIRED = _("The record says that %(value)s is used no more: it stays so")
_STANDS = _("A no is on record: a file never makes a yes of it")
_TWICE = _("The record %(code)s is in another row already: one row tells of a person")
_ERASED = _("A relative of theirs may be somebody who was erased: record them by hand, if they wish to be")
_CHANGED = _("The record was changed since the file was tried: try it again")


@dataclass(frozen=True)
class Change:
    """What a row changes of a record, which was compared as of a version: columns, contact points, kin, last words.

    `told` is to be said of each row, by its id.
    """

    person: int
    version: int
    values: Mapping[str, Any]
    contacts: Sequence[Contact]
    kin: Mapping[int, Relative]
    words: Sequence[Word]
    told: Mapping[int, Sequence[Told]]

    @property
    def is_any(self) -> bool:
        return bool(self.values or self.contacts or self.kin or self.words)


def compared(
    actor: Actor, entries: Mapping[int, Entry], known: Mapping[int, Known], words: Mapping[int, Sequence[Word]]
) -> tuple[dict[int, Change], dict[int, Invalid]]:
    """Return what rows that may amend a record change of the one they are of; or why they cannot."""
    rows = {row: known[row] for row, entry in entries.items() if row in known and entry.told is not None}
    if not rows:
        return {}, {}
    people = {who.id for who in rows.values()}
    records, points, kin = registry.written(people), contacts.points(people), bonds.kin_names(people)
    said = {row: [replace(one, person_id=who.id) for one in words.get(row, ())] for row, who in rows.items()}
    news, against = filed.weighed([word for some in said.values() for word in some])
    changes, wrong, met = dict[int, Change](), dict[int, Invalid](), set[int]()
    for row, who in rows.items():
        entry, (version, before) = entries[row], records[who.id]
        if who.id in met:
            wrong[row] = Invalid(_TWICE, code=who.code)
            continue
        met.add(who.id)
        try:
            values, told = _values(actor, entry, who, before)
        except Invalid as error:
            wrong[row] = error
            continue
        fresh = [one for one in entry.record.contacts if (one.channel, one.value) not in points[who.id]]
        new = {one: its for one, its in entry.kin(row) if fold(its.record.values["name"]) not in kin[who.id]}
        heard = [word for word in said[row] if word in news]
        told += [*_of_contacts(entry, points[who.id]), *_of_words(heard, is_against=bool(against & {*said[row]}))]
        by_row = {row: told} | {one: [*(told if one == row else ()), _of_kin(its)] for one, its in new.items()}
        changes[row] = Change(who.id, version, values, fresh, new, heard, by_row)
    return changes, with_below(entries, wrong)


def judged(verdict: Verdict, changes: Mapping[int, Change]) -> Verdict:
    """Return what becomes of a row that may amend a record; of any other, what becomes of it anyhow."""
    change = changes.get(verdict.row)
    if change is None:
        return verdict
    told = [*verdict.told, *change.told.get(verdict.row, ())]
    state = RowState.CHANGED if change.is_any else RowState.SAME
    warned = any(on_error == LEAVE_OUT for *_told, on_error in told)
    said = replace(verdict, state=state, told=told, warned=warned, related=verdict.row in change.kin, uncoded=False)
    return replace(said, person=change.person, version=change.version)


def outdated(
    tried: Mapping[int, tuple[int, int]], changes: Mapping[int, Change], entries: Mapping[int, Entry]
) -> dict[int, Invalid]:
    """Return which rows were found to change a record as it stands no more, or that is there no more."""
    now = {row: (change.person, change.version) for row, change in changes.items()}
    return with_below(entries, {row: Invalid(_CHANGED) for row, then in tried.items() if now.get(row) != then})


def with_buried(changes: Mapping[int, Change], entries: Mapping[int, Entry]) -> dict[int, Invalid]:
    """Return which rows would bring kin of somebody on record who may have been erased."""
    kin = {row: Entry(its.record) for change in changes.values() for row, its in change.kin.items()}
    found = buried(kin)
    rows = (row for row, change in changes.items() if found.intersection(change.kin))
    return with_below(entries, {row: Invalid(_ERASED) for row in rows})


def made(actor: Actor, entries: Mapping[int, Entry], changes: Mapping[int, Change]) -> list[Made]:
    """Change records as rows say, each once."""
    kin = {row: (change, its) for change in changes.values() for row, its in change.kin.items()}
    recorded = registry.enrol([its.record for _change, its in kin.values()], actor.office, actor.id)
    tied = {row: one.id for row, one in zip(kin, recorded, strict=True)}
    bonds.tie((change.person, tied[row], its.term, kinship.inverse(its.term)) for row, (change, its) in kin.items())
    contacts.add([(change.person, one) for change in changes.values() for one in change.contacts])
    before = ledger.hold()
    ledger.record([word for change in changes.values() for word in change.words], actor.id)
    versions = {
        row: registry.rewrite(change.person, change.version, change.values, actor.office, actor.id)
        for row, change in changes.items()
    }
    line = ledger.hold()
    made = {row: Made(row, one.person, None, line, versions[row], before + 1) for row, one in changes.items()}
    by_row = with_below(entries, made)
    return [replace(one, row=row, relative=tied.get(row)) for row, one in by_row.items()]


def taken_back(rows: Sequence[Made], code: str, office: str) -> tuple[set[int], int]:
    """Have records be as they were before a file; return whose were, and how many answers count no more.

    Those that somebody worked on since, or on whom of their kin came with the file, stay as they are. A no that came
    with it stays said; a yes is said no against.
    """
    by_person = defaultdict[int, list[Made]](list)
    for one in rows:
        by_person[one.person].append(one)
    kin = [replace(one, person=one.relative, relative=None) for one in rows if one.relative]
    erasure.hold([*by_person, *(one.person for one in kin)])
    moved_on = _moved_on({person: some[0] for person, some in by_person.items()})
    moved_on |= touched(kin)
    back = {p: some for p, some in by_person.items() if not moved_on & {p, *(one.relative for one in some)}}
    erasure.unmake(set(filter(None, (one.relative for some in back.values() for one in some))))
    for person, some in back.items():
        registry.restore(person, some[0].version or 0, office, None)
    # Nobody has said anything since: so what is said from there on, the file said.
    evidence = f"Hoàn tác tệp {code}"
    unsaid = 0
    for person, some in back.items():
        since = some[0].said_from or 0
        unsaid += filed.unsay(person, since, evidence, None)
        registry.unhear(person, since)
    return {*back}, unsaid


def _moved_on(first: Mapping[int, Made]) -> set[int | None]:
    changed = registry.changed({person: one.version or 0 for person, one in first.items()})
    return {*changed, *ledger.spoken_since({person: one.line for person, one in first.items()})}


def _values(actor: Actor, entry: Entry, who: Known, before: Mapping[str, Any]) -> tuple[dict[str, Any], list[Told]]:
    """Return the columns of a record that a row changes, and what is to be said of that; raise Invalid for none."""
    told = corrections.told(entry.record.values, entry.told or ())
    if corrections.is_another(before, told):
        raise Invalid(_ANOTHER, code=who.code)
    values = corrections.changed(before, told)
    after = {**before, **moved(before, values)}
    refuse_at_home(after["kind"], after["country"])
    if not is_within(actor.scope, after, actor.office):
        raise Invalid(_OUTSIDE)
    changing = [name for name in values if corrections.ATTENDANT.get(name) not in values]
    said = [_change(name, values[name], replaces=before[name] is not None) for name in changing]
    return values, said + ([["", _VAGUE, {}, LEAVE_OUT]] if corrections.is_vaguer(before, told) else [])


def _of_contacts(entry: Entry, points: Mapping[tuple[str, str], bool]) -> Iterator[Told]:
    for one in entry.record.contacts:
        in_use = points.get((one.channel, one.value))
        if in_use is None:
            yield _change("contact_points", one.value, channel=one.channel)
        elif not in_use:
            yield ["", _RETIRED, {"value": one.raw}, LEAVE_OUT]


def _of_kin(relative: Relative) -> Told:
    return _change("kinships", relative.record.values["name"])


def _of_words(heard: Iterable[Word], *, is_against: bool) -> Iterator[Told]:
    yield from (_change("consents", state) for state in sorted({word.state for word in heard}))
    if is_against:
        yield ["", _STANDS, {}, LEAVE_OUT]


def _change(name: str, after: Any, *, replaces: bool = False, **more: str) -> Told:
    return ["", "", {"field": name, "after": str(after), "replaces": replaces, **more}, CHANGE]

"""What jobs do with a file, batch by batch: each is a use case, and none counts for a limit of whoever asked."""

import base64
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import NamedTuple

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import ledger
from kieubao.consent.ledger import Word
from kieubao.ground.errors import Forbidden, Invalid, _
from kieubao.intake import amendments, arrivals, inbox, staging
from kieubao.intake.amendments import Change
from kieubao.intake.arrivals import Entry
from kieubao.intake.files import Row, Sheet
from kieubao.intake.verdicts import Plan, Verdict
from kieubao.intake.vocabulary import DONE, RowState, Step
from kieubao.intake.workbooks import Begun, How
from kieubao.people import disclosure, erasure, pairs
from kieubao.people.doubles import Candidate
from kieubao.people.likeness import Known
from kieubao.people.records import is_within

BATCH = 500


@use_case(Permission.INTAKE_RUN, of_job=True)
def begin_reading(actor: Actor, code: str) -> tuple[bytes, How]:
    """Return a file that was sent, and how it is written, to be read from its first row."""
    intake = inbox.at(actor, code, Step.SENT)
    staging.empty(intake)
    intake.fault = None
    note(intake=code)
    return base64.b64decode(intake.content or ""), How(intake.encoding, intake.delimiter)


@use_case(Permission.INTAKE_RUN, of_job=True)
def give_up(actor: Actor, code: str, why: Invalid) -> None:
    """Write down why a file cannot be read; of its rows none is kept."""
    intake = inbox.at(actor, code, Step.SENT)
    staging.empty(intake)
    intake.fault = json.dumps([why.message, why.values], default=str)
    note(intake=code)


@use_case(Permission.INTAKE_RUN, of_job=True)
def stage(actor: Actor, code: str, rows: Sequence[tuple[int, Row]]) -> None:
    """Keep some more rows of a file, each with the place of its sheet."""
    staging.keep(inbox.at(actor, code, Step.SENT), rows)
    note(intake=code, rows=len(rows))


@use_case(Permission.INTAKE_RUN, of_job=True)
def end_reading(actor: Actor, code: str, sheets: Sequence[Begun]) -> None:
    """Have a file read: by its sheets; the file itself is needed no more."""
    intake = inbox.at(actor, code, Step.SENT)
    intake.sheets, intake.content, intake.step = json.dumps(sheets), None, Step.READ
    note(intake=code)


@use_case(Permission.INTAKE_RUN, of_job=True)
def take_up(actor: Actor, code: str) -> Plan:
    """Return what the rows of a file mean that is to be tried, from its first row, or is being taken in."""
    intake = inbox.at(actor, code, Step.LAID_OUT, Step.TAKING)
    note(intake=code)
    plan = staging.plan(intake)
    if intake.step == Step.TAKING:
        return plan
    staging.unjudge(intake, plan.sheet)
    return replace(plan, done=0)


@use_case(Permission.INTAKE_RUN, Shape.READ, of_job=True)
def some_rows(actor: Actor, code: str, sheet: Sheet, states: Sequence[RowState], after: int) -> list[Row]:
    """Return the next rows of a table that are so, after one by its id."""
    intake = inbox.at(actor, code, Step.LAID_OUT, Step.TAKING, changing=False)
    found = staging.batch(intake.id, after, BATCH, *staging.below(sheet), *staging.being(*states))
    note(intake=code, found=len(found))
    return found


@use_case(Permission.INTAKE_RUN, of_job=True)
def judge(actor: Actor, code: str, verdicts: Sequence[Verdict], entries: Mapping[int, Entry]) -> None:
    """Write down what would become of some rows; of entries, whether their people are on record already."""
    inbox.at(actor, code, Step.LAID_OUT)
    weighed = _weighed(actor, entries, entries)
    staging.judge(list(map(weighed.judged, verdicts)))
    note(intake=code, rows=len(verdicts), known=len(weighed.known), alike=len(weighed.alike))
    note(changes=len(weighed.changes), waiting=len(weighed.waiting))


@use_case(Permission.INTAKE_RUN, of_job=True)
def take_in(actor: Actor, code: str, verdicts: Sequence[Verdict], entries: Mapping[int, Entry]) -> None:
    """Record the people of some rows who are not on record yet, with their kin and their answers.

    Records that rows were found to change are amended, where they still stand as they did then; rows that another hand
    has taken in since they were read are passed over. Raises Forbidden where somebody is out of scope, and records
    nobody then.
    """
    intake = inbox.at(actor, code, Step.TAKING)
    right = staging.right(intake, [one.row for one in verdicts])
    entries = _of(entries, right)
    erasure.hold([person for person, _version in staging.tried(entries).values()])
    ledger.hold()
    first = arrivals.with_below(entries, {row: row for row, entry in entries.items() if entry.says_no})
    fresh, changes = dict[int, Entry](), dict[int, Change]()
    # Whoever says no is on record before it is asked whose yes is likely theirs.
    for rows in (right & {*first}, right - {*first}):
        new, amended = _take(actor, [one for one in verdicts if one.row in rows], _of(entries, rows))
        fresh, changes = fresh | new, changes | amended
    note(
        intake=intake.code,
        people=len(fresh),
        relatives=sum(len(e.relatives) for e in fresh.values()) + sum(len(c.kin) for c in changes.values()),
        answers=sum(e.answer is not None for e in fresh.values()) + sum(bool(c.words) for c in changes.values()),
    )
    if changes:
        people = disclosure.subjects(actor.scope, [change.person for change in changes.values()])
        note(amended=len(changes), subjects=[str(subject) for subject in people.values()])


@use_case(Permission.INTAKE_RUN, of_job=True)
def end(actor: Actor, code: str) -> Mapping[str, int]:
    """Have a file tried, or taken in; one of which nobody came in may come again."""
    intake = inbox.at(actor, code, Step.LAID_OUT, Step.TAKING)
    counts = staging.counts(intake)
    intake.step = Step.TAKEN if any(counts[state] for state in DONE) else Step.TRIED
    note(intake=code, counts=counts)
    return counts


@use_case(Permission.INTAKE_UNDO, everyone=True, of_job=True)
def unmake(actor: Actor, code: str, office: str) -> int:
    """Take back what some rows have done; return how many were looked at, none at the end. `office` keeps the registry.

    People who came in go, and records that were changed are as they were before; but those stay as they are who were
    changed since, said something or, if they came in, died or left in a file, and who came with them.
    """
    intake = inbox.numbered(code)
    some = staging.made(intake, BATCH)
    came, amended = ([one for one in some if (one.version is None) == is_new] for is_new in (True, False))
    touched = arrivals.touched(came)
    stays = {one.person for one in came if touched & {one.person, one.relative}}
    gone = {one.person for one in came} - stays
    erasure.unmake(gone | {one.relative for one in came if one.relative and one.person in gone})
    back, unsaid = amendments.taken_back(amended, code, office)
    undone = [one.row for one in some if one.person in gone | back]
    staging.move(undone, RowState.UNDONE)
    staging.move([one.row for one in some if one.person not in gone | back], RowState.KEPT)
    if not some:
        intake.step = Step.UNDONE
    note(intake=code, people=len(gone), amended=len(back), answers=unsaid, kept=len(some) - len(undone))
    return len(some)


def _take(
    actor: Actor, verdicts: Sequence[Verdict], entries: Mapping[int, Entry]
) -> tuple[dict[int, Entry], dict[int, Change]]:
    """Record the people of some rows, and amend records; return from which rows, and how."""
    if not verdicts:
        return {}, {}
    tried = staging.tried(entries)
    weighed = _weighed(actor, entries, _of(entries, tried), tried)
    fresh, changes = weighed.fresh, {row: one for row, one in weighed.changes.items() if one.is_any}
    new = [record for entry in fresh.values() for record in entry.records]
    new += [its.record for change in changes.values() for its in change.kin.values()]
    if not all(is_within(actor.scope, one.values, actor.office) for one in new):
        raise Forbidden(_("Somebody in this file is outside the units you may see"))
    judged = {one.row: weighed.judged(one) for one in verdicts}
    staging.judge([one for one in judged.values() if one.row not in fresh])
    made = arrivals.recorded(actor, fresh, weighed.words)
    amended = amendments.made(actor, entries, changes) if changes else []
    staging.take([*made, *amended], judged)
    pairs.file(double for one in made for double in pairs.doubles(one.person, weighed.alike.get(one.row, ())))
    return fresh, changes


def _of(entries: Mapping[int, Entry], rows: Collection[int]) -> dict[int, Entry]:
    return {row: entry for row, entry in entries.items() if row in rows}


class _Weighed(NamedTuple):
    """What some rows come to: who is new, and with which words; who is on record, and how that would be changed.

    `wrong` rows come back, and so do those of `known` people that change nothing; of `waiting` ones somebody decides.
    """

    fresh: dict[int, Entry]
    words: dict[int, list[Word]]
    known: dict[int, Known]
    changes: dict[int, Change]
    wrong: dict[int, Invalid]
    alike: dict[int, list[Candidate]]
    below: dict[int, Change]
    waiting: Collection[int]

    def judged(self, verdict: Verdict) -> Verdict:
        """Return what becomes of a row."""
        judged = arrivals.judged(verdict, self.known, self.wrong, self.alike)
        return amendments.judged(arrivals.held(judged, self.waiting), self.below)


def _weighed(
    actor: Actor,
    entries: Mapping[int, Entry],
    amending: Mapping[int, Entry],
    tried: Mapping[int, tuple[int, int]] = MappingProxyType({}),
) -> _Weighed:
    """Weigh rows; of `amending` ones, what they change of records, which were `tried` as of some version."""
    (known, astray), (words, wrong) = arrivals.known(entries, actor.scope), arrivals.heard_of(entries)
    changes, unfit = amendments.compared(actor, amending, known, words)
    unfit |= amendments.with_buried(changes, entries)
    wrong = {**wrong, **astray, **amendments.outdated(tried, changes, entries), **unfit}
    fresh = {row: entry for row, entry in entries.items() if not ({row} & {*known, *wrong, *tried})}
    buried = arrivals.buried(fresh)
    buried -= staging.admitted(buried)
    waiting = arrivals.with_below(entries, dict.fromkeys(buried))
    fresh = {row: entry for row, entry in fresh.items() if row not in buried}
    known = {row: who for row, who in known.items() if row not in changes and row not in unfit}
    changes = {row: change for row, change in changes.items() if row not in wrong}
    alike = arrivals.alike(actor, fresh)
    unheard = arrivals.unheard(alike, words)
    wrong |= arrivals.with_below(entries, unheard)
    fresh = {row: entry for row, entry in fresh.items() if row not in unheard}
    back, below = arrivals.with_below(entries, known), arrivals.with_below(entries, changes)
    return _Weighed(fresh, words, back, changes, wrong, alike, below, waiting)

"""What jobs do with a file, batch by batch: each is a use case, and none counts for a limit of whoever asked."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import ledger
from kieubao.ground.errors import Forbidden, Invalid, _
from kieubao.intake import arrivals, inbox, staging
from kieubao.intake.arrivals import Entry
from kieubao.intake.files import Row, Sheet
from kieubao.intake.staging import Plan, Verdict
from kieubao.intake.vocabulary import RowState, Step
from kieubao.intake.workbooks import How
from kieubao.people import erasure, pairs
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
def end_reading(actor: Actor, code: str, sheets: Sequence[tuple[str, bool]]) -> None:
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
def some_rows(actor: Actor, code: str, sheet: Sheet, state: RowState, after: int) -> list[Row]:
    """Return the next rows of a table that are so, after one by its id."""
    intake = inbox.at(actor, code, Step.LAID_OUT, Step.TAKING)
    found = staging.batch(intake.id, after, BATCH, *staging.below(sheet), *staging.being(state))
    note(intake=code, found=len(found))
    return found


@use_case(Permission.INTAKE_RUN, of_job=True)
def judge(actor: Actor, code: str, verdicts: Sequence[Verdict], entries: Mapping[int, Entry]) -> None:
    """Write down what would become of some rows; of entries, whether their people are on record already."""
    inbox.at(actor, code, Step.LAID_OUT)
    known, (_words, wrong) = arrivals.known(entries, actor.scope), arrivals.heard_of(entries)
    alike = arrivals.alike(actor, entries, known)
    staging.judge([arrivals.judged(one, known, wrong, alike) for one in verdicts])
    note(intake=code, rows=len(verdicts), known=len(known), alike=len(alike))


@use_case(Permission.INTAKE_RUN, of_job=True)
def take_in(actor: Actor, code: str, verdicts: Sequence[Verdict], entries: Mapping[int, Entry]) -> None:
    """Record the people of some rows who are not on record yet, with their kin and their answers.

    Raises Forbidden where somebody is out of scope, and records nobody then.
    """
    intake = inbox.at(actor, code, Step.TAKING)
    if not all(is_within(actor.scope, one.values, actor.office) for entry in entries.values() for one in entry.records):
        raise Forbidden(_("Somebody in this file is outside the units you may see"))
    ledger.hold()
    known, (words, wrong) = arrivals.known(entries, actor.scope), arrivals.heard_of(entries)
    fresh = {row: entry for row, entry in entries.items() if row not in known and row not in wrong}
    alike = arrivals.alike(actor, fresh, known)
    judged = {one.row: arrivals.judged(one, known, wrong, alike) for one in verdicts}
    staging.judge([one for one in judged.values() if one.row not in fresh])
    made = arrivals.recorded(actor, fresh, words)
    staging.take(made, judged)
    pairs.file(double for one in made for double in pairs.doubles(one.person, alike.get(one.row, ())))
    note(
        intake=intake.code,
        people=len(fresh),
        relatives=sum(len(entry.relatives) for entry in fresh.values()),
        answers=sum(entry.answer is not None for entry in fresh.values()),
    )


@use_case(Permission.INTAKE_RUN, of_job=True)
def end(actor: Actor, code: str) -> Mapping[str, int]:
    """Have a file tried, or taken in; one of which nobody came in may come again."""
    intake = inbox.at(actor, code, Step.LAID_OUT, Step.TAKING)
    counts = staging.counts(intake)
    intake.step = Step.TAKEN if counts[RowState.TAKEN] else Step.TRIED
    note(intake=code, counts=counts)
    return counts


@use_case(Permission.INTAKE_UNDO, everyone=True, of_job=True)
def unmake(actor: Actor, code: str) -> int:
    """Take back the people of some rows; return how many rows were looked at, none at the end.

    Kept are those who were changed since, said something, died or left in a file, and who came with them.
    """
    intake = inbox.numbered(code)
    some = staging.made(intake, BATCH)
    touched = arrivals.touched(some)
    stays = {one.person for one in some if touched & {one.person, one.relative}}
    gone = [one for one in some if one.person not in stays]
    erasure.unmake({person for one in gone for person in (one.person, one.relative) if person})
    staging.move([one.row for one in gone], RowState.UNDONE)
    staging.move([one.row for one in some if one not in gone], RowState.KEPT)
    if not some:
        intake.step = Step.UNDONE
    note(intake=code, people=len(gone), kept=len(some) - len(gone))
    return len(some)

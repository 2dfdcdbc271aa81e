"""Files in: read, tried, taken in batch by batch, and taken back."""

import base64
import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from sqlalchemy.exc import IntegrityError

from kieubao import jobs
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent.statements import NOBODY, Spoken, heard
from kieubao.db import db
from kieubao.ground import codes
from kieubao.ground.errors import Conflict, _
from kieubao.intake import files, inbox, mapping, senders, staging
from kieubao.intake.models import Intake
from kieubao.intake.verdicts import Kept
from kieubao.intake.vocabulary import Act, RowState, Step
from kieubao.intake.workbooks import How
from kieubao.jobs import State
from kieubao.people import disclosure
from kieubao.people.filters import seen_by

Sheet = dict[str, Any]
BATCH = 500
_NOBODY = 0
# Each is kept whole until a job has read it.
MOST_UNREAD = 20
_MANY = _("You have sent %(most)s files that are not read yet: wait until they are, or drop some of them")
_TAKEN = _("This file was taken in before, as %(code)s: send only the rows that came back, corrected")


@use_case(Permission.INTAKE_RUN)
def receive(actor: Actor, name: str, file: BinaryIO, how: How, *, keep: bool = True) -> Sheet:
    """Take a file; a job reads its rows, unless it is not to be kept and who sends it reads them at once.

    Raises Conflict for a file that has come in, and where too many of an account wait to be read.
    """
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]
    file.seek(0)
    _refuse_taken(actor, digest)
    if keep and inbox.unread(actor) >= MOST_UNREAD:
        raise Conflict(_MANY, most=MOST_UNREAD)
    intake = Intake(code=codes.fresh("NH"), account_id=actor.account_id, units=seen_by(actor), name=name[:200])
    intake.digest, intake.encoding, intake.delimiter = digest, how.encoding, how.delimiter
    intake.content = base64.b64encode(file.read()).decode() if keep else None
    db.session.add(intake)
    db.session.flush()
    if keep:
        _ask(actor, intake, Act.READ)
    note(intake=intake.code, file=digest)
    return _sheet(actor, intake)


@use_case(Permission.INTAKE_READ, Shape.READ)
def all_imports(actor: Actor) -> list[Sheet]:
    """Return the files an actor may see, the latest first."""
    found = [_sheet(actor, intake) for intake in inbox.latest(actor)]
    note(found=len(found))
    return found


@use_case(Permission.INTAKE_READ, Shape.READ)
def read(actor: Actor, code: str) -> Sheet:
    """Return how far a file is, and how many of its rows are what."""
    note(intake=code)
    intake = inbox.one(actor, code)
    return _sheet(actor, intake) | {"counts": staging.counts(intake), "sheets": json.loads(intake.sheets)}


@use_case(Permission.INTAKE_RUN, Shape.READ)
def heads(actor: Actor, code: str) -> list[files.Table]:
    """Return the first rows of each sheet of a file, to say by them what its columns mean."""
    note(intake=code)
    return staging.tables(inbox.one(actor, code))


@use_case(Permission.INTAKE_RUN, Shape.READ)
def words(actor: Actor, code: str, sheet: files.Sheet, places: Collection[int]) -> dict[int, list[str]]:
    """Return the different words in some columns of a table, as far as they are few."""
    note(intake=code)
    return staging.words(inbox.one(actor, code), sheet, places)


@use_case(Permission.INTAKE_READ, Shape.READ)
def rows(  # noqa: PLR0913 - as `staging.page`
    actor: Actor, code: str, states: Collection[RowState], *, warned: bool = False, after: int = 0, size: int = 50
) -> Sheet:
    """Return a page of the rows that are one of these, with what is said of them, and where the next page begins."""
    intake = inbox.one(actor, code)
    found = staging.page(intake.id, after, size + 1, *staging.being(*states, warned=warned))
    shown = found[:size]
    called = disclosure.codes_by_id(actor.scope, [kept.person for kept in shown if kept.person])
    stands = _stands(actor, shown)
    note(intake=code, found=len(shown))
    sheet = staging.table(intake)[1] if intake.layout else files.Sheet([])
    about = [(one, one.person or 0) for one in shown]
    return {
        "headings": sheet.headings,
        "rows": [
            replace(one, row=sheet.bare(one.row), code=called.get(person), before=stands.get(person, {}))
            for one, person in about
        ],
        "more": shown[-1].row.id if len(found) > size else None,
    }


@use_case(Permission.INTAKE_RUN)
def lay_out(  # noqa: PLR0913 - what is said, and what is done with it
    actor: Actor, code: str, said: Mapping[str, Any], answers: Iterable[Spoken], *, sender: str = "", ask: bool = True
) -> Sheet:
    """Say what a file's headings and words mean, as `mapping.laid_out` reads it; a job tries it, and records nobody.

    `answers` are what its words of consent mean; of a `sender`, it is kept for their next file. Raises Invalid where
    the file has no such table, or columns the mapping does not know of, or an answer cites a notice that is not there.
    """
    intake = inbox.at(actor, code, Step.READ, Step.LAID_OUT, Step.TRIED)
    for spoken in answers:
        heard(NOBODY, spoken)
    layout = mapping.laid_out(said)
    sheet = files.found(staging.tables(intake), layout.headings, layout.sheet)
    layout.refuse_unknown(filter(None, sheet.headings))
    intake.layout, intake.step = json.dumps(said, ensure_ascii=False), Step.LAID_OUT
    if ask:
        _ask(actor, intake, Act.TRY)
    if sender:
        note(mapping=senders.keep(actor, sender, said).code)
    note(intake=code)
    return _sheet(actor, intake)


@use_case(Permission.INTAKE_RUN)
def begin(actor: Actor, code: str, *, ask: bool = True) -> Sheet:
    """Have the rows of a file that was tried, and are right, taken in by a job; of one that came in, those admitted.

    Whoever does not `ask` for a job takes them in at once, those too that another hand left when something ended it.
    """
    intake = inbox.at(actor, code, Step.TRIED, Step.TAKEN, *([] if ask else [Step.TAKING]))
    _refuse_busy(intake)
    if intake.step == Step.TRIED:
        _refuse_taken(actor, intake.digest)
    elif intake.step == Step.TAKEN and not staging.counts(intake)[RowState.NEW]:
        raise Conflict(_TAKEN, code=intake.code)
    intake.step = Step.TAKING
    try:
        db.session.flush()
    except IntegrityError as error:
        raise Conflict(_TAKEN, code=intake.code) from error
    if ask:
        _ask(actor, intake, Act.TAKE)
    note(intake=code, file=intake.digest)
    return _sheet(actor, intake)


@use_case(Permission.INTAKE_DECIDE)
def decide(actor: Actor, code: str, number: int, *, admit: bool, reason: str) -> Sheet:
    """Say of a row that waits whether it comes in, though somebody was erased who may be its person."""
    intake = inbox.at(actor, code, Step.TRIED, Step.TAKEN)
    staging.settle(intake, number, admit=admit)
    note(intake=code, row=number, decision="admit" if admit else "leave_out", purpose=reason)
    return _sheet(actor, intake)


@use_case(Permission.INTAKE_RUN)
def clear(actor: Actor, code: str) -> None:
    """Keep no cell of a file any more: of one that has come in only who came, of any other nothing.

    Raises Conflict where rows of one that has come in wait for a decision, or were admitted and have not come in.
    """
    intake = inbox.at(actor, code, *set(Step) - {Step.TAKING, Step.UNDOING})
    _refuse_busy(intake)
    left = staging.counts(intake) if intake.step == Step.TAKEN else {}
    if left and left[RowState.WAITING]:
        raise Conflict(_("Rows of this file wait for a decision: have it made first"))
    if left and left[RowState.NEW]:
        raise Conflict(_("Rows of this file were admitted and have not come in: have them taken in first"))
    note(intake=code, file=intake.digest)
    if intake.step in {Step.TAKEN, Step.UNDONE}:
        staging.blank(intake)
        intake.layout = None
    else:
        staging.empty(intake)
        db.session.delete(intake)


@use_case(Permission.INTAKE_UNDO)
def undo(actor: Actor, code: str) -> Sheet:
    """Have everybody who came in with a file taken back by a job, but whom somebody has worked on since.

    Another's job that ended on the way is gone on with.
    """
    intake = inbox.at(actor, code, Step.TAKEN, Step.UNDOING)
    intake.step = Step.UNDOING
    _ask(actor, intake, Act.UNDO)
    note(intake=code, file=intake.digest)
    return _sheet(actor, intake)


@use_case(Permission.INTAKE_READ, Shape.READ)
def all_mappings(actor: Actor) -> list[Sheet]:
    """Return what the files of senders mean, as far as it was kept: the mapping that was kept last first."""
    found = list(map(senders.told, senders.latest(actor)))
    note(found=len(found))
    return found


@use_case(Permission.INTAKE_READ, Shape.READ)
def read_mapping(actor: Actor, name: str) -> Sheet:
    """Return the mapping of a code, or the one of a sender. Raises NotFound and Conflict as `senders.named`."""
    found = senders.named(actor, name)
    note(mapping=found.code)
    return senders.told(found)


@use_case(Permission.INTAKE_RUN)
def keep_mapping(actor: Actor, sender: str, said: Mapping[str, Any]) -> Sheet:
    """Keep what the files of a sender mean, but what proves consent; in place of what was kept of these headings."""
    saved = senders.keep(actor, sender, said)
    note(mapping=saved.code)
    return senders.told(saved)


@use_case(Permission.INTAKE_RUN)
def drop_mapping(actor: Actor, code: str) -> None:
    """Keep a mapping no longer."""
    saved = senders.named(actor, code)
    note(mapping=saved.code)
    senders.drop(saved)


def _stands(actor: Actor, rows: Iterable[Kept]) -> dict[int, Sheet]:
    """Return what the records that rows would change say of those fields, as far as a card shows them.

    The trail says whose were looked at.
    """
    fields = {one.person: {change["field"] for change in one.changes} for one in rows if one.person and one.changes}
    if not fields:
        return {}
    subjects = disclosure.subjects(actor.scope, fields)
    note(subjects=[str(subject) for subject in subjects.values()])
    return disclosure.parts(actor.scope, fields, set().union(*fields.values()))


def _refuse_busy(intake: Intake) -> None:
    job = inbox.job(intake)
    if job and job.state in {State.WAITING, State.RUNNING}:
        raise Conflict(_("A job is at this import: wait for it, or stop it first"))


def _ask(actor: Actor, intake: Intake, act: Act) -> None:
    _refuse_busy(intake)
    intake.job_id = jobs.ask(act, actor.account_id, intake=intake.code).id


def _refuse_taken(actor: Actor, digest: str) -> None:
    before = inbox.taken(actor, digest)
    if before:
        raise Conflict(_TAKEN, code=before.code)


def _sheet(actor: Actor, intake: Intake) -> Sheet:
    names = ("code", "name", "digest", "step", "at", "delimiter")
    job = inbox.job(intake)
    fault = json.loads(intake.fault) if intake.fault else None
    more = {"fault": fault, "job": jobs.told(job) if job else None, "mine": intake.account_id == actor.id}
    return {**{name: getattr(intake, name) for name in names}, **more}

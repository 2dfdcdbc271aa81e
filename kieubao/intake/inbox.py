"""Files on their way in: whose they are, who may see them, and how far they are."""

from itertools import islice

from sqlalchemy import func, select

from kieubao.access.roles import Actor
from kieubao.db import db
from kieubao.ground.errors import Conflict, NotFound, _
from kieubao.intake.models import Intake, IntakeRow
from kieubao.intake.vocabulary import ONCE, RowState, Step
from kieubao.jobs import Job
from kieubao.people.filters import may_see

_MOST = 200


def one(actor: Actor, code: str, *, changing: bool = False) -> Intake:
    """Return a file that an actor may see; raise NotFound else. One that is `changing` waits for no other."""
    query = select(Intake).where(Intake.code == code)
    found = db.session.scalars(query.with_for_update() if changing else query).one_or_none()
    if found is None or not may_see(actor, found.units):
        raise NotFound(_("There is no such import"))
    return found


def at(actor: Actor, code: str, *steps: Step, changing: bool = True) -> Intake:
    """Return a file at one of these steps; raise Conflict at any other."""
    intake = one(actor, code, changing=changing)
    if intake.step not in steps:
        raise Conflict(_("The import is no longer, or not yet, where this can be done: open it again"))
    return intake


def numbered(code: str) -> Intake:
    """Return a file, for the work that somebody asked for who may see it."""
    return db.session.scalars(select(Intake).where(Intake.code == code).with_for_update()).one()


def latest(actor: Actor) -> list[Intake]:
    """Return the files an actor may see, the latest first."""
    every = db.session.scalars(select(Intake).order_by(Intake.id.desc()))
    return list(islice((intake for intake in every if may_see(actor, intake.units)), _MOST))


def taken(actor: Actor, digest: str) -> Intake | None:
    """Return the file of an actor with this content that has come in."""
    mine = (Intake.digest == digest, Intake.account_id == actor.account_id, Intake.step.in_(ONCE))
    return db.session.scalars(select(Intake).where(*mine)).one_or_none()


def unread(actor: Actor) -> int:
    """Count the files of an actor that are kept whole, for they were not read yet, or cannot be."""
    mine = (Intake.account_id == actor.account_id, Intake.content.is_not(None))
    return db.session.scalar(select(func.count()).select_from(Intake).where(*mine)) or 0


def unfinished(actor: Actor) -> int:
    """Count the files of an actor that were read and are not taken in yet."""
    mine = (Intake.account_id == actor.account_id, Intake.step.in_((Step.READ, Step.LAID_OUT, Step.TRIED)))
    return db.session.scalar(select(func.count()).select_from(Intake).where(*mine)) or 0


def undecided(actor: Actor) -> int:
    """Count the files an actor may see that have rows which wait for a decision."""
    waits = select(IntakeRow.id).where(IntakeRow.intake_id == Intake.id, IntakeRow.state == RowState.WAITING).exists()
    tried = db.session.scalars(select(Intake).where(Intake.step.in_((Step.TRIED, Step.TAKING, Step.TAKEN)), waits))
    return sum(may_see(actor, intake.units) for intake in tried)


def job(intake: Intake) -> Job | None:
    """Return the last job that was asked for of a file."""
    return db.session.get(Job, intake.job_id) if intake.job_id else None

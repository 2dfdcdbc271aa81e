"""Long work: asked for, taken up by a worker, told how far it is, stopped, and gone on with where it was.

What is true of a job stands here: who asked, how far it is, what came of it. `worker` does them.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, String, event, or_, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from kieubao.db import Base, Key, db, writing
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, NotFound, _

# Who was not heard of for so long does not go on with it.
LOST = timedelta(minutes=2)
# How often, in seconds, a job says how far it is, and hears whether it is to stop.
PAUSE = 0.5


class State(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    STOPPED = "stopped"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """A piece of long work. It holds ids, counts and codes of faults, and nothing of a person."""

    __tablename__ = "job"
    __table_args__ = (CheckConstraint(f"state IN {tuple(map(str, State))}", name="state"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    given: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default=State.WAITING)
    # It is to stop as soon as it can.
    halting: Mapped[bool] = mapped_column(default=False)
    done: Mapped[int] = mapped_column(default=0)
    of: Mapped[int | None]
    result: Mapped[dict[str, Any] | None]
    fault: Mapped[str | None] = mapped_column(String(20))
    asked_at: Mapped[datetime] = mapped_column(default=clock.now)
    # When it was last taken up, and how much was done by then: it is as fast as it has been since.
    begun_at: Mapped[datetime | None]
    begun_with: Mapped[int] = mapped_column(default=0)
    heard_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Halted(Exception):
    """The job is to stop here, or another worker has it."""


@dataclass
class Run:
    """A job that is being done: for whose account, with what it was given, and where it says how far it is."""

    id: int
    account_id: int
    kind: str
    given: Mapping[str, Any]
    begun_at: datetime
    told: float = field(default=0, repr=False)

    def reach(self, done: int, of: int | None = None) -> None:
        """Say how far it is; raise Halted where it is to stop. To be called where nothing is being written.

        It goes by a connection of its own: what is read meanwhile stays one state of the database.
        """
        if time.monotonic() - self.told < PAUSE and done != of:
            return
        self.told = time.monotonic()
        heard = update(Job).where(*_of(self)).values(done=done, of=of, heard_at=clock.now()).returning(Job.halting)
        with db.engine.connect().execution_options(begin="BEGIN IMMEDIATE") as apart, apart.begin():
            halting = apart.execute(heard).scalar_one_or_none()
        if halting is not False:
            raise Halted


class Ending(NamedTuple):
    """How a job ended: with a result, or a code of what was wrong."""

    state: State
    result: Mapping[str, Any] | None = None
    fault: str | None = None


def ask(kind: str, account_id: int, **given: Any) -> Job:
    """Have a job done for an account, once the use case that is running is recorded; ids and codes may be given."""
    job = Job(code=codes.fresh("VC"), kind=kind, account_id=account_id, given=given)
    db.session.add(job)
    db.session.flush()
    _wake(job)
    return job


def one(account_id: int, code: str, *, lock: bool = False) -> Job:
    """Return a job of an account; raise NotFound for one of another's."""
    mine = select(Job).where(Job.code == code, Job.account_id == account_id)
    job = db.session.scalars(mine.with_for_update() if lock else mine).one_or_none()
    if job is None:
        raise NotFound(_("There is no such job"))
    return job


def latest(account_id: int, kind: str | None = None, most: int = 50) -> Sequence[Job]:
    """Return the jobs of an account, of one kind where it is named, the latest first."""
    mine = [Job.account_id == account_id, *([Job.kind == kind] if kind else [])]
    return db.session.scalars(select(Job).where(*mine).order_by(Job.id.desc()).limit(most)).all()


def told(job: Job) -> dict[str, Any]:
    """Return a job as sheets show it: how fast it has been since it was taken up, and how many seconds are left."""
    names = (
        *("code", "kind", "given", "state", "halting", "done", "of", "result", "fault"),
        *("asked_at", "begun_at", "ended_at"),
    )
    pace = _pace(job)
    left = (job.of - job.done) / pace if pace and job.of and job.state == State.RUNNING else None
    shown = {name: getattr(job, name) for name in names}
    return {**shown, "a_second": round(pace), "seconds_left": None if left is None else round(left)}


def halt(job: Job) -> None:
    """Have a job stop; what it has done stays done. Raises Conflict where it has ended."""
    if job.state not in {State.WAITING, State.RUNNING}:
        raise Conflict(_("This job has ended already"))
    if job.state == State.RUNNING:
        job.halting = True
    else:
        job.state, job.ended_at = State.STOPPED, clock.now()


def resume(job: Job) -> None:
    """Have a job that stopped or failed go on where it was; raise Conflict for any other."""
    if job.state not in {State.STOPPED, State.FAILED}:
        raise Conflict(_("Only a job that stopped or failed can go on"))
    job.state, job.halting, job.fault, job.ended_at = State.WAITING, False, None, None
    _wake(job)


def waiting() -> Sequence[str]:
    """Return the codes of jobs that nobody does: they wait, or who did them was not heard of for long."""
    db.session.rollback()
    return db.session.scalars(select(Job.code).where(_is_free()).order_by(Job.id)).all()


def take(code: str) -> Run | None:
    """Take a job up, where nobody has it and it has not ended."""
    writing()
    now = clock.now()
    taken = update(Job).where(Job.code == code, _is_free())
    taken = taken.values(state=State.RUNNING, begun_at=now, begun_with=Job.done, heard_at=now)
    row = db.session.execute(taken.returning(Job.id, Job.account_id, Job.kind, Job.given)).one_or_none()
    db.session.commit()
    return Run(row.id, row.account_id, row.kind, row.given, now) if row else None


def end(run: Run, ending: Ending) -> None:
    """Write down how a job ended, where it is still this run's."""
    writing()
    db.session.execute(update(Job).where(*_of(run)).values(**ending._asdict(), ended_at=clock.now()))
    db.session.commit()


def give_back(code: str) -> None:
    """Leave a job to the next worker, for this one goes."""
    writing()
    left = update(Job).where(Job.code == code, Job.state == State.RUNNING)
    db.session.execute(left.values(state=State.WAITING))
    db.session.commit()


def on_asked(wake: Callable[[str], object]) -> None:
    """Have somebody hear of every job that is asked for, by its code, as soon as it is there."""

    def tell(session: Session) -> None:
        for code in session.info.pop("asked", ()):
            wake(code)

    event.listen(db.session, "after_commit", tell)
    event.listen(db.session, "after_rollback", lambda session: session.info.pop("asked", None))


def _pace(job: Job) -> float:
    """Return how much a second has been done since a job was taken up."""
    begun = job.begun_at or job.asked_at
    spent = ((job.heard_at or begun) - begun).total_seconds()
    return max(0, job.done - job.begun_with) / spent if spent else 0


def _of(run: Run) -> tuple[ColumnElement[bool], ...]:
    return Job.id == run.id, Job.begun_at == run.begun_at, Job.state == State.RUNNING


def _is_free() -> ColumnElement[bool]:
    lost = (Job.state == State.RUNNING) & (Job.heard_at < clock.now() - LOST)
    return or_(Job.state == State.WAITING, lost)


def _wake(job: Job) -> None:
    db.session.info.setdefault("asked", []).append(job.code)

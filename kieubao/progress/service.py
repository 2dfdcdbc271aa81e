"""What an account does with the jobs it asked for; nobody sees another's."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from kieubao import jobs
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.jobs import Job

Sheet = dict[str, Any]
# What whoever asks for a job of a kind has to be permitted: a token may be permitted less than its account.
NEEDS: Final[Mapping[str, Permission]] = {
    "trail.verify": Permission.AUDIT_READ,
    "duplicates.sweep": Permission.DUPLICATE_SWEEP,
    **dict.fromkeys(("intake.read", "intake.try", "intake.take"), Permission.INTAKE_RUN),
    "intake.undo": Permission.INTAKE_UNDO,
    **dict.fromkeys(("edits.make", "edits.undo"), Permission.PERSON_WRITE),
}


@use_case(Permission.ACCOUNT_SELF, Shape.READ)
def my_jobs(actor: Actor) -> list[Sheet]:
    """Return one's jobs, the latest first."""
    found = [jobs.told(job) for job in jobs.latest(actor.account_id)]
    note(found=len(found))
    return found


@use_case(Permission.ACCOUNT_SELF, Shape.READ)
def job(actor: Actor, code: str) -> Sheet:
    """Return one of one's jobs: how far it is, and what came of it."""
    note(job=code)
    return jobs.told(jobs.one(actor.account_id, code))


@use_case(Permission.ACCOUNT_SELF)
def halt(actor: Actor, code: str) -> Sheet:
    """Have a job stop; what it has done stays done."""
    return _with(actor, code, jobs.halt)


@use_case(Permission.ACCOUNT_SELF)
def resume(actor: Actor, code: str) -> Sheet:
    """Have a job that stopped or failed go on where it was, as whoever may ask for one like it."""
    actor.require(NEEDS[jobs.one(actor.account_id, code, lock=True).kind])
    return _with(actor, code, jobs.resume)


def _with(actor: Actor, code: str, act: Callable[[Job], None]) -> Sheet:
    found = jobs.one(actor.account_id, code, lock=True)
    note(job=code, kind=found.kind)
    act(found)
    return jobs.told(found)

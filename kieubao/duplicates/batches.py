"""What the worker does of a sweep: everybody is looked at, nobody is shown."""

from collections.abc import Sequence

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.people import pairs, sweep
from kieubao.people.sweep import Double, Reach

BATCH = 5_000


@use_case(Permission.DUPLICATE_SWEEP, Shape.READ, everyone=True, of_job=True)
def look(actor: Actor, reach: Reach) -> list[Double]:
    """Return all pairs of records that may be one person's."""
    found = sweep.doubles(reach)
    note(found=len(found))
    return found


@use_case(Permission.DUPLICATE_SWEEP, everyone=True, of_job=True)
def forget(actor: Actor) -> None:
    """Drop the pairs that nobody has decided on, to be filed anew."""
    pairs.forget_open()


@use_case(Permission.DUPLICATE_SWEEP, everyone=True, of_job=True)
def file(actor: Actor, doubles: Sequence[Double]) -> None:
    """Put some pairs into the queue."""
    pairs.file(doubles)
    note(pairs=len(doubles))

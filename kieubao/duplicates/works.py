"""The sweep, as the worker does it: begun anew where it was ended, for what was decided is remembered all the same."""

from collections.abc import Callable, Mapping
from typing import Any

from kieubao.access.roles import SYSTEM, Permission
from kieubao.access.session import actor_numbered
from kieubao.duplicates import batches, service
from kieubao.ground.resemblance import LIKELY
from kieubao.jobs import Run
from kieubao.people.sweep import Reach
from kieubao.worker import Work


def swept(reach: Reach, ask: Callable[[], object] = lambda: None) -> Mapping[str, int]:
    """Compare everybody, file the pairs that may be one person's, and return how many there are.

    `ask` is asked before each step, and raises where it may not go on.
    """
    ask()
    found = batches.look(SYSTEM, reach)
    ask()
    batches.forget(SYSTEM)
    for start in range(0, len(found), batches.BATCH):
        ask()
        batches.file(SYSTEM, found[start : start + batches.BATCH])
    return {"found": len(found), "likely": sum(one.score >= LIKELY * 10 for one in found)}


def _sweep(run: Run) -> Mapping[str, Any]:
    """Sweep for an account, as long as it may have that done; it is told no figure, for that is of everybody."""
    swept(run.reach, lambda: actor_numbered(run.account_id).require(Permission.DUPLICATE_SWEEP))
    return {}


WORKS: dict[str, Work] = {service.SWEEP: _sweep}

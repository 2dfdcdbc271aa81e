"""The sweep, as the worker does it: begun anew where it was ended, for what was decided is remembered all the same."""

from collections.abc import Mapping
from typing import Any

from kieubao.access.roles import SYSTEM
from kieubao.duplicates import batches, service
from kieubao.ground.resemblance import LIKELY
from kieubao.jobs import Run
from kieubao.people.sweep import Reach
from kieubao.worker import Work


def swept(reach: Reach) -> Mapping[str, int]:
    """Compare everybody, file the pairs that may be one person's, and return how many there are."""
    found = batches.look(SYSTEM, reach)
    batches.forget(SYSTEM)
    for start in range(0, len(found), batches.BATCH):
        batches.file(SYSTEM, found[start : start + batches.BATCH])
    return {"found": len(found), "likely": sum(one.score >= LIKELY * 10 for one in found)}


def _sweep(run: Run) -> Mapping[str, Any]:
    return swept(run.reach)


WORKS: dict[str, Work] = {service.SWEEP: _sweep}

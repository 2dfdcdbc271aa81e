"""The sweep, as the worker does it: begun anew where it was ended, for what was decided is remembered all the same."""

from collections.abc import Mapping
from typing import Any

from kieubao.access.roles import SYSTEM
from kieubao.duplicates import batches, service
from kieubao.ground.resemblance import LIKELY
from kieubao.jobs import Run
from kieubao.worker import Work


def sweep(run: Run) -> Mapping[str, Any]:
    """Compare everybody; file the pairs that may be one person's."""
    found = batches.look(SYSTEM, run.reach)
    batches.forget(SYSTEM)
    for start in range(0, len(found), batches.BATCH):
        batches.file(SYSTEM, found[start : start + batches.BATCH])
    return {"found": len(found), "likely": sum(one.score >= LIKELY * 10 for one in found)}


WORKS: dict[str, Work] = {service.SWEEP: sweep}

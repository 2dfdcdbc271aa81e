"""What the worker does with the trail."""

from collections.abc import Mapping
from typing import Any

from kieubao.access import service
from kieubao.access.session import actor_numbered
from kieubao.jobs import Run


def verify(run: Run) -> Mapping[str, Any]:
    """Walk the trail for whoever asked; return the verdict."""
    return service.verify_trail(actor_numbered(run.account_id), progress=run.reach)


WORKS = {service.VERIFY: verify}

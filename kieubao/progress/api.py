"""/api/v1/jobs: how far one's own jobs are."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.described import JobSheet
from kieubao.http import Blueprint
from kieubao.progress import service

bp = Blueprint("progress", __name__, description="Long work: how far it is, and having it stop or go on")


@bp.get("/jobs")
@bp.response(200, JobSheet(many=True))
def my_jobs() -> Any:
    """List my jobs, the latest first."""
    return service.my_jobs(current_actor())


@bp.get("/jobs/<code:code>")
@bp.response(200, JobSheet)
def job(code: str) -> Any:
    """Say how far a job is and, at its end, what came of it."""
    return service.job(current_actor(), code)


@bp.post("/jobs/<code:code>/stop")
@bp.response(200, JobSheet)
def halt(code: str) -> Any:
    """Have a job stop where it is."""
    return service.halt(current_actor(), code)


@bp.post("/jobs/<code:code>/resume")
@bp.response(200, JobSheet)
def resume(code: str) -> Any:
    """Have a job that stopped or failed go on."""
    return service.resume(current_actor(), code)

"""/api/v1/me, organisations and the trail."""

from typing import Any

from kieubao.access import service
from kieubao.access.schemas import MeSheet, OrganisationSheet
from kieubao.access.session import current_actor
from kieubao.described import JobSheet
from kieubao.http import Blueprint

bp = Blueprint("access", __name__, description="Who is asking, and the trail")


@bp.get("/me")
@bp.response(200, MeSheet)
def whoami() -> Any:
    """Say who is asking, and with which tokens."""
    return service.whoami(current_actor())


@bp.delete("/me/tokens/<int:token_id>")
@bp.response(204)
def revoke_token(token_id: int) -> Any:
    """Revoke a token of my own."""
    return service.revoke_token(current_actor(), token_id)


@bp.get("/organisations")
@bp.response(200, OrganisationSheet(many=True))
def organisations() -> Any:
    """List the organisations."""
    return service.organisations(current_actor())


@bp.post("/audit/verdict")
@bp.response(202, JobSheet)
def verify_trail() -> Any:
    """Have the trail walked: the job's result says whether it holds (docs/jobs.md)."""
    return service.have_verified(current_actor())

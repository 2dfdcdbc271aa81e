"""/api/v1/contributions, and whom a call suits."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.contributions import service
from kieubao.contributions.schemas import ContributionForm, FollowForm, WhichForm
from kieubao.contributions.sheets import ContributionsSheet, FollowedSheet, GivenSheet, SuitsSheet
from kieubao.http import Blueprint, expected_version, versioned

bp = Blueprint("contributions", __name__, description="What people contribute, and what comes of it")


@bp.post("/contributions")
@bp.arguments(ContributionForm)
@bp.response(201, FollowedSheet)
def record(form: dict[str, Any]) -> Any:
    """Record what somebody within scope offers or gives."""
    return versioned(service.record(current_actor(), **form))


@bp.get("/contributions")
@bp.arguments(WhichForm, location="query")
@bp.response(200, ContributionsSheet)
def all_of_them(form: dict[str, str]) -> Any:
    """List what people within scope contribute, and what all of it comes to."""
    return service.all_of_them(current_actor(), **form)


@bp.get("/contributions/<code:code>")
@bp.response(200, FollowedSheet)
def read(code: str) -> Any:
    """Open a contribution, with all that was known of it before."""
    return versioned(service.read(current_actor(), code))


@bp.patch("/contributions/<code:code>")
@bp.arguments(FollowForm(partial=True))
@bp.response(200, FollowedSheet)
def follow(form: dict[str, Any], code: str) -> Any:
    """Record how a contribution stands now that is still at the version of If-Match; what it was before is kept."""
    return versioned(service.follow(current_actor(), code, version=expected_version(), values=form))


@bp.get("/persons/<code:code>/contributions")
@bp.response(200, GivenSheet(many=True))
def of_person(code: str) -> Any:
    """List what somebody contributes, what was recorded last first."""
    return service.of_person(current_actor(), code)


@bp.get("/occasions/<code:code>/suited")
@bp.response(200, SuitsSheet)
def suited(code: str) -> Any:
    """List whom a call for investment suits, who may be contacted for that, with what speaks for each."""
    return service.suited(current_actor(), code)

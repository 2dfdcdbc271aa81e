"""/api/v1/oversight and the trail: for reading. What the officer decides is done by a person, on the pages."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.http import Blueprint, as_cursor, read_cursor
from kieubao.oversight import service
from kieubao.oversight.schemas import StateForm, TracedForm, TrailForm
from kieubao.oversight.sheets import (
    BreachSheet,
    DeskSheet,
    FindingSheet,
    RegisterSheet,
    ReviewsSheet,
    RoundSheet,
    TracedSheet,
    TrailSheet,
    WholeFindingSheet,
)

bp = Blueprint("oversight", __name__, description="The protection officer's desk, to be read")


@bp.post("/audit/search")
@bp.arguments(TrailForm)
@bp.response(200, TrailSheet)
def search_trail(form: dict[str, Any]) -> Any:
    """Search the trail, the newest first; the search is itself in the trail."""
    after = read_cursor(form.pop("after")) if "after" in form else None
    page = service.search_trail(current_actor(), **form, after=after)
    return {**page, "more": as_cursor(page["more"])}


@bp.get("/oversight")
@bp.response(200, DeskSheet)
def desk() -> Any:
    """Say what waits for the protection officer."""
    return service.desk(current_actor())


@bp.get("/oversight/findings")
@bp.arguments(StateForm, location="query")
@bp.response(200, FindingSheet(many=True))
def all_findings(form: dict[str, str]) -> Any:
    """List findings of unusual reading: those in a state, or all."""
    return service.all_findings(current_actor(), state=form["state"])


@bp.get("/oversight/findings/<int:finding_id>")
@bp.response(200, WholeFindingSheet)
def finding(finding_id: int) -> Any:
    """Open a finding with its entries of the trail."""
    return service.finding(current_actor(), finding_id)


@bp.post("/oversight/traces")
@bp.arguments(TracedForm)
@bp.response(200, TracedSheet)
def trace(form: dict[str, list[str]]) -> Any:
    """Say of which pull a list is likeliest that somebody found."""
    return service.trace(current_actor(), **form)


@bp.get("/oversight/reviews")
@bp.response(200, ReviewsSheet)
def all_reviews() -> Any:
    """List the reviews of accounts, and the quarters that have none."""
    return service.all_reviews(current_actor())


@bp.get("/oversight/reviews/<int:round_id>")
@bp.response(200, RoundSheet)
def review(round_id: int) -> Any:
    """Open a review with every account in it."""
    return service.review(current_actor(), round_id)


@bp.get("/oversight/register")
@bp.response(200, RegisterSheet(many=True))
def whole_register() -> Any:
    """Read the record of processing."""
    return service.whole_register(current_actor())


@bp.get("/oversight/breaches")
@bp.response(200, BreachSheet(many=True))
def all_breaches() -> Any:
    """List the breaches with their clocks."""
    return service.all_breaches(current_actor())


@bp.get("/oversight/breaches/<code:code>")
@bp.response(200, BreachSheet)
def breach(code: str) -> Any:
    """Open a breach."""
    return service.breach(current_actor(), code)

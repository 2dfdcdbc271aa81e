"""/api/v1/segments."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.http import Blueprint, expected_version, versioned
from kieubao.segments import service
from kieubao.segments.schemas import ChangeForm, SegmentForm, WhomForm
from kieubao.segments.sheets import CountsSheet, SegmentSheet

bp = Blueprint("segments", __name__, description="Saved filters that lists are made of")


@bp.post("/segments")
@bp.arguments(SegmentForm)
@bp.response(201, SegmentSheet)
def save(form: dict[str, Any]) -> Any:
    """Save a filter under a name."""
    return versioned(service.save(current_actor(), **form))


@bp.get("/segments")
@bp.response(200, SegmentSheet(many=True))
def all_of_them() -> Any:
    """List the segments within scope."""
    return service.all_of_them(current_actor())


@bp.get("/segments/<code:code>")
@bp.response(200, SegmentSheet)
def read(code: str) -> Any:
    """Open a segment."""
    return versioned(service.read(current_actor(), code))


@bp.get("/segments/<code:code>/counts")
@bp.response(200, CountsSheet)
def counts(code: str) -> Any:
    """Count who belongs to a segment now."""
    return service.counts(current_actor(), code)


@bp.patch("/segments/<code:code>")
@bp.arguments(ChangeForm(partial=True))
@bp.response(200, SegmentSheet)
def edit(form: dict[str, Any], code: str) -> Any:
    """Change a segment that is still at the version of If-Match; its lists that were approved are drafts again."""
    return versioned(service.edit(current_actor(), code, version=expected_version(), values=form))


@bp.delete("/segments/<code:code>")
@bp.response(204)
def discard(code: str) -> None:
    """Delete a segment of which no list is made."""
    service.discard(current_actor(), code)


@bp.post("/segments/counts")
@bp.arguments(WhomForm)
@bp.response(200, CountsSheet)
def count(form: dict[str, Any]) -> Any:
    """Count whom a filter names, without saving it."""
    return service.count(current_actor(), **form)

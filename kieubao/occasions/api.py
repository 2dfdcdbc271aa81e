"""/api/v1/occasions."""

from typing import Any

from flask import Response

from kieubao.access.session import current_actor
from kieubao.http import Blueprint, expected_version, versioned
from kieubao.occasions import papers, service
from kieubao.occasions.schemas import OccasionChangeForm, OccasionForm
from kieubao.occasions.sheets import OccasionSheet

bp = Blueprint("occasions", __name__, description="What people are to be contacted for")
_FILE = {"type": "string", "format": "binary"}


@bp.post("/occasions")
@bp.arguments(OccasionForm)
@bp.response(201, OccasionSheet)
def hold(form: dict[str, Any]) -> Any:
    """Record an occasion."""
    return versioned(service.hold(current_actor(), **form))


@bp.get("/occasions")
@bp.response(200, OccasionSheet(many=True))
def all_of_them() -> Any:
    """List the occasions."""
    return service.all_of_them(current_actor())


@bp.get("/occasions/<code:code>")
@bp.response(200, OccasionSheet)
def read(code: str) -> Any:
    """Open an occasion."""
    return versioned(service.read(current_actor(), code))


@bp.patch("/occasions/<code:code>")
@bp.arguments(OccasionChangeForm(partial=True))
@bp.response(200, OccasionSheet)
def edit(form: dict[str, Any], code: str) -> Any:
    """Change an occasion that is still at the version of If-Match."""
    return versioned(service.edit(current_actor(), code, version=expected_version(), values=form))


@bp.get("/occasions/<code:code>/calendar")
@bp.response(200, _FILE, content_type=papers.MEDIA)
def calendar(code: str) -> Response:
    """Take an occasion as a file for calendars."""
    return papers.sent(service.read(current_actor(), code))

"""/api/v1: police accounts ask and follow what they asked; what was released is seen on a page, never by a token."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.http import Blueprint
from kieubao.police import service
from kieubao.police.schemas import DisclosureForm
from kieubao.police.sheets import DisclosureSheet

bp = Blueprint("police", __name__, description="What the police ask of the office, by one request at a time")


@bp.post("/disclosure-requests")
@bp.arguments(DisclosureForm)
@bp.response(201, DisclosureSheet)
def file(form: dict[str, Any]) -> Any:
    """Ask for some of what is recorded of at most three people; the head of the unit endorses it first."""
    return service.file(current_actor(), form)


@bp.get("/disclosure-requests")
@bp.response(200, DisclosureSheet(many=True))
def follow(**_nothing: Any) -> Any:
    """List what one asked, the latest first."""
    return service.follow(current_actor())


@bp.get("/disclosure-requests/<code:code>")
@bp.response(200, DisclosureSheet)
def read(code: str) -> Any:
    """Show what was asked, and how it is answered."""
    return service.read(current_actor(), code)

"""/api/v1/edits: one field set alike for many people, looked at first, and undone."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.edits import service
from kieubao.edits.rules import Change
from kieubao.edits.schemas import EditPreviewForm, MakeEditForm
from kieubao.edits.service import Chosen
from kieubao.edits.sheets import EditPreviewSheet, EditSheet
from kieubao.http import Blueprint

bp = Blueprint("edits", __name__, description="One field set alike for many people")


@bp.post("/edits/preview")
@bp.arguments(EditPreviewForm)
@bp.response(200, EditPreviewSheet)
def preview(asked: tuple[Change, Chosen]) -> Any:
    """Show what an edit would do to people by their codes, or to everybody a search finds."""
    return service.preview(current_actor(), *asked)


@bp.post("/edits")
@bp.arguments(MakeEditForm)
@bp.response(201, EditSheet)
def make(form: dict[str, Any]) -> Any:
    """Make an edit as it was shown; of more than fifty people a job makes it."""
    return service.make(current_actor(), form["preview"], form["reason"])


@bp.get("/edits/<code:code>")
@bp.response(200, EditSheet)
def read(code: str) -> Any:
    """Show an edit, and whose records it left as they are."""
    return service.read(current_actor(), code)


@bp.post("/edits/<code:code>/undo")
@bp.response(200, EditSheet)
def undo(code: str) -> Any:
    """Take an edit back, but where the field says something else by now."""
    return service.undo(current_actor(), code)

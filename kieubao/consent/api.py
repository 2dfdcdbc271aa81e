"""/api/v1/notices."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.consent import service
from kieubao.consent.schemas import NoticeForm, NoticeSheet
from kieubao.http import Blueprint

bp = Blueprint("notices", __name__, description="What people are told before they are asked")


@bp.get("/notices")
@bp.response(200, NoticeSheet(many=True))
def list_notices() -> Any:
    """List every version of every notice."""
    return service.list_notices(current_actor())


@bp.post("/notices")
@bp.arguments(NoticeForm)
@bp.response(201, NoticeSheet)
def write_notice(form: dict[str, Any]) -> Any:
    """Add the next version of a notice."""
    return service.write_notice(current_actor(), **form)

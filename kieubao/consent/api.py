"""/api/v1/notices and agreements."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.consent import service
from kieubao.consent.schemas import AgreementForm, AgreementSheet, EndForm, NoticeForm, NoticeSheet
from kieubao.http import Blueprint

bp = Blueprint(
    "notices",
    __name__,
    description="What people are told before they are asked, and the agreements data is handed over by",
)


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


@bp.get("/agreements")
@bp.response(200, AgreementSheet(many=True))
def all_agreements() -> Any:
    """List every hand-over agreement."""
    return service.all_agreements(current_actor())


@bp.post("/agreements")
@bp.arguments(AgreementForm)
@bp.response(201, AgreementSheet)
def write_agreement(form: dict[str, Any]) -> Any:
    """Record a hand-over agreement with an organisation."""
    return service.write_agreement(current_actor(), **form)


@bp.get("/agreements/<code:code>")
@bp.response(200, AgreementSheet)
def agreement(code: str) -> Any:
    """Open a hand-over agreement."""
    return service.agreement(current_actor(), code)


@bp.post("/agreements/<code:code>/end")
@bp.arguments(EndForm)
@bp.response(200, AgreementSheet)
def end_agreement(form: dict[str, str], code: str) -> Any:
    """End an agreement before its time."""
    return service.end_agreement(current_actor(), code, **form)

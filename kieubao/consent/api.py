"""/api/v1/notices and agreements."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.consent import service
from kieubao.consent.schemas import (
    AgreementForm,
    AgreementSheet,
    EndForm,
    NoticeApprovalForm,
    NoticeDraftSheet,
    NoticeForm,
    NoticeSheet,
)
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


@bp.get("/notices/drafts")
@bp.response(200, NoticeDraftSheet(many=True))
def notice_drafts() -> Any:
    """List what is to be the next version of a notice, once it is approved."""
    return service.notice_drafts(current_actor())


@bp.post("/notices/drafts")
@bp.arguments(NoticeForm)
@bp.response(201, NoticeDraftSheet)
def draft_notice(form: dict[str, Any]) -> Any:
    """Draft the next version of a notice, or write its draft anew."""
    return service.draft_notice(current_actor(), **form)


@bp.delete("/notices/drafts/<int:draft_id>")
@bp.response(204)
def drop_notice_draft(draft_id: int) -> None:
    """Drop a draft."""
    service.drop_notice_draft(current_actor(), draft_id)


@bp.post("/notices/drafts/<int:draft_id>/approval")
@bp.arguments(NoticeApprovalForm)
@bp.response(201, NoticeSheet)
def approve_notice(form: dict[str, Any], draft_id: int) -> Any:
    """Approve a draft as it was seen: it is the next version of its notice."""
    return service.approve_notice(current_actor(), draft_id, **form)


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

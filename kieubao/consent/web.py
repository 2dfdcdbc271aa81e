"""The pages of notices and hand-over agreements."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, current_app, render_template, request
from flask.typing import ResponseReturnValue

from kieubao import pages
from kieubao.access import service as access
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.consent import service, wordings
from kieubao.consent.notices import ITEMS, LANGUAGES, listed
from kieubao.consent.schemas import AGREED, AgreementForm, EndForm, NoticeApprovalForm, NoticeForm
from kieubao.consent.vocabulary import Purpose
from kieubao.ground.errors import SignInNeeded, _
from kieubao.http import language
from kieubao.pages import Filled
from kieubao.worker import looked

bp = Blueprint("consent_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)
bp.context_processor(lambda: {"agreed": AGREED, "items": ITEMS, "languages": LANGUAGES})


def known_notices() -> list[tuple[str, str]]:
    """Return the notices that somebody may have been shown, the latest first: no secret, so no line."""
    return [(one["reference"], f"{one['reference']}: {one[f'title_{language()}']}") for one in looked(listed)[::-1]]


@bp.get("/notices")
def all_notices() -> str:
    actor = current_actor()
    drafts = service.notice_drafts(actor)
    return render_template("consent/notices.html", notices=service.list_notices(actor), drafts=drafts)


@bp.get("/notices/<int:notice_id>")
def notice(notice_id: int) -> str:
    return render_template("consent/notice.html", sheet=service.notice(current_actor(), notice_id))


@bp.get("/notices/drafts/new")
def ask_notice(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.NOTICE_WRITE)
    return render_template("consent/draft-notice.html", form=form or Filled(_proposed(request.args.get("purpose"))))


@bp.post("/notices/drafts/new")
@pages.takes(NoticeForm, again=ask_notice)
def draft_notice(form: dict[str, Any]) -> ResponseReturnValue:
    written = service.draft_notice(current_actor(), **form)
    return pages.done(_("The draft is kept; somebody else approves it"), ".notice_draft", draft_id=written["id"])


@bp.get("/notices/drafts/<int:draft_id>")
def notice_draft(draft_id: int, form: Filled | None = None) -> str:
    sheet = service.notice_draft(current_actor(), draft_id)
    return render_template("consent/notice.html", sheet=sheet, form=form or Filled())


@bp.get("/notices/drafts/<int:draft_id>/edit")
def amend_notice(draft_id: int) -> str:
    """Show the form with what is drafted; it is sent to where a new draft is."""
    sheet = service.notice_draft(admit(current_actor(), Permission.NOTICE_WRITE), draft_id)
    return render_template("consent/draft-notice.html", form=Filled(_typed(sheet)))


@bp.post("/notices/drafts/<int:draft_id>/approval")
@pages.takes(NoticeApprovalForm, again=notice_draft)
def approve_notice(form: dict[str, Any], draft_id: int) -> ResponseReturnValue:
    approved = service.approve_notice(current_actor(), draft_id, **form)
    return pages.done(_("The notice is approved; consents may cite it"), ".notice", notice_id=approved["id"])


@bp.post("/notices/drafts/<int:draft_id>/drop")
@pages.acts(again=notice_draft)
def drop_notice_draft(_form: Any, draft_id: int) -> ResponseReturnValue:
    service.drop_notice_draft(current_actor(), draft_id)
    return pages.done(_("The draft is dropped"), ".all_notices")


@bp.get("/agreements")
def all_agreements() -> str:
    return render_template("consent/agreements.html", agreements=service.all_agreements(current_actor()))


@bp.get("/agreements/new")
def ask_agreement(form: Filled | None = None) -> str:
    offices = access.organisations(admit(current_actor(), Permission.AGREEMENT_WRITE))
    return render_template("consent/new-agreement.html", organisations=offices, form=form or Filled())


@bp.post("/agreements/new")
@pages.takes(AgreementForm, again=ask_agreement)
def write_agreement(form: dict[str, Any]) -> ResponseReturnValue:
    written = service.write_agreement(current_actor(), **form)
    return pages.done(_("The agreement is recorded; lists can be granted under it"), ".agreement", code=written["code"])


@bp.get("/agreements/<code:code>")
def agreement(code: str, form: Filled | None = None) -> str:
    sheet = service.agreement(current_actor(), code)
    return render_template("consent/agreement.html", sheet=sheet, form=form or Filled())


@bp.post("/agreements/<code:code>")
@pages.takes(EndForm, again=agreement)
def end_agreement(form: dict[str, str], code: str) -> ResponseReturnValue:
    service.end_agreement(current_actor(), code, **form)
    return pages.done(_("The agreement is ended: nothing more is pulled under it"), ".agreement", code=code)


def _proposed(purpose: str | None) -> dict[str, Any]:
    """Return what a notice of a purpose may say, to begin from; nothing where none is named."""
    if purpose is None or purpose not in {*Purpose}:
        return {}
    return wordings.proposed(Purpose(purpose), current_app.config["OFFICE_VI"], current_app.config["OFFICE_EN"])


def _typed(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """Return a draft as its form has it."""
    texts = {one: {name: sheet[f"{name}_{one}"] for name in ("title", "text")} for one in LANGUAGES}
    said = {name: sheet[name] for name in ("code", "purposes", "digest")}
    return said | {one: {**texts[one], **sheet["terms"].get(one, {})} for one in LANGUAGES}

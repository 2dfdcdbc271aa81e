"""The pages of hand-over agreements."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kieubao import pages
from kieubao.access import service as access
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.consent import service
from kieubao.consent.schemas import AGREED, AgreementForm, EndForm
from kieubao.ground.errors import SignInNeeded, _
from kieubao.pages import Filled

bp = Blueprint("consent_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)
bp.context_processor(lambda: {"agreed": AGREED})


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

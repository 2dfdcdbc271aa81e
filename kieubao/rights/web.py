"""The pages of requests: what waits, one request, and what happened to it."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from kieubao import pages
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.ground.errors import SignInNeeded, _
from kieubao.pages import Filled
from kieubao.rights import papers, service
from kieubao.rights.requests import Asked
from kieubao.rights.schemas import STEPS, DigestForm, PaperForm, RequestForm, ScanForm, StepForm
from kieubao.rights.steps import News
from kieubao.rights.vocabulary import AT_ONCE, DAYS, Kind, Step

bp = Blueprint("rights_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.context_processor
def words() -> dict[str, Any]:
    return {"at_once": AT_ONCE, "law_days": DAYS, "next_steps": _next_steps}


@bp.get("/requests")
def queue() -> str:
    ended = "ended" in request.args
    return render_template("rights/all.html", requests=service.queue(current_actor(), ended=ended), ended=ended)


@bp.get("/requests/new")
def ask(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.REQUEST_FILE)
    return render_template("rights/new.html", form=form or Filled({"person": request.args.get("person")}))


@bp.post("/requests/new")
@pages.takes(RequestForm, again=ask)
def file(form: tuple[str, Asked]) -> ResponseReturnValue:
    filed = service.file(current_actor(), *form)
    return pages.done(_("The request is filed; its clock runs"), ".read", code=filed["code"])


@bp.get("/requests/<code:code>")
def read(code: str, form: Filled | None = None) -> str:
    return render_template("rights/one.html", sheet=service.read(current_actor(), code), form=form or Filled())


@bp.get("/requests/<code:code>/letter")
def answer(code: str) -> ResponseReturnValue:
    return papers.answered(service.answer(current_actor(), code), papers.office())


@bp.post("/requests/<code:code>/steps")
@pages.takes(StepForm, again=read)
def act(form: News, code: str) -> ResponseReturnValue:
    service.act(current_actor(), code, form)
    return pages.done(_("It is written down"), ".read", code=code)


@bp.post("/requests/<code:code>/erasure")
@pages.acts(again=read)
def erase(_form: object, code: str) -> ResponseReturnValue:
    service.erase(current_actor(), code)
    return pages.done(_("The person is erased"), ".queue")


@bp.get("/persons/<code:code>/requests")
def of_person(code: str) -> str:
    return render_template("rights/person.html", code=code, requests=service.of_person(current_actor(), code))


@bp.get("/persons/<code:code>/papers")
def papers_of(code: str, form: Filled | None = None) -> str:
    sheet = service.papers(current_actor(), code)
    return render_template("rights/papers.html", sheet=sheet, form=form or Filled())


@bp.post("/persons/<code:code>/papers/receipt")
@pages.takes(PaperForm, again=papers_of)
def give_receipt(form: dict[str, Any], code: str) -> ResponseReturnValue:
    return papers.given(service.give_receipt(current_actor(), code, papers.office()), form["paper_language"])


@bp.post("/persons/<code:code>/papers/form")
@pages.takes(PaperForm, again=papers_of)
def consent_form(form: dict[str, Any], code: str) -> ResponseReturnValue:
    """Give the form for one person to sign, with the notice they are shown."""
    told = service.consent_form(current_actor(), code, form.get("notice", 0))
    return papers.to_sign(told, papers.office(), form["paper_language"])


@bp.post("/persons/<code:code>/papers/scan")
@pages.acts(again=papers_of)
def keep_scan(_form: object, code: str) -> ResponseReturnValue:
    kept = service.keep_scan(current_actor(), code, papers.uploaded(request.files.get("file")))
    flash(gettext("The scan is kept. Write its code as the evidence: %(code)s") % {"code": kept["code"]})
    return redirect(url_for(".papers_of", code=code), 303)


@bp.get("/requests/scans")
def ask_scan(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.SCAN_READ)
    return render_template("rights/scan.html", form=form or Filled())


@bp.post("/requests/scans")
@pages.takes(ScanForm, again=ask_scan)
def read_scan(form: dict[str, str]) -> ResponseReturnValue:
    return papers.scanned(service.read_scan(current_actor(), form["scan"], form["reason"]))


@bp.get("/requests/receipts")
def look_up_receipt(form: Filled | None = None, found: dict[str, Any] | None = None) -> str:
    admit(current_actor(), Permission.REQUEST_READ)
    return render_template("rights/receipt.html", form=form or Filled(), found=found)


@bp.post("/requests/receipts")
@pages.takes(DigestForm, again=look_up_receipt, reads=True)
def receipt(form: dict[str, str]) -> str:
    return look_up_receipt(Filled(form), service.receipt(current_actor(), form["digest"]))


def _next_steps(sheet: Mapping[str, Any]) -> list[str]:
    """Return what may happen next, to choose from; what of it cannot be yet is refused in words."""
    never = {*(one["step"] for one in sheet["steps"])}
    never |= {Step.REFUSED} if sheet["kind"] in AT_ONCE else set()
    never |= {Step.DONE} if sheet["kind"] == Kind.DELETE else {Step.PROPOSED}
    never |= set() if DAYS[Kind(sheet["kind"])].with_others else {Step.INVOLVED}
    return [one.value for one in STEPS if one not in never]

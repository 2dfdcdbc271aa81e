"""The pages of the protection officer's desk."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from kieubao import pages, shown
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.forms import told
from kieubao.ground.errors import NotFound, SignInNeeded, _
from kieubao.http import as_cursor, put_away, read_cursor, taken_back
from kieubao.outreach.files import MEDIA
from kieubao.outreach.vocabulary import Format
from kieubao.oversight import papers, service
from kieubao.oversight.register import WRITTEN
from kieubao.oversight.schemas import (
    BreachForm,
    CloseForm,
    DecisionForm,
    QuarterForm,
    RegisterForm,
    ReportForm,
    SettleForm,
    StateForm,
    TracedForm,
    TrailFileForm,
    TrailForm,
)
from kieubao.oversight.thresholds import WATCH_EVERY
from kieubao.pages import Filled

bp = Blueprint("oversight_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)
bp.context_processor(papers.words)


@bp.get("/oversight")
def desk() -> str:
    """Watch the trail, where that was not done just now, and show what waits."""
    new = service.keep_watch(current_actor(), every=WATCH_EVERY)
    return render_template("oversight/desk.html", desk=service.desk(current_actor()), new=new)


@bp.get("/oversight/trail")
def trail(form: Filled | None = None) -> str:
    """Show the newest entries, and what to look for."""
    page = service.search_trail(current_actor(), wanted={})
    return _trail(form or Filled(), page if form is None else {**page, "entries": None})


@bp.post("/oversight/trail")
@pages.takes(TrailForm, again=trail, reads=True)
def search_trail(form: dict[str, Any]) -> ResponseReturnValue:
    """Keep what is looked for and go where it is found: a page to come back to, with nothing in its address."""
    actor, typed = admit(current_actor(), Permission.AUDIT_READ), pages.sent()
    return redirect(url_for(".found"), 303) if put_away("trail", [actor.id, typed]) else _found(typed)


@bp.get("/oversight/trail/found")
def found() -> ResponseReturnValue:
    actor = admit(current_actor(), Permission.AUDIT_READ)
    by, typed = taken_back("trail") or (None, {})
    return _found(typed) if by == actor.id else redirect(url_for(".trail"), 303)


@bp.post("/oversight/trail/file")
@pages.takes(TrailFileForm, again=trail)
def take_trail(form: dict[str, Any]) -> Response:
    wanted = Format(form["format"])
    content = papers.trail(service.take_trail(current_actor(), wanted=form["wanted"]), wanted)
    return send_file(content, MEDIA[wanted], as_attachment=True, download_name=f"nhat-ky.{wanted}")


@bp.get("/oversight/findings")
def all_findings() -> str:
    state = pages.load(StateForm(), request.args.to_dict())["state"]
    findings = service.all_findings(current_actor(), state=state)
    return render_template("oversight/findings.html", findings=findings, state=state)


@bp.get("/oversight/findings/<int:finding_id>")
def finding(finding_id: int, form: Filled | None = None) -> str:
    sheet = service.finding(current_actor(), finding_id)
    return render_template("oversight/finding.html", sheet=sheet, form=form or Filled())


@bp.post("/oversight/findings/<int:finding_id>")
@pages.takes(DecisionForm, again=finding)
def decide(form: dict[str, Any], finding_id: int) -> ResponseReturnValue:
    service.decide(current_actor(), finding_id, **form)
    return pages.done(_("The outcome is recorded"), ".all_findings")


@bp.get("/oversight/traces")
def ask_trace(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.OVERSIGHT_READ)
    return render_template("oversight/trace.html", form=form or Filled(), found=None)


@bp.post("/oversight/traces")
@pages.takes(TracedForm, again=ask_trace)
def trace(form: dict[str, list[str]]) -> str:
    """Show of which pull a list is likeliest; nothing of it is kept, and nothing stands in an address."""
    found = service.trace(current_actor(), **form)
    return render_template("oversight/trace.html", form=Filled(pages.sent()), found=found)


@bp.get("/oversight/reviews")
def all_reviews(form: Filled | None = None) -> str:
    sheet = service.all_reviews(current_actor())
    return render_template("oversight/reviews.html", sheet=sheet, form=form or Filled())


@bp.post("/oversight/reviews")
@pages.takes(QuarterForm, again=all_reviews)
def begin_review(form: dict[str, str]) -> ResponseReturnValue:
    begun = service.begin_review(current_actor(), **form)
    return pages.done(_("The review is begun: settle every account"), ".review", round_id=begun["id"])


@bp.get("/oversight/reviews/<int:round_id>")
def review(round_id: int) -> str:
    return render_template("oversight/review.html", sheet=service.review(current_actor(), round_id))


@bp.get("/oversight/reviews/<int:round_id>/<int:account_id>")
def reviewed(round_id: int, account_id: int, form: Filled | None = None) -> str:
    line = service.reviewed(current_actor(), round_id, account_id)
    return render_template("oversight/reviewed.html", line=line, form=form or Filled(shown.typed(line)))


@bp.post("/oversight/reviews/<int:round_id>/<int:account_id>")
@pages.takes(SettleForm, again=reviewed)
def settle(form: dict[str, Any], round_id: int, account_id: int) -> ResponseReturnValue:
    service.settle(current_actor(), round_id, account_id, **form)
    return pages.done(_("The account is settled"), ".review", round_id=round_id)


@bp.get("/oversight/register")
def whole_register() -> str:
    return render_template("oversight/register.html", register=service.whole_register(current_actor()))


@bp.get("/oversight/register/file")
def take_register() -> Response:
    content = papers.register(service.whole_register(current_actor()), WRITTEN)
    return send_file(content, MEDIA[Format.XLSX], as_attachment=True, download_name="ho-so-xu-ly-du-lieu.xlsx")


@bp.get("/oversight/register/<purpose>")
def ask_register(purpose: str, form: Filled | None = None) -> str:
    sheet = service.registered(current_actor(), purpose)
    return render_template("oversight/purpose.html", sheet=sheet, form=form or Filled(_typed(sheet["said"])))


@bp.post("/oversight/register/<purpose>")
@pages.takes(RegisterForm, again=ask_register, whole=True)
def write_register(form: dict[str, Any], purpose: str) -> ResponseReturnValue:
    service.write_register(current_actor(), purpose, version=pages.expected_version(), **form)
    return pages.done(_("The entry is written; the version before it stays"), ".whole_register")


@bp.get("/oversight/breaches")
def all_breaches() -> str:
    return render_template("oversight/breaches.html", breaches=service.all_breaches(current_actor()))


@bp.get("/oversight/breaches/new")
def ask_breach(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.OVERSIGHT_KEEP)
    return render_template("oversight/new-breach.html", form=form or Filled())


@bp.post("/oversight/breaches/new")
@pages.takes(BreachForm, again=ask_breach, whole=True)
def find_breach(form: dict[str, Any]) -> ResponseReturnValue:
    made = service.find_breach(current_actor(), **form)
    return pages.done(_("The breach is recorded; its clock runs"), ".breach", code=made["code"])


@bp.get("/oversight/breaches/<code:code>")
def breach(code: str, form: Filled | None = None) -> str:
    """Show a breach, its clock, what was known when, and the forms to report and to close it."""
    sheet = service.breach(current_actor(), code)
    return render_template("oversight/breach.html", sheet=sheet, items=papers.notice(sheet), form=form or Filled())


@bp.get("/oversight/breaches/<code:code>/edit")
def ask_amend(code: str, form: Filled | None = None) -> str:
    admit(current_actor(), Permission.OVERSIGHT_KEEP)
    sheet = service.breach(current_actor(), code)
    typed = shown.typed({**sheet, "affected": "\n".join(sheet["affected"])})
    return render_template("oversight/amend.html", sheet=sheet, form=form or Filled(typed))


@bp.post("/oversight/breaches/<code:code>/edit")
@pages.takes(BreachForm, again=ask_amend, whole=True)
def amend_breach(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.amend_breach(current_actor(), code, version=pages.expected_version(), **form)
    return pages.done(_("What is known now is added"), ".breach", code=code)


@bp.post("/oversight/breaches/<code:code>/report")
@pages.takes(ReportForm, again=breach)
def report_breach(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.report_breach(current_actor(), code, **form)
    return pages.done(_("The report is recorded; the clock stands"), ".breach", code=code)


@bp.post("/oversight/breaches/<code:code>/close")
@pages.takes(CloseForm, again=breach)
def close_breach(form: dict[str, str], code: str) -> ResponseReturnValue:
    service.close_breach(current_actor(), code, **form)
    return pages.done(_("The breach is closed"), ".breach", code=code)


@bp.get("/oversight/breaches/<code:code>/notice")
def notice(code: str) -> str:
    """Show the notification to the authority, to be printed."""
    sheet = service.breach(current_actor(), code)
    return render_template("oversight/notice.html", sheet=sheet, items=papers.notice(sheet))


@bp.get("/oversight/breaches/<code:code>/notice.txt")
def notice_text(code: str) -> Response:
    sheet = service.breach(current_actor(), code)
    text = render_template("oversight/notice.txt", sheet=sheet, items=papers.notice(sheet))
    headers = {"Content-Disposition": f"attachment; filename=thong-bao-{code}.txt"}
    return Response(text, mimetype="text/plain", headers=headers)


def _found(typed: dict[str, Any]) -> ResponseReturnValue:
    form = pages.load(TrailForm(), typed)
    after = read_cursor(form.pop("after")) if "after" in form else None
    try:
        return _trail(Filled(typed), service.search_trail(current_actor(), **form, after=after))
    except NotFound as error:
        # Absent, out of scope or erased: one answer, beside the code that was typed.
        return trail(Filled(typed, {"person": [told(error)]})), 404


def _typed(said: dict[str, Any] | None) -> dict[str, Any]:
    """Return what was said of a purpose as it would be typed into its form."""
    return {**said, "abroad": str(said["abroad"]).lower()} if said else {}


def _trail(form: Filled, page: dict[str, Any]) -> str:
    return render_template("oversight/trail.html", form=form, found={**page, "more": as_cursor(page["more"])})

"""The pages of one's own jobs. A page may be left: the work goes on."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kieubao import pages
from kieubao.access.session import current_actor
from kieubao.ground.errors import SignInNeeded, _
from kieubao.pages import Filled
from kieubao.progress import service

bp = Blueprint("progress_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)
# Where what came of a job is shown; that of a file or an edit by its code.
RESULTS: Final = {"trail.verify": "access_pages.trail", "duplicates.sweep": "duplicates_pages.queue"}
BY_CODE: Final = {"intake": "intake_pages.read", "edit": "edits_pages.read"}


@bp.get("/jobs")
def my_jobs() -> str:
    return render_template("progress/jobs.html", jobs=service.my_jobs(current_actor()))


@bp.get("/jobs/<code:code>")
def job(code: str, form: Filled | None = None) -> str:
    """Show how far a job is; a script asks for this page again until it has ended."""
    sheet = service.job(current_actor(), code)
    page, named = _result(sheet)
    return render_template("progress/job.html", job=sheet, page=page, named=named, form=form or Filled())


@bp.post("/jobs/<code:code>/stop")
@pages.acts(again=job)
def halt(_form: Any, code: str) -> ResponseReturnValue:
    service.halt(current_actor(), code)
    return pages.done(_("The job stops where it is; what it has done stays done"), ".job", code=code)


@bp.post("/jobs/<code:code>/resume")
@pages.acts(again=job)
def resume(_form: Any, code: str) -> ResponseReturnValue:
    service.resume(current_actor(), code)
    return pages.done(_("The job goes on"), ".job", code=code)


def _result(sheet: Mapping[str, Any]) -> tuple[str, dict[str, str]]:
    for name, page in BY_CODE.items():
        if name in sheet["given"]:
            return page, {"code": sheet["given"][name]}
    return RESULTS[sheet["kind"]], {}

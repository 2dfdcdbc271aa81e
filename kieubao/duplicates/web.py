"""The pages of pairs: the queue, two records side by side, the decision, the merge confirmed, and merges undone."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kieubao import pages, shown
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.duplicates import service
from kieubao.duplicates.schemas import STATES, ConfirmForm, ProposalForm, QueueQuery, SaidForm
from kieubao.ground.errors import SignInNeeded, _
from kieubao.http import as_cursor, read_cursor
from kieubao.pages import Filled
from kieubao.people.vocabulary import WAITING, PairState

# Columns that are told by others beside them.
_INSIDE: Final = frozenset({"home_epoch", "home_code", "home_old_code", "sector_version"})

bp = Blueprint("duplicates_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.get("/duplicates")
def queue(form: Filled | None = None) -> str:
    """Show the pairs that wait, or those of one state."""
    asked = pages.load(QueueQuery(), {name: request.args.getlist(name) for name in ("states",) if name in request.args})
    after = read_cursor(request.args["after"]) if request.args.get("after") else None
    states = [*map(PairState, asked.get("states", ()))] or WAITING
    found = service.all_pairs(current_actor(), states=states, after=after)
    actor = current_actor()
    swept = service.last_swept(actor) if actor.can(Permission.DUPLICATE_SWEEP) else None
    page = {"queue": found, "more": as_cursor(found["more"]), "wanted": states, "states": STATES, "swept": swept}
    return render_template("duplicates/queue.html", form=form or Filled(), **page)


@bp.post("/duplicates/sweep")
@pages.acts(again=queue)
def have_swept(_form: object) -> ResponseReturnValue:
    job = service.have_swept(current_actor())
    return pages.done(_("Everybody is being compared"), "progress_pages.job", code=job["code"])


@bp.get("/duplicates/<code:left>/<code:right>")
def pair(left: str, right: str, form: Filled | None = None) -> str:
    """Show two records side by side: the first is the one that would stay."""
    sheet = service.one_pair(current_actor(), left, right)
    return render_template("duplicates/pair.html", sheet=sheet, form=form or Filled())


@bp.post("/duplicates/<code:left>/<code:right>/decision")
@pages.takes(SaidForm, again=pair)
def decide(form: dict[str, Any], left: str, right: str) -> ResponseReturnValue:
    service.decide(current_actor(), left, right, state=PairState(form["state"]))
    return pages.done(_("It is written down, and no sweep will ask again"), ".queue")


@bp.post("/duplicates/<code:left>/<code:right>/proposal")
@pages.takes(ProposalForm, again=pair)
def propose(form: dict[str, Any], left: str, right: str) -> ResponseReturnValue:
    versions = (form["kept_version"], form["gone_version"])
    service.propose(current_actor(), left, right, taken=form["taken"], versions=versions)
    return pages.done(_("An approver is to confirm the merge"), ".queue")


@bp.post("/duplicates/<code:left>/<code:right>/merge")
@pages.takes(ConfirmForm, again=pair)
def merge(form: dict[str, Any], left: str, right: str) -> ResponseReturnValue:
    kept = service.merge(current_actor(), left, right, **form)
    return pages.done(_("The two records are one now; both codes lead here"), "people_pages.read", code=kept)


@bp.post("/duplicates/<code:left>/<code:right>/decline")
@pages.takes(ConfirmForm, again=pair)
def decline(form: dict[str, Any], left: str, right: str) -> ResponseReturnValue:
    service.decline(current_actor(), left, right, **form)
    return pages.done(_("The two records stay as they are"), ".queue")


@bp.app_template_global()
def shown_of(record: Mapping[str, Any], columns: Sequence[str]) -> str:
    """Return in words what a record says in some columns that belong together."""
    unit = f"{record['home_epoch']}:{record['home_code']}" if "home_code" in columns and record["home_code"] else None
    words = [shown.shown(name, record[name]) for name in columns if name not in _INSIDE]
    return "; ".join(filter(None, [*words, shown.shown("home_unit", unit)]))


@bp.get("/merges")
def merges() -> str:
    return render_template("duplicates/merges.html", merges=service.all_merges(current_actor()))


@bp.get("/merges/<code:code>/undo")
def ask_undo(code: str, form: Filled | None = None) -> str:
    admit(current_actor(), Permission.PERSON_MERGE)
    return render_template("duplicates/undo.html", code=code, form=form or Filled())


@bp.post("/merges/<code:code>/undo")
@pages.acts(again=ask_undo)
def undo(_form: object, code: str) -> ResponseReturnValue:
    undone = service.undo(current_actor(), code)
    sentence = _("The merge is undone; what somebody changed since stays as it is")
    return pages.done(sentence if undone["stays"] else _("The merge is undone"), "people_pages.read", code=code)

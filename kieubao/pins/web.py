"""What is pinned, from the pages where it is found: people, and searches."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kieubao import pages
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.forms import Form, Value
from kieubao.ground.errors import SignInNeeded, _
from kieubao.http import put_away, taken_back
from kieubao.pages import Filled
from kieubao.pins import service

bp = Blueprint("pins_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


class PinForm(Form):
    title = Value(required=True, longest=80)


@bp.post("/persons/<code:code>/pin")
def pin(code: str) -> ResponseReturnValue:
    service.pin(current_actor(), code)
    return pages.done(_("The record is pinned to your start page"), "people_pages.read", code=code)


@bp.post("/persons/<code:code>/unpin")
def unpin(code: str) -> ResponseReturnValue:
    service.unpin(current_actor(), code)
    return pages.done(_("The record is no longer pinned"), "workday_pages.home")


@bp.get("/searches/new")
def ask_keep(form: Filled | None = None) -> str:
    return render_template("pins/search.html", form=form or Filled(), sought=_sought())


@bp.post("/searches/new")
@pages.takes(PinForm, again=ask_keep)
def keep(form: dict[str, str]) -> ResponseReturnValue:
    """Keep what narrows the search that this reader made last; not its words, which name people."""
    sought = _sought()
    if not sought.get("filters"):
        return pages.done(_("Narrow a search down first: what narrows it is what is pinned"), "people_pages.ask")
    service.keep(current_actor(), form["title"], sought)
    return pages.done(_("The search is pinned to your start page"), "people_pages.found")


@bp.get("/searches/<code:code>")
def search(code: str) -> ResponseReturnValue:
    """Search for what a pinned search asks for, as it is today."""
    put_away("sought", [current_actor().id, service.typed(current_actor(), code)])
    return redirect(url_for("people_pages.found"), 303)


@bp.post("/searches/<code:code>/drop")
def drop(code: str) -> ResponseReturnValue:
    service.drop(current_actor(), code)
    return pages.done(_("The search is no longer pinned"), "workday_pages.home")


def _sought() -> dict[str, Any]:
    actor = admit(current_actor(), Permission.PERSON_SEARCH)
    by, typed = taken_back("sought") or (None, dict[str, Any]())
    return {name: typed[name] for name in ("filters", "order") if name in typed} if by == actor.id else {}

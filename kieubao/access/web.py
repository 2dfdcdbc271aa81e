"""The pages of one's own account: what one can do here, who one is, one's tokens; and the trail's verdict."""

from typing import Any

from flask import Blueprint, Response, current_app, g, render_template, request, session
from flask.typing import ResponseReturnValue

from kieubao import pages
from kieubao.access import service
from kieubao.access.roles import SYSTEM, Actor
from kieubao.access.schemas import TokenForm
from kieubao.access.session import asking, current_actor
from kieubao.ground.errors import SignInNeeded, Unrecorded, _
from kieubao.pages import Filled

bp = Blueprint("access_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.app_context_processor
def known() -> dict[str, Actor | None]:
    """Tell every page who is reading it."""
    return {"reader": asking()}


@bp.after_app_request
def trace_sign_in(response: Response) -> Response:
    """Record every sign-in and every try that failed; one that cannot be recorded does not hold."""
    if request.endpoint != "security.login" or request.method != "POST":
        return response
    g.pop("actor", None)
    try:
        _record_sign_in(asking())
    except Unrecorded as error:
        session.clear()
        return current_app.make_response(current_app.handle_user_exception(error))
    return response


@bp.get("/")
def home() -> str:
    """Show what one can do here."""
    current_actor()
    return render_template("access/home.html")


@bp.get("/account")
def account(form: Filled | None = None) -> str:
    sheet = service.whoami(current_actor())
    return render_template("access/account.html", sheet=sheet, form=form or Filled({"days": "30"}))


@bp.post("/account")
@pages.takes(TokenForm, again=account)
def issue_token(form: dict[str, Any]) -> str:
    """Show a new token this once."""
    return render_template("access/token.html", secret=service.issue_token(current_actor(), **form))


@bp.get("/account/tokens/<int:token_id>/revoke")
def ask_revoke(token_id: int, form: Filled | None = None) -> str:
    sheet = service.whoami(current_actor())
    return render_template("access/revoke.html", sheet=sheet, token_id=token_id, form=form or Filled())


@bp.post("/account/tokens/<int:token_id>/revoke")
@pages.acts(again=ask_revoke)
def revoke_token(_form: object, token_id: int) -> ResponseReturnValue:
    service.revoke_token(current_actor(), token_id)
    return pages.done(_("The token is revoked"), ".account")


@bp.get("/trail")
def trail() -> str:
    return render_template("access/trail.html", verdict=service.verify_trail(current_actor()))


def _record_sign_in(actor: Actor | None) -> None:
    if actor:
        service.sign_in(actor)
    else:
        service.refuse_sign_in(SYSTEM, request.form.get("username", ""))

"""The pages of one's own account: what one can do here, who one is, one's tokens; and the trail's verdict."""

from typing import Any

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from kieubao import pages
from kieubao.access import service
from kieubao.access.changes import Kind
from kieubao.access.roles import NEVER_BY_TOKEN, Actor, Permission
from kieubao.access.schemas import ChangeForm, DecisionForm, OpeningForm, TokenForm
from kieubao.access.session import asking, current_actor
from kieubao.access.use_case import admit
from kieubao.ground.errors import SignInNeeded, _
from kieubao.pages import Filled

bp = Blueprint("access_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.app_context_processor
def known() -> dict[str, Actor | None]:
    """Tell every page who is reading it."""
    return {"reader": asking()}


@bp.get("/account")
def account(form: Filled | None = None) -> str:
    sheet = service.whoami(current_actor())
    carried = sorted(set(sheet["permissions"]) - NEVER_BY_TOKEN)
    return render_template("access/account.html", sheet=sheet, carried=carried, form=form or Filled({"days": "30"}))


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
def trail(form: Filled | None = None) -> str:
    """Show how the trail was found when it was last walked for the reader."""
    return render_template("access/trail.html", job=service.last_verified(current_actor()), form=form or Filled())


@bp.post("/trail")
@pages.acts(again=trail)
def verify_trail(_form: object) -> ResponseReturnValue:
    """Have it walked now; a job says how far that is."""
    return redirect(url_for("progress_pages.job", code=service.have_verified(current_actor())["code"]), 303)


@bp.get("/accounts")
def accounts() -> str:
    return render_template("access/accounts.html", sheet=service.all_accounts(current_actor()))


@bp.get("/accounts/new")
def ask_open(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.ACCOUNT_MANAGE)
    return render_template("access/open.html", form=form or Filled())


@bp.post("/accounts/new")
@pages.takes(OpeningForm, again=ask_open)
def propose_account(form: dict[str, Any]) -> str:
    return _half(service.propose(current_actor(), Kind.OPEN, form.pop("username"), form))


@bp.get("/accounts/<username>/change")
def ask_change(username: str, form: Filled | None = None) -> str:
    """Offer what may be changed of an account."""
    sheet = service.one_account(current_actor(), username)
    return render_template("access/change.html", sheet=sheet, form=form or Filled(sheet))


@bp.post("/accounts/<username>/change")
@pages.takes(ChangeForm, again=ask_change)
def propose_change(form: dict[str, Any], username: str) -> str:
    return _half(service.propose(current_actor(), form["kind"], username, form["details"]))


@bp.get("/accounts/<username>/disable")
def ask_disable(username: str, form: Filled | None = None) -> str:
    sheet = service.one_account(current_actor(), username)
    return render_template("access/disable.html", sheet=sheet, form=form or Filled())


@bp.post("/accounts/<username>/disable")
@pages.acts(again=ask_disable)
def disable(_form: object, username: str) -> ResponseReturnValue:
    service.disable(current_actor(), username)
    return pages.done(_("The account is closed: its sessions and tokens have ended"), ".accounts")


@bp.get("/changes")
def changes(form: Filled | None = None) -> str:
    return render_template("access/changes.html", waiting=service.waiting(current_actor()), form=form or Filled())


@bp.post("/changes")
@pages.takes(DecisionForm, again=changes)
def decide(form: dict[str, Any]) -> str:
    return _half(service.decide(current_actor(), form["change"], confirm=form["decision"] == "confirm"))


def _half(change: dict[str, Any]) -> str:
    """Show what was proposed or decided, and this once the half of an invitation that is this reader's."""
    return render_template("access/half.html", change=change)

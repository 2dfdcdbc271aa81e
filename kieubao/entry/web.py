"""The pages of the door."""

from pathlib import Path
from typing import Any

import segno
from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kieubao import pages
from kieubao.access import factors
from kieubao.access.roles import PUBLIC
from kieubao.access.session import asking, current_actor
from kieubao.access.web import account
from kieubao.entry import service
from kieubao.entry.door import ask_passkey, begin_anew, door, fresh_challenge, keep, let_in, site
from kieubao.entry.schemas import ConfirmForm, EndForm, FactorsForm, InvitationForm, PasswordForm, SignInForm
from kieubao.entry.service import Joining, Proof
from kieubao.forms import told
from kieubao.ground import passkeys, passwords
from kieubao.ground.errors import ConfirmNeeded, Invalid, KieubaoError, SignInNeeded, _
from kieubao.http import STATUS, put_away, taken_back
from kieubao.pages import CONFIRM, Filled

# With one of these nothing is sent along while it is asked who it is: a secret is typed once more, on its page.
_ANEW = {*PasswordForm().fields, f"{CONFIRM}.anew"}

bp = Blueprint("entry_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.before_app_request
def token_needed() -> None:
    """Let nobody into the API, not even to learn what is not there, without a token that holds."""
    if request.path.startswith("/api/v1/") and asking() is None:
        if "Authorization" in request.headers:
            service.refuse_token(PUBLIC, door())
        raise SignInNeeded(_("Sign in first"))


@bp.before_app_request
def take_confirmation() -> ResponseReturnValue | None:
    """Take the proof that came with an act or a page which asked for it, and let the act go on, or show the page."""
    filled = {name: text for name, text in request.form.items() if name.startswith(f"{CONFIRM}.") and text}
    if request.method != "POST" or not filled:
        return None
    actor, proof = current_actor(), ConfirmForm().load({name.partition(".")[2]: filled[name] for name in filled})
    anew = proof.pop("anew")
    try:
        keep(service.confirm(actor, door(), Proof(**proof)))
    except KieubaoError as error:
        return ask_confirm(error)
    return redirect(pages.place_here(pages.here()), 303) if anew else None


@bp.app_errorhandler(ConfirmNeeded)
def ask_confirm(error: KieubaoError) -> ResponseReturnValue:
    """Ask who it is, on a page that sends along what was sent, unless that is secret."""
    sentence = None if isinstance(error, ConfirmNeeded) else told(error)
    apart = ("csrf_token", f"{CONFIRM}.")
    sent = [(name, text) for name, text in request.form.items(multi=True) if not name.startswith(apart)]
    anew = request.method != "POST" or not _ANEW.isdisjoint(request.form)
    page = {"sent": () if anew else sent, "anew": anew, "needed": door().wants_passkey(current_actor().role)}
    return render_template("entry/confirm.html", **page, wrong=sentence, passkey=ask_passkey()), STATUS[type(error)]


@bp.get("/sign-in")
def ask_sign_in(form: Filled | None = None) -> str:
    filled = form or Filled({"next": request.args.get("next", "/")})
    return render_template("entry/sign-in.html", form=filled, passkey=ask_passkey())


@bp.post("/sign-in")
@pages.takes(SignInForm, again=ask_sign_in)
def sign_in(form: dict[str, Any]) -> ResponseReturnValue:
    secret, username = service.sign_in(PUBLIC, door(), form["proof"])
    let_in(secret, username)
    return redirect(pages.place_here(form["next"]), 303)


@bp.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session, and have the browser forget what it was shown."""
    service.sign_out(current_actor())
    begin_anew()
    answer = redirect(url_for(".ask_sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@bp.get("/join")
def ask_invitation(form: Filled | None = None) -> str:
    return render_template("entry/join.html", form=form or Filled())


@bp.post("/join")
@pages.takes(InvitationForm, again=ask_invitation)
def take_invitation(form: dict[str, Any]) -> ResponseReturnValue:
    invited = service.be_invited(PUBLIC, door(), Joining(**form))
    put_away("joining", {**form, "totp": factors.fresh_totp(), "invited": invited})
    return redirect(url_for(".ask_factors"), 303)


@bp.get("/join/factors")
def ask_factors(form: Filled | None = None) -> str:
    """Have somebody who is invited choose a password and set a second factor up."""
    joining = _joining()
    invited, totp = joining["invited"], joining["totp"]
    drawn = segno.make(factors.provisioning(totp, invited["username"], site().name)).svg_data_uri(scale=4)
    holder = (invited["id"], invited["username"], invited["name"])
    options = passkeys.ask_to_make(site(), fresh_challenge(), holder, ()) if invited["passkey"] else None
    page = {"invited": invited, "totp": totp, "drawn": drawn, "passkey": options}
    return render_template("entry/factors.html", form=form or Filled(), **page)


@bp.post("/join/factors")
@pages.takes(FactorsForm, again=ask_factors)
def join(form: dict[str, Any]) -> str:
    """Sign in whoever has joined, and show the recovery codes this once."""
    joining = _joining()
    invited = joining.pop("invited")
    _check_password(form, [invited["username"], *invited["name"].split()])
    secret, codes = service.join(PUBLIC, door(), Joining(**joining, **form))
    let_in(secret, invited["username"])
    return render_template("entry/codes.html", codes=codes)


@bp.get("/account/password")
def ask_password(form: Filled | None = None) -> str:
    current_actor().require_confirmed()
    return render_template("entry/password.html", form=form or Filled())


@bp.post("/account/password")
@pages.takes(PasswordForm, again=ask_password)
def change_password(form: dict[str, Any]) -> ResponseReturnValue:
    actor = current_actor()
    _check_password(form, actor.name.split())
    service.change_password(actor, door(), form["current"], form["password"])
    return pages.done(_("Your password is changed, and every other session of yours has ended"), "access_pages.account")


@bp.post("/account/sessions")
@pages.takes(EndForm, again=account)
def end_sessions(form: dict[str, Any]) -> ResponseReturnValue:
    service.end_sessions(current_actor(), form["session"])
    return pages.done(_("The session has ended"), "access_pages.account")


def _check_password(form: dict[str, Any], known: list[str]) -> None:
    """Raise Invalid for a password that is weak or was typed two ways."""
    breached = current_app.config["BREACHED_PASSWORDS"]
    passwords.check(form["password"], [*known, "kieubao"], breached and Path(breached))
    if form.pop("again") != form["password"]:
        raise Invalid(_("The two are not the same: type the new password twice"), field="again")


def _joining() -> dict[str, Any]:
    joining = taken_back("joining")
    if joining is None:
        raise SignInNeeded(_("Begin with both halves of your invitation"))
    return dict(joining)

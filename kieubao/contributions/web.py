"""The pages of contributions, and of whom a call suits."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kieubao import pages, shown
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.contributions import service
from kieubao.contributions.schemas import ContributionForm, FollowForm, WhichForm
from kieubao.ground import clock
from kieubao.ground.errors import SignInNeeded, _
from kieubao.occasions import service as occasions
from kieubao.pages import Filled

bp = Blueprint("contributions_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.get("/contributions")
def all_of_them() -> str:
    wanted = pages.load(WhichForm(), request.args.to_dict())
    sheet = service.all_of_them(current_actor(), **wanted)
    return render_template("contributions/all.html", sheet=sheet, wanted=wanted)


@bp.get("/contributions/new")
def ask(form: Filled | None = None) -> str:
    actor = admit(current_actor(), Permission.RESPONSE_RECORD)
    given = {name: request.args.get(name) for name in ("person", "occasion")}
    form = form or Filled(given | {"stands_since": shown.day(clock.today())})
    return render_template("contributions/form.html", sheet=None, occasions=occasions.all_of_them(actor), form=form)


@bp.post("/contributions/new")
@pages.takes(ContributionForm, again=ask)
def record(form: dict[str, Any]) -> ResponseReturnValue:
    made = service.record(current_actor(), **form)
    return pages.done(_("The contribution is recorded"), ".read", code=made["code"])


@bp.get("/contributions/<code:code>")
def read(code: str) -> str:
    return render_template("contributions/one.html", sheet=service.read(current_actor(), code))


@bp.get("/contributions/<code:code>/follow")
def ask_follow(code: str, form: Filled | None = None) -> str:
    sheet = service.read(admit(current_actor(), Permission.RESPONSE_RECORD), code)
    typed = shown.typed(sheet | {"remark": sheet["note"]})
    return render_template("contributions/form.html", sheet=sheet, occasions=[], form=form or Filled(typed))


@bp.post("/contributions/<code:code>/follow")
@pages.takes(FollowForm, again=ask_follow, whole=True)
def follow(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.follow(current_actor(), code, version=pages.expected_version(), values=form)
    return pages.done(_("It is written down how it stands"), ".read", code=code)


@bp.get("/persons/<code:code>/contributions")
def of_person(code: str) -> str:
    told = service.of_person(current_actor(), code)
    return render_template("contributions/person.html", code=code, contributions=told)


@bp.get("/occasions/<code:code>/suited")
def suited(code: str) -> str:
    return render_template("contributions/suited.html", sheet=service.suited(current_actor(), code))

"""The pages of plans, their tasks and the agencies they name."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kieubao import pages, shown
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.ground.errors import SignInNeeded, _
from kieubao.pages import Filled
from kieubao.plans import service
from kieubao.plans.schemas import AgencyForm, PlanForm, SuccessionForm, TakenForm, TaskForm
from kieubao.plans.vocabulary import PARTS

bp = Blueprint("plans_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.get("/plans")
def all_plans(form: Filled | None = None) -> str:
    """Show the plans the office follows, and those that it may take over."""
    actor = current_actor()
    plans = service.all_plans(actor)
    brought = service.brought(current_actor()) if actor.can(Permission.PLAN_WRITE) else []
    return render_template("plans/all.html", plans=plans, brought=brought, form=form or Filled())


@bp.post("/plans/brought")
@pages.takes(TakenForm, again=all_plans)
def take_over(form: dict[str, str]) -> ResponseReturnValue:
    taken = service.take_over(current_actor(), **form)
    return pages.done(_("The plan is taken over, with its tasks"), ".plan", code=taken["code"])


@bp.get("/plans/new")
def ask_plan(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.PLAN_WRITE)
    return render_template("plans/plan-form.html", sheet=None, form=form or Filled())


@bp.post("/plans/new")
@pages.takes(PlanForm, again=ask_plan, whole=True)
def write_plan(form: dict[str, Any]) -> ResponseReturnValue:
    written = service.write_plan(current_actor(), **form)
    return pages.done(_("The plan is recorded; add its tasks"), ".plan", code=written["code"])


@bp.get("/plans/<code:code>")
def plan(code: str) -> str:
    return render_template("plans/plan.html", sheet=service.plan(current_actor(), code))


@bp.get("/plans/<code:code>/edit")
def ask_edit_plan(code: str, form: Filled | None = None) -> str:
    sheet = service.plan(admit(current_actor(), Permission.PLAN_WRITE), code)
    return render_template("plans/plan-form.html", sheet=sheet, form=form or Filled(shown.typed(sheet)))


@bp.post("/plans/<code:code>/edit")
@pages.takes(PlanForm, again=ask_edit_plan, whole=True)
def edit_plan(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.edit_plan(current_actor(), code, version=pages.expected_version(), values=form)
    return pages.done(_("The plan is changed"), ".plan", code=code)


@bp.get("/plans/<code:code>/tasks/new")
def ask_task(code: str, form: Filled | None = None) -> str:
    sheet = service.plan(admit(current_actor(), Permission.PLAN_WRITE), code)
    agencies = service.all_agencies(current_actor())
    return render_template("plans/task-form.html", plan=sheet, sheet=None, agencies=agencies, form=form or Filled())


@bp.post("/plans/<code:code>/tasks/new")
@pages.takes(TaskForm, again=ask_task, whole=True)
def write_task(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.write_task(current_actor(), code, **form)
    return pages.done(_("The task is recorded"), ".plan", code=code)


@bp.get("/tasks/<code:code>/edit")
def ask_edit_task(code: str, form: Filled | None = None) -> str:
    sheet = service.task(admit(current_actor(), Permission.PLAN_WRITE), code)
    agencies = service.all_agencies(current_actor())
    form = form or Filled(shown.typed(sheet) | {name: [one["code"] for one in sheet[name]] for name in PARTS})
    return render_template("plans/task-form.html", plan=None, sheet=sheet, agencies=agencies, form=form)


@bp.post("/tasks/<code:code>/edit")
@pages.takes(TaskForm, again=ask_edit_task, whole=True)
def edit_task(form: dict[str, Any], code: str) -> ResponseReturnValue:
    changed = service.edit_task(current_actor(), code, version=pages.expected_version(), values=form)
    return pages.done(_("The task is changed"), ".plan", code=changed["plan"])


@bp.get("/agencies")
def all_agencies() -> str:
    return render_template("plans/agencies.html", agencies=service.all_agencies(current_actor()))


@bp.get("/agencies/new")
def ask_agency(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.PLAN_WRITE)
    return render_template("plans/agency-form.html", form=form or Filled())


@bp.post("/agencies/new")
@pages.takes(AgencyForm, again=ask_agency)
def write_agency(form: dict[str, str]) -> ResponseReturnValue:
    service.write_agency(current_actor(), **form)
    return pages.done(_("The agency is recorded"), ".all_agencies")


@bp.get("/agencies/<code:code>/successors")
def ask_succeed(code: str, form: Filled | None = None, successor: str = "") -> str:
    admit(current_actor(), Permission.PLAN_WRITE)
    sheet, agencies = service.agency(current_actor(), code), service.all_agencies(current_actor())
    return render_template("plans/succession.html", sheet=sheet, agencies=agencies, form=form or Filled())


@bp.post("/agencies/<code:code>/successors")
@pages.takes(SuccessionForm, again=ask_succeed)
def succeed(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.succeed(current_actor(), code, **form)
    return pages.done(_("It is written down whom its work went to"), ".all_agencies")


@bp.post("/agencies/<code:code>/successors/<code:successor>/revoke")
@pages.acts(again=ask_succeed)
def revoke(_form: object, code: str, successor: str) -> ResponseReturnValue:
    service.revoke(current_actor(), code, successor)
    return pages.done(_("The succession is taken back"), ".all_agencies")

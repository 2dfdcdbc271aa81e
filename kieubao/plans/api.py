"""/api/v1/plans, tasks and agencies."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.http import Blueprint, expected_version, versioned
from kieubao.plans import service
from kieubao.plans.schemas import (
    AgencyForm,
    PlanChangeForm,
    PlanForm,
    SuccessionForm,
    TakenForm,
    TaskChangeForm,
    TaskForm,
)
from kieubao.plans.sheets import AgencySheet, BroughtSheet, PlanSheet, TaskSheet

bp = Blueprint("plans", __name__, description="What the office is ordered to do, and by whom")


@bp.get("/plans")
@bp.response(200, PlanSheet(many=True))
def all_plans() -> Any:
    """List the plans the office follows, with their tasks."""
    return service.all_plans(current_actor())


@bp.post("/plans")
@bp.arguments(PlanForm)
@bp.response(201, PlanSheet)
def write_plan(form: dict[str, Any]) -> Any:
    """Add a plan."""
    return versioned(service.write_plan(current_actor(), **form))


@bp.get("/plans/brought")
@bp.response(200, BroughtSheet(many=True))
def brought() -> Any:
    """List the plans that kieubao brings, to be taken over."""
    return service.brought(current_actor())


@bp.post("/plans/brought")
@bp.arguments(TakenForm)
@bp.response(201, PlanSheet)
def take_over(form: dict[str, str]) -> Any:
    """Take over a plan that kieubao brings."""
    return versioned(service.take_over(current_actor(), **form))


@bp.get("/plans/<code:code>")
@bp.response(200, PlanSheet)
def plan(code: str) -> Any:
    """Open a plan."""
    return versioned(service.plan(current_actor(), code))


@bp.patch("/plans/<code:code>")
@bp.arguments(PlanChangeForm(partial=True))
@bp.response(200, PlanSheet)
def edit_plan(form: dict[str, Any], code: str) -> Any:
    """Change a plan that is still at the version of If-Match."""
    return versioned(service.edit_plan(current_actor(), code, version=expected_version(), values=form))


@bp.post("/plans/<code:code>/tasks")
@bp.arguments(TaskForm)
@bp.response(201, TaskSheet)
def write_task(form: dict[str, Any], code: str) -> Any:
    """Add a task to a plan."""
    return versioned(service.write_task(current_actor(), code, **form))


@bp.get("/tasks/<code:code>")
@bp.response(200, TaskSheet)
def task(code: str) -> Any:
    """Open a task."""
    return versioned(service.task(current_actor(), code))


@bp.patch("/tasks/<code:code>")
@bp.arguments(TaskChangeForm(partial=True))
@bp.response(200, TaskSheet)
def edit_task(form: dict[str, Any], code: str) -> Any:
    """Change a task that is still at the version of If-Match."""
    return versioned(service.edit_task(current_actor(), code, version=expected_version(), values=form))


@bp.get("/agencies")
@bp.response(200, AgencySheet(many=True))
def all_agencies() -> Any:
    """List the agencies that plans name, and what became of them."""
    return service.all_agencies(current_actor())


@bp.post("/agencies")
@bp.arguments(AgencyForm)
@bp.response(201, AgencySheet)
def write_agency(form: dict[str, str]) -> Any:
    """Add an agency."""
    return service.write_agency(current_actor(), **form)


@bp.get("/agencies/<code:code>")
@bp.response(200, AgencySheet)
def agency(code: str) -> Any:
    """Open an agency."""
    return service.agency(current_actor(), code)


@bp.post("/agencies/<code:code>/successors")
@bp.arguments(SuccessionForm)
@bp.response(201, AgencySheet)
def succeed(form: dict[str, Any], code: str) -> Any:
    """Write down whom the work of an agency went to."""
    return service.succeed(current_actor(), code, **form)


@bp.delete("/agencies/<code:code>/successors/<code:successor>")
@bp.response(200, AgencySheet)
def revoke(code: str, successor: str) -> Any:
    """Take a succession back that was recorded wrongly."""
    return service.revoke(current_actor(), code, successor)

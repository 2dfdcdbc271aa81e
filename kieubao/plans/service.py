"""Plans and their tasks, the agencies they name. All of it is public; who leads the office keeps it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.ground.errors import Forbidden, _
from kieubao.plans import agencies, published, tasks

Sheet = dict[str, Any]


@use_case(Permission.REFERENCE_READ, Shape.READ)
def all_plans(actor: Actor) -> list[Sheet]:
    """Return every plan with its tasks, the latest first."""
    return tasks.every()


@use_case(Permission.REFERENCE_READ, Shape.READ)
def plan(actor: Actor, code: str) -> Sheet:
    return tasks.one(tasks.plan(code))


@use_case(Permission.REFERENCE_READ, Shape.READ)
def brought(actor: Actor) -> list[Sheet]:
    """Return the plans that kieubao brings and the office has not taken over."""
    taken = tasks.taken_over()
    names = ("key", "title", "number", "province")
    return [{name: one.get(name) for name in names} for key, one in published.every().items() if key not in taken]


@use_case(Permission.PLAN_WRITE)
def take_over(actor: Actor, /, *, key: str) -> Sheet:
    """Make a plan that kieubao brings one of the office's, with its tasks and agencies."""
    return _noted(actor, tasks.one(tasks.take_over(key)), "plan")


@use_case(Permission.PLAN_WRITE)
def write_plan(actor: Actor, /, **values: Any) -> Sheet:
    return _noted(actor, tasks.one(tasks.write_plan(**values)), "plan")


@use_case(Permission.PLAN_WRITE)
def edit_plan(actor: Actor, code: str, *, version: int, values: Mapping[str, Any]) -> Sheet:
    note(fields=sorted(values))
    return _noted(actor, tasks.one(tasks.edit_plan(code, version, values)), "plan")


@use_case(Permission.REFERENCE_READ, Shape.READ)
def task(actor: Actor, code: str) -> Sheet:
    return tasks.sheet(tasks.locate(code))


@use_case(Permission.PLAN_WRITE)
def write_task(actor: Actor, /, plan: str, **values: Any) -> Sheet:
    """Add a task to a plan."""
    return _noted(actor, tasks.sheet(tasks.write(tasks.plan(plan), values)), "task")


@use_case(Permission.PLAN_WRITE)
def edit_task(actor: Actor, code: str, *, version: int, values: Mapping[str, Any]) -> Sheet:
    note(fields=sorted(values))
    return _noted(actor, tasks.sheet(tasks.edit(code, version, values)), "task")


@use_case(Permission.REFERENCE_READ, Shape.READ)
def all_agencies(actor: Actor) -> list[Sheet]:
    return agencies.every()


@use_case(Permission.REFERENCE_READ, Shape.READ)
def agency(actor: Actor, code: str) -> Sheet:
    return agencies.one(agencies.locate(code))


@use_case(Permission.PLAN_WRITE)
def write_agency(actor: Actor, /, *, name: str, province: str) -> Sheet:
    return _noted(actor, agencies.one(agencies.write(name, province)), "agency")


@use_case(Permission.PLAN_WRITE)
def succeed(actor: Actor, code: str, *, successor: str, succeeded_on: date, document: str) -> Sheet:
    """Write down whom the work of an agency went to."""
    before = agencies.locate(code)
    agencies.refuse_absent([successor], "successor")
    agencies.succeed(before, agencies.locate(successor), succeeded_on, document)
    return _noted(actor, agencies.one(before), "agency")


@use_case(Permission.PLAN_WRITE)
def revoke(actor: Actor, code: str, successor: str) -> Sheet:
    """Take a succession back that was recorded wrongly."""
    before = agencies.locate(code)
    agencies.revoke(before, agencies.locate(successor))
    return _noted(actor, agencies.one(before), "agency")


def _noted(actor: Actor, sheet: Sheet, what: str) -> Sheet:
    """Note what was written; refuse whoever does not see the whole province, whose plans they are."""
    if actor.office not in actor.scope.units:
        raise Forbidden(_("Whoever sees the whole province keeps its plans"))
    note(**{what: sheet["code"]})
    return sheet

"""The only writer of plans and their tasks."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from kieubao.db import add_once, db
from kieubao.ground import codes
from kieubao.ground.errors import Invalid, NotFound, Stale, _
from kieubao.plans import agencies, published
from kieubao.plans.models import Agency, Plan, PlanTask
from kieubao.plans.vocabulary import PARTS

Sheet = dict[str, Any]
_OF_PLAN = ("title", "number", "signed_on", "province", "from_year", "until_year")
_OF_TASK = ("reference", "section", "title", "rhythm", "before")


def plan(code: str) -> Plan:
    found = db.session.scalars(select(Plan).where(Plan.code == code)).one_or_none()
    if found is None:
        raise NotFound(_("There is no such plan"))
    return found


def named(code: str) -> PlanTask | None:
    return db.session.scalars(select(PlanTask).where(PlanTask.code == code)).one_or_none()


def locate(code: str) -> PlanTask:
    found = named(code)
    if found is None:
        raise NotFound(_("There is no such task"))
    return found


def write_plan(**values: Any) -> Plan:
    """Add a plan; raise Invalid where it ends before it begins."""
    written = Plan(code=codes.fresh("KH"), **values)
    _refuse_backwards(written)
    add_once(written, _("This plan was taken over already"))
    return written


def edit_plan(code: str, version: int, values: Mapping[str, Any]) -> Plan:
    edited = plan(code)
    _fill(edited, version, values)
    _refuse_backwards(edited)
    db.session.flush()
    return edited


def write(of: Plan, values: Mapping[str, Any]) -> PlanTask:
    """Add a task to a plan; raise Invalid for an agency there is not, or a day of what is no report."""
    written = PlanTask(code=codes.fresh("NV"), plan=of, **{part: [] for part in PARTS} | dict(values))
    _refuse_unfit(written)
    db.session.add(written)
    db.session.flush()
    return written


def edit(code: str, version: int, values: Mapping[str, Any]) -> PlanTask:
    edited = locate(code)
    with db.session.no_autoflush:
        _fill(edited, version, values)
        _refuse_unfit(edited)
    db.session.flush()
    return edited


def take_over(key: str) -> Plan:
    """Make a plan that kieubao brings one of the office's, with its agencies and what became of them.

    Raises Conflict where it was already, Invalid where a succession the office recorded goes the other way.
    """
    brought = published.one(key)
    plan = write_plan(published=key, **{name: brought.get(name) for name in _OF_PLAN})
    known = {each: _agency(published.agencies()[each]) for each in sorted(published.touched(brought))}
    for one in published.successions():
        if one["agency"] in known and not agencies.is_succeeded(known[one["agency"]], known[one["successor"]]):
            agencies.succeed(known[one["agency"]], known[one["successor"]], one["succeeded_on"], one["document"])
    for task in brought["task"]:
        parts = {part: [known[each].code for each in task.get(part, ())] for part in PARTS}
        write(plan, {name: task.get(name) for name in _OF_TASK} | parts)
    return plan


def taken_over() -> set[str | None]:
    """Return which of the plans that kieubao brings were taken over; None stands for the office's own."""
    return {*db.session.scalars(select(Plan.published))}


def every() -> list[Sheet]:
    """Return every plan with its tasks, the latest first."""
    briefs = agencies.briefs()
    return [_plan(one, briefs) for one in db.session.scalars(select(Plan).order_by(Plan.from_year.desc(), Plan.id))]


def one(of: Plan) -> Sheet:
    return _plan(of, agencies.briefs())


def sheet(task: PlanTask) -> Sheet:
    """Return a task with its agencies: each as the plan names it, and who does its work today."""
    return _task(task, agencies.briefs())


def brief(task: PlanTask | None) -> Sheet | None:
    """Return what a task is called."""
    return {name: getattr(task, name) for name in ("code", "reference", "title")} if task else None


def _agency(brought: Mapping[str, Any]) -> Agency:
    name, province = brought["name"], brought["province"]
    return agencies.named(name, province) or agencies.write(name, province)


def _fill(row: Plan | PlanTask, version: int, values: Mapping[str, Any]) -> None:
    if row.version != version:
        theirs = {name: getattr(row, name) for name in values}
        raise Stale(_("Somebody changed this in the meantime"), theirs=theirs, yours=dict(values))
    for name, value in values.items():
        setattr(row, name, value)


def _refuse_backwards(written: Plan) -> None:
    if written.until_year is not None and written.until_year < written.from_year:
        raise Invalid(_("It cannot end before it starts"), field="until_year")


def _refuse_unfit(written: PlanTask) -> None:
    for part in PARTS:
        agencies.refuse_absent(getattr(written, part), part)
    if written.before and not written.to:
        raise Invalid(_("A report alone has a day it is due before: say whom it goes to"), field="to")


def _plan(of: Plan, briefs: Mapping[str, Sheet]) -> Sheet:
    tasks = db.session.scalars(select(PlanTask).where(PlanTask.plan_id == of.id).order_by(PlanTask.id))
    told = {name: getattr(of, name) for name in ("code", "version", "published", *_OF_PLAN)}
    return told | {"tasks": [_task(one, briefs) for one in tasks]}


def _task(task: PlanTask, briefs: Mapping[str, Sheet]) -> Sheet:
    told = {name: getattr(task, name) for name in ("code", "version", *_OF_TASK)}
    return told | {"plan": task.plan.code} | {part: [briefs[one] for one in getattr(task, part)] for part in PARTS}

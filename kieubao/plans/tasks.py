"""The only writer of plans and their tasks."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select

from kieubao.db import db
from kieubao.ground import codes
from kieubao.ground.errors import Conflict, Invalid, NotFound, Stale, _
from kieubao.plans import agencies, published
from kieubao.plans.models import Agency, Plan, PlanTask, TaskAgency
from kieubao.plans.vocabulary import Part

Sheet = dict[str, Any]
PARTS: Mapping[str, Part] = {"leads": Part.LEAD, "others": Part.WITH, "to": Part.TO}
_PLAN = ("code", "version", "published", "title", "number", "signed_on", "province", "from_year", "until_year")
_TASK = ("code", "version", "reference", "section", "title", "kind", "rhythm", "before")


def plan(code: str) -> Plan:
    found = db.session.scalars(select(Plan).where(Plan.code == code)).one_or_none()
    if found is None:
        raise NotFound(_("There is no such plan"))
    return found


def locate(code: str) -> PlanTask:
    found = db.session.scalars(select(PlanTask).where(PlanTask.code == code)).one_or_none()
    if found is None:
        raise NotFound(_("There is no such task"))
    return found


def write_plan(**values: Any) -> Plan:
    """Add a plan; raise Invalid where it ends before it begins."""
    written = Plan(code=codes.fresh("KH"), **values)
    _refuse_backwards(written)
    db.session.add(written)
    db.session.flush()
    return written


def edit_plan(code: str, version: int, values: Mapping[str, Any]) -> Plan:
    edited = plan(code)
    _fill(edited, version, values, {name: getattr(edited, name) for name in values})
    _refuse_backwards(edited)
    db.session.flush()
    return edited


def write(of: Plan, values: Mapping[str, Any]) -> PlanTask:
    """Add a task to a plan, with the codes of its agencies under `leads`, `others` and `to`."""
    written = PlanTask(code=codes.fresh("NV"), plan_id=of.id, **_own(values))
    db.session.add(written)
    db.session.flush()
    _name(written, values)
    return written


def edit(code: str, version: int, values: Mapping[str, Any]) -> PlanTask:
    edited = locate(code)
    _fill(edited, version, _own(values), {name: one for name, one in sheet(edited).items() if name in values})
    _name(edited, values)
    db.session.flush()
    return edited


def take_over(key: str) -> Plan:
    """Make a plan that kieubao brings one of the office's, with its agencies and what became of them."""
    brought = published.one(key)
    if key in taken_over():
        raise Conflict(_("This plan was taken over already"))
    known = {each: _agency(published.agencies()[each]) for each in sorted(published.touched(brought))}
    for one in published.successions():
        if one["agency"] in known:
            agencies.succeed_once(known[one["agency"]], known[one["successor"]], one["succeeded_on"], one["document"])
    plan = write_plan(published=key, **{name: brought.get(name) for name in _PLAN[3:]})
    for task in brought["task"]:
        named = {field: [known[each].code for each in published.named(task, field)] for field in PARTS}
        write(plan, {name: task.get(name) for name in _TASK[2:]} | named)
    return plan


def taken_over() -> set[str]:
    """Return which of the plans that kieubao brings were taken over."""
    return {one for one in db.session.scalars(select(Plan.published)) if one}


def every() -> list[Sheet]:
    """Return every plan with its tasks, the latest first."""
    briefs = agencies.briefs()
    named = _named()
    found = db.session.scalars(select(Plan).order_by(Plan.from_year.desc(), Plan.id))
    return [_plan(one) | {"tasks": [_sheet(task, briefs, named) for task in _tasks(one)]} for one in found]


def one(of: Plan) -> Sheet:
    briefs, named = agencies.briefs(), _named()
    return _plan(of) | {"tasks": [_sheet(task, briefs, named) for task in _tasks(of)]}


def sheet(task: PlanTask) -> Sheet:
    """Return a task with its agencies: each as the plan names it, and who does its work today."""
    return _sheet(task, agencies.briefs(), _named())


def brief(number: int | None) -> Sheet | None:
    """Return what a task is called, by its number."""
    found = db.session.get(PlanTask, number) if number else None
    return {name: getattr(found, name) for name in ("code", "reference", "title")} if found else None


def _tasks(of: Plan) -> Sequence[PlanTask]:
    return db.session.scalars(select(PlanTask).where(PlanTask.plan_id == of.id).order_by(PlanTask.id)).all()


def _named() -> Mapping[int, list[TaskAgency]]:
    found: dict[int, list[TaskAgency]] = {}
    for one in db.session.scalars(select(TaskAgency).order_by(TaskAgency.agency_id)):
        found.setdefault(one.task_id, []).append(one)
    return found


def _agency(brought: Mapping[str, Any]) -> Agency:
    name, province = brought["name"], brought["province"]
    return agencies.named(name, province) or agencies.write(name, province)


def _own(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name not in PARTS}


def _name(task: PlanTask, values: Mapping[str, Any]) -> None:
    """Have a task name the agencies of those parts that are given, and leave the others as they are."""
    for field, part in PARTS.items():
        if field in values:
            db.session.execute(delete(TaskAgency).where(TaskAgency.task_id == task.id, TaskAgency.part == part))
            found = agencies.chosen(values[field], field)
            db.session.add_all(TaskAgency(task_id=task.id, agency_id=one.id, part=part) for one in found)
    db.session.flush()


def _fill(row: Plan | PlanTask, version: int, values: Mapping[str, Any], before: Mapping[str, Any]) -> None:
    if row.version != version:
        raise Stale(_("Somebody changed this in the meantime"), theirs=dict(before), yours=dict(values))
    for name, value in values.items():
        setattr(row, name, value)


def _refuse_backwards(written: Plan) -> None:
    if written.until_year is not None and written.until_year < written.from_year:
        raise Invalid(_("It cannot end before it starts"), field="until_year")


def _plan(of: Plan) -> Sheet:
    return {name: getattr(of, name) for name in _PLAN}


def _sheet(task: PlanTask, briefs: Mapping[int, Sheet], named: Mapping[int, list[TaskAgency]]) -> Sheet:
    parts = named.get(task.id, [])
    told = {field: [briefs[one.agency_id] for one in parts if one.part == part] for field, part in PARTS.items()}
    return {name: getattr(task, name) for name in _TASK} | {"plan": task.plan.code} | told

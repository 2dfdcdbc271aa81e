"""The only writer of occasions."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from kieubao.db import db
from kieubao.ground import codes, lunar
from kieubao.ground.errors import Invalid, NotFound, Stale, _
from kieubao.occasions.models import Occasion
from kieubao.occasions.vocabulary import ASKED, EVERY_ASKED, Kind
from kieubao.plans import tasks

Sheet = dict[str, Any]
_DAYS = ("starts_on", "ends_on", "reply_by")
_OF_ALL = ("title", "description", "host", "place", "country", "languages", *_DAYS)


def locate(code: str, *, lock: bool = False) -> Occasion:
    query = select(Occasion).where(Occasion.code == code)
    found = db.session.scalars(query.with_for_update(of=Occasion) if lock else query).one_or_none()
    if found is None:
        raise NotFound(_("There is no such occasion"))
    return found


def hold(values: Mapping[str, Any]) -> Occasion:
    """Add an occasion of the kind that `values` names.

    Raises Invalid, naming the field, for what is not asked of its kind, days out of order, or a task there is not.
    """
    held = Occasion(code=codes.fresh("SK"), kind=values["kind"], languages=[], details={})
    _fill(held, values)
    db.session.add(held)
    db.session.flush()
    return held


def edit(code: str, version: int, values: Mapping[str, Any]) -> Occasion:
    """Change an occasion that is still at this version; raise Stale for another, Invalid as `hold` does."""
    held = locate(code)
    if held.version != version:
        stands = sheet(held) | {"task": held.task and held.task.code}
        # What is absent may be None or an empty list.
        theirs = {name: stands[name] for name, value in values.items() if (stands[name] or None) != (value or None)}
        raise Stale(_("Somebody changed this occasion in the meantime"), theirs=theirs, yours=dict(values))
    with db.session.no_autoflush:
        _fill(held, values)
    db.session.flush()
    return held


def every() -> list[Occasion]:
    """Return the occasions, what is latest first, and last what has no day."""
    order = Occasion.starts_on.desc().nulls_last(), Occasion.id.desc()
    return list(db.session.scalars(select(Occasion).order_by(*order)))


def titles(codes: Collection[str]) -> dict[str, str]:
    """Return what occasions are called, by their codes; of a code that is none, nothing."""
    query = select(Occasion.code, Occasion.title).where(Occasion.code.in_(codes))
    return {code: title for code, title in db.session.execute(query)} if codes else {}  # noqa: C416 - no pairs to mypy


def sheet(held: Occasion) -> Sheet:
    """Return all that is recorded of an occasion; of what is asked of other kinds, none."""
    own = {name: getattr(held, name) for name in ("code", "version", "kind", *_OF_ALL)}
    asked = {name: held.details.get(name) for name in ASKED[Kind(held.kind)]}
    return own | dict.fromkeys(EVERY_ASKED) | asked | {"task": tasks.brief(held.task)}


def _fill(held: Occasion, values: Mapping[str, Any]) -> None:
    details = {name: value for name, value in values.items() if name in EVERY_ASKED and value not in (None, [])}
    for name in sorted(details.keys() - {*ASKED[Kind(held.kind)]}):
        raise Invalid(_("This is not asked of an occasion of that kind"), field=name)
    held.details = {name: value for name, value in held.details.items() if name not in values} | details
    if "task" in values:
        held.task = tasks.named(values["task"]) if values["task"] else None
        if values["task"] and held.task is None:
            raise Invalid(_("There is no such task"), field="task")
    for name in _OF_ALL:
        if name in values:
            setattr(held, name, values[name])
    _refuse_unfit(held)


def _refuse_unfit(held: Occasion) -> None:
    for name in _DAYS:
        day = getattr(held, name)
        if day and not lunar.FIRST_YEAR <= day.year <= lunar.LAST_YEAR:
            years = {"first": lunar.FIRST_YEAR, "last": lunar.LAST_YEAR}
            raise Invalid(_("Write a day of the years %(first)s to %(last)s"), field=name, **years)
    over = held.ends_on or held.starts_on
    if held.starts_on and over and over < held.starts_on:
        raise Invalid(_("It cannot end before it starts"), field="ends_on")
    if held.reply_by and over and over < held.reply_by:
        raise Invalid(_("Answers are wanted before it is over"), field="reply_by")
    if held.details.get("capital_from", 0) > held.details.get("capital_to", float("inf")):
        raise Invalid(_("The higher figure comes second"), field="capital_to")

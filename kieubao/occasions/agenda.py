"""The only writer of occasions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from kieubao.db import db
from kieubao.ground import codes
from kieubao.ground.errors import Invalid, NotFound, Stale, _
from kieubao.occasions.models import Occasion
from kieubao.occasions.vocabulary import ASKED, EVERY_ASKED, Kind
from kieubao.plans import tasks

Sheet = dict[str, Any]
_OF_ALL = ("title", "description", "host", "place", "country", "languages", "starts_on", "ends_on", "reply_by")


def locate(code: str) -> Occasion:
    found = db.session.scalars(select(Occasion).where(Occasion.code == code)).one_or_none()
    if found is None:
        raise NotFound(_("There is no such occasion"))
    return found


def hold(values: Mapping[str, Any]) -> Occasion:
    """Add an occasion of the kind that `values` names.

    Raises Invalid, naming the field, for what is not asked of its kind, days out of order, or a task there is not.
    """
    held = Occasion(code=codes.fresh("SK"), kind=values["kind"], languages=[], details={})
    _fill(held, {name: value for name, value in values.items() if name != "kind"})
    db.session.add(held)
    db.session.flush()
    return held


def edit(code: str, version: int, values: Mapping[str, Any]) -> Occasion:
    """Change an occasion that is still at this version; raise Stale for another, Invalid as `hold` does."""
    held = locate(code)
    if held.version != version:
        before = sheet(held)
        theirs = {name: before[name] for name in values}
        raise Stale(_("Somebody changed this occasion in the meantime"), theirs=theirs, yours=dict(values))
    _fill(held, values)
    db.session.flush()
    return held


def every() -> list[Occasion]:
    """Return the occasions, what is latest first."""
    return list(db.session.scalars(select(Occasion).order_by(Occasion.starts_on.desc(), Occasion.id.desc())))


def sheet(held: Occasion) -> Sheet:
    """Return all that is recorded of an occasion; of what is asked of other kinds, none."""
    own = {name: getattr(held, name) for name in ("code", "version", "kind", *_OF_ALL)}
    asked = {name: held.details.get(name) for name in ASKED[Kind(held.kind)]}
    task = tasks.brief(held.task_id)
    return own | dict.fromkeys(EVERY_ASKED) | asked | {"task": task and task["code"], "task_title": task}


def _fill(held: Occasion, values: Mapping[str, Any]) -> None:
    asked = ASKED[Kind(held.kind)]
    details = {name: value for name, value in values.items() if name in EVERY_ASKED and value not in (None, [])}
    for name in sorted(details.keys() - {*asked}):
        raise Invalid(_("This is not asked of an occasion of that kind"), field=name)
    kept = {name: value for name, value in held.details.items() if name not in values}
    held.details = kept | details
    if "task" in values:
        held.task_id = tasks.locate(values["task"]).id if values["task"] else None
    for name in _OF_ALL:
        if name in values:
            setattr(held, name, values[name])
    _refuse_out_of_order(held)


def _refuse_out_of_order(held: Occasion) -> None:
    _refuse(held.ends_on, held.starts_on, "ends_on", _("It cannot end before it starts"))
    _refuse(held.ends_on or held.starts_on, held.reply_by, "reply_by", _("Answers are wanted before it is over"))
    capital = (held.details.get("capital_to"), held.details.get("capital_from"))
    _refuse(*capital, "capital_to", _("The higher figure comes second"))


def _refuse(later: date | int | None, earlier: date | int | None, field: str, sentence: str) -> None:
    if later is not None and earlier is not None and later < earlier:  # type: ignore[operator]  # two of one kind
        raise Invalid(sentence, field=field)

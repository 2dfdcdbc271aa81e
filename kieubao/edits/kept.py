"""Edits as they are kept: whose they are, who may see them, and what became of each person."""

import base64
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Final

from sqlalchemy import func, select, update

from kieubao.access.roles import Actor
from kieubao.db import db, insert_many, keyring
from kieubao.edits.models import Edit, EditRow
from kieubao.edits.rules import Change, Looked, Values
from kieubao.edits.vocabulary import AT_ONCE, KEPT_FOR, UNDONE_WITHIN, Op, Outcome
from kieubao.ground import clock, codes
from kieubao.ground.canon import canonical
from kieubao.ground.ciphers import WrongKey
from kieubao.ground.errors import Conflict, NotFound, _
from kieubao.jobs import Job, State
from kieubao.people.filters import may_see, seen_by

_LATEST: Final = 50
_SEALED: Final = "edit.preview"


def sealed(looked: Looked) -> str:
    """Return what was looked at as text that nobody else reads or writes: until it is made nothing is kept of it."""
    told = canonical([looked.account, vars(looked.change), [*looked.people.items()]])
    return base64.urlsafe_b64encode(keyring().seal(told.decode(), _SEALED)).decode()


def opened(actor: Actor, text: str) -> Looked:
    """Return what was looked at; raise NotFound for anything this actor was not shown."""
    with suppress(ValueError, WrongKey):
        account, change, people = json.loads(keyring().open(base64.urlsafe_b64decode(text.encode()), _SEALED))
        if account == actor.account_id:
            return Looked(account, Change(change["field"], Op(change["op"]), change["value"]), dict(people))
    raise NotFound(_("Look at the edit again: this is not what you were shown"))


def begin(actor: Actor, change: Change, reason: str, people: Mapping[int, int]) -> Edit:
    """Keep an edit that is to be made: of people, each at the version that was looked at."""
    waiting = {"outcome": Outcome.WAITING}
    return _keep(actor, change, reason, {one: waiting | {"version": version} for one, version in people.items()})


def done(actor: Actor, change: Change, reason: str, people: Mapping[int, tuple[int, Values]]) -> Edit:
    """Keep an edit that was made: of people, each with the version before it, and the columns as they stood."""
    rows = {
        one: {"outcome": Outcome.CHANGED, "version": version, "made": version + 1, "before": stood(before)}
        for one, (version, before) in people.items()
    }
    return _keep(actor, change, reason, rows)


def stood(columns: Values) -> str:
    """Return columns as a row keeps them, to be put back."""
    return canonical(columns).decode()


def one(actor: Actor, code: str, *, changing: bool = False) -> Edit:
    """Return an edit that an actor may see; raise NotFound else. One that is `changing` waits for any other."""
    query = select(Edit).where(Edit.code == code)
    found = db.session.scalars(query.with_for_update() if changing else query).one_or_none()
    if found is None or not may_see(actor, found.units):
        raise NotFound(_("There is no such edit"))
    return found


def latest(actor: Actor) -> list[Edit]:
    """Return the edits an actor may see, the latest first."""
    every = db.session.scalars(select(Edit).order_by(Edit.id.desc()))
    return list(islice((edit for edit in every if may_see(actor, edit.units)), _LATEST))


def some(edit: Edit, outcome: Outcome) -> Sequence[EditRow]:
    """Return the next rows that are so, as many as are done at once."""
    mine = (EditRow.edit_id == edit.id, EditRow.outcome == outcome)
    return db.session.scalars(select(EditRow).where(*mine).order_by(EditRow.person_id).limit(AT_ONCE)).all()


def people(edit: Edit, outcomes: Sequence[Outcome]) -> dict[int, str]:
    """Return of whom some outcome came, and which."""
    mine = (EditRow.edit_id == edit.id, EditRow.outcome.in_(outcomes))
    query = select(EditRow.person_id, EditRow.outcome).where(*mine)
    return {person: outcome for person, outcome in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy


def counts(edit: Edit) -> dict[str, int]:
    """Count the people of an edit by what became of them."""
    query = select(EditRow.outcome, func.count()).where(EditRow.edit_id == edit.id).group_by(EditRow.outcome)
    found = {outcome: count for outcome, count in db.session.execute(query)}  # noqa: C416
    return {outcome.value: found.get(outcome, 0) for outcome in Outcome}


def job(edit: Edit) -> Job | None:
    """Return the last job that was asked for of an edit."""
    return db.session.get(Job, edit.job_id) if edit.job_id else None


def may_be_undone(edit: Edit) -> bool:
    return edit.undone_at is None and edit.at > clock.now() - UNDONE_WITHIN and not _goes_on(edit)


def refuse_undone(edit: Edit) -> None:
    """Raise Conflict where an edit cannot be taken back, and say why."""
    if edit.undone_at:
        raise Conflict(_("This edit was undone before"))
    if _goes_on(edit):
        raise Conflict(_("The edit is still being made: stop its job, or wait until it has ended"))
    if not may_be_undone(edit):
        raise Conflict(_("An edit can be undone within %(days)s days"), days=UNDONE_WITHIN.days)


def end(edit: Edit) -> None:
    """Have whoever was not come to yet stay as they are."""
    waits = (EditRow.edit_id == edit.id, EditRow.outcome == Outcome.WAITING)
    db.session.execute(update(EditRow).where(*waits).values(outcome=Outcome.UNREACHED))


def forget() -> None:
    """Keep no longer what stood before edits that were made long ago."""
    old = select(Edit.id).where(Edit.at < clock.now() - KEPT_FOR)
    theirs = (EditRow.edit_id.in_(old), EditRow.before.is_not(None))
    db.session.execute(update(EditRow).where(*theirs).values(before=None))


def _keep(actor: Actor, change: Change, reason: str, rows: Mapping[int, Values]) -> Edit:
    edit = Edit(code=codes.fresh("SH"), account_id=actor.account_id, units=seen_by(actor), reason=reason)
    edit.field, edit.op, edit.value = change.field, change.op, change.value
    db.session.add(edit)
    db.session.flush()
    insert_many(EditRow, ({"edit_id": edit.id, "person_id": one, **row} for one, row in sorted(rows.items())))
    return edit


def _goes_on(edit: Edit) -> bool:
    asked = job(edit)
    return asked is not None and asked.state in {State.WAITING, State.RUNNING}

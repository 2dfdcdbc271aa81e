"""Edits of one field for many people: looked at, made for a reason, and undone."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kieubao import jobs
from kieubao.access.models import Account
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.db import db, keyring
from kieubao.edits import changes, kept
from kieubao.edits.models import Edit
from kieubao.edits.rules import Change, Judged, Looked
from kieubao.edits.vocabulary import AT_ONCE, LEFT, MOST, NAMED, SAMPLE, Act, Outcome
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Invalid, NotFound, _
from kieubao.ground.text import fold
from kieubao.people import disclosure
from kieubao.people.disclosure import EDITED, Called
from kieubao.people.search import find

Sheet = dict[str, Any]
_MANY = _("An edit is of at most %(most)s people, and more are found: narrow the search down")


@dataclass(frozen=True)
class Chosen:
    """Whom an edit is of: people by their codes, or everybody a search finds."""

    codes: Collection[str] = ()
    everyone: bool = False
    text: str | None = None
    wanted: Mapping[str, Any] = field(default_factory=dict)


@use_case(Permission.PERSON_WRITE, Shape.READ, finds=True)
def preview(actor: Actor, change: Change, chosen: Chosen) -> Sheet:
    """Return what a change would do to whom, and what making it is bound to. Raises Invalid for too many."""
    people = _found(actor, chosen) if chosen.everyone else _located(actor, chosen.codes)
    return _previewed(actor, change, dict.fromkeys(people))


@use_case(Permission.PERSON_WRITE, Shape.READ, finds=True)
def look_again(actor: Actor, preview: str) -> Sheet:
    """Return the same of what was looked at; of whom it stands otherwise by now, that. Raises NotFound as `make`."""
    looked = kept.opened(actor, preview)
    return _previewed(actor, looked.change, looked.people) | {"preview": preview}


@use_case(Permission.PERSON_WRITE)
def make(actor: Actor, preview: str, reason: str) -> Sheet:
    """Make an edit as it was looked at: at once where it is of few, else by a job.

    Raises NotFound for what this actor was not shown, Conflict where it is of nobody.
    """
    looked = kept.opened(actor, preview)
    if not looked.people:
        raise Conflict(_("Nobody is chosen: go back to the search, and choose people"))
    edit = kept.begin(actor, looked.change, reason, looked.people)
    note(edit=edit.code, field=edit.field, people=len(looked.people))
    if len(looked.people) <= AT_ONCE:
        _note_people(actor, changes.make(actor, edit, kept.some(edit, Outcome.WAITING)))
    else:
        _ask(actor, edit, Act.MAKE, len(looked.people))
    return _sheet(actor, edit)


@use_case(Permission.PERSON_READ, Shape.READ)
def all_edits(actor: Actor) -> list[Sheet]:
    """Return the edits an actor may see, the latest first."""
    found = [_sheet(actor, edit) for edit in kept.latest(actor)]
    note(found=len(found))
    return found


@use_case(Permission.PERSON_READ, Shape.READ, finds=True)
def read(actor: Actor, code: str) -> Sheet:
    """Return an edit, and whose records it left as they are."""
    edit = kept.one(actor, code)
    left = _left(actor, kept.people(edit, LEFT))
    note(edit=code, found=len(left), subjects=[str(one.subject) for one in left])
    return _sheet(actor, edit) | {"left": list(map(_why, left.items()))}


@use_case(Permission.PERSON_WRITE)
def undo(actor: Actor, code: str) -> Sheet:
    """Take an edit back, once: whose field says something else by now, it is left so.

    Raises Conflict the second time, too late, and while it is still being made.
    """
    edit = kept.one(actor, code, changing=True)
    note(edit=code, field=edit.field)
    kept.refuse_undone(edit)
    edit.undone_at, edit.undone_by = clock.now(), actor.account_id
    kept.end(edit)
    if (changed := kept.counts(edit)[Outcome.CHANGED]) <= AT_ONCE:
        _note_people(actor, changes.undo(actor, edit, kept.some(edit, Outcome.CHANGED)))
    else:
        _ask(actor, edit, Act.UNDO, changed)
    return _sheet(actor, edit)


def _found(actor: Actor, chosen: Chosen) -> list[int]:
    """Return everybody a search finds now; nobody whose name is only close to it."""
    found = find(chosen.text, chosen.wanted, actor.scope, size=MOST)
    terms = keyring().fingerprint("search", fold(chosen.text)) if chosen.text else None
    note(terms=terms, filters=sorted(chosen.wanted))
    if not found.exact or found.count > MOST:
        raise Invalid(_MANY, most=MOST)
    return [one for one in found.ids if one not in found.close]


def _located(actor: Actor, codes: Collection[str]) -> list[int]:
    """Return the people with these codes; absent and out of scope are one answer: neither is among them."""
    found = []
    for code in codes:
        with suppress(NotFound):
            found.append(disclosure.locate(actor.scope, code).id)
    return found


def _previewed(actor: Actor, change: Change, people: Mapping[int, int | None]) -> Sheet:
    judged = changes.judged(actor.scope, change, people)
    changing = [one for one, it in judged.items() if it.outcome is Outcome.CHANGED]
    sample = disclosure.called(actor.scope, changing)[:SAMPLE]
    left = _left(actor, {one: it.outcome for one, it in judged.items() if it.outcome in LEFT})
    note(found=len(people), field=change.field, subjects=[str(one.subject) for one in (*sample, *left)])
    at = {one: people[one] or it.version for one, it in judged.items() if it.outcome is not Outcome.GONE}
    return {
        **vars(change),
        "people": len(people),
        "counts": {one.value: sum(it.outcome is one for it in judged.values()) for one in Outcome},
        "sample": _sample(actor, change, judged, sample),
        "left": list(map(_why, left.items())),
        "preview": kept.sealed(Looked(actor.account_id, change, at)),
    }


def _sample(actor: Actor, change: Change, judged: Mapping[int, Judged], some: Sequence[Called]) -> list[Sheet]:
    """Return what stands in some records, as far as search can be narrowed down by it, and what is to."""
    stands = disclosure.parts(actor.scope, [one.id for one in some], [change.field], EDITED)
    before = {one.id: _told(stands[one.id].get(change.field)) for one in some}
    after = {one.id: _told(judged[one.id].after[change.field]) for one in some}
    return [{"person": one.code, "name": one.name, "before": before[one.id], "after": after[one.id]} for one in some]


def _told(value: Any) -> Any:
    return str(value) if isinstance(value, date) else value


def _left(actor: Actor, outcomes: Mapping[int, str]) -> dict[Called, str]:
    """Return the first of those who stay as they are, and why."""
    return {one: outcomes[one.id] for one in disclosure.called(actor.scope, outcomes)[:NAMED]}


def _why(left: tuple[Called, str]) -> Sheet:
    return {"person": left[0].code, "name": left[0].name, "why": str(left[1])}


def _ask(actor: Actor, edit: Edit, act: Act, people: int) -> None:
    edit.job_id = jobs.ask(act, actor.account_id, edit=edit.code, people=people).id


def _note_people(actor: Actor, people: Collection[int]) -> None:
    subjects = disclosure.subjects(actor.scope, people)
    note(found=len(people), subjects=[str(one) for one in subjects.values()])


def _sheet(actor: Actor, edit: Edit) -> Sheet:
    job = kept.job(edit)
    names = ("code", "field", "op", "value", "reason", "at", "undone_at")
    return {
        **{name: getattr(edit, name) for name in names},
        "by": db.session.get_one(Account, edit.account_id).name,
        "undone_by": db.session.get_one(Account, edit.undone_by).name if edit.undone_by else None,
        "counts": kept.counts(edit),
        "job": jobs.told(job) if job and job.account_id == actor.id else None,
        "can_be_undone": kept.may_be_undone(edit),
    }

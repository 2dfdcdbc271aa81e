"""What an edit does to records: judged the same way before it is made and as it is, made, and taken back."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from kieubao.access.roles import Actor, Scope
from kieubao.consent.models import Standing
from kieubao.db import db, these
from kieubao.edits import kept, rules
from kieubao.edits.models import Edit, EditRow
from kieubao.edits.rules import DAY, Change, Judged, Values
from kieubao.edits.vocabulary import Op, Outcome
from kieubao.people import disclosure, erasure, registry, revisions


def judged(scope: Scope, change: Change, people: Mapping[int, int | None]) -> dict[int, Judged]:
    """Say of people, each with the version that was looked at, if any was, what becomes of their records."""
    stands, locked = _standing(scope, people), _locked(people)
    return {
        one: rules.judged(change, at, *stands[one], locked=one in locked) if one in stands else Judged(Outcome.GONE)
        for one, at in people.items()
    }


def make(actor: Actor, edit: Edit, rows: Sequence[EditRow]) -> list[int]:
    """Change the records of some rows that still stand as they were looked at; return whose were changed."""
    erasure.hold([row.person_id for row in rows])
    found = judged(actor.scope, _change(edit), {row.person_id: row.version for row in rows})
    for row in rows:
        one = found[row.person_id]
        row.outcome = one.outcome
        if one.outcome is Outcome.CHANGED:
            row.before, row.made = kept.stood(one.before), one.version + 1
            registry.amend(row.person_id, one.version, one.after, actor.office, actor.id)
    return _those(rows, Outcome.CHANGED)


def keep(actor: Actor, change: Change, stood: Mapping[int, tuple[int, Values]]) -> Edit:
    """Keep as an edit what was changed alike of many by a decision of another kind, so that it can be taken back.

    `stood` has the version of each record before, and what was written in it. No reason is kept: what is written of a
    home is of people, and would stay when they are erased.
    """
    done = {
        one: (version, {name: stands[name] for name in change.applied(stands)})
        for one, (version, stands) in stood.items()
    }
    return kept.done(actor, change, "", done)


def undo(actor: Actor, edit: Edit, rows: Sequence[EditRow]) -> list[int]:
    """Have the field of some records say what it said before, where it still says what the edit set; return whose do.

    Of a list only what was added goes, or what was taken away comes back: what somebody else has put there stays.
    """
    people = [row.person_id for row in rows]
    erasure.hold(people)
    stands, locked = _standing(actor.scope, people), _locked(people)
    for row in rows:
        version, says = stands.get(row.person_id, (0, {}))
        back = _back(_change(edit), row, says) if says and row.person_id not in locked else {}
        row.outcome = Outcome.UNDONE if back else Outcome.KEPT
        if back:
            registry.amend(row.person_id, version, back, actor.office, actor.id)
    return _those(rows, Outcome.UNDONE)


def _change(edit: Edit) -> Change:
    return Change(edit.field, Op(edit.op), edit.value)


def _back(change: Change, row: EditRow, stands: Values) -> dict[str, Any]:
    """Return the columns of a record as they are to be again; none where they say something else by now."""
    before: dict[str, Any] = json.loads(row.before or "{}")
    if before.get(DAY):
        before[DAY] = date.fromisoformat(before[DAY])
    after = change.applied({**stands, **before})
    if change.op is Op.SET:
        # Columns that go together go back together.
        return before if all(stands[name] == after[name] for name in before) else {}
    back = {name: revisions.without(stands[name], value, after[name]) for name, value in before.items()}
    return {} if all(stands[name] == value for name, value in back.items()) else back


def _standing(scope: Scope, people: Collection[int]) -> dict[int, tuple[int, dict[str, Any]]]:
    """Return the version of each record within scope, and what is written in it."""
    return registry.written({one.id for one in disclosure.called(scope, these(people))})


def _locked(people: Collection[int]) -> set[int]:
    restricted = (Standing.person_id.in_(these(people)), Standing.restricted_at.is_not(None))
    return {*db.session.scalars(select(Standing.person_id).where(*restricted))}


def _those(rows: Sequence[EditRow], outcome: Outcome) -> list[int]:
    return [row.person_id for row in rows if row.outcome == outcome]

"""What became of a record, change by change: read from its revisions, from what was said, and from who was given it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import select

from kieubao.access import accounts
from kieubao.access.roles import Scope
from kieubao.consent import handover, ledger
from kieubao.db import db
from kieubao.people import disclosure
from kieubao.people.models import Association, PersonRevision
from kieubao.people.revisions import WRITTEN

Sheet = dict[str, Any]
# What follows from the text of a home place, or from which list a code is.
_BESIDE = frozenset({"home_epoch", "home_code", "home_old_code", "sector_version"})
_OF_ONE_WORD = ("signed_at", "recorded_at", "state", "method", "valid_until")


def timeline(scope: Scope, person_id: int) -> list[Sheet]:
    """Return all that happened to a record, the latest first; of relatives those within scope alone.

    Each has `at` and `what`: `recorded` and `changed` (by whom, and each field's value before and after; of lists what
    was taken away and what came), `said` (state, purposes and channels), `handed` (to whom, for which purpose).
    """
    events = [*_changes(scope, person_id), *_words(person_id), *_handed(person_id)]
    return sorted(events, key=lambda one: one["at"], reverse=True)


def _changes(scope: Scope, person_id: int) -> Iterator[Sheet]:
    query = select(PersonRevision).where(PersonRevision.person_id == person_id).order_by(PersonRevision.version)
    found = list(db.session.scalars(query))
    names = accounts.names({one.account_id for one in found})
    stood = _told(scope, [json.loads(one.record) for one in found])
    for number, (one, record) in enumerate(zip(found, stood, strict=True)):
        fields = list(_differences(stood[number - 1], record)) if number else []
        if fields or not number:
            what = "changed" if number else "recorded"
            yield {"at": one.at, "what": what, "by": names.get(one.account_id), "fields": fields}


def _differences(before: Sheet, after: Sheet) -> Iterator[Sheet]:
    for name, value in after.items():
        gone, came = _apart(before[name], value)
        if gone or came:
            yield {"name": name, "before": gone, "after": came}


def _apart(before: Any, after: Any) -> tuple[Any, Any]:
    """Return what stood and what stands, where they differ; of lists what is gone and what came."""
    if isinstance(after, list):
        return [one for one in before if one not in after], [one for one in after if one not in before]
    return (None, None) if before == after else (before, after)


def _told(scope: Scope, records: Sequence[Sheet]) -> list[Sheet]:
    """Return records as they are told: whatever hangs on them by what it is called, and not by its number."""
    kin = {tie["relative_id"] for one in records for tie in one["kinships"]}
    # Who came with a membership is kept with the association's name, before it had a number.
    groups = {one.get("association_id") for record in records for one in record["memberships"]}
    called = disclosure.parts(scope, kin, ("name",))
    query = select(Association.id, Association.name).where(Association.id.in_(groups))
    known = {number: name for number, name in db.session.execute(query)}  # noqa: C416 - rows are no pairs to mypy
    return [_as_told(one, {i: one["name"] for i, one in called.items()}, known) for one in records]


def _as_told(record: Mapping[str, Any], called: Mapping[int, str], known: Mapping[int, str]) -> Sheet:
    points = [
        {"channel": one["channel"], "value": one["value"]} for one in record["contact_points"] if not one["retired_at"]
    ]
    ties = [one for one in record["kinships"] if one["relative_id"] in called]
    return {name: record[name] for name in WRITTEN if name not in _BESIDE} | {
        "contact_points": points,
        "kinships": [{"name": called[one["relative_id"]], "term": one["term"]} for one in ties],
        "memberships": [one.get("association") or known[one["association_id"]] for one in record["memberships"]],
    }


def _words(person_id: int) -> Iterator[Sheet]:
    """Give what was said, as it was said: of several purposes and channels at once."""
    lines = sorted(ledger.lines(person_id), key=lambda one: [str(one[name]) for name in _OF_ONE_WORD])
    for _word, some in groupby(lines, key=lambda one: [one[name] for name in _OF_ONE_WORD]):
        said = list(some)
        several = {name: list(dict.fromkeys(one[name] for one in said)) for name in ("purpose", "channel")}
        yield {"at": said[0]["recorded_at"], "what": "said", **said[0], **several}


def _handed(person_id: int) -> Iterator[Sheet]:
    for one in handover.holders(person_id):
        yield {"at": one.at, "what": "handed", "to": one.recipient, "purpose": one.purpose, "source": one.source}

"""Who has had a person's record before them, so that the person can be told: read from the trail and the handovers.

By organisation and role, never by the name of whoever works there. Being found by a search is not told of: it
shows a line of a list, and stands in the trail alone.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, or_, select

from kieubao.access.models import AuditEntry, Organisation
from kieubao.access.trail import is_opening
from kieubao.access.use_case import CHANGES, LOOKS, OPENING
from kieubao.consent import handover
from kieubao.consent.models import Standing
from kieubao.consent.rules import records_of
from kieubao.db import db
from kieubao.people.disclosure import Located

# How many acts of the trail are told, the latest first.
MOST = 1_000


class Deed(StrEnum):
    OPENED = "opened"
    CHANGED = "changed"
    TRACED = "traced"
    PULLED = "pulled"
    RELEASED = "released"


class Reading(NamedTuple):
    """One deed. `purpose`: what was said it was for, or the purpose of the list that was pulled."""

    at: datetime
    deed: Deed
    organisation: str | None
    role: str | None
    purpose: str | None


_WHO = (Organisation.name, AuditEntry.role, AuditEntry.purpose)


def readings(person: Located) -> list[Reading]:
    """Return the latest deeds on a person's record, the last one first."""
    return sorted((*_acts(person), *_pulls(person)), reverse=True, key=lambda one: one.at)[:MOST]


def told_of(person: Located) -> Select[datetime, str, str, str | None, str, str | None]:
    """Select the acts about a person that were done, or showed their record; refused ones showed nothing."""
    shown = or_(AuditEntry.outcome == "done", is_opening(LOOKS, OPENING))
    return (
        select(AuditEntry.at, AuditEntry.action, AuditEntry.outcome, *_WHO)
        .outerjoin(Organisation, Organisation.id == AuditEntry.organisation_id)
        .where(AuditEntry.subject.in_(_subjects(person)), shown)
        .order_by(AuditEntry.id.desc())
        .limit(MOST)
    )


def _subjects(person: Located) -> list[UUID]:
    """Return the pseudonyms of a person: their own, and those of records merged into theirs."""
    return list(db.session.scalars(select(Standing.subject).where(Standing.person_id.in_(records_of(person.id)))))


def _acts(person: Located) -> Iterator[Reading]:
    for at, action, outcome, organisation, role, purpose in db.session.execute(told_of(person)):
        yield Reading(at, _deed(action, outcome), organisation, role, purpose)


def _deed(action: str, outcome: str) -> Deed:
    if action == "people.trace":
        return Deed.TRACED
    return Deed.CHANGED if action in CHANGES and outcome == "done" else Deed.OPENED


def _pulls(person: Located) -> Iterator[Reading]:
    for held in handover.holders(person.id):
        yield Reading(held.at, Deed.PULLED, held.recipient, None, held.purpose)
    for held in handover.released(person.id):
        yield Reading(held.at, Deed.RELEASED, held.recipient, None, None)

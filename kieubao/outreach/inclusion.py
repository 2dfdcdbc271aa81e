"""Why somebody is in an issue or out of it, as it was published; and what it changed from the issue before."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from kieubao.consent.models import ConsentEvent, Weighed
from kieubao.consent.rules import records_of
from kieubao.consent.vocabulary import INSIDE
from kieubao.db import db
from kieubao.outreach.models import Issue, OutreachList

# The list did not name them: a reason that no single issue gives.
UNNAMED = "unnamed"


class Place(NamedTuple):
    """Where somebody stands in an issue: in it by an answer, with its line of the ledger, or out for a reason."""

    issue: Issue
    verdict: str
    line: int | None = None
    channel: str | None = None
    signed_at: datetime | None = None


def since_last(issue: Issue) -> dict[str, dict[str, int]] | None:
    """Count who was `added` by an issue, by why they were out of the one before, and `removed`, by why they are out.

    None of the first issue, and where it was not kept who was out of the one before.
    """
    its_last = select(Issue).where(Issue.list_id == issue.list_id, Issue.number == issue.number - 1)
    before = db.session.scalars(its_last).one_or_none()
    if before is None or before.omitted is None:
        return None
    return {"added": _gained(before, issue), "removed": _gained(issue, before)}


def _gained(one: Issue, other: Issue) -> dict[str, int]:
    """Count who is in the other issue and not in the one, by why they are out of the one; the most first."""
    there = aliased(Weighed)
    reason = func.coalesce(there.verdict, UNNAMED)
    query = (
        select(reason, func.count())
        .select_from(Weighed)
        .outerjoin(there, and_(there.person_id == Weighed.person_id, there.issue_id == one.id))
        .where(Weighed.issue_id == other.id, Weighed.verdict == INSIDE, reason != INSIDE)
        .group_by(reason)
    )
    return {why: count for why, count in sorted(db.session.execute(query), key=lambda row: (-row[1], row[0]))}  # noqa: C416


def places(drawn: Sequence[OutreachList], person_id: int) -> list[Place]:
    """Return where somebody stands in the issues of some lists, under whichever record of theirs, the newest first."""
    query = (
        select(Issue, Weighed.verdict, Weighed.line, ConsentEvent.channel, ConsentEvent.signed_at)
        .join(Weighed, Weighed.issue_id == Issue.id)
        .outerjoin(ConsentEvent, ConsentEvent.id == Weighed.line)
        .where(Weighed.person_id.in_(records_of(person_id)), Issue.list_id.in_([one.id for one in drawn]))
        .order_by(Issue.id.desc())
    )
    return [Place(*row) for row in db.session.execute(query)]

"""The only writer of findings: filed once, however often the trail is watched, and what became of each."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, func, select

from kieubao.access.models import Account, AuditEntry, Organisation
from kieubao.db import db
from kieubao.ground.errors import Conflict, NotFound, _
from kieubao.oversight.days import Sighting
from kieubao.oversight.models import Finding, FindingDecision
from kieubao.oversight.vocabulary import ALL, OPEN, Outcome

Sheet = dict[str, Any]
# Of more entries than this the last are kept; the count is of all.
_KEPT = 200
# One that was decided is opened anew where there is twice as much of it.
_AGAIN = 2
_SHOWN = ("id", "rule", "count", "first_at", "last_at", "found_at", "state")


def file(sightings: Iterable[Sighting]) -> int:
    """File what the rules saw; return how many findings are new. One that is open grows with what is seen."""
    return sum(_filed(sighting) for sighting in sightings)


def decide(finding_id: int, outcome: Outcome, remark: str, by: int) -> Finding:
    """Say what became of a finding; raise Conflict where it is about the one who decides, but to pass it on."""
    found = db.session.get(Finding, finding_id, with_for_update=True)
    if found is None:
        raise NotFound(_("There is no such finding"))
    if outcome is not Outcome.PASSED_ON and by in {found.account_id, *_readers(found)}:
        raise Conflict(_("This is about your own reading: pass it on to somebody else"))
    found.state = outcome
    db.session.add(FindingDecision(finding_id=found.id, outcome=outcome, remark=remark, account_id=by))
    return found


def _readers(found: Finding) -> Iterable[int | None]:
    """Return whose entries a finding is made of: one may be of several."""
    return db.session.scalars(select(AuditEntry.actor_id).where(AuditEntry.id.in_(found.entries)))


def queue(state: str, limit: int) -> list[Sheet]:
    """Return findings in a state, or all of them, the newest first."""
    query = _found().order_by(Finding.id.desc()).limit(limit)
    return _sheets(query if state == ALL else query.where(Finding.state == state))


def one(finding_id: int) -> Sheet:
    """Return a finding with the ids of its entries and what was decided, the last first."""
    sheets = _sheets(_found().where(Finding.id == finding_id))
    if not sheets:
        raise NotFound(_("There is no such finding"))
    found = db.session.get_one(Finding, finding_id)
    return sheets[0] | {"entries": found.entries, "decisions": _decisions(finding_id)}


def open_by_rule() -> Counter[str]:
    rows = db.session.execute(select(Finding.rule, func.count()).where(Finding.state == OPEN).group_by(Finding.rule))
    return Counter({rule: count for rule, count in rows})  # noqa: C416 - rows are no pairs to mypy


def _filed(seen: Sighting) -> bool:
    query = select(Finding).where(Finding.key == seen.key).order_by(Finding.part.desc()).limit(1)
    last = db.session.scalars(query).one_or_none()
    if last is None or (last.state != OPEN and seen.count >= _AGAIN * last.count):
        part = last.part + 1 if last else 1
        finding = Finding(rule=seen.rule, key=seen.key, part=part, account_id=seen.account, state=OPEN)
        db.session.add(_grown(finding, seen))
        db.session.flush()
        return True
    if last.state == OPEN:
        _grown(last, seen)
    return False


def _grown(finding: Finding, seen: Sighting) -> Finding:
    finding.count, finding.entries = seen.count, [act.id for act in seen.acts[-_KEPT:]]
    finding.first_at, finding.last_at = seen.acts[0].at, seen.acts[-1].at
    return finding


def _found() -> Select[Finding, str | None, str | None, str | None]:
    return (
        select(Finding, Account.username, Account.name, Organisation.name)
        .outerjoin(Account, Account.id == Finding.account_id)
        .outerjoin(Organisation, Organisation.id == Account.organisation_id)
    )


def _sheets(query: Select[Finding, str | None, str | None, str | None]) -> list[Sheet]:
    return [
        {name: getattr(found, name) for name in _SHOWN} | {"account": account, "name": name_, "organisation": office}
        for found, account, name_, office in db.session.execute(query)
    ]


def _decisions(finding_id: int) -> list[Sheet]:
    query = (
        select(FindingDecision, Account.name)
        .join(Account, Account.id == FindingDecision.account_id)
        .where(FindingDecision.finding_id == finding_id)
        .order_by(FindingDecision.id.desc())
    )
    return [
        {"outcome": said.outcome, "remark": said.remark, "by": name, "at": said.at}
        for said, name in db.session.execute(query)
    ]

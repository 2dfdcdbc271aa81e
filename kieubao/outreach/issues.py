"""The only writer of issues and grants: what was published, and to whom it is open."""

import hashlib
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import CompoundSelect, Select, func, select, union_all, update

from kieubao.access.models import Organisation
from kieubao.consent import agreements, handover, weighing
from kieubao.consent.models import Standing
from kieubao.consent.vocabulary import URGENT, Channel, Purpose
from kieubao.db import BATCH, db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Invalid, NotFound, _
from kieubao.occasions import stationery
from kieubao.outreach import inclusion
from kieubao.outreach.models import Grant, Issue, OutreachList
from kieubao.outreach.vocabulary import (
    GOES_BY,
    GRANT_DAYS,
    GRANT_PULLS_A_DAY,
    GRANT_ROWS,
    ISSUE_DAYS,
    NAMED,
    PRINTED,
    URGENT_DAYS,
    Format,
    IssueState,
)

_BY_NONE: Final = {
    Channel.POST: _("Labels and envelopes need letters among the channels"),
    Channel.EMAIL: _("A file for sending e-mail needs e-mail among the channels"),
    Channel.SMS: _("A file for text messages needs SMS among the channels"),
}


def publish(
    drawn: OutreachList,
    weighed: Select[int, str, int | None],
    by: int | None,
    *,
    spare: Collection[int] = (),
    through: Mapping[int, int] | None = None,
) -> Issue:
    """Freeze who is in now as the next issue of a list, and who is out for which reason, and supersede the last.

    `weighed` selects everybody whom the list names, as `lists.weighed`; `spare` and `through` are as in `lists`.
    """
    last = db.session.scalar(select(func.max(Issue.number)).where(Issue.list_id == drawn.id)) or 0
    _retire(drawn, IssueState.SUPERSEDED)
    issue = Issue(
        code=codes.fresh("PH"),
        list_id=drawn.id,
        number=last + 1,
        state=IssueState.CURRENT,
        people=0,
        watermark=handover.watermark(),
        salt=secrets.token_hex(16),
        digest="",
        published_by=by,
        basis=_basis(drawn),
        letters=stationery.digests(drawn.occasion),
        **{name: getattr(drawn, name) for name in ("purpose", "channels", "fields", "households", "via_relatives")},
    )
    db.session.add(issue)
    db.session.flush()
    issue.omitted = weighing.freeze(issue.id, weighed, spare, through)
    issue.people, issue.digest = _digest(issue)
    issue.changes = inclusion.since_last(issue)
    return issue


def _basis(drawn: OutreachList) -> str | None:
    """Return what a list rests on where that is nobody's consent: the emergency and its document."""
    if Purpose(drawn.purpose) not in URGENT:
        return None
    case = drawn.occasion.details
    return f"Điểm a khoản 1 Điều 19 Luật 91/2025/QH15: {case.get('emergency')}; {case.get('document')}"


def entries(issue: Issue) -> Select[int]:
    """Select the records that were frozen in an issue."""
    return weighing.inside(issue.id)


def people(issue: Issue) -> CompoundSelect[int]:
    """Select whom an issue is about now: who is in it, and into whom a record in it was merged since."""
    merged = select(Standing.successor_id).where(Standing.person_id.in_(entries(issue)))
    return union_all(entries(issue), merged.where(Standing.successor_id.is_not(None)))


def current(drawn: OutreachList) -> Issue:
    query = select(Issue).where(Issue.list_id == drawn.id, Issue.state == IssueState.CURRENT)
    found = db.session.scalars(query).one_or_none()
    if found is None:
        raise Conflict(_("This list has no issue in force: publish it first"))
    return found


def recall(drawn: OutreachList) -> None:
    """End the issue in force: nothing more is pulled from it."""
    _retire(drawn, IssueState.RECALLED)


@dataclass(frozen=True)
class Terms:
    """On what terms an issue is open: which fields, in which formats, to the end of which day.

    `agreement` is the code of the hand-over agreement (Đ17.1) it rests on.
    """

    fields: Sequence[str]
    formats: Sequence[str]
    until: date
    agreement: str


def grant(issue: Issue, organisation: str | None, terms: Terms, by: int) -> Grant:
    """Open an issue to the organisation of an agreement in force; another that is named by its code is refused."""
    _refuse_until(terms.until)
    if terms.until > _last_day(issue):
        words = _("This issue is open to %(day)s, %(days)s days from its publication: name an earlier day, or publish")
        raise Invalid(words, field="until", days=_days(issue), day=f"{_last_day(issue):%d/%m/%Y}")
    if not set(terms.fields) <= set(issue.fields):
        raise Invalid(_("The list has only: %(fields)s"), field="fields", fields=", ".join(issue.fields))
    _refuse_formats({Format(one) for one in terms.formats}, terms.fields, issue)
    holder_id = agreements.cited(terms.agreement, organisation, terms.until).organisation_id
    if any(one.organisation_id == holder_id for one, of_which, _name in open_now() if of_which.id == issue.id):
        raise Conflict(_("The issue is open to this organisation already"))
    limits = {"rows": GRANT_ROWS, "pulls_a_day": GRANT_PULLS_A_DAY}
    opened = Grant(issue_id=issue.id, organisation_id=holder_id, granted_by=by, **limits, **vars(terms))
    db.session.add(opened)
    db.session.flush()
    return opened


def _refuse_formats(formats: set[Format], fields: Collection[str], issue: Issue) -> None:
    for one in sorted(formats & GOES_BY.keys()):
        if GOES_BY[one] not in issue.channels:
            raise Invalid(_BY_NONE[GOES_BY[one]], field="formats")
    if NAMED & formats and "name" not in fields:
        raise Invalid(_("Letters, labels, envelopes and the list for the door need the name"), field="formats")
    if PRINTED & formats and Purpose(issue.purpose) in URGENT:
        raise Invalid(
            _("A roster goes into no labels, envelopes or list for the door: nothing says there what it rests on"),
            field="formats",
        )


def widen(grant_id: int, *, rows: int, pulls_a_day: int, by: int | None) -> Grant:
    """Raise a grant's limits, as only the protection officer may."""
    found = db.session.get(Grant, grant_id, with_for_update=True)
    if found is None:
        raise NotFound(_("There is no such grant"))
    found.rows, found.pulls_a_day, found.widened_by = rows, pulls_a_day, by
    return found


def open_to(organisation_id: int | None) -> list[tuple[Grant, Issue]]:
    """Return the grants an organisation may pull under today."""
    query = _open(Grant, Issue).where(Grant.organisation_id == organisation_id)
    return [(grant, issue) for grant, issue in db.session.execute(query) if state(issue) is IssueState.CURRENT]


def open_now() -> list[tuple[Grant, Issue, str]]:
    """Return the grants anybody may pull under today, and whom they are to."""
    query = _open(Grant, Issue, Organisation.name).join(Organisation, Organisation.id == Grant.organisation_id)
    return [row for row in map(tuple, db.session.execute(query)) if state(row[1]) is IssueState.CURRENT]


def _open(*what: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*what)
        .join(Issue, Issue.id == Grant.issue_id)
        .where(Grant.until >= clock.today(), Grant.agreement.not_in(agreements.ended()))
        .where(Issue.state == IssueState.CURRENT)
        .order_by(Grant.id.desc())
    )


def open_one(organisation_id: int | None, code: str) -> tuple[Grant, Issue]:
    """Return an issue that is open to an organisation today, and the grant it is open by."""
    open_now = [(grant, issue) for grant, issue in open_to(organisation_id) if issue.code == code]
    if not open_now:
        raise NotFound(_("There is no such issue, or it is not open to you"))
    return open_now[0]


def granted(organisation_id: int | None, code: str, wanted: Format) -> tuple[Grant, Issue]:
    """Return the grant under which an organisation may pull an issue in this format, today, once more."""
    grant, issue = open_one(organisation_id, code)
    if wanted not in grant.formats:
        raise Conflict(_("The grant allows only: %(formats)s"), formats=", ".join(grant.formats))
    if issue.people > grant.rows:
        raise Conflict(_("The grant allows %(rows)s rows; the protection officer can allow more"), rows=grant.rows)
    return grant, issue


def of(drawn: OutreachList) -> list[Issue]:
    """Return the issues of a list, the newest first."""
    return list(db.session.scalars(select(Issue).where(Issue.list_id == drawn.id).order_by(Issue.number.desc())))


def grants(issue: Issue) -> list[tuple[Grant, str]]:
    """Return the grants of an issue and whom they are to."""
    query = select(Grant, Organisation.name).join(Organisation, Organisation.id == Grant.organisation_id)
    return [
        (grant, name) for grant, name in db.session.execute(query.where(Grant.issue_id == issue.id).order_by(Grant.id))
    ]


def located(organisation_id: int | None, code: str) -> Issue:
    """Find an issue that was ever granted to an organisation, though it may have ended."""
    query = select(Issue).join(Grant, Grant.issue_id == Issue.id)
    found = db.session.scalars(query.where(Issue.code == code, Grant.organisation_id == organisation_id)).first()
    if found is None:
        raise NotFound(_("There is no such issue, or it is not open to you"))
    return found


def brief(issue: Issue) -> dict[str, Any]:
    names = ("code", "number", "purpose", "channels", "households", "via_relatives", "people", "digest", "published_at")
    told = {"state": state(issue), "title": issue.outreach_list.title}
    return {name: getattr(issue, name) for name in names} | told


def state(issue: Issue) -> IssueState:
    """Return how an issue stands: what was in force expires by itself."""
    stands = IssueState(issue.state)
    return IssueState.EXPIRED if stands is IssueState.CURRENT and _last_day(issue) < clock.today() else stands


def terms(opened: Grant) -> dict[str, Any]:
    names = ("fields", "formats", "until", "agreement", "rows", "pulls_a_day")
    title = agreements.title(opened.agreement)
    return {name: getattr(opened, name) for name in names} | {"grant": opened.id, "agreement_title": title}


def _last_day(issue: Issue) -> date:
    return issue.published_at.astimezone(clock.HANOI).date() + timedelta(days=_days(issue))


def _days(issue: Issue) -> int:
    return URGENT_DAYS if Purpose(issue.purpose) in URGENT else ISSUE_DAYS


def _refuse_until(day: date) -> None:
    if day < clock.today():
        raise Invalid(_("This day is over"), field="until")
    if day > clock.today() + timedelta(days=GRANT_DAYS):
        raise Invalid(_("A grant ends within %(days)s days"), field="until", days=GRANT_DAYS)


def _retire(drawn: OutreachList, state: IssueState) -> None:
    retired = update(Issue).where(Issue.list_id == drawn.id, Issue.state == IssueState.CURRENT)
    db.session.execute(retired.values(state=state))


def _digest(issue: Issue) -> tuple[int, str]:
    """Return how many there are and a digest over the salted hash of each, so that it names nobody."""
    inside = entries(issue)
    ids = db.session.scalars(inside.order_by(*inside.selected_columns).execution_options(yield_per=BATCH))
    return _over(issue.salt.encode(), ids)


def _over(salt: bytes, ids: Iterable[int]) -> tuple[int, str]:
    whole, count = hashlib.sha256(salt), 0
    for count, person_id in enumerate(ids, 1):  # noqa: B007 - the last number is the count
        whole.update(hashlib.sha256(salt + str(person_id).encode()).digest())
    return count, whole.hexdigest()

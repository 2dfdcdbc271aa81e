"""From a list to a file in an organizer's hands."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from kieubao.access.roles import Actor, Permission, Scope
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import agreements, ledger, stops
from kieubao.consent.vocabulary import INSIDE
from kieubao.db import db
from kieubao.occasions import agenda
from kieubao.occasions.models import Occasion
from kieubao.occasions.vocabulary import Kind
from kieubao.outreach import groups, inclusion, issues, lists, pulls, segments
from kieubao.outreach.groups import Filter
from kieubao.outreach.inclusion import Place
from kieubao.outreach.models import Issue, OutreachList, Segment
from kieubao.people import census, disclosure

Sheet = dict[str, Any]
MOST_HOUSEHOLDS: Final = 100


@use_case(Permission.LIST_READ, Shape.READ)
def choices(actor: Actor) -> Sheet:
    """Return what a list may be made of: the segments there are, earlier lists, occasions, and calls among these."""
    occasions = agenda.every()
    return {
        "segments": _titles(segments.seen(actor.scope)),
        "lists": _titles(lists.seen(actor.scope)),
        "occasions": _titles(occasions),
        "calls": _titles([one for one in occasions if one.kind == Kind.INVESTMENT_CALL]),
    }


@use_case(Permission.LIST_DRAFT)
def draft(actor: Actor, /, *, occasion: str, **values: Any) -> Sheet:
    """Draw up a list for an occasion, within the actor's scope."""
    drawn = lists.draft(actor, agenda.locate(occasion).id, values)
    note(list=drawn.code, purpose=drawn.purpose)
    return _list(actor, drawn)


@use_case(Permission.LIST_DRAFT)
def edit(actor: Actor, code: str, *, version: int, values: Mapping[str, Any]) -> Sheet:
    """Change a list; it becomes a draft again."""
    drawn = lists.locate(actor.scope, code, lock=True)
    note(list=code, fields=lists.edit(actor, drawn, version, values))
    return _list(actor, drawn)


@use_case(Permission.LIST_READ, Shape.READ)
def all_lists(actor: Actor) -> list[Sheet]:
    return [_list(actor, drawn) for drawn in lists.seen(actor.scope)]


@use_case(Permission.LIST_READ, Shape.READ)
def read(actor: Actor, code: str) -> Sheet:
    """Return a list with its issues, their grants and their pulls; and whether there are many to ask it of."""
    drawn = lists.locate(actor.scope, code)
    note(list=code)
    many = census.are_many(Scope(frozenset(drawn.scope)))
    return _list(actor, drawn) | {"issues": [_issue(issue) for issue in issues.of(drawn)], "are_many": many}


@use_case(Permission.LIST_READ, Shape.READ)
def preview(actor: Actor, code: str) -> Sheet:
    """Return how many would be in, how many are out for which reason, and the digest an approval binds."""
    seen = lists.preview(lists.locate(actor.scope, code))
    note(list=code, found=seen.inside)
    return vars(seen)


@use_case(Permission.LIST_READ, Shape.READ)
def households(actor: Actor, code: str) -> Sheet:
    """Return the households of several whom a list may ask, the first hundred: who is asked, and the others."""
    found = lists.households(lists.locate(actor.scope, code))
    shown = found[:MOST_HOUSEHOLDS]
    called = {one.id: one for one in disclosure.called(actor.scope, [one for members in shown for one in members])}
    note(list=code, found=len(found), subjects=[str(one.subject) for one in called.values()])
    members = [[called[one] for one in members if one in called] for members in shown]
    told = [[{"person": one.code, "name": one.name} for one in some] for some in members]
    return {"found": len(found), "households": [{"asked": some[0], "others": some[1:]} for some in told if some]}


@use_case(Permission.LIST_DRAFT)
def ask_first(actor: Actor, code: str, *, person: str) -> Sheet:
    """Have a list ask somebody before the others of their household; it becomes a draft again."""
    drawn = lists.locate(actor.scope, code, lock=True)
    asked = disclosure.locate(actor.scope, person)
    lists.ask_first(actor, drawn, asked.id)
    note(list=code, subject=asked.subject)
    return _list(actor, drawn)


@use_case(Permission.LIST_READ, Shape.READ)
def why(actor: Actor, code: str) -> list[Sheet]:
    """Return where a person stands in each issue that named them: in it by which answer, or out for which reason."""
    person = disclosure.locate(actor.scope, code)
    found = inclusion.places(lists.seen(actor.scope), person.id)
    note(subject=person.subject, found=len(found))
    return [_place(one) for one in found]


@use_case(Permission.LIST_DRAFT)
def submit(actor: Actor, code: str) -> Sheet:
    return _moved(actor, code, lists.submit)


@use_case(Permission.LIST_APPROVE, confirmed=True)
def approve(actor: Actor, code: str, *, digest: str) -> Sheet:
    """Approve what was previewed, by its digest."""
    return _moved(actor, code, lists.approve, actor.id, digest)


@use_case(Permission.LIST_APPROVE)
def send_back(actor: Actor, code: str, *, remarks: str) -> Sheet:
    return _moved(actor, code, lists.send_back, actor.id, remarks)


@use_case(Permission.LIST_APPROVE, confirmed=True)
def publish(actor: Actor, code: str, *, worded: Callable[[Filter, Mapping[str, str]], str] | None = None) -> Sheet:
    """Freeze those who may be contacted now as the next issue; `worded` says whom a filter names, for its files."""
    drawn = lists.locate(actor.scope, code, lock=True)
    lists.spend(drawn, actor.id)
    issue = issues.publish(
        drawn, lists.weighed(drawn), actor.id, spare=lists.spare(drawn), through=lists.through(drawn)
    )
    issue.whom = worded(drawn.filter, groups.names(actor.scope, drawn.filter)) if worded else None
    note(list=code, issue=issue.code, found=issue.people, omitted=issue.omitted, purpose=issue.purpose)
    return _list(actor, drawn) | {"issues": [_issue(each) for each in issues.of(drawn)]}


@use_case(Permission.LIST_APPROVE, confirmed=True)
def grant(actor: Actor, /, code: str, *, organisation: str | None = None, **terms: Any) -> Sheet:
    """Open the issue in force to the organisation of a hand-over agreement."""
    drawn = lists.locate(actor.scope, code, lock=True)
    opened = issues.grant(issues.current(drawn), organisation, issues.Terms(**terms), actor.account_id)
    note(list=code, grant=opened.id, to=opened.organisation_id, fields=opened.fields, agreement=opened.agreement)
    return issues.terms(opened)


@use_case(Permission.LIST_APPROVE, Shape.READ)
def agreements_in_force(actor: Actor) -> list[Sheet]:
    """Return the hand-over agreements that an issue can be granted under today."""
    return agreements.in_force()


@use_case(Permission.GRANT_WIDEN, Shape.READ)
def grants(actor: Actor) -> list[Sheet]:
    """Return the grants that anybody may pull under today, and whom they are to; not what their lists are called."""
    open_now = issues.open_now()
    note(found=len(open_now))
    names = ("code", "number", "purpose", "people")
    return [
        issues.terms(opened) | {name: getattr(issue, name) for name in names} | {"organisation": to}
        for opened, issue, to in open_now
    ]


@use_case(Permission.GRANT_WIDEN, confirmed=True)
def widen(actor: Actor, grant_id: int, *, rows: int, pulls_a_day: int) -> Sheet:
    """Let a grant carry more rows or more pulls a day."""
    note(grant=grant_id, rows=rows, pulls_a_day=pulls_a_day)
    return issues.terms(issues.widen(grant_id, rows=rows, pulls_a_day=pulls_a_day, by=actor.id))


@use_case(Permission.LIST_APPROVE)
def close(actor: Actor, code: str) -> Sheet:
    """Close a list and recall its issue: whoever pulled it is told to stop contacting anybody from it."""
    drawn = lists.locate(actor.scope, code, lock=True)
    # A file that is about to leave has left by then, and is recalled too; or it is refused.
    ledger.hold()
    lists.close(drawn)
    issues.recall(drawn)
    made = [pull for issue in issues.of(drawn) for pull, _sheet in pulls.of(issue)]
    stops.recall([file for pull in made for file in pulls.files_of(pull)])
    note(list=code)
    return _list(actor, drawn)


def _moved(actor: Actor, code: str, move: Any, *args: Any) -> Sheet:
    drawn = lists.locate(actor.scope, code, lock=True)
    move(drawn, *args)
    note(list=code, state=drawn.state)
    db.session.flush()
    return _list(actor, drawn)


def _titles(found: Sequence[Segment | OutreachList | Occasion]) -> list[Sheet]:
    return [{"code": one.code, "title": one.title} for one in found]


def _list(actor: Actor, drawn: OutreachList) -> Sheet:
    names = (
        "code",
        "version",
        "title",
        "purpose",
        "channels",
        "fields",
        "filter",
        "households",
        "via_relatives",
        "state",
        "remarks",
        "scope",
    )
    return {name: getattr(drawn, name) for name in names} | {
        "occasion": agenda.sheet(drawn.occasion),
        "is_spent": lists.is_spent(drawn),
        "urgent": lists.is_urgent(drawn),
        "co_approved": drawn.co_approver_id is not None,
        "author_id": drawn.author_id,
        "names": groups.names(actor.scope, drawn.filter),
    }


def _issue(issue: Issue) -> Sheet:
    made = pulls.of(issue)
    told = pulls.waiting([pull for pull, _sheet in made])
    return issues.brief(issue) | {
        "omitted": issue.omitted,
        "changes": issue.changes,
        "grants": [issues.terms(opened) | {"organisation": name} for opened, name in issues.grants(issue)],
        "pulls": [
            sheet | told[pull.id] | {"stopped": disclosure.count(pulls.stopped(pull, issue))} for pull, sheet in made
        ],
    }


def _place(one: Place) -> Sheet:
    told = {name: getattr(one.issue, name) for name in ("code", "number", "purpose", "published_at")}
    told |= {"state": issues.state(one.issue), "list": one.issue.outreach_list.code}
    answer = {name: getattr(one, name) for name in ("line", "channel", "signed_at")}
    inside = one.verdict == INSIDE
    answer |= {"inside": inside, "reason": None if inside else one.verdict}
    return told | {"title": one.issue.outreach_list.title} | answer

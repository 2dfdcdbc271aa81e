"""From an occasion to a file in an organizer's hands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, unless_recorded, use_case
from kieubao.consent import agreements, ledger, stops
from kieubao.consent.vocabulary import INSIDE
from kieubao.db import db
from kieubao.ground import codes
from kieubao.outreach import files, inclusion, issues, lists, pulls
from kieubao.outreach.inclusion import Place
from kieubao.outreach.models import Grant, Issue, Occasion, OutreachList, Pull
from kieubao.outreach.pulls import Wanted
from kieubao.outreach.vocabulary import Format
from kieubao.people import disclosure

Sheet = dict[str, Any]


@dataclass(frozen=True)
class File:
    """A sealed file, open at its beginning."""

    content: BinaryIO
    name: str
    media: str
    pull: str
    people: int


@use_case(Permission.LIST_DRAFT)
def hold_occasion(actor: Actor, /, **values: Any) -> Sheet:
    """Record an occasion to contact people for."""
    held = lists.hold(**values)
    note(occasion=held.code)
    return _occasion(held)


@use_case(Permission.LIST_READ, Shape.READ)
def occasions(actor: Actor) -> list[Sheet]:
    return [_occasion(held) for held in lists.held()]


@use_case(Permission.LIST_DRAFT)
def draft(actor: Actor, /, *, occasion: str, **values: Any) -> Sheet:
    """Draw up a list for an occasion, within the actor's scope."""
    drawn = lists.draft(actor, lists.occasion(occasion).id, values)
    note(list=drawn.code, purpose=drawn.purpose)
    return _list(drawn)


@use_case(Permission.LIST_DRAFT)
def edit(actor: Actor, code: str, *, version: int, values: Mapping[str, Any]) -> Sheet:
    """Change a list; it becomes a draft again."""
    drawn = lists.locate(actor.scope, code, lock=True)
    note(list=code, fields=lists.edit(actor, drawn, version, values))
    return _list(drawn)


@use_case(Permission.LIST_READ, Shape.READ)
def all_lists(actor: Actor) -> list[Sheet]:
    return [_list(drawn) for drawn in lists.seen(actor.scope)]


@use_case(Permission.LIST_READ, Shape.READ)
def read(actor: Actor, code: str) -> Sheet:
    """Return a list with its issues, their grants and their pulls."""
    drawn = lists.locate(actor.scope, code)
    note(list=code)
    return _list(drawn) | {"issues": [_issue(issue) for issue in issues.of(drawn)]}


@use_case(Permission.LIST_READ, Shape.READ)
def preview(actor: Actor, code: str) -> Sheet:
    """Return how many would be in, how many are out for which reason, and the digest an approval binds."""
    seen = lists.preview(lists.locate(actor.scope, code))
    note(list=code, found=seen.inside)
    return vars(seen)


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
def publish(actor: Actor, code: str) -> Sheet:
    """Freeze those who may be contacted now as the next issue."""
    drawn = lists.locate(actor.scope, code, lock=True)
    lists.spend(drawn, actor.id)
    issue = issues.publish(drawn, lists.weighed(drawn), actor.id)
    note(list=code, issue=issue.code, found=issue.people, omitted=issue.omitted, purpose=issue.purpose)
    return _list(drawn) | {"issues": [_issue(each) for each in issues.of(drawn)]}


@use_case(Permission.LIST_APPROVE, confirmed=True)
def grant(actor: Actor, /, code: str, *, organisation: str | None = None, **terms: Any) -> Sheet:
    """Open the issue in force to the organisation of a hand-over agreement."""
    drawn = lists.locate(actor.scope, code, lock=True)
    opened = issues.grant(issues.current(drawn), organisation, issues.Terms(**terms), actor.account_id)
    note(list=code, grant=opened.id, to=opened.organisation_id, fields=opened.fields, agreement=opened.agreement)
    return _terms(opened)


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
        _terms(opened) | {name: getattr(issue, name) for name in names} | {"organisation": to}
        for opened, issue, to in open_now
    ]


@use_case(Permission.GRANT_WIDEN, confirmed=True)
def widen(actor: Actor, grant_id: int, *, rows: int, pulls_a_day: int) -> Sheet:
    """Let a grant carry more rows or more pulls a day."""
    note(grant=grant_id, rows=rows, pulls_a_day=pulls_a_day)
    return _terms(issues.widen(grant_id, rows=rows, pulls_a_day=pulls_a_day, by=actor.id))


@use_case(Permission.LIST_APPROVE)
def close(actor: Actor, code: str) -> Sheet:
    """Close a list and recall its issue: whoever pulled it is told to stop contacting anybody from it."""
    drawn = lists.locate(actor.scope, code, lock=True)
    # A file that is about to leave has left by then, and is recalled too; or it is refused.
    ledger.hold()
    lists.close(drawn)
    issues.recall(drawn)
    stops.recall([pull.handover_id for issue in issues.of(drawn) for pull, _sheet in pulls.of(issue)])
    note(list=code)
    return _list(drawn)


@use_case(Permission.LIST_PULL, Shape.READ)
def granted(actor: Actor) -> list[Sheet]:
    """Return the issues the actor's organisation may pull today."""
    open_now = issues.open_to(actor.organisation_id)
    note(found=len(open_now))
    return [_terms(opened) | _brief(issue) for opened, issue in open_now]


@use_case(Permission.LIST_PULL, Shape.READ)
def made_pulls(actor: Actor, code: str) -> list[Sheet]:
    """Return the pulls the actor's organisation made, each with the codes of the people to stop contacting."""
    issue = issues.located(actor.organisation_id, code)
    note(issue=code)
    made = pulls.of(issue, actor.organisation_id)
    told = pulls.waiting([pull for pull, _sheet in made])
    return [sheet | told[pull.id] | _stops(pull, issue) for pull, sheet in made]


@use_case(Permission.LIST_PULL, Shape.READ)
def to_acknowledge(actor: Actor) -> list[Sheet]:
    """Return the pulls of the actor's organisation of which stop notices wait, though their issue is open no more."""
    found = pulls.to_acknowledge(actor.organisation_id)
    note(found=len(found))
    return found


@use_case(Permission.LIST_PULL)
def acknowledge(actor: Actor, code: str, *, notice: int) -> Sheet:
    """Write down that the stop notices of a pull were heeded, up to the last one that was seen."""
    taken, issue = pulls.located(actor.organisation_id, code)
    done = stops.acknowledge(taken.handover_id, notice, actor.account_id)
    note(issue=issue.code, pull=code, found=done)
    return {"issue": issue.code, "pull": code, "acknowledged": done}


@use_case(Permission.LIST_PULL, Shape.SEAL, confirmed=True)
def pull(actor: Actor, code: str, *, reason: str, format: Format, language: str = "vi") -> File:  # noqa: A002 - as on the wire
    """Give the organizer, sealed, those of an issue who may be contacted at this moment."""
    wanted = Wanted(codes.fresh("LL"), code, reason, format, language)
    content, taken = pulls.take(actor, wanted)
    unless_recorded(content.close)
    note(issue=code, pull=taken.code, found=taken.people, purpose=reason, digest=taken.digest)
    return File(content, f"{taken.code}.{format}", files.MEDIA[format], taken.code, taken.people)


def _moved(actor: Actor, code: str, move: Any, *args: Any) -> Sheet:
    drawn = lists.locate(actor.scope, code, lock=True)
    move(drawn, *args)
    note(list=code, state=drawn.state)
    db.session.flush()
    return _list(drawn)


def _occasion(held: Occasion) -> Sheet:
    names = ("code", "kind", "title", "description", "place", "country", "starts_on", "ends_on")
    return {name: getattr(held, name) for name in names}


def _list(drawn: OutreachList) -> Sheet:
    names = ("code", "version", "title", "purpose", "channels", "fields", "filter", "state", "remarks", "scope")
    return {name: getattr(drawn, name) for name in names} | {
        "occasion": _occasion(drawn.occasion),
        "is_spent": lists.is_spent(drawn),
        "author_id": drawn.author_id,
    }


def _brief(issue: Issue) -> Sheet:
    names = ("code", "number", "state", "purpose", "channels", "people", "digest", "published_at")
    return {name: getattr(issue, name) for name in names} | {"title": issue.outreach_list.title}


def _stops(pull: Pull, issue: Issue) -> Sheet:
    """Return whom to stop contacting; of a list that was closed everybody, who are not told one by one."""
    if lists.is_closed(issue.outreach_list):
        return {"recalled": True, "stop": [], "notices": []}
    codes = disclosure.codes_of(pulls.stopped(pull, issue))
    return {"recalled": False, "stop": [*codes.values()], "notices": pulls.notices(pull, issue)}


def _issue(issue: Issue) -> Sheet:
    made = pulls.of(issue)
    told = pulls.waiting([pull for pull, _sheet in made])
    return _brief(issue) | {
        "omitted": issue.omitted,
        "changes": issue.changes,
        "grants": [_terms(opened) | {"organisation": name} for opened, name in issues.grants(issue)],
        "pulls": [
            sheet | told[pull.id] | {"stopped": disclosure.count(pulls.stopped(pull, issue))} for pull, sheet in made
        ],
    }


def _place(one: Place) -> Sheet:
    names = ("code", "number", "state", "purpose", "published_at")
    told = {name: getattr(one.issue, name) for name in names} | {"list": one.issue.outreach_list.code}
    answer = {name: getattr(one, name) for name in ("line", "channel", "signed_at")}
    inside = one.verdict == INSIDE
    answer |= {"inside": inside, "reason": None if inside else one.verdict}
    return told | {"title": one.issue.outreach_list.title} | answer


def _terms(opened: Grant) -> Sheet:
    names = ("fields", "formats", "until", "agreement", "rows", "pulls_a_day")
    title = agreements.title(opened.agreement)
    return {name: getattr(opened, name) for name in names} | {"grant": opened.id, "agreement_title": title}

"""What an organizer does: take what is granted to their organisation, and stop where they are told to."""

from dataclasses import dataclass
from typing import Any, BinaryIO

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, unless_recorded, use_case
from kieubao.consent import stops
from kieubao.ground import codes
from kieubao.occasions import agenda
from kieubao.outreach import files, issues, lists, pulls
from kieubao.outreach.models import Issue, Pull
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


@use_case(Permission.LIST_PULL, Shape.READ)
def granted(actor: Actor) -> list[Sheet]:
    """Return the issues the actor's organisation may pull today."""
    open_now = issues.open_to(actor.organisation_id)
    note(found=len(open_now))
    return [issues.terms(opened) | issues.brief(issue) for opened, issue in open_now]


@use_case(Permission.LIST_PULL, Shape.READ)
def made_pulls(actor: Actor, code: str) -> list[Sheet]:
    """Return the pulls the actor's organisation made, each with the codes of the people to stop contacting."""
    issue = issues.located(actor.organisation_id, code)
    note(issue=code)
    made = pulls.of(issue, actor.organisation_id)
    told = pulls.waiting([pull for pull, _sheet in made])
    return [sheet | told[pull.id] | _stops(pull, issue) for pull, sheet in made]


@use_case(Permission.LIST_PULL, Shape.READ)
def occasion(actor: Actor, code: str) -> Sheet:
    """Return the occasion of an issue the actor's organisation may pull today."""
    issue = issues.open_one(actor.organisation_id, code)[1]
    note(issue=code)
    return agenda.sheet(issue.outreach_list.occasion)


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
    done = stops.acknowledge(pulls.files_of(taken), notice, actor.account_id)
    note(issue=issue.code, pull=code, found=done)
    return {"issue": issue.code, "pull": code, "acknowledged": done}


@use_case(Permission.LIST_PULL, Shape.SEAL, confirmed=True)
def pull(  # noqa: PLR0913 - what is asked for, and how it is written
    actor: Actor,
    code: str,
    *,
    reason: str,
    format: Format,  # noqa: A002 - as on the wire
    language: str = "vi",
    site: str = "",
) -> File:
    """Give the organizer, sealed, those of an issue who may be contacted at this moment.

    `site`: the address of this service, at which they answer.
    """
    wanted = Wanted(codes.fresh("LL"), code, reason, format, language, site)
    content, taken = pulls.take(actor, wanted)
    unless_recorded(content.close)
    note(issue=code, pull=taken.code, found=taken.people, purpose=reason, digest=taken.digest)
    return File(content, files.name(taken.code, format), files.MEDIA[format], taken.code, taken.people)


def _stops(pull: Pull, issue: Issue) -> Sheet:
    """Return whom to stop contacting; of a list that was closed everybody, who are not told one by one."""
    if lists.is_closed(issue.outreach_list):
        return {"recalled": True, "stop": [], "notices": []}
    codes = disclosure.codes_of(pulls.stopped(pull, issue))
    return {"recalled": False, "stop": [*codes.values()], "notices": pulls.notices(pull, issue)}

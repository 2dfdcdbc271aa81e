"""What whoever invited records of the people in their files: answers, and who came."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.db import db
from kieubao.ground.errors import KieubaoError, NotFound, _
from kieubao.occasions import agenda, turnout
from kieubao.occasions.turnout import Said
from kieubao.outreach import issues, pulls
from kieubao.outreach.models import Issue
from kieubao.people import disclosure

Sheet = dict[str, Any]


@use_case(Permission.LIST_PULL)
def record(actor: Actor, code: str, person: str, said: Said) -> Sheet:
    """Write down what somebody in a file of the actor's organisation said, or that they came; return what is known.

    As `all_of`: of who is not to be known more of, that is no more than was sent.
    """
    issue = issues.located(actor.organisation_id, code)
    ids = _ids(actor, issue)
    for error in _record(actor, issue, ids, {person: said}).values():
        raise error
    note(issue=code, found=1)
    return {"person": person} | _known(actor, issue, [ids[person]]).get(ids[person], vars(said))


@use_case(Permission.LIST_PULL)
def record_all(actor: Actor, code: str, said: Mapping[str, Said]) -> dict[str, KieubaoError]:
    """Write down what people in the files of the actor's organisation said, by their codes.

    Return of whom it was not written down, and why.
    """
    issue = issues.located(actor.organisation_id, code)
    refused = _record(actor, issue, _ids(actor, issue), said)
    note(issue=code, found=len(said) - len(refused), refused=len(refused))
    return refused


@use_case(Permission.LIST_PULL, Shape.READ)
def all_of(actor: Actor, code: str) -> Sheet:
    """Return what is known of the people in the files of the actor's organisation, by their codes; no names.

    Of who may no longer be contacted nothing, where others than the organisation wrote down some of it.
    """
    issue = issues.located(actor.organisation_id, code)
    ids = _ids(actor, issue)
    known = _known(actor, issue, pulls.handed_over(issue, actor.organisation_id))
    note(issue=code, found=len(known))
    told = [{"person": one, **known[person]} for one, person in ids.items() if person in known]
    return {"issue": issues.brief(issue), "people": len(ids), "responses": told}


def _known(actor: Actor, issue: Issue, people: Select[int] | Sequence[int]) -> dict[int, Sheet]:
    gone = {*db.session.scalars(pulls.gone(issue, actor.organisation_id))}
    known = turnout.known(issue.outreach_list.occasion, people, to=actor.organisation_id)
    return {person: sheet for person, sheet in known.items() if not (sheet["theirs"] and person in gone)}


def _record(actor: Actor, issue: Issue, ids: Mapping[str, int], said: Mapping[str, Said]) -> dict[str, KieubaoError]:
    held = agenda.locate(issue.outreach_list.occasion.code, lock=True)
    codes = {ids[code]: code for code in said if code in ids}
    refused = turnout.record(held, {person: said[code] for person, code in codes.items()}, actor.account_id)
    unknown = NotFound(_("Nobody of this code is in a file you took of this issue"))
    return {code: unknown for code in said if code not in ids} | {codes[one]: why for one, why in refused.items()}


def _ids(actor: Actor, issue: Issue) -> dict[str, int]:
    """Return the people in the files an organisation took of an issue, by their codes."""
    codes = disclosure.codes_of(pulls.handed_over(issue, actor.organisation_id))
    return {code: person for person, code in codes.items()}

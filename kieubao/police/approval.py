"""What others than the desk decide: that it is enabled at all, what one more has to agree to, and complaints."""

from collections.abc import Mapping
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import handover
from kieubao.ground.errors import Forbidden, _
from kieubao.police import complaints, decisions, deferrals, mandates, requests, tellings
from kieubao.police.models import DisclosureRequest
from kieubao.police.vocabulary import End

Sheet = dict[str, Any]


@use_case(Permission.MANDATE_KEEP, Shape.READ)
def all_mandates(actor: Actor) -> list[Sheet]:
    """Return every mandate of the desk, the latest first."""
    return mandates.every()


@use_case(Permission.MANDATE_PROPOSE, confirmed=True)
def propose_mandate(actor: Actor, said: Mapping[str, Any]) -> None:
    """Propose that the desk is enabled, by an instrument."""
    note(mandate=mandates.propose(actor.account_id, said).code)


@use_case(Permission.MANDATE_PROPOSE, confirmed=True)
def second_mandate(actor: Actor, code: str) -> None:
    """Agree, as another administrator, that the desk is enabled."""
    mandates.second(code, actor.account_id)
    note(mandate=code)


@use_case(Permission.MANDATE_CONFIRM, confirmed=True)
def confirm_mandate(actor: Actor, code: str) -> None:
    """Enable the desk for twelve months."""
    mandates.confirm(code, actor.account_id)
    note(mandate=code)


@use_case(Permission.MANDATE_KEEP, confirmed=True)
def end_mandate(actor: Actor, code: str) -> None:
    """Close the desk, or drop what was proposed."""
    mandates.finish(code, actor.account_id)
    note(mandate=code)


@use_case(Permission.DISCLOSURE_APPROVE, Shape.READ)
def approvals(actor: Actor) -> list[Sheet]:
    """Return what waits for the head of the department: requests, renewals of deferrals, and complaints."""
    _require_province(actor)
    more = {*deferrals.waiting(), *complaints.waiting()}
    found = requests.waiting(approval=True)
    codes = {sheet["code"] for sheet in found}
    found += [sheet for sheet in requests.several(more) if sheet["code"] not in codes]
    note(found=len(found))
    return found


@use_case(Permission.DISCLOSURE_APPROVE, Shape.READ)
def to_approve(actor: Actor, code: str) -> Sheet:
    """Return what the head of the department is to agree to: what is given of whom, and why."""
    _require_province(actor)
    note(request=code)
    one = requests.any_of(code)
    if not (one.checks or complaints.of(one)):
        raise requests.absent()
    return decisions.whole(actor.scope, one)


@use_case(Permission.DISCLOSURE_APPROVE, confirmed=True)
def approve(actor: Actor, code: str) -> None:
    """Agree, as the head of the department, to what the protection officer decided."""
    mandates.held()
    one = _held(actor, code)
    until = decisions.agree(one, actor)
    note(request=code, deferred=one.deferred)
    decisions.conclude(one, until)


@use_case(Permission.DISCLOSURE_APPROVE, confirmed=True)
def not_approve(actor: Actor, code: str) -> None:
    """Do not agree: nothing is given, and whoever is known to have been asked for is told."""
    one = _held(actor, code)
    decisions.refuse_unapprovable(one, actor.account_id)
    note(request=code)
    decisions.drop(one, End.NOT_APPROVED)


@use_case(Permission.DISCLOSURE_APPROVE, confirmed=True)
def approve_renewal(actor: Actor, code: str) -> None:
    """Agree that those asked for are told 30 days later still."""
    mandates.held()
    one = _held(actor, code)
    until = deferrals.renew(one, actor.account_id)
    tellings.put_off(one.id, until)
    handover.tell_from(one.code, until)
    note(request=code, until=until.isoformat())


@use_case(Permission.DISCLOSURE_APPROVE)
def answer_complaint(actor: Actor, code: str, *, upheld: bool, words: str) -> None:
    """Answer what somebody complained of about a request: of several, what waits longest."""
    one = _held(actor, code)
    complaints.answer(one, actor.account_id, upheld=upheld, words=words)
    note(request=code, upheld=upheld)


def _held(actor: Actor, code: str) -> DisclosureRequest:
    """Find a request that concerns the head of the department. Raises NotFound, Forbidden for the unit that asks."""
    _require_province(actor)
    one = requests.any_of(code, lock=True)
    if one.unit_id == actor.organisation_id:
        raise Forbidden(_("Nobody decides what their own organisation asks"))
    return one


def _require_province(actor: Actor) -> None:
    """Raise NotFound for an approver who does not see the whole province, and so is no head of the department."""
    if actor.office not in actor.scope.units:
        raise requests.absent()

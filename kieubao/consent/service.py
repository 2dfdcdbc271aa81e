"""Notices and hand-over agreements. What a person says is recorded where the person is known: in `people.service`."""

from datetime import date
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import agreements, notices
from kieubao.ground.errors import Forbidden, _

Sheet = dict[str, Any]


@use_case(Permission.NOTICE_WRITE)
def draft_notice(actor: Actor, /, code: str, *, seen: str | None = None, **text: Any) -> Sheet:
    """Write what is to be the next version of a notice, in both languages; nobody is shown it until it is approved."""
    note(notice=code)
    return notices.drafted(notices.draft(code, actor.account_id, seen, **text).id)


@use_case(Permission.NOTICE_WRITE)
def drop_notice_draft(actor: Actor, draft_id: int) -> None:
    note(notice=notices.drop(draft_id))


@use_case(Permission.NOTICE_APPROVE, confirmed=True)
def approve_notice(actor: Actor, draft_id: int, *, digest: str, in_force_on: date) -> Sheet:
    """Make a draft, as it was seen, the next version of its notice; it is never changed again."""
    if not actor.scope.provinces:
        raise Forbidden(_("Only who may see the whole province approves a notice"))
    approved = notices.approve(draft_id, actor.account_id, digest, in_force_on)
    note(notice=f"{approved.code}/{approved.version}", digest=approved.digest)
    return notices.one(approved.id)


@use_case(Permission.REFERENCE_READ, Shape.READ)
def notice(actor: Actor, notice_id: int) -> Sheet:
    sheet = notices.one(notice_id)
    note(notice=sheet["reference"])
    return sheet


@use_case(Permission.REFERENCE_READ, Shape.READ)
def notice_drafts(actor: Actor) -> list[Sheet]:
    return notices.drafts()


@use_case(Permission.REFERENCE_READ, Shape.READ)
def notice_draft(actor: Actor, draft_id: int) -> Sheet:
    sheet = notices.drafted(draft_id)
    note(notice=sheet["code"])
    return sheet


@use_case(Permission.REFERENCE_READ, Shape.READ)
def list_notices(actor: Actor) -> list[Sheet]:
    return notices.listed()


@use_case(Permission.AGREEMENT_WRITE)
def write_agreement(actor: Actor, /, organisation: str, **terms: Any) -> Sheet:
    """Add a hand-over agreement with an organisation, with the seven items of NĐ Đ7.1."""
    written = agreements.write(organisation, actor.id, **terms)
    note(agreement=written.code, to=written.organisation_id)
    return agreements.one(written.code)


@use_case(Permission.AGREEMENT_WRITE)
def end_agreement(actor: Actor, code: str, *, reason: str) -> Sheet:
    """End an agreement before its time: nothing more is pulled under it."""
    note(agreement=agreements.end(code, reason, actor.id).code, purpose=reason)
    return agreements.one(code)


@use_case(Permission.AGREEMENT_WRITE, Shape.READ)
def all_agreements(actor: Actor) -> list[Sheet]:
    return agreements.every()


@use_case(Permission.AGREEMENT_WRITE, Shape.READ)
def agreement(actor: Actor, code: str) -> Sheet:
    note(agreement=code)
    return agreements.one(code)

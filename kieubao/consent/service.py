"""Notices and hand-over agreements. What a person says is recorded where the person is known: in `people.service`."""

from datetime import date
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import agreements, notices
from kieubao.consent.vocabulary import Purpose

Sheet = dict[str, Any]


@use_case(Permission.NOTICE_WRITE)
def write_notice(actor: Actor, /, code: str, *, purposes: list[Purpose], in_force_on: date, **text: str) -> Sheet:
    """Add the next version of a notice: its title and text in both languages."""
    notice = notices.write(code, purposes=[p.value for p in purposes], in_force_on=in_force_on, **text)
    note(notice=f"{code}/{notice.version}")
    return {"reference": f"{code}/{notice.version}", "digest": notice.digest}


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

"""Notices. What a person says is recorded where the person is known: in `people.service`."""

from datetime import date
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.consent import notices
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

"""Every use case there is: who may not is refused before anything is looked at; which ask for a proof, which open."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from kieubao.access.models import AuditEntry
from kieubao.access.roles import GRANTS, PUBLIC, SYSTEM
from kieubao.access.use_case import CONFIRMED, OPENING
from kieubao.db import db
from kieubao.ground.errors import ConfirmNeeded, Forbidden
from tests.test_house import USE_CASES

CONFIRMING = {
    *("access.decide", "access.disable", "access.issue_token", "access.propose"),
    *("entry.change_password", "entry.end_sessions", "rights.erase", "consent.approve_notice", "retention.erase"),
    *(
        "outreach.approve",
        "outreach.grant",
        "outreach.publish",
        "outreach.pull",
        "outreach.widen",
        "outreach.co_approve",
    ),
    *("police.endorse", "police.open", "police.decide", "police.reply", "police.approve", "police.not_approve"),
    *("police.propose_mandate", "police.second_mandate", "police.confirm_mandate", "police.end_mandate"),
    "police.approve_renewal",
}
OPENS = {f"people.{name}" for name in ("inspect", "read", "consents", "timeline", "amend", "tie", "untie")}
OPENS |= {
    "rights.give_receipt",
    "visits.give_link",
    "visits.message",
    "rights.answer",
    "rights.consent_form",
    "rights.read_scan",
    "people.add_contact",
    "people.retire_contact",
    "duplicates.one_pair",
}
NAMES = {f"{one.__module__.split('.')[1]}.{one.__name__}": one for one in USE_CASES}


def outcomes():
    db.session.rollback()
    return {tuple(row) for row in db.session.execute(select(AuditEntry.outcome, AuditEntry.role))}


def test_who_may_not_is_refused_before_anything_is_looked_at(cast):
    """Nothing is given to look at: the acts are never begun."""
    everybody = {**cast, "public": PUBLIC, "system": SYSTEM}
    for act in USE_CASES:
        for role, actor in everybody.items():
            if act.permission not in GRANTS[role]:
                with pytest.raises(Forbidden):
                    act(actor)
    assert outcomes() == {("forbidden", role) for role in everybody}


def test_what_asks_for_a_proof_asks_for_it_before_anything_is_looked_at(cast):
    assert CONFIRMED & set(NAMES) == CONFIRMING
    for name in CONFIRMING:
        role = next(role for role in cast if NAMES[name].permission in GRANTS[role])
        with pytest.raises(ConfirmNeeded):
            NAMES[name](replace(cast[role], confirmed=False))


def test_what_opens_a_record_is_counted_as_opening():
    assert OPENING & set(NAMES) == OPENS

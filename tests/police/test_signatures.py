"""Nobody decides alone, whoever writes in the database: constraints and triggers on both engines."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from kieubao.db import db, writing
from kieubao.police import approval, office, service
from kieubao.walls import Sight, confined
from tests import factories
from tests.police.asking import asked, desk, entered, filed, gives, released


@pytest.fixture
def d(app):
    return desk()


@pytest.fixture
def dao(app):
    return factories.person(born="1968")


def written(statement, **values):
    """Write as the application's role, past every use case."""
    with confined(Sight(everyone=True)):
        writing()
        try:
            return db.session.execute(text(statement), values).rowcount
        finally:
            db.session.commit()


def refused(statement, **values):
    with pytest.raises(DBAPIError):
        written(statement, **values)
    db.session.rollback()


def test_nobody_endorses_decides_or_agrees_to_what_they_asked(d):
    code = service.file(d.officer, asked())["code"]
    refused("UPDATE disclosure_request SET endorsed_by = :me WHERE code = :code", me=d.officer.id, code=code)
    approve = "UPDATE disclosure_request SET approved_by = :me, department_id = unit_id WHERE code = :code"
    refused(approve, me=d.officer.id, code=code)
    office = d.officer.organisation_id
    own = "UPDATE disclosure_request SET decided_by = :me, office_id = :office WHERE code = :code"
    refused(own, me=d.officer.id, office=office, code=code)


def test_nobody_signs_for_an_organisation_that_is_not_theirs(d):
    code = service.file(d.officer, asked())["code"]
    refused("UPDATE disclosure_request SET endorsed_by = :one WHERE code = :code", one=d.chief.id, code=code)
    service.endorse(d.head, code)
    decide = "UPDATE disclosure_request SET decided_by = :one, office_id = :office WHERE code = :code"
    refused(decide, one=d.protection.id, office=d.admin.organisation_id, code=code)


RELEASE = "UPDATE disclosure_request SET released_at = filed_at WHERE code = :code"


def test_nothing_is_released_before_three_have_signed(d, dao):
    code = service.file(d.officer, asked())["code"]
    refused(RELEASE, code=code)
    service.endorse(d.head, code)
    refused(RELEASE, code=code)
    inside = factories.actor("protection_officer", organisation="Công an tỉnh Hà Tĩnh")
    decide = (
        "UPDATE disclosure_request SET decided_by = :one, office_id = :office, released_at = filed_at"
        " WHERE code = :code"
    )
    refused(decide, one=inside.id, office=inside.organisation_id, code=code)
    assert written(decide, one=d.protection.id, office=d.protection.organisation_id, code=code) == 1


def test_a_paper_is_not_released_by_whoever_entered_it_alone(d, dao):
    code = entered(d)
    office.decide(d.protection, code, [gives(dao, items=("name",))], None)
    refused(RELEASE, code=code)
    approve = (
        "UPDATE disclosure_request SET approved_by = :one, department_id = :its, released_at = filed_at"
        " WHERE code = :code"
    )
    its = d.chief.organisation_id
    refused(approve, one=d.protection.id, its=its, code=code)
    inside = factories.actor("approver", organisation="Công an tỉnh Hà Tĩnh")
    refused(approve, one=inside.id, its=inside.organisation_id, code=code)
    refused(approve, one=d.chief.id, its=d.admin.organisation_id, code=code)
    assert written(approve, one=d.chief.id, its=its, code=code) == 1


def test_what_waits_for_one_more_is_not_released_without_them_nor_waits_any_less(d, dao):
    code = filed(d)
    office.decide(d.protection, code, [gives(dao, items=("name",))], ("life", "bị đe dọa"))
    refused(RELEASE, code=code)
    for column, value in (("checks", "'[]'"), ("deferred", "false"), ("line", "99"), ("entry", "1")):
        refused(f"UPDATE disclosure_request SET {column} = {value} WHERE code = :code", code=code)


def test_what_was_signed_is_not_changed_nor_who_asked(d, dao):
    code = released(d, dao)
    for column in ("filed_by", "unit_id", "by_desk", "officer_id", "filed_at", "officer", "mandate_id"):
        refused(f"UPDATE disclosure_request SET {column} = NULL WHERE code = :code", code=code)
    for column in ("endorsed_by", "decided_by", "office_id", "released_at", "line"):
        refused(f"UPDATE disclosure_request SET {column} = NULL WHERE code = :code", code=code)
    refused("UPDATE disclosure_request SET ended = 'refused' WHERE code = :code", code=code)


def test_it_is_not_shown_a_fourth_time_nor_a_fourth_person_asked_for(d, dao):
    code = released(d, dao)
    for _ in range(3):
        service.open(d.officer, code)
    more = "INSERT INTO disclosure_view (request_id, number, account_id, at) SELECT id, {number}, filed_by, filed_at"
    for number in (3, 4):
        refused(f"{more.format(number=number)} FROM disclosure_request WHERE code = :code", code=code)
    asked_for = (
        "INSERT INTO disclosure_subject (request_id, number) SELECT id, 4 FROM disclosure_request WHERE code = :code"
    )
    refused(asked_for, code=code)


def test_a_deferral_is_not_agreed_to_by_who_proposed_it_nor_a_sixth_time(d, dao):
    code = filed(d)
    office.decide(d.protection, code, [gives(dao, items=("name",))], ("life", "bị đe dọa"))
    refused("UPDATE disclosure_deferral SET approved_by = proposed_by")
    approval.approve(d.chief, code)
    refused("UPDATE disclosure_deferral SET until = proposed_at")
    refused("UPDATE disclosure_deferral SET approved_by = :other", other=d.other_chief.id)
    refused("UPDATE disclosure_deferral SET before_by = approved_by")
    refused("UPDATE disclosure_deferral SET number = 6")


def test_the_desk_is_not_enabled_by_two(d):
    enabled = "UPDATE police_mandate SET {column} = :one"
    refused(enabled.format(column="seconded_by"), one=d.admin.id)
    refused(enabled.format(column="confirmed_by"), one=d.second.id)
    refused(enabled.format(column="seconded_by"), one=d.chief.id)
    refused("UPDATE police_mandate SET lapses_on = :day", day="2036-01-01")
    same = "mode, instrument, issuer_name, issued_on, proposed_by, proposed_at, lapses_on"
    alone = f"INSERT INTO police_mandate (code, {same}) SELECT 'UQ-1', {same} FROM police_mandate"
    refused(alone)


def test_a_complaint_is_not_answered_by_who_wrote_it_down(d, dao):
    code = released(d, dao)
    office.complain(d.protection, code, asked()["case_on"], "không đúng người")
    refused("UPDATE disclosure_complaint SET answered_by = filed_by")

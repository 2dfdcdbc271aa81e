"""The record of processing: what the office says stays in versions; the rest the registry knows itself."""

import pytest
from sqlalchemy import delete, update
from sqlalchemy.exc import DatabaseError

from kieubao.consent.vocabulary import Purpose
from kieubao.db import db
from kieubao.ground.errors import Forbidden, Invalid, NotFound, Stale
from kieubao.outreach import organizer
from kieubao.outreach.vocabulary import Format
from kieubao.oversight import register, service
from kieubao.oversight.models import RegisterEntry
from tests import factories

SAID = {
    "data_kinds": "Họ tên, kênh liên lạc",
    "subjects": "Kiều bào, thân nhân",
    "legal_basis": "consent",
    "legal_document": "Phiếu đồng ý mẫu 01",
    "retention": "Đến khi rút lại",
    "protection": "Mã hóa, nhật ký",
    "abroad": False,
    "abroad_note": None,
}


@pytest.fixture
def officer(cast):
    return cast["protection_officer"]


def of(officer, purpose="events"):
    return next(one for one in service.whole_register(officer) if one["purpose"] == purpose)


def test_every_purpose_is_there_and_says_so_where_nothing_was_written(officer):
    whole = service.whole_register(officer)
    assert [one["purpose"] for one in whole] == [purpose.value for purpose in Purpose]
    assert {one["said"] for one in whole} == {None}


def test_another_version_stands_over_the_one_before(officer):
    assert service.write_register(officer, "events", version=0, **SAID) == 1
    assert service.write_register(officer, "events", version=1, **{**SAID, "retention": "3 năm"}) == 2
    sheet = service.registered(officer, "events")
    assert [(one["version"], one["retention"]) for one in sheet["versions"]] == [(2, "3 năm"), (1, "Đến khi rút lại")]
    assert of(officer)["said"]["retention"] == "3 năm"
    for act in (update(RegisterEntry).values(retention="x"), delete(RegisterEntry)):
        with pytest.raises(DatabaseError, match=r"only added to|permission denied"):
            db.session.execute(act)
        db.session.rollback()


def test_who_was_faster_is_told(officer):
    service.write_register(officer, "events", version=0, **SAID)
    with pytest.raises(Stale) as refused:
        service.write_register(officer, "events", version=0, **{**SAID, "retention": "3 năm"})
    assert (refused.value.theirs, refused.value.yours) == (
        {"retention": "Đến khi rút lại"},
        {"retention": "3 năm"},
    )


def test_a_transfer_abroad_says_where_to(officer):
    with pytest.raises(Invalid) as refused:
        service.write_register(officer, "events", version=0, **{**SAID, "abroad": True})
    assert refused.value.field == "abroad_note"


def test_a_purpose_that_is_none(officer):
    with pytest.raises(NotFound):
        service.registered(officer, "spying")


def test_what_the_registry_knows_itself(cast, officer):
    issue = published_to(cast)
    organizer.pull(cast["organizer"], issue.code, reason="in giấy mời", format=Format.CSV).content.close()
    known = of(officer)
    assert (known["fields"], known["notices"]) == (["country", "name"], ["events/1"])
    (to,) = known["recipients"]
    assert (to["organisation"], to["times"], to["agreements"]) == ("Sở Ngoại vụ", 1, ["01/TT-BG"])
    assert of(officer, "investment")["recipients"] == []


def test_fewer_than_ten_people_are_not_counted_out_loud(cast, officer):
    for _one in range(register.SMALL - 1):
        factories.consent(factories.person().id)
    assert of(officer)["people"] is None
    factories.consent(factories.person().id)
    assert of(officer)["people"] == register.SMALL


def test_only_the_officer_writes(cast):
    for role in set(cast) - {"protection_officer"}:
        with pytest.raises(Forbidden):
            service.write_register(cast[role], "events", version=0, **SAID)
        with pytest.raises(Forbidden):
            service.whole_register(cast[role])


def published_to(cast):
    factories.consent(factories.person(contact_points=[{"channel": "email", "value": "a@example.com"}]).id)
    return factories.published(cast["clerk"], cast["approver"], cast["organizer"])

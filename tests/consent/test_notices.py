"""Notices: versions are only added, and a consent cites one that was in force and speaks of its purpose."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from kieubao.consent import notices, service, wordings
from kieubao.consent.models import Notice
from kieubao.consent.notices import ITEMS
from kieubao.consent.schemas import NoticeForm
from kieubao.consent.vocabulary import Purpose
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound
from tests import factories
from tests.pages.province import reader, sign_in_accounts

DAY = date(2026, 1, 1)
TEXT = {"title_vi": "Thông báo", "title_en": "Notice", "text_vi": "Nội dung", "text_en": "Text"}


def write(code="events", **fields):
    return notices.write(code, **{"purposes": ["events"], "in_force_on": DAY, **TEXT, **fields})


def test_versions_are_counted_by_code(app):
    assert [write(code).version for code in ("events", "events", "life", "events")] == [1, 2, 1, 3]
    assert [one["reference"] for one in notices.listed()] == ["events/1", "events/2", "events/3", "life/1"]


@pytest.mark.parametrize("changed", [{"code": "life"}, {"text_vi": "Nội dung "}, {"title_en": "x"}, {"purposes": []}])
def test_a_digest_is_over_every_word(app, changed):
    first = write()
    assert write(**changed).digest != first.digest
    assert len(first.digest) == 64


@pytest.mark.parametrize("code", ["events", "sự kiện", "a/b"])
def test_what_was_shown_is_found_by_its_reference(app, code):
    write(code)
    second = write(code)
    assert notices.shown(f"{code}/2", [Purpose.EVENTS], DAY) == second.id


BAD = ["events", "events/", "events/2", "events/²", "events/01", "events/-1", f"events/{'9' * 30}", "/1", "life/1", ""]


def test_what_was_never_shown_is_refused_by_its_field(app):
    write()
    for reference in BAD:
        with pytest.raises(Invalid) as refused:
            notices.shown(reference, [Purpose.EVENTS], DAY)
        assert refused.value.field == "notice", reference


@pytest.mark.parametrize(("purposes", "on"), [([Purpose.EVENTS], date(2025, 12, 31)), (list(Purpose), DAY)])
def test_a_notice_does_not_prove_what_it_does_not_say(app, purposes, on):
    write()
    with pytest.raises(Invalid) as refused:
        notices.shown("events/1", purposes, on)
    assert refused.value.field == "notice"


SAID = {"title": "Thông báo", "text": "Nội dung", **dict.fromkeys(ITEMS, "x")}
FORM = {"code": "events", "purposes": ["events"], "vi": SAID, "en": {**SAID, "title": "Notice"}}


def drafted(cast, **fields):
    return service.draft_notice(cast["protection_officer"], **NoticeForm().load({**FORM, **fields}))


def approve(cast, sheet, on=DAY, by="approver"):
    return service.approve_notice(cast[by], sheet["id"], digest=sheet["digest"], in_force_on=on)


def test_one_drafts_another_approves_and_everyone_reads(cast):
    draft = drafted(cast)
    assert service.list_notices(cast["clerk"]) == []
    with pytest.raises(Invalid):
        notices.shown("events/1", [Purpose.EVENTS], DAY)
    made = approve(cast, draft)
    assert service.notice_drafts(cast["clerk"]) == []
    for actor in cast.values():
        (one,) = service.list_notices(actor)
        assert (one["reference"], one["digest"], one["state"]) == ("events/1", made["digest"], "in_force")
        assert one["terms"]["vi"] == dict.fromkeys(ITEMS, "x")
        assert (one["title_vi"], one["title_en"]) == ("Thông báo", "Notice")
    for refused, act in (("admin", service.draft_notice), ("clerk", service.draft_notice)):
        with pytest.raises(Forbidden):
            act(cast[refused], **NoticeForm().load(FORM))
    written = db.session.scalars(select(Notice)).one()
    assert (written.written_by, written.approved_by) == (cast["protection_officer"].id, cast["approver"].id)


def test_only_what_was_seen_is_approved_and_not_by_who_wrote_it(cast):
    seen = drafted(cast)
    with pytest.raises(Conflict, match="another draft"):
        drafted(cast)
    anew = drafted(cast, digest=seen["digest"], vi={**SAID, "retention": "1 năm"})
    assert (anew["id"], anew["digest"] == seen["digest"]) == (seen["id"], False)
    with pytest.raises(Conflict, match="changed since"):
        approve(cast, seen)
    with pytest.raises(Conflict, match="Somebody else"):
        notices.approve(anew["id"], cast["protection_officer"].id, anew["digest"], DAY)
    with pytest.raises(Forbidden, match="whole province"):
        service.approve_notice(factories.actor("approver", units=["18676"]), anew["id"], digest="", in_force_on=DAY)
    assert approve(cast, anew)["terms"]["vi"]["retention"] == "1 năm"
    for again in (lambda: approve(cast, anew), lambda: service.drop_notice_draft(cast["protection_officer"], 99)):
        with pytest.raises(NotFound):
            again()


def test_a_draft_is_dropped_and_a_version_says_where_it_stands(cast):
    draft = drafted(cast)
    service.drop_notice_draft(cast["protection_officer"], draft["id"])
    assert service.notice_drafts(cast["approver"]) == []
    days = (DAY, DAY, clock.today() + timedelta(days=1))
    for day in days:
        approve(cast, drafted(cast), on=day)
    states = [one["state"] for one in service.list_notices(cast["clerk"])]
    assert states == ["superseded", "in_force", "to_come"]
    assert service.notice(cast["clerk"], 1)["reference"] == "events/1"
    with pytest.raises(NotFound):
        service.notice(cast["clerk"], 99)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_wording_to_begin_from_says_all_that_the_law_has_told_and_waits_for_lawyers(app, purpose):
    said = NoticeForm().load(wordings.proposed(purpose, "UBND tỉnh", "The Committee"))
    assert said["purposes"] == [purpose]
    assert ("pháp chế" in said["text_vi"], "legal review" in said["text_en"]) == (True, True)
    assert {language: set(items) for language, items in said["terms"].items()} == {"vi": {*ITEMS}, "en": {*ITEMS}}
    assert said["terms"]["vi"]["controller"] == "UBND tỉnh"


def test_the_form_wants_every_word(client, cast):
    headers = factories.bearer(cast["protection_officer"])
    answer = client.post("/api/v1/notices/drafts", json={"purposes": []}, headers=headers)
    assert set(answer.json["errors"]) == set(NoticeForm().fields) - {"digest"}
    made = client.post("/api/v1/notices/drafts", json=FORM, headers=headers)
    assert (made.status_code, made.json["code"]) == (201, "events")
    approver = factories.bearer(cast["approver"])
    body = {"digest": made.json["digest"], "in_force_on": "01/01/2026"}
    approved = client.post(f"/api/v1/notices/drafts/{made.json['id']}/approval", json=body, headers=approver)
    assert (approved.status_code, approved.json["reference"]) == (201, "events/1")


@pytest.mark.parametrize("notice", ["events/2", "events/²"])
def test_a_consent_that_cites_no_notice_is_422(client, cast, notice):
    write()
    code = factories.person().code
    yes = {"purposes": ["events"], "channels": ["email"], "state": "given", "method": "paper", "evidence": "phiếu"}
    body = {**yes, "signed_on": "2026-01-02", "notice": notice}
    answer = client.post(f"/api/v1/persons/{code}/consents", json=body, headers=factories.bearer(cast["clerk"]))
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["notice"])


def test_a_group_that_is_sent_as_one_value_too_is_told_so(client, cast):
    sign_in_accounts()
    told = reader(client, "protection_officer").post("/notices/drafts/new", data={"vi": "x", "vi.title": "y"})
    assert told.status_code == 422

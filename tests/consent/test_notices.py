"""Notices: versions are only added, and a consent cites one that was in force and speaks of its purpose."""

from datetime import date

import pytest

from kieubao.consent import notices, service
from kieubao.consent.schemas import NoticeForm
from kieubao.consent.vocabulary import Purpose
from kieubao.ground.errors import Forbidden, Invalid
from tests import factories

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


def test_the_protection_officer_writes_and_everyone_reads(cast):
    form = {"code": "events", "purposes": [Purpose.EVENTS], "in_force_on": DAY, **TEXT}
    made = service.write_notice(cast["protection_officer"], **form)
    with pytest.raises(Forbidden):
        service.write_notice(cast["admin"], **form)
    for actor in cast.values():
        (one,) = service.list_notices(actor)
        assert (one["reference"], one["digest"]) == (made["reference"], made["digest"])
        assert {name: one[name] for name in TEXT} == TEXT


def test_the_form_wants_every_word(client, cast):
    headers = factories.bearer(cast["protection_officer"])
    answer = client.post("/api/v1/notices", json={"purposes": []}, headers=headers)
    assert set(answer.json["errors"]) == set(NoticeForm().fields)
    body = {"code": "events", "purposes": ["events"], "in_force_on": "01/01/2026", **TEXT}
    assert client.post("/api/v1/notices", json=body, headers=headers).json["reference"] == "events/1"


@pytest.mark.parametrize("notice", ["events/2", "events/²"])
def test_a_consent_that_cites_no_notice_is_422(client, cast, notice):
    write()
    code = factories.person().code
    yes = {"purposes": ["events"], "channels": ["email"], "state": "given", "method": "paper", "evidence": "phiếu"}
    body = {**yes, "signed_on": "2026-01-02", "notice": notice}
    answer = client.post(f"/api/v1/persons/{code}/consents", json=body, headers=factories.bearer(cast["clerk"]))
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["notice"])

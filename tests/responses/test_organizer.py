"""Whoever invited records what people in their own files said, and nobody else's."""

import io

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from kieubao.access.models import Account
from kieubao.consent.vocabulary import State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Forbidden, Invalid, NotFound
from kieubao.occasions import service as occasions
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer, Presence, Speaker
from kieubao.outreach import issues
from kieubao.outreach import organizer as desk
from kieubao.outreach.models import Issue
from kieubao.people import disclosure
from kieubao.responses import organizer, rows, service
from tests import factories

COMES = Said(Answer.ACCEPTED, companions=1)


@pytest.fixture
def issue(cast):
    """Three guests, of whom two are in the file the organizer took."""
    guests = []
    for name in ("Ba", "Tư", "Năm"):
        points = [{"channel": "email", "value": f"{len(guests)}@example.com"}]
        guests.append(factories.person(f"Lê Văn {name}", contact_points=points))
        factories.consent(guests[-1].id)
    made = factories.published(cast["clerk"], cast["approver"], cast["organizer"]).code
    factories.consent(guests[2].id, State.WITHDRAWN)
    factories.pulled(cast["organizer"], made).close()
    return made, [one.code for one in guests]


def occasion_of(cast, issue):
    return desk.occasion(cast["organizer"], issue)["code"]


def test_what_is_recorded_is_of_the_files_that_were_taken(cast, issue):
    code, (ba, tu, nam) = issue
    assert organizer.record(cast["organizer"], code, ba, COMES)["answer"] == "accepted"
    with pytest.raises(NotFound, match="in a file you took"):
        organizer.record(cast["organizer"], code, nam, COMES)
    refused = organizer.record_all(
        cast["organizer"], code, {tu: Said(Answer.DECLINED), nam: COMES, ba: Said(Answer.DECLINED, companions=1)}
    )
    assert {one: type(why) for one, why in refused.items()} == {nam: NotFound, ba: Invalid}
    sheet = organizer.all_of(cast["organizer"], code)
    assert sheet["people"] == 2
    assert {row["person"]: (row["answer"], row["companions"]) for row in sheet["responses"]} == {
        ba: ("accepted", 1),
        tu: ("declined", 0),
    }
    assert not any("name" in row for row in sheet["responses"])
    counts = service.all_of(cast["clerk"], occasion_of(cast, code))["counts"]
    assert (counts["invited"], counts["accepted"], counts["declined"]) == (2, 1, 1)


def test_people_of_another_issue_or_anothers_file_are_not_recorded(cast, issue):
    code, (_ba, _tu, nam) = issue
    other = factories.actor("organizer", organisation="Sở Tài chính")
    person = disclosure.locate(cast["clerk"].scope, nam)
    factories.consent(person.id, State.RENEWED, signed_at=clock.now())
    more = factories.person("Lê Văn Sáu", contact_points=[{"channel": "email", "value": "6@example.com"}])
    factories.consent(more.id)
    # The same person in a file of another list of theirs, and in one of another organisation.
    second = factories.published(cast["clerk"], cast["approver"], cast["organizer"]).code
    factories.pulled(cast["organizer"], second).close()
    made = db.session.scalars(select(Issue).where(Issue.code == code)).one()
    office = db.session.get(Account, other.id).organisation.code
    terms = issues.Terms(["name"], ["csv"], clock.today(), factories.agreement(office))
    issues.grant(made, office, terms, cast["approver"].id)
    db.session.commit()
    factories.pulled(other, code).close()
    with pytest.raises(NotFound, match="in a file you took"):
        organizer.record(cast["organizer"], code, nam, COMES)
    assert {row["person"] for row in organizer.all_of(cast["organizer"], code)["responses"]}.isdisjoint({nam})
    assert organizer.record(other, code, nam, COMES)["answer"] == "accepted"
    invited = {
        one: service.all_of(cast["clerk"], occasion_of(cast, one))["counts"]["invited"] for one in (code, second)
    }
    assert invited == {code: 3, second: 4}


def test_nobody_elses_files(cast, issue):
    code, (ba, *_others) = issue
    stranger = factories.actor("organizer", organisation="Sở Tài chính")
    for act in (lambda: organizer.record(stranger, code, ba, COMES), lambda: organizer.all_of(stranger, code)):
        with pytest.raises(NotFound):
            act()
    for role in ("clerk", "approver", "admin", "police"):
        with pytest.raises(Forbidden):
            organizer.record(cast[role], code, ba, COMES)


def file_of(*lines, kind="csv"):
    if kind == "csv":
        content = "\n".join(",".join(line) for line in lines).encode("utf-8-sig")
    else:
        book, kept = Workbook(), io.BytesIO()
        for line in lines:
            book.active.append(line)
        book.save(kept)
        content = kept.getvalue()
    return FileStorage(io.BytesIO(content), filename=f"tra-loi.{kind}")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_is_recorded_row_by_row_and_what_cannot_be_is_told(cast, issue, kind, app):
    code, (ba, tu, nam) = issue
    sent = file_of(
        ("Danh sách khách",),
        ("Mã", "Họ tên", "Trả lời", "Số người đi cùng", "Có mặt", "Kênh", "Ghi chú"),
        (ba.lower(), "Lê Văn Ba", "nhận lời", "2", "X", "Điện thoại", "đi xe lửa"),
        (tu, "Lê Văn Tư", "không biết", "", "", "", ""),
        (nam, "Lê Văn Năm", "có", "", "", "", ""),
        (ba, "Lê Văn Ba", "Từ chối", "", "", "", ""),
        ("", "", "Từ chối", "", "", "", ""),
        kind=kind,
    )
    with app.test_request_context():
        read = rows.read(sent)
        told = rows.told_of(read, organizer.record_all(cast["organizer"], code, rows.said(read)))
    assert told["recorded"] == 1
    assert [(one["row"], one["person"]) for one in told["refused"]] == [(4, tu), (5, nam), (6, ba)]
    assert all(one["reasons"] for one in told["refused"])
    (row,) = organizer.all_of(cast["organizer"], code)["responses"]
    assert (row["answer"], row["companions"], row["presence"], row["channel"], row["note"]) == (
        "accepted", 2, "attended", "phone", "đi xe lửa",
    )  # fmt: skip


def test_a_file_says_who_was_not_reached_by_what_and_why(cast, issue, app):
    code, (ba, tu, _nam) = issue
    heading = ("Mã", "Trả lời", "Kênh", "Vì sao không liên hệ được")
    sent = file_of(
        heading,
        (ba, "không liên hệ được", "Địa chỉ thư", "THƯ BỊ TRẢ LẠI"),
        (tu, "nhận lời", "Điện thoại", "số hoặc địa chỉ sai"),
    )
    with app.test_request_context():
        read = rows.read(sent)
        told = rows.told_of(read, organizer.record_all(cast["organizer"], code, rows.said(read)))
    assert [(one["row"], one["person"]) for one in told["refused"]] == [(3, tu)]
    (row,) = organizer.all_of(cast["organizer"], code)["responses"]
    assert (row["answer"], row["channel"], row["obstacle"]) == ("unreached", "post", "returned")
    (left,) = service.left_to_do(cast["clerk"])["unreached"]
    assert (left["person"], left["tries"][0]["obstacle"]) == (ba, "returned")


def test_who_wants_no_more_contact_is_in_no_file_from_then_on(cast, issue):
    """Before a clerk has recorded it as a no, too; and of whichever list."""
    code, (ba, tu, _nam) = issue
    other = factories.published(cast["clerk"], cast["approver"], cast["organizer"]).code
    organizer.record(cast["organizer"], code, ba, Said(Answer.NO_MORE))
    for one in (code, other):
        with factories.pulled(cast["organizer"], one) as content:
            taken = content.read().decode()
        assert (ba in taken, tu in taken) == (False, True)
    factories.consent(disclosure.locate(cast["clerk"].scope, ba).id, State.RENEWED, signed_at=clock.now())
    with factories.pulled(cast["organizer"], code) as content:
        assert ba in content.read().decode()


def test_of_what_others_wrote_down_an_organisation_is_told_what_was_answered_alone(cast, issue):
    """And of who may no longer be contacted nothing but its own."""
    code, (ba, tu, _nam) = issue
    occasion = occasion_of(cast, code)
    spoken = {"said_by": Speaker.RELATIVE, "spoken_by": "con trai", "note": "ngồi xe lăn"}
    elsewhere = factories.actor("clerk", organisation="Ủy ban nhân dân xã")
    service.record(elsewhere, occasion, ba, Said(Answer.ACCEPTED, **spoken))
    organizer.record(cast["organizer"], code, tu, Said(Answer.DECLINED, **spoken))

    def told():
        return {row["person"]: row for row in organizer.all_of(cast["organizer"], code)["responses"]}

    names = ("answer", "note", "spoken_by", "account")
    assert [told()[ba][name] for name in names] == ["accepted", None, None, None]
    assert [told()[tu][name] for name in names] == ["declined", "ngồi xe lăn", "con trai", "Cán bộ organizer"]
    for one in (ba, tu):
        factories.consent(disclosure.locate(cast["clerk"].scope, one).id, State.WITHDRAWN)
    # What they say elsewhere is no part of it.
    other = occasions.hold(elsewhere, kind="event", title="Giao lưu")["code"]
    service.record(elsewhere, other, tu, Said(Answer.ACCEPTED))
    assert {*told()} == {tu}
    # Nor once it writes something down itself: the new line carries on what the others wrote.
    sent = organizer.record(cast["organizer"], code, ba, Said(presence=Presence.ABSENT))
    assert (sent["answer"], sent["presence"], {*told()}) == (None, "absent", {tu})


def test_a_file_without_codes_or_too_long_is_refused(app, monkeypatch):
    with app.test_request_context():
        for upload in (None, FileStorage(io.BytesIO(b""), filename=""), file_of(("Họ tên",), ("Lê Văn Ba",))):
            with pytest.raises(Invalid) as wrong:
                rows.read(upload)
            assert wrong.value.field == "file"
        monkeypatch.setattr(rows, "MOST", 1)
        with pytest.raises(Invalid, match="at most"):
            rows.read(file_of(("Code", "Answer"), ("KB-7F3Q-9XKC-2", "accepted"), ("KB-7F3Q-9XKC-2", "accepted")))


def test_each_answer_is_read_in_both_languages(app):
    with app.test_request_context():
        for label, presence in (("Came", "attended"), ("vắng", "absent"), ("Đã đến", "attended")):
            (row,) = rows.read(file_of(("Code", "Presence"), ("KB-7F3Q-9XKC-2", label)))
            assert row.said.presence == Presence(presence)

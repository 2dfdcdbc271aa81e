"""A form of paper in one pass: somebody, their relatives, what they agreed to; and how it is read while it is typed."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from sqlalchemy import func, select

from kieubao.access.models import AuditEntry
from kieubao.access.roles import Permission
from kieubao.consent.models import ConsentEvent
from kieubao.db import db
from kieubao.ground.errors import Alike, Forbidden, Invalid, NotFound
from kieubao.people import service
from kieubao.people.entry import EntryForm, readings, so_far
from kieubao.people.models import Duplicate, Person
from kieubao.people.vocabulary import PairState
from tests import factories

SAID = {"purposes": ["events", "investment", "information"], "channels": ["phone", "email"], "state": "given"}
SAID |= {"method": "paper", "signed_on": "14/08/2026", "evidence": "phiếu 12/2026", "notice": "of-the-day"}
MOTHER = {"tie": "mẹ", "name": "Lê Thị Sáu", "born": "1942", "phone": "01683456789"}
HUSBAND = {"tie": "chồng", "name": "Trần Văn Bảy", "kind": "abroad", "country": "Séc"}


@pytest.fixture
def clerk(cast):
    factories.notice()
    return cast["clerk"]


def entered(actor, **fields):
    entry = EntryForm().load(factories.form(**fields))
    return service.enrol(actor, entry.record, kin=entry.kin, said=entry.said)


def entries(action):
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).where(AuditEntry.action == action).order_by(AuditEntry.id)).all()


def people():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Person))


def test_a_person_with_relatives_and_consents_is_recorded_at_once(clerk):
    made = entered(clerk, gender="female", relatives=[MOTHER, HUSBAND], said=SAID)
    kin = {one["name"]: one for one in made["kinships"]}
    assert {name: (one["term"], one["gender"]) for name, one in kin.items()} == {
        "Lê Thị Sáu": ("parent", "female"),
        "Trần Văn Bảy": ("spouse", "male"),
    }
    mother = service.read(clerk, kin["Lê Thị Sáu"]["code"])
    assert [(one["code"], one["term"]) for one in mother["kinships"]] == [(made["code"], "child")]
    names = ("kind", "country", "home_text", "home_code", "source", "legal_basis", "legal_document", "born")
    assert [mother[name] for name in names] == [
        *("home", "VN", "Xã Cẩm Xuyên", "18673", "phiếu 12", "consent", "phiếu đồng ý 12/2026", "1942"),
    ]
    assert [(one["channel"], one["value"]) for one in mother["contact_points"]] == [("phone", "+84383456789")]
    husband = service.read(clerk, kin["Trần Văn Bảy"]["code"])
    assert [husband[name] for name in ("kind", "country", "home_text")] == ["abroad", "CZ", "Xã Cẩm Xuyên"]
    assert len(made["consents"]) == 6
    assert {one["state"] for one in made["consents"]} == {"given"}
    # Each of them is named in the trail, and each revision has whom they are bound to.
    assert len({one.subject for one in entries("people.enrol")}) == 3


def test_a_yes_is_by_the_notice_that_was_in_force_on_the_day_for_each_purpose(cast):
    for code, purposes in (("general", ["events", "investment"]), ("events", ["events"])):
        made = factories.notices.write(
            code,
            purposes=purposes,
            in_force_on=date(2025, 1, 1),
            **{f"{part}_{language}": "x" for part in ("title", "text") for language in ("vi", "en")},
        )
        db.session.add(made)
    later = factories.notices.write(
        "events",
        purposes=["events"],
        in_force_on=date(2026, 9, 1),
        **{f"{part}_{language}": "y" for part in ("title", "text") for language in ("vi", "en")},
    )
    db.session.commit()
    entered(cast["clerk"], said={**SAID, "purposes": ["events", "investment"]})
    shown = {one.purpose: one.notice_id for one in db.session.scalars(select(ConsentEvent))}
    assert later.id not in shown.values()
    assert shown["events"] != shown["investment"]
    with pytest.raises(Invalid) as refused:
        entered(cast["clerk"], name="Lê Văn Khác", said={**SAID, "purposes": ["delegation"]})
    assert refused.value.field == "notice"
    assert people() == 1


def test_a_no_needs_no_notice(cast):
    made = entered(cast["clerk"], said={**SAID, "state": "refused"})
    assert {one["state"] for one in made["consents"]} == {"refused"}
    assert {one.notice_id for one in db.session.scalars(select(ConsentEvent))} == {None}


def test_a_relative_may_be_on_record_already(clerk):
    mother = factories.person("Lê Thị Sáu", kind="home", country="VN")
    made = entered(clerk, relatives=[{"tie": "mẹ", "relative": mother.code}])
    assert [(one["code"], one["term"]) for one in made["kinships"]] == [(mother.code, "parent")]
    assert people() == 2
    with pytest.raises(NotFound):
        entered(clerk, name="Lê Văn Khác", relatives=[{"tie": "mẹ", "relative": "KB-7F3Q-9XKC-2"}])
    away = factories.person("Ngô Thị Xa", kind="home", country="VN", home="Xã Thạch Hà", home_unit="2025:18562")
    near = factories.actor("clerk", ("18673",))
    with pytest.raises(NotFound):
        entered(near, name="Lê Văn Khác", relatives=[{"tie": "mẹ", "relative": away.code}])
    assert people() == 3


def test_nobody_is_recorded_where_one_of_them_cannot_be(clerk):
    near = factories.actor("clerk", ("18673",))
    with pytest.raises(Invalid) as refused:
        entered(near, relatives=[{**MOTHER, "home": "Xã Thạch Hà"}])
    assert refused.value.field == "home"
    with pytest.raises(Invalid):
        entered(clerk, said={**SAID, "notice": "không có/1"})
    assert people() == 0


def test_who_may_not_record_what_people_say_does_not_do_it_along_the_way(clerk):
    less = replace(clerk, permissions=clerk.permissions - {Permission.CONSENT_RECORD})
    with pytest.raises(Forbidden):
        entered(less, said=SAID)
    assert people() == 0
    assert entered(less)["consents"] == []


def test_a_relative_too_may_be_on_record_under_another_code(clerk):
    known = factories.person("Lê Thị Sáu", kind="home", country="VN", born="1942")
    with pytest.raises(Alike) as alike:
        entered(clerk, relatives=[MOTHER])
    assert [one["code"] for one in alike.value.people] == [known.code]
    made = entered(clerk, relatives=[MOTHER], distinct_from=[known.code])
    assert made["kinships"][0]["code"] != known.code
    assert [one.state for one in db.session.scalars(select(Duplicate))] == [PairState.DIFFERENT]


@pytest.mark.parametrize(
    ("relative", "path"),
    [
        ({"tie": "mẹ"}, "name"),
        ({"name": "Lê Thị Sáu"}, "tie"),
        ({"tie": "ông", "name": "Lê Văn Tám"}, "tie"),
        ({"tie": "mẹ", "name": "Lê Thị Sáu", "phone": "12"}, "phone"),
        ({"tie": "chồng", "name": "Lê Văn Tám", "kind": "abroad", "country": "VN"}, "country"),
    ],
)
def test_what_is_wrong_with_a_relative_is_told_beside_it(app, relative, path):
    with app.test_request_context(), pytest.raises(ValidationError) as refused:
        EntryForm().load(factories.form(relatives=[relative]))
    assert list(refused.value.messages_dict["relatives"][0]) == [path]


def test_what_a_page_offers_chosen_already_says_nothing(app):
    preset = {"method": "paper", "notice": "of-the-day"}
    rows = [{"channel": "phone"}, {"channel": "email", "value": "dao@example.com"}]
    with app.test_request_context():
        entry = EntryForm().load(factories.form(said=preset, contact_points=rows))
        assert entry.said is None
        assert [one.value for one in entry.record.contacts] == ["dao@example.com"]
        with pytest.raises(ValidationError) as refused:
            EntryForm().load(factories.form(said={**preset, "evidence": "phiếu 12"}))
    assert set(refused.value.messages_dict["said"]) >= {"purposes", "channels", "state"}


def test_who_may_be_meant_is_shown_before_anybody_is_recorded(cast):
    known = factories.person("Nguyễn Thị Đào", born="1968")
    found = service.alike(
        cast["clerk"], so_far({"name": "nguyen thi dao", "born": "1968", "home": "Xã Cẩm Xuyên", "city": 3 * "x" * 99})
    )
    assert [(one["code"], bool(one["reasons"])) for one in found] == [(known.code, True)]
    (line,) = entries("people.alike")
    assert (line.found, len(line.details["subjects"])) == (1, 1)
    elsewhere = factories.actor("clerk", ("18562",))
    assert service.alike(elsewhere, so_far({"name": "Nguyễn Thị Đào"})) == []
    with pytest.raises(Forbidden):
        service.alike(cast["approver"], so_far({"name": "Nguyễn Thị Đào"}))


def test_how_it_is_read(app):
    typed = {
        "home": "Kỳ Lợi",
        "country": "Séc",
        "contact_points": [
            {"channel": "phone", "value": "01683456789"},
            {"channel": "phone", "value": "601 555 148"},
            {"channel": "email", "value": "dao@example.com"},
            {"channel": "phone", "value": "abc"},
        ],
        "relatives": [{"tie": "mẹ", "phone": "0912345678"}],
    }
    with app.test_request_context():
        told = readings(typed)
        assert told["contact_points.0.value"] == "Số di động cũ: nay là 0383 456 789"
        assert told["contact_points.1.value"] == "Hiểu là +420 601 555 148"
        assert told["relatives.0.phone"] == "Hiểu là 0912 345 678"
        assert told["home"].startswith("Xã Kỳ Lợi, thị xã Kỳ Anh; từ 1/7/2025 là Phường")
        assert set(told) == {"home", "contact_points.0.value", "contact_points.1.value", "relatives.0.phone"}
        homes = {text: readings({"home": text})["home"] for text in ("cam xuyen", "xã Cẩm Bình", "Xóm Đông")}
    assert homes["xã Cẩm Bình"] == "Xã Cẩm Bình"
    assert homes["cam xuyen"].startswith("Có thể là: ") or homes["cam xuyen"] == "Xã Cẩm Xuyên"
    assert homes["Xóm Đông"] == "Không có đơn vị nào tên như vậy: sẽ giữ nguyên như đã ghi"


TEXTS = st.text(max_size=12)
ROWS = st.lists(st.dictionaries(st.sampled_from(["channel", "value", "tie", "phone"]), TEXTS), max_size=3)
HALVES = st.dictionaries(
    st.sampled_from(["kind", "name", "born", "home", "country", "contact_points", "relatives", "said", "languages"]),
    TEXTS | ROWS,
)


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HALVES)
def test_whatever_is_half_typed_is_read_as_far_as_it_goes(app, typed):
    with app.test_request_context():
        assert isinstance(so_far(typed).values["name"], str)
        assert all(isinstance(one, str) for one in readings(typed).values())

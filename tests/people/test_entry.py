"""A form of paper in one pass: somebody, their relatives, what they agreed to; and how it is read while it is typed."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError
from sqlalchemy import func, select

from kieubao.access import use_case
from kieubao.access.models import AuditEntry
from kieubao.access.roles import Permission
from kieubao.consent.models import ConsentEvent
from kieubao.db import db
from kieubao.ground.errors import Alike, Forbidden, Invalid, TooMany
from kieubao.people import enrolment, service
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
    return enrolment.enrol(actor, entry.record, kin=entry.kin, said=entry.said)


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
    # Each of them is named in the trail; what the person said, and what is recorded of them, of them alone.
    lines = entries("people.enrol")
    assert len({one.subject for one in lines}) == 3
    assert [one.details.get("state") for one in lines] == ["given", None, None]
    assert [one.details["fields"] for one in lines[1:]] == [["kinships"]] * 2
    assert [one["name"] for one in service.read(clerk, made["code"])["kinships"]] == [*kin]


def test_where_a_relative_lives_says_whether_they_are_at_home(clerk):
    made = entered(clerk, relatives=[{"tie": "chồng", "name": "Trần Bảy", "country": "Séc"}, MOTHER])
    kinds = {one["name"]: service.read(clerk, one["code"])["kind"] for one in made["kinships"]}
    assert kinds == {"Trần Bảy": "abroad", "Lê Thị Sáu": "home"}
    at_home = entered(clerk, name="Lê Văn Tám", kind="home", country="VN", relatives=[{"tie": "vợ", "name": "Hồ Chín"}])
    (wife,) = at_home["kinships"]
    assert service.read(clerk, wife["code"])["kind"] == "home"


def test_a_relative_s_home_is_that_of_the_person_however_it_was_chosen(clerk):
    made = entered(clerk, home=None, home_unit="2025:18673", relatives=[MOTHER])
    mother = service.read(clerk, made["kinships"][0]["code"])
    assert (mother["home_code"], mother["home_epoch"]) == ("18673", 2025)
    assert mother["standing"]["heard_on"] is None


def test_of_several_versions_of_a_notice_the_last_of_the_day_was_shown(cast):
    text = {f"{part}_{language}": "x" for part in ("title", "text") for language in ("vi", "en")}
    days = {date(2024, 1, 1): ["events"], date(2025, 1, 1): ["events", "information"]}
    notices = [factories.notices.write("events", purposes=some, in_force_on=on, **text) for on, some in days.items()]
    db.session.commit()
    last = notices[-1].id
    entered(cast["clerk"], said={**SAID, "purposes": ["events"]})
    assert {one.notice_id for one in db.session.scalars(select(ConsentEvent))} == {last}


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
    assert refused.value.field == "said.notice"
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
    with pytest.raises(Invalid) as refused:
        entered(clerk, name="Lê Văn Khác", relatives=[{"tie": "mẹ", "relative": "KB-7F3Q-9XKC-2"}])
    assert (refused.value.field, refused.value.message) == ("relatives.0.relative", "There is no such person")
    away = factories.person("Ngô Thị Xa", kind="home", country="VN", home="Xã Thạch Hà", home_unit="2025:18562")
    near = factories.actor("clerk", ("18673",))
    with pytest.raises(Invalid) as out_of_scope:
        entered(near, name="Lê Văn Khác", relatives=[{"tie": "mẹ", "relative": away.code}])
    assert out_of_scope.value.message == refused.value.message
    twice = [{"tie": "mẹ", "relative": mother.code}, {"tie": "cô", "relative": mother.code}]
    with pytest.raises(Invalid) as doubled:
        entered(clerk, name="Lê Văn Khác", relatives=twice)
    assert doubled.value.field == "relatives.1.relative"
    assert people() == 3


def test_nobody_is_recorded_where_one_of_them_cannot_be(clerk):
    near = factories.actor("clerk", ("18673",))
    with pytest.raises(Invalid) as refused:
        entered(near, relatives=[{**MOTHER, "home": "Xã Thạch Hà"}])
    assert refused.value.field == "relatives.0.home"
    with pytest.raises(Invalid) as refused:
        entered(clerk, said={**SAID, "notice": "không có/1"})
    assert refused.value.field == "said.notice"
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
        ({"tie": "mẹ", "relative": "KB-7F3Q-9XKC-2", "name": "Lê Thị Sáu"}, "relative"),
    ],
)
def test_what_is_wrong_with_a_relative_is_told_beside_it(app, relative, path):
    with app.test_request_context(), pytest.raises(ValidationError) as refused:
        EntryForm().load(factories.form(relatives=[relative]))
    assert list(refused.value.messages_dict["relatives"][0]) == [path]


def test_the_same_relative_is_not_recorded_twice(app):
    with app.test_request_context(), pytest.raises(ValidationError) as refused:
        EntryForm().load(factories.form(relatives=[MOTHER, HUSBAND, MOTHER]))
    assert list(refused.value.messages_dict) == ["relatives"]


def test_white_space_about_a_kind_is_none_of_it(clerk):
    made = entered(clerk, kind="abroad ", relatives=[MOTHER])
    assert len(made["kinships"]) == 1


def test_who_was_told_apart_comes_last_and_all_that_is_found_counts_for_the_day(cast, monkeypatch):
    some = [factories.person("Nguyễn Thị Đào", born="1968").code for _ in range(6)]
    typed = {"name": "Nguyễn Thị Đào", "born": "1968", "home": "Xã Cẩm Xuyên"}
    found = enrolment.alike(cast["clerk"], so_far({**typed, "distinct_from": some[:1]}))
    assert {one["code"] for one in found} == {*some[1:]}
    monkeypatch.setattr(use_case, "FOUND_A_DAY", 5)
    for act in (
        lambda: service.search(cast["clerk"], text="dao", wanted={}),
        lambda: enrolment.alike(cast["clerk"], so_far(typed)),
        lambda: entered(cast["clerk"]),
    ):
        with pytest.raises(TooMany):
            act()


def test_who_may_be_meant_is_shown_before_anybody_is_recorded(cast):
    known = factories.person("Nguyễn Thị Đào", born="1968")
    found = enrolment.alike(
        cast["clerk"], so_far({"name": "nguyen thi dao", "born": "1968", "home": "Xã Cẩm Xuyên", "city": 3 * "x" * 99})
    )
    assert [(one["code"], bool(one["reasons"])) for one in found] == [(known.code, True)]
    (line,) = entries("people.alike")
    assert (line.found, len(line.details["subjects"])) == (1, 1)
    elsewhere = factories.actor("clerk", ("18562",))
    assert enrolment.alike(elsewhere, so_far({"name": "Nguyễn Thị Đào"})) == []
    with pytest.raises(Forbidden):
        enrolment.alike(cast["approver"], so_far({"name": "Nguyễn Thị Đào"}))


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
        "relatives": [{"tie": "mẹ", "phone": "0912345678"}, {"tie": "chồng", "phone": "601555148", "country": "Séc"}],
    }
    with app.test_request_context():
        told = readings(typed)
        assert told["contact_points.0.value"] == "Số di động cũ: nay là 0383 456 789"
        assert told["contact_points.1.value"] == "Hiểu là +420 601 555 148"
        assert told["relatives.0.phone"] == "Hiểu là 0912 345 678"
        assert told["home"].startswith("Xã Kỳ Lợi, thị xã Kỳ Anh; từ 01/7/2025 là Phường")
        assert told["relatives.1.phone"] == "Hiểu là +420 601 555 148"
        assert set(told) == {
            "home",
            *(f"contact_points.{i}.value" for i in (0, 1)),
            *(f"relatives.{i}.phone" for i in (0, 1)),
        }
        # So long a text is no home place, and is not read for hours.
        assert readings({"home": "a," * 50_000}) == {}
        homes = {text: readings({"home": text})["home"] for text in ("cam xuyen", "xã Cẩm Bình", "Xóm Đông")}
    assert homes["xã Cẩm Bình"] == "Xã Cẩm Bình"
    assert homes["cam xuyen"].startswith("Có thể là: Xã Cẩm Xuyên / ")
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

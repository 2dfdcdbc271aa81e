"""Occasions: what is asked of each kind, and that it comes back as it was recorded."""

from datetime import date

import pytest

from kieubao.ground.errors import Invalid, NotFound, Stale
from kieubao.occasions import service
from kieubao.occasions.schemas import OccasionForm, hour
from kieubao.occasions.vocabulary import ASKED, EVERY_ASKED, Kind
from kieubao.plans import service as plans

VALUES = {
    "starts_at": "8h30",
    "seats": "400",
    "leader": "Phó Chủ tịch",
    "cities": ["Seoul", "Ansan"],
    "sectors": ["C", "H"],
    "capital_from": "50",
    "capital_to": "500",
    "skills": "logistics",
    "emergency": "Bão lũ",
    "document": "Công điện 1",
}
KEPT = VALUES | {"starts_at": "08:30", "seats": 400, "capital_from": 50, "capital_to": 500}
OF_ALL = {"title": "Tết", "host": "Sở Ngoại vụ", "starts_on": "30/01/2027", "ends_on": "31/01/2027"}


@pytest.fixture
def clerk(cast):
    return cast["clerk"]


def held(clerk, kind, **values):
    return service.hold(clerk, **OccasionForm().load({"kind": kind, **OF_ALL, **values}))


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_what_is_asked_of_it_and_nothing_else(clerk, kind):
    assert {*VALUES} == {*EVERY_ASKED}
    asked = {name: VALUES[name] for name in ASKED[kind]}
    code = held(clerk, kind, **asked)["code"]
    sheet = service.read(clerk, code)
    assert {name: sheet[name] for name in EVERY_ASKED} == dict.fromkeys(EVERY_ASKED) | {n: KEPT[n] for n in asked}
    for name in VALUES.keys() - asked.keys():
        with pytest.raises(Invalid) as wrong:
            held(clerk, kind, **{name: VALUES[name]})
        assert wrong.value.field == name


def test_it_is_changed_field_by_field_at_the_version_that_was_seen(clerk):
    code = held(clerk, "event", seats="400", starts_at="8:30")["code"]
    changed = service.edit(clerk, code, version=1, values={"seats": None, "place": "Thành Sen"})
    assert (changed["seats"], changed["starts_at"], changed["place"], changed["version"]) == (
        None,
        "08:30",
        "Thành Sen",
        2,
    )
    with pytest.raises(Stale) as stale:
        service.edit(clerk, code, version=1, values={"seats": 5})
    assert (stale.value.theirs, stale.value.yours) == ({"seats": None}, {"seats": 5})
    with pytest.raises(Stale) as stale:
        service.edit(clerk, code, version=1, values={"seats": 5, "cities": [], "task": None})
    assert stale.value.theirs == {"seats": None}
    assert service.read(clerk, code)["place"] == "Thành Sen"


@pytest.mark.parametrize(
    ("kind", "values", "field"),
    [
        ("event", {"ends_on": "29/01/2027"}, "ends_on"),
        ("event", {"reply_by": "01/02/2027"}, "reply_by"),
        ("event", {"ends_on": "31/12/9999"}, "ends_on"),
        ("event", {"starts_on": "31/12/1899"}, "starts_on"),
        ("investment_call", {"capital_from": "5", "capital_to": "4"}, "capital_to"),
    ],
)
def test_what_is_out_of_order_is_told_by_its_field(clerk, kind, values, field):
    with pytest.raises(Invalid) as wrong:
        held(clerk, kind, **values)
    assert wrong.value.field == field


def test_it_serves_a_task_of_a_plan(clerk, cast):
    task = plans.take_over(cast["approver"], key="HT-2023")["tasks"][0]
    sheet = held(clerk, "event", task=task["code"])
    assert sheet["task"] == {name: task[name] for name in ("code", "reference", "title")}
    changed = service.edit(clerk, sheet["code"], version=1, values={"task": None, "seats": 5, "place": "Thành Sen"})
    assert (changed["task"], changed["version"]) == (None, 2)
    with pytest.raises(Invalid) as wrong:
        held(clerk, "event", task="NV-7F3Q-9XKC-2")
    assert wrong.value.field == "task"


def test_a_day_may_be_of_the_lunar_calendar(clerk):
    assert held(clerk, "event", starts_on="01/01/2027 ÂL", ends_on="7/2/2027")["starts_on"] == date(2027, 2, 6)


@pytest.mark.parametrize(("text", "read"), [("8h", "08:00"), ("8H30", "08:30"), ("23:59", "23:59"), ("0:00", "00:00")])
def test_an_hour_is_read(text, read):
    assert hour(text) == read


@pytest.mark.parametrize("text", ["24:00", "8:60", "8", "sáng", "08:30:00", "8:", "8.30", "08:3٠"])
def test_what_is_no_hour_is_refused(text):
    with pytest.raises(Invalid):
        hour(text)


def test_each_has_a_code_of_its_own(clerk):
    codes = [held(clerk, "event", title=title)["code"] for title in ("Một", "Hai")]
    assert [service.read(clerk, code)["title"] for code in codes] == ["Một", "Hai"]
    assert service.edit(clerk, codes[1], version=1, values={"title": "Ba"})["code"] == codes[1]
    with pytest.raises(NotFound):
        service.read(clerk, "SK-7F3Q-9XKC-2")


def test_what_has_no_day_comes_last(clerk):
    for day in (None, "30/01/2027", "31/01/2027"):
        held(clerk, "event", starts_on=day, ends_on=None, title=str(day))
    assert [one["title"] for one in service.all_of_them(clerk)] == ["31/01/2027", "30/01/2027", "None"]

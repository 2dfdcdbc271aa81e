"""Plans and their tasks as an office keeps them, and the agencies they name as they are called today."""

from dataclasses import replace
from datetime import date

import pytest

from kieubao.access.roles import Scope
from kieubao.db import db
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from kieubao.plans import agencies, published, service
from kieubao.plans.models import Succession
from kieubao.plans.schemas import PlanForm, TaskForm, day_of_year
from kieubao.plans.vocabulary import PARTS

PLAN = {"title": "Kế hoạch 2027", "province": "2025:42", "from_year": "2027"}
TASK = {"reference": "HT-9", "section": "II.1", "title": "Gặp mặt"}


@pytest.fixture
def approver(cast):
    return cast["approver"]


def agency(approver, name, province="2025:42"):
    return service.write_agency(approver, name=name, province=province)["code"]


def plan(approver, **values):
    return service.write_plan(approver, **PlanForm().load(PLAN | values))["code"]


def task(approver, of, **values):
    return service.write_task(approver, of, **TaskForm().load(TASK | values))


@pytest.mark.parametrize("key", sorted(published.every()))
def test_a_plan_that_kieubao_brings_is_taken_over_once_with_all_it_says(approver, cast, key):
    told = published.one(key)
    taken = service.take_over(approver, key=key)
    assert [one["reference"] for one in taken["tasks"]] == [one["reference"] for one in told["task"]]
    names = {agency["key"]: agency["name"] for agency in published.agencies().values()}
    for one, said in zip(taken["tasks"], told["task"], strict=True):
        assert {part: [agency["name"] for agency in one[part]] for part in PARTS} == {
            part: [names[each] for each in said.get(part, ())] for part in PARTS
        }
        plain = ("section", "title", "before", "rhythm")
        assert [one[name] for name in plain] == [said.get(name) for name in plain]
    assert key not in {one["key"] for one in service.brought(cast["clerk"])}
    with pytest.raises(Conflict, match="already"):
        service.take_over(approver, key=key)


def test_all_of_the_domains_tasks_are_there_with_their_sources():
    references = [task["reference"] for plan in published.every().values() for task in plan["task"]]
    wanted = {*(f"BT-{n}" for n in range(1, 6)), "BT-R1", "BT-R2", *(f"HT-{n}" for n in (1, 2, 3, 4, 5, 6, 8))}
    wanted |= {"HT-R1", "LD-1", "LD-R1", *(f"KH-{n}" for n in range(1, 8)), "KH-R1"}
    assert sorted(references) == sorted(wanted)
    assert all(task["section"] and task["title"] for plan in published.every().values() for task in plan["task"])
    due = {
        task["reference"]: task["before"]
        for plan in published.every().values()
        for task in plan["task"]
        if "before" in task
    }
    assert due == {"BT-R1": "11-30", "KH-R1": "12-15"}


def test_a_plan_brings_its_own_agencies_and_what_became_of_them_alone(approver):
    service.take_over(approver, key="HT-2023")
    assert {one["province"] for one in service.all_agencies(approver)} == {"2024:42"}


def test_two_plans_of_one_province_share_its_agencies(approver):
    service.take_over(approver, key="BT-2023")
    service.take_over(approver, key="LD-2017")
    assert [{task["reference"][:2] for task in plan["tasks"]} for plan in service.all_plans(approver)] == [
        {"BT"},
        {"LD"},
    ]
    names = [(one["province"], one["name"]) for one in service.all_agencies(approver)]
    assert len(names) == len(set(names))


def test_who_does_an_agencys_work_today_is_told_beside_its_old_name(approver):
    leads = service.take_over(approver, key="BT-2023")["tasks"][0]["leads"]
    now = {one["name"]: one["now"] for one in leads}
    assert now["Sở Nội vụ tỉnh Bình Thuận"] == ["Sở Nội vụ tỉnh Lâm Đồng"]


def test_a_succession_is_followed_to_its_end_divided_and_not_before_its_day(approver):
    old, middle, one, other, late = (agency(approver, name) for name in ("Cũ", "Giữa", "Một", "Hai", "Sau này"))
    said = {"document": "Quyết định 1", "succeeded_on": date(2025, 3, 1)}
    service.succeed(approver, old, successor=middle, **said)
    assert service.agency(approver, old)["now"] == ["Giữa"]
    service.succeed(approver, middle, successor=one, **said)
    service.succeed(approver, middle, successor=other, **said)
    service.succeed(approver, one, successor=late, **said | {"succeeded_on": date(2199, 1, 1)})
    assert service.agency(approver, old)["now"] == ["Một", "Hai"]
    with pytest.raises(Invalid, match="own successor"):
        service.succeed(approver, late, successor=old, **said)
    with pytest.raises(Invalid, match="own successor"):
        service.succeed(approver, old, successor=old, **said)
    with pytest.raises(Conflict, match="recorded already"):
        service.succeed(approver, old, successor=middle, **said)


def test_one_name_is_one_agency_of_its_province(approver):
    agency(approver, "Sở Ngoại vụ")
    agency(approver, "Sở Ngoại vụ", "2025:56")
    with pytest.raises(Conflict):
        agency(approver, "Sở Ngoại vụ")


def test_an_office_writes_a_plan_of_its_own_and_changes_it(approver):
    code = plan(approver)
    lead, other = agency(approver, "Sở Ngoại vụ"), agency(approver, "Sở Tài chính")
    written = task(approver, code, leads=[lead], others=[other])
    assert written["plan"] == code
    changed = service.edit_task(approver, written["code"], version=1, values={"title": "Đối thoại", "others": []})
    assert [one["code"] for one in changed["leads"]] == [lead]
    assert (changed["title"], changed["others"], changed["version"]) == ("Đối thoại", [], 2)
    with pytest.raises(Stale) as stale:
        service.edit_task(approver, written["code"], version=1, values={"title": "Gặp", "leads": [other]})
    assert stale.value.theirs == {"title": "Đối thoại", "leads": [lead]}
    assert stale.value.yours == {"title": "Gặp", "leads": [other]}
    # Agencies alone are a change like any other.
    assert service.edit_task(approver, written["code"], version=2, values={"leads": [other, lead]})["version"] == 3
    with pytest.raises(Stale):
        service.edit_task(approver, written["code"], version=2, values={"leads": [lead]})
    assert service.edit_plan(approver, code, version=1, values={"until_year": 2030})["until_year"] == 2030
    with pytest.raises(Stale):
        service.edit_plan(approver, code, version=1, values={"until_year": 2031})


def test_what_is_wrong_is_told_by_its_field(approver):
    code = plan(approver)
    with pytest.raises(Invalid) as wrong:
        plan(approver, until_year="2026")
    assert wrong.value.field == "until_year"
    with pytest.raises(Invalid) as wrong:
        task(approver, code, leads=["CQ-7F3Q-9XKC-2"])
    assert wrong.value.field == "leads"
    with pytest.raises(Invalid) as wrong:
        service.edit_plan(approver, code, version=1, values={"until_year": 2026})
    assert wrong.value.field == "until_year"
    with pytest.raises(Invalid) as wrong:
        service.take_over(approver, key="XX-2023")
    assert wrong.value.field == "key"
    absent = {"successor": "CQ-7F3Q-9XKC-2", "succeeded_on": date(2025, 3, 1), "document": "Quyết định 1"}
    with pytest.raises(Invalid) as wrong:
        service.succeed(approver, agency(approver, "Sở Ngoại vụ"), **absent)
    assert wrong.value.field == "successor"
    for ask in (service.plan, service.task, service.agency):
        with pytest.raises(NotFound):
            ask(approver, "KH-7F3Q-9XKC-2")


@pytest.mark.parametrize(
    ("text", "day"), [("30/11", "11-30"), ("1/2", "02-01"), ("29/02", "02-29"), ("11-30", "11-30")]
)
def test_a_day_of_the_year_is_read(text, day):
    assert day_of_year(text) == day


@pytest.mark.parametrize("text", ["31/11", "11/30", "30.11", "mai", "2026-11-30", "11-31", "1130", "W05-1", "3٠/11"])
def test_what_is_no_day_of_the_year_is_refused(text):
    with pytest.raises(Invalid):
        day_of_year(text)


def test_a_report_is_what_goes_to_somebody_and_it_alone_has_a_day(approver):
    code, office = plan(approver), agency(approver, "Văn phòng UBND")
    report = task(approver, code, to=[office], before="30/11")
    assert (report["before"], report["to"][0]["name"]) == ("11-30", "Văn phòng UBND")
    for wrong in ({"to": []}, {"to": [], "before": "12-15"}):
        with pytest.raises(Invalid) as error:
            service.edit_task(approver, report["code"], version=1, values=wrong)
        assert error.value.field == "to"
    with pytest.raises(Invalid):
        task(approver, code, before="30/11")
    assert service.edit_task(approver, report["code"], version=1, values={"to": [], "before": None})["to"] == []


def test_a_province_is_no_commune(app):
    with app.test_request_context():
        assert "province" in PlanForm().validate(PLAN | {"province": "2025:18673"})


def test_whoever_sees_a_part_of_the_province_keeps_no_plan(approver):
    part = replace(approver, scope=Scope(frozenset({"18673"})))
    acts = (
        lambda: plan(part),
        lambda: agency(part, "Sở Ngoại vụ"),
        lambda: service.take_over(part, key="HT-2023"),
    )
    for act in acts:
        with pytest.raises(Forbidden):
            act()
    assert service.all_plans(part) == service.all_agencies(part) == []


def test_a_succession_that_was_recorded_wrongly_is_taken_back(approver):
    old, new = agency(approver, "Cũ"), agency(approver, "Mới")
    service.succeed(approver, old, successor=new, succeeded_on=date(2025, 3, 1), document="Quyết định 1")
    assert service.revoke(approver, old, new)["now"] == ["Cũ"]
    with pytest.raises(NotFound):
        service.revoke(approver, old, new)


def test_a_succession_the_office_recorded_already_stays_as_it_is(approver):
    old, new = published.agencies()["bt-snv"], "Sở Nội vụ tỉnh Lâm Đồng"
    before, after = agency(approver, old["name"], old["province"]), agency(approver, new, "2025:68")
    service.succeed(approver, before, successor=after, succeeded_on=date(2025, 6, 30), document="Quyết định 1")
    service.take_over(approver, key="BT-2023")
    assert [one["document"] for one in service.agency(approver, before)["successors"]] == ["Quyết định 1"]


def test_a_plan_is_not_taken_over_against_a_succession_the_other_way(approver):
    old, new = published.agencies()["bt-snv"], "Sở Nội vụ tỉnh Lâm Đồng"
    before = agency(approver, new, "2025:68")
    after = agency(approver, old["name"], old["province"])
    said = {"successor": after, "succeeded_on": date(2025, 7, 1), "document": "nhầm"}
    service.succeed(approver, before, **said)
    with pytest.raises(Invalid, match="own successor"):
        service.take_over(approver, key="BT-2023")
    service.revoke(approver, before, after)
    assert service.take_over(approver, key="BT-2023")["published"] == "BT-2023"


def test_a_ring_that_is_there_all_the_same_is_gone_through_once(approver):
    one, other = (agencies.write(name, "2025:42") for name in ("Một", "Hai"))
    for before, after in ((one, other), (other, one)):
        said = {"succeeded_on": date(2025, 3, 1), "document": "nhầm"}
        db.session.add(Succession(agency_id=before.id, successor_id=after.id, **said))
    db.session.commit()
    assert [agency["name"] for agency in service.all_agencies(approver)] == ["Hai", "Một"]

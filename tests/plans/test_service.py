"""Plans and their tasks as an office keeps them, and the agencies they name as they are called today."""

from datetime import date

import pytest

from kieubao.ground.errors import Conflict, Invalid, NotFound, Stale
from kieubao.plans import published, service
from kieubao.plans.schemas import PlanForm, TaskForm, day_of_year

PLAN = {"title": "Kế hoạch 2027", "province": "2025:42", "from_year": "2027"}
TASK = {"reference": "HT-9", "section": "II.1", "title": "Gặp mặt", "kind": "task"}


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
    names = published.agencies()
    for one, said in zip(taken["tasks"], told["task"], strict=True):
        assert [lead["name"] for lead in one["leads"]] == sorted_as_written(said["leads"], names, one["leads"])
        assert (one["before"], one["rhythm"]) == (said.get("before"), said.get("rhythm"))
    assert key not in {one["key"] for one in service.brought(cast["clerk"])}
    with pytest.raises(Conflict):
        service.take_over(approver, key=key)


def sorted_as_written(keys, names, shown):
    wanted = {names[one]["name"] for one in keys}
    return [one["name"] for one in shown if one["name"] in wanted] if len(shown) == len(wanted) else None


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


def test_two_plans_of_one_province_share_its_agencies(approver):
    service.take_over(approver, key="BT-2023")
    service.take_over(approver, key="LD-2017")
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
        service.edit_task(approver, written["code"], version=1, values={"title": "Gặp"})
    assert (stale.value.theirs, stale.value.yours) == ({"title": "Đối thoại"}, {"title": "Gặp"})
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
    for ask in (service.plan, service.task, service.agency):
        with pytest.raises(NotFound):
            ask(approver, "KH-7F3Q-9XKC-2")


@pytest.mark.parametrize(
    ("text", "day"), [("30/11", "11-30"), ("1/2", "02-01"), ("29/02", "02-29"), ("11-30", "11-30")]
)
def test_a_day_of_the_year_is_read(text, day):
    assert day_of_year(text) == day


@pytest.mark.parametrize("text", ["31/11", "11/30", "30.11", "mai", "2026-11-30", "11-31", "1130"])
def test_what_is_no_day_of_the_year_is_refused(text):
    with pytest.raises(Invalid):
        day_of_year(text)


def test_a_task_that_is_no_report_has_no_day_it_is_due(app):
    with app.test_request_context():
        assert "before" in TaskForm().validate(TASK | {"before": "30/11"})
        assert TaskForm().validate(TASK | {"before": "30/11", "kind": "report"}) == {}
        assert "province" in PlanForm().validate(PLAN | {"province": "2025:18673"})

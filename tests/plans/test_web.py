"""The pages of plans: taken over, added to, changed at the version that was seen."""

import pytest

from kieubao.plans import service
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in


@pytest.fixture
def cast(app):
    return sign_in_accounts()


@pytest.fixture
def approver(cast, client):
    return reader(client, "approver")


def test_a_plan_is_taken_over_and_a_task_and_an_agency_are_added(cast, approver, client):
    page = approver.post("/plans/brought", data={"key": "BT-2023"}, follow_redirects=True).text
    assert "Sở Nội vụ tỉnh Bình Thuận" in page
    assert "(nay là: Sở Nội vụ tỉnh Lâm Đồng)" in page
    (plan,) = service.all_plans(cast["approver"])
    approver.post("/agencies/new", data={"name": "Sở Ngoại vụ tỉnh Lâm Đồng", "province": "2025:68"})
    codes = {one["name"]: one["code"] for one in service.all_agencies(cast["approver"])}
    form = {"reference": "BT-9", "section": "II.9", "title": "Đối thoại", "before": "1/12"}
    form["leads[]"] = codes["Sở Ngoại vụ tỉnh Lâm Đồng"]
    wrong = approver.post(f"/plans/{plan['code']}/tasks/new", data=form)
    assert (wrong.status_code, 'href="#f-to"' in wrong.text) == (422, True)
    sent = {**fields_in(wrong), "to[]": [codes["Ủy ban nhân dân tỉnh Bình Thuận"]]}
    assert "BT-9" in approver.post(f"/plans/{plan['code']}/tasks/new", data=sent, follow_redirects=True).text
    shown = reader(client, "clerk").get("/plans").text
    assert "trước ngày 01/12" in shown
    assert "Nhận" not in shown.partition("<main")[2].partition("</main>")[0]


def test_a_form_that_is_sent_as_it_is_changes_nothing(cast, approver):
    plan = service.take_over(cast["approver"], key="BT-2023")
    for address, ask in (
        (f"/plans/{plan['code']}/edit", lambda: service.plan(cast["approver"], plan["code"])),
        (f"/tasks/{plan['tasks'][0]['code']}/edit", lambda: service.plan(cast["approver"], plan["code"])),
    ):
        before = ask()
        assert approver.post(address, data=fields_in(approver.get(address))).status_code == 303
        after = ask()
        assert after == before


def test_who_was_slower_sees_both_versions(cast, approver):
    task = service.take_over(cast["approver"], key="BT-2023")["tasks"][0]
    address = f"/tasks/{task['code']}/edit"
    form = fields_in(approver.get(address))
    service.edit_task(cast["approver"], task["code"], version=1, values={"title": "Khác", "leads": []})
    late = approver.post(address, data={**form, "title": "Của tôi"})
    assert late.status_code == 412
    assert "Khác" in late.text
    assert 'value="2"' in late.text
    assert "Của tôi" in late.text


def test_a_succession_is_recorded_and_taken_back(cast, approver):
    codes = [
        service.write_agency(cast["approver"], name=name, province="2025:42")["code"] for name in ("Sở Cũ", "Sở Mới")
    ]
    said = {"successor": codes[1], "succeeded_on": "01/03/2025", "document": "Nghị quyết 1"}
    page = approver.post(f"/agencies/{codes[0]}/successors", data=said, follow_redirects=True).text
    assert "Sở Mới (01/03/2025, Nghị quyết 1)" in page
    again = approver.post(f"/agencies/{codes[0]}/successors", data=said)
    assert (again.status_code, "đã được ghi" in again.text) == (409, True)
    page = approver.post(f"/agencies/{codes[0]}/successors/{codes[1]}/revoke", follow_redirects=True).text
    assert "Nghị quyết 1" not in page

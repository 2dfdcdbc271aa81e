"""A record's time is over: the officer proposes, an approver erases; a clerk asks who was not heard of, and tells."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from kieubao.consent.vocabulary import Matter
from kieubao.ground import clock
from tests import factories
from tests.pages.province import sign_in_accounts
from tests.pages.test_walk import press
from tests.retention.ages import ago, old

pytestmark = pytest.mark.timeout(240)


@pytest.fixture
def aged(served, tmp_path):
    """Two whose time is over, and one who was not heard of for long."""
    sign_in_accounts()
    served.app.config["TOMBSTONES"] = str(tmp_path / "tombstones")
    both = [old(Matter.UNTOLD, name) for name in ("Ngô Văn Cũ", "Ngô Thị Xưa")]
    lost = factories.person("Lê Văn Lâu")
    factories.consent(lost.id, on=ago(Matter.CONFIRM, -1))
    return both, lost


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_one_proposes_and_another_erases(served, aged):
    officer = served.page("protectionofficer")
    officer.goto("/retention")
    row = officer.get_by_role("row").filter(has_text="sự kiện")
    row.get_by_role("textbox").fill("48")
    row.get_by_role("button").click()
    expect(row.get_by_role("textbox")).to_have_value("48")
    expect(row).not_to_contain_text("mặc định")
    officer.goto("/expirations")
    press(officer, "Đề nghị xóa những người đã chọn")
    expect(officer.locator(".summary")).to_be_visible()
    officer.get_by_role("row").filter(has_text="Ngô Văn Cũ").get_by_role("checkbox").check()
    press(officer, "Đề nghị xóa những người đã chọn")
    officer.get_by_role("row").filter(has_text="Ngô Thị Xưa").get_by_role("link", name="Giữ lại").click()
    officer.locator("#f-until").fill((clock.today() + timedelta(days=30)).strftime("%d/%m/%Y"))
    officer.locator("#f-ground").select_option("dispute")
    officer.locator("#f-remark").fill("Đang có đơn khiếu nại")
    press(officer, "Giữ lại")
    expect(officer.locator("main")).not_to_contain_text("Ngô Thị Xưa")
    approver = served.page("approver")
    approver.goto("/expirations")
    approver.get_by_role("checkbox").check()
    press(approver, "Xóa những người đã chọn")
    expect(approver.locator("main")).not_to_contain_text("Ngô Văn Cũ")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_clerk_asks_and_tells(served, aged):
    clerk = served.page("clerk")
    clerk.goto("/confirmations")
    clerk.get_by_role("row").filter(has_text="Lê Văn Lâu").get_by_role("button").click()
    expect(clerk.locator("main")).not_to_contain_text("Lê Văn Lâu")
    clerk.goto("/tellings")
    row = clerk.get_by_role("row").filter(has_text="Ngô Văn Cũ")
    expect(row).to_contain_text("quá hạn")
    row.get_by_role("button").click()
    expect(clerk.locator(".summary")).to_be_visible()
    clerk.locator("#f-way").select_option("phone")
    clerk.get_by_role("row").filter(has_text="Ngô Văn Cũ").get_by_role("button").click()
    expect(clerk.locator("main")).not_to_contain_text("Ngô Văn Cũ")

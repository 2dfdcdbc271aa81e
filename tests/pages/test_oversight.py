"""The officer's walk in a browser: a misuse happens, is seen, is looked at, and what came of it is written."""

from datetime import datetime, time, timedelta

import pytest
from playwright.sync_api import expect

from kieubao.access.roles import SYSTEM
from kieubao.ground import clock
from kieubao.oversight import service
from tests import factories
from tests.oversight.month import Entry, write
from tests.pages.province import sign_in_accounts


def press(page, name):
    page.locator("main").get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def night(served):
    """A clerk who opened a family of five last night, and did nothing with any of them."""
    cast = sign_in_accounts()
    some = [factories.person(f"Biện Thị {word}", city="Praha") for word in ("An", "Bình", "Chi", "Dung", "Hà")]
    at = datetime.combine(clock.today() - timedelta(days=1), time(22), clock.HANOI)
    clerk = cast["clerk"].id
    write([Entry(at + timedelta(minutes=n), clerk, "people.read", one.subject) for n, one in enumerate(some)])
    return some


@pytest.mark.timeout(240)
def test_a_misuse_is_seen_decided_and_in_the_trail(served, night):
    officer = served.page("protectionofficer")
    officer.goto("/oversight")
    expect(officer.locator("main")).to_contain_text("Có 1 phát hiện mới")
    expect(officer.locator(".card-of .in")).to_have_text("1")
    officer.get_by_role("link", name="Xem các phát hiện").click()
    row = officer.locator("tbody tr")
    expect(row).to_contain_text("Cán bộ clerk (clerk)")
    officer.get_by_role("link", name="Mở hồ sơ ngoài giờ, ngày nghỉ").click()

    codes = officer.locator("tbody .code.act")
    expect(codes).to_have_count(5)
    assert set(codes.all_text_contents()) == {one.code for one in night}
    expect(officer.locator("main")).not_to_contain_text("Praha")
    expect(officer.locator("main")).not_to_contain_text("Biện")

    codes.first.click()
    expect(officer.locator("#f-code")).to_have_value(night[-1].code)
    officer.locator("#f-reason").fill("phát hiện số 1")
    press(officer, "Mở hồ sơ")
    expect(officer.locator("h1")).to_contain_text("Biện Thị")
    officer.goto("/oversight/findings/1")

    press(officer, "Ghi kết luận")
    expect(officer.locator(".summary")).to_be_focused()
    officer.get_by_label("Truy cập sai mục đích").check()
    officer.locator("#f-remark").fill("Đã làm việc với cán bộ và trưởng phòng; lập biên bản 05/BB")
    press(officer, "Ghi kết luận")
    expect(officer.get_by_role("status")).to_contain_text("Đã ghi kết luận")
    expect(officer.locator("main")).to_contain_text("Không có.")
    officer.get_by_role("link", name="Truy cập sai mục đích").click()
    expect(officer.locator("tbody tr")).to_have_count(1)
    officer.goto("/oversight")
    expect(officer.locator(".card-of .in")).to_have_count(0)
    assert service.keep_watch(SYSTEM) == 0

    officer.goto("/oversight/trail")
    officer.locator("#f-action").select_option("oversight.decide")
    press(officer, "Tìm")
    expect(officer.locator("h2")).to_have_text("1 dòng")
    expect(officer.locator("tbody tr")).to_contain_text("trạng thái: Truy cập sai mục đích")
    officer.locator("#f-action").select_option("")
    officer.locator("#f-person").fill(night[-1].code)
    press(officer, "Tìm")
    expect(officer.locator("tbody tr")).to_have_count(2)
    officer.locator("tbody .code.act").first.click()
    officer.go_back()
    expect(officer.locator("tbody tr")).to_have_count(3)
    with officer.expect_download() as taken:
        press(officer, "Tải CSV")
    assert taken.value.suggested_filename == "nhat-ky.csv"
    # The form that was sent without an outcome.
    assert len(served.wrong) == 1
    assert "422" in served.wrong[0]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_clock_runs_on_the_page(served):
    cast = sign_in_accounts()
    found_at = clock.now() - timedelta(hours=72) + timedelta(minutes=2, seconds=20)
    made = service.find_breach(cast["protection_officer"], what="Mất USB", found_at=found_at)
    officer = served.page("protectionofficer")
    officer.clock.install()
    officer.goto(f"/oversight/breaches/{made['code']}")
    running = officer.get_by_role("timer")
    expect(running).to_have_text("còn 0 giờ 2 phút")
    officer.clock.fast_forward(120_000)
    expect(running).to_have_text("còn 0 giờ 0 phút")
    officer.clock.fast_forward(60_000)
    expect(running).to_have_text("đã quá hạn 0 giờ 0 phút")
    assert served.wrong == []

"""Many are changed alike: chosen in a search, by mouse, by keys or without a script; looked at, made, undone."""

import pytest
from playwright.sync_api import expect

from kieubao import worker
from kieubao.db import db
from kieubao.edits.vocabulary import AT_ONCE
from tests import factories
from tests.pages.province import sign_in_accounts
from tests.pages.test_walk import press

pytestmark = [pytest.mark.timeout(240), pytest.mark.parametrize("database", ["sqlite"], indirect=True)]

NAMES = ("Hồ Thị Một", "Hồ Thị Hai", "Hồ Thị Ba")


def group(*names):
    sign_in_accounts()
    made = [factories.person(name, city="Prague") for name in names]
    db.session.rollback()
    return made


def searched(page, text="ho thi"):
    page.goto("/persons")
    page.locator("#f-text").fill(text)
    page.locator("#f-text").press("Enter")
    expect(page.locator("#found")).to_be_visible()
    return page


def test_a_clerk_chooses_a_page_looks_makes_and_undoes(served):
    group(*NAMES)
    clerk = searched(served.page("clerk"))
    clerk.get_by_label("Chọn cả trang này").check()
    expect(clerk.locator("tbody [type=checkbox]:checked")).to_have_count(3)
    clerk.get_by_label("Hồ Thị Ba").uncheck()
    press(clerk, "Sửa hàng loạt những người đã chọn")
    expect(clerk.locator(".lead")).to_have_text("2 người")
    press(clerk, "Xem trước thay đổi")
    expect(clerk.locator(".summary")).to_contain_text("đúng một trường")
    clerk.get_by_label("Thành phố", exact=True).fill("Praha")
    press(clerk, "Xem trước thay đổi")
    expect(clerk.locator("main")).to_contain_text("2 hồ sơ sẽ được sửa")
    expect(clerk.get_by_role("row").filter(has_text="Hồ Thị Một")).to_contain_text("Prague")
    press(clerk, "Sửa 2 hồ sơ")
    expect(clerk.locator(".summary")).to_be_visible()
    clerk.get_by_label("Lý do").fill("thống nhất cách ghi tên thành phố")
    press(clerk, "Sửa 2 hồ sơ")
    expect(clerk.locator(".alert-success")).to_contain_text("Đã sửa hàng loạt")
    expect(clerk.locator("main")).to_contain_text("thống nhất cách ghi")
    clerk.locator(".alert-success").get_by_role("link", name="Hoàn tác").click()
    press(clerk, "Hoàn tác lần sửa này")
    expect(clerk.locator(".alert-success")).to_contain_text("Đã hoàn tác")
    expect(clerk.get_by_role("link", name="Hoàn tác lần sửa này")).to_have_count(0)
    searched(clerk)
    expect(clerk.get_by_role("row").filter(has_text="Prague")).to_have_count(3)
    clerk.get_by_role("link", name="Sửa hàng loạt", exact=True).click()
    expect(clerk.locator("tbody")).to_contain_text("đã hoàn tác")
    assert [one for one in served.wrong if "422" not in one] == []


def test_keys_alone_choose_and_change(served):
    group(*NAMES)
    clerk = searched(served.page("clerk"))
    clerk.get_by_label("Hồ Thị Hai").focus()
    clerk.keyboard.press("Space")
    clerk.get_by_role("button", name="Sửa hàng loạt những người đã chọn").focus()
    clerk.keyboard.press("Enter")
    clerk.get_by_label("Diện ở nước ngoài").focus()
    clerk.keyboard.press("ArrowDown")
    clerk.keyboard.press("Tab")
    for _tab in range(12):
        clerk.keyboard.press("Tab")
        if clerk.evaluate("document.activeElement.type") == "submit":
            break
    clerk.keyboard.press("Enter")
    expect(clerk.locator("h1")).to_have_text("Xem trước khi sửa")
    clerk.get_by_label("Lý do").fill("theo danh sách hội")
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".alert-success")).to_contain_text("Đã sửa hàng loạt")


def test_without_a_script_all_found_are_changed_in_either_language(served):
    group(*NAMES)
    context = served.browser.new_context(
        base_url=served.url, viewport={"width": 390, "height": 800}, java_script_enabled=False
    )
    context.add_cookies([served.cookie("clerk")])
    clerk = searched(context.new_page())
    expect(clerk.get_by_label("Chọn cả trang này")).to_be_hidden()
    press(clerk, "Sửa hàng loạt những người đã chọn")
    expect(clerk.locator("main")).to_contain_text("Chưa chọn ai")
    clerk.get_by_role("link", name="Quay lại kết quả tìm kiếm").click()
    press(clerk, "Sửa hàng loạt cả 3 người")
    clerk.get_by_label("Thêm lĩnh vực muốn đóng góp").select_option("trade")
    press(clerk, "Xem trước thay đổi")
    clerk.get_by_label("Lý do").fill("lớp khởi nghiệp")
    press(clerk, "Sửa 3 hồ sơ")
    expect(clerk.locator("main")).to_contain_text("Đã sửa: 3")
    context.close()


def test_another_language_keeps_what_was_looked_at(served):
    group(*NAMES)
    clerk = searched(served.page("clerk"))
    press(clerk, "Sửa hàng loạt cả 3 người")
    clerk.get_by_role("button", name="English").click()
    clerk.get_by_label("City", exact=True).fill("Praha")
    press(clerk, "See what would change")
    clerk.get_by_role("button", name="Tiếng Việt").click()
    expect(clerk.locator("h1")).to_have_text("Xem trước khi sửa")
    clerk.get_by_label("Lý do").fill("thống nhất")
    press(clerk, "Sửa 3 hồ sơ")
    expect(clerk.locator("main")).to_contain_text("Đã sửa: 3")


def test_many_are_changed_while_the_page_tells_how_far_it_is(served):
    group(*(f"Hồ Thị Số {number}" for number in range(AT_ONCE + 1)))
    clerk = searched(served.page("clerk"))
    press(clerk, f"Sửa hàng loạt cả {AT_ONCE + 1} người")
    clerk.get_by_label("Thành phố", exact=True).fill("Praha")
    press(clerk, "Xem trước thay đổi")
    clerk.get_by_label("Lý do").fill("thống nhất cách ghi")
    press(clerk, f"Sửa {AT_ONCE + 1} hồ sơ")
    expect(clerk.locator("h1")).to_have_text("Sửa hàng loạt")
    worker.run_all()
    clerk.get_by_role("link", name="Xem kết quả").click()
    expect(clerk.locator("main")).to_contain_text(f"Đã sửa: {AT_ONCE + 1}")
    clerk.get_by_role("link", name="Hoàn tác lần sửa này").click()
    press(clerk, "Hoàn tác lần sửa này")
    worker.run_all()
    clerk.get_by_role("link", name="Xem kết quả").click()
    expect(clerk.locator("main")).to_contain_text(f"Đã hoàn tác: {AT_ONCE + 1}")

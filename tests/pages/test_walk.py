"""The main job, on pages in a browser: enrol, find, agree, list, approve, pull, say no, pull again."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from kieubao import worker
from kieubao.ground import clock
from tests import factories
from tests.pages.province import sign_in_accounts

PEOPLE = [
    ("Đặng Thị Hòa", "Séc", [("phone", "+420 601 555 148"), ("email", "khach0@example.com")]),
    ("Trần Văn Bình", "Ba Lan", [("phone", "01683456789"), ("email", "khach1@example.com")]),
    ("Lê Thu Hà", "Mỹ", [("email", "khach2@example.com")]),
]
TYPED = ("dang hoa", "HOÀ ĐẶNG", "hoa dang thi", "601 555 148", "Đặng Thị Hòa")


def enrol(page, name, country, points):
    page.goto("/persons/new")
    page.get_by_label("Kiều bào").check()
    page.locator("#f-name").fill(name)
    page.locator("#f-home").fill("Xã Cẩm Xuyên")
    page.locator("#f-country").fill(country)
    page.locator("#f-source").fill("phiếu 12")
    page.locator("#f-legal_basis").select_option("consent")
    page.locator("#f-legal_document").fill("phiếu đồng ý 12/2026")
    for row, (channel, value) in enumerate(points):
        page.locator(f"#f-contact_points-{row}-channel").select_option(channel)
        page.locator(f"#f-contact_points-{row}-value").fill(value)
    press(page, "Ghi hồ sơ")
    expect(page.locator("h1")).to_contain_text(name)
    return page.url.rsplit("/", 1)[1]


def press(page, name):
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def say(page, code, state, **more):
    page.goto(f"/persons/{code}/consents/new")
    page.get_by_label(state, exact=True).check()
    page.get_by_label("Sự kiện, gặp mặt").check()
    page.locator("#f-channels").get_by_label("E-mail").check()
    page.locator("#f-method").select_option("paper")
    page.locator("#f-signed_on").fill(clock.today().strftime("%d/%m/%Y"))
    for name, value in more.items():
        (page.locator("#f-notice").select_option if name == "notice" else page.locator(f"#f-{name}").fill)(value)
    press(page, "Ghi ý kiến của người này")
    expect(page.get_by_role("status")).to_contain_text("Đã ghi")


def draw_up(page):
    page.goto("/occasions/new")
    page.get_by_role("link", name="Sự kiện", exact=True).click()
    page.locator("#f-title").fill("Gặp mặt Tết 2027")
    page.locator("#f-starts_on").fill("20/01/2027")
    press(page, "Thêm dịp, sự kiện")
    page.get_by_role("link", name="Lập danh sách").click()
    page.locator("#f-title").fill("Khách mời")
    page.locator("#f-purpose").select_option("events")
    page.locator("#f-channels").get_by_label("E-mail").check()
    page.locator("#f-fields").get_by_label("Họ, chữ đệm và tên khai sinh").check()
    press(page, "Lập danh sách")
    return page.url.rsplit("/", 1)[1]


def pull(page, issue):
    page.goto(issue)
    page.locator("#f-reason").fill("in giấy mời")
    page.locator("#f-format").select_option("csv")
    with page.expect_download() as taken:
        press(page, "Tải tệp")
    return list(csv.DictReader(io.StringIO(Path(taken.value.path()).read_text("utf-8-sig"))))


@pytest.mark.timeout(240)
def test_the_main_job(served):
    sign_in_accounts()
    factories.notice()
    factories.agreement(factories.accounts.organisation("Hội Liên lạc với người Việt Nam ở nước ngoài").code)
    clerk, approver, organizer = (served.page(name) for name in ("clerk", "approver", "organizer"))

    made = [enrol(clerk, *person) for person in PEOPLE]
    for typed in (*TYPED, made[0].lower()):
        clerk.goto("/persons")
        clerk.locator("#f-text").fill(typed)
        clerk.locator("#f-text").press("Enter")
        expect(clerk.get_by_role("heading", name="1 người")).to_be_visible()
        expect(clerk.locator("tbody")).to_contain_text(made[0])
        assert clerk.url == f"{served.url}/persons/found"
    clerk.get_by_role("link", name=PEOPLE[0][0]).click()
    expect(clerk.locator("h1")).to_contain_text(PEOPLE[0][0])
    clerk.go_back()
    expect(clerk.get_by_role("heading", name="1 người")).to_be_visible()

    for code in made[:2]:
        say(clerk, code, "Đồng ý", evidence="phiếu 12/2026", notice="events/1")

    code = draw_up(clerk)
    press(clerk, "Trình phê duyệt")
    expect(clerk.get_by_role("button", name="Phê duyệt")).to_have_count(0)

    approver.goto(f"/lists/{code}")
    preview = approver.locator(".preview")
    expect(preview.locator(".in")).to_have_text("2 người được đưa vào")
    expect(preview.locator("[aria-labelledby=outside] li")).to_have_text("Chưa đồng ý với mục đích này: 1")
    press(approver, "Phê duyệt đúng như hiển thị")
    press(approver, "Phát hành")
    approver.get_by_role("link", name="Cho phép tải bản phát hành").click()
    approver.locator("#f-agreement").select_option(index=1)
    approver.get_by_label("Họ, chữ đệm và tên khai sinh").check()
    approver.get_by_label("CSV (văn bản)").check()
    approver.locator("#f-until").fill((clock.today() + timedelta(days=7)).strftime("%d/%m/%Y"))
    press(approver, "Cho phép tải")
    expect(approver.get_by_role("cell", name="01/TT-BG,")).to_be_visible()

    organizer.goto("/issues")
    organizer.get_by_role("link", name="Khách mời").click()
    issue = organizer.url
    assert {row["E-mail"] for row in pull(organizer, issue)} == {"khach1@example.com", "khach0@example.com"}

    say(clerk, made[0], "Rút lại")
    expect(clerk.locator("main")).to_contain_text("Hội Liên lạc với người Việt Nam ở nước ngoài")
    assert [row["Mã"] for row in pull(organizer, issue)] == [made[1]]
    organizer.goto(issue)
    stops = organizer.locator("tbody tr td:last-child")
    expect(stops).to_have_text(["không ai", f"1 người: {made[0]}"])
    approver.goto(f"/lists/{code}")
    expect(approver.locator("td.stop")).to_have_text("1")

    assert served.wrong == []


def test_the_trail_is_verified_by_a_job_that_its_page_follows(served):
    sign_in_accounts()
    officer = served.page("protectionofficer")
    officer.goto("/trail")
    officer.get_by_role("button", name="Kiểm tra nhật ký ngay").click()
    expect(officer.get_by_role("status")).to_contain_text("Đang chờ đến lượt")
    worker.run_all()
    officer.get_by_role("link", name="Xem kết quả").click()
    expect(officer.locator(".alert-success")).to_contain_text("Nhật ký nguyên vẹn")
    assert served.wrong == []


def test_another_language_keeps_the_page_and_what_is_typed(served):
    sign_in_accounts()
    clerk = served.page("clerk")
    clerk.goto("/persons/new")
    clerk.locator("#f-name").fill("Đặng Thị Hòa")
    clerk.get_by_role("button", name="English").click()
    expect(clerk.locator("h1")).to_have_text("Record a person")
    expect(clerk.locator("#f-name")).to_have_value("Đặng Thị Hòa")
    assert clerk.url == f"{served.url}/persons/new"


def test_a_failed_form_takes_the_focus_to_what_is_wrong(served):
    sign_in_accounts()
    clerk = served.page("clerk")
    clerk.goto("/persons/new")
    clerk.locator("#f-born").fill("31/02/1948")
    press(clerk, "Ghi hồ sơ")
    expect(clerk.locator(".summary")).to_be_focused()
    assert clerk.title().startswith("Lỗi: ")
    clerk.locator(".summary").get_by_role("link", name="Ngày, tháng, năm sinh").click()
    expect(clerk.locator("#f-born")).to_be_focused()
    expect(clerk.locator("#f-born")).to_have_value("31/02/1948")

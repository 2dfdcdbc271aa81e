"""What a clerk, a leader and an officer do between two meetings, as they do it: short ways through the pages."""

import pytest
from playwright.sync_api import expect

from kieubao.db import db
from kieubao.ground import clock
from kieubao.outreach import lists
from kieubao.people import bonds
from tests import factories
from tests.pages.province import furnish, sign_in_accounts
from tests.pages.test_walk import say


@pytest.fixture
def cast(served):
    return sign_in_accounts()


def test_a_number_is_added_and_no_longer_used(served, cast):
    hoa = factories.person("Đặng Thị Hòa", country="CZ")
    page = served.page("clerk")
    page.goto(f"/persons/{hoa.code}")
    page.get_by_role("link", name="Thêm kênh liên lạc").click()
    page.locator("#f-channel").select_option("phone")
    page.locator("#f-value").fill("01683456789")
    page.locator("main form button[type=submit]").click()
    expect(page.locator("tbody")).to_contain_text("0383 456 789")
    page.get_by_role("link", name="Ngừng dùng").click()
    page.locator("main form button[type=submit]").click()
    expect(page.locator("tr.retired")).to_contain_text("0383 456 789")
    page.get_by_role("link", name="Lịch sử hồ sơ qua từng lần thay đổi").click()
    expect(page.locator(".timeline li")).to_have_count(3)
    assert served.wrong == []


def test_a_relative_is_tied_from_both_sides_and_untied(served, cast):
    hoa, dao = factories.person("Đặng Thị Hòa"), factories.person("Lê Thị Đào", kind="home", gender="female")
    page = served.page("clerk")
    page.goto(f"/persons/{hoa.code}")
    page.get_by_role("link", name="Thêm thân nhân").click()
    page.locator("#f-relative").fill(dao.code.lower())
    page.locator("#f-term").select_option("parent")
    page.locator("main form button[type=submit]").click()
    page.get_by_role("link", name="Lê Thị Đào", exact=True).click()
    expect(page.locator("ul.kin")).to_contain_text("Đặng Thị Hòa")
    page.locator("ul.kin").get_by_role("link", name="Bỏ quan hệ").click()
    page.locator("main form button[type=submit]").click()
    expect(page.locator("ul.kin")).to_have_count(0)
    assert served.wrong == []


def test_without_a_script_somebody_says_yes_and_then_no(served, cast):
    factories.notice()
    hoa = factories.person("Đặng Thị Hòa", contact_points=[{"channel": "email", "value": "hoa@example.com"}])
    page = served.page("clerk", script=False)
    say(page, hoa.code, "Đồng ý", evidence="phiếu 12/2026", notice="events/1")
    expect(page.locator(".word.given")).to_have_count(1)
    page.get_by_role("link", name="Rút lại mọi sự đồng ý").click()
    page.locator("#f-method").select_option("paper")
    page.locator("#f-signed_on").fill(clock.today().strftime("%d/%m/%Y"))
    page.locator("main form button[type=submit]").click()
    page.goto(f"/persons/{hoa.code}")
    expect(page.locator(".word.given")).to_have_count(0)
    assert served.wrong == []


def test_whoever_died_is_said_to_have_on_every_page(served, cast):
    hoa = factories.person("Đặng Thị Hòa")
    page = served.page("clerk")
    page.goto(f"/persons/{hoa.code}/standing")
    page.locator("#f-deceased_on").fill("2/9/2026")
    page.locator("main form button[type=submit]").click()
    page.goto(f"/persons/{hoa.code}")
    expect(page.locator("main")).to_contain_text("02/09/2026")
    assert served.wrong == []


def test_a_leader_sends_a_list_back_by_telephone_and_its_clerk_is_told(served, cast):
    lists.submit(factories.listed(cast["clerk"]))
    db.session.commit()
    phone = served.page("approver", width=390)
    phone.locator(".waits").get_by_role("link", name="Danh sách chờ phê duyệt").click()
    phone.get_by_role("link", name="Khách mời").click()
    phone.get_by_role("link", name="Trả lại").click()
    phone.locator("textarea, #f-remarks").first.fill("Thiếu người ở Ba Lan")
    phone.locator("main form button[type=submit]").click()
    clerk = served.page("clerk")
    clerk.locator(".waits").get_by_role("link", name="Danh sách bị trả lại").click()
    clerk.get_by_role("link", name="Khách mời").click()
    expect(clerk.locator("main")).to_contain_text("Thiếu người ở Ba Lan")
    assert served.wrong == []


def test_two_records_of_two_people_are_told_apart(served, cast):
    one, other = (factories.person("Hồ Văn Mười", born="1971", city="Brno") for _ in range(2))
    page = served.page("clerk")
    page.goto(f"/duplicates/{one.code}/{other.code}")
    page.get_by_role("button", name="Hai người khác nhau").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert served.wrong == []


def test_in_english_a_record_is_found_opened_and_explained(served, cast):
    hoa, dao = factories.person("Đặng Thị Hòa", country="CZ"), factories.person("Lê Thị Đào", kind="home")
    bonds.tie([(hoa.id, dao.id, "parent", "child")])
    db.session.commit()
    page = served.page("clerk")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("#f-text").fill("dang hoa")
    page.locator("#f-text").press("Enter")
    expect(page.get_by_role("heading", name="One person")).to_be_visible()
    page.get_by_role("link", name="Đặng Thị Hòa").click()
    expect(page.locator("#fact-country")).to_contain_text("Czechia")
    expect(page.locator("ul.kin")).to_contain_text("parent")
    page.locator("#help summary").click()
    expect(page.locator("#help")).to_contain_text("record")
    assert served.wrong == []


def test_whoever_may_not_is_shown_neither_the_way_nor_the_page(served, cast):
    hoa = factories.person("Đặng Thị Hòa")
    for role in ("organizer", "police", "policehead", "admin"):
        page = served.page(role)
        expect(page.locator("nav").get_by_role("link", name="Hồ sơ", exact=True)).to_have_count(0)
        answer = page.goto(f"/persons/{hoa.code}")
        assert answer.status == 403
        assert "Đặng Thị Hòa" not in page.content()


def test_an_officer_opens_one_record_with_a_reason_that_stands_in_the_trail(served, cast):
    hoa = factories.person("Đặng Thị Hòa")
    page = served.page("protectionofficer")
    page.goto("/inspections")
    page.locator("#f-code").fill(hoa.code)
    page.locator("#f-reason").fill("Khiếu nại số 9")
    page.locator("main form button.btn-primary").click()
    expect(page.locator("h1")).to_contain_text("Đặng Thị Hòa")
    page.goto("/oversight/trail")
    page.locator("#f-person").fill(hoa.code)
    page.locator("#f-person").press("Enter")
    expect(page.locator("main")).to_contain_text("Khiếu nại số 9")


@pytest.mark.timeout(600)
def test_what_waits_leads_where_it_is_done(served):
    """Every line of the start page, of every role, opens a page that its reader may see."""
    furnish()
    for role in ("clerk", "approver", "organizer", "protectionofficer", "police", "policehead", "admin"):
        page = served.page(role)
        ways = [one.get_attribute("href") for one in page.locator(".waits a, .doors a").all()]
        for way in ways:
            assert page.goto(way).status == 200, (role, way)
    assert served.wrong == []

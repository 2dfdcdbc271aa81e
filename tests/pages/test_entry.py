"""Eighty forms a day: entered by the keys alone, read while they are typed, and never in the way of who types."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from kieubao.access.models import AuditEntry
from kieubao.db import db
from kieubao.people import service
from tests import factories
from tests.pages.province import sign_in_accounts

# Forty words of five letters a minute.
SECONDS_A_KEY = 60 / 200


@pytest.fixture
def cast(served):
    cast = sign_in_accounts()
    factories.notice()
    return cast


@pytest.fixture
def page(cast, served):
    page = served.page("clerk")
    page.goto("/persons/new")
    yield page
    assert served.wrong == []


class Typist:
    """Types, and counts the keys."""

    def __init__(self, page):
        self.page, self.keys = page, 0

    def type(self, text):
        self.page.keyboard.type(text, delay=5)
        self.keys += len(text)

    def press(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)
            self.keys += 1

    def fill(self, *texts):
        """Type into one field after another."""
        for text in texts:
            self.type(text)
            self.press("Tab")


def looks():
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(AuditEntry.action == "people.alike"))


def first_form(page):
    """Enter the first form of a pile: its ground is that of the others."""
    page.locator("#f-name").fill("Hồ Thị Đầu Tiên")
    page.locator("#f-home").fill("Xã Cẩm Xuyên")
    page.locator("#f-country").fill("Séc")
    page.locator("#f-source").fill("Gặp mặt Tết 2027")
    page.locator("#f-legal_document").fill("Phiếu 12/2026")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Đã ghi hồ sơ Hồ Thị Đầu Tiên")


def test_the_next_form_begins_like_the_last_and_without_anything_of_the_person(page):
    first_form(page)
    kept = {"home": "Xã Cẩm Xuyên", "source": "Gặp mặt Tết 2027", "legal_document": "Phiếu 12/2026"}
    for name, value in {**kept, "name": "", "country": "", "born": ""}.items():
        expect(page.locator(f"#f-{name}")).to_have_value(value)
    expect(page.locator("#f-name")).to_be_focused()
    page.goto("/persons/new")
    expect(page.locator("#f-source")).to_have_value("")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_typist_enters_a_person_two_relatives_and_three_consents_in_45_seconds(page, cast):
    first_form(page)
    hand = Typist(page)
    hand.fill("Đặng Thị Hòa", "14081968")
    hand.press("n", "n", "Tab", "Tab", "Tab")
    hand.fill("Séc", "Praha")
    hand.press("Control+ArrowDown", "Tab")
    hand.fill("+420601555148")
    hand.press("Tab", "Tab")
    hand.type("hoa@seznam.cz")
    hand.press("Control+ArrowDown")
    hand.fill("mẹ", "Lê Thị Sáu")
    hand.press("Tab", "Tab", "Tab", "Tab", "Tab")
    hand.fill("chồng")
    hand.type("Trần Bảy")
    hand.press("Control+ArrowDown", "Tab", "Space", "Tab", "Space", "Tab", "Space")
    hand.press("Tab", "Tab", "Tab", "Tab", "Space", "Tab", "Tab", "Space")
    hand.press("Tab", "Tab", "Tab", "Tab", "Space", "Tab")
    hand.fill("01112026")
    hand.type("12/26")
    hand.press("Control+s")
    expect(page.locator("h1")).to_contain_text("Đặng Thị Hòa")
    code = page.url.rsplit("/", 1)[1]
    sheet = service.read(cast["clerk"], code)
    db.session.rollback()
    assert sorted((one["name"], one["term"]) for one in sheet["kinships"]) == [
        ("Lê Thị Sáu", "parent"),
        ("Trần Bảy", "spouse"),
    ]
    assert {one["purpose"] for one in sheet["consents"]} == {"events", "investment", "information"}
    assert {one["channel"] for one in sheet["consents"]} == {"phone", "email"}
    assert (sheet["gender"], sheet["born"], sheet["country"]) == ("female", "1968-08-14", "CZ")
    assert hand.keys * SECONDS_A_KEY <= 45, hand.keys


def test_how_it_is_read_and_who_may_be_meant_stands_there_before_anything_is_sent(page):
    known = factories.person("Nguyễn Thị Đào", born="1968")
    page.locator("#f-born").fill("1968")
    page.locator("#f-home").fill("Xã Cẩm Xuyên")
    page.locator("#f-name").press_sequentially("nguyen thi dao", delay=20)
    expect(page.locator("#alike")).to_contain_text(known.code)
    expect(page.locator("#f-name")).to_be_focused()
    assert looks() <= 3
    page.locator("#f-contact_points-0-value").fill("01683456789")
    page.locator("#f-contact_points-0-value").press("Tab")
    expect(page.locator("#f-contact_points-0-value-read")).to_have_text("Số di động cũ: nay là 0383 456 789")
    page.locator("#alike").get_by_role("checkbox").check()
    page.locator("#f-source").fill("phiếu 13")
    page.locator("#f-legal_document").fill("phiếu 13/2026")
    page.locator("#f-country").fill("Séc")
    page.keyboard.press("Control+s")
    expect(page.locator("h1")).to_contain_text("nguyen thi dao")


def test_what_was_ticked_stays_ticked_while_one_goes_on(page):
    factories.person("Nguyễn Thị Đào", born="1968")
    page.locator("#f-born").fill("1968")
    page.locator("#f-home").fill("Xã Cẩm Xuyên")
    page.locator("#f-name").fill("Nguyễn Thị Đào")
    page.locator("#alike").get_by_role("checkbox").check()
    page.locator("#f-city").fill("Praha")
    with page.expect_response("**/persons/new/look?*"):
        page.locator("#f-city").press("Tab")
    expect(page.locator("#alike").get_by_role("checkbox")).to_be_checked()


def test_a_letter_that_is_composed_is_left_alone(page):
    """As Telex types it: a letter changes after the next key, by composing or by a backspace and another letter."""
    box = page.locator("#f-name")
    box.evaluate("box => { box.value = 'Ddao'; box.dispatchEvent(new InputEvent('input', { isComposing: true })); }")
    page.wait_for_timeout(900)
    assert looks() == 0
    box.evaluate("box => { box.value = ''; }")
    box.focus()
    for text, typed in (("Nguyeen", "Nguyeen"), ("Nguyên", "Nguyên"), ("Nguyễn", "Nguyễn")):
        box.evaluate("(box, text) => { box.value = text; box.dispatchEvent(new InputEvent('input')); }", text)
        expect(box).to_have_value(typed)
    page.keyboard.press("Backspace")
    page.keyboard.type("n Thị Đào")
    expect(box).to_have_value("Nguyễn Thị Đào")
    assert page.evaluate("document.querySelector('#f-name').selectionStart") == len("Nguyễn Thị Đào")
    # A key that a composition takes is no key of the page.
    key = "{key: 's', ctrlKey: true, isComposing: true, bubbles: true}"
    box.evaluate(f"box => box.dispatchEvent(new KeyboardEvent('keydown', {key}))")
    expect(box).to_be_focused()


def test_a_form_that_was_typed_in_asks_before_it_is_left(page):
    page.locator("#f-name").fill("Đặng Thị Hòa")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/persons")
    assert asked == ["beforeunload"]


def test_without_a_script_it_is_read_by_a_button(cast, served):
    known = factories.person("Nguyễn Thị Đào", born="1968")
    size = {"width": 1366, "height": 768}
    context = served.browser.new_context(base_url=served.url, viewport=size, java_script_enabled=False)
    context.add_cookies([served.cookie("clerk")])
    page = context.new_page()
    page.goto("/persons/new")
    page.locator("#f-name").fill("Nguyễn Thị Đào")
    page.locator("#f-born").fill("1968")
    page.locator("#f-home").fill("Xã Cẩm Xuyên")
    page.locator("#f-contact_points-0-value").fill("01683456789")
    page.get_by_role("button", name="Xem hệ thống hiểu thế nào").click()
    expect(page.locator("#alike")).to_contain_text(known.code)
    expect(page.locator("#f-contact_points-0-value-read")).to_have_text("Số di động cũ: nay là 0383 456 789")
    expect(page.locator("#f-name")).to_have_value("Nguyễn Thị Đào")
    page.locator("#alike").get_by_role("checkbox").check()
    page.locator("#f-country").fill("Séc")
    page.locator("#f-source").fill("phiếu 13")
    page.locator("#f-legal_document").fill("phiếu 13/2026")
    page.get_by_role("button", name="Ghi hồ sơ").click()
    expect(page.locator("h1")).to_contain_text("Nguyễn Thị Đào")


def test_keys_move_about_and_are_listed(cast, served):
    for name in ("An", "Bình", "Chi"):
        factories.person(f"Nguyễn Văn {name}")
    page = served.page("clerk")
    expect(page.get_by_role("button", name="Phím tắt")).to_be_visible()
    page.keyboard.press("/")
    expect(page.locator("#f-text")).to_be_focused()
    page.keyboard.type("nguyen van?")
    expect(page.locator("#f-text")).to_have_value("nguyen van?")
    page.locator("#f-text").fill("nguyen van")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Nguyễn Văn Bình")).to_be_visible()
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Nguyễn Văn Bình")).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="Nguyễn Văn An")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Nguyễn Văn An")
    # Once that is there, the page hears keys.
    expect(page.get_by_role("button", name="Phím tắt")).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_hidden()
    for turned, hidden in (("Tắt", True), ("Bật", False)):
        page.get_by_role("button", name="Phím tắt").click()
        page.get_by_role("button", name=f"{turned} phím tắt không có Ctrl").click()
        expect(page.locator("html[data-keys=off]")).to_have_count(int(hidden))
        expect(page.get_by_role("button", name="Phím tắt")).to_be_visible()
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Phím tắt", include_hidden=True)).to_be_visible(visible=not hidden)
    page.get_by_role("button", name="Đóng").click()
    expect(page.get_by_role("dialog", name="Phím tắt")).to_be_hidden()
    assert served.wrong == []

"""People appear while their name is typed, in a browser: after a pause, and never of half a letter."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import func, select

from kieubao.access.models import AuditEntry
from kieubao.db import db
from tests import factories
from tests.pages.province import sign_in_accounts


@pytest.fixture
def page(served):
    sign_in_accounts()
    for name in ("Đặng Thị Hòa", "Trần Văn Sơn", "Đàng Văn Ba"):
        factories.person(name)
    page = served.page("clerk")
    page.goto("/persons")
    yield page
    assert served.wrong == []


def searches():
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(AuditEntry.action == "people.search"))


def test_who_is_meant_stands_there_before_enter(page):
    page.locator("#f-text").press_sequentially("dang hoa", delay=30)
    expect(page.locator("tbody")).to_contain_text("Đặng Thị Hòa")
    expect(page.locator("tbody")).not_to_contain_text("Đàng Văn Ba")
    # Not with every letter; how often depends on how fast a busy machine types.
    assert searches() < len("dang hoa") / 2
    expect(page.locator("#f-text")).to_be_focused()
    page.get_by_role("link", name="Đặng Thị Hòa").click()
    expect(page.locator("h1")).to_contain_text("Đặng Thị Hòa")


def test_who_only_comes_near_stands_apart(page):
    page.locator("#f-text").fill("dang thi hao")
    expect(page.get_by_role("heading", name="Không ai có đúng tên này")).to_be_visible()
    expect(page.locator("tbody th.apart")).to_have_text("Những người có tên gần giống")
    expect(page.locator("tbody")).to_contain_text("Đặng Thị Hòa")


def test_a_letter_that_is_being_composed_is_waited_for(page):
    page.locator("#f-text").evaluate(
        "box => { box.value = 'dang'; box.dispatchEvent(new InputEvent('input', { isComposing: true })); }"
    )
    page.wait_for_timeout(700)
    assert searches() == 0
    page.locator("#f-text").dispatch_event("compositionend")
    expect(page.locator("tbody")).to_contain_text("Đặng Thị Hòa")


def test_one_letter_is_not_enough(page):
    page.locator("#f-text").fill("d")
    page.wait_for_timeout(700)
    assert searches() == 0

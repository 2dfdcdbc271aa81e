"""Without a mouse: somebody is found and read, a list is approved, published and opened, and an issue is taken."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db
from kieubao.ground import clock
from kieubao.outreach import lists
from tests import factories
from tests.pages.province import sign_in_accounts
from tests.walks.test_stories import agreed

FAR = 120
# What whoever cannot see the page is told has the focus.
NAMED = r"""() => { const one = document.activeElement, tied = [...(one.labels ?? [])].map((label) => label.innerText);
    return (tied.join(" ") || one.getAttribute("aria-label") || one.innerText || "").replace(/\s+/g, " ").trim(); }"""


def tab_to(page, name):
    """Go on by the tab key alone until something is reached that is called so."""
    for _step in range(FAR):
        page.keyboard.press("Tab")
        if page.evaluate(NAMED).startswith(name):
            return page.keyboard
    raise AssertionError(f"{name} is not reached by the tab key")


def test_somebody_is_found_and_read(served):
    sign_in_accounts()
    factories.person("Đặng Thị Hòa", country="CZ")
    factories.person("Đặng Thị Hoa", country="PL")
    page = served.page("clerk")
    page.keyboard.press("/")
    page.keyboard.type("dang thi hoa")
    page.keyboard.press("Enter")
    page.locator("#found").wait_for()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    name = page.evaluate(NAMED)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(name)
    tab_to(page, "sửa Nước").press("Enter")
    page.locator("#f-country").wait_for()
    page.keyboard.press("Control+a")
    page.keyboard.type("Đức")
    page.keyboard.press("Enter")
    expect(page.locator("#fact-country")).to_contain_text("Đức")
    assert served.wrong == []


@pytest.mark.timeout(240)
def test_a_list_is_approved_published_opened_and_taken(served):
    cast = sign_in_accounts()
    factories.notice()
    factories.agreement(factories.accounts.organisation("Hội Liên lạc với người Việt Nam ở nước ngoài").code)
    hoa = agreed("Đặng Thị Hòa", Purpose.EVENTS, Channel.EMAIL)
    lists.submit(factories.listed(cast["clerk"]))
    db.session.commit()
    approver, organizer = served.page("approver"), served.page("organizer")
    tab_to(approver, "1 ").press("Enter")
    approver.get_by_role("heading", name="Danh sách", exact=True).wait_for()
    approver.keyboard.press("j")
    approver.keyboard.press("Enter")
    approver.locator(".preview .in").wait_for()
    tab_to(approver, "Phê duyệt đúng như hiển thị").press("Enter")
    approver.get_by_role("button", name="Phát hành").wait_for()
    tab_to(approver, "Phát hành").press("Enter")
    approver.get_by_role("link", name="Cho phép tải bản phát hành").wait_for()
    tab_to(approver, "Cho phép tải bản phát hành").press("Enter")
    approver.locator("#f-agreement").wait_for()
    tab_to(approver, "Thỏa thuận").press("ArrowDown")
    tab_to(approver, "Họ, chữ đệm và tên khai sinh").press("Space")
    tab_to(approver, "CSV").press("Space")
    tab_to(approver, "Đến hết ngày").type((clock.today() + timedelta(days=7)).strftime("%d/%m/%Y"))
    tab_to(approver, "Cho phép tải").press("Enter")
    expect(approver.get_by_role("cell", name="01/TT-BG,")).to_be_visible()

    organizer.goto("/issues")
    organizer.keyboard.press("j")
    organizer.keyboard.press("Enter")
    organizer.locator("#f-reason").wait_for()
    tab_to(organizer, "Lý do").type("in giấy mời")
    tab_to(organizer, "Định dạng").press("ArrowDown")
    with organizer.expect_download() as taken:
        tab_to(organizer, "Tải tệp").press("Enter")
    rows = csv.DictReader(io.StringIO(Path(taken.value.path()).read_text("utf-8-sig")))
    assert [row["Mã"] for row in rows] == [hoa]
    assert served.wrong == []

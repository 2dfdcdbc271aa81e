"""Somebody far away opens a letter on a telephone: they are shown what is held of them, and decide about it."""

import json
import re

import pypdfium2
import pytest
from playwright.sync_api import expect

from kieubao.access.session import actor_for
from kieubao.db import db
from kieubao.visits import office
from kieubao.visits.vocabulary import Handed
from tests import factories
from tests.pages.province import sign_in_accounts
from tests.pages.test_every_page import Look
from tests.pages.test_walk import press
from tests.visits.coming import NAMED, reached_person

pytestmark = pytest.mark.timeout(240)
CODE = ("Mã", "Code")
SEND = ("Gửi mã", "Send the code")
OPEN = ("Mở hồ sơ của tôi", "Open my record")
GO = ("Tiếp tục", "Go on")


class Telephone:
    """A window of a telephone's size, in one language, of which each page is looked at."""

    def __init__(self, served, language):
        self.english = language == "en"
        self.page, self.look = served.page(width=390, height=800), Look(language, 390)

    def said(self, words):
        return words[self.english]

    def press(self, words):
        press(self.page, self.said(words))

    def enter(self, words):
        self.page.locator(".rooms").get_by_role("link", name=self.said(words)).click()

    def sees(self, name):
        self.look.at(self.page, f"/visit/{name}")


@pytest.fixture
def letter(served):
    """What the clerk printed for somebody in Prague."""
    sign_in_accounts()
    person = reached_person(city="Praha", born="14/08/1968", preferred_language="vi")
    factories.notice()
    clerk = actor_for(factories.accounts.account("clerk"))
    db.session.rollback()
    told = office.give_link(clerk, person.code, Handed.POST, NAMED, served.url)
    return person, told["link"].removeprefix(served.url)


def comes(phone, link, clerk):
    """Show that it is they: by a code that a clerk tells."""
    page = phone.page
    page.goto(link)
    if phone.english:
        page.get_by_role("button", name="English").click()
    phone.sees("landing")
    phone.press(GO)
    phone.sees("welcome")
    expect(page.locator("main")).not_to_contain_text("Hòa")
    page.get_by_label(re.compile("•••148")).check()
    phone.press(SEND)
    clerk.goto("/messages")
    clerk.locator("main").get_by_role("link", name="Đặng Thị Hòa").click()
    code = re.search(r"\d{6}", clerk.locator("blockquote").inner_text())[0]
    clerk.locator("main form button").click()
    for typed in ("000000" if code != "000000" else "111111", code):
        page.locator("#f-code").fill(typed)
        phone.press(OPEN)
        phone.sees("typed")
    expect(page.locator("h1")).to_contain_text("Đặng Thị Hòa")


def agrees(phone):
    """Say yes to invitations, by e-mail, and no to calls for investment."""
    page = phone.page
    phone.enter(("Ông/Bà đồng ý gì", "What you agree to"))
    page.locator(".agreed > div").nth(1).get_by_role("link").click()
    page.locator('[name="agrees"][value="yes"]').check()
    page.locator('[name="channels[]"][value="email"]').check()
    page.locator("main form button").click()
    expect(page.locator(".word.given")).to_have_count(1)
    page.locator(".agreed > div").nth(2).get_by_role("link").click()
    page.locator('[name="agrees"][value="no"]').check()
    page.locator("main form button").click()
    expect(page.locator(".word.refused")).to_have_count(1)
    phone.sees("consents")


def asks(phone):
    """Have something put right, and be reached another way."""
    page = phone.page
    phone.enter(("Yêu cầu của Ông/Bà", "Your requests"))
    page.locator("#f-kind").select_option("correct")
    page.locator("main form button").click()
    phone.sees("nothing-said")
    page.locator("#f-wish").fill("Năm sinh đúng là 1969")
    page.locator("main form button").click()
    expect(page.locator(".card-of")).to_have_count(1)
    phone.enter(("Cách liên hệ với Ông/Bà", "How to reach you"))
    page.locator("#f-channel").select_option("phone")
    page.locator("#f-value").fill("+420 777 123 456")
    page.locator("main form").last.locator("button").click()
    expect(page.locator("main")).to_contain_text("+420 777 123 456")
    phone.sees("contacts")


def takes(phone):
    """Take everything along: the files, by how they are called."""
    page, taken = phone.page, {}
    phone.enter(("Lấy về", "To take along"))
    for wanted in ("pdf", "json", "vcf"):
        with page.expect_download() as leaving:
            page.locator(f'a[href$="/{wanted}"]').click()
        taken[wanted] = leaving.value.path().read_bytes()
    return taken


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_from_a_letter_to_a_decision(served, letter, language):
    person, link = letter
    phone, clerk = Telephone(served, language), served.page("clerk")
    comes(phone, link, clerk)
    agrees(phone)
    asks(phone)
    phone.enter(("Ai đã xem", "Who has read it"))
    expect(phone.page.locator("main ul").last).to_contain_text("Sở Ngoại vụ")
    taken = takes(phone)
    told = json.loads(taken["json"])
    assert (told["record"]["code"], told["requests"][0]["kind"]) == (person.code, "correct")
    assert "Đặng Thị Hòa".encode() in taken["vcf"]
    pages = pypdfium2.PdfDocument(taken["pdf"])
    text = "".join(pages[at].get_textpage().get_text_range() for at in range(len(pages)))
    assert {"Đặng Thị Hòa", "hoa@example.com"} <= {one for one in ("Đặng Thị Hòa", "hoa@example.com") if one in text}
    phone.page.locator(".rooms button").click()
    phone.sees("left")
    phone.page.goto("/mine")
    assert "Hòa" not in phone.page.content()
    assert phone.look.wrong == []


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_it_works_without_script_and_stops_at_once(served, letter, browser):
    """Whoever has but the link, an old telephone and no script: two presses, and nobody writes to them again."""
    person, link = letter
    factories.consent(person.id)
    phone = browser.new_context(
        base_url=served.url, viewport={"width": 390, "height": 800}, java_script_enabled=False
    ).new_page()
    phone.goto(link)
    press(phone, "Tiếp tục")
    phone.get_by_label("Tôi rút lại toàn bộ sự đồng ý").check()
    press(phone, "Ngừng liên hệ")
    expect(phone.locator('[role="status"]')).to_contain_text("Đã xong")
    clerk = served.page("clerk")
    clerk.goto(f"/persons/{person.code}/consents")
    expect(clerk.locator(".agreed")).to_contain_text("Rút lại")
    clerk.goto("/requests")
    expect(clerk.locator("main")).to_contain_text(person.code)

"""Somebody registers on a telephone, one question a page, in either language; a clerk takes them in."""

import pytest
from playwright.sync_api import expect

from kieubao.registrations import web
from tests import factories
from tests.pages.province import sign_in_accounts
from tests.pages.test_every_page import Look
from tests.pages.test_walk import press

pytestmark = pytest.mark.timeout(240)


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch):
    monkeypatch.setattr(web, "_LEAST", 0)


def answers(page, look, answer):
    """Answer a question and go on."""
    look.at(page, "/register/" + page.url.rpartition("/")[2])
    for name, value in answer.items():
        if value is True:
            page.locator(f'[name="{name.partition("=")[0]}"][value="{name.partition("=")[2]}"]').check()
        elif name == "gender":
            page.locator("#f-gender").select_option(value)
        else:
            page.locator(f"#f-{name}").fill(value)
    page.locator("main form button[type=submit]").click()


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("language", ["vi", "en"])
def test_from_a_question_a_page_to_the_register(served, language):
    sign_in_accounts()
    factories.notice()
    phone, look = served.page(width=390, height=800), Look(language, 390)
    phone.goto("/register")
    if language == "en":
        phone.get_by_role("button", name="English").click()
    look.at(phone, "/register/start")
    phone.locator("main a.btn").click()
    answers(phone, look, {"registrant=native": True})
    answers(phone, look, {"name": "Lê Văn Ba"})
    answers(phone, look, {"born": "14/08/1968", "gender": "male"})
    answers(phone, look, {"home": "Xã Cẩm Xuyên"})
    answers(phone, look, {"country": "Việt Nam"})
    expect(phone.locator(".summary")).to_be_visible()
    answers(phone, look, {"country": "Séc", "city": "Praha"})
    answers(phone, look, {"phone": "+420 601 555 148", "email": "ba@example.com"})
    answers(phone, look, {"purposes[]=events": True, "channels[]=email": True})
    expect(phone.locator("h1")).to_have_text("Check your answers" if language == "en" else "Kiểm tra các câu trả lời")
    look.at(phone, "/register/check")
    phone.locator("dd a").nth(1).click()
    answers(phone, look, {"name": "Lê Văn Bốn"})
    expect(phone.locator("main")).to_contain_text("Lê Văn Bốn")
    phone.locator("main form button").click()
    look.at(phone, "/register/sent")
    clerk = served.page("clerk")
    clerk.goto("/registrations")
    clerk.get_by_role("link", name="Lê Văn Bốn").click()
    expect(clerk.locator("main")).to_contain_text("ba@example.com")
    clerk.locator("#f-legal_basis").select_option("consent")
    clerk.get_by_label("E-mail").check()
    press(clerk, "Ghi hồ sơ")
    expect(clerk.locator("h1")).to_contain_text("Lê Văn Bốn")
    expect(clerk.locator(".agreed")).to_contain_text("Đồng ý")
    # Nothing of it is left on the telephone.
    phone.goto("/register/check")
    assert phone.url.endswith("/register/registrant")
    assert look.wrong == []

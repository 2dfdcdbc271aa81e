"""One field of a record, changed where it stands: with a script in place, without one on a page of its own."""

import pytest
from playwright.sync_api import expect

from kieubao.people import service
from tests import factories
from tests.pages.province import sign_in_accounts


@pytest.fixture
def hoa(served):
    sign_in_accounts()
    return factories.person("Đặng Thị Hòa", country="CZ", city="Praha", interests=["trade"])


@pytest.mark.parametrize("script", [True, False])
def test_a_field_is_changed_and_nothing_else(served, hoa, script):
    page = served.page("clerk", script=script)
    page.goto(f"/persons/{hoa.code}")
    page.get_by_role("link", name="sửa Thành phố").click()
    assert page.url.endswith(hoa.code) == script
    page.locator("#f-city").fill("Brno")
    page.locator("#f-city").press("Enter")
    expect(page.locator("#fact-city")).to_contain_text("Brno")
    assert page.url.endswith("#fact-city")
    page.get_by_role("link", name="sửa Lĩnh vực muốn đóng góp").click()
    page.locator("form.one [type=checkbox]:checked").uncheck()
    page.locator("form.one [type=submit]").click()
    expect(page.locator("p.unknown")).to_contain_text("Lĩnh vực muốn đóng góp")
    page.locator("p.unknown").get_by_role("link", name="Nghề nghiệp").click()
    page.locator("#f-occupation").fill("Thợ may")
    page.locator("form.one [type=submit]").click()
    expect(page.locator("#fact-occupation")).to_contain_text("Thợ may")
    assert served.wrong == []


def test_what_is_left_stays_and_what_is_wrong_is_said(served, hoa):
    page = served.page("clerk")
    page.goto(f"/persons/{hoa.code}")
    page.get_by_role("link", name="sửa Nước", exact=True).click()
    page.locator("#f-country").fill("Séc-xlô")
    page.locator("#f-country").press("Escape")
    expect(page.locator("#fact-country")).to_contain_text("Séc")
    page.get_by_role("link", name="sửa Nước", exact=True).click()
    page.locator("#f-country").fill("Atlantis")
    page.locator("form.one [type=submit]").click()
    expect(page.locator(".summary")).to_be_visible()
    expect(page.locator("#f-country")).to_have_value("Atlantis")


def test_who_was_slower_sees_both(served, hoa):
    page = served.page("clerk")
    page.goto(f"/persons/{hoa.code}")
    page.get_by_role("link", name="sửa Thành phố").click()
    page.locator("#f-city").fill("Plzeň")
    service.amend(factories.actor(), hoa.code, version=1, changes={"city": "Brno"})
    page.locator("form.one [type=submit]").click()
    expect(page.locator(".alert-warning")).to_contain_text("Brno")
    page.locator("form.one [type=submit]").click()
    expect(page.locator("#fact-city")).to_contain_text("Plzeň")

"""Pinning somebody and a search, and coming back to both, with a script and without."""

import pytest
from playwright.sync_api import expect

from tests import factories
from tests.pages.province import sign_in_accounts


@pytest.mark.parametrize("script", [True, False])
def test_what_is_pinned_is_a_step_away(served, script):
    sign_in_accounts()
    factories.person("Đặng Thị Hòa", country="CZ", city="Praha")
    factories.person("Trần Văn Bình", country="PL")
    page = served.page("clerk", script=script)
    page.goto("/persons")
    page.get_by_text("Thu hẹp kết quả", exact=True).click()
    page.locator("#f-filters-countries-0").fill("Séc")
    page.get_by_role("button", name="Tìm", exact=True).click()
    page.get_by_role("link", name="Ghim phép tìm này").click()
    page.locator("#f-title").fill("Ở Séc")
    page.get_by_role("button", name="Ghim phép tìm").click()
    expect(page.get_by_role("status")).to_contain_text("đã được ghim")
    page.get_by_role("link", name="Đặng Thị Hòa").click()
    page.get_by_role("button", name="Ghim", exact=True).click()
    page.goto("/")
    page.get_by_role("link", name="Ở Séc").click()
    expect(page.locator("#found")).to_have_text("1 người")
    page.goto("/")
    pinned = page.locator("ul.pinned")
    pinned.get_by_role("link", name="Đặng Thị Hòa").click()
    expect(page.locator("h1")).to_contain_text("Đặng Thị Hòa")
    page.goto("/")
    for name in ("Ở Séc", "Đặng Thị Hòa"):
        pinned.get_by_role("button", name=f"Bỏ ghim {name}").click()
    expect(pinned).to_have_count(0)
    assert served.wrong == []

"""Every page, in both languages, wide and narrow: accessible, quiet, and from nowhere but here."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.pages.province import addresses, furnish

SHOTS = Path(__file__).parents[2] / "test-artefacts"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


def violations(page):
    found = Axe().run(page).response["violations"]
    return [(one["id"], [node["target"] for node in one["nodes"]][:3]) for one in found]


def speak(page, language):
    if page.locator("html").get_attribute("lang") != language:
        page.get_by_role("button", name=LANGUAGES[language]).click()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("width", [1366, 390])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page(served, language, width):
    province, seen = furnish(), []
    folder = SHOTS / f"{language}-{width}"
    folder.mkdir(parents=True, exist_ok=True)
    pages = {role: served.page(actor_name(role), width=width) for role in province.roles}
    pages[""] = served.page(width=width)
    pages[""].goto("/sign-in")
    for page in pages.values():
        speak(page, language)
    for number, (role, address) in enumerate([("", "/sign-in"), *addresses(province.codes)]):
        page = pages[role]
        page.goto(address)
        page.screenshot(path=folder / f"{number:02}{re.sub(r'[^a-z]+', '-', address)}.png", full_page=True)
        too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        one_heading = page.locator("h1").count() == 1
        if (found := violations(page)) or too_wide or not one_heading:
            seen.append((address, found, "too wide" if too_wide else "", one_heading))
        assert page.locator("html").get_attribute("lang") == language
    not_found = "Failed to load resource: the server responded with a status of 404 (NOT FOUND)"
    assert seen == []
    assert [one for one in served.wrong if one != not_found] == []


def actor_name(role):
    return role.replace("_", "")

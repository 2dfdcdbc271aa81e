"""The pictures of the start page and of the figures: the table tells what the bars show, wide and narrow."""

import random
from itertools import islice

import pytest
from axe_playwright_python.sync_playwright import Axe

from kieubao.access.roles import SYSTEM
from kieubao.db import db
from kieubao.people import census, registry, service
from kieubao.sample import people
from tests.pages.province import sign_in_accounts


@pytest.fixture
def crowd(served):
    cast = sign_in_accounts()
    registry.enrol(list(islice(people(random.Random(3)), 300)), "42", None)
    db.session.commit()
    service.count(SYSTEM)
    return service.figures(cast["clerk"])


@pytest.mark.parametrize("language", ["Tiếng Việt", "English"])
@pytest.mark.parametrize("width", [1366, 390])
def test_the_pictures(crowd, served, language, width):
    page = served.page("clerk", width=width)
    if language == "English":
        page.get_by_role("button", name=language).click()
    assert page.locator("table.counts").count() == 2
    _looked_at(page)
    page.locator("a[href='/figures']").click()
    assert page.locator("table.counts").count() == 5
    _looked_at(page)
    rows = page.locator("table.counts:has(#by-country) tr")
    bars = [float(one.get_attribute("width")) for one in rows.locator("rect").all()]
    counts = [count for code, count in crowd["country"].items() if code != census.OTHERS]
    assert bars == [round(100 * count / max(counts), 1) for count in counts]
    assert served.wrong == []


def _looked_at(page):
    assert Axe().run(page).response["violations"] == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_before_the_first_night_nothing_is_drawn(served):
    sign_in_accounts()
    page = served.page("clerk")
    assert page.locator("table.counts").count() == 0
    page.goto("/figures")
    assert page.locator("table.counts").count() == 0
    assert page.locator("h1").count() == 1

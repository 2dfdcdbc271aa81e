"""Every page, in both languages, wide and narrow: accessible, quiet, and from nowhere but here."""

import re
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from kieubao.db import db
from kieubao.people import service
from tests.campaigns import some
from tests.pages.province import addresses, furnish

SHOTS = Path(__file__).parents[2] / "test-artefacts"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
EXPECTED = re.compile(r"the server responded with a status of (404|412|422)")


@dataclass
class Look:
    """Looks at pages one by one: keeps a picture of each, and what is wrong with it."""

    language: str
    width: int
    wrong: list[tuple[str, object]] = field(default_factory=list)
    seen: int = 0

    def at(self, page: Page, name: str) -> None:
        folder = SHOTS / f"{self.language}-{self.width}"
        folder.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=folder / f"{self.seen:02}{re.sub(r'[^a-z]+', '-', name)}.png", full_page=True)
        self.seen += 1
        self.wrong += [(name, one) for one in self._faults(page)]

    def _faults(self, page: Page) -> list[object]:
        found = [(one["id"], one["nodes"][0]["target"]) for one in Axe().run(page).response["violations"]]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append("wider than the window")
        if page.locator("h1").count() != 1:
            found.append("not one heading")
        if page.locator("html").get_attribute("lang") != self.language:
            found.append("another language")
        return found


def searched(clerk):
    clerk.goto("/persons")
    clerk.locator("#f-text").fill("dang")
    clerk.locator("#f-text").press("Enter")
    yield clerk, "/persons/found"
    yield from editing(clerk)
    clerk.goto("/")
    clerk.get_by_role("link", name="Kiều bào trẻ tại Nhật").click()
    yield clerk, "/searches/found"
    clerk.goto("/searches/new")
    yield clerk, "/searches/new"


def settling(clerk, home):
    clerk.goto(f"/persons/homes/{home}")
    clerk.locator("main form button").click()
    yield clerk, "/persons/homes/failed"
    clerk.locator("#f-other_commune").fill("Phường Vũng Áng")
    clerk.locator("main form button").click()
    yield clerk, "/persons/homes/confirm"


def editing(clerk):
    """What becomes of people who were found: one is chosen, and one field, which is not said at first, nor why."""
    clerk.locator("tbody [type=checkbox]").first.check()
    clerk.locator("#edit button").first.click()
    yield clerk, "/edits/new"
    clerk.locator("main form button.btn-primary").click()
    yield clerk, "/edits/new/failed"
    clerk.locator("#f-change-add_interest").select_option("tourism")
    clerk.locator("main form button.btn-primary").click()
    yield clerk, "/edits/preview"
    clerk.locator("main form button.btn-primary").click()
    yield clerk, "/edits/make/failed"


def answers(pages, codes, cast):
    """Go where only a form leads, step by step, and name each page."""
    clerk, officer = pages["clerk"], pages["protection_officer"]
    yield from searched(clerk)
    clerk.goto("/persons/new")
    clerk.locator("#help summary").click()
    yield clerk, "/persons/new/help"
    clerk.locator("#f-contact_points-0-value").fill("abc")
    clerk.locator("main form button.btn-primary").click()
    yield clerk, "/persons/new/failed"
    clerk.goto(f"/persons/{codes['hoa']}/consents/new")
    clerk.locator("main form button").click()
    yield clerk, "/consents/new/failed"
    clerk.goto(f"/persons/{codes['hoa']}/edit")
    service.amend(cast["clerk"], codes["hoa"], version=1, changes={"city": "Brno"})
    db.session.rollback()
    clerk.locator("main form button").click()
    yield clerk, "/persons/edit/stale"
    yield from settling(clerk, codes["home"])
    clerk.goto("/account")
    clerk.locator("#f-name").fill("báo cáo")
    clerk.get_by_role("checkbox").first.check()
    clerk.locator("main form button").last.click()
    yield clerk, "/account/token"
    clerk.goto("/account")
    yield clerk, "/account/tokens"
    clerk.goto("/account/tokens/1/revoke")
    yield clerk, "/account/tokens/revoke"
    officer.goto("/inspections")
    officer.locator("#f-code").fill(codes["hoa"])
    officer.locator("#f-reason").fill("khiếu nại 3/2026")
    officer.locator("main form button.btn-primary").click()
    yield officer, "/inspections/opened"
    officer.locator("main section form button").click()
    yield officer, "/inspections/readings"
    officer.goto("/oversight/trail")
    officer.locator("#f-person").fill(codes["hoa"])
    officer.locator("main form button").first.click()
    yield officer, "/oversight/trail/found"
    officer.goto("/oversight/trail")
    officer.locator("#f-person").fill("KB-7F3Q-9XKC-2")
    officer.locator("#f-person").press("Enter")
    yield officer, "/oversight/trail/nobody"
    yield from released(pages, codes)
    officer.goto("/oversight/breaches/new")
    officer.locator("#f-found_at").fill("hôm qua")
    officer.locator("main form button").click()
    yield officer, "/oversight/breaches/failed"


def released(pages, codes):
    """What police see of somebody, and what an officer of theirs is told of a form that is wrong."""
    police, officer = pages["police"], pages["protection_officer"]
    police.goto(f"/disclosures/{codes['open']}")
    police.locator("main form button").click()
    yield police, "/disclosures/page"
    police.goto("/disclosures/new")
    police.locator("main form button").click()
    yield police, "/disclosures/new/failed"
    officer.goto(f"/disclosures/desk/{codes['to_decide']}")
    officer.locator("main form button").first.click()
    yield officer, "/disclosures/desk/failed"


@pytest.mark.timeout(900)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("language", "width"), some(product(LANGUAGES, (1366, 390)), {("vi", 1366), ("en", 390)}))
def test_every_page(served, language, width):
    province, look = furnish(), Look(language, width)
    pages = {role: served.page(role.replace("_", ""), width=width) for role in province.roles}
    pages[""] = served.page(width=width)
    pages[""].goto("/sign-in")
    if language != "vi":
        for page in pages.values():
            page.get_by_role("button", name=LANGUAGES[language]).click()
    for role, address in [("", "/sign-in"), ("", "/join"), *addresses(province.codes)]:
        answer = pages[role].goto(address)
        # Whoever has not typed their code is asked for it, in the place of their record.
        if answer.status != (404 if address == "/no/such/page" else 200):
            look.wrong.append((address, answer.status))
        look.at(pages[role], address)
    for page, name in answers(pages, province.codes, province.cast):
        look.at(page, name)
    assert look.wrong == []
    assert [one for one in served.wrong if not EXPECTED.search(one)] == []

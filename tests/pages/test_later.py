"""What counts very many people comes once its page stands: by a script, or pressed for without one."""

import pytest
from playwright.sync_api import expect

from kieubao.db import db
from kieubao.outreach.models import Segment
from kieubao.people import census
from tests.pages.province import furnish

PAGES = ("/lists/{submitted}", "/lists/{draft}/households", "/segments/{segment}")


def main(page):
    expect(page.locator("[data-later]")).to_have_count(0)
    return page.locator("main").inner_text()


@pytest.mark.parametrize("script", [True, False])
def test_what_comes_later_is_what_stands_at_once(served, monkeypatch, script):
    codes, page = furnish().codes, served.page("approver", script=script)
    for address in (one.format(**codes) for one in PAGES):
        with monkeypatch.context() as patched:
            patched.setattr(census, "MANY", 0)
            page.goto(address)
            if not script:
                page.locator("[data-later]").click()
            came = main(page)
        page.goto(address)
        assert main(page) == came
    assert served.wrong == []


def test_what_cannot_be_counted_is_said_then(served, monkeypatch):
    codes, page = furnish().codes, served.page("clerk")
    monkeypatch.setattr(census, "MANY", 0)
    db.session.query(Segment).update({"filter": {"on_lists": ["DS-0000-0000-0"]}})
    db.session.commit()
    page.goto(f"/segments/{codes['segment']}")
    expect(page.locator(".summary")).to_contain_text("không còn")
    expect(page.locator("#counted")).to_have_count(0)

"""Help in a browser: the handbook's pictures, taken as a clerk's day goes; its print; panels without a script."""

import base64
import os
from pathlib import Path

import pypdfium2
import pytest
from playwright.sync_api import Locator, Page, expect

from kieubao.access import accounts
from kieubao.db import db
from kieubao.guide import book
from tests.pages.province import furnish, sign_in_accounts

KEPT = Path(book.__file__).parents[1] / "static/guide"
# `make handbook` names the folder that the pictures are kept in.
WRITES = os.environ.get("KIEUBAO_TEST_PICTURES")
BYTES, EDGE = 60_000, 12
LINK = (("heading", "Đường dẫn riêng"), ("button", "Cấp đường dẫn"))
# What a page looks like, and how it prints, is the same whatever is behind it.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def drawn(nodes):
    """The pictures some nodes show: what each is named, and what is read out in its place."""
    return {Path(one.attrs["src"]).stem: one.content for node in nodes for one in node.walk() if one.type == "image"}


NAMED = drawn(book.PREFACE) | {name: said for one in book.CHAPTERS for name, said in drawn(one.nodes).items()}


def picture(page: Page, *shown: Locator) -> bytes:
    """Return a picture of a page, from the first to the last of what is to be seen."""
    page.evaluate("scrollTo(0, 0)")
    boxes = [box for one in shown if (box := one.bounding_box())]
    left, top = (min(box[one] for box in boxes) - EDGE for one in ("x", "y"))
    right, bottom = (
        max(box[one] + box[size] for box in boxes) + EDGE for one, size in (("x", "width"), ("y", "height"))
    )
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top, "scale": 1}
    wanted = {"format": "webp", "quality": 70, "clip": clip, "captureBeyondViewport": True}
    taken = page.context.new_cdp_session(page).send("Page.captureScreenshot", wanted)
    return base64.b64decode(taken["data"])


def day(page, codes):
    """Go through a clerk's day; name what is to be seen of each page."""
    main = page.locator("main")
    page.goto("/")
    yield "trang-chinh", (main.locator("h1"), main.locator(".columns").first)
    yield from finding(page, main)
    yield from entering(page, main)
    person = f"/persons/{codes['hoa']}"
    page.goto(person)
    yield "ho-so", (main.locator("h1"), main.locator("#reach ~ .wide"))
    page.goto(f"{person}/consents")
    yield "su-dong-y", (main.locator("h1"), main.locator("section").nth(1))
    page.goto(f"{person}/consents/new")
    yield "ghi-y-kien", (main.locator("h1"), main.locator("#f-purposes"))
    page.goto(f"/imports/{codes['read']}/mapping")
    yield "y-nghia-cot", (main.locator("table").first,)
    page.goto(f"/imports/{codes['tried']}")
    yield "chay-thu", (main.locator("h1"), main.locator("#rows"))
    page.goto(f"/duplicates/{codes['pair']}")
    yield "ho-so-trung", (main.locator("h1"), main.locator("table").first)
    page.goto(f"/lists/{codes['submitted']}")
    yield "danh-sach", (main.locator("h1"), main.locator(".preview"))
    page.goto(f"{person}/papers")
    yield "giay-to", [main.get_by_role(role, name=name) for role, name in LINK]


def finding(page, main):
    page.goto("/persons")
    page.locator("#f-text").fill("dang")
    page.locator("details", has_text="Thu hẹp kết quả").locator("summary").first.click()
    page.locator("#f-filters-countries-0").fill("Séc")
    page.get_by_role("button", name="Tìm", exact=True).click()
    yield "tim-nguoi", (main.locator("h1"), main.locator("#here"))


def entering(page, main):
    page.goto("/persons/new")
    page.locator("#f-born").fill("14081968")
    page.locator("#f-home").fill("Xã Cẩm Quang, huyện Cẩm Xuyên")
    page.locator("#f-name").press_sequentially("Đặng Thị Hòa", delay=20)
    expect(page.locator("#alike")).to_contain_text("Đặng Thị Hòa")
    yield "ghi-ho-so", (main.locator("h1"), main.locator("#f-home-read"), main.locator("#alike"))


@pytest.fixture
def clerk(served):
    province = furnish()
    accounts.account("clerk").name = "Nguyễn Thị Lan"
    db.session.commit()
    page = served.page("clerk")
    page.emulate_media(reduced_motion="reduce")
    yield page, province.codes
    assert served.wrong == []


@pytest.mark.timeout(240)
def test_the_handbook_shows_the_pages_as_they_are(clerk):
    taken = {name: picture(clerk[0], *shown) for name, shown in day(*clerk)}
    for name, content in taken.items():
        if WRITES:
            Path(WRITES, f"{name}.webp").write_bytes(content)
    assert taken.keys() == NAMED.keys() == {one.stem for one in KEPT.iterdir()}
    assert {name: len(one) for name, one in taken.items() if len(one) > BYTES} == {}
    assert all((KEPT / f"{name}.webp").stat().st_size <= BYTES for name in NAMED)
    # What is seen in a picture is said of it.
    assert {name for name, said in NAMED.items() if len(said) < 20} == set()


@pytest.fixture
def reader(served):
    sign_in_accounts()
    yield served.page("clerk")
    assert served.wrong == []


def test_the_handbook_prints_on_a4_with_its_pictures_and_without_menus(reader):
    reader.goto("/guide")
    seen = reader.evaluate("[...document.images].map(one => one.complete && one.naturalWidth > 0)")
    assert seen == [True] * len(NAMED)
    paper = pypdfium2.PdfDocument(reader.pdf(prefer_css_page_size=True))
    assert [round(one / 72 * 25.4) for one in paper[0].get_size()] == [210, 297]
    text = "".join(page.get_textpage().get_text_bounded() for page in paper)
    assert "Không được làm" in text
    assert "Nhóm đối tượng" not in text
    assert "mỗi danh sách được giao đi" not in text
    assert "Dữ liệu cá nhân" not in text


def test_help_opens_where_it_is_asked_for_without_a_script(served, reader):
    window = served.browser.new_context(base_url=served.url, java_script_enabled=False, locale="vi-VN").new_page()
    window.context.add_cookies(reader.context.cookies())
    window.goto("/persons")
    expect(window.locator("#help-words")).to_be_hidden()
    window.get_by_role("link", name="Trợ giúp", exact=True).click()
    expect(window.locator("#help-words")).to_be_in_viewport()
    window.get_by_role("link", name="4. Tìm người").click()
    expect(window.get_by_role("heading", name="4. Tìm người")).to_be_in_viewport()

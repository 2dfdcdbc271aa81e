"""What is printed: A4, whole, without what only a screen is for, with who printed it and room to sign."""

import pypdfium2
import pytest

from tests import factories
from tests.pages.province import addresses, furnish, sign_in_accounts

# A4 in points, and between the margins in pixels of CSS.
WIDE, HIGH = 595, 842
BETWEEN = round((210 - 30 - 15) / 25.4 * 96)


def printed(page):
    """The pages of a page, as texts; each is A4."""
    document = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True))
    assert {tuple(map(round, one.get_size())) for one in document} == {(WIDE, HIGH)}
    return [one.get_textpage().get_text_bounded() for one in document]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_record_is_printed_to_be_signed(served):
    cast = sign_in_accounts()
    hoa = factories.person("Đặng Thị Hòa", country="CZ", city="Praha", note="Thường về quê dịp Tết")
    page = served.page("clerk")
    page.goto(f"/persons/{hoa.code}")
    text = "\n".join(printed(page))
    for said in ("Đặng Thị Hòa", hoa.code, "Praha", "Người lập biểu", "Thủ trưởng đơn vị", cast["clerk"].name, "1/"):
        assert said in text
    for way in ("Đăng xuất", "Sửa hồ sơ", "Ghim", "Trợ giúp"):
        assert way not in text


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_long_list_has_its_head_on_every_page(served):
    sign_in_accounts()
    for number in range(90):
        factories.person(f"Nguyễn Văn {number}", country="CZ", city="Praha")
    page = served.page("clerk")
    page.goto("/persons")
    page.locator("#f-text").fill("nguyen")
    page.locator("#f-text").press("Enter")
    page.locator("#found").wait_for()
    pages = printed(page)
    assert all("Họ, chữ đệm" in one for one in pages if "Nguyễn Văn" in one)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_nothing_is_cut_off_on_paper(served):
    province, cut = furnish(), []
    pages = {role: served.page(role.replace("_", ""), width=BETWEEN) for role in province.roles if role}
    for page in pages.values():
        page.emulate_media(media="print")
    for role, address in addresses(province.codes):
        if role:
            pages[role].goto(address)
            wide = pages[role].evaluate("document.documentElement.scrollWidth")
            cut += [(address, wide)] if wide > BETWEEN else []
    assert not cut, cut

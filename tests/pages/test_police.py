"""The police desk, walked: a paper to its letter of reply, and a request by an account to what its person is told."""

import io
import re
from datetime import timedelta

import pytest
from docx import Document
from playwright.sync_api import expect

from kieubao.ground import clock
from kieubao.police.vocabulary import Mode
from tests import factories
from tests.pages.province import sign_in_accounts
from tests.pages.test_every_page import SHOTS
from tests.pages.test_walk import press
from tests.police import asking
from tests.signing import equip

pytestmark = [pytest.mark.timeout(300), pytest.mark.parametrize("database", ["sqlite"], indirect=True)]


@pytest.fixture
def enabled(served):
    """A desk that is enabled, and somebody on record with a verified address."""

    def enable(mode):
        cast = sign_in_accounts()
        asking.mandate(cast["admin"], factories.actor("admin"), cast["protection_officer"], mode)
        mail = {"channel": "email", "value": "hoa@example.com", "verified_on": "2026-01-05"}
        return factories.person("Đặng Thị Hòa", born="14/08/1968", contact_points=[mail])

    return enable


def day(shift=0):
    return f"{clock.today() + timedelta(days=shift):%d/%m/%Y}"


def fill(page, **values):
    for name, value in values.items():
        page.locator(f"#f-{name}").fill(value)


def ask(page, **more):
    """Fill a request in, as its officer would."""
    fill(page, case_number="12/2026", case_on=day(-3), instrument="QĐ 45", issuer_name="Cơ quan CSĐT", **more)
    page.get_by_label("Tìm người mất tích").check()
    page.locator("#f-issuer").select_option("investigation")
    fill(page, issued_on=day(-2), expires_on=day(30), own_registers="Cư trú ở nước ngoài")
    for name, value in {"name": "Đặng Thị Hòa", "born": "1968", "home": "Xã Cẩm Xuyên"}.items():
        page.locator(f"#f-subjects-0-{name}").fill(value)
    for name in ("name", "country"):
        page.locator(f"#f-subjects-0-why_{name}").fill("để xác minh nơi ở")


def decide(page, person):
    page.locator("#f-subjects-0-person").fill(person.code)
    page.locator("#f-subjects-0-reason").fill("đúng tên, năm sinh, quê quán")
    for name in ("name", "country"):
        page.locator(f"#f-subjects-0-gives_{name}").check()
        page.locator(f"#f-subjects-0-reason_{name}").fill("cần để xác minh")
    press(page, "Quyết định về đề nghị")


def shot(page, name):
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"police-{name}.png", full_page=True)


def test_from_filing_to_what_its_person_is_told(served, enabled):
    hoa = enabled(Mode.ACCOUNT)
    officer, head = served.page("police"), served.page("policehead")
    officer.goto("/disclosures")
    officer.get_by_role("link", name="Gửi đề nghị").click()
    ask(officer)
    press(officer, "Gửi thủ trưởng đơn vị")
    expect(officer.locator("main")).to_contain_text("Đang xem xét")
    head.goto("/disclosures")
    head.get_by_role("link", name="12/2026").click()
    press(head, "Xác nhận đề nghị")
    desk = served.page("protectionofficer")
    desk.goto("/disclosures/desk")
    desk.get_by_role("link", name="12/2026").click()
    expect(desk.locator("main")).to_contain_text(hoa.code)
    press(desk, "Quyết định về đề nghị")
    expect(desk.locator(".summary")).to_be_visible()
    decide(desk, hoa)
    expect(desk.locator("main")).to_contain_text("Chưa ai xem")
    officer.reload()
    expect(officer.locator("main")).not_to_contain_text("Đặng Thị Hòa")
    press(officer, "Xem thông tin được cung cấp")
    expect(officer.locator(".released")).to_contain_text("Đặng Thị Hòa")
    expect(officer.locator(".released")).to_contain_text("Séc")
    expect(officer.locator(".watermark text").first).to_contain_text("1/3")
    shot(officer, "released")
    officer.emulate_media(media="print")
    expect(officer.locator(".watermark text").first).to_be_visible()
    officer.set_viewport_size({"width": 390, "height": 844})
    officer.emulate_media(media="screen")
    shot(officer, "released-390")
    # The next time they prove anew who they are.
    officer.go_back()
    officer.goto(officer.url)
    press(officer, "Xem thông tin được cung cấp")
    expect(officer.locator("#f-confirm-password, [name='confirm.password']").first).to_be_visible()
    seen = served.page("protectionofficer")
    seen.goto("/inspections")
    seen.locator("#f-code").fill(hoa.code)
    seen.locator("#f-reason").fill("người được hỏi xem ai đã xem")
    seen.get_by_role("button", name="Mở", exact=False).first.click()
    seen.locator("main section form button").click()
    expect(seen.locator("main")).to_contain_text(asking.POLICE)
    assert [one for one in served.wrong if not re.search("40[13]|422", one)] == []


def test_from_a_paper_to_its_letter_of_reply(served, enabled):
    hoa = enabled(Mode.DESK)
    desk = served.page("protectionofficer")
    desk.goto("/disclosures/desk")
    desk.get_by_role("link", name="Nhập đề nghị bằng văn bản giấy").click()
    fill(desk, asking_unit=asking.POLICE, officer_name="Lê Văn Cảnh", head_name="Trần Văn Trưởng")
    ask(desk)
    press(desk, "Nhập đề nghị")
    decide(desk, hoa)
    expect(desk.locator("main")).to_contain_text("Người nhập văn bản cũng là người quyết định")
    chief = served.page("approver")
    chief.goto("/disclosures/approvals")
    chief.get_by_role("link", name="12/2026").click()
    shot(chief, "approval")
    press(chief, "Đồng ý")
    desk.reload()
    with desk.expect_download() as letter:
        press(desk, "Lập công văn")
    words = "\n".join(p.text for p in Document(io.BytesIO(letter.value.path().read_bytes())).paragraphs)
    assert "Họ tên: Đặng Thị Hòa; Nước cư trú: Séc" in words
    assert "chỉ dùng cho vụ việc này" in words
    desk.reload()
    expect(desk.locator("main")).to_contain_text("Đã xem 1 lần")
    police = served.page("police")
    police.goto("/disclosures")
    expect(police.locator("main")).to_contain_text("Chưa được phép tiếp nhận")


def test_the_desk_is_enabled_by_three(served):
    sign_in_accounts()
    factories.account("admin", username="seconded")
    admin, second, officer = (served.page(name) for name in ("admin", "seconded", "protectionofficer"))
    equip("admin")
    admin.goto("/disclosures/mandates")
    admin.get_by_role("link", name="Đề nghị cho phép tiếp nhận").click()
    admin.get_by_label("Chỉ nhận văn bản giấy").check()
    fill(admin, instrument="QĐ 12/2026", issuer_name="UBND tỉnh", issued_on=day(-30))
    press(admin, "Đề nghị")
    expect(admin.locator("main")).to_contain_text("chờ quản trị viên thứ hai")
    press(admin, "Đồng ý")
    expect(admin.locator("main")).to_contain_text("một quản trị viên khác")
    second.goto("/disclosures/mandates")
    press(second, "Đồng ý")
    officer.goto("/disclosures/mandates")
    press(officer, "Cho phép tiếp nhận")
    expect(officer.locator("main")).to_contain_text("Đang có hiệu lực")
    press(officer, "Ngừng tiếp nhận")
    expect(officer.locator("main")).to_contain_text("Đã chấm dứt")

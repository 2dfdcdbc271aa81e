"""The door in a browser: joining by two halves, a code, a passkey in a virtual authenticator, step-up, sessions."""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import update

from kieubao.access import accounts
from kieubao.access.models import Session
from kieubao.db import db
from kieubao.ground import clock
from tests import factories
from tests.campaigns import later_on
from tests.pages.province import sign_in_accounts
from tests.signing import TOTP, equip, rewind

SHOTS = Path(__file__).parents[2] / "test-artefacts" / "door"
PASSPHRASE = "chuồn chuồn bay thấp qua cầu"


@dataclass
class Desk:
    """A window that keeps a picture of each step, and sees that it is fit to be used."""

    page: Page
    name: str
    steps: int = 0

    def shows(self, words):
        expect(self.page.locator("main")).to_contain_text(words)
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SHOTS / f"{self.name}-{self.steps:02}.png", full_page=True)
        self.steps += 1
        assert [one["id"] for one in Axe().run(self.page).response["violations"]] == []

    def press(self, name):
        self.page.locator("main").get_by_role("button", name=name).first.click()

    def fill(self, **fields):
        for name, text in fields.items():
            self.page.locator(f"#f-{name}").fill(text)


def with_authenticator(page):
    """Give a window a passkey device that its holder has unlocked."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "isUserVerified": True}})


def half(desk):
    return desk.page.locator("code.secret").inner_text()


def age(username):
    """Let ten minutes pass over an account's sessions, as far as the proof goes."""
    db.session.rollback()
    mine = update(Session).where(Session.account_id == accounts.account(username).id)
    db.session.execute(mine.values(confirmed_at=clock.now() - timedelta(minutes=11)))
    db.session.commit()


@later_on("postgresql")
@pytest.mark.timeout(180)
def test_a_protection_officer_is_made_by_two_and_works_with_a_passkey(served):
    sign_in_accounts()
    admin, officer = Desk(served.page("admin"), "admin"), Desk(served.page("protectionofficer"), "officer")
    admin.page.goto("/accounts/new")
    admin.fill(username="bao-ve-2", holder="Võ Thị Thanh", organisation="Văn phòng UBND tỉnh")
    admin.page.locator("#f-role").select_option("protection_officer")
    admin.page.locator("#f-units-0").select_option("42")
    admin.shows("Đề nghị cấp tài khoản mới")
    admin.press("Đề nghị cấp tài khoản")
    admin.shows("nửa mã kích hoạt của Ông/Bà")
    first = half(admin)
    admin.page.goto("/accounts")
    admin.shows("bao-ve-2")
    officer.page.goto("/changes")
    officer.shows("Võ Thị Thanh")
    officer.press("Xác nhận")
    officer.shows("Đã xác nhận")
    second = half(officer)

    holder = Desk(served.page(), "holder")
    with_authenticator(holder.page)
    holder.page.goto("/join")
    holder.fill(username="bao-ve-2", first=first, second=first)
    holder.press("Tiếp tục")
    holder.shows("Mã kích hoạt không có hiệu lực")
    holder.fill(second=second)
    holder.press("Tiếp tục")
    holder.shows("Thiết lập cách đăng nhập")
    totp = half(holder)
    holder.fill(password=PASSPHRASE, again=PASSPHRASE, code=pyotp.TOTP(totp).at(clock.now()))
    holder.press("Tạo khóa truy cập và kích hoạt tài khoản")
    holder.shows("Mã khôi phục của Ông/Bà")
    holder.page.get_by_role("link", name="Tôi đã cất giữ").click()
    holder.shows("Võ Thị Thanh")
    holder.page.get_by_role("button", name="Đăng xuất").click()
    holder.press("Đăng nhập bằng khóa truy cập")
    holder.shows("Võ Thị Thanh")

    change_and_confirm(admin, holder)
    db.session.rollback()
    assert accounts.account("lan").role == "approver"
    assert [one for one in served.wrong if "422" not in one and "401" not in one] == []


def change_and_confirm(admin, officer):
    """Have somebody's role changed, by an officer who must first prove once more who they are."""
    factories.account(username="lan")
    admin.page.goto("/accounts/lan/change")
    admin.page.get_by_label("Đổi vai trò").check()
    admin.page.locator("#f-role").select_option("approver")
    admin.shows("Đổi vai trò")
    admin.press("Đề nghị thay đổi")
    admin.shows("Đã đề nghị")
    age("bao-ve-2")
    officer.page.goto("/changes")
    officer.press("Xác nhận lan")
    officer.shows("Xác nhận đúng là Ông/Bà")
    officer.press("Xác nhận bằng khóa truy cập")
    officer.shows("Đã xác nhận")


@pytest.mark.timeout(180)
def test_a_clerk_signs_in_with_a_code_and_sees_where_else_they_are_signed_in(served):
    sign_in_accounts()
    equip("clerk")
    elsewhere = served.page("clerk")
    desk = Desk(served.page(width=390, height=844), "clerk")
    desk.page.goto("/sign-in")
    desk.fill(username="clerk", password=factories.PASSWORD, code="000000")
    desk.press("Đăng nhập")
    desk.shows("Tên đăng nhập, mật khẩu hoặc mã không đúng")
    rewind("clerk")
    desk.fill(password=factories.PASSWORD, code=pyotp.TOTP(TOTP).at(clock.now()))
    desk.press("Đăng nhập")
    desk.shows("Xem tài khoản của tôi")
    desk.page.goto("/account")
    desk.shows("Nơi đang đăng nhập")
    desk.press("Kết thúc mọi phiên khác")
    expect(desk.page.get_by_role("status")).to_contain_text("Phiên đã kết thúc")
    elsewhere.goto("/account")
    expect(elsewhere).to_have_url(re.compile("/sign-in"))
    desk.page.goto("/account/password")
    desk.fill(current=factories.PASSWORD, password=PASSPHRASE, again=PASSPHRASE)
    desk.shows("Đổi mật khẩu")
    desk.press("Đổi mật khẩu")
    expect(desk.page.get_by_role("status")).to_contain_text("Đã đổi mật khẩu")
    assert [one for one in served.wrong if "422" not in one] == []

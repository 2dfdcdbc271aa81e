"""A clerk's file, on pages in a browser: sent, said what it means, tried, taken in; an approver takes it back."""

from itertools import product
from pathlib import Path

import pytest
from playwright.sync_api import expect

from kieubao import worker
from kieubao.people import erasure
from kieubao.traces import tombstones
from tests import factories
from tests.campaigns import some
from tests.pages.province import sign_in_accounts
from tests.pages.test_walk import press

SHOTS = Path(__file__).parents[2] / "test-artefacts" / "files"
# Somebody on record who moved, somebody new with her mother, a wrong day, and somebody who was erased.
FILE = """DANH SÁCH KIỀU BÀO XÃ CẨM XUYÊN
STT;Mã;Họ và tên;Ngày sinh;Điện thoại;Quê quán;Thành phố;Thân nhân;Quan hệ
1;{code};NGUYEN THI DAO;;+420 601 555 149;;Brno;;
2;;Lê Văn Ba;14/08/1950;+420 601 555 150;xã Cẩm Xuyên;Praha;Trần Thị Tư;mẹ
3;;Hồ Hải;31/02/1950;+420 601 555 151;xã Cẩm Xuyên;Praha;;
4;;Võ Thị Năm;01/02/1960;;xã Cẩm Xuyên;Praha;;
Cộng;4
"""


class Pictures:
    """What a page looked like at each step, for somebody to look at."""

    def __init__(self, name, width):
        self.name, self.width, self.steps = name, width, 0

    def __call__(self, page):
        SHOTS.mkdir(parents=True, exist_ok=True)
        self.steps += 1
        page.screenshot(path=SHOTS / f"{self.name}-{self.width}-{self.steps:02}.png", full_page=True)


def wait(page):
    """Have the job that a page follows done, and go on to what came of it."""
    worker.run_all()
    page.get_by_role("link", name="Xem kết quả").click()


def facts(page):
    return dict(zip(*(page.locator(f".facts {tag}").all_text_contents() for tag in ("dt", "dd")), strict=True))


def send(clerk, file, look):
    clerk.goto("/imports")
    clerk.get_by_role("link", name="Gửi một tệp").click()
    clerk.locator("#f-file").set_input_files(file)
    look(clerk)
    press(clerk, "Gửi tệp")
    wait(clerk)


def say_what_it_means(clerk, look):
    clerk.get_by_role("link", name="Cho biết các cột là gì").click()
    expect(clerk.locator("#f-on_record")).to_have_value("amend")
    means = [one.input_value().partition(".")[2] for one in clerk.locator("select[name$=-means]").all()]
    assert means == ["", "code", "name", "born", "", "home", "city", "name", "kinship"]
    clerk.locator("#f-country").fill("Séc")
    clerk.locator("#f-source").fill("Danh sách UBND xã")
    clerk.locator("#f-legal_basis").select_option("19.1.c")
    clerk.locator("#f-legal_document").fill("Kế hoạch 12/KH-UBND")
    look(clerk)
    press(clerk, "Chạy thử từng dòng")
    wait(clerk)


def take_in(clerk, look):
    told = facts(clerk)
    assert (told["Số dòng sẽ được ghi"], told["Số dòng sẽ sửa hồ sơ"]) == ("1", "1")
    assert (told["Các dòng trả về"], told["Các dòng chờ quyết định"]) == ("1", "1")
    expect(clerk.locator("tbody")).to_contain_text("31/02/1950")
    look(clerk)
    clerk.get_by_role("link", name="Các dòng sửa hồ sơ").click()
    expect(clerk.locator("tbody")).to_contain_text("Thành phố: Praha → Brno")
    expect(clerk.locator("tbody")).to_contain_text("Điện thoại: thêm +420 601 555 149")
    look(clerk)
    press(clerk, "Nhập 2 dòng đúng")
    wait(clerk)
    assert facts(clerk)["Số dòng đã sửa hồ sơ"] == "1"


def decide(approver, look):
    approver.goto("/imports")
    approver.get_by_role("link", name="danh sách.csv").click()
    approver.get_by_role("link", name="Các dòng chờ quyết định").click()
    look(approver)
    approver.get_by_role("link", name="Quyết định", exact=True).click()
    expect(approver.locator(".facts")).to_contain_text("Võ Thị Năm")
    approver.get_by_label("Không nhập").check()
    approver.locator("#f-reason").fill("chưa có đơn của họ")
    look(approver)
    press(approver, "Quyết định")
    expect(approver.get_by_role("status")).to_contain_text("Đã quyết định")


def take_back(approver, look):
    approver.get_by_role("link", name="Hoàn tác việc nhập tệp").click()
    look(approver)
    press(approver, "Hoàn tác lượt nhập")
    wait(approver)
    assert facts(approver)["Số dòng đã hoàn tác"] == "2"
    look(approver)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("database", "width"),
    some(product(("sqlite", "postgresql"), (1366, 390)), {("sqlite", 1366), ("postgresql", 390)}),
    indirect=["database"],
)
def test_from_a_file_to_its_undoing(served, tmp_path, width):
    served.app.config["TOMBSTONES"] = str(tmp_path / "graves")
    sign_in_accounts()
    dao = factories.person("Nguyễn Thị Đào", city="Praha", occupation="thợ may")
    gone = factories.person("Võ Thị Năm", born="01/02/1960")
    erasure.erase([gone.id], tombstones())
    factories.db.session.commit()
    file = tmp_path / "danh sách.csv"
    file.write_text(FILE.format(code=dao.code), "utf-8")
    clerk, approver = (served.page(name, width=width) for name in ("clerk", "approver"))
    look = Pictures("file", width)
    send(clerk, file, look)
    say_what_it_means(clerk, look)
    take_in(clerk, look)
    clerk.goto(f"/persons/{dao.code}")
    expect(clerk.locator("main")).to_contain_text("Nguyễn Thị Đào")
    expect(clerk.locator("main")).to_contain_text("Brno")
    look(clerk)
    decide(approver, look)
    take_back(approver, look)
    clerk.goto(f"/persons/{dao.code}")
    expect(clerk.locator("main")).to_contain_text("Praha")
    expect(clerk.locator("main")).not_to_contain_text("601 555 149")
    assert served.wrong == []

"""What the plans ask for, acted through in a browser: from the occasion to who came, and to what came of it."""

import csv
import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
from openpyxl import load_workbook
from playwright.sync_api import expect

from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.ground import clock
from tests import factories
from tests.pages.province import sign_in_accounts
from tests.pages.test_walk import press
from tests.walks.test_stories import HOME, agreed

TODAY = clock.today().strftime("%d/%m/%Y")
PLANS = {"KH": "tỉnh Khánh Hòa giai đoạn", "HT": "tỉnh Hà Tĩnh"}
pytestmark = pytest.mark.timeout(240)


class Office:
    """The windows of those who take part, each signed in."""

    def __init__(self, served):
        sign_in_accounts()
        factories.notice()
        factories.agreement(factories.accounts.organisation("Hội Liên lạc với người Việt Nam ở nước ngoài").code)
        names = ("clerk", "approver", "organizer", "protectionofficer")
        self.clerk, self.approver, self.organizer, self.officer = map(served.page, names)

    def holds(self, kind, title, task, **fields):
        """Take over the plan that asks for it, and add an occasion for its task: its code."""
        self.approver.goto("/plans")
        plan = self.approver.locator("tr", has_text=PLANS[task[:2]]).first
        plan.get_by_role("button", name="Nhận").click()
        clerk = self.clerk
        clerk.goto("/occasions/new")
        clerk.get_by_role("link", name=kind, exact=True).click()
        clerk.locator("#f-title").fill(title)
        chosen = clerk.locator("#f-task option", has_text=f"{task} –")
        clerk.locator("#f-task").select_option(chosen.get_attribute("value"))
        for name, value in fields.items():
            clerk.locator(f"#f-{name}").fill(value)
        press(clerk, "Thêm dịp, sự kiện")
        expect(clerk.locator("h1")).to_contain_text(title)
        expect(clerk.locator("dl.facts").first).to_contain_text(task)
        return clerk.url.rsplit("/", 1)[1]

    def draws(self, purpose, channel, **chosen):
        """Fill in the form of a list that is open, and submit it: its code."""
        clerk = self.clerk
        clerk.locator("#f-title").fill("Khách mời")
        clerk.locator("#f-purpose").select_option(purpose)
        clerk.locator("#f-channels").get_by_label(channel, exact=True).check()
        clerk.locator("#f-fields").get_by_label("Họ, chữ đệm và tên khai sinh").check()
        for name, value in chosen.items():
            clerk.locator(f"#f-{name}").select_option(value)
        press(clerk, "Lập danh sách")
        code = clerk.url.rsplit("/", 1)[1]
        press(clerk, "Trình phê duyệt")
        return code

    def approves(self, code, preview):
        approver = self.approver
        approver.goto(f"/lists/{code}")
        expect(approver.locator(".preview .in")).to_have_text(preview)
        press(approver, "Phê duyệt đúng như hiển thị")

    def grants(self, code, *formats):
        """Publish what was approved and open it: the organizer stands on its page."""
        approver = self.approver
        approver.goto(f"/lists/{code}")
        press(approver, "Phát hành")
        approver.get_by_role("link", name="Cho phép tải bản phát hành").click()
        approver.locator("#f-agreement").select_option(index=1)
        approver.get_by_label("Họ, chữ đệm và tên khai sinh").check()
        for one in formats:
            approver.locator(f"#f-formats input[value={one}]").check()
        approver.locator("#f-until").fill((clock.today() + timedelta(days=7)).strftime("%d/%m/%Y"))
        press(approver, "Cho phép tải")
        self.organizer.goto("/issues")
        self.organizer.get_by_role("link", name="Khách mời").click()
        self.issue = self.organizer.url

    def takes(self, wanted):
        """Pull the issue: what is in the file."""
        page = self.organizer
        page.goto(self.issue)
        page.locator("#f-reason").fill("mời")
        page.locator("#f-format").select_option(wanted)
        with page.expect_download() as taken:
            press(page, "Tải tệp")
        return Path(taken.value.path()).read_bytes()

    def answers(self):
        self.organizer.goto(self.issue)
        self.organizer.get_by_role("link", name="Ghi phản hồi của khách").click()
        return self.organizer


def said(page, person, **fields):
    """Fill in what somebody said, and send it."""
    page.locator("#f-person").fill(person)
    for name, value in fields.items():
        field = page.locator(f"#f-{name}")
        (field.fill if name in ("companions", "spoken_by") else field.select_option)(value)
    press(page, "Ghi phản hồi này")


def offers(clerk, occasion, person, kind):
    """Record that somebody is interested in contributing, out of an occasion."""
    clerk.goto(f"/occasions/{occasion}")
    clerk.get_by_role("link", name="Đóng góp từ dịp này").click()
    clerk.get_by_role("link", name="Ghi đóng góp").click()
    clerk.locator("#f-person").fill(person)
    clerk.locator("#f-kind").select_option(kind)
    clerk.locator("#f-stage").select_option("interested")
    clerk.locator("#f-stands_since").fill(TODAY)
    press(clerk, "Ghi đóng góp")


def test_a_tet_gathering(served):
    """Khánh Hòa's plan, III.1: families at home are invited by letter, one each, and ticked off at the door."""
    office = Office(served)
    mother = agreed("Nguyễn Thị Mai", Purpose.EVENTS, Channel.POST, born="1950", gender="female", **HOME)
    son = agreed("Nguyễn Văn Nam", Purpose.EVENTS, Channel.POST, born="1975", **HOME)
    abroad = agreed("Trần Thị Bích", Purpose.EVENTS, Channel.POST, city="Praha")
    clerk = office.clerk
    clerk.goto(f"/persons/{mother}/kinships/new")
    clerk.locator("#f-relative").fill(son)
    clerk.locator("#f-term").select_option("child")
    clerk.locator("main form button[type=submit]").last.click()

    occasion = office.holds("Sự kiện", "Gặp mặt kiều bào Tết", "KH-4", starts_on=TODAY, seats="3", place="Nha Trang")
    clerk.get_by_role("link", name="Lập danh sách").click()
    code = office.draws("events", "Thư bưu điện", households="True")
    office.approves(code, "2 người được đưa vào")
    office.grants(code, "csv", "letters", "door")
    rows = list(csv.DictReader(io.StringIO(office.takes("csv").decode("utf-8-sig"))))
    assert {row["Mã"] for row in rows} == {mother, abroad}
    assert zipfile.ZipFile(io.BytesIO(office.takes("letters"))).testzip() is None

    page = office.answers()
    sheet = "\n".join(
        ["Mã,Trả lời,Số người đi cùng", f"{mother},Nhận lời,1", f"{abroad},Nhận lời,1", f"{son},Nhận lời,"]
    )
    page.locator("#f-file").set_input_files({"name": "t.csv", "mimeType": "text/csv", "buffer": sheet.encode()})
    press(page, "Ghi cả tệp")
    expect(page.get_by_role("status")).to_contain_text(son)
    expect(page.get_by_role("status")).not_to_contain_text(mother)
    clerk.goto(f"/occasions/{occasion}/responses")
    expect(clerk.locator("dl.facts")).to_contain_text("1 người chờ chỗ")
    clerk.get_by_role("link", name="Ghi phản hồi", exact=True).click()
    said(clerk, mother, answer="accepted", companions="0", said_by="relative", spoken_by="con trai")
    clerk.goto(f"/occasions/{occasion}/responses")
    expect(clerk.locator("dl.facts")).not_to_contain_text("chờ chỗ")
    door = pypdfium2.PdfDocument(office.takes("door"))
    assert mother in door[0].get_textpage().get_text_range()

    clerk.get_by_role("link", name="Đón khách").click()
    clerk.locator("li", has_text=mother).get_by_role("button").click()
    expect(clerk.locator("li", has_text=mother)).to_contain_text("Đã đến")
    expect(clerk.locator(".lead")).to_contain_text("1")
    clerk.goto(f"/persons/{mother}/responses")
    expect(clerk.locator("main")).to_contain_text("Gặp mặt kiều bào Tết")
    clerk.goto(f"/persons/{son}/issues")
    expect(clerk.locator("main")).to_contain_text("Gia đình đã có người được mời")
    assert served.wrong == []


def test_a_delegation_to_korea(served):
    """Khánh Hòa's plan, III.1: who lives where leaders travel is asked to meet them, and says so before they leave."""
    office = Office(served)
    seoul = agreed("Phạm Thị Yến", Purpose.DELEGATION, Channel.EMAIL, country="KR", city="Seoul")
    agreed("Lê Văn Praha", Purpose.DELEGATION, Channel.EMAIL, city="Praha")
    named = {"leader": "Phó Chủ tịch UBND tỉnh", "country": "Hàn Quốc", "cities-0": "Seoul"}
    occasion = office.holds("Đoàn đi nước ngoài", "Đoàn công tác Hàn Quốc", "KH-7", starts_on=TODAY, **named)
    clerk = office.clerk
    clerk.get_by_role("link", name="Lập danh sách").click()
    clerk.locator("#f-filter-countries-0").fill("Hàn Quốc")
    code = office.draws("delegation", "E-mail")
    office.approves(code, "1 người được đưa vào")
    office.grants(code, "vcf")
    assert office.takes("vcf").decode().count(seoul) >= 1

    said(office.answers(), seoul, answer="reached", channel="email")
    said(office.answers(), seoul, answer="accepted")
    said(office.answers(), seoul, presence="attended")
    expect(office.organizer.locator("tbody")).to_contain_text("Đã đến")
    offers(clerk, occasion, seoul, "knowledge")
    expect(clerk.locator("main")).to_contain_text("Đoàn công tác Hàn Quốc")
    assert served.wrong == []


def test_a_call_for_investment(served):
    """Hà Tĩnh's plan, II.5: whom a call suits is asked, and what comes of it is followed to its outcome."""
    office = Office(served)
    suits = agreed("Võ Văn Đầu", Purpose.INVESTMENT, Channel.EMAIL, sector="D", occupation="Kỹ sư điện gió")
    agreed("Bùi Thị Khác", Purpose.INVESTMENT, Channel.EMAIL, country="FR")
    occasion = office.holds("Kêu gọi đầu tư", "Điện gió Kỳ Anh", "HT-1", skills="điện gió", capital_from="500")
    clerk = office.clerk
    clerk.get_by_role("link", name="Ai phù hợp").click()
    expect(clerk.locator("tbody")).to_contain_text(suits)
    clerk.get_by_role("link", name="Lập danh sách những người này").click()
    code = office.draws("investment", "E-mail")
    office.approves(code, "1 người được đưa vào")
    office.grants(code, "xlsx")
    people = load_workbook(io.BytesIO(office.takes("xlsx"))).worksheets[0]
    assert [row[0].value for row in people.iter_rows(min_row=2)] == [suits]
    said(office.answers(), suits, answer="accepted")

    offers(clerk, occasion, suits, "investment")
    clerk.get_by_role("link", name="Cập nhật", exact=True).click()
    clerk.locator("#f-stage").select_option("completed")
    clerk.locator("#f-project").fill("Trang trại điện gió")
    press(clerk, "Lưu cập nhật")
    expect(clerk.locator(".summary")).to_be_focused()
    clerk.locator("#f-worth").fill("900000")
    clerk.locator("#f-unit").select_option("2025:18673")
    press(clerk, "Lưu cập nhật")
    expect(clerk.locator("main")).to_contain_text("900.000")
    clerk.goto(f"/occasions/{occasion}/suited")
    expect(clerk.locator("tbody tr", has_text=suits)).to_contain_text("đã đầu tư vào tỉnh")
    # The form that was wrong.
    assert [one for one in served.wrong if "422" not in one] == []


def test_a_roster_for_an_emergency(served):
    """Điều 19.1.a: nobody's yes is waited for, a no holds, two approve, and everybody is told."""
    office = Office(served)
    points = [{"channel": "phone", "value": "+420601555148"}]
    silent, refused = (factories.person(name, contact_points=points) for name in ("Hồ Văn Lặng", "Hồ Thị Không"))
    factories.consent(refused.id, State.REFUSED, Purpose.PROTECTION, Channel.PHONE)
    silent = silent.code
    named = {"emergency": "Lũ lụt ở Praha", "document": "Công điện 12", "country": "Séc"}
    office.holds("Vụ việc bảo hộ công dân", "Bảo hộ công dân tại Séc", "HT-6", **named)
    clerk = office.clerk
    clerk.get_by_role("link", name="Lập danh sách").click()
    clerk.locator("#f-filter-countries-0").fill("Séc")
    code = office.draws("protection", "Điện thoại")
    office.approves(code, "1 người được đưa vào")
    expect(office.approver.get_by_role("button", name="Phát hành")).to_have_count(0)
    office.officer.goto("/rosters")
    press(office.officer, "Phê duyệt đúng như hiển thị")
    office.grants(code, "csv")
    rows = list(csv.DictReader(io.StringIO(office.takes("csv").decode("utf-8-sig"))))
    assert [row["Mã"] for row in rows] == [silent]

    clerk.goto(f"/lists/{code}/untold")
    expect(clerk.locator("main")).to_contain_text(silent)
    said(office.answers(), silent, answer="reached", channel="phone")
    clerk.goto(f"/lists/{code}/untold")
    expect(clerk.locator("main")).not_to_contain_text(silent)
    office.officer.goto("/rosters")
    expect(office.officer.locator("dl.facts")).to_contain_text("0")
    assert served.wrong == []

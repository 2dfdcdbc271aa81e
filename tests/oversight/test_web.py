"""The desk's pages: what is typed stays, what leaves is a file, what is decided is recorded."""

import csv
import io
import re
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from kieubao.access.models import AuditEntry
from kieubao.access.roles import GRANTS, Permission, Role
from kieubao.db import db
from kieubao.ground import clock
from kieubao.oversight import papers, service
from kieubao.people import service as people
from tests import factories
from tests.pages.province import REGISTERED, oversee, reader, sign_in_accounts
from tests.pages.sending import fields_in


@pytest.fixture
def cast(app):
    return sign_in_accounts()


@pytest.fixture
def hoa(cast):
    return factories.person("Đặng Thị Hòa", city="Praha")


@pytest.fixture
def desk(cast, hoa):
    others = [factories.person(name).code for name in ("Trần Văn Bình", "Lê Thị Đào")]
    return oversee(cast, [hoa.code, *others])


@pytest.fixture
def officer(cast, client):
    return reader(client, "protection_officer")


def test_the_desk_shows_what_waits(officer, desk):
    page = officer.get("/oversight").text
    for sentence in (
        "Mất máy tính xách tay",
        "đã quá hạn",
        "còn 5",
        "Bị từ chối nhiều lần",
        "Quý",
        "02/TT-BG",
        "nguyên vẹn",
    ):
        assert sentence in page, sentence


def test_who_may_only_look_gets_no_form_to_amend_a_breach(officer, desk, monkeypatch):
    page = re.search(r"/oversight/breaches/[A-Z0-9-]+", officer.get("/oversight/breaches").text)[0]
    assert officer.get(f"{page}/edit").status_code == 200
    role = Role.PROTECTION_OFFICER
    monkeypatch.setitem(GRANTS, role, GRANTS[role] - {Permission.OVERSIGHT_KEEP})
    assert (officer.get(page).status_code, officer.get(f"{page}/edit").status_code) == (200, 403)


def test_whoever_is_refused_a_form_leaves_a_line(client, desk):
    clerk, edit = reader(client, "clerk"), f"/oversight/breaches/{desk['breach']}/edit"
    asked = [("POST", "/oversight/trail"), ("GET", "/oversight/trail/found")]
    for method, address in (*asked, ("GET", "/oversight/breaches/new"), ("GET", edit)):
        assert clerk.open(address, method=method).status_code == 403, address
        db.session.rollback()
        line = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (line.action, line.outcome, line.role) == ("access.admit", "forbidden", "clerk"), address
        needed = Permission.AUDIT_READ if "trail" in address else Permission.OVERSIGHT_KEEP
        assert line.details["permission"] == needed


def test_more_than_a_browser_keeps_is_searched_for_all_the_same(officer, cast, hoa):
    people.read(cast["clerk"], hoa.code)
    sent = {"action": "people.read", "account": f"clerk{' ' * 5_000}"}
    answer = officer.post("/oversight/trail", data=sent)
    assert (answer.status_code, "1 dòng" in answer.text) == (200, True)


def test_the_trail_is_searched_and_one_comes_back_to_it(officer, cast, hoa):
    people.read(cast["clerk"], hoa.code)
    answer = officer.post("/oversight/trail", data={"person": hoa.code, "action": "people.read"})
    assert (answer.status_code, answer.location) == (303, "/oversight/trail/found")
    page = officer.get("/oversight/trail/found")
    assert "1 dòng" in page.text
    assert f'/inspections?code={hoa.code}"' in page.text
    assert "Hòa" not in page.text
    assert f'value="{hoa.code}"' in officer.get(f"/inspections?code={hoa.code}").text
    assert fields_in(officer.get("/oversight/trail/found"))["person"] == [hoa.code]


def test_who_is_not_there_is_told_beside_the_code(officer, hoa):
    officer.post("/oversight/trail", data={"person": "KB-7F3Q-9XKC-2"})
    page = officer.get("/oversight/trail/found")
    assert (page.status_code, "Không có hồ sơ này" in page.text) == (404, True)
    wrong = officer.post("/oversight/trail", data={"person": "KB-1", "since": "hôm qua"})
    assert (wrong.status_code, 'value="hôm qua"' in wrong.text) == (422, True)


def test_older_entries_follow(officer, cast):
    for _time in range(35):
        people.search(cast["clerk"], text="x", wanted={})
    officer.post("/oversight/trail", data={"role": "clerk"})
    first = officer.get("/oversight/trail/found")
    more = first.text.split('name="after" value="')[1].split('"')[0]
    second = officer.post("/oversight/trail", data={**fields_in(first), "after": more}, follow_redirects=True)
    assert second.text.count("Tìm người") - first.text.count("Tìm người") == 5 - 30
    assert "Các dòng cũ hơn" not in second.text


def test_what_one_looked_for_is_nobody_elses(officer, client, cast):
    assert officer.get("/oversight/trail/found").location == "/oversight/trail"


@pytest.mark.parametrize("wanted", ["csv", "xlsx"])
def test_the_trail_leaves_as_a_file(officer, cast, hoa, wanted):
    people.inspect(cast["protection_officer"], hoa.code, reason="=1+1")
    file = officer.post("/oversight/trail/file", data={"action": "people.inspect", "format": wanted}, buffered=True)
    assert file.headers["Content-Disposition"] == f"attachment; filename=nhat-ky.{wanted}"
    if wanted == "csv":
        rows = list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"))))
    else:
        rows = [
            [cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(file.data)).worksheets[0].rows
        ]
    assert len(rows) == 2
    assert rows[1][5:9] == ["Kiểm tra hồ sơ (có lý do)", hoa.code, "'=1+1" if wanted == "csv" else "=1+1", "Đã làm"]


def test_a_finding_is_decided_and_comes_back_where_it_is_refused(officer, desk):
    page = f"/oversight/findings/{desk['finding']}"
    refused = officer.post(page, data={"outcome": "misuse"})
    assert (refused.status_code, "Hãy điền hoặc chọn mục này" in refused.text) == (422, True)
    assert officer.post(page, data={"outcome": "misuse", "remark": "đã lập biên bản"}).status_code == 303
    assert "đã lập biên bản" in officer.get(page).text
    assert "Truy cập sai mục đích" in officer.get("/oversight/findings?state=misuse").text
    assert officer.get("/oversight/findings?state=x").status_code == 422


def test_accounts_are_kept_or_marked(officer, desk, cast):
    page = f"/oversight/reviews/{desk['round']}"
    kept = officer.post(f"{page}/{cast['clerk'].id}", data={"verdict": "confirmed"})
    assert (kept.status_code, kept.location) == (303, page)
    refused = officer.post(f"{page}/{cast['police'].id}", data={"verdict": "change"})
    assert (refused.status_code, "Hãy ghi cần thay đổi gì" in refused.text) == (422, True)
    for role in ("police", "police_head", "organizer", "approver", "protection_officer", "admin"):
        officer.post(f"{page}/{cast[role].id}", data={"verdict": "confirmed"})
    assert "Khép lại ngày" in officer.get(page).text
    again = officer.post("/oversight/reviews", data={"quarter": "2026-Q9"})
    assert again.status_code == 422


def test_the_register_is_written_and_taken(officer, desk):
    page = "/oversight/register/events"
    form = fields_in(officer.get(page))
    assert (form["abroad"], form["version"]) == (["false"], ["1"])
    assert officer.post(page, data={**form, "retention": "3 năm"}).status_code == 303
    stale = officer.post(page, data={**form, "retention": "5 năm"})
    assert (stale.status_code, "3 năm" in stale.text, "5 năm" in stale.text) == (412, True, True)
    book = openpyxl.load_workbook(io.BytesIO(officer.get("/oversight/register/file", buffered=True).data))
    rows = [[cell.value for cell in row] for row in book.worksheets[0].rows]
    assert len(rows) == 8
    assert "3 năm" in rows[2]
    assert "chưa có" in rows[1]
    assert officer.get("/oversight/register/spying").status_code == 404


def test_the_register_says_where_data_goes_abroad(officer):
    said = {**REGISTERED, "abroad": "true", "abroad_note": "", "version": "0"}
    refused = officer.post("/oversight/register/events", data=said)
    assert (refused.status_code, "Hãy ghi chuyển đến nước nào" in refused.text) == (422, True)


def test_a_breach_is_amended_reported_and_closed(officer, desk, hoa):
    page = f"/oversight/breaches/{desk['breach']}"
    form = fields_in(officer.get(f"{page}/edit"))
    assert form["version"] == ["1"]
    assert hoa.code in form["affected"][0]
    assert officer.post(f"{page}/edit", data={**form, "cause": "Gửi nhầm", "measures": ""}).status_code == 303
    shown = officer.get(page).text
    assert "Gửi nhầm" in shown
    assert "Đã yêu cầu xóa" not in shown
    stale = officer.post(f"{page}/edit", data={**form, "cause": "Khác"})
    assert (stale.status_code, "Gửi nhầm" in stale.text) == (412, True)
    early = officer.post(f"{page}/report", data={"reported_at": "01/01/2020 09:00", "reported_to": "Bộ Công an"})
    assert (early.status_code, 'value="Bộ Công an"' in early.text) == (422, True)
    now = clock.now().astimezone(clock.HANOI).strftime("%d/%m/%Y %H:%M")
    assert officer.post(f"{page}/report", data={"reported_at": now, "reported_to": "Bộ Công an"}).status_code == 303
    assert "Đã thông báo lúc" in officer.get(page).text
    assert officer.post(f"{page}/close", data={"remark": "xong"}).status_code == 303
    assert officer.post(f"{page}/close", data={"remark": "xong"}).status_code == 409


def test_every_item_of_the_notification_is_filled_or_said_to_be_missing(officer, desk):
    page = f"/oversight/breaches/{desk['breach']}/notice"
    text = officer.get(f"{page}.txt")
    assert text.headers["Content-Disposition"].startswith("attachment")
    lines = [line for line in text.text.splitlines() if line[:1].isdigit()]
    assert [int(line.split(".")[0]) for line in lines] == list(range(1, 15))
    assert (
        sum(line.endswith(": chưa có") for line in lines) == officer.get(page).text.count("<mark>chưa có</mark>") == 6
    )
    assert "8. Loại dữ liệu: Họ tên, e-mail" in lines


def test_a_page_in_english(officer, desk):
    officer.post("/language", data={"language": "en", "next": "/oversight"})
    for address in (
        "",
        "/trail",
        f"/findings/{desk['finding']}",
        "/reviews",
        "/register",
        f"/breaches/{desk['breach']}",
    ):
        page = officer.get(f"/oversight{address}")
        assert (page.status_code, "chưa có" in page.text, 'lang="en"' in page.text) == (200, False, True), address


def test_an_agreement_is_recorded_and_ended(officer, cast):
    office = factories.accounts.organisation("Hội hữu nghị").code
    db.session.commit()
    form = {"organisation": office, "number": "03/TT-BG", "document": "tủ 2", "signed_on": "01/01/2026"}
    form |= {"valid_from": "01/01/2026", "valid_until": (clock.today() + timedelta(days=9)).strftime("%d/%m/%Y")}
    missing = officer.post("/agreements/new", data=form)
    assert missing.status_code == 422
    assert missing.text.count("Hãy điền hoặc chọn mục này") >= 7
    items = dict.fromkeys(("aim", "data", "period", "basis", "protection", "rights", "cooperation"), "như đã ký")
    made = officer.post("/agreements/new", data={**form, **items})
    assert made.status_code == 303
    assert "03/TT-BG" in officer.get("/agreements").text
    assert officer.post(made.location, data={"reason": "bên nhận vi phạm"}).status_code == 303
    assert "Đã chấm dứt trước hạn" in officer.get(made.location).text
    assert service.desk(cast["protection_officer"])["agreements"] == []


def test_details_of_entries_are_in_words(officer, cast, hoa):
    people.amend(cast["clerk"], hoa.code, version=1, changes={"city": "Brno"})
    page = officer.get("/oversight/trail").text
    assert "trường: Thành phố" in page
    assert "Brno" not in page


@pytest.mark.parametrize(
    ("details", "words"),
    [
        ({"field": "interests"}, "trường: Lĩnh vực muốn đóng góp"),
        ({"filters": ["age_to", "countries"]}, "lọc theo: Tuổi đến, Nước"),
        (
            {"need": "missing", "checks": ["several"]},
            "mục đích: Tìm người mất tích; cần đồng phê duyệt vì: Cung cấp về hơn một người",
        ),
        ({"counts": {"taken": 2, "undone": 0}}, "số dòng theo kết quả: Số dòng đã ghi: 2"),
        ({"kind": "intake.try"}, "loại: Chạy thử tệp"),
        ({"kind": "something else"}, "loại: something else"),
    ],
)
def test_codes_among_details_are_called_by_their_labels(app, details, words):
    with app.test_request_context():
        assert papers.told(details) == words

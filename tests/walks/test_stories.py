"""What the plans ask for, acted through by programs: from the occasion to who came, and to what came of it."""

import csv
import io
import zipfile
from datetime import timedelta

import pypdfium2
import pytest
from openpyxl import load_workbook

from kieubao.access.models import Account
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.text import fold
from tests import factories
from tests.walks.test_api import Caller, rows

SETS = {"fields": ["name", "city"], "formats": ["csv", "xlsx", "letters", "door", "vcf", "json"]}
HOME = {"kind": "home", "country": "VN"}


@pytest.fixture
def office(client, cast):
    """The programs of whoever takes part, and the agreement with the organizer's organisation."""
    factories.notice()
    callers = {role: Caller(client, actor) for role, actor in cast.items()}
    organisation = db.session.get(Account, cast["organizer"].id).organisation.code
    return callers | {"agreement": factories.agreement(organisation)}


def agreed(name, purpose, *channels, **fields):
    """The code of somebody who said yes to a purpose by channels; a contact point of each is made."""
    values = {"email": f"{fold(name).replace(' ', '.')}@example.com", "post": "Thôn 3, xã Cẩm Xuyên"}
    points = [{"channel": one.value, "value": values[one.value]} for one in channels]
    guest = factories.person(name, contact_points=points, **fields)
    for channel in channels:
        factories.consent(guest.id, purpose=purpose, channel=channel)
    return guest.code


def task(callers, plan, reference):
    """The code of a task of a plan that kieubao brings."""
    tasks = callers["approver"]("POST", "/plans/brought", {"key": plan}, 201).json["tasks"]
    return next(one["code"] for one in tasks if one["reference"] == reference)


def opened(callers, drawn, **more):
    """Take a list to an issue that is open to the organizer: the codes of both."""
    clerk, approver = callers["clerk"], callers["approver"]
    code = clerk("POST", "/lists", {"fields": ["name", "city"], **drawn}, 201).json["code"]
    clerk("POST", f"/lists/{code}/submit")
    digest = approver("POST", f"/lists/{code}/preview").json["digest"]
    approver("POST", f"/lists/{code}/approve", {"digest": digest})
    if drawn["purpose"] == "protection":
        approver("POST", f"/lists/{code}/publish", status=409)
        (roster,) = callers["protection_officer"]("GET", "/rosters").json
        callers["protection_officer"]("POST", f"/rosters/{code}/approve", {"digest": roster["preview"]["digest"]})
    issue = approver("POST", f"/lists/{code}/publish").json["issues"][0]["code"]
    until = (clock.today() + timedelta(days=7)).isoformat()
    approver("POST", f"/lists/{code}/grants", {**SETS, "until": until, "agreement": callers["agreement"], **more}, 201)
    return code, issue


def pull(callers, issue, wanted="csv"):
    return callers["organizer"]("POST", f"/issues/{issue}/pulls", {"reason": "mời", "format": wanted})


def send(callers, issue, lines):
    """Send a file back, with what became of each in columns of its own."""
    content = io.StringIO()
    csv.writer(content).writerows(lines)
    organizer = callers["organizer"]
    return organizer.client.post(
        f"/api/v1/issues/{issue}/responses/file",
        data={"file": (io.BytesIO(content.getvalue().encode("utf-8-sig")), "trả lời.csv")},
        headers=organizer.headers,
    ).json


def test_a_tet_gathering(office):
    """Khánh Hòa's plan, III.1: families at home are invited by letter, one each, and ticked off at the door."""
    clerk = office["clerk"]
    mother = agreed("Nguyễn Thị Mai", Purpose.EVENTS, Channel.POST, born="1950", gender="female", **HOME)
    son = agreed("Nguyễn Văn Nam", Purpose.EVENTS, Channel.POST, born="1975", **HOME)
    clerk("POST", f"/persons/{mother}/kinships", {"relative": son, "term": "child"}, 201)
    abroad = agreed("Trần Thị Bích", Purpose.EVENTS, Channel.POST, Channel.EMAIL, city="Praha")
    held = {"kind": "event", "title": "Gặp mặt kiều bào Tết Đinh Mùi", "starts_on": clock.today().isoformat()}
    held |= {"seats": 3, "task": task(office, "KH-2017", "KH-4"), "place": "Nha Trang"}
    occasion = clerk("POST", "/occasions", held, 201).json["code"]
    drawn = {"occasion": occasion, "title": "Khách mời", "purpose": "events", "channels": ["post", "email"]}
    _list, issue = opened(office, {**drawn, "households": True})
    assert {one["reason"] for one in clerk("GET", f"/persons/{son}/issues").json} == {"household"}

    taken = rows(pull(office, issue))
    assert {row["Mã"] for row in taken} == {mother, abroad}
    letters = zipfile.ZipFile(io.BytesIO(pull(office, issue, "letters").data))
    assert any(name.endswith(".docx") for name in letters.namelist())

    heads = ["Mã", "Trả lời", "Số người đi cùng", "Ai trả lời", "Họ tên người trả lời thay"]
    told = [[mother, "Nhận lời", "1", "Cán bộ xã", "Công chức xã Cẩm Xuyên"], [abroad, "Nhận lời", "1", "", ""]]
    assert send(office, issue, [heads, *told, ["KB-0000-0000-0", "Nhận lời", "", "", ""]])["recorded"] == 2
    counts = clerk("GET", f"/occasions/{occasion}/responses").json["counts"]
    assert (counts["invited"], counts["accepted"], counts["coming"], counts["waiting"]) == (2, 2, 4, 1)
    phoned = {"person": mother, "answer": "accepted", "companions": 0, "said_by": "relative", "spoken_by": "con trai"}
    clerk("POST", f"/occasions/{occasion}/responses", phoned, 201)
    assert clerk("GET", f"/occasions/{occasion}/responses").json["counts"]["waiting"] == 0
    door = pypdfium2.PdfDocument(pull(office, issue, "door").data)
    assert mother in door[0].get_textpage().get_text_range()

    clerk("POST", f"/occasions/{occasion}/responses", {"person": mother, "presence": "attended"}, 201)
    clerk("POST", f"/occasions/{occasion}/responses", {"person": abroad, "presence": "absent"}, 201)
    counts = clerk("GET", f"/occasions/{occasion}/responses").json["counts"]
    assert (counts["attended"], counts["absent"], counts["came"]) == (1, 1, 1)
    next_year = {"title": "Từng đến", "filter": {"attended": [occasion]}}
    segment = clerk("POST", "/segments", next_year, 201).json["code"]
    assert clerk("GET", f"/segments/{segment}/counts").json["people"] == 1


def test_a_delegation_to_korea(office):
    """Khánh Hòa's plan, III.1: who lives where leaders travel is asked to meet them, and says so before they leave."""
    clerk = office["clerk"]
    seoul = agreed("Phạm Thị Yến", Purpose.DELEGATION, Channel.EMAIL, country="KR", city="Seoul")
    agreed("Lê Văn Praha", Purpose.DELEGATION, Channel.EMAIL, city="Praha")
    agreed("Đỗ Thị Busan", Purpose.EVENTS, Channel.EMAIL, country="KR", city="Busan")
    held = {"kind": "delegation", "title": "Đoàn công tác Hàn Quốc", "country": "Hàn Quốc", "cities": ["Seoul"]}
    held |= {
        "leader": "Phó Chủ tịch UBND tỉnh",
        "starts_on": clock.today().isoformat(),
        "task": task(office, "KH-2017", "KH-7"),
    }
    occasion = clerk("POST", "/occasions", held, 201).json["code"]
    drawn = {"occasion": occasion, "title": "Kiều bào tại Hàn Quốc", "purpose": "delegation", "channels": ["email"]}
    _list, issue = opened(office, {**drawn, "filter": {"countries": ["KR"]}})

    (card,) = pull(office, issue, "vcf").text.split("BEGIN:VCARD")[1:]
    assert seoul in card
    organizer = office["organizer"]
    organizer("POST", f"/issues/{issue}/responses", {"person": seoul, "answer": "reached", "channel": "email"}, 201)
    organizer("POST", f"/issues/{issue}/responses", {"person": seoul, "answer": "accepted", "said_by": "self"}, 201)
    assert b"BEGIN:VEVENT" in organizer("GET", f"/issues/{issue}/calendar").data
    organizer("POST", f"/issues/{issue}/responses", {"person": seoul, "presence": "attended"}, 201)
    offered = {"person": seoul, "occasion": occasion, "kind": "knowledge", "stage": "interested"}
    clerk("POST", "/contributions", {**offered, "stands_since": clock.today().isoformat()}, 201)
    (told,) = clerk("GET", f"/persons/{seoul}/responses").json[:1]
    assert (told["title"], told["presence"]) == ("Đoàn công tác Hàn Quốc", "attended")
    assert len(clerk("GET", f"/contributions?occasion={occasion}").json["contributions"]) == 1


def test_a_call_for_investment(office):
    """Hà Tĩnh's plan, II.5: whom a call suits is asked, and what comes of it is followed to its outcome."""
    clerk = office["clerk"]
    suits = agreed("Võ Văn Đầu", Purpose.INVESTMENT, Channel.EMAIL, sector="D", occupation="Kỹ sư điện gió")
    other = agreed("Bùi Thị Khác", Purpose.INVESTMENT, Channel.EMAIL, country="FR")
    held = {"kind": "investment_call", "title": "Điện gió Kỳ Anh", "sectors": ["D"], "skills": "điện gió"}
    held |= {"capital_from": 500, "capital_to": 2_000, "task": task(office, "HT-2023", "HT-1")}
    occasion = clerk("POST", "/occasions", held, 201).json["code"]
    found = clerk("GET", f"/occasions/{occasion}/suited").json["suited"]
    assert found[0]["person"] == suits
    assert {"sector", "skills"} <= {*found[0]["reasons"]}
    assert other not in [one["person"] for one in found if one["reasons"]]
    drawn = {"occasion": occasion, "title": "Nhà đầu tư", "purpose": "investment", "channels": ["email"]}
    _list, issue = opened(office, {**drawn, "filter": {"suits": [occasion]}})

    people = load_workbook(io.BytesIO(pull(office, issue, "xlsx").data)).worksheets[0]
    assert [row[0].value for row in people.iter_rows(min_row=2)] == [suits]
    (kept,) = pull(office, issue, "json").json["people"]
    assert kept["code"] == suits
    assert send(office, issue, [["Mã", "Trả lời"], [suits, "Nhận lời"]]) == {"recorded": 1, "refused": []}

    today = clock.today().isoformat()
    offered = {"person": suits, "occasion": occasion, "kind": "investment", "stands_since": today}
    made = clerk("POST", "/contributions", {**offered, "stage": "interested"}, 201)
    path, done = f"/contributions/{made.json['code']}", {"stage": "completed", "stands_since": today}
    clerk("PATCH", path, done, 422, **{"If-Match": made.headers["ETag"]})
    done |= {"project": "Trang trại điện gió", "worth": 900_000, "unit": "2025:18673"}
    clerk("PATCH", path, done, **{"If-Match": made.headers["ETag"]})
    told = clerk("GET", f"/contributions?occasion={occasion}").json
    assert [(one["stage"], one["worth"]) for one in told["contributions"]] == [("completed", 900_000)]
    assert "invested" in clerk("GET", f"/occasions/{occasion}/suited").json["suited"][0]["reasons"]


def test_a_roster_for_an_emergency(office):
    """Điều 19.1.a: nobody's yes is waited for, a no holds, two approve, and everybody is told."""
    clerk = office["clerk"]
    points = [{"channel": "phone", "value": "+420601555148"}]
    silent, refused = (factories.person(name, contact_points=points) for name in ("Hồ Văn Lặng", "Hồ Thị Không"))
    factories.consent(refused.id, State.REFUSED, Purpose.PROTECTION, Channel.PHONE)
    silent, refused = silent.code, refused.code
    held = {"kind": "protection", "title": "Bảo hộ công dân tại Séc", "task": task(office, "HT-2023", "HT-6")}
    held |= {"emergency": "Lũ lụt ở Praha", "document": "Công điện 12", "country": "CZ"}
    occasion = clerk("POST", "/occasions", held, 201).json["code"]
    drawn = {"occasion": occasion, "title": "Người ở Séc", "purpose": "protection", "channels": ["phone"]}
    code, issue = opened(office, {**drawn, "filter": {"countries": ["CZ"]}}, formats=["csv"])

    (row,) = rows(pull(office, issue))
    assert (row["Mã"], "Lũ lụt ở Praha" in row["Căn cứ"]) == (silent, True)
    assert [one["person"] for one in clerk("GET", f"/lists/{code}/untold").json["people"]] == [silent]
    told = {"person": silent, "answer": "reached", "channel": "phone", "said_by": "self"}
    office["organizer"]("POST", f"/issues/{issue}/responses", told, 201)
    assert clerk("GET", f"/lists/{code}/untold").json["found"] == 0
    (roster,) = office["protection_officer"]("GET", "/rosters").json
    assert (roster["published"], roster["untold"]) == (True, 0)
    assert {one["reason"] for one in clerk("GET", f"/persons/{refused}/issues").json} == {"refused"}

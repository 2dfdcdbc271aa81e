"""The main job, through the API alone: enrol, find, agree, list, approve, pull, say no, pull again."""

import csv
import io
from datetime import timedelta

import pytest

from kieubao.access.roles import SYSTEM
from kieubao.access.service import verify_trail
from kieubao.consent.agreements import ITEMS
from kieubao.db import db
from kieubao.ground import clock
from tests import factories

BASIS = {"source": "phiếu 12", "legal_basis": "consent", "legal_document": "phiếu đồng ý 12/2026"}
PEOPLE = [
    {"name": "Đặng Thị Hòa", "country": "Séc", "contact_points": [{"channel": "phone", "value": "+420 601 555 148"}]},
    {"name": "Trần Văn Bình", "country": "PL", "contact_points": [{"channel": "phone", "value": "01683456789"}]},
    {"name": "Lê Thu Hà", "country": "Mỹ"},
]
YES = {"purposes": ["events"], "channels": ["email"], "state": "given", "method": "paper", "notice": "events/1"}
NO = {"purposes": ["events"], "channels": ["email"], "state": "withdrawn", "method": "email"}


class Caller:
    """One account's program."""

    def __init__(self, client, actor):
        self.client, self.headers = client, factories.bearer(actor)

    def __call__(self, method, path, body=None, status=200, **headers):
        answer = self.client.open(
            f"/api/v1{path}", method=method, json=body, headers={**self.headers, **headers}, buffered=True
        )
        assert answer.status_code == status, answer.text
        return answer


@pytest.fixture
def callers(client, cast):
    factories.notice()
    return {role: Caller(client, actor) for role, actor in cast.items()}


def rows(answer):
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def test_the_main_job(callers):
    clerk, approver, organizer = (callers[role] for role in ("clerk", "approver", "organizer"))
    today = clock.today().isoformat()

    made = []
    for person in PEOPLE:
        email = {"channel": "email", "value": f"khach{len(made)}@example.com"}
        points = [*person.get("contact_points", []), email]
        body = {"kind": "abroad", "home": "Xã Cẩm Xuyên", **BASIS, **person, "contact_points": points}
        made.append(clerk("POST", "/persons", body, 201).json["code"])
    for typed in ("dang hoa", "HOÀ ĐẶNG", "hoa dang thi", "601 555 148", "Đặng Thị Hòa", made[0].lower()):
        found = clerk("POST", "/persons/search", {"text": typed}).json
        assert [card["code"] for card in found["people"]] == [made[0]], typed

    for code in made[:2]:
        spoken = {**YES, "evidence": "phiếu 12/2026", "signed_on": today}
        clerk("POST", f"/persons/{code}/consents", spoken, 201)

    event = {"kind": "event", "title": "Gặp mặt Tết 2027", "starts_on": "20/01/2027"}
    occasion = clerk("POST", "/occasions", event, 201).json["code"]
    drawn = {"occasion": occasion, "title": "Khách mời", "purpose": "events", "channels": ["email"]}
    code = clerk("POST", "/lists", {**drawn, "fields": ["name", "country"], "filter": {}}, 201).json["code"]
    clerk("POST", f"/lists/{code}/publish", status=403)
    clerk("POST", f"/lists/{code}/submit")
    preview = approver("POST", f"/lists/{code}/preview").json
    assert (preview["inside"], preview["outside"]) == (2, {"no_consent": 1})

    approver("POST", f"/lists/{code}/publish", status=409)
    approver("POST", f"/lists/{code}/approve", {"digest": preview["digest"]})
    issue = approver("POST", f"/lists/{code}/publish").json["issues"][0]
    office = organizer("GET", "/me").json["organisation"]
    holder = next(o["code"] for o in approver("GET", "/organisations").json if o["name"] == office)
    until = (clock.today() + timedelta(days=7)).isoformat()
    year = {"signed_on": today, "valid_from": today, "valid_until": (clock.today() + timedelta(days=365)).isoformat()}
    signed = {"organisation": holder, "number": "01/TT", "document": "d", **dict.fromkeys(ITEMS, "x"), **year}
    approver("GET", "/agreements", status=403)
    callers["protection_officer"]("POST", "/agreements", signed, 201)
    agreed = approver("GET", "/grants/agreements").json[0]["code"]
    terms = {"organisation": holder, "fields": ["name"], "formats": ["csv"], "until": until, "agreement": agreed}
    approver("POST", f"/lists/{code}/grants", terms, 201)

    wanted = {"reason": "in giấy mời", "format": "csv"}
    pulls = f"/issues/{issue['code']}/pulls"
    first = rows(organizer("POST", pulls, wanted))
    assert sorted((row["Họ, chữ đệm và tên"], row["E-mail"]) for row in first) == [
        ("Trần Văn Bình", "khach1@example.com"),
        ("Đặng Thị Hòa", "khach0@example.com"),
    ]

    said = clerk("POST", f"/persons/{made[0]}/consents", {**NO, "signed_on": today}, 201).json
    assert [held["purpose"] for held in said["held_by"]] == ["events"]
    second = rows(organizer("POST", pulls, wanted))
    assert [row["Mã"] for row in second] == [made[1]]
    listed = organizer("GET", pulls).json
    assert [(pull["people"], pull["stop"]) for pull in listed] == [(1, []), (2, [made[0]])]
    assert said["held_by"][0]["source"] == listed[1]["code"]

    verdict = verify_trail(SYSTEM)
    db.session.rollback()
    assert verdict["whole"]
    assert verdict["entries"] >= 24

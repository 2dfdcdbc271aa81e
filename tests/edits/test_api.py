"""Edits over the API: looked at, made by what was shown, undone."""

from datetime import timedelta

import pytest

from kieubao.ground import clock
from tests import factories


@pytest.fixture
def post(client, cast):
    headers = factories.bearer(cast["clerk"])
    return lambda place, body=None: client.post(f"/api/v1/edits{place}", json=body, headers=headers)


def test_a_search_is_looked_at_made_and_undone(client, cast, post):
    one = factories.person(city="Prague", interests=["charity"])
    asked = {"everyone": True, "filters": {"cities": ["Prague"]}, "change": {"add_interest": "trade"}}
    shown = post("/preview", asked).json
    assert (shown["field"], shown["op"], shown["value"], shown["people"]) == ("interests", "add", "trade", 1)
    told = {"person": one.code, "name": "Nguyễn Thị Đào", "before": ["charity"], "after": ["charity", "trade"]}
    assert (shown["sample"], shown["left"], shown["counts"]["changed"]) == ([told], [], 1)
    made = post("", {"preview": shown["preview"], "reason": "lớp khởi nghiệp"})
    assert (made.status_code, made.json["counts"]["changed"], made.json["job"]) == (201, 1, None)
    code = made.json["code"]
    read = client.get(f"/api/v1/edits/{code}", headers=factories.bearer(cast["approver"])).json
    assert (read["reason"], read["can_be_undone"]) == ("lớp khởi nghiệp", True)
    assert post(f"/{code}/undo").json["counts"]["undone"] == 1
    assert post(f"/{code}/undo").status_code == 409


TOMORROW = str(clock.today() + timedelta(1))


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"status": "student", "city": "Praha"},
        {"status": ""},
        {"status": None},
        {"status": "spy"},
        {"name": "Lê Văn Ba"},
        {"country": "CZ"},
        {"legal_basis": "consent"},
        {"confirmed_on": TOMORROW},
        {"add_interest": ["trade"]},
    ],
)
def test_exactly_one_field_that_is_set_alike_is_taken(post, change):
    factories.person()
    assert post("/preview", {"everyone": True, "change": change}).status_code == 422


def test_a_change_is_needed_and_somebody_chosen(post):
    one = factories.person()
    assert post("/preview", {"persons": [one.code]}).status_code == 422
    nobody = post("/preview", {"change": {"status": "student"}}).json
    assert (nobody["people"], post("", {"preview": nobody["preview"], "reason": "r"}).status_code) == (0, 409)
    by_code = post("/preview", {"persons": [one.code, "KB-7F3Q-9XKC-2"], "change": {"confirmed_on": "14/08/2026"}})
    assert (by_code.json["people"], by_code.json["sample"][0]["after"]) == (1, "2026-08-14")


def test_a_reason_is_needed(post):
    shown = post("/preview", {"persons": [factories.person().code], "change": {"status": "student"}}).json
    assert post("", {"preview": shown["preview"]}).status_code == 422
    assert post("", {"preview": shown["preview"], "reason": " "}).status_code == 422

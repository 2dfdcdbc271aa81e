"""What is answered on the pages, and what is made of it."""

from datetime import timedelta

import pytest

from kieubao.ground import clock
from kieubao.registrations import service, web
from tests import factories

ANSWERS = {
    "registrant": {"registrant": "native"},
    "name": {"name": "Lê Văn Ba"},
    "born": {"born": "1968"},
    "home": {"home": "Xã Cẩm Xuyên"},
    "live": {"country": "Séc"},
    "reach": {"phone": "+420 601 555 148"},
    "agree": {"purposes[]": ["events"], "channels[]": ["phone"], "notice[]": ["events/1"]},
}


@pytest.fixture(autouse=True)
def asked(app, monkeypatch):
    factories.notice()
    monkeypatch.setattr(web, "_LEAST", 0)


def answered(client, **more):
    for step, said in {**ANSWERS, **more}.items():
        page = client.post(f"/register/{step}", data=said)
        assert page.status_code == 303, (step, page.text)
    return page


def test_the_next_question_is_the_first_that_is_left(client):
    page = client.post("/register/registrant", data=ANSWERS["registrant"])
    assert page.location.endswith("/register/name")
    assert answered(client).location.endswith("/register/check")
    assert client.get("/register/family").location.endswith("/register")


def test_a_question_out_of_turn_begins_anew(client):
    assert client.post("/register/name", data=ANSWERS["name"]).location.endswith("/register")
    assert client.get("/register/check").location.endswith("/register/registrant")
    assert client.post("/register/nothing", data={}).status_code == 404


def test_who_changes_who_they_are_takes_no_answer_of_before_along(client, cast):
    answered(client)
    client.post("/register/registrant", data={"registrant": "family"})
    client.post("/register/family", data={"family": "Lê Văn Tư, em trai"})
    assert client.post("/register/check", data={}).status_code == 303
    (sent,) = service.waiting(cast["clerk"])
    told = service.one(cast["clerk"], sent["code"], web.reading(sent["code"]))
    assert (told["registrant"], {"purposes", "channels", "notices"} & {*told}) == ("family", set())


def test_nobody_fills_it_in_so_fast(client, cast, monkeypatch):
    answered(client)
    monkeypatch.setattr(web, "_LEAST", 10)
    assert client.post("/register/check", data={}).status_code == 422
    assert service.waiting(cast["clerk"]) == []


def test_whoever_begins_anew_finds_nothing_of_who_sat_there_before(client, cast):
    answered(client)
    client.get("/register")
    assert client.get("/register/check").location.endswith("/register/registrant")
    answered(client)
    client.post("/register/check", data={})
    (sent,) = service.waiting(cast["clerk"])
    assert sent["code"] in client.get("/register/sent").text
    client.get("/register")
    assert sent["code"] not in client.get("/register/sent").text


def test_answers_of_hours_ago_are_nobodys(client, monkeypatch):
    answered(client)
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=3))
    assert client.get("/register/check").location.endswith("/register/registrant")


def test_what_is_kept_is_clean(client, cast):
    answered(
        client,
        registrant={"registrant": " native "},
        name={"name": "  Lê\u202e Văn\n Ba "},
        born={"born": "1968", "gender": " male "},
        agree={**ANSWERS["agree"], "purposes[]": ["events"] * 9, "channels[]": [" phone "] * 9},
    )
    client.post("/register/check", data={})
    (sent,) = service.waiting(cast["clerk"])
    told = service.one(cast["clerk"], sent["code"], web.reading(sent["code"]))
    assert (told["registrant"], told["name"], told["gender"]) == ("native", "Lê Văn Ba", "male")
    assert (told["purposes"], told["channels"]) == (["events"], ["phone"])


def test_nobody_agrees_to_a_notice_they_were_not_shown(client, cast):
    answered(client)
    factories.notice()
    page = client.post("/register/agree", data=ANSWERS["agree"])
    assert (page.status_code, "summary" in page.text) == (422, True)
    # And what they agreed to by the one before is asked anew.
    assert client.post("/register/check", data={}).location.endswith("/register/agree")
    assert service.waiting(cast["clerk"]) == []
    agreed = {**ANSWERS["agree"], "notice[]": ["events/2"]}
    assert client.post("/register/agree", data=agreed).location.endswith("/register/check")
    client.post("/register/check", data={})
    (sent,) = service.waiting(cast["clerk"])
    assert service.one(cast["clerk"], sent["code"], web.reading(sent["code"]))["notices"]["events"] == "events/2"


def test_who_may_be_under_16_is_asked_for_no_agreement(client):
    born = {"born": {"born": str(clock.today().year - 12)}}
    for step, said in {**ANSWERS, **born}.items():
        if step != "agree":
            page = client.post(f"/register/{step}", data=said)
    assert page.location.endswith("/register/check")
    assert client.get("/register/agree").location.endswith("/register")


def test_a_number_is_read_as_of_where_they_live(client):
    answered(client, live={"country": "Đức"}, reach={"phone": "030 901820"})
    page = client.post("/register/reach", data={"phone": "0912 345 678"})
    assert page.status_code == 422
    # Who moves on is asked for it again.
    assert client.post("/register/live", data={"country": "Lào"}).location.endswith("/register/reach")


def test_what_a_machine_may_have_filled_in_says_so(client, cast):
    answered(client)
    client.post("/register/check", data={"leave_blank": "x"})
    (sent,) = service.waiting(cast["clerk"])
    assert service.one(cast["clerk"], sent["code"], web.reading(sent["code"]))["machine"] is True


@pytest.mark.parametrize(
    ("step", "wrong"),
    [
        ("name", {}),
        ("live", {"country": "Việt Nam"}),
        ("reach", {}),
        ("reach", {"phone": "12"}),
        ("reach", {"email": "ba@"}),
        ("agree", {"purposes[]": ["events"]}),
    ],
)
def test_what_is_wrong_comes_back_with_its_reason(client, step, wrong):
    answered(client)
    page = client.post(f"/register/{step}", data=wrong)
    assert (page.status_code, "summary" in page.text) == (422, True)

"""What is answered on the pages, and what is made of it."""

import pytest

from kieubao.registrations import service, web
from tests import factories

ANSWERS = {
    "registrant": {"registrant": "native"},
    "name": {"name": "Lê Văn Ba"},
    "born": {"born": "1968"},
    "home": {"home": "Xã Cẩm Xuyên"},
    "live": {"country": "Séc"},
    "reach": {"phone": "+420 601 555 148"},
    "agree": {"purposes[]": ["events"], "channels[]": ["phone"]},
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

"""Approve, publish, grant, pull and the like ask who it is, where the sign-in is older than ten minutes."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine

from kieubao.access.models import ApiToken
from kieubao.db import db
from kieubao.ground import clock
from tests import factories
from tests.pages.province import reader, sign_in_accounts
from tests.signing import code, equip, rewind

LATER = timedelta(minutes=11)
ANEW = {"confirm.anew": "1"}
SENT = {"name": "báo cáo đêm", "days": "7", "permissions[]": ["person:search", "person:read"]}


@pytest.fixture
def clerk(app, client):
    sign_in_accounts()
    equip("clerk")
    return reader(client, "clerk")


@pytest.fixture
def later():
    with time_machine.travel(clock.now() + LATER, tick=False) as time:
        yield time


def hidden(page):
    return re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', unescape(page))


def carried(page):
    """What a page sends along by itself, but for what every page has."""
    return {name: value for name, value in hidden(page) if name not in {"csrf_token", "next"}}


def proof(**changed):
    return {"confirm.password": factories.PASSWORD, "confirm.code": code(), **changed}


def tokens():
    db.session.rollback()
    return db.session.query(ApiToken).count()


def test_a_fresh_sign_in_is_not_asked(clerk):
    assert "kb_" in clerk.post("/account", data=SENT).text


def test_an_old_sign_in_is_asked_once_and_loses_nothing(clerk, later):
    asked = clerk.post("/account", data=SENT)
    assert (asked.status_code, "Xác nhận đúng là Ông/Bà" in asked.text, tokens()) == (401, True, 0)
    assert "không bị mất" in asked.text
    again = hidden(asked.text)
    assert {("name", "báo cáo đêm"), ("days", "7"), ("permissions[]", "person:read")} <= set(again)
    resent = {"name": "báo cáo đêm", "days": "7", "permissions[]": [v for n, v in again if n == "permissions[]"]}
    assert "kb_" in clerk.post("/account", data={**resent, **proof()}).text
    assert "kb_" in clerk.post("/account", data=SENT).text
    later.shift(LATER)
    assert clerk.post("/account", data=SENT).status_code == 401


def test_a_proof_is_taken_with_what_is_sent_and_not_with_what_is_looked_at(clerk, later):
    """A page that is looked at is not asked for its token against forgery."""
    clerk.open("/account", method="GET", data=proof())
    assert clerk.post("/account", data=SENT).status_code == 401


def test_a_proof_gives_the_session_a_new_secret(clerk, later):
    """What somebody copied of it before is worth nothing after."""
    before = clerk.get_cookie("kieubao").value
    assert "kb_" in clerk.post("/account", data={**SENT, **proof()}).text
    after = clerk.get_cookie("kieubao").value
    clerk.set_cookie("kieubao", before)
    assert clerk.get("/account").status_code == 303
    clerk.set_cookie("kieubao", after)
    assert clerk.get("/account").status_code == 200


def test_ending_sessions_asks_who_it_is(clerk, client, later):
    other = reader(client, "clerk")
    assert clerk.post("/account/sessions").status_code == 401
    assert other.get("/account").status_code == 200
    assert clerk.post("/account/sessions", data=proof()).status_code == 303
    assert other.get("/account").status_code == 303


@pytest.mark.parametrize(
    "wrong", [{"confirm.password": "x"}, {"confirm.code": "000000"}, {"confirm.code": ""}, {"confirm.passkey": "{}"}]
)
def test_a_wrong_proof_is_refused_and_loses_nothing(clerk, later, wrong):
    answer = clerk.post("/account", data={**SENT, **proof(**wrong)})
    assert (answer.status_code, tokens()) == (422, 0)
    assert ("name", "báo cáo đêm") in hidden(answer.text)
    assert factories.PASSWORD not in answer.text
    rewind("clerk")
    assert "kb_" in clerk.post("/account", data={**SENT, **proof()}).text


@pytest.mark.parametrize("typed", ["١٢٣٤٥٦", "１２３４５６", "é" * 6])
def test_a_code_in_other_digits_tells_no_right_password_from_a_wrong_one(clerk, later, typed):
    words = ({"confirm.code": typed}, {"confirm.code": typed, "confirm.password": "đoán mò một mật khẩu"})
    told = [clerk.post("/account", data={**SENT, **proof(**wrong)}) for wrong in words]
    assert [(answer.status_code, "mật khẩu hoặc mã không đúng" in answer.text) for answer in told] == [(422, True)] * 2
    assert tokens() == 0


def test_a_page_of_passwords_asks_who_it_is_before_they_are_typed(clerk, later):
    asked = clerk.get("/account/password")
    assert (asked.status_code, "Xác nhận đúng là Ông/Bà" in asked.text) == (401, True)
    assert carried(asked.text) == ANEW
    wrong = clerk.post("/account/password", data={**ANEW, **proof(**{"confirm.code": ""})})
    assert (wrong.status_code, carried(wrong.text)) == (422, ANEW)
    shown = clerk.post("/account/password", data={**ANEW, **proof()})
    assert (shown.status_code, shown.location) == (303, "/account/password")
    page = clerk.get(shown.location)
    assert (page.status_code, 'name="again"' in page.text, "is-wrong" in page.text) == (200, True, False)


def test_a_password_is_never_sent_back_and_it_is_said_that_it_was_not_kept(clerk, later):
    """Whoever looks at the page, or at what the browser kept of it, reads none."""
    new = "chuồn chuồn bay thấp qua cầu"
    typed = {"current": factories.PASSWORD, "password": new, "again": new}
    for sent in (typed, {**typed, "again": "x"}, {**typed, **proof(**{"confirm.code": "000000"})}):
        asked = clerk.post("/account/password", data=sent)
        assert carried(asked.text) == ANEW
        assert factories.PASSWORD not in asked.text
        assert new not in asked.text
        assert "không bị mất" not in asked.text
    rewind("clerk")
    assert clerk.post("/account/password", data={**ANEW, **proof()}).status_code == 303
    assert clerk.post("/account/password", data=typed).status_code == 303


def test_the_way_back_from_a_proof_stays_in_this_service(clerk, later):
    answer = clerk.post("/%09/example.com/", data={**ANEW, **proof()})
    assert (answer.status_code, answer.location) == (303, "/")


def test_guessing_the_proof_is_slowed(clerk, later):
    codes = [clerk.post("/account", data={**SENT, **proof(**{"confirm.password": "x"})}).status_code for _n in range(6)]
    assert codes == [422] * 5 + [429]


def test_somebody_elses_proof_is_no_proof(clerk, client, later):
    """A window that was left open is not confirmed by whoever comes along with factors of their own."""
    equip("approver", "mật khẩu của người khác hẳn")
    answer = clerk.post("/account", data={**SENT, **proof(**{"confirm.password": "mật khẩu của người khác hẳn"})})
    assert (answer.status_code, tokens()) == (422, 0)


def test_a_token_is_not_asked_again(client, clerk, later):
    """It was made in a fresh session, with the permissions that were chosen then."""
    bearer = factories.bearer(factories.actor("approver"))
    answer = client.post("/api/v1/lists/DS-7F3Q-9XKC-2/publish", headers=bearer)
    assert answer.status_code == 404


def test_a_proof_confirms_nobody_who_is_signed_out(client, clerk):
    answer = client.post("/account", data={**SENT, **proof()})
    assert answer.location.startswith("/sign-in")
    assert tokens() == 0

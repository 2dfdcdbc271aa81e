"""Signing in: by a name, a password and a code; whoever is refused learns nothing of what was wrong."""

from datetime import timedelta
from unicodedata import normalize

import pytest
import time_machine
from sqlalchemy import select, text

from kieubao.access import accounts
from kieubao.access.models import AuditEntry, Session
from kieubao.access.roles import BY_PASSKEY
from kieubao.access.session import actor_named
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import NotFound
from tests import factories
from tests.databases import application, unguard
from tests.signing import TOTP, code, equip, rewind, sign_in

PASSWORD = factories.PASSWORD
UNIFORM = "Tên đăng nhập, mật khẩu hoặc mã không đúng"


@pytest.fixture
def clerk(app):
    made = factories.account("clerk", username="clerk")
    equip("clerk")
    return made


def is_in(client):
    return client.get("/").status_code == 200


def entries():
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("username", ["clerk", " Clerk "])
def test_a_password_is_right_however_its_marks_are_typed(client, clerk, form, username):
    sign_in(client, username, normalize(form, PASSWORD))
    assert is_in(client)


DEVICES = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Edg/140.0": "Edge, Windows",
    "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36": "Chrome, Android",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Safari/604.1": "Safari, iOS",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0": "Firefox, Linux",
    "curl/8.5.0": "?, ?",
}


def test_the_line_of_a_sign_in_says_whose_and_of_which_organisation(client, clerk):
    sign_in(client, "clerk")
    line = next(one for one in entries() if one.action == "entry.sign_in")
    assert (line.actor_id, line.role, line.organisation_id) == (clerk.id, "clerk", clerk.organisation_id)


@pytest.mark.parametrize(("agent", "named"), DEVICES.items())
def test_a_session_is_of_a_device_that_its_owner_knows_again(client, clerk, agent, named):
    client.environ_base["HTTP_USER_AGENT"] = agent
    sign_in(client, "clerk")
    assert db.session.scalars(select(Session.device)).all() == [named]


WRONG = [
    *(("clerk", "một mật khẩu khác hẳn"), ("clerk", PASSWORD.upper()), ("clerk", ""), ("nobody", PASSWORD), ("", "")),
    *(("clerk", PASSWORD + "\0"), ("x" * 50, PASSWORD), ("' OR 1=1 --", PASSWORD)),
]


@pytest.mark.parametrize("wrong", WRONG)
def test_nothing_else_is_right_and_nobody_is_told_what_was_wrong(client, clerk, wrong):
    answer = sign_in(client, *wrong)
    assert (answer.status_code, UNIFORM in answer.text) == (422, True)
    assert not is_in(client)


@pytest.mark.parametrize("typed", ["", "000000", "1", "x" * 40, "123456789", "MP-7F3Q-9XKC-2"])
def test_a_password_alone_lets_nobody_in(client, clerk, typed):
    answer = sign_in(client, "clerk", code=typed)
    assert (answer.status_code, UNIFORM in answer.text, PASSWORD in answer.text) == (422, True, False)
    assert not is_in(client)


@pytest.mark.parametrize("typed", ["١٢٣٤٥٦", "１２３４５６", "१२३ ४५६", "é" * 6, "½" * 6])
def test_a_code_in_other_digits_tells_no_right_password_from_a_wrong_one(client, clerk, typed):
    told = [sign_in(client, "clerk", password, code=typed) for password in (PASSWORD, "đoán mò một mật khẩu")]
    assert [(answer.status_code, UNIFORM in answer.text) for answer in told] == [(422, True)] * 2
    assert not is_in(client)


def test_an_account_that_has_not_joined_cannot_be_signed_in_to(app, client):
    factories.account("clerk", username="clerk")
    assert sign_in(client, "clerk", "").status_code == 422
    assert not is_in(client)


def test_a_code_holds_a_half_minute_around_and_only_once(client, clerk):
    tried = ((-2, False), (-1, True), (-1, False), (0, True), (0, False), (-1, False), (1, True), (2, False))
    with time_machine.travel(clock.now(), tick=False):
        for steps, taken in tried:
            client.post("/sign-out")
            answer = sign_in(client, "clerk", code=code(steps))
            assert (answer.status_code == 303) == taken, steps
            db.session.execute(text("DELETE FROM attempt"))
            db.session.commit()


def test_a_recovery_code_stands_for_the_app_once(client, clerk):
    first, second, *_rest = equip("clerk")
    assert sign_in(client, "clerk", code=first.lower().replace("-", " ")).status_code == 303
    client.post("/sign-out")
    assert sign_in(client, "clerk", code=first).status_code == 422
    assert sign_in(client, "clerk", code=second).status_code == 303
    assert entries()[-1].details["recovery"] is True


@pytest.mark.parametrize("role", sorted(BY_PASSKEY))
def test_a_code_is_not_enough_for_whoever_needs_a_passkey(app, client, role):
    factories.account(role, username="careful")
    recovery, *_rest = equip("careful")
    answer = sign_in(client, "careful")
    assert (answer.status_code, UNIFORM in answer.text) == (422, True)
    assert entries()[-1].details["wrong"] == "passkey needed"
    rewind("careful")
    assert sign_in(client, "careful", code=recovery).status_code == 303


def test_a_closed_account_does_not_sign_in_and_is_out_at_once(client, clerk):
    sign_in(client, "clerk")
    assert is_in(client)
    accounts.disable("clerk")
    db.session.commit()
    assert not is_in(client)
    rewind("clerk")
    assert UNIFORM in sign_in(client, "clerk").text
    assert not is_in(client)


def test_signing_out_is_asked_for_by_post_and_the_browser_forgets(client, clerk):
    sign_in(client, "clerk")
    assert client.get("/sign-out").status_code == 405
    assert is_in(client)
    assert client.post("/sign-out").headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not is_in(client)


def test_a_cookie_that_was_copied_is_worth_nothing_after_signing_out(client, clerk):
    sign_in(client, "clerk")
    copied = client.get_cookie("kieubao").value
    client.post("/sign-out")
    client.set_cookie("kieubao", copied)
    assert not is_in(client)


def test_a_session_from_before_is_not_carried_into_signing_in(client, clerk):
    """Whoever planted a cookie in somebody's browser does not share what they sign in to."""
    client.get("/sign-in")
    planted = client.get_cookie("kieubao").value
    sign_in(client, "clerk")
    assert client.get_cookie("kieubao").value != planted
    client.set_cookie("kieubao", planted)
    assert not is_in(client)


def test_signing_in_again_ends_the_session_that_was_there(client, clerk):
    sign_in(client, "clerk")
    before = client.get_cookie("kieubao").value
    rewind("clerk")
    sign_in(client, "clerk")
    assert is_in(client)
    client.set_cookie("kieubao", before)
    assert not is_in(client)


def test_a_session_is_no_key_to_the_api_nor_a_token_to_the_pages(client, clerk):
    sign_in(client, "clerk")
    assert client.get("/api/v1/me").status_code == 401
    bearer = factories.bearer(actor_named("clerk"))
    client.post("/sign-out")
    assert client.get("/", headers=bearer).status_code == 303


@pytest.mark.parametrize("https", [True, False])
def test_the_cookies_are_kept_from_scripts_and_other_sites(database, app, clerk, https):
    served = application(database, HTTPS=https)
    sent = {"username": "clerk", "password": PASSWORD, "code": code()}
    answer = served.test_client().post("/sign-in", data=sent, base_url="https://localhost" if https else None)
    cookies = [one for one in answer.headers.getlist("Set-Cookie") if "kieubao" in one]
    assert len(cookies) == 2
    for cookie in cookies:
        name, *flags = (part.strip() for part in cookie.split(";"))
        assert name.startswith("__Host-kieubao" if https else "kieubao")
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags)
        assert ("Secure" in flags) == https
        assert not [flag for flag in flags if flag.startswith("Domain")]


def test_a_command_is_run_by_an_account_that_is_open(clerk):
    assert actor_named("clerk").account_id == accounts.account("clerk").id
    accounts.disable("clerk")
    db.session.commit()
    for username in ("clerk", "nobody"):
        with pytest.raises(NotFound):
            actor_named(username)


def test_every_sign_in_and_every_try_stands_in_the_trail(client, clerk):
    sign_in(client, "clerk", "không phải mật khẩu này")
    sign_in(client, "Nhầm-mật-khẩu-vào-đây", PASSWORD)
    sign_in(client, "clerk", code="000000")
    sign_in(client, "clerk")
    stood = entries()
    assert {entry.action for entry in stood} == {"entry.sign_in"}
    assert [entry.outcome for entry in stood] == [*["sign-in-refused"] * 3, "done"]
    assert [entry.details.get("wrong") for entry in stood] == ["password", "name", "code", None]
    assert [entry.actor_id for entry in stood] == [None, None, None, clerk.id]
    assert stood[0].details["account"] == clerk.id
    told = str([entry.details for entry in stood])
    assert not [word for word in ("Nhầm", "nhầm", PASSWORD, TOTP, "000000") if word in told]


def test_a_sign_in_that_cannot_be_recorded_does_not_hold(client, clerk):
    db.session.execute(text("UPDATE audit_head SET last = -1"))
    db.session.commit()
    sign_in(client, "clerk")
    client.post("/sign-out")
    unguard("audit_head")
    db.session.execute(text("DELETE FROM audit_head"))
    db.session.commit()
    assert sign_in(client, "clerk").status_code == 503
    assert not is_in(client)


def test_a_session_ends_by_itself(client, clerk):
    sign_in(client, "clerk")
    start = clock.now()
    with time_machine.travel(start + timedelta(minutes=29), tick=False):
        assert is_in(client)
    with time_machine.travel(start + timedelta(minutes=58), tick=False):
        assert is_in(client)
    with time_machine.travel(start + timedelta(minutes=89), tick=False):
        assert not is_in(client)


def test_a_session_in_use_ends_after_eight_hours(client, clerk):
    sign_in(client, "clerk")
    start = clock.now()
    for minutes in range(20, 8 * 60, 20):
        with time_machine.travel(start + timedelta(minutes=minutes), tick=False):
            assert is_in(client), minutes
    with time_machine.travel(start + timedelta(hours=8), tick=False):
        assert not is_in(client)


@pytest.mark.parametrize(("role", "patience"), [("clerk", 30), ("admin", 15), ("police", 15)])
def test_who_can_do_most_is_out_sooner(app, client, role, patience):
    factories.account(role, username="one")
    recovery, *_rest = equip("one")
    sign_in(client, "one", code=recovery)
    start = clock.now()
    with time_machine.travel(start + timedelta(minutes=patience + 1), tick=False):
        assert not is_in(client)


def test_the_way_back_stays_in_this_service(client, clerk):
    for place in ("https://example.com", "//example.com", "/\\example.com", "/\t/example.com", "/ /example.com"):
        rewind("clerk")
        assert sign_in(client, "clerk", next=place).location == "/"
    rewind("clerk")
    assert sign_in(client, "clerk", next="/lists").location == "/lists"

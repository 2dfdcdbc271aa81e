"""Signing in: by a password however its marks are typed, to an account that is open, with a cookie that is kept."""

from unicodedata import normalize

import pytest
from flask import current_app
from flask_security import hash_password
from sqlalchemy import select, text

from kieubao.access import accounts
from kieubao.access.models import AuditEntry
from kieubao.access.session import actor_named, hashed
from kieubao.db import db
from kieubao.ground.errors import Invalid, NotFound
from tests import factories
from tests.databases import application

PASSWORD = factories.PASSWORD


@pytest.fixture
def clerk(app):
    secret = hash_password(current_app.extensions["security"].password_util.normalize(PASSWORD))
    return factories.account("clerk", username="clerk", password_hash=secret)


def sign_in(client, username="clerk", password=PASSWORD):
    return client.post("/sign-in", data={"username": username, "password": password})


def is_in(client):
    return client.get("/").status_code == 200


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
@pytest.mark.parametrize("username", ["clerk", " Clerk "])
def test_a_password_is_right_however_its_marks_are_typed(client, clerk, form, username):
    sign_in(client, username, normalize(form, PASSWORD))
    assert is_in(client)


WRONG = [("clerk", "một mật khẩu khác hẳn"), ("clerk", PASSWORD.upper()), ("clerk", ""), ("nobody", PASSWORD), ("", "")]
WRONG += [("clerk\0", PASSWORD), ("clerk", PASSWORD + "\0"), ("x" * 5000, PASSWORD), ("' OR 1=1 --", PASSWORD)]


def test_nothing_else_is_right(client, clerk):
    for username, password in WRONG:
        assert sign_in(client, username, password).status_code < 500
        assert not is_in(client), (username, password)


def test_a_disabled_account_does_not_sign_in_and_is_out_at_once(client, clerk):
    sign_in(client)
    assert is_in(client)
    accounts.disable("clerk")
    db.session.commit()
    assert not is_in(client)
    sign_in(client)
    assert not is_in(client)


def test_signing_out_is_asked_for_by_post(client, clerk):
    sign_in(client)
    assert client.get("/sign-out").status_code == 405
    assert is_in(client)
    client.post("/sign-out")
    assert not is_in(client)


def test_a_session_is_no_key_to_the_api_nor_a_token_to_the_pages(client, clerk):
    sign_in(client)
    assert client.get("/api/v1/me").status_code == 401
    bearer = factories.bearer(actor_named("clerk"))
    client.post("/sign-out")
    assert client.get("/", headers=bearer).status_code == 303


@pytest.mark.parametrize("https", [True, False])
def test_the_cookie_is_kept_from_scripts_and_other_sites(database, app, clerk, https):
    served = application(database, HTTPS=https)
    client = served.test_client()
    answer = client.post(
        "/sign-in", data={"username": "clerk", "password": PASSWORD}, base_url="https://localhost" if https else None
    )
    with served.app_context():
        served.extensions["sqlalchemy"].engine.dispose()
    (cookie,) = [one for one in answer.headers.getlist("Set-Cookie") if "kieubao=" in one]
    name, *flags = (part.strip() for part in cookie.split(";"))
    assert name.startswith("__Host-kieubao=" if https else "kieubao=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(flags)
    assert ("Secure" in flags) == https
    assert not [flag for flag in flags if flag.startswith("Domain")]


@pytest.mark.parametrize("password", ["ngắn", "x" * 14, ""])
def test_a_password_that_is_short_is_refused(app, password):
    with app.test_request_context(), pytest.raises(Invalid) as refused:
        hashed(password)
    assert refused.value.field == "password"


def test_a_password_is_kept_as_its_hash(app):
    with app.test_request_context():
        kept = hashed(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert PASSWORD not in kept


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
    sign_in(client)
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in entries] == ["access.refuse_sign_in", "access.refuse_sign_in", "access.sign_in"]
    assert entries[2].actor_id == clerk.id
    assert "Nhầm" not in str([entry.details for entry in entries])


def test_a_sign_in_that_cannot_be_recorded_does_not_hold(client, clerk):
    sign_in(client)
    client.post("/sign-out")
    db.session.execute(text("UPDATE audit_head SET last = 0"))
    db.session.commit()
    sign_in(client)
    assert not is_in(client)

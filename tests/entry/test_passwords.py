"""Passwords: how they are kept, long ones and old ones, the one that one has; and that no name betrays itself."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from argon2 import PasswordHasher, Type, extract_parameters

from kieubao.access import accounts
from kieubao.db import db
from kieubao.entry.service import FREE
from kieubao.ground import clock, passwords
from kieubao.ground.errors import Invalid
from tests import factories
from tests.pages.province import reader
from tests.signing import equip, rewind, sign_in

NEW = "chuồn chuồn bay thấp qua cầu"
LONG = "mười bốn con trâu vàng gặm cỏ ven sông lúc chiều " * 4
# What the service itself would hash with; the tests' own hasher is cheap.
OURS = extract_parameters(passwords._NOBODYS)


@pytest.fixture
def clerk(app, client):
    factories.account("clerk", username="clerk")
    equip("clerk")
    return reader(client, "clerk")


def change(clerk, **sent):
    return clerk.post("/account/password", data={"current": factories.PASSWORD, "password": NEW, "again": NEW, **sent})


def test_they_are_kept_by_a_slow_hash_of_their_own():
    assert (OURS.type, OURS.memory_cost, OURS.time_cost, OURS.parallelism) == (Type.ID, 64 * 1024, 3, 1)
    assert (OURS.salt_len, OURS.hash_len) == (16, 32)
    assert passwords.hashed(NEW) != passwords.hashed(NEW)


def test_who_has_none_has_no_other_either(monkeypatch):
    """Nobody's hash is there to be compared with, so that a no takes as long; nobody gets in by it."""
    monkeypatch.setattr(passwords, "_NOBODYS", passwords.hashed(NEW))
    assert not passwords.matches(None, NEW)
    assert passwords.matches(passwords.hashed(NEW), NEW)


@pytest.mark.parametrize("length", [15, 64, 128, 200])
def test_a_long_one_is_taken_whole(length):
    password = LONG[: length - 1] + "x"
    passwords.check(password)
    kept = passwords.hashed(password)
    assert passwords.matches(kept, password)
    for other in (password[:-1], password[:-1] + "y", password + "x", password.upper()):
        assert not passwords.matches(kept, other)


def test_what_cannot_be_taken_whole_is_refused():
    for password in (LONG[:14], LONG + LONG):
        with pytest.raises(Invalid):
            passwords.check(password)


@pytest.mark.parametrize(
    "password", ["bốn chữ thường thôi nhé em", "4829 1057 3364 9920 1175", "🐃🌾🛶🏮🎐🪷🦋🌊🍃🪁🥁🎋🧧🍵🪔"]
)
def test_no_recipe_is_asked_for(password):
    passwords.check(password)


def test_an_old_one_is_as_good_as_a_new_one(client, clerk):
    with time_machine.travel(clock.now() + timedelta(days=5 * 365), tick=False):
        assert sign_in(client, "clerk").status_code == 303


def test_the_one_that_one_has_is_asked_for(client, clerk):
    for wrong in ({"current": ""}, {"current": NEW}, {"current": factories.PASSWORD.upper()}):
        answer = change(clerk, **wrong)
        assert (answer.status_code, "Đây không phải mật khẩu hiện nay" in answer.text) == (422, True)
        assert NEW not in answer.text
    assert change(clerk).status_code == 303
    rewind("clerk")
    assert sign_in(client, "clerk").status_code == 422
    assert sign_in(client, "clerk", NEW).status_code == 303


@pytest.mark.parametrize(
    ("password", "why"),
    [("ngắn", "15 ký tự"), ("password password password", "dễ đoán"), ("Cán bộ clerk cán bộ clerk", "dễ đoán")],
)
def test_a_weak_one_is_refused_and_so_is_one_typed_two_ways(client, clerk, password, why):
    weak, odd = change(clerk, password=password, again=password), change(clerk, again=NEW + "x")
    assert (weak.status_code, why in weak.text) == (422, True)
    assert (odd.status_code, "Hai lần nhập không giống nhau" in odd.text) == (422, True)
    rewind("clerk")
    assert sign_in(client, "clerk").status_code == 303


def test_a_new_one_ends_what_is_open_elsewhere(client, clerk):
    elsewhere = reader(client, "clerk")
    assert elsewhere.get("/account").status_code == 200
    assert change(clerk).status_code == 303
    assert (clerk.get("/account").status_code, elsewhere.get("/account").status_code) == (200, 303)


def test_it_is_typed_unseen_and_may_be_pasted_and_filled_in(client, clerk):
    """By the browser's keeper of passwords, which knows an old one from a new one by what the field says."""
    fields = re.findall(r'<input [^>]*name="(current|password|again)"[^>]*>', clerk.get("/account/password").text)
    assert fields == ["current", "password", "again"]
    for page in (client.get("/sign-in").text, clerk.get("/account/password").text):
        for field in re.findall(r'<input [^>]*name="(?:current|password|again)"[^>]*>', page):
            assert 'type="password"' in field
            assert re.search(r'autocomplete="(current|new)-password"', field), field
            assert not re.search("onpaste|maxlength|readonly|value=", field), field


def test_guessing_it_from_a_window_left_open_is_slowed(clerk):
    tries = [change(clerk, current=f"đoán mò lần thứ {number}").status_code for number in range(FREE + 1)]
    assert tries == [422] * FREE + [429]
    assert change(clerk).status_code == 429


def worked(client, username, password):
    """For how long a try that is refused keeps the machine at work, in seconds."""
    begun = time.thread_time()
    assert sign_in(client, username, password, code="000000").status_code == 422
    return time.thread_time() - begun


def test_a_name_that_nobody_has_takes_as_long_as_one_that_somebody_has(app, client, monkeypatch):
    hasher = PasswordHasher(OURS.time_cost, OURS.memory_cost, OURS.parallelism)
    monkeypatch.setattr(passwords, "HASHER", hasher)
    for username in ("clerk", "closed", "invited"):
        factories.account("clerk", username=username)
    equip("clerk")
    equip("closed")
    accounts.disable("closed")
    db.session.commit()
    guess = "đoán mò một mật khẩu"
    knocks = {"nobody": guess, "clerk": guess, "closed": factories.PASSWORD, "invited": factories.PASSWORD}
    tried = {name: min(worked(client, name, password) for _time in range(2)) for name, password in knocks.items()}
    assert max(tried.values()) < 1.5 * min(tried.values()), tried

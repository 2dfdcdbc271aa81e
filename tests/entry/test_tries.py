"""Guessing is slowed, by name, by device and by address; the device of the one who is guessed at stays free."""

from contextlib import suppress
from datetime import timedelta
from threading import Barrier, Thread

import pytest
import time_machine

from kieubao.access import attempts
from kieubao.access.models import Attempt
from kieubao.db import db
from kieubao.entry.service import FREE, FREE_HERE
from kieubao.ground import clock
from kieubao.ground.errors import TooMany
from tests import factories
from tests.campaigns import later_on
from tests.signing import equip, rewind, sign_in


@pytest.fixture
def clerk(app):
    made = factories.account("clerk", username="clerk")
    equip("clerk")
    return made


def window(client):
    return type(client)(client.application, client.application.response_class)


def guess(client, times, username="clerk"):
    return [sign_in(client, username, "đoán mò một mật khẩu").status_code for _time in range(times)]


def test_the_sixth_try_waits_and_each_further_one_twice_as_long(client, clerk):
    start = clock.now()
    with time_machine.travel(start, tick=False) as time:
        assert guess(client, FREE) == [422] * FREE
        answer = sign_in(client, "clerk")
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "16")
        time.shift(17)
        assert guess(client, 2) == [422, 429]
        time.shift(17)
        assert guess(client, 1) == [429]
        time.shift(17)
        assert sign_in(client, "clerk").status_code == 303


def test_a_name_that_is_nobodys_is_slowed_just_the_same(client, clerk):
    assert guess(client, FREE + 1, "nobody") == [422] * FREE + [429]


def test_the_device_of_the_one_who_is_guessed_at_stays_free(client, clerk):
    sign_in(client, "clerk")
    client.post("/sign-out")
    rewind("clerk")
    attacker = window(client)
    assert guess(attacker, FREE + 1)[-1] == 429
    assert sign_in(client, "clerk").status_code == 303


def test_a_known_device_is_not_free_to_guess_either(client, clerk):
    sign_in(client, "clerk")
    client.post("/sign-out")
    assert guess(client, FREE + 1)[-1] == 429


def test_a_device_is_known_by_a_cookie_that_nobody_makes(client, clerk):
    guess(client, FREE)
    for made_up in ("x", '["clerk","x"]', "WyJjbGVyayIsIngiXQ.AAAA"):
        client.set_cookie("kieubao-device", made_up)
        assert sign_in(client, "clerk").status_code == 429


@later_on("postgresql")
def test_one_address_cannot_try_everybody(client, clerk):
    codes = [guess(client, 1, f"somebody{number}")[0] for number in range(FREE_HERE + 1)]
    assert codes == [422] * FREE_HERE + [429]


def test_an_office_that_signs_in_from_one_address_is_not_slowed(client, clerk, monkeypatch):
    monkeypatch.setattr("kieubao.entry.service.FREE_HERE", 3)
    for _time in range(6):
        rewind("clerk")
        assert sign_in(window(client), "clerk").status_code == 303


def test_tries_are_forgotten_after_a_quarter_of_an_hour(client, clerk):
    start = clock.now()
    with time_machine.travel(start, tick=False):
        guess(client, FREE)
    with time_machine.travel(start + timedelta(minutes=16), tick=False):
        assert guess(client, FREE) == [422] * FREE


def test_who_got_in_is_forgiven_and_nobody_else(client, clerk):
    guess(client, FREE, "lan")
    guess(client, FREE - 1)
    assert sign_in(client, "clerk").status_code == 303
    client.post("/sign-out")
    stranger = window(client)
    assert guess(stranger, 1) == [422]
    assert guess(stranger, 1, "lan") == [429]


def test_a_try_is_counted_before_it_is_looked_at(app):
    """However many knock at once, no more than the free ones are let try."""
    name = attempts.bucket("name", "clerk")
    for _time in range(FREE):
        attempts.reserve({name: FREE})
    with pytest.raises(TooMany):
        attempts.reserve({name: FREE})


def test_of_many_at_once_only_the_free_ones_are_let_try(app):
    name, gate, let = attempts.bucket("name", "clerk"), Barrier(8), []

    def knock():
        with app.app_context():
            gate.wait()
            for _time in range(3):
                with suppress(TooMany):
                    attempts.reserve({name: FREE})
                    let.append(1)
            db.session.remove()

    threads = [Thread(target=knock) for _n in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert 0 < len(let) <= FREE


def test_knocking_on_a_shut_door_keeps_it_shut_no_longer(client, clerk):
    with time_machine.travel(clock.now(), tick=False) as time:
        guess(client, FREE)
        for _time in range(4):
            time.shift(5)
            last = sign_in(client, "clerk").status_code
        assert last == 303


def test_a_bucket_tells_nobody_whose_it_is(app):
    name = attempts.bucket("name", "clerk")
    assert "clerk" not in name
    assert len(name) <= Attempt.__table__.c.bucket.type.length
    assert attempts.bucket("name", "ab", "c") != attempts.bucket("name", "a", "bc")


def test_a_wrong_token_is_written_down_and_slowed(client, app):
    codes = [client.get("/api/v1/me", headers={"Authorization": "Bearer kb_guess"}).status_code for _n in range(65)]
    assert codes[0] == 401
    assert codes[-1] == 429

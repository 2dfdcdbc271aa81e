"""Sealed, found, told apart: by keys that follow one another, each purpose by one of its own."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from kieubao.ground.ciphers import Keyring, WrongKey, made_with
from kieubao.ground.errors import Conflict, NotFound
from kieubao.ground.keys import Key, Kind

RING = Keyring.fresh()
PHONE = "+420601555148"


def turned(ring, kind):
    """A ring in which a new key has followed the current one, and the new key's id."""
    key_id, ring = ring.adding(kind)
    return key_id, ring.using(key_id)


def test_a_value_opens_in_its_place_alone():
    sealed = RING.seal("Libušská 319", "person.address")
    assert RING.open(sealed, "person.address") == "Libušská 319"
    assert b"319" not in sealed
    with pytest.raises(WrongKey, match=r"person\.note does not open"):
        RING.open(sealed, "person.note")


def test_equal_values_are_not_sealed_alike():
    assert RING.seal("x", "a.b") != RING.seal("x", "a.b")


@pytest.mark.parametrize("at", [0, 4, 16, 20, -1])
def test_a_value_that_was_changed_does_not_open(at):
    sealed = bytearray(RING.seal("Libušská 319", "person.address"))
    sealed[at] ^= 1
    with pytest.raises(WrongKey):
        RING.open(bytes(sealed), "person.address")


@pytest.mark.parametrize("length", range(33))
def test_a_value_that_was_cut_does_not_open(length):
    with pytest.raises(WrongKey):
        RING.open(RING.seal("x", "a.b")[:length], "a.b")


def test_a_new_key_waits_until_it_is_made_current():
    key_id, ring = RING.adding(Kind.FIELD)
    assert made_with(ring.seal("x", "a.b")) == RING.current[Kind.FIELD] != key_id
    assert made_with(ring.using(key_id).seal("x", "a.b")) == key_id
    assert not ring.is_current(key_id)
    assert ring.using(key_id).is_current(key_id)


def test_an_old_value_opens_while_its_key_is_in_the_ring_and_is_named_when_it_is_gone():
    sealed, old = RING.seal("Libušská 319", "person.address"), RING.current[Kind.FIELD]
    _new, ring = turned(RING, Kind.FIELD)
    assert ring.open(sealed, "person.address") == "Libušská 319"
    with pytest.raises(WrongKey, match=old) as lost:
        ring.without(old).open(sealed, "person.address")
    assert "person.address" in str(lost.value)
    assert "Libu" not in str(lost.value)


def test_the_current_key_stays_and_an_unknown_one_is_unknown():
    with pytest.raises(Conflict):
        RING.without(RING.current[Kind.INDEX])
    for act in (RING.without, RING.using, RING.key):
        with pytest.raises(NotFound):
            act("none")


def test_what_is_looked_up_is_sought_by_every_index_key():
    _new, ring = turned(RING, Kind.INDEX)
    old, new = RING.blind("phone", PHONE), ring.blind("phone", PHONE)
    assert old != new
    assert set(ring.blinds("phone", PHONE)) == {old, new}
    assert RING.blinds("phone", PHONE) == [old]
    assert 0 <= new < 2**63


def test_a_field_key_does_not_move_an_index_or_a_fingerprint():
    _new, ring = turned(RING, Kind.FIELD)
    assert ring.blinds("phone", PHONE) == RING.blinds("phone", PHONE)
    assert ring.fingerprint("search", "dao") == RING.fingerprint("search", "dao")


def test_a_fingerprint_names_its_key():
    new, ring = turned(RING, Kind.FINGERPRINT)
    before, after = (one.fingerprint("search", "dao").split(".") for one in (RING, ring))
    assert (before[0], after[0]) == (RING.current[Kind.FINGERPRINT], new)
    assert before[1] != after[1]
    assert RING.fingerprint("search", "dao") != RING.fingerprint("username", "dao")


def test_no_purpose_meets_the_key_of_another():
    """With one secret in every place, nothing made for one purpose is what is made for another."""
    key = next(iter(RING.keys.values()))
    ring = Keyring({kind.upper()[:4]: Key(kind, key.secret, key.made_on) for kind in Kind}, {})
    purposes = ("seal a.b", "seal a.c", "blind phone", "blind tail", "fingerprint search", "check")
    derived = {each.derived(purpose) for each in ring.keys.values() for purpose in purposes}
    assert len(derived) == len(purposes)
    assert key.secret not in derived


def test_many_threads_seal_and_open_with_one_ring():
    ring = Keyring.fresh()

    def work(number):
        text = f"người {number}" * (number % 9)
        return all(ring.open(ring.seal(text, f"a.{n % 3}"), f"a.{n % 3}") == text for n in range(200))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(16)))

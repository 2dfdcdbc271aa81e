"""A keyring as it is written down: what is wrong is named, and no secret with it."""

import json
from base64 import b64encode

import pytest

from kieubao.ground import keys
from kieubao.ground.ciphers import Keyring
from kieubao.ground.errors import Invalid
from kieubao.ground.keys import Kind


@pytest.fixture
def ring():
    return json.loads(Keyring.fresh().to_json())


def of(ring, kind):
    return ring["current"][kind]


def lose(*path):
    def change(ring):
        place = ring
        for name in path[:-1]:
            place = place[name(ring) if callable(name) else name]
        del place[path[-1](ring) if callable(path[-1]) else path[-1]]

    return change


def put(name, value):
    return lambda ring: ring["keys"][of(ring, "field")].update({name: value})


def rename(key_id):
    return lambda ring: ring["keys"].update({key_id: ring["keys"].pop(of(ring, "field"))})


def swap(ring):
    ring["current"]["field"] = of(ring, "index")


WRONG = {
    "keys": lose("keys"),
    "current": lose("current"),
    "current.field": lose("current", "field"),
    "current.index": lambda ring: ring["current"].update(index=["7QF2"]),
    "current.fingerprint": lambda ring: ring["keys"].pop(of(ring, "fingerprint")),
    "keys.7QF": rename("7QF"),
    "keys.7qf2": rename("7qf2"),
    "keys.ÀÀÀÀ": rename("ÀÀÀÀ"),
    "keys.{field}": lambda ring: ring["keys"].update({of(ring, "field"): "secret"}),
    "keys.{field}.kind": put("kind", "session"),
    "keys.{field}.made_on": put("made_on", "yesterday"),
    "keys.{field}.secret": put("secret", b64encode(b"secret").decode()),
}
MORE = [put("secret", None), put("secret", "!secret!"), put("secret", 17)]


@pytest.mark.parametrize("place", WRONG)
def test_what_is_wrong_in_a_keyring_is_named(ring, place):
    place, change = place.format(**ring["current"]), WRONG[place]
    change(ring)
    with pytest.raises(Invalid) as refused:
        keys.read(json.dumps(ring))
    assert refused.value.field == place
    assert place in str(refused.value)


def test_a_key_of_another_kind_is_not_current(ring):
    swap(ring)
    with pytest.raises(Invalid) as refused:
        keys.read(json.dumps(ring))
    assert refused.value.field == "current.field"


@pytest.mark.parametrize("change", MORE)
def test_a_secret_that_is_none_is_not_repeated(ring, change):
    change(ring)
    with pytest.raises(Invalid) as refused:
        keys.read(json.dumps(ring))
    assert refused.value.field.endswith(".secret")
    assert "!secret!" not in str(refused.value)
    assert refused.value.__cause__ is None


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "null", '"keys"'])
def test_what_is_no_keyring_is_refused(text):
    with pytest.raises(Invalid) as refused:
        keys.read(text)
    assert refused.value.field in {"KEYS", "keys"}
    assert refused.value.__cause__ is None


def test_a_key_that_stands_twice_is_refused(ring):
    """JSON itself would keep the last, and the first would be lost in silence."""
    twice = json.dumps(ring["keys"])[1:-1]
    with pytest.raises(Invalid, match="twice") as refused:
        keys.read(f'{{"keys": {{{twice}, {twice}}}, "current": {json.dumps(ring["current"])}}}')
    assert refused.value.field in ring["keys"]


def test_a_ring_reads_back_as_it_was_written():
    ring = Keyring.fresh()
    assert Keyring.from_json(ring.to_json()) == ring
    assert [key.kind for key in ring.keys.values()] == list(Kind)


def test_a_ring_does_not_show_its_secrets():
    ring = Keyring.fresh()
    assert not any(repr(key.secret) in repr(ring) or key.secret.hex() in repr(ring) for key in ring.keys.values())


def test_an_id_is_drawn_until_it_is_new(monkeypatch):
    drawn = iter("AAAABBBB")
    monkeypatch.setattr(keys.secrets, "choice", lambda letters: next(drawn))
    assert keys.fresh_id({"AAAA": keys.fresh(Kind.FIELD)}) == "BBBB"


def test_two_copies_of_a_key_compare_equal_aloud():
    key, other = keys.fresh(Kind.FIELD), keys.fresh(Kind.FIELD)
    copy = keys.Key(key.kind, key.secret, key.made_on)
    assert key.check == copy.check != other.check
    assert bytes.fromhex(key.check) not in key.secret

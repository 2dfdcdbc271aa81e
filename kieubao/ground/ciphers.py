"""Field encryption, blind indexes and fingerprints.

Values are sealed with AES-256-GCM-SIV (RFC 8452): a repeated nonce does not betray the key. Each
sealed value names its key, so keys can be changed while old values stay readable. A blind index is
a keyed hash by which a value can be looked up without being stored; a fingerprint only tells
whether two things are the same. No secret is used as it is stored: every column, every kind of
index and every kind of fingerprint has a key of its own, derived from it.
"""

import hashlib
import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from kieubao.ground import keys as written
from kieubao.ground.errors import Conflict, KieubaoError, NotFound, _
from kieubao.ground.keys import KEY_ID, Key, Kind

_NONCE = 12


class WrongKey(KieubaoError):
    """A sealed value was made with a key that is not in the ring, or was tampered with."""

    code = "wrong-key"


@dataclass(frozen=True)
class Keyring:
    """The keys of one office by their ids, and of each kind the one that new values are made with."""

    keys: Mapping[str, Key]
    current: Mapping[Kind, str]
    _ciphers: dict[tuple[str, str], AESGCMSIV] = field(default_factory=dict, repr=False, compare=False)
    _hashes: dict[tuple[str, str], bytes] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def fresh(cls) -> "Keyring":
        ring = cls({}, {})
        for kind in Kind:
            key_id, ring = ring.adding(kind)
            ring = ring.using(key_id)
        return ring

    @classmethod
    def from_json(cls, text: str) -> "Keyring":
        """Read `{"keys": {"7QF2": {"kind": "field", "secret": base64, "made_on": day}}, "current": {"field": "7QF2"}}`.

        Raises Invalid, whose field says where the ring is wrong.
        """
        return cls(*written.read(text))

    def to_json(self) -> str:
        return written.written(self.keys, self.current)

    def adding(self, kind: Kind) -> tuple[str, "Keyring"]:
        """Return a new key's id and the ring with it, waiting to be made current."""
        key_id = written.fresh_id(self.keys)
        return key_id, Keyring({**self.keys, key_id: written.fresh(kind)}, self.current)

    def using(self, key_id: str) -> "Keyring":
        """Return the ring with this key current; raise NotFound where it has none such."""
        return Keyring(self.keys, {**self.current, self.key(key_id).kind: key_id})

    def without(self, key_id: str) -> "Keyring":
        """Return the ring without this key; raise NotFound, or Conflict where it is current."""
        if self.is_current(key_id):
            raise Conflict(_("The key %(key)s is current: make another current first"), key=key_id)
        return Keyring({one: key for one, key in self.keys.items() if one != key_id}, self.current)

    def key(self, key_id: str) -> Key:
        if key_id not in self.keys:
            raise NotFound(_("There is no key %(key)s in the keyring"), key=key_id)
        return self.keys[key_id]

    def is_current(self, key_id: str) -> bool:
        return self.current[self.key(key_id).kind] == key_id

    def of(self, kind: Kind) -> Sequence[str]:
        """Return the ids of the keys of a kind."""
        return [key_id for key_id, key in self.keys.items() if key.kind is kind]

    def seal(self, text: str, context: str) -> bytes:
        """Return key id, nonce and ciphertext. Only the same context (table and column) opens it."""
        key_id, nonce = self.current[Kind.FIELD], os.urandom(_NONCE)
        return key_id.encode() + nonce + self._cipher(key_id, context).encrypt(nonce, text.encode(), context.encode())

    def open(self, sealed: bytes, context: str) -> str:
        """Return the text; raise WrongKey where the key is missing or the bytes were changed."""
        key_id, nonce, body = made_with(sealed), sealed[KEY_ID:][:_NONCE], sealed[KEY_ID + _NONCE :]
        if key_id not in self.keys:
            lost = _("A value of %(place)s was sealed with the key %(key)s, which is not in the keyring")
            raise WrongKey(lost, place=context, key=key_id)
        try:
            return self._cipher(key_id, context).decrypt(nonce, body, context.encode()).decode()
        except (InvalidTag, ValueError) as error:
            moved = _(
                "A value of %(place)s does not open with its key %(key)s: it was changed, or moved from its place"
            )
            raise WrongKey(moved, place=context, key=key_id) from error

    def blind(self, kind: str, value: str) -> int:
        """Return the blind index a value is kept under from now on: 63 bits, small enough for a B-tree."""
        return self._blind(self.current[Kind.INDEX], kind, value)

    def blinds(self, kind: str, value: str) -> list[int]:
        """Return every blind index a value may be kept under: one of each index key."""
        return [self._blind(key_id, kind, value) for key_id in self.of(Kind.INDEX)]

    def fingerprint(self, kind: str, value: str) -> str:
        """Return key id and keyed hash, for the trail: equal searches of one key's time are seen, none is read."""
        return self._fingerprint(self.current[Kind.FINGERPRINT], kind, value)

    def fingerprints(self, kind: str, value: str) -> list[str]:
        """Return every fingerprint that a value may have been given: one of each fingerprint key."""
        return [self._fingerprint(key_id, kind, value) for key_id in self.of(Kind.FINGERPRINT)]

    def _fingerprint(self, key_id: str, kind: str, value: str) -> str:
        return f"{key_id}.{self._mac(key_id, f'fingerprint {kind}', value)[:12].hex()}"

    def _blind(self, key_id: str, kind: str, value: str) -> int:
        return int.from_bytes(self._mac(key_id, f"blind {kind}", value)[:8]) >> 1

    def _mac(self, key_id: str, purpose: str, value: str) -> bytes:
        place = key_id, purpose
        if place not in self._hashes:
            self._hashes[place] = self.keys[key_id].derived(purpose)
        return hmac.digest(self._hashes[place], value.encode(), hashlib.sha256)

    def _cipher(self, key_id: str, context: str) -> AESGCMSIV:
        place = key_id, context
        if place not in self._ciphers:
            self._ciphers[place] = AESGCMSIV(self.keys[key_id].derived(f"seal {context}"))
        return self._ciphers[place]


def made_with(sealed: bytes) -> str:
    """Return the id of the key that a sealed value names."""
    return sealed[:KEY_ID].decode("ascii", "replace")


if __name__ == "__main__":
    # `python -m kieubao.ground.ciphers > keys.json` makes an office its keys.
    print(Keyring.fresh().to_json())  # noqa: T201

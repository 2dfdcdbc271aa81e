"""Field encryption and blind indexes.

Values are sealed with AES-256-GCM-SIV (RFC 8452): a repeated nonce does not betray the key. Each
sealed value names its key, so keys can be changed while old values stay readable. A blind index is
a keyed hash by which a value can be looked up without being stored.
"""

import hashlib
import hmac
import json
import os
import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV

from kieubao.ground.errors import KieubaoError

_NONCE = 12
_KEY_ID = 4


class WrongKey(KieubaoError):
    """A sealed value was made with a key that is not in the ring, or was tampered with."""

    code = "wrong-key"


@dataclass(frozen=True)
class Keyring:
    """The keys of one office. `current` names the key that new values are sealed with.

    Key ids are four ASCII characters; keys are 32 bytes.
    """

    fields: Mapping[str, bytes] = field(repr=False)
    current: str
    index: bytes = field(repr=False)

    @classmethod
    def fresh(cls) -> "Keyring":
        return cls({"0001": secrets.token_bytes(32)}, "0001", secrets.token_bytes(32))

    @classmethod
    def from_json(cls, text: str) -> "Keyring":
        """Read `{"fields": {"0001": base64}, "current": "0001", "index": base64}`."""
        raw = json.loads(text)
        fields = {name: b64decode(key) for name, key in raw["fields"].items()}
        ring = cls(fields, raw["current"], b64decode(raw["index"]))
        if any(len(name) != _KEY_ID for name in fields) or {len(k) for k in (*fields.values(), ring.index)} != {32}:
            raise ValueError("a key id has four characters and a key 32 bytes")
        return ring

    def to_json(self) -> str:
        fields = {name: b64encode(key).decode() for name, key in self.fields.items()}
        return json.dumps({"fields": fields, "current": self.current, "index": b64encode(self.index).decode()})

    def seal(self, text: str, context: str) -> bytes:
        """Return key id, nonce and ciphertext. Only the same context (table and column) opens it."""
        nonce = os.urandom(_NONCE)
        sealed = AESGCMSIV(self.fields[self.current]).encrypt(nonce, text.encode(), context.encode())
        return self.current.encode() + nonce + sealed

    def open(self, sealed: bytes, context: str) -> str:
        """Return the text; raise WrongKey where the key is missing or the bytes were changed."""
        key_id, nonce, body = sealed[:_KEY_ID].decode(), sealed[_KEY_ID:][:_NONCE], sealed[_KEY_ID + _NONCE :]
        try:
            return AESGCMSIV(self.fields[key_id]).decrypt(nonce, body, context.encode()).decode()
        except (KeyError, InvalidTag) as error:
            raise WrongKey("a sealed value cannot be opened with these keys") from error

    def blind(self, kind: str, value: str) -> int:
        """Return the blind index of a value: 63 bits, small enough for a B-tree, checked by decrypting."""
        return int.from_bytes(self._mac(kind, value)[:8]) >> 1

    def fingerprint(self, kind: str, value: str) -> str:
        """Return a keyed hash in hex, for the trail: equal searches can be seen, none can be read."""
        return self._mac(kind, value)[:12].hex()

    def _mac(self, kind: str, value: str) -> bytes:
        return hmac.digest(self.index, f"{kind}\0{value}".encode(), hashlib.sha256)


if __name__ == "__main__":
    # `python -m kieubao.ground.ciphers > keys.json` makes an office its keys.
    print(Keyring.fresh().to_json())  # noqa: T201

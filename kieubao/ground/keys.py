"""The keys of an office, and a keyring as it is written down: JSON that an office keeps in a file of its own."""

import json
import re
import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kieubao.ground import clock
from kieubao.ground.errors import Invalid, _

T = TypeVar("T")

KEY_ID = 4
_SECRET = 32
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ID = re.compile(f"[{_LETTERS}]{{{KEY_ID}}}")


class Kind(StrEnum):
    FIELD = "field"
    INDEX = "index"
    FINGERPRINT = "fingerprint"


@dataclass(frozen=True)
class Key:
    """One secret of 32 bytes, what it is for, and since when."""

    kind: Kind
    secret: bytes = field(repr=False)
    made_on: date

    def derived(self, purpose: str) -> bytes:
        """Return the key of one purpose, by HKDF-SHA256 (RFC 5869): no other can be told from it."""
        return HKDF(SHA256(), _SECRET, salt=None, info=purpose.encode()).derive(self.secret)

    @property
    def check(self) -> str:
        """Eight letters by which two copies of a key can be compared aloud."""
        return self.derived("check")[:4].hex()


def fresh(kind: Kind) -> Key:
    return Key(kind, secrets.token_bytes(_SECRET), clock.today())


def fresh_id(taken: Mapping[str, Key]) -> str:
    """Return an id that no key has: drawn, not counted, so that two rings never mean two keys by one id."""
    while (key_id := "".join(secrets.choice(_LETTERS) for _letter in range(KEY_ID))) in taken:
        pass
    return key_id


def read(text: str) -> tuple[dict[str, Key], dict[Kind, str]]:
    """Return the keys by id, and the current one of each kind.

    Raises Invalid, whose field says where the ring is wrong; no secret stands in it.
    """
    raw = _parsed(text)
    keys = {key_id: _key(key_id, body) for key_id, body in _object(raw, "keys").items()}
    named = _object(raw, "current")
    return keys, {kind: _current(keys, kind, named.get(kind)) for kind in Kind}


def written(keys: Mapping[str, Key], current: Mapping[Kind, str]) -> str:
    body = {
        key_id: {"kind": key.kind, "secret": b64encode(key.secret).decode(), "made_on": key.made_on.isoformat()}
        for key_id, key in keys.items()
    }
    return json.dumps({"keys": body, "current": dict(current)}, indent=1)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError:
        # Not `from error`: that one holds the text.
        raise Invalid(_("The keyring is not JSON"), field="KEYS") from None


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse a name that stands twice: of two keys by one id JSON would keep the last in silence."""
    names = [name for name, _value in pairs]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise Invalid(_("“%(place)s” stands twice in the keyring"), field=twice, place=twice)
    return dict(pairs)


def _object(raw: Any, name: str, place: str | None = None) -> dict[str, Any]:
    found = raw.get(name) if isinstance(raw, dict) else None
    if not isinstance(found, dict):
        place = place or name
        raise Invalid(_("The keyring needs “%(place)s”, an object in braces"), field=place, place=place)
    return found


def _key(key_id: str, body: Any) -> Key:
    place = f"keys.{key_id}"
    if not _ID.fullmatch(key_id):
        raise Invalid(_("A key's id is four of 0-9 and A-Z without I, L, O, U: “%(place)s”"), field=place, place=place)
    raw = _object({key_id: body}, key_id, place)
    return Key(
        _part(raw, place, "kind", Kind, _("“%(place)s” has to be field, index or fingerprint")),
        _part(raw, place, "secret", _secret, _("“%(place)s” has to be 32 bytes in base64")),
        _part(raw, place, "made_on", date.fromisoformat, _("“%(place)s” has to be a day, such as 2026-01-31")),
    )


def _current(keys: Mapping[str, Key], kind: Kind, key_id: Any) -> str:
    place = f"current.{kind}"
    if not isinstance(key_id, str) or key_id not in keys or keys[key_id].kind is not kind:
        raise Invalid(_("“%(place)s” has to name a key of its kind in the keyring"), field=place, place=place)
    return key_id


def _part(raw: Mapping[str, Any], place: str, name: str, reading: Callable[[Any], T], wrong: str) -> T:
    try:
        return reading(raw.get(name))
    except (TypeError, ValueError):
        where = f"{place}.{name}"
        raise Invalid(wrong, field=where, place=where) from None


def _secret(text: str) -> bytes:
    secret = b64decode(text, validate=True)
    if len(secret) != _SECRET:
        raise ValueError
    return secret

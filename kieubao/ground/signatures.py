"""Signatures that anybody can check without us: Ed25519 (RFC 8032), keys in PEM.

A key is named by the first 16 hexadecimal digits of the SHA-256 of its public half, so that its
name cannot be given to another.
"""

import hashlib
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kieubao.ground.errors import Invalid, _

_PUBLIC = re.compile(r"-----BEGIN PUBLIC KEY-----.+?-----END PUBLIC KEY-----", re.DOTALL)


@dataclass(frozen=True)
class SigningKey:
    """The private half: whoever has it speaks for the office."""

    private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def fresh(cls) -> "SigningKey":
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def from_pem(cls, text: str) -> "SigningKey":
        """Read PKCS #8 in PEM; raise Invalid where it is not an Ed25519 key."""
        try:
            key = serialization.load_pem_private_key(text.encode(), None)
        except (ValueError, TypeError) as error:
            raise Invalid(_NO_KEY, field="signing_key") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise Invalid(_NO_KEY, field="signing_key")
        return cls(key)

    def to_pem(self) -> str:
        """Return PKCS #8 in PEM, not encrypted."""
        parts = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        return self.private.private_bytes(serialization.Encoding.PEM, *parts).decode()

    @property
    def id(self) -> str:
        return _name(self.private.public_key())

    @property
    def public_pem(self) -> str:
        parts = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(*parts).decode()

    def sign(self, text: str) -> str:
        """Return the signature of a text in base64url without padding: 86 characters."""
        return _written(self.private.sign(text.encode()))


@dataclass(frozen=True)
class PublicKeys:
    """The public halves an office has had, by their names."""

    known: Mapping[str, Ed25519PublicKey]

    @classmethod
    def from_pem(cls, text: str) -> "PublicKeys":
        """Read one public key or several, one after the other; raise Invalid where there is none."""
        try:
            keys = [serialization.load_pem_public_key(part.encode()) for part in _PUBLIC.findall(text)]
        except ValueError as error:
            raise Invalid(_NO_PUBLIC_KEY, field="public_key") from error
        ours = [key for key in keys if isinstance(key, Ed25519PublicKey)]
        if not ours or ours != keys:
            raise Invalid(_NO_PUBLIC_KEY, field="public_key")
        return cls({_name(key): key for key in ours})

    def hold(self, key: str, text: str, signature: str) -> bool:
        """Tell whether the key of this name, and one we know, signed the text."""
        try:
            raw = urlsafe_b64decode(signature + "==")
            self.known[key].verify(raw, text.encode())
        except (KeyError, ValueError, InvalidSignature):
            return False
        # One signature has one spelling: base64 has bits to spare at its end.
        return _written(raw) == signature


_NO_KEY = _("This is not an Ed25519 private key in PEM: `python -m kieubao.ground.signatures` makes one")
_NO_PUBLIC_KEY = _("This file holds no Ed25519 public key in PEM: `flask audit public-key` prints one")


def _written(signature: bytes) -> str:
    return urlsafe_b64encode(signature).decode().rstrip("=")


def _name(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:16]


if __name__ == "__main__":
    # `python -m kieubao.ground.signatures > signing-key.pem` makes an office its key.
    print(SigningKey.fresh().to_pem(), end="")  # noqa: T201

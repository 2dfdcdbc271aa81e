"""A passkey in a device, as a browser would answer for it (WebAuthn level 3, ES256, no attestation)."""

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import encode_cbor

PRESENT, UNLOCKED, NEW = 0x01, 0x04, 0x40


def b64(raw):
    return urlsafe_b64encode(raw).decode().rstrip("=")


class Device:
    """One authenticator with one key. `unlocked`: it asks its holder for a PIN or a finger."""

    def __init__(self, origin="http://localhost", host="localhost", *, unlocked=True):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.origin, self.host, self.unlocked = os.urandom(32), origin, host, unlocked
        # One that is kept in several devices at once counts nothing.
        self.uses, self.counts = 0, True

    def make(self, options):
        """Answer what a page asks a new passkey by; `options` is its JSON."""
        client = self._client("webauthn.create", json.loads(options)["challenge"])
        point = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        data = self._data(NEW) + bytes(16) + struct.pack(">H", len(self.id)) + self.id + encode_cbor(cose)
        attested = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer({"clientDataJSON": b64(client), "attestationObject": b64(attested)})

    def use(self, options):
        """Answer what a page asks somebody to sign in by."""
        self.uses += self.counts
        client = self._client("webauthn.get", json.loads(options)["challenge"])
        data = self._data(0)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        told = {"clientDataJSON": client, "authenticatorData": data, "signature": signature}
        return self._answer({name: b64(raw) for name, raw in told.items()})

    def _client(self, kind, challenge):
        assert len(urlsafe_b64decode(challenge + "==")) == 32
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _data(self, flags):
        flags |= PRESENT | (UNLOCKED if self.unlocked else 0)
        return hashlib.sha256(self.host.encode()).digest() + struct.pack(">BI", flags, self.uses)

    def _answer(self, response):
        return json.dumps({"id": b64(self.id), "rawId": b64(self.id), "type": "public-key", "response": response})

"""A key signs, its public half alone checks, and nothing else passes for either."""

import subprocess
import sys

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from kieubao.ground.errors import Invalid
from kieubao.ground.signatures import PublicKeys, SigningKey

OLD, NEW = SigningKey.fresh(), SigningKey.fresh()
OTHER_KIND = generate_private_key(SECP256R1())
TEXT = "kieubao-root 42 7 é"


def test_a_key_is_kept_as_pem_and_named_by_its_public_half():
    again = SigningKey.from_pem(OLD.to_pem())
    assert (again.id, again.public_pem) == (OLD.id, OLD.public_pem)
    assert len(OLD.id) == 16
    assert OLD.id != NEW.id
    assert "private" not in repr(OLD)


def test_what_a_key_signed_is_told_by_its_public_half():
    keys = PublicKeys.from_pem(f"cũ:\n{OLD.public_pem}\nmới:\n{NEW.public_pem}{NEW.public_pem}")
    for key in (OLD, NEW):
        signature = key.sign(TEXT)
        assert len(signature) == 86
        assert keys.hold(key.id, TEXT, signature)
    assert not keys.hold(NEW.id, TEXT, OLD.sign(TEXT))
    assert not keys.hold(OLD.id, TEXT + " ", OLD.sign(TEXT))
    assert not keys.hold("0" * 16, TEXT, OLD.sign(TEXT))


@pytest.mark.parametrize(
    "spoilt", [lambda s: s[:-1], lambda s: "", lambda s: s[::-1], lambda s: s + "A", lambda s: "é"]
)
def test_a_spoilt_signature_does_not_hold(spoilt):
    assert not PublicKeys.from_pem(OLD.public_pem).hold(OLD.id, TEXT, spoilt(OLD.sign(TEXT)))


def test_one_signature_has_one_spelling():
    signature = OLD.sign(TEXT)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    hold = PublicKeys.from_pem(OLD.public_pem).hold
    assert [signature[:-1] + c for c in alphabet if hold(OLD.id, TEXT, signature[:-1] + c)] == [signature]


ELSE = OTHER_KIND.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
ELSE_PUBLIC = (
    OTHER_KIND.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)


@pytest.mark.parametrize("text", ["", "khóa", ELSE, OLD.public_pem, OLD.to_pem()[:60]], ids=range(5))
def test_what_is_no_signing_key_is_refused(text):
    with pytest.raises(Invalid) as refused:
        SigningKey.from_pem(text)
    assert refused.value.field == "signing_key"


@pytest.mark.parametrize("text", ["", "khóa", ELSE_PUBLIC, OLD.public_pem + ELSE_PUBLIC, OLD.to_pem()], ids=range(5))
def test_what_is_no_public_key_is_refused(text):
    with pytest.raises(Invalid) as refused:
        PublicKeys.from_pem(text)
    assert refused.value.field == "public_key"


def test_a_key_is_made_by_command():
    made = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "kieubao.ground.signatures"], capture_output=True, text=True, check=True
    )
    assert SigningKey.from_pem(made.stdout).sign(TEXT)

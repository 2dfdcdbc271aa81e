"""Passkeys (WebAuthn level 3): what a browser is asked, and whether what it answers holds.

A passkey proves that its holder has the device and unlocked it, to this site and no other: both factors in one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from kieubao.ground.errors import SignInRefused, _

_UNLOCKED = UserVerificationRequirement.REQUIRED


@dataclass(frozen=True)
class Site:
    """Where kieubao is reached, such as https://kieubao.example.gov.vn; passkeys are bound to its host."""

    origin: str
    name: str

    @property
    def host(self) -> str:
        return urlsplit(self.origin).hostname or ""


class Made(NamedTuple):
    """A new passkey: its id, its public key and how often it was used, where the device counts."""

    credential: bytes
    public_key: bytes
    uses: int


def ask_to_make(site: Site, challenge: bytes, holder: tuple[int, str, str], known: Sequence[bytes]) -> str:
    """Return the JSON a browser makes a passkey by; `holder` is an account's id, sign-in name and name."""
    number, username, name = holder
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_id=str(number).encode(),
        user_name=username,
        user_display_name=name,
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_UNLOCKED
        ),
    )
    return options_to_json(options)


def made(site: Site, challenge: bytes, answer: str) -> Made:
    """Return the passkey that was made; raise SignInRefused for an answer that does not hold."""
    try:
        told = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        raise SignInRefused(_("The passkey could not be made: try again")) from error
    return Made(told.credential_id, told.credential_public_key, told.sign_count)


def ask_to_use(site: Site, challenge: bytes) -> str:
    """Return the JSON by which a browser lets its user choose a passkey of this site."""
    return options_to_json(
        generate_authentication_options(rp_id=site.host, challenge=challenge, user_verification=_UNLOCKED)
    )


def named(answer: str) -> bytes:
    """Return the id of the passkey that an answer says it is by; raise SignInRefused where it says none."""
    try:
        told: Any = json.loads(answer)
        return base64url_to_bytes(told["id"])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SignInRefused(REFUSED) from error


def used(site: Site, challenge: bytes, answer: str, known: Made) -> int:
    """Return how often a passkey was used by now; raise SignInRefused for an answer that does not hold."""
    try:
        told = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.uses,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError) as error:
        raise SignInRefused(REFUSED) from error
    return told.new_sign_count


REFUSED = _("The sign-in name, the password or the code is not right")

"""What is typed from paper and nobody can make up: a name, and a keyed proof of it; kept nowhere."""

import secrets
from hmac import compare_digest
from typing import Final

from kieubao.db import keyring
from kieubao.ground import codes
from kieubao.ground.errors import NotFound

_GROUP: Final = 5
_DIGITS: Final = 6


def fresh_code() -> str:
    """Return six digits, to be told to somebody and typed back."""
    return f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}"


def sealed_code(of: str, named: str, code: str) -> str:
    """Return what is kept of a code: `of` what it is, and by what it is known."""
    return keyring().fingerprint(of, f"{named} {code}")


def is_code(of: str, named: str, code: str, kept: str | None) -> bool:
    """Tell whether a code is the one of which something was kept."""
    return any(compare_digest(kept or "", one) for one in keyring().fingerprints(of, f"{named} {code}"))


def written(by: str, named: str, proof: int) -> str:
    """Return a name with its proof of so many characters (5 bits each), in groups of five.

    `by`: what it is for, so that one made for something else proves nothing.
    """
    whole = named + codes.spelled(keyring().blind(by, named), proof)
    return "-".join(whole[at : at + _GROUP] for at in range(0, len(whole), _GROUP))


def read(by: str, text: str, length: int, proof: int, refusal: NotFound) -> str:
    """Return the name of so many characters, however it is typed; raise the refusal where its proof does not hold.

    The database is not asked: anybody may try as often as they like.
    """
    whole = codes.letters(text)
    named, proved = whole[:length], whole[length:].encode()
    proofs = [codes.spelled(one, proof).encode() for one in keyring().blinds(by, named)]
    if codes.number(named) is None or not any(compare_digest(proved, one) for one in proofs):
        raise refusal
    return named

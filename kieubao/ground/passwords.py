"""Passwords: how they are kept, and which are good enough (NIST SP 800-63B: length and known ones, no recipes)."""

import hashlib
import os
from collections.abc import Collection
from pathlib import Path
from typing import Final
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import fold

SHORTEST: Final = 15
LONGEST: Final = 200
# SAFEGUARDS, section 6: 64 MiB, three passes.
HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
# zxcvbn's own scale: 3 withstands a slow hash that was stolen. It reads no further, for its cost grows with length.
_STRONG = 3
_READ = 72
_SHA1 = 40


def hashed(password: str) -> str:
    return HASHER.hash(normalize("NFKC", password))


def matches(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one whose hash is kept; where none is, take as long to say no."""
    try:
        return HASHER.verify(kept or _NOBODYS, normalize("NFKC", password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def check(password: str, known: Collection[str] = (), breached: Path | None = None) -> None:
    """Raise Invalid, field "password", for one that is short, easily guessed or known to have leaked.

    `known` are words a guesser would try first, such as the holder's name. `breached` is a file of the form
    that haveibeenpwned.com hands out: lines of an upper-case SHA-1 and a count, in order of the hash.
    """
    text = normalize("NFKC", password)
    if not SHORTEST <= len(text) <= LONGEST:
        sentence = _("A password has %(shortest)s characters or more: three or four words that only you put together")
        raise Invalid(sentence, field="password", shortest=SHORTEST)
    if zxcvbn(_without(text, known)[:_READ])["score"] < _STRONG:
        raise Invalid(
            _("This password is easily guessed: add words that have nothing to do with you"), field="password"
        )
    if breached and _stands_in(breached, hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest().upper()):
        raise Invalid(_("This password is on the list of those that have leaked: choose another"), field="password")


def _without(text: str, known: Collection[str]) -> str:
    """Return what is left to guess, without marks, for somebody who tries those words first."""
    left = fold(text)
    for word in filter(None, map(fold, known)):
        left = left.replace(word, "")
    return left


def _stands_in(path: Path, digest: str) -> bool:
    """Look a hash up in a sorted file of any size by halving it."""
    with path.open("rb") as file:
        low, high = 0, file.seek(0, os.SEEK_END)
        while low < high:
            middle = (low + high) // 2
            file.seek(max(middle - 1, 0))
            if middle:
                file.readline()
            found = file.readline()[:_SHA1].decode().upper()
            if found == digest:
                return True
            low, high = (middle + 1, high) if found and found < digest else (low, middle)
    return False


_NOBODYS = HASHER.hash(os.urandom(16))

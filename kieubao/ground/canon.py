"""One way to write a value down, so that equal things have equal digests."""

import hashlib
import json
from typing import Any

# Made once: a backup writes millions of rows down.
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def canonical(value: Any) -> bytes:
    """Return JSON with sorted keys and no spaces, in UTF-8; dates and ids as their text."""
    return _ENCODER.encode(value).encode()


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical form, in hex."""
    return hashlib.sha256(canonical(value)).hexdigest()

"""Values planted to be looked for, every way a careless program may write them, and a search for thousands at once."""

import json
import random
import unicodedata
from base64 import b64encode
from urllib.parse import quote, quote_plus

from kieubao.ground.text import fold

_WORD, _STRIDE = 6, 4
SHORTEST = _WORD + _STRIDE - 1
_LETTERS = "bcdfghjkmnpqrstvwxz"


def token(length=12):
    """A word that stands nowhere by chance."""
    return "".join(random.choices(_LETTERS, k=length))


def forms(value):
    """The texts a value may be written as: itself, without marks, and of a number its digits, forth and back."""
    digits = "".join(filter(str.isdecimal, value))
    texts = {value, value.lower(), value.upper(), fold(value), unicodedata.normalize("NFD", value)}
    if len(digits) >= SHORTEST:
        texts |= {digits, digits[::-1], digits[-9:], digits[-9:][::-1]}
    return {text for text in texts if len(text) >= SHORTEST}


def encodings(value):
    """The bytes a value may be stored as: UTF-8 and -16, Latin-1, hex, base64 wherever it begins, escaped."""
    return {bytes_ for text in forms(value) for bytes_ in _encoded(text) if len(bytes_) >= SHORTEST}


def _encoded(text):
    plain = text.encode()
    latin = [text.encode("latin-1")] if all(ord(letter) < 256 for letter in text) else []
    raw = [plain, text.encode("utf-16-le"), text.encode("utf-16-be"), *latin]
    yield from raw
    yield plain.hex().encode()
    yield plain.hex().upper().encode()
    yield json.dumps(text)[1:-1].encode()
    yield quote(text).encode()
    yield quote_plus(text).encode()
    yield from (_base64_at(one, before) for one in raw for before in range(3))


def _base64_at(plain, before):
    """What stays the same of a value's base64 whatever stands around it, with so many bytes before it in its group."""
    whole = b64encode(b"\0" * before + plain)
    return whole[(0, 2, 3)[before] : len(whole) // 4 * 4 - 4]


class Scan:
    """Looks for many values at once: at every fourth byte, whether one of theirs begins a word there."""

    def __init__(self, values):
        self._words = {}
        for value in values:
            for needle in encodings(value):
                for shift in range(_STRIDE):
                    word = needle[shift:][:_WORD]
                    self._words.setdefault(word, []).append((needle, shift, value))

    def __call__(self, data):
        """The values that stand in some bytes, in any writing."""
        words, found = self._words, set()
        for at in range(0, len(data) - _WORD + 1, _STRIDE):
            for needle, shift, value in words.get(data[at : at + _WORD], ()):
                if at >= shift and data.startswith(needle, at - shift):
                    found.add(value)
        return found

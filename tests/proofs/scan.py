"""Thousands of values looked for at once, in every writing that a careless program may give them."""

import html
import json
import random
import re
import zlib
from base64 import b64encode, urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from io import BytesIO
from unicodedata import normalize
from urllib.parse import quote, quote_plus
from zipfile import ZipFile, is_zipfile

from anyascii import anyascii

# Of every needle some word of six bytes stands at each fourth byte, wherever the needle begins.
_WORD, _STRIDE = 6, 4
SHORTEST = _WORD + _STRIDE - 1
_LETTERS, _MARKED = "bcdghklmnpqrstvx", "ấệổữỳợ"
_RUN = re.compile(rb"\d(?:[ ().\-/]?\d){8,}")
_PACKED = re.compile(rb"[\w+/=-]{16,}")


def word(chance: random.Random) -> str:
    """Return a word of twelve letters, marks among them, that stands nowhere by chance."""
    return "".join(chance.choice(_LETTERS) + chance.choice(_LETTERS) + chance.choice(_MARKED) for _part in range(4))


def writings(value: str):
    """Give every (encoding, bytes) a value may be written as; its case may have gone, and its marks."""
    for text in dict.fromkeys((value, value.lower(), value.upper(), value.capitalize())):
        yield "plain", text.encode()
        yield "decomposed", normalize("NFD", text).encode()
        yield "unmarked", anyascii(text).encode()
        yield from _coded(text)
    if sum(map(str.isdigit, value)) >= SHORTEST:
        digits = "".join(filter(str.isdigit, value))
        yield from (("digits", digits[-9:].encode()), ("reversed", digits[::-1][:9].encode()))


def _coded(text: str):
    plain = text.encode()
    yield "html", html.escape(text).encode("ascii", "xmlcharrefreplace")
    yield "json", json.dumps(text)[1:-1].encode()
    yield from (("url", quote(text).encode()), ("url", quote_plus(text).encode()))
    yield from (
        ("url", quote(text).lower().encode()),
        ("hex", plain.hex().encode()),
        ("hex", plain.hex().upper().encode()),
    )
    yield from (("utf-16", text.encode("utf-16-le")), ("utf-16", text.encode("utf-16-be")))
    for before in range(3):
        # What stays the same of it, whatever stands around: so many bytes come first in its group of three.
        cut = slice((0, 2, 3)[before], (before + len(plain)) // 3 * 4)
        yield from (("base64", code(b"\0" * before + plain)[cut]) for code in (b64encode, urlsafe_b64encode))


class Scan:
    """Looks for many values at once."""

    def __init__(self, values):
        self._words = {}
        for value in values:
            needles = {(name, needle) for name, needle in writings(value) if len(needle) >= SHORTEST}
            assert needles, value
            for name, needle in needles:
                for shift in range(_STRIDE):
                    self._words.setdefault(needle[shift:][:_WORD], []).append((needle, shift, value, name))

    def __call__(self, data: bytes) -> set[tuple[str, str]]:
        """Return the (value, encoding) that stand in some bytes, or in what is packed into them."""
        return set().union(*map(self._seen, opened(data)))

    def _seen(self, data: bytes) -> set[tuple[str, str]]:
        words, found = self._words, set()
        for at in range(0, len(data) - _WORD + 1, _STRIDE):
            for needle, shift, value, name in words.get(data[at : at + _WORD], ()):
                if at >= shift and data.startswith(needle, at - shift):
                    found.add((value, name))
        return found


def opened(data: bytes):
    """Give some bytes, the digits of the numbers in them, and what is packed into them: archives, tokens, cookies."""
    yield data
    yield b"\n".join(re.sub(rb"\D", b"", run) for run in _RUN.findall(data))
    if is_zipfile(BytesIO(data)):
        with ZipFile(BytesIO(data)) as archive:
            yield from map(archive.read, archive.namelist())
    yield from filter(None, map(unpacked, _PACKED.findall(data)))


def unpacked(text: bytes) -> bytes:
    """Return what a signed cookie or a cursor holds; nothing where a text is neither."""
    with suppress(ValueError):
        raw = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
        with suppress(zlib.error):
            return zlib.decompress(raw)
        return raw
    return b""

"""Text as it is kept (`clean`) and text as it is looked for (`fold`)."""

import re
from functools import lru_cache
from unicodedata import category, normalize

from anyascii import anyascii

# Control, format (zero-width, bidi) and surrogate characters: nobody sees them, yet names differ by them.
_UNSEEN = frozenset({"Cc", "Cf", "Cs"})
# No characters at all, and in no XML: a letter with one could not be written.
_NONE = frozenset("\ufffe\uffff")
_WORD = re.compile("[a-z0-9]+")
_LOOSE = re.compile("[\u0300-\u036f]")
# A tone that was typed before the hat, breve or horn of its letter.
_TONE_FIRST = re.compile("([\u0300\u0301\u0303\u0309\u0323]+)([\u0302\u0306\u031b])")


def clean(text: str) -> str:
    r"""Return one line of NFC text: no unseen characters, single spaces, none at the ends; marks in their order.

    >>> clean("\u202aNguyê\u0303n\xa0 Văn\u200b Tâm ")
    'Nguyễn Văn Tâm'
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if not text.isprintable():
        text = "".join(char for char in text if char.isspace() or (category(char) not in _UNSEEN and char not in _NONE))
    text = normalize("NFC", " ".join(text.split()))
    return normalize("NFC", _TONE_FIRST.sub(r"\2\1", normalize("NFD", text))) if _LOOSE.search(text) else text


def fold(text: str) -> str:
    """Return the search key of a text: ASCII small letters and digits in words with single spaces between.

    Marks and case go, đ and its look-alikes become d, and letters of other scripts are
    transliterated (anyascii), so that old and new tone placement (hoà, hòa) fold alike.

    >>> fold("Nguyễn-Hoà ĐÀO")
    'nguyen hoa dao'
    >>> fold("Łódź, Straße 5, 北京")
    'lodz strasse 5 beijing'
    """
    return _folded(text)


# A name is folded again and again on its way in: few are kept, for a text may be long.
@lru_cache(200)
def _folded(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        text = anyascii(clean(text))
    return " ".join(_WORD.findall(text.lower()))

"""Vietnamese of before Unicode: texts typed in fonts that drew its letters at the places of Western ones.

Such a text arrives as Western letters: "NguyÔn ThÞ Hßa" (TCVN3, the fonts of ABC) or "Nguyeãn Thò Hoøa" (VNI). The
tables are those of GNU recode 3.6, VNI's upper Ằ and Ắ set right; VPS has no Ỗ. In TCVN3 capitals with a tone come from
a font of capitals, and arrive as small letters: "NGUYÔN" is NGUYỄN. What was typed in one is read as capitals whole.
"""

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple
from unicodedata import normalize

CAPITALS: Final = "tcvn3_capitals"
ENCODINGS: Final = ("tcvn3", CAPITALS, "vni", "vps", "viscii")
# How the names of fonts begin that draw each, and how those end that draw capitals.
_FONTS = {".vn": "tcvn3", "vni": "vni", "vps": "vps", "vi ": "viscii"}
_DRAWS_CAPITALS = re.compile(r"\.Vn.*H")
_DATA = Path(__file__).parent / "data/legacy_encodings.json"
_WORD = re.compile(r"[^\W\d_]+")
_PLAIN = re.compile(r"[A-Za-z]")
_ONSET = "ngh|ng|nh|n|th|tr|t|ch|c|kh|k|gh|gi|g|ph|p|qu|q|b|d|đ|h|l|m|r|s|v|x"
_VOWELS = "iê|yê|uyê|uyu|uya|uy|uô|uâ|uê|uơ|ươ|oă|oa|oe|oo|ưa|ua|ia|ya|a|ă|â|e|ê|i|o|ô|ơ|u|ư|y"
_CODA = "ch|c|ng|nh|n|m|p|t|iu|i|y|o|u|a"
_SYLLABLE = re.compile(f"(?:{_ONSET})?(?:{_VOWELS})(?:{_CODA})?")
# The five tones, apart from the letters they stand on.
_TONES = re.compile("[\u0300\u0301\u0303\u0309\u0323]")
# Fewer words with marks tell nothing; and so many of them have to be Vietnamese.
_FEWEST, _SURE = 3, 0.85


class Guess(NamedTuple):
    """How a text seems to be written, and how many of its words are Vietnamese then: 0 to 1.

    `font` is the one that tells it, "" where the words alone do.
    """

    encoding: str
    confidence: float
    font: str = ""


def decode(text: str, encoding: str) -> str:
    """Return a text that was typed in an old encoding; what is no letter of it stays.

    >>> decode("NguyÔn ThÞ Hßa", "tcvn3"), decode("Nguyeãn Thò Hoøa", "vni")
    ('Nguyễn Thị Hòa', 'Nguyễn Thị Hòa')
    """
    letters, pattern = _table("tcvn3" if encoding == CAPITALS else encoding)
    read = pattern.sub(lambda found: letters[found[0]], "".join(map(_western, text)))
    return read.upper() if encoding == CAPITALS else read


def guess(texts: Iterable[str], font: str = "") -> Guess | None:
    """Return the old encoding that texts seem to be in; None where they are Vietnamese as they are, or too few.

    Their `font` tells it of however few, unless they are better Vietnamese as they are.

    >>> guess(["NguyÔn ThÞ Hßa"])
    Guess(encoding='tcvn3', confidence=1.0, font='')
    >>> guess(["hßa"], ".VnTimeH")
    Guess(encoding='tcvn3_capitals', confidence=1.0, font='.VnTimeH')
    """
    # A letter may stand at the place of a sign, so words are parted where blanks are.
    written = " ".join({word for text in texts for word in "".join(map(_western, text)).split() if not word.isascii()})
    as_it_is = _vietnamese(written)
    told = _told(font, written)
    if told and (share := _vietnamese(decode(written, told))) >= as_it_is:
        return Guess(_cased(told, written, font), share, font)
    if len(written.split()) < _FEWEST:
        return None
    scores = {encoding: _vietnamese(decode(written, encoding)) for encoding in _FONTS.values()}
    best = max(scores, key=lambda encoding: scores[encoding])
    is_better = scores[best] > as_it_is
    return Guess(_cased(best, written), scores[best]) if is_better and scores[best] >= _SURE else None


def is_syllable(word: str) -> bool:
    """Tell whether a word could be one of Vietnamese: its sounds in their order, and one tone at most."""
    bare, tones = _TONES.subn("", normalize("NFD", word.lower()))
    return tones <= 1 and _SYLLABLE.fullmatch(normalize("NFC", bare)) is not None


def _told(font: str, written: str) -> str:
    """Return the encoding of a font, "" of another, or where nothing is written by it."""
    # A letter that has no place among the Western ones was typed in Unicode, in whichever font.
    if not written or any(char > "\xff" for char in written):
        return ""
    return next((encoding for begins, encoding in _FONTS.items() if font.lower().startswith(begins)), "")


def _cased(encoding: str, written: str, font: str = "") -> str:
    """Return the encoding of capitals for TCVN3 that is in a font of those, or was typed as "NGUYÔN" is."""
    if encoding != "tcvn3":
        return encoding
    words = _WORD.findall(decode(written, encoding))
    mixed = ["".join(_PLAIN.findall(word)) for word in words if not word.isupper()]
    capitals = [letters.isupper() for letters in mixed if len(letters) > 1]
    is_typed = bool(capitals) and sum(capitals) >= _SURE * len(capitals)
    return CAPITALS if is_typed or _DRAWS_CAPITALS.fullmatch(font) else encoding


def _vietnamese(text: str) -> float:
    """Return how many of the words with marks are Vietnamese."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(map(is_syllable, words)) / len(words) if words else 0


def _western(char: str) -> str:
    """Return the letter at the place of a byte, as Latin-1 has it: spreadsheets know some by their Windows names."""
    if char <= "\xff":
        return char
    byte = char.encode("cp1252", "ignore")
    return byte.decode("latin-1") if byte else char


@cache
def _table(encoding: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    places: Mapping[str, str] = json.loads(_DATA.read_text("utf-8"))[encoding]
    letters = {bytes.fromhex(place).decode("latin-1"): letter for letter, place in places.items()}
    longest_first = sorted(letters, key=len, reverse=True)
    return letters, re.compile("|".join(map(re.escape, longest_first)))

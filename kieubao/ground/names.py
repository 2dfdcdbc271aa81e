"""Vietnamese names: home order họ + đệm + tên, kept as written; parts and keys are derived from them."""

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Literal, NamedTuple, get_args
from unicodedata import normalize

from kieubao.ground.text import clean, fold

Order = Literal["given", "family"]
ORDERS: tuple[Order, ...] = get_args(Order)

# The order of CLDR's `vi` collation: a word's end before all, then punctuation, digits, letters.
_ALPHABET = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_RANK = {letter: chr(ord("!") + rank) for rank, letter in enumerate(_ALPHABET)}
# Ngang has no mark; huyền, hỏi, ngã, sắc, nặng by theirs; a mark that is no tone comes after them.
_LEVEL = "0"
_TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_FOREIGN = "6"
# A tone on the first letter of oa, oe, uy at the end of a word, as of old; on the second, by the new way.
_PLACED = (
    re.compile("([ou])([\u0300\u0301\u0303\u0309\u0323])([aey])(?!\\S)", re.IGNORECASE),
    re.compile("([ou])([aey])([\u0300\u0301\u0303\u0309\u0323])(?!\\S)", re.IGNORECASE),
)
_LETTERS = re.compile(r"[^\W\d_]+")
# Icelandic eth and African d are what some keyboards and converters put for đ.
_D_BAR = str.maketrans("ÐðƉɖ", "ĐđĐđ")


@dataclass(frozen=True)
class Parts:
    """The parts of a name as written, each "" where there is none."""

    family: str
    middle: str
    given: str


class Spelled(NamedTuple):
    """A word: its letters with what makes them others (ă, â, đ, ê, ô, ơ, ư), and its tone."""

    letters: str
    tone: str

    def begins(self, other: "Spelled") -> bool:
        """Tell whether the other is this one or may become of it, whose tone is perhaps not typed yet."""
        longer = other.letters.startswith(self.letters) and other.letters != self.letters
        return other == self or (longer and self.tone in {"", other.tone})


@dataclass(frozen=True)
class Keys:
    """What a name is found by, turned to begin where people begin, and what it is sorted by: by tên, or họ first."""

    name_key: str
    given_key: str
    mid_key: str
    sort_key: str
    family_key: str


def tokens(name: str) -> list[str]:
    """Return the folded words of a name.

    >>> tokens("Nguyễn Thị-Hoà")
    ['nguyen', 'thi', 'hoa']
    """
    return fold(name).split()


def spelled(name: str) -> list[Spelled]:
    """Return the words of a name as they are spelled, whatever the case, wherever a tone was put.

    >>> spelled("Đặng Hoà") == spelled("ĐẶNG HÒA") != spelled("Dang Hoa")
    True
    """
    return [_spelled(word) for word in _LETTERS.findall(clean(name))]


def split(name: str) -> Parts:
    """Return họ, đệm and tên of a name in home order; one word alone is the tên.

    >>> split("Nguyễn Thị Thu Thủy")
    Parts(family='Nguyễn', middle='Thị Thu', given='Thủy')
    """
    *rest, given = clean(name).split() or [""]
    return Parts(family="".join(rest[:1]), middle=" ".join(rest[1:]), given=given)


def keys(name: str) -> Keys:
    """Return the search keys, of folded words with single spaces, and the sort keys of a name.

    >>> found = keys("Nguyễn Văn Tuấn")
    >>> found.name_key, found.given_key, found.mid_key
    ('nguyen van tuan', 'tuan nguyen van', 'van tuan nguyen')
    """
    words = tokens(name)
    return Keys(
        name_key=" ".join(words),
        given_key=" ".join(words[-1:] + words[:-1]),
        mid_key=" ".join(words[1:] + words[:1]),
        sort_key=sort_key(name),
        family_key=sort_key(name, "family"),
    )


def sort_key(name: str, order: Order = "given") -> str:
    """Return ASCII whose byte order (COLLATE "C", BINARY) is the order of class lists, or of họ first.

    Given order compares tên, then họ, then đệm; family order họ, then đệm, then tên. Each part is
    compared as CLDR's `vi` collation does, letters and then tones (An < Anh < Ánh < Ăn < Ân < Ấn).
    Case decides last of all, small before capital, so that NGUYỄN VĂN TÂM stands beside Nguyễn Văn Tâm.

    >>> sorted(["Lê Ấn", "Lê Ăn", "Vũ Anh", "Lê Ánh", "Vũ An", "LÊ ÁNH"], key=sort_key)
    ['Vũ An', 'Vũ Anh', 'Lê Ánh', 'LÊ ÁNH', 'Lê Ăn', 'Lê Ấn']
    """
    in_order = _in_order(name, order)
    return " ".join([*map(_weigh, in_order), "".join(map(_cases, in_order)).rstrip("0")]).rstrip()


def sorted_alike(name: str) -> list[tuple[str, str]]:
    """Return the spans of default sort keys, each from its first up to and without its second, of who is called so.

    To the letter, that is: with all marks, whatever the case, and wherever the tone of hoà or hòa was put.

    >>> any(first <= sort_key("ĐẶNG Hòa") < last for first, last in sorted_alike("đặng hoà"))
    True
    """
    weights = {" ".join(map(_weigh, _in_order(way, "given"))) for way in placements(name)}
    return sorted(chain.from_iterable(map(_spans, weights)))


def _spans(weights: str) -> list[tuple[str, str]]:
    """Return the spans of the keys that are these weights, and then perhaps cases; a key ends with no space."""
    plain = weights.rstrip()
    return [(plain, f"{plain}!")] if plain == weights else [(plain, f"{plain} "), (f"{weights} ", f"{weights}!")]


def placements(name: str) -> set[str]:
    """Return a name as it is, and with every tone of oa, oe, uy put the old and the new way.

    >>> sorted(placements("Hoà"))
    ['Hoà', 'Hòa']
    """
    return {clean(name), *(clean(placed.sub(r"\1\3\2", normalize("NFD", name))) for placed in _PLACED)}


def _in_order(name: str, order: Order) -> tuple[str, str, str]:
    parts = split(name.translate(_D_BAR))
    if order == "given":
        return parts.given, parts.family, parts.middle
    return parts.family, parts.middle, parts.given


@lru_cache(10_000)
def _spelled(word: str) -> Spelled:
    marks = normalize("NFD", word.translate(_D_BAR).casefold())
    letters = normalize("NFC", "".join(mark for mark in marks if mark not in _TONES))
    return Spelled(letters, "".join(mark for mark in marks if mark in _TONES))


# Most people share most of their words: tên, đệm and họ are few.
@lru_cache(10_000)
def _weigh(part: str) -> str:
    """Return the weights of a part's letters, then of its tones; the space between is below every weight."""
    weights = [_weights(char) for char in part]
    letters = "".join(letter for letter, _ in weights)
    return letters + " " + "".join(tone for _, tone in weights).rstrip(_LEVEL)


@lru_cache(10_000)
def _cases(part: str) -> str:
    return "".join("1" if char.isupper() else "0" for char in part)


@cache
def _weights(char: str) -> tuple[str, str]:
    """Return the weight of a character's letter, of several where it folds to several, and of its tone."""
    spelled = normalize("NFD", char.lower())
    letter = normalize("NFC", "".join(mark for mark in spelled if mark not in _TONES))
    tone = next((_TONES[mark] for mark in spelled if mark in _TONES), _LEVEL)
    if letter in _RANK:
        return _RANK[letter], tone
    return "".join(_RANK[plain] for plain in fold(letter)), _FOREIGN

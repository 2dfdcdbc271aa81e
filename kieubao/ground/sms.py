"""Text messages: into how many parts a network splits one, which is what it costs (3GPP TS 23.038, 23.040)."""

from typing import Final

# The alphabet of seven bits; of the second, each letter takes two places. It has à and é, but not ạ nor đ.
_PLAIN: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_SECOND: Final = frozenset("\f^{}\\[~]|€")


def segments(text: str) -> int:
    """Return how many parts a message has: of 160 plain letters, or of 70 where one is not plain; fewer in several.

    >>> segments("Hop mat Tet"), segments("Họp mặt Tết"), segments("Họp mặt Tết, " * 6)
    (1, 1, 2)
    """
    if {*text} <= _PLAIN | _SECOND:
        length, alone, each = len(text) + sum(letter in _SECOND for letter in text), 160, 153
    else:
        length, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    return 1 if length <= alone else -(-length // each)

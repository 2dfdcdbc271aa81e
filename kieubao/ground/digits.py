"""Digits as clerks and spreadsheets write them."""

import re
from decimal import Decimal
from unicodedata import normalize

from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import clean

_NO_DIGIT = re.compile(r"\D", re.ASCII)
_FLOAT = re.compile(r"[1-9]\d*\.0", re.ASCII)
_SCIENTIFIC = re.compile(r"(\d)[.,](\d+)e\+?(\d{1,2})", re.ASCII | re.IGNORECASE)


def digits(text: str) -> str:
    return _NO_DIGIT.sub("", text)


def as_dialled(text: str) -> str:
    """Return the text in ASCII digits, as it was before a spreadsheet took it for a quantity.

    >>> as_dialled("９８４593143.0"), as_dialled("9.84593143E+08")
    ('984593143', '984593143')
    """
    plain = normalize("NFKC", clean(text))
    if _FLOAT.fullmatch(plain):
        return plain.removesuffix(".0")
    rounded = _SCIENTIFIC.fullmatch(plain)
    return _in_full(plain, *rounded.groups()) if rounded else plain


def _in_full(text: str, whole: str, decimals: str, exponent: str) -> str:
    # Zeros at the end may be left out, but 9.84593E+08 is what a narrow column shows: its digits are gone.
    if not len(decimals) <= int(exponent) <= len(decimals) + 2:
        raise Invalid(
            _("A spreadsheet rounded “%(text)s”: make the column text and write the number in full."),
            text=text,
        )
    return str(int(Decimal(f"{whole}.{decimals}e{exponent}")))

"""Cells of a spreadsheet: text that is compared, and text that no spreadsheet runs."""

import re
from functools import lru_cache

from kieubao.ground.text import clean

# The full-width forms too, which spreadsheets of East Asia read as the plain ones.
_LIVE = re.compile(r"[=+\-@\t\r＝＋－＠]")
_MARKED = re.compile(r"'+[=+\-@\t\r＝＋－＠0-9]")
# What all of these begin with: every cell of a file is asked, and few do.
_FIRST = frozenset("'=+-@\t\r＝＋－＠")
# A number spaced as people write it is text to every spreadsheet, and keeps its plus.
_NUMBER = re.compile(r"\+\d+( [\d-]+)+(; \+?\d[\d -]*)*")


def plain(text: str) -> str:
    r"""Return a cell as it is compared with another: on one line, in small letters.

    >>> plain(" Chưa  RÕ\n")
    'chưa rõ'
    """
    return _plain(text)


# The headings of a file, and the words that are met row after row: few, for a cell may be long.
@lru_cache(500)
def _plain(text: str) -> str:
    return clean(text).casefold()


def inert(text: str) -> str:
    """Keep a spreadsheet from running what begins like a formula; `bare` gives back what it was, whatever it was.

    >>> inert("=1+1"), inert("+84 912 345 678"), inert("+84912345678"), inert("'=1")
    ("'=1+1", '+84 912 345 678', "'+84912345678", "''=1")
    """
    if text[:1] not in _FIRST:
        return text
    live = _LIVE.match(text) and not _NUMBER.fullmatch(text)
    return f"'{text}" if live or _MARKED.match(text) else text


def bare(text: str) -> str:
    """Return a cell without the mark that `inert`, or a spreadsheet that kept digits as text, put before it.

    >>> bare("'+84912345678"), bare("'0912345678"), bare("'Ndrangheta")
    ('+84912345678', '0912345678', "'Ndrangheta")
    """
    return text[1:] if _MARKED.match(text) else text

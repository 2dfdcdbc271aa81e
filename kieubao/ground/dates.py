"""Dates of birth as far as they are known: a day, a month, a year, or about a year."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

from kieubao.ground import clock
from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import clean

EARLIEST_YEAR = 1850
ABOUT_YEARS = 5

_EDTF = re.compile(r"(?P<y>\d{4})(?:(?P<about>~)|-(?P<m>\d\d)(?:-(?P<d>\d\d))?)?", re.ASCII)
_ABOUT = re.compile(r"^(?:khoảng|khoang|kh\.?(?=[\s\d])|~|about)\s*(?=\d)|(?<=\d)~$", re.IGNORECASE)
_WORDS = re.compile(r"\s*\b(?:ngày|tháng|năm)\b\s*", re.IGNORECASE)
_WRITTEN = [
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"(?P<y>\d{4})(?:\.0)?",
        r"(?P<m>\d{1,2})S(?P<y>\d{4})",
        r"(?P<d>\d{1,2})S(?P<m>\d{1,2})S(?P<y>\d{4}|\d\d)",
        r"(?P<d>\d\d)(?P<m>\d\d)(?P<y>\d{4})",
        r"(?P<y>\d{4})S(?P<m>\d{1,2})(?:S(?P<d>\d{1,2}))?",
    )
]


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date in EDTF (ISO 8601-2, level 1): "1948-08-14", "1957-10", "1987" or "1987~" (about).

    Ordered by what is known, less before more within the same year or month, "about" last in its year.
    Raises Invalid where the text is none of these or the day does not exist.
    """

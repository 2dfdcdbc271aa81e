"""Dates of birth as far as they are known: a day, a month, a year, or about a year."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kieubao.ground import clock
from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import clean

EARLIEST_YEAR = 1850
ABOUT_YEARS = 5
_CENTURY = 100
_MONTHS = 12

_EDTF = re.compile(r"[12]\d{3}(?:~|-\d\d(?:-\d\d)?)?", re.ASCII)
_ABOUT = re.compile(r"^(?:khoảng|khoang|kh\.?|about|~)\s*(?:năm\s*)?(?=\d)|(?<=\d)~$", re.IGNORECASE)
_WORDS = re.compile(r"\s*\b(?:ngày|tháng|năm)\b\s*", re.IGNORECASE)
_BETWEEN = r"\s*[-/.\s]\s*"
# Month/yy is left out: 10/57 may be the 10th of a month misread, and 01/02 a day and a month. So is ddmmyy.
_WRITTEN = [
    re.compile(form.replace(" ", _BETWEEN), re.ASCII)
    for form in (
        r"(?P<year>[12]\d{3})(?:\.0)?",
        r"(?P<month>\d\d?) (?P<year>[12]\d{3})",
        r"(?P<day>\d\d?) (?P<month>\d\d?) (?P<year>[12]\d{3}|\d\d)",
        r"(?P<day>\d\d)(?P<month>\d\d)(?P<year>[12]\d{3})",
        r"(?P<year>[12]\d{3}) (?P<month>\d\d?)(?: (?P<day>\d\d?))?",
    )
]


@dataclass(frozen=True, order=True)
class PartialDate:
    """A date as EDTF (ISO 8601-2, level 1): "1948-08-14", "1957-10", "1987", or "1987~" for about 1987.

    They sort by time, a year before its months, a month before its days, "about" at its year's end.
    Making one raises Invalid where the text is no such form, or the day does not exist.
    """

    edtf: str

    def __post_init__(self) -> None:
        if not _EDTF.fullmatch(self.edtf):
            raise Invalid(_("“%(text)s” is not EDTF: write 1948-08-14, 1957-10, 1987 or 1987~."), text=self.edtf)
        _refuse_unreal(*self._numbers)

    @classmethod
    def from_edtf(cls, text: str) -> "PartialDate":
        """Return a date as it was stored.

        >>> PartialDate.from_edtf("1957-10").display()
        '10/1957'
        """
        return cls(text)

    @classmethod
    def parse(cls, text: str, *, latest: date | None = None) -> "PartialDate":
        """Read a date of birth as clerks write it, day first (14/8/48, 10/1957, khoảng 1987), or as ISO 8601.

        A year of two digits is the latest one that is not after `latest` (today in Việt Nam). Raises
        Invalid for a day that does not exist, before 1850 or after `latest`, and for what has two readings.

        >>> PartialDate.parse("14/8/48"), PartialDate.parse("kh. 1987")
        (PartialDate(edtf='1948-08-14'), PartialDate(edtf='1987~'))
        """
        latest = latest or clock.today()
        plain = clean(text)
        bare = _ABOUT.sub("", plain)
        numbers = _numbers_in(bare, latest)
        if bare != plain and len(numbers) > 1:
            raise Invalid(_("“%(text)s” cannot be: about goes with a year alone, as in khoảng 1987."), text=plain)
        born = cls("-".join(f"{number:02}" for number in numbers) + ("~" if bare != plain else ""))
        born._refuse_outside(latest)
        return born

    @property
    def year(self) -> int:
        return self._numbers[0]

    @property
    def precision(self) -> str:
        """How much is known: "day", "month", "year" or "about"."""
        return "about" if self.edtf.endswith("~") else ("year", "month", "day")[len(self._numbers) - 1]

    def earliest(self) -> date:
        """Return the first day it can have been; about a year reaches five years back."""
        return date(self.year - ABOUT_YEARS, 1, 1) if self.precision == "about" else self._start

    def latest(self) -> date:
        """Return the last day it can have been; about a year reaches five years on."""
        if self.precision == "about":
            return date(self.year + ABOUT_YEARS, 12, 31)
        year, month, day = self._filled(12, 31)
        return date(year, month, min(day, monthrange(year, month)[1]))

    def display(self, language: str = "vi") -> str:
        """Return "14/08/1948", "10/1957", "1987", "khoảng 1987"; in English "about 1987".

        >>> PartialDate("1948-08-14").display("en"), PartialDate("1987~").display()
        ('14/08/1948', 'khoảng 1987')
        """
        if self.precision == "about":
            return f"{'khoảng' if language == 'vi' else 'about'} {self.year}"
        return "/".join(reversed(self.edtf.split("-")))

    @cached_property
    def _numbers(self) -> list[int]:
        return [int(number) for number in self.edtf.rstrip("~").split("-")]

    @property
    def _start(self) -> date:
        return date(*self._filled(1, 1))

    def _filled(self, month: int, day: int) -> list[int]:
        """Return year, month and day, with these where none is known."""
        return [*self._numbers, *(month, day)[len(self._numbers) - 1 :]]

    def _refuse_outside(self, latest: date) -> None:
        if self.year < EARLIEST_YEAR:
            raise Invalid(
                _("%(date)s is too long ago for a date of birth: write a year from %(earliest)s on."),
                date=self.display(),
                earliest=EARLIEST_YEAR,
            )
        if self._start > latest:
            raise Invalid(
                _("%(date)s is still to come: write a date of birth up to %(latest)s."),
                date=self.display(),
                latest=f"{latest:%d/%m/%Y}",
            )


def _numbers_in(written: str, latest: date) -> list[int]:
    """Return year, month and day as far as they are written."""
    plain = _WORDS.sub("/", written).strip("/")
    found = next(filter(None, (form.fullmatch(plain) for form in _WRITTEN)), None)
    if not found:
        raise Invalid(
            _("“%(text)s” is not a date of birth: write 14/08/1948, 10/1957, 1987 or khoảng 1987."),
            text=written,
        )
    parts = found.groupdict()
    numbers = [int(parts[name]) for name in ("year", "month", "day") if parts.get(name)]
    return numbers if numbers[0] >= _CENTURY else _in_century(numbers, latest)


def _in_century(numbers: list[int], latest: date) -> list[int]:
    """Return a date whose year has two digits with the latest full year that is not after a day."""
    short, *rest = numbers
    year = latest.year - latest.year % _CENTURY + short
    return [year if [year, *rest] <= [latest.year, latest.month, latest.day] else year - _CENTURY, *rest]


def _refuse_unreal(year: int, month: int = 1, day: int = 1) -> None:
    if month not in range(1, 13):
        raise Invalid(
            _("There is no month %(month)s: write the day, then a month from 1 to 12, as in 14/08/1948."),
            month=month,
        )
    days = monthrange(year, month)[1]
    if day not in range(1, days + 1):
        raise Invalid(
            _("There is no day %(day)s in %(month)s/%(year)s: write a day from 1 to %(days)s."),
            day=day,
            month=f"{month:02}",
            year=year,
            days=days,
        )


def months_before(day: date, months: int) -> date:
    """Return the day so many months before another; the last of its month where that has no such day."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 - months, _MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

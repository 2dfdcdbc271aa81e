"""The Vietnamese lunar calendar (âm lịch): months from new moon to new moon, numbered by where the sun stands.

A month begins on the day of the new moon. The month with the winter solstice is the 11th. Where thirteen months
begin from one such to the next, the first in which the sun enters no sign of 30° is leap: it repeats a number.

Days are those of UTC+7 throughout, as is the law since 1968 (decision 121-CP of 8 August 1967). Before, the North
told them by UTC+8, and the South until 1975: what was kept then can be a day, seldom a month, off these dates.
New moons are found to half a minute, the sun's signs to two. How fast the earth will turn is foretold: a month that
begins within a few minutes of midnight can yet begin on the other day, the first such in May 2054.
"""

import re
from bisect import bisect_left
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import cos, degrees, floor, radians, sin

from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import clean, fold

FIRST_YEAR, LAST_YEAR = 1900, 2199
_HOURS_AHEAD = 7
_JULIAN = 1721424.5  # the Julian day of an ordinal's midnight, less the ordinal
_J2000 = 2451545
_MOONS_A_YEAR = 12.3685
_SIGNS = 12

_SOLSTICE_MONTH, _FULL_MOON, _LAST_MUNG = 11, 15, 10
_MONTHS = ("Giêng", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười một", "Chạp")
_CAN = ("Canh", "Tân", "Nhâm", "Quý", "Giáp", "Ất", "Bính", "Đinh", "Mậu", "Kỷ")
_CHI = ("Thân", "Dậu", "Tuất", "Hợi", "Tý", "Sửu", "Dần", "Mão", "Thìn", "Tỵ", "Ngọ", "Mùi")

_MARK = re.compile(r"(?<![a-z])(?:a ?l|am ?lich)(?![a-z])")
_WRITTEN = re.compile(
    r"(?:ngay |mung |mong )?(?P<day>\d\d?) (?:thang )?(?P<month>\d\d?) ?(?P<leap>n(?:huan)?)? (?:nam )?(?P<year>\d{4})"
)


def _table(rows: str) -> list[list[float]]:
    return [[float(number) for number in row.split()] for row in rows.split(",")]


# What moves a new moon (Meeus, Astronomical Algorithms, 49): 0.00001 day, and how many times the sun's anomaly,
# the moon's, and her distance from the node go into the sine it is multiplied by.
_MOON = _table("""
    -40720 0 1 0, 17241 1 0 0, 1608 0 2 0, 1039 0 0 2, 739 -1 1 0, -514 1 1 0, 208 2 0 0, -111 0 1 -2, -57 0 1 2,
    56 1 2 0, -42 0 3 0, 42 1 0 2, 38 1 0 -2, -24 -1 2 0, -7 2 1 0, 4 0 2 -2, 4 3 0 0, 3 1 1 -2, 3 0 2 2,
    -3 1 1 2, 3 -1 1 2, -2 -1 1 -2, -2 1 3 0, 2 0 4 0""")
# The same by the node and the planets: 0.00001 day, an angle at the new moon 0 and its growth to the next, in degrees.
_PULLS = _table("""
    -17 124.77 -1.563756, 32.5 299.77 0.107408, 16.5 251.88 0.016321, 16.4 251.83 26.651886, 12.6 349.42 36.412478,
    11 84.66 18.206239, 6.2 141.74 53.303771, 6 207.14 2.453732, 5.6 154.84 7.30686, 4.7 34.52 27.261239,
    4.2 207.19 0.121824, 4 291.34 1.844379, 3.7 161.72 24.198154, 3.5 239.56 25.513099, 2.3 331.55 3.592518""")
# The earth's longitude (VSOP87, its largest terms): 0.00000001 radian, an angle and its growth in a thousand years,
# and the power of the time, in thousands of years from 2000.
_EARTH = _table("""
    175347046 0 0 0, 3341656 4.6692568 6283.07585 0, 34894 4.6261 12566.1517 0, 3497 2.7441 5753.3849 0,
    3418 2.8289 3.5231 0, 3136 3.6277 77713.7715 0, 2676 4.4181 7860.4194 0, 2343 6.1352 3930.2097 0,
    1324 0.7425 11506.7698 0, 1273 2.0371 529.691 0, 1199 1.1096 1577.3435 0, 990 5.233 5884.927 0,
    902 2.045 26.298 0, 857 3.508 398.149 0, 780 1.179 5223.694 0, 753 2.533 5507.553 0, 505 4.583 18849.228 0,
    492 4.205 775.523 0, 357 2.92 0.067 0, 317 5.849 11790.629 0,
    628331966747 0 0 1, 206059 2.678235 6283.07585 1, 4303 2.6351 12566.1517 1, 425 1.59 3.523 1,
    52919 0 0 2, 8720 1.0721 6283.0758 2""")


@dataclass(frozen=True)
class Lunar:
    """A day of the lunar calendar; its year is named by the Gregorian year in which the Tết falls."""

    year: int
    month: int
    day: int
    leap: bool = False


def lunar(day: date) -> Lunar:
    """Return a day's lunar date. Raises Invalid for a day before 1900 or after 2199.

    >>> lunar(date(2026, 9, 25))
    Lunar(year=2026, month=8, day=15, leap=False)
    """
    _refuse_outside(day.year)
    number = day.toordinal()
    near = _months(day.year) | _months(day.year + 1)
    (year, month, leap), days = next(called for called in near.items() if number in called[1])
    return Lunar(year, month, days.index(number) + 1, leap)


def solar(lunar: Lunar) -> date:
    """Return the day of a lunar date. Raises Invalid where there is no such day, or it is not in 1900–2199.

    >>> solar(Lunar(2027, 1, 1))
    datetime.date(2027, 2, 6)
    """
    if lunar.year != FIRST_YEAR - 1:  # whose last weeks are in the first year
        _refuse_outside(lunar.year)
    days = _days_of(lunar)
    if lunar.day not in range(1, len(days) + 1):
        raise Invalid(
            _("There is no day %(day)s in lunar month %(month)s of %(year)s: write a day from 1 to %(days)s."),
            day=lunar.day,
            month=lunar.month,
            year=lunar.year,
            days=len(days),
        )
    day = date.fromordinal(days[lunar.day - 1])
    _refuse_outside(day.year)
    return day


def named(year: int) -> str:
    """Return the can chi name of a lunar year.

    >>> named(2026)
    'Bính Ngọ'
    """
    return f"{_CAN[year % len(_CAN)]} {_CHI[year % len(_CHI)]}"


def said(day: date, language: str) -> str:
    """Return how a day's lunar date is told, in Vietnamese ("vi") or else English. Raises Invalid as `lunar` does.

    >>> said(date(2026, 8, 27), "vi"), said(date(2025, 7, 29), "en")
    ('rằm tháng Bảy năm Bính Ngọ', 'day 5 of leap lunar month 6, Ất Tỵ')
    """
    told = lunar(day)
    if language != "vi":
        return f"day {told.day} of {'leap ' * told.leap}lunar month {told.month}, {named(told.year)}"
    number = "rằm" if told.day == _FULL_MOON else "mùng " * (told.day <= _LAST_MUNG) + str(told.day)
    return f"{number} tháng {_MONTHS[told.month - 1]}{' nhuận' * told.leap} năm {named(told.year)}"


def is_lunar(text: str) -> bool:
    """Tell whether a text is marked as lunar: ÂL, AL, âm lịch.

    >>> is_lunar("15/01/2027 ÂL"), is_lunar("15/01/2027")
    (True, False)
    """
    return bool(_MARK.search(fold(text)))


def read(text: str) -> date:
    """Return the day of a lunar date as clerks write it: 15/1/2027 ÂL, and 5/6 nhuận/2025 âm lịch in a leap month.

    Raises Invalid for what has another form or no mark, and as `solar` does.

    >>> read("15/01/2027 ÂL"), read("5/6n/2025 al")
    (datetime.date(2027, 2, 20), datetime.date(2025, 7, 29))
    """
    bare, marks = _MARK.subn(" ", fold(text))
    found = _WRITTEN.fullmatch(bare.strip())
    if not (marks and found):
        raise Invalid(
            _("“%(text)s” is not a lunar date: write 15/1/2027 ÂL, or 5/6 nhuận/2025 ÂL in a leap month."),
            text=clean(text),
        )
    return solar(Lunar(int(found["year"]), int(found["month"]), int(found["day"]), bool(found["leap"])))


def _refuse_outside(year: int) -> None:
    if year not in range(FIRST_YEAR, LAST_YEAR + 1):
        raise Invalid(
            _("The lunar calendar is known from %(first)s to %(last)s only: write a day of these years."),
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )


def _days_of(lunar: Lunar) -> range:
    days = _months(lunar.year + (lunar.month >= _SOLSTICE_MONTH)).get((lunar.year, lunar.month, lunar.leap))
    if not days:
        raise Invalid(
            _("Month %(month)s is no leap month in the lunar year %(year)s: write it without “nhuận”.")
            if lunar.leap
            else _("There is no lunar month %(month)s: write a month from 1 to 12, as in 15/1/2027 ÂL."),
            month=lunar.month,
            year=lunar.year,
        )
    return days


@cache
def _months(year: int) -> dict[tuple[int, int, bool], range]:
    """Return months 11, 12, 1 … 10 from the winter solstice before a year on: year, number, leap → ordinals of days."""
    # The first of these new moons is in October or early November; 17 reach past the next solstice.
    earliest = floor((year - 2000) * _MOONS_A_YEAR) - 2
    firsts = [_new_moon(count) for count in range(earliest, earliest + 17)]
    signs = [_sign(first) for first in firsts]
    solstice = (year - 2000) * _SIGNS + 9  # counted as `_sign` does, at the December before
    begin, end = (bisect_left(signs, sign) - 1 for sign in (solstice, solstice + _SIGNS))
    full = end - begin > len(_MONTHS)
    leap = next(at for at in range(begin, end) if signs[at] == signs[at + 1]) if full else end
    return {
        (*_called(year, at - begin - (at >= leap)), at == leap): range(firsts[at], firsts[at + 1])
        for at in range(begin, end)
    }


def _called(year: int, after_solstice: int) -> tuple[int, int]:
    later, month = divmod(_SOLSTICE_MONTH - 1 + after_solstice, len(_MONTHS))
    return year - 1 + later, month + 1


def _new_moon(count: int) -> int:
    """Return the ordinal of the day of a new moon, counted from that of 6 January 2000."""
    time = count / _MOONS_A_YEAR / 100
    sun = radians(2.5534 + 29.1053567 * count)
    moon = radians(201.5643 + 385.81693528 * count + 0.0107582 * time**2)
    node = radians(160.7108 + 390.67050284 * count - 0.0016118 * time**2)
    mean = 2451550.09766 + 29.530588861 * count + 0.00015437 * time**2
    # The earth's path grows rounder: what goes with the sun's anomaly gets less.
    moved = sum(size * (1 - 0.002516 * time * abs(s)) * sin(s * sun + m * moon + n * node) for size, s, m, n in _MOON)
    pulled = sum(size * sin(radians(angle + growth * count)) for size, angle, growth in _PULLS)
    return floor(mean + (moved + pulled) / 1e5 - _ahead(time))


def _sign(first: int) -> int:
    """Return how many signs of 30° the sun has entered since March 1999 when a day begins, given as its ordinal."""
    time = (first + _JULIAN - _J2000) / 36525
    time = (first + _ahead(time) - _J2000) / 36525
    earth = sum(size * cos(angle + growth * time / 10) * (time / 10) ** power for size, angle, growth, power in _EARTH)
    anomaly, node = radians(357.53 + 35999.05 * time), radians(125.04 - 1934.136 * time)
    # In seconds of arc: the sun is seen where it was when its light left, from an axis that nods.
    seen = -20.58 - 0.34 * cos(anomaly) - 17.2 * sin(node) - 1.32 * sin(2 * earth / 1e8)
    return floor((degrees(earth / 1e8) + 180 + seen / 3600) / 30)


def _ahead(time: float) -> float:
    """Return Julian days of dynamical time less ordinals in Việt Nam, at a time in centuries from 2000.

    By how much the earth lags (delta-T) is within 8 seconds of what Stephenson, Morrison and Hohenkerk (2016) found.
    """
    return _JULIAN - _HOURS_AHEAD / 24 + (58 + 38 * time - 10 * time**2 + 9 * time**3) / 86400

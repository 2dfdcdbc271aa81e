"""Which days a state agency works: no weekends, no holidays of the Labour Code (45/2019/QH14, Đ112), Tết by the moon.

Where a holiday falls on a weekend, the next working day is off in its place (Đ111.3). Which five days of Tết, and which
day beside 2/9, is decided every year: until an office writes the decision down (`Calendar`), those alone are off that
are in any such year, so that no clock runs slower than the law's.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from kieubao.ground import lunar
from kieubao.ground.errors import Invalid, _
from kieubao.ground.lunar import Lunar

_DAY = timedelta(days=1)
_SATURDAY = 5
# The last day of the old year and the first three of the new one: of Tết's five days those that are never worked.
_TET = range(-1, 3)


@dataclass(frozen=True)
class Calendar:
    """What was decided beside the law: days that are off, and days that are worked all the same."""

    off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()

    @classmethod
    def read(cls, text: str) -> "Calendar":
        """Read days with commas between, those that are worked with a plus before: `2027-02-04, +2027-02-14`.

        Raises Invalid for anything else.
        """
        days = [one.strip() for one in text.split(",") if one.strip()]
        if wrong := next((one for one in days if not re.fullmatch(r"\+?\d{4}-\d\d-\d\d", one)), None):
            raise Invalid(
                _("Write days such as 2027-02-04, and +2027-02-14 for one that is worked: %(text)s"), text=wrong
            )
        worked = frozenset(date.fromisoformat(one[1:]) for one in days if one.startswith("+"))
        return cls(frozenset(date.fromisoformat(one) for one in days if not one.startswith("+")), worked)

    def is_working(self, day: date) -> bool:
        """Tell whether agencies work on a day."""
        if day in self.worked or day in self.off:
            return day in self.worked
        return not (_is_weekend(day) or day in holidays(day.year))

    def after(self, day: date, count: int) -> date:
        """Return the last of so many working days after a day, which is not counted."""
        while count:
            day += _DAY
            count -= self.is_working(day)
        return day


@cache
def holidays(year: int) -> frozenset[date]:
    """Return the holidays of a year that no decision moves, with the days in the place of those on a weekend.

    Of Tết, which days are in whose place is decided too.
    """
    off = [date(year, 1, 1), lunar.solar(Lunar(year, 3, 10)), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)]
    off = sorted({*off})
    for day in list(off):
        if _is_weekend(day):
            off.append(next(one for one in _days_after(day) if not _is_weekend(one) and one not in off))
    tet = lunar.solar(Lunar(year, 1, 1))
    return frozenset([*off, *(tet + place * _DAY for place in _TET)])


def _is_weekend(day: date) -> bool:
    return day.weekday() >= _SATURDAY


def _days_after(day: date) -> Iterator[date]:
    while True:
        day += _DAY
        yield day

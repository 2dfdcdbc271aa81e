"""Working days, against what the Prime Minister's decisions and the calendar say, and a count day by day."""

from datetime import date, timedelta

import pytest

from kieubao.ground import lunar
from kieubao.ground.errors import Invalid
from kieubao.ground.lunar import Lunar
from kieubao.ground.worktime import Calendar, holidays

LAW = Calendar()
# As they were told for agencies: Tết of 2026 (16 to 20 February), Giỗ Tổ on a Sunday, 30/4 and 1/5, 1 and 2 September.
OFF_2026 = "2026-01-01 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-02-20 2026-04-27 2026-04-30 2026-05-01"
OFF_2026 += " 2026-09-01 2026-09-02"


def test_the_weekdays_off_in_2026():
    days = (date(2026, 1, 1) + timedelta(n) for n in range(365))
    off = [f"{day}" for day in days if day.weekday() < 5 and not LAW.is_working(day)]
    assert off == OFF_2026.split()


@pytest.mark.parametrize("year", range(2026, 2036))
def test_each_year_has_its_eleven_holidays_and_nobody_loses_one_to_a_weekend(year):
    named = {date(year, 1, 1), date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)}
    named |= {lunar.solar(Lunar(year, 3, 10)), lunar.solar(Lunar(year, 1, 1))}
    off = holidays(year)
    assert named <= off
    weekdays = [day for day in off if day.weekday() < 5]
    # Giỗ Tổ may be the very day of the Victory: one holiday less.
    assert len(weekdays) == 11 - (lunar.solar(Lunar(year, 3, 10)) in {date(year, 4, 30), date(year, 5, 1)})
    tet = [lunar.lunar(day) for day in sorted(off) if abs((day - lunar.solar(Lunar(year, 1, 1))).days) <= 3]
    assert (1, 1) in {(one.month, one.day) for one in tet}


def by_hand(day, count):
    """The same, told off on a list of every day of ten years."""
    ahead = (day + timedelta(n) for n in range(1, 60))
    return [one for one in ahead if one.weekday() < 5 and one not in holidays(one.year)][count - 1]


@pytest.mark.parametrize("year", range(2026, 2036))
def test_working_days_are_told_off_one_by_one(year):
    for place in range(365):
        day = date(year, 1, 1) + timedelta(place)
        assert LAW.after(day, 2) == by_hand(day, 2)
        assert LAW.after(day, 0) == day


def test_what_was_decided_holds_before_the_rule():
    told = Calendar.read(" 2026-02-13, +2026-02-21 ,2026-12-24")
    assert not told.is_working(date(2026, 2, 13))
    assert told.is_working(date(2026, 2, 21))
    assert not told.is_working(date(2026, 12, 24))
    assert told.after(date(2026, 2, 12), 1) == date(2026, 2, 21)
    assert Calendar.read("") == LAW


@pytest.mark.parametrize("text", ["24/12/2026", "2026-12", "2026-12-24;2026-12-25", "-2026-12-24"])
def test_a_day_that_cannot_be_read_is_refused(text):
    with pytest.raises(Invalid, match="Write days such as"):
        Calendar.read(text)

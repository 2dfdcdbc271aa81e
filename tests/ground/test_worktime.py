"""Working days, against what the Prime Minister's decisions and the calendar say, and a count day by day."""

from datetime import date, timedelta

import pytest

from kieubao.ground import lunar
from kieubao.ground.errors import Invalid
from kieubao.ground.lunar import Lunar
from kieubao.ground.worktime import Calendar, holidays

LAW = Calendar()
# As they were told for agencies: the weekdays of each Tết, and of 2/9.
TOLD = {
    2023: "01-20 01-23 01-24 01-25 01-26 09-01 09-04",
    2024: "02-08 02-09 02-12 02-13 02-14 09-02 09-03",
    2025: "01-27 01-28 01-29 01-30 01-31 09-01 09-02",
    2026: "02-16 02-17 02-18 02-19 02-20 09-01 09-02",
}
OFF_2026 = "2026-01-01 2026-02-16 2026-02-17 2026-02-18 2026-02-19 2026-04-27 2026-04-30 2026-05-01 2026-09-02"


def weekdays_off(year, calendar=LAW):
    days = (date(year, 1, 1) + timedelta(n) for n in range(365))
    return [day for day in days if day.weekday() < 5 and not calendar.is_working(day)]


def test_the_weekdays_that_are_off_in_2026_whatever_is_decided():
    assert [f"{day}" for day in weekdays_off(2026)] == OFF_2026.split()


@pytest.mark.parametrize("year", TOLD)
def test_nothing_is_off_that_was_ever_worked(year):
    """Of Tết and 2/9, about which something is decided; of the others the law says all."""
    told = {date.fromisoformat(f"{year}-{day}") for day in TOLD[year].split()}
    tet = lunar.solar(Lunar(year, 1, 1))
    decided = [day for day in weekdays_off(year) if abs((day - tet).days) < 10 or day.month == 9]
    assert {*decided} - {date(year, 1, 1), date(year, 1, 2), date(year, 1, 3)} <= told
    assert date(year, 9, 2) in holidays(year)


@pytest.mark.parametrize("year", range(2026, 2036))
def test_each_year_has_its_holidays_and_nobody_loses_one_to_a_weekend(year):
    kings, tet = (lunar.solar(Lunar(year, *day)) for day in ((3, 10), (1, 1)))
    fixed = {date(year, 1, 1), kings, date(year, 4, 30), date(year, 5, 1), date(year, 9, 2)}
    around = {tet + timedelta(n) for n in range(-1, 3)}
    assert fixed | around <= holidays(year)
    assert len([day for day in holidays(year) - around if day.weekday() < 5]) == len(fixed - around)


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
    told = Calendar.read(" 2026-02-13, +2026-02-21 ,2026-12-24, 2026-02-20")
    assert not told.is_working(date(2026, 2, 13))
    assert told.is_working(date(2026, 2, 21))
    assert not told.is_working(date(2026, 12, 24))
    assert told.after(date(2026, 2, 12), 1) == date(2026, 2, 21)
    assert Calendar.read("") == LAW


@pytest.mark.parametrize("text", ["24/12/2026", "2026-12", "2026-12-24;2026-12-25", "-2026-12-24"])
def test_a_day_that_cannot_be_read_is_refused(text):
    with pytest.raises(Invalid, match="Write days such as"):
        Calendar.read(text)

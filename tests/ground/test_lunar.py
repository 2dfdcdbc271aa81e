from datetime import date, timedelta
from itertools import pairwise
from unicodedata import normalize

import pytest

from kieubao.ground import lunar as calendar
from kieubao.ground.errors import Invalid
from kieubao.ground.lunar import Lunar, is_lunar, lunar, named, read, said, solar

# As kept in Việt Nam, month and day, from 2000 on.
TET = """
    02-05 01-24 02-12 02-01 01-22 02-09 01-29 02-17 02-07 01-26 02-14 02-03 01-23 02-10 01-31 02-19
    02-08 01-28 02-16 02-05 01-25 02-12 02-01 01-22 02-10 01-29 02-17 02-06 01-26 02-13 02-02 01-23"""
DAYS = [date(1900, 1, 1) + timedelta(number) for number in range((date(2200, 1, 1) - date(1900, 1, 1)).days)]


@pytest.fixture
def told_in_china(monkeypatch):
    monkeypatch.setattr(calendar, "_HOURS_AHEAD", 8)
    calendar._months.cache_clear()
    yield
    calendar._months.cache_clear()


@pytest.mark.parametrize(("year", "tet"), [*enumerate(TET.split(), 2000)])
def test_tet_is_when_it_was_and_will_be_kept(year, tet):
    day = date.fromisoformat(f"{year}-{tet}")
    assert lunar(day) == Lunar(year, 1, 1)
    assert lunar(day - timedelta(1)).month == 12


@pytest.mark.parametrize("tet", [date(1968, 1, 29), date(1985, 1, 21), date(2007, 2, 17), date(2030, 2, 2)])
def test_tet_can_come_before_the_chinese_new_year(tet):
    assert solar(Lunar(tet.year, 1, 1)) == tet


@pytest.mark.usefixtures("told_in_china")
@pytest.mark.parametrize("new_year", [date(1968, 1, 30), date(1985, 2, 20), date(2007, 2, 18), date(2030, 2, 3)])
def test_an_hour_further_east_the_same_rules_give_the_chinese_new_year(new_year):
    assert solar(Lunar(new_year.year, 1, 1)) == new_year


@pytest.mark.parametrize(
    ("day", "of"),
    [
        (date(2026, 9, 25), Lunar(2026, 8, 15)),
        (date(2026, 4, 26), Lunar(2026, 3, 10)),
        (date(2027, 2, 5), Lunar(2026, 12, 29)),
        (date(2025, 7, 25), Lunar(2025, 6, 1, leap=True)),
        (date(1900, 1, 1), Lunar(1899, 12, 1)),
        (date(1900, 1, 31), Lunar(1900, 1, 1)),
    ],
)
def test_feasts_and_edges(day, of):
    assert (lunar(day), solar(of)) == (of, day)


# The 8th month of 2033 is followed by one in which the sun enters no sign either, but of a year of twelve months.
@pytest.mark.parametrize(
    ("year", "month"),
    [(1984, None), (1985, 2), (1987, 7), (2020, 4), (2023, 2), (2025, 6), (2026, None), (2028, 5), (2033, 11)],
)
def test_the_leap_months(year, month):
    days = (solar(Lunar(year, 1, 1)) + timedelta(number) for number in range(384))
    months = {told.month for told in map(lunar, days) if told.leap and told.year == year}
    assert months == ({month} if month else set())


def test_every_day_has_a_lunar_date_of_its_own():
    told = [lunar(day) for day in DAYS]
    assert [solar(each) for each in told] == DAYS


def test_months_have_29_or_30_days_and_follow_one_another():
    told = [lunar(day) for day in DAYS]
    firsts = [number for number, each in enumerate(told) if each.day == 1]
    assert {after - before for before, after in pairwise(firsts)} == {29, 30}
    for before, after in pairwise(firsts):
        step = (told[after].year - told[before].year) * 12 + told[after].month - told[before].month
        assert step == (0 if told[after].leap else 1)


@pytest.mark.parametrize(
    ("of", "hint"),
    [
        (Lunar(2026, 12, 30), "no day 30 in lunar month 12 of 2026: write a day from 1 to 29"),
        (Lunar(2026, 1, 31), "a day from 1 to 30"),
        (Lunar(2026, 1, 0), "no day 0"),
        (Lunar(2026, 13, 1), "a month from 1 to 12"),
        (Lunar(2026, 0, 1), "a month from 1 to 12"),
        (Lunar(2026, -1, 1), "a month from 1 to 12"),
        (Lunar(2025, 5, 1, leap=True), "Month 5 is no leap month in the lunar year 2025"),
        (Lunar(2026, 6, 1, leap=True), "no leap month"),
        (Lunar(1898, 12, 1), "from 1900 to 2199"),
        (Lunar(1899, 11, 29), "from 1900 to 2199"),
        (Lunar(2199, 12, 1), "from 1900 to 2199"),
        (Lunar(2200, 1, 1), "from 1900 to 2199"),
    ],
)
def test_there_is_not_every_day(of, hint):
    with pytest.raises(Invalid, match=hint):
        solar(of)


@pytest.mark.parametrize("day", [date.min, date(1899, 12, 31), date(2200, 1, 1), date.max])
def test_days_of_other_centuries_are_not_told(day):
    with pytest.raises(Invalid, match="from 1900 to 2199"):
        lunar(day)


def test_years_have_names_that_come_back_after_sixty():
    assert [named(year) for year in (1948, 1984, 2025, 2026, 2027)] == [
        "Mậu Tý",
        "Giáp Tý",
        "Ất Tỵ",
        "Bính Ngọ",
        "Đinh Mùi",
    ]
    assert len({named(year) for year in range(1900, 2200)}) == 60
    assert named(1966) == named(2026)


@pytest.mark.parametrize(
    ("day", "vi", "en"),
    [
        (date(2027, 2, 6), "mùng 1 tháng Giêng năm Đinh Mùi", "day 1 of lunar month 1, Đinh Mùi"),
        (date(2026, 8, 27), "rằm tháng Bảy năm Bính Ngọ", "day 15 of lunar month 7, Bính Ngọ"),
        (date(2026, 2, 7), "20 tháng Chạp năm Ất Tỵ", "day 20 of lunar month 12, Ất Tỵ"),
        (date(2025, 7, 29), "mùng 5 tháng Sáu nhuận năm Ất Tỵ", "day 5 of leap lunar month 6, Ất Tỵ"),
        (date(2026, 4, 26), "mùng 10 tháng Ba năm Bính Ngọ", "day 10 of lunar month 3, Bính Ngọ"),
        (date(2026, 4, 27), "11 tháng Ba năm Bính Ngọ", "day 11 of lunar month 3, Bính Ngọ"),
        (date(2026, 12, 9), "mùng 1 tháng Mười một năm Bính Ngọ", "day 1 of lunar month 11, Bính Ngọ"),
    ],
)
def test_a_day_is_told_as_people_say_it(day, vi, en):
    assert (said(day, "vi"), said(day, "en")) == (vi, en)


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("15/01/2027 ÂL", date(2027, 2, 20)),
        ("15/1/2027 âm lịch", date(2027, 2, 20)),
        ("15/1/2027 Âm Lịch", date(2027, 2, 20)),
        ("15/1/2027 AL", date(2027, 2, 20)),
        ("15/1/2027 al", date(2027, 2, 20)),
        ("15/1/2027ÂL", date(2027, 2, 20)),
        ("15/1/2027 (Â.L.)", date(2027, 2, 20)),
        ("ÂL 15-1-2027", date(2027, 2, 20)),
        ("âm lịch: 15.1.2027", date(2027, 2, 20)),
        (" 15 / 1 / 2027  âm  lịch ", date(2027, 2, 20)),
        ("ngày 15 tháng 1 năm 2027 âm lịch", date(2027, 2, 20)),
        ("mùng 5/6/2025 ÂL", date(2025, 6, 29)),
        ("mồng 5 tháng 6 nhuận năm 2025 ÂL", date(2025, 7, 29)),
        ("5/6 nhuận/2025 ÂL", date(2025, 7, 29)),
        ("5/6 NHUẬN/2025 ÂL", date(2025, 7, 29)),
        ("5/6n/2025 ÂL", date(2025, 7, 29)),
        ("5/6N/2025 AL", date(2025, 7, 29)),
    ],
)
def test_clerks_write_lunar_dates_in_many_ways(text, day, form):
    assert is_lunar(normalize(form, text))
    assert read(normalize(form, text)) == day


@pytest.mark.parametrize(
    "text", ["", "15/1/2027", "2027", "15/1/2027 dương lịch", "8:00 AM 15/1/2027", "năm lịch 2027", "15/1/2027 Alo"]
)
def test_what_is_not_marked_is_not_lunar(text):
    assert not is_lunar(text)
    with pytest.raises(Invalid, match="is not a lunar date: write 15/1/2027 ÂL, or 5/6 nhuận/2025 ÂL"):
        read(text)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        *((text, "write 15/1/2027 ÂL") for text in ["ÂL", "15/1 ÂL", "15/1/27 ÂL", "2027 ÂL", "2027-01-15 ÂL"]),
        *((text, "write 15/1/2027 ÂL") for text in ["15/1/2027 lúc 8 giờ ÂL", "15/1x/2027 ÂL", "115/1/2027 ÂL"]),
        ("30/12/2026 ÂL", "a day from 1 to 29"),
        ("15/13/2026 ÂL", "a month from 1 to 12"),
        ("5/5 nhuận/2025 ÂL", "no leap month"),
        ("1/1/1899 ÂL", "from 1900 to 2199"),
        ("1/1/9999 ÂL", "from 1900 to 2199"),
    ],
)
def test_what_is_no_lunar_date_is_refused(text, hint):
    assert is_lunar(text)
    with pytest.raises(Invalid, match=hint):
        read(text)

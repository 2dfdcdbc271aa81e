from datetime import date

import pytest

from kieubao.ground import clock
from kieubao.ground.dates import PartialDate
from kieubao.ground.errors import Invalid

TODAY = date(2026, 3, 24)


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("14/08/1948", "1948-08-14"),
        ("14/8/48", "1948-08-14"),
        ("3-1-1967", "1967-01-03"),
        ("25.3.1974", "1974-03-25"),
        (" 14 / 8 / 1948 ", "1948-08-14"),
        ("14 8 1948", "1948-08-14"),
        ("14081948", "1948-08-14"),
        ("ngày 14 tháng 8 năm 1948", "1948-08-14"),
        ("29/2/2000", "2000-02-29"),
        ("1948-08-14", "1948-08-14"),
        ("12/1953", "1953-12"),
        ("1/1993", "1993-01"),
        ("tháng 10 năm 1957", "1957-10"),
        ("1957-10", "1957-10"),
        ("1987", "1987"),
        ("1987.0", "1987"),
        ("năm 1987", "1987"),
        ("khoảng 1987", "1987~"),
        ("Khoảng năm 1987", "1987~"),
        ("kh. 1987", "1987~"),
        ("kh 1987", "1987~"),
        ("~1987", "1987~"),
        ("1987~", "1987~"),
        ("about 1987", "1987~"),
        ("kho\u0061\u0309ng 1987", "1987~"),
        ("1850", "1850"),
        ("24/3/2026", "2026-03-24"),
        ("3/2026", "2026-03"),
    ],
)
def test_clerks_write_dates_in_many_ways(text, edtf):
    assert PartialDate.parse(text, latest=TODAY).edtf == edtf


@pytest.mark.parametrize(
    ("text", "year"),
    [("24/3/26", 2026), ("25/3/26", 1926), ("1/1/27", 1927), ("22/9/99", 1999), ("1/1/00", 2000)],
)
def test_a_year_of_two_digits_is_the_latest_that_has_been(text, year):
    assert PartialDate.parse(text, latest=TODAY).year == year


def test_today_is_the_clocks(monkeypatch):
    monkeypatch.setattr(clock, "today", lambda: date(1999, 6, 1))
    assert PartialDate.parse("1/7/99").year == 1899
    with pytest.raises(Invalid, match="01/06/1999"):
        PartialDate.parse("2000")


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("31/4/1950", "a day from 1 to 30"),
        ("29/2/1900", "a day from 1 to 28"),
        ("0/4/1950", "a day from 1 to 30"),
        ("48-08-14", "a day from 1 to 31"),
        ("8/14/1948", "a month from 1 to 12"),
        ("13/1950", "a month from 1 to 12"),
        ("1948-14", "a month from 1 to 12"),
        ("19480814", "write 14/08/1948"),
        ("25/3/2026", "up to 24/03/2026"),
        ("4/2026", "up to 24/03/2026"),
        ("2027", "up to 24/03/2026"),
        ("khoảng 2027", "up to 24/03/2026"),
        ("1849", "from 1850 on"),
        ("31/12/1849", "from 1850 on"),
        ("khoảng 10/1957", "a year alone"),
        ("~14/8/1948", "a year alone"),
        *((text, "write 14/08/1948") for text in ["", "chưa rõ", "10/57", "140848", "48", "1957-1958", "1987?"]),
        *((text, "write 14/08/1948") for text in ["0948", "khoảng", "14/8/948", "1948/8/14/2", "19 87"]),
    ],
)
def test_what_cannot_be_or_has_two_readings_is_refused(text, hint):
    with pytest.raises(Invalid, match=hint):
        PartialDate.parse(text, latest=TODAY)


@pytest.mark.parametrize(
    ("edtf", "precision", "earliest", "latest"),
    [
        ("1948-08-04", "day", date(1948, 8, 4), date(1948, 8, 4)),
        ("1960-02", "month", date(1960, 2, 1), date(1960, 2, 29)),
        ("1987", "year", date(1987, 1, 1), date(1987, 12, 31)),
        ("1987~", "about", date(1982, 1, 1), date(1992, 12, 31)),
    ],
)
def test_how_much_a_date_tells(edtf, precision, earliest, latest):
    day = PartialDate.from_edtf(edtf)
    assert (day.precision, day.earliest(), day.latest()) == (precision, earliest, latest)
    assert day.year == int(edtf[:4])


@pytest.mark.parametrize(
    ("edtf", "vi", "en"),
    [
        ("1948-08-04", "04/08/1948", "04/08/1948"),
        ("1960-02", "02/1960", "02/1960"),
        ("1987", "1987", "1987"),
        ("1987~", "khoảng 1987", "about 1987"),
    ],
)
def test_a_date_is_shown_as_it_may_be_written(edtf, vi, en):
    day = PartialDate(edtf)
    assert (day.display(), day.display("en")) == (vi, en)
    assert PartialDate.parse(vi, latest=TODAY) == day


@pytest.mark.parametrize("text", ["", "1948-8-14", "14/08/1948", "1957-10~", "1987?", "1948-02-30", "1957-13", "19870"])
def test_only_edtf_is_stored(text):
    with pytest.raises(Invalid):
        PartialDate.from_edtf(text)


def test_dates_sort_by_time():
    ordered = ["1957", "1957-10", "1957-10-03", "1957-11", "1957~", "1958"]
    assert sorted(map(PartialDate, reversed(ordered))) == list(map(PartialDate, ordered))

"""What is told of somebody on record never makes the record worse."""

import pytest

from kieubao.people import corrections

HERE = {"home_text": "Xã Cẩm Xuyên", "home_epoch": 2025, "home_code": "18673"}
BEFORE = {
    "name": "Nguyễn Thị Đào",
    "other_names": ["Anna Novak"],
    "born": "1960-08-14",
    "occupation": "Kỹ sư",
    "gender": None,
    **HERE,
}


def home(text, epoch=None, code=None):
    return {"home_text": text, "home_epoch": epoch, "home_code": code}


@pytest.mark.parametrize(
    "told",
    [
        {"name": "NGUYỄN THỊ ĐÀO"},
        {"name": "nguyen  thi dao"},
        {"born": "1960"},
        {"born": "1960-08"},
        {"born": "1960~"},
        # One of the other names; words of which one lacks its marks, in whatever order.
        {"name": "Anna Novak"},
        {"name": "Dao Nguyen Thi"},
        {"name": "Nguyen Thi"},
        {"name": "Nguyễn Thi Đào"},
        {"born": "1960-08-14"},
        {"occupation": "ky su"},
        {},
        home("xã Cẩm Xuyên cũ", 2025, "18673"),
        # The same words, though they are not surely one unit by themselves: the record knows which.
        home("xa cam xuyen"),
        home("huyện Cẩm Xuyên"),
        home("tỉnh Hà Tĩnh", 2025, "42"),
    ],
)
def test_what_says_the_same_or_less_changes_nothing(told):
    assert corrections.changed(BEFORE, told) == {}


@pytest.mark.parametrize("told", ["1960~", "1960?"])
def test_about_a_year_says_less_than_the_year(told):
    assert corrections.changed({**BEFORE, "born": "1960"}, {"born": told}) == {}
    assert corrections.changed({**BEFORE, "born": told}, {"born": "1960"}) == {"born": "1960"}


@pytest.mark.parametrize(
    "told",
    [
        {"name": "Nguyễn Thị Đảo"},
        {"born": "1961"},
        {"born": "196"},
        {"born": "1960-08-15"},
        {"occupation": "kỹ sư cầu"},
        {"gender": "female"},
        home("xã Thạch Hà", 2025, "18685"),
    ],
)
def test_what_says_something_else_does(told):
    assert corrections.changed(BEFORE, told) == {name: value for name, value in told.items() if BEFORE[name] != value}


def test_a_home_that_nobody_knew_the_unit_of_is_told_anew():
    unknown = {**BEFORE, **home("huyện Cẩm Xuyên")}
    assert corrections.changed(unknown, home("Cẩm Xuyên")) == {"home_text": "Cẩm Xuyên"}
    assert corrections.changed(unknown, HERE) == HERE


@pytest.mark.parametrize(
    ("told", "vaguer"),
    [(home("huyện Kỳ Anh"), True), (home("xa cam xuyen"), False), (home(None), False), ({}, False), (HERE, False)],
)
def test_a_home_that_is_less_sure_is_told_of(told, vaguer):
    assert corrections.is_vaguer(BEFORE, told) is vaguer
    assert not corrections.is_vaguer({**BEFORE, **home("?")}, told)


def test_only_what_cells_tell_is_told_and_only_where_it_came_to_something():
    values = {"name": "A", **HERE, "source": "phiếu 12"}
    assert corrections.told(values, ["name", "home", "sector"]) == {"name": "A", **HERE}


@pytest.mark.parametrize(
    ("name", "is_another"),
    [
        ("Nguyễn Thị Đào", False),
        ("Đào Thị Nguyễn", False),
        ("Nguyen Thi", False),
        ("Nguyễn Thị Đào Anh", False),
        ("Lê Thị Đào", False),
        ("Lê Văn Đào", True),
        ("Nguyễn Thị Lan Hương", True),
        ("Đào", True),
        ("Novak Anna", False),
        ("Anna", True),
        ("Anna Novakova", True),
    ],
)
def test_somebody_who_is_called_otherwise_is_somebody_else(name, is_another):
    assert corrections.is_another(BEFORE, {"name": name}) is is_another
    assert not corrections.is_another(BEFORE, {})

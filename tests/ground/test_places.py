"""What the units are, what became of them."""

from itertools import groupby

import pytest

from kieubao.ground import places
from kieubao.ground.errors import Invalid
from kieubao.ground.places import current, keyed, path, predecessors, province, province_of, successors, unit


def test_counts():
    counted = {}
    for epoch, level in ((2024, 2), (2024, 3), (2024, 5), (2025, 2), (2025, 5)):
        counted[epoch, level] = sum(p.epoch == epoch and len(p.code) == level for p in places._units().values())
    assert counted == {(2024, 2): 63, (2024, 3): 696, (2024, 5): 10035, (2025, 2): 34, (2025, 5): 3321}


def test_kinds_today():
    kinds = sorted(p.kind for p in places._units().values() if p.epoch == 2025)
    assert {kind: len(list(group)) for kind, group in groupby(kinds)} == {
        "tỉnh": 25,
        "thành phố": 9,
        "xã": 2621,
        "phường": 687,
        "đặc khu": 13,
    }


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("2024:22435", "Xã Cam Tân, huyện Cam Lâm, tỉnh Khánh Hòa"),
        ("2025:22435", "Xã Cam Hiệp, tỉnh Khánh Hòa"),  # the same code, another place
        ("2024:18796", "Xã Kỳ Lợi, thị xã Kỳ Anh, tỉnh Hà Tĩnh"),
        ("2024:24784", "Phường 1, thành phố Đà Lạt, tỉnh Lâm Đồng"),
        ("2025:75", "Thành phố Đồng Nai"),
        ("2024:75", "Tỉnh Đồng Nai"),
        ("2025:22", "Thành phố Quảng Ninh"),
        ("2025:24", "Thành phố Bắc Ninh"),
        ("2025:10543", "Phường Việt Hòa, thành phố Hải Phòng"),  # the wheel's type column says xã
    ],
)
def test_path(key, expected):
    assert path(keyed(key)) == expected
    assert keyed(key).key == key


@pytest.mark.parametrize("key", ["2025:99999", "2025:018"])
def test_no_such_unit(key):
    with pytest.raises(Invalid, match="choose one from the list"):
        keyed(key)


@pytest.mark.parametrize("key", ["2024:", "", "2023:22435", "22435", "Hà Tĩnh", "²:42"])
def test_what_is_no_unit_is_told_how_to_write_one(key):
    with pytest.raises(Invalid, match="like 2025:18673"):
        keyed(key)


@pytest.mark.parametrize("code", ["18073", "60", "", "4"])  # a commune, an old province, nothing
def test_no_such_province(code):
    with pytest.raises(Invalid):
        province(code)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("2024:18355", {"2025:18364"}),  # Xuân Hội -> Đan Hải
        ("2024:60", {"2025:68"}),  # Bình Thuận -> Lâm Đồng
        ("2024:67", {"2025:68"}),
        ("2024:58", {"2025:56"}),
        ("2024:536", {"2025:21548"}),  # huyện Lý Sơn, which had no communes
        ("2024:317", {"2025:11914"}),  # huyện Cát Hải, all of whose communes went into one
        ("2025:18073", {"2025:18073"}),
    ],
)
def test_successors(key, expected):
    assert {place.key for place in successors(keyed(key))} == expected
    assert (current(keyed(key)) is None) == (len(expected) != 1)


@pytest.mark.parametrize(
    ("name", "province_code"),
    [("Đại Nài", "42"), ("Kỳ Lợi", "42"), ("Cam Tân", "56"), ("Cam Hòa", "56"), ("Đông Hải", "58")],
)
def test_splits_are_left_to_a_person(name, province_code):
    split = [
        place
        for place in places._units().values()
        if (place.epoch, place.name, len(place.code)) == (2024, name, 5) and province_of(place).code == province_code
    ]
    assert len(split) == 1
    assert len(successors(split[0])) > 1
    assert current(split[0]) is None


def test_succession_is_whole():
    old = [place for place in places._units().values() if place.epoch == 2024 and len(place.code) == 5]
    assert all(successors(place) for place in old)
    assert sum(len(successors(place)) > 1 for place in old) == 471
    assert all(predecessors(commune) for each in places.provinces() for commune in places.communes(each.code))
    assert all(place in predecessors(after) for place in old for after in successors(place))


def test_provinces_and_communes():
    assert len(places.provinces()) == 34
    assert [len(places.communes(code)) for code in ("42", "56", "68")] == [69, 65, 124]
    assert predecessors(province("68")) == (unit(2024, "60"), unit(2024, "67"), unit(2024, "68"))
    assert predecessors(unit(2024, "60")) == ()
    names = [commune.name for commune in places.communes("42")]
    assert names.index("Cẩm Bình") < names.index("Đan Hải") < names.index("Hà Huy Tập") < names.index("Yên Hòa")

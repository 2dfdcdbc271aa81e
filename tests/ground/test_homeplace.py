"""Home places as clerks type them: coded when one unit fits, else left to a person with the units to choose from."""

import pytest

from kieubao.ground.errors import Invalid
from kieubao.ground.homeplace import locate, search_units

# Every home place of the sample spreadsheet, and more.
SURE = [
    ("42", "xã Lộc Hà", "2025:18568"),
    ("42", "Xuân Hội, Nghi Xuân", "2024:18355"),
    ("42", "Thị trấn Đức Thọ, huyện Đức Thọ", "2024:18229"),
    ("42", "P. Thành Sen", "2025:18073"),
    ("42", "Cương Gián, Nghi Xuân", "2024:18403"),
    ("42", "Xã Hương Sơn", "2025:18133"),
    ("42", "Kỳ Lợi, thị xã Kỳ Anh", "2024:18796"),
    ("42", "Xã Sơn Kim 1, H. Hương Sơn", "2024:18196"),
    ("42", "xã Cẩm Xuyên", "2025:18673"),
    ("42", "Phường Đại Nài, TP. Hà Tĩnh", "2024:18082"),
    ("42", "xã Thạch Hà", "2025:18562"),
    ("42", "P.Đại Nài, tp.Hà Tĩnh, tỉnh Hà Tĩnh", "2024:18082"),
    ("42", "cuong gian nghi xuan", "2024:18403"),
    ("42", "CƯƠNG GIÁN - H.NGHI XUÂN - T.HÀ TĨNH", "2024:18403"),
    ("42", "Kì Lợi, Kì Anh", "2024:18796"),
    ("42", "Xã Sơn Kim1", "2025:18196"),  # in both epochs, and the old one became just the new one
    ("42", "Xã Yên Hoà", "2025:18682"),
    ("42", "Thạch Hạ", "2024:18100"),  # its marks tell it from Thạch Hà
    ("42", "Phường Thành Sen, tỉnh Hà Tĩnh", "2025:18073"),
    ("40", "Xã Nam Thanh", "2024:17938"),  # not Xã Nam Thành: the text has marks where they belong
    ("56", "Xã Cam Tân", "2024:22435"),
    ("56", "Cam Hòa, Cam Lâm, Khánh Hòa", "2024:22438"),
    ("56", "P. Đông Hải, TP Phan Rang - Tháp Chàm, Ninh Thuận", "2024:22768"),
    ("68", "P1, Đà Lạt", "2024:24784"),
    ("68", "Phường 01, TP. Đà Lạt", "2024:24784"),
    ("68", "Phường Xuân Hương - Đà Lạt", "2025:24781"),
    ("68", "Hàm Thắng, Bình Thuận", "2024:23104"),
    ("68", "Hàm Thắng, Hàm Thuận Bắc, Lâm Đồng", "2024:23104"),  # an old commune, its province of today
]
UNSURE = [
    ("42", "", ()),
    ("42", "nt", ()),
    ("42", "Hà Tĩnh", ()),
    ("42", "TP Hà Tĩnh, tỉnh Hà Tĩnh", ()),
    ("42", "Thạch Kim - Lộc Hà", ("2024:18580",)),  # huyện Lộc Hà ended before the list of 2024
    ("42", "Lộc Hà", ("2025:18568", "2024:18568")),
    ("42", "Vũ Quang", ("2025:18313", "2024:18313")),  # a district, a town or the new commune
    ("42", "Nghi xuan, ha tinh", ("2025:18352",)),
    ("42", "huyện Nghi Xuân", ("2025:18352",)),
    ("42", "Xã Thạch Hạ, TP Hà Tĩnh", ("2024:18100",)),  # the list has a phường
    ("42", "thach ha", ("2025:18562", "2024:18562", "2024:18100")),
    ("42", "Kỳ Lợi, huyện Kỳ Anh", ("2024:18796",)),
    ("42", "Xã Hương Sơn, huyện Hương Sơn", ("2025:18133",)),  # no district has a commune of 2025
    ("42", "Xã Kỳ Lợi, Nghệ An", ("2024:18796",)),
    ("40", "xa nam thanh", ("2024:17938", "2024:17584")),
    ("56", "Đông Hải", ("2025:22780", "2024:22768")),  # the old one was split
    ("68", "phường 1 bảo lộc", ("2025:24823", "2024:24823")),
]


@pytest.mark.parametrize(("province_code", "text", "key"), SURE)
def test_sure(province_code, text, key):
    located = locate(text, province_code)
    assert located.unit is not None
    assert located.unit.key == key
    assert located.sure
    assert located.candidates == (located.unit,)


@pytest.mark.parametrize(("province_code", "text", "keys"), UNSURE)
def test_left_to_a_person(province_code, text, keys):
    located = locate(text, province_code)
    assert located.unit is None
    assert not located.sure
    assert tuple(place.key for place in located.candidates) == keys


def test_natives_of_another_province():
    assert locate("P. Thành Sen", "56").candidates == ()
    with pytest.raises(Invalid):
        locate("P. Thành Sen", "60")


@pytest.mark.parametrize(
    ("province_code", "text", "first"),
    [
        ("42", "thanh s", "2025:18073"),
        ("42", "phường thành s", "2025:18073"),
        ("42", "Kỳ Lợ", "2024:18796"),
        ("42", "loc ha", "2025:18568"),
        ("56", "cam hiep", "2025:22435"),
    ],
)
def test_search(province_code, text, first):
    assert search_units(text, province_code)[0].key == first


def test_search_limits():
    assert len(search_units("xã", "42", limit=5)) == 5
    assert search_units("khong co", "42") == ()
    assert all(place.epoch == 2025 for place in search_units("", "42", limit=69))

import pytest

from kieubao.ground.countries import codes, country, name
from kieubao.ground.errors import Invalid
from kieubao.ground.text import fold

SPELLED = {
    # every country of the sample spreadsheet
    "US": ["Hoa Kỳ", "Mỹ", "USA", "us", "United States", "MỸ", "nước Mỹ"],
    "CA": ["Canada", "Gia Nã Đại", "Ca-na-đa"],
    "CZ": ["Séc", "Tiệp", "CH Séc", "Cộng hòa Séc", "Czech Republic", "CZE"],
    "DE": ["CHLB Đức", "Đức", "duc", "Germany"],
    "RU": ["Nga", "Liên bang Nga", "NGA", "LB Nga"],
    "AO": ["Angola", "Ăng-gô-la"],
    "LA": ["Lào", "Lao", "LA"],
    "PL": ["Ba Lan"],
    "AU": ["Úc", "Úc Đại Lợi", "Australia", "Ô-xtrây-li-a", "uc"],
    "KR": ["Hàn Quốc", "Nam Hàn", "han quoc", "South Korea"],
    "TW": ["Đài loan", "Taiwan"],
    "SK": ["Slovakia"],
    "JP": ["Nhật", "Nhật Bản"],
    "TH": ["Thái Lan"],
    "GB": ["Anh", "UK", "U.K.", "Vương quốc Anh", "England"],
    # and others
    "FR": ["Pháp"],
    "KH": ["Campuchia", "Cam-pu-chia"],
    "CN": ["Trung Quốc"],
    "HK": ["Hồng Kông", "Hong Kong"],
    "NZ": ["Tân Tây Lan", "New Zealand"],
    "NL": ["Hà Lan"],
    "BE": ["Bỉ"],
    "AT": ["Áo"],
    "CH": ["Thụy Sĩ", "Thuỵ Sỹ"],
    "SE": ["Thụy Điển"],
    "NO": ["Na Uy"],
    "DK": ["Đan Mạch"],
    "FI": ["Phần Lan"],
    "IT": ["Ý", "Italia"],
    "ES": ["Tây Ban Nha"],
    "AE": ["UAE"],
    "SG": ["Singapore", "Xinh-ga-po"],
    "MY": ["Malaysia", "Mã Lai", "MYS"],
    "UA": ["Ukraina", "Ukraine"],
    "BG": ["Bungari"],
    "HU": ["Hungary", "Hung-ga-ri"],
    "RO": ["Rumani"],
    "KP": ["Triều Tiên"],
    "VN": ["Việt Nam", "Vietnam"],
}
ALSO_NAMES = {"AO", "BI", "MY"}  # Áo, Bỉ and Mỹ without marks


@pytest.mark.parametrize(("text", "code"), [(text, code) for code, ways in SPELLED.items() for text in ways])
def test_spelled(text, code):
    assert country(text) == code
    assert country(f"  {text} ") == code  # asking leaves the table as it was


@pytest.mark.parametrize("text", ["", "nt", "77 người", "Praha", "XK", "EU", "Châu Âu", "12"])
def test_unknown(text):
    with pytest.raises(Invalid, match="write a name such as"):
        country(text)


@pytest.mark.parametrize(
    ("text", "choice"),
    [
        ("Tiệp Khắc", "Séc, Slovakia"),
        ("Liên Xô", "Nga"),
        ("Nam Tư", "Serbia"),
        ("Korea", "Hàn Quốc"),
        ("My", "Malaysia, Hoa Kỳ"),
        ("MY", "Malaysia, Hoa Kỳ"),
        ("bi", "Burundi"),
        ("AO", "Angola, Áo"),
    ],
)
def test_several(text, choice):
    with pytest.raises(Invalid, match="write one") as refused:
        country(text)
    assert choice in str(refused.value)


def test_codes():
    assert len(codes()) == 249
    assert {"VN", "US", "TW", "PS", "AX"} < set(codes())
    assert not {"EU", "EZ", "UN", "QO", "XA", "XB", "EA", "IC", "XK", "ZZ", "419"} & set(codes())


def test_every_name_finds_its_code():
    spelled = [(way, code) for code in codes() for way in (name(code), name(code, "en"), name(code).upper())]
    spelled += [(fold(way), code) for way, code in spelled if fold(way).upper() not in ALSO_NAMES]
    spelled += [(code, code) for code in codes() if code not in ALSO_NAMES]
    assert [(way, code) for way, code in spelled if country(way) != code] == []


def test_name():
    assert (name("US"), name("US", "en"), name("CZ")) == ("Hoa Kỳ", "United States", "Séc")
    with pytest.raises(Invalid, match="two letters"):
        name("XK")

"""Countries (ISO 3166-1), by code and as people write them.

Names come from Unicode CLDR through Babel; the spellings Vietnamese clerks use besides those are below.
"""

from collections.abc import Iterator
from functools import cache

from babel import Locale
from babel.core import get_global

from kieubao.ground.errors import Invalid, _
from kieubao.ground.spellings import Spellings

# What CLDR names with two letters besides the 249 of ISO 3166-1: unions, parts, tests, private codes.
_NOT_ISO = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"))

_COUNTRY_SPELLINGS = {
    "AE": "UAE; Các tiểu vương quốc Ả Rập; Tiểu vương quốc Ả Rập Thống nhất; Dubai; Đu-bai",
    "AO": "Ăng-gô-la; Ăng gô la",
    "AR": "Ác-hen-ti-na; Á Căn Đình",
    "AT": "Cộng hòa Áo",
    "AU": "Úc; Úc Đại Lợi; Ô-xtrây-li-a; Ôx-trây-li-a; Ốt-xtrây-li-a; Châu Úc",
    "BE": "Vương quốc Bỉ",
    "BG": "Bungari; Bun-ga-ri; Bảo Gia Lợi",
    "BR": "Bra-xin; Brasil; Ba Tây",
    "BY": "Bê-la-rút; Bạch Nga; Belorussia; Byelorussia",
    "CA": "Ca-na-đa; Gia Nã Đại",
    "CD": "CHDC Congo; Cộng hòa Dân chủ Congo; DR Congo",
    "CG": "Cộng hòa Congo; Republic of the Congo",
    "CH": "Thuỵ Sĩ; Thụy Sỹ; Swiss",
    "CI": "Bờ Biển Ngà; Ivory Coast",
    "CL": "Chi-lê",
    "CN": "Trung Hoa; CHND Trung Hoa; Cộng hòa Nhân dân Trung Hoa; PRC; Tàu; Trung Quốc đại lục",
    "CU": "Cu-ba",
    "CV": "Cabo Verde",
    "CZ": "CH Séc; Cộng hòa Séc; Cộng hoà Czech; Czech; Czech Republic; Tiệp; Sec; Xéc; CH Czech",
    "DE": "CHLB Đức; Cộng hòa Liên bang Đức; Liên bang Đức; LB Đức; Tây Đức; Đông Đức; CHDC Đức; Deutschland",
    "DK": "Đan mạch; Vương quốc Đan Mạch",
    "DZ": "An-giê-ri; Algérie",
    "EG": "Ê-gíp",
    "ES": "TBN; Espana",
    "FI": "Phần lan",
    "FR": "Cộng hòa Pháp; CH Pháp; Pháp quốc",
    "GB": "Anh; Anh Quốc; Nước Anh; UK; Great Britain; England; Britain; Vương quốc Anh và Bắc Ireland; "
    "Scotland; Liên hiệp Anh; Liên hiệp Vương quốc Anh; Wales; Bắc Ireland; Northern Ireland; U.K.",
    "GR": "Hi Lạp",
    "HK": "Hồng Kông; Hồng Công; Hương Cảng; Hong Kong; Hongkong; Đặc khu Hành chính Hồng Kông",
    "HU": "Hung-ga-ri; Hungari; Hung; Hung Gia Lợi; Hunggary",
    "ID": "In-đô-nê-xi-a; In-đô; Indo; Nam Dương",
    "IE": "Ai-len; Cộng hòa Ireland; Ái Nhĩ Lan",
    "IL": "I-xra-en",
    "IN": "Ấn",
    "IQ": "I-rắc",
    "IR": "I-ran",
    "IS": "Băng Đảo; Ai-xơ-len",
    "IT": "Ý; Ý Đại Lợi; I-ta-li-a; Italia",
    "JP": "Nhật; Phù Tang",
    "KH": "Cam-pu-chia; Cămpuchia; Cao Miên; Kampuchea",
    "KP": "Bắc Hàn; Bắc Triều Tiên; CHDCND Triều Tiên; DPRK",
    "KR": "Hàn; Nam Hàn; Đại Hàn; Nam Triều Tiên; Đại Hàn Dân Quốc; Republic of Korea; ROK",
    "KW": "Cô-oét",
    "LA": "CHDCND Lào; Ai Lao; Lao PDR",
    "LT": "Lít-va; Lithuania; Litva",
    "LU": "Lúc-xăm-bua",
    "LV": "Lát-vi-a",
    "LY": "Li-bi",
    "MA": "Marốc; Maroc",
    "MM": "Myanmar; Miến Điện; Mi-an-ma; Burma",
    "MN": "Mông cổ",
    "MO": "Macao; Macau; Ma Cao; Đặc khu Hành chính Macao; Áo Môn",
    "MX": "Mê-hi-cô; Mêhicô; Mễ Tây Cơ",
    "MY": "Mã Lai; Ma-lai-xi-a; Mã Lai Á; Malay",
    "MZ": "Mô-dăm-bích",
    "NL": "Hòa Lan; Holland; The Netherlands",
    "NO": "Nauy",
    "NZ": "Tân Tây Lan; Niu Di-lân; Niu-di-lân; Niu Dilân; Newzealand",
    "PH": "Phi-líp-pin; Phi Luật Tân; Philippin; Phi",
    "PL": "Balan; CH Ba Lan; Cộng hòa Ba Lan",
    "PT": "BĐN",
    "QA": "Ca-ta",
    "RO": "Rumani; Ru-ma-ni; Ru ma ni; Lỗ Ma Ni",
    "RU": "Liên bang Nga; LB Nga; CHLB Nga; Russian Federation; Nga La Tư",
    "SA": "Ả Rập Saudi; Ả Rập Xê Út; A-rập Xê-út; Arab Saudi; KSA; Ả-rập Xê-út",
    "SE": "Thuỵ Điển",
    "SG": "Xinh-ga-po; Xin-ga-po; Sing; Tân Gia Ba; Singapo",
    "SK": "Xlô-va-ki-a; CH Slovakia; Cộng hòa Slovakia; Slovak; Slovak Republic",
    "SY": "Xi-ri",
    "TH": "Thái; Thailan; Xiêm",
    "TL": "Đông Timor; East Timor",
    "TR": "Thổ; Turkey; Thổ Nhĩ Kì",
    "TW": "Taiwan; Đài; Đài Loan (Trung Quốc)",
    "UA": "Ukraine; U-crai-na; Ucraina; Ukraina; U-krai-na; Ucraine",
    "US": "Mỹ; Mĩ; Hoa Kì; U.S.A.; U.S.; Hợp chủng quốc Hoa Kỳ; United States of America; America; Nước Mỹ",
    "UZ": "U-dơ-bê-ki-xtan",
    "VA": "Vatican; Tòa Thánh",
    "VE": "Vê-nê-xu-ê-la",
    "VN": "Vietnam; CHXHCN Việt Nam",
    "ZA": "Cộng hòa Nam Phi",
}
# Names of no one country today: a person has to say which.
_NOT_ONE = {
    "Tiệp Khắc": ("CZ", "SK"),
    "Czechoslovakia": ("CZ", "SK"),
    "CSSR": ("CZ", "SK"),
    "Liên Xô": ("RU", "UA", "BY"),
    "USSR": ("RU", "UA", "BY"),
    "Soviet Union": ("RU", "UA", "BY"),
    "SNG": ("RU", "UA", "BY"),
    "Nam Tư": ("RS", "HR", "SI"),
    "Yugoslavia": ("RS", "HR", "SI"),
    "Korea": ("KR", "KP"),
    "Congo": ("CG", "CD"),
}


@cache
def codes() -> tuple[str, ...]:
    """Return the 249 alpha-2 codes of ISO 3166-1 in their order."""
    return tuple(sorted(filter(_is_iso, map(str, Locale("en").territories))))


def _is_iso(code: str) -> bool:
    return len(code) == len("VN") and code.isalpha() and code not in _NOT_ISO


@cache
def name(code: str, language: str = "vi") -> str:
    """Return the country's name ("Hoa Kỳ") in "vi" or "en"; raise Invalid for what is no alpha-2 code."""
    if code not in codes():
        raise Invalid(_("%(code)s is not a country code; give two letters such as VN or US"), code=code)
    return str(Locale(language).territories[code])


def country(text: str) -> str:
    """Return the alpha-2 code of a country named or coded in Vietnamese or English; raise Invalid if unsure.

    MY, AO and BI are refused, since without marks they are also Mỹ, Áo and Bỉ: test a code by `in codes()`.
    """
    found = _country_spellings().meanings(text)
    if not found:
        raise Invalid(
            _("%(text)s is not a known country; write a name such as Czechia, United States or Japan"), text=text
        )
    if len(found) > 1:
        choices = ", ".join(name(code) for code in sorted(found))
        raise Invalid(_("%(text)s is not one country today; write one: %(known)s"), text=text, known=choices)
    return next(iter(found))


@cache
def _country_spellings() -> Spellings[str]:
    named = [(name(code, language), code) for language in ("vi", "en") for code in codes()]
    named += [(way, code) for code, ways in _COUNTRY_SPELLINGS.items() for way in ways.split("; ")]
    named += [(way, code) for way, parts in _NOT_ONE.items() for code in parts]
    return Spellings(named, [*((code, code) for code in codes()), *_alpha_3()])


def _alpha_3() -> Iterator[tuple[str, str]]:
    for alias, now in get_global("territory_aliases").items():
        if len(alias) == len("VNM") and alias.isalpha() and len(now) == 1 and now[0] in codes():
            yield alias, now[0]

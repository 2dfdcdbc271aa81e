"""How Việt Nam renumbered its telephones: codes as dialled without the trunk 0, old to new."""

from datetime import date

# Mobiles from eleven digits to ten, 15/9/2018 (Bộ TT&TT, 798/QĐ-BTTTT of 25/5/2018).
MOBILE_2018 = {
    "120": "70",
    "121": "79",
    "122": "77",
    "123": "83",
    "124": "84",
    "125": "85",
    "126": "76",
    "127": "81",
    "128": "78",
    "129": "82",
    "162": "32",
    "163": "33",
    "164": "34",
    "165": "35",
    "166": "36",
    "167": "37",
    "168": "38",
    "169": "39",
    "186": "56",
    "188": "58",
    "199": "59",
}

# Area codes of landlines (Bộ TT&TT, 2036/QĐ-BTTTT of 21/11/2016), in three rounds from 11/2 to 17/6/2017; the
# subscriber's own number stayed. Phú Thọ 210, Vĩnh Phúc 211, Hòa Bình 218 and Hà Giang 219 did not change.
LANDLINE_2017 = {
    "20": "214",  # Lào Cai
    "22": "212",  # Sơn La
    "230": "215",  # Điện Biên
    "231": "213",  # Lai Châu
    "240": "204",  # Bắc Giang
    "241": "222",  # Bắc Ninh
    "25": "205",  # Lạng Sơn
    "26": "206",  # Cao Bằng
    "27": "207",  # Tuyên Quang
    "280": "208",  # Thái Nguyên
    "281": "209",  # Bắc Kạn
    "29": "216",  # Yên Bái
    "30": "229",  # Ninh Bình
    "31": "225",  # TP Hải Phòng
    "320": "220",  # Hải Dương
    "321": "221",  # Hưng Yên
    "33": "203",  # Quảng Ninh
    "350": "228",  # Nam Định
    "351": "226",  # Hà Nam
    "36": "227",  # Thái Bình
    "37": "237",  # Thanh Hóa
    "38": "238",  # Nghệ An
    "39": "239",  # Hà Tĩnh
    "4": "24",  # Thủ đô Hà Nội
    "500": "262",  # Đăk Lăk
    "501": "261",  # Đăk Nông
    "510": "235",  # Quảng Nam
    "511": "236",  # TP Đà Nẵng
    "52": "232",  # Quảng Bình
    "53": "233",  # Quảng Trị
    "54": "234",  # Thừa Thiên-Huế
    "55": "255",  # Quảng Ngãi
    "56": "256",  # Bình Định
    "57": "257",  # Phú Yên
    "58": "258",  # Khánh Hòa
    "59": "269",  # Gia Lai
    "60": "260",  # Kon Tum
    "61": "251",  # Đồng Nai
    "62": "252",  # Bình Thuận
    "63": "263",  # Lâm Đồng
    "64": "254",  # Bà Rịa-Vũng Tàu
    "650": "274",  # Bình Dương
    "651": "271",  # Bình Phước
    "66": "276",  # Tây Ninh
    "67": "277",  # Đồng Tháp
    "68": "259",  # Ninh Thuận
    "70": "270",  # Vĩnh Long
    "710": "292",  # TP Cần Thơ
    "711": "293",  # Hậu Giang
    "72": "272",  # Long An
    "73": "273",  # Tiền Giang
    "74": "294",  # Trà Vinh
    "75": "275",  # Bến Tre
    "76": "296",  # An Giang
    "77": "297",  # Kiên Giang
    "780": "290",  # Cà Mau
    "781": "291",  # Bạc Liêu
    "79": "299",  # Sóc Trăng
    "8": "28",  # Thành phố Hồ Chí Minh
}
LANDLINES_CHANGED = date(2017, 6, 17)

# Mobiles while 08 was still Hồ Chí Minh City's; the other codes of old landlines went to mobiles in 2018.
MOBILE_BEFORE_2018 = ("86", "88", "89")

_OLD_MOBILE_DIGITS = _LANDLINE_DIGITS = 10
# Since 26/10/2008 (Bộ TT&TT) a subscriber's number begins with the operator's digit: 3 VNPT, 6 Viettel, …
_OPERATORS = frozenset("2345678")


def mobile_now(national: str) -> str | None:
    """Return what a mobile with an old code is now, None for any other number: national digits, no trunk 0.

    >>> mobile_now("1683456789")
    '383456789'
    """
    code = MOBILE_2018.get(national[:3])
    return code + national[3:] if code and len(national) == _OLD_MOBILE_DIGITS else None


def landline_now(national: str) -> str | None:
    """Return what a landline with an old code is now, None where the number cannot have been one.

    >>> landline_now("393812345"), landline_now("389123456")
    ('2393812345', None)
    """
    read = ((LANDLINE_2017.get(national[:size], ""), national[size:]) for size in (1, 2, 3))
    fits = (code + own for code, own in read if code and own[:1] in _OPERATORS)
    return next((number for number in fits if len(number) == _LANDLINE_DIGITS), None)


def mobile_then(national: str, day: date) -> bool:
    """Tell whether what reads as an old landline may, written down by a day, have been a mobile."""
    return day >= LANDLINES_CHANGED or national.startswith(MOBILE_BEFORE_2018)

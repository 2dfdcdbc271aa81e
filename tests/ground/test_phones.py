from datetime import date

import phonenumbers
import pytest

from kieubao.ground.errors import Invalid
from kieubao.ground.phones import Phone, looks_like_phone, search_digits, tails


@pytest.mark.parametrize(
    "text",
    [
        *("0984593143", "984593143", "0984 593 143", "0984.593.143", "0984-593-143", "(0984) 593–143"),
        *(
            "+84984593143",
            "+84 (0) 984 593 143",
            "0084984593143",
            "00 84 984593143",
            "84984593143",
            "(+84) 984593143",
        ),
        *(
            "984593143.0",
            "9.84593143e8",
            "9,84593143E+08",
            "０９８４５９３１４３",
            "\u202a+84\xa0984593143\u202c",
        ),
    ],
)
def test_one_number_however_it_is_written(text):
    assert Phone.parse(text) == Phone("+84984593143", "mobile", "VN")


@pytest.mark.parametrize(
    ("text", "e164"),
    [
        ("01683456789", "+84383456789"),
        ("1683456789", "+84383456789"),
        ("+84 168 345 6789", "+84383456789"),
        ("0084 0168 3456789", "+84383456789"),
        ("0120 345 6789", "+84703456789"),
        ("0199 345 6789", "+84593456789"),
        ("1683456789.0", "+84383456789"),
        ("1.68345679E9", "+84383456790"),
    ],
)
@pytest.mark.parametrize("landline", [None, True, False])
def test_old_mobiles_are_always_converted_and_never_doubtful(text, e164, landline):
    assert Phone.parse(text, landline=landline) == Phone(e164, "mobile", "VN", "vn-mobile-2018")


@pytest.mark.parametrize(
    ("text", "region", "e164", "kind", "shown"),
    [
        ("024 3812 3456", "VN", "+842438123456", "fixed", "024 3812 3456"),
        ("0239 3812345", "VN", "+842393812345", "fixed", "0239 3812 345"),
        ("1900 1234", "VN", "+8419001234", "other", "1900 1234"),
        ("601 555 148", "CZ", "+420601555148", "mobile", "+420 601 555 148"),
        ("0049 176 55508403", "VN", "+4917655508403", "mobile", "+49 176 55508403"),
        ("0163 1234567", "DE", "+491631234567", "mobile", "+49 163 1234567"),
        ("(201) 555-0123", "US", "+12015550123", "fixed_or_mobile", "+1 201-555-0123"),
        ("011 84 984593143", "US", "+84984593143", "mobile", "0984 593 143"),
        ("0084 984593143", "US", "+84984593143", "mobile", "0984 593 143"),
        ("0011 84 984593143", "AU", "+84984593143", "mobile", "0984 593 143"),
        ("+800 1234 5678", "VN", "+80012345678", "other", "+800 1234 5678"),
    ],
)
def test_numbers_of_other_kinds_and_countries(text, region, e164, kind, shown):
    phone = Phone.parse(text, region)
    assert (phone.e164, phone.kind, phone.display()) == (e164, kind, shown)


def test_what_a_phone_tells():
    assert Phone.parse("+84984593143").national_digits == "0984593143"
    assert Phone.parse("+420601555148").national_digits == "601555148"
    assert Phone.parse("+420601555148").region == "CZ"
    assert Phone.parse("+80012345678").region is None


@pytest.mark.parametrize("text", ["0984593143", "01683456789", "84984593143", "984593143"])
def test_a_number_that_looks_vietnamese_is_not_guessed_to_be(text):
    with pytest.raises(Invalid):
        Phone.parse(text, "CZ")
    assert Phone.parse(text, "CZ", also=("VN",)).region == "VN"


def test_other_regions_are_tried_in_turn_and_only_if_the_first_has_no_such_number():
    assert Phone.parse("601 555 148", "CZ", also=("FR", "VN")).region == "CZ"
    assert Phone.parse("601 555 148", "VN", also=("CZ", "FR")).region == "CZ"
    assert Phone.parse("601 555 148", "VN", also=("FR", "CZ")).region == "FR"


OLD, NEW = date(2017, 6, 16), date(2017, 6, 17)


@pytest.mark.parametrize(
    ("text", "given", "e164", "rule", "doubtful"),
    [
        # Hà Tĩnh 039, a Viettel mobile of today
        ("0393 826 982", {}, "+84393826982", None, True),
        ("+84 39 3826982", {}, "+84393826982", None, True),
        ("0393 826 982", {"landline": True}, "+842393826982", "vn-landline-2017", False),
        ("0393 826 982", {"landline": False}, "+84393826982", None, False),
        ("0393 826 982", {"before": OLD}, "+842393826982", "vn-landline-2017", False),
        ("0393 826 982", {"before": NEW}, "+84393826982", None, True),
        ("0393 826 982", {"before": OLD, "landline": False}, "+84393826982", None, False),
        # no operator's digit, so never a landline
        ("0389 123 456", {}, "+84389123456", None, False),
        ("0389 123 456", {"landline": True}, "+84389123456", None, False),
        # Khánh Hòa 058; Đồng Tháp 067, satellite telephones of today
        ("0583 812345", {}, "+84583812345", None, True),
        ("0672 812345", {}, "+84672812345", None, True),
        # Hồ Chí Minh City 08
        ("08 3812 3456", {}, "+84838123456", None, True),
        ("08 3812 3456", {"before": OLD}, "+842838123456", "vn-landline-2017", False),
        ("08 6812 3456", {"before": OLD}, "+84868123456", None, True),
        ("08 6812 3456", {"landline": True}, "+842868123456", "vn-landline-2017", False),
        # codes that are nobody's today, of one, two and three digits
        ("04 3812 3456", {"landline": True}, "+842438123456", "vn-landline-2017", False),
        ("0511 3812345", {"before": OLD}, "+842363812345", "vn-landline-2017", False),
        # what was new already, or never changed
        ("0239 3826982", {"landline": True}, "+842393826982", None, False),
        ("0210 3812345", {"landline": True}, "+842103812345", None, False),
        ("0912 345 678", {"landline": True, "before": OLD}, "+84912345678", None, False),
        # other countries' numbers that have the same digits
        ("+33 393826982", {"landline": True}, "+33393826982", None, False),
    ],
)
def test_old_landlines_are_converted_where_they_are_known_and_flagged_where_not(text, given, e164, rule, doubtful):
    phone = Phone.parse(text, **given)
    assert (phone.e164, phone.rule, phone.doubtful) == (e164, rule, doubtful)


@pytest.mark.parametrize("text", ["04 3812 3456", "0511 3812345"])
def test_an_old_landline_is_not_converted_unasked(text):
    with pytest.raises(Invalid):
        Phone.parse(text)


@pytest.mark.parametrize(
    ("text", "region", "example"),
    [
        *((text, "VN", "0912 345 678") for text in ["", "chưa rõ", "ko có", "09123", "113", "0977..1", "0984 59"]),
        *((text, "VN", "0912 345 678") for text in ["0984593143/0985593143", "0984593143 ext 3", "800-VIETNAM"]),
        *((text, "VN", "0912 345 678") for text in ["09845931433", "0243812345", "+999 123456", "0984593143.00"]),
        ("+1 714 555 04733", "VN", r"\+1 201-555-0123"),
        ("00 1 714 555 04733", "VN", r"\+1 201-555-0123"),
        ("601 555", "CZ", "601 123 456"),
        ("601 555", "XX", r"\+84 912 345 678"),
    ],
)
def test_what_is_no_number_is_refused_with_one_that_is(text, region, example):
    with pytest.raises(Invalid, match=f"such as {example}"):
        Phone.parse(text, region)


@pytest.mark.parametrize("text", ["9.85E+08", "9.84593E+08", "9,84593E8", "9.84593143e7"])
def test_a_rounded_number_is_never_filled_up(text):
    with pytest.raises(Invalid, match="column text"):
        Phone.parse(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        *((text, "383456789") for text in ["01683456789", "1683456789", "+84 168 3456789", "0084 168 3456789"]),
        *((text, "383456789") for text in ["0383456789", "383456789", "+84383456789", "0084383456789", "038.345.6789"]),
        ("+84 239 3826982", "393826982"),
        ("0239 3826982", "393826982"),
        ("+420 601 555 148", "601555148"),
        ("00420601555148", "601555148"),
        ("+1 205 555 0100", "055550100"),
        ("6982", "6982"),
        ("0168", "0168"),
        ("０９８ 45", "09845"),
        ("098459314", "098459314"),
        ("", ""),
    ],
)
def test_digits_to_search_by(text, key):
    assert search_digits(text) == key


@pytest.mark.parametrize(("region", "key"), [("VN", "331234567"), ("DE", "631234567")])
def test_old_codes_are_read_only_in_their_own_country(region, key):
    assert search_digits("0163 1234567", region) == key
    assert search_digits("+84 163 1234567", region) == "331234567"


@pytest.mark.parametrize("region", ["VN", "CZ", "DE", "US", "TW", "KR", "JP", "AU", "FR", "GB", "RU", "TH", "LA", "PL"])
def test_a_number_is_found_by_its_tail_however_it_is_typed(region):
    number = phonenumbers.example_number_for_type(region, phonenumbers.PhoneNumberType.MOBILE)
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    for typed in (e164, Phone.parse(e164).display(), e164.replace("+", "00"), *tails(e164)):
        assert search_digits(typed, region) in tails(e164)


@pytest.mark.parametrize(
    ("text", "looks"),
    [
        *((text, True) for text in ["0984", "+84 984.593-143", "(024) 3812 3456", "０９８４", "00 84 9"]),
        *((text, False) for text in ["", "098", "Tâm 0984", "0984/0985", "14/8/1948", "9.8e8", "+-()", "KB-7F3Q"]),
    ],
)
def test_what_looks_like_a_number(text, looks):
    assert looks_like_phone(text) is looks


@pytest.mark.parametrize("region", sorted(phonenumbers.SUPPORTED_REGIONS))
def test_every_example_of_the_library_is_taken_or_refused_as_it_says(region):
    """As it is dialled from abroad, and at home; and the library's own example of what is no number."""
    examples = [phonenumbers.example_number_for_type(region, kind) for kind in phonenumbers.PhoneNumberType.values()]
    assert any(examples)
    for number in filter(None, examples):
        for style in (phonenumbers.PhoneNumberFormat.E164, phonenumbers.PhoneNumberFormat.NATIONAL):
            written = phonenumbers.format_number(number, style)
            meant = phonenumbers.parse(written, region)
            if phonenumbers.is_valid_number(meant):
                assert Phone.parse(written, region).e164 == phonenumbers.format_number(meant, 0), written
            else:
                with pytest.raises(Invalid):
                    Phone.parse(written, region)
    wrong = phonenumbers.invalid_example_number(region)
    if wrong:
        with pytest.raises(Invalid):
            Phone.parse(phonenumbers.format_number(wrong, phonenumbers.PhoneNumberFormat.E164), region)

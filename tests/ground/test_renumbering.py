import phonenumbers
import pytest
from phonenumbers import PhoneNumber

from kieubao.ground.renumbering import LANDLINE_2017, MOBILE_2018, landline_now, mobile_now


def exists(national: str) -> bool:
    return phonenumbers.is_valid_number(PhoneNumber(country_code=84, national_number=int(national)))


def old_landlines(code: str) -> list[str]:
    length = 10 - len(LANDLINE_2017[code])
    return [code + f"{start}3456789"[:length] for start in range(200, 900)]


def test_the_tables_are_whole():
    assert (len(MOBILE_2018), len(LANDLINE_2017)) == (21, 59)
    assert len(set(MOBILE_2018.values())) == 21
    assert len(set(LANDLINE_2017.values())) == 59


@pytest.mark.parametrize("code", MOBILE_2018)
def test_every_old_mobile_is_one_that_exists_now(code):
    assert not exists(f"{code}3456789")
    assert exists(mobile_now(f"{code}3456789"))


@pytest.mark.parametrize("code", LANDLINE_2017)
def test_every_old_landline_is_one_that_exists_now(code):
    assert all(landline_now(old) == LANDLINE_2017[code] + old[len(code) :] for old in old_landlines(code))
    assert exists(landline_now(code + "3812345678"[: 10 - len(LANDLINE_2017[code])]))


def test_which_codes_now_belong_to_somebody_else():
    collide = {code for code in LANDLINE_2017 if any(map(exists, old_landlines(code)))}
    mobile = {"30", "31", "33", "36", "37", "38", "39", "52", "56", "58", "59", "70", "76", "77", "79", "8"}
    satellite = {"67"}
    assert collide == mobile | satellite


@pytest.mark.parametrize(
    "national",
    [
        "",
        "39",
        "39381234",
        "3938123456",
        "389123456",
        "168345678",
        "16834567890",
        "912345678",
        "2393812345",
        "2438123456",
        "2103812345",
    ],
)
def test_no_other_number_changes(national):
    assert landline_now(national) is mobile_now(national) is None

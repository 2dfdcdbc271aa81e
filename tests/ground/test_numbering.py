import random
from contextlib import suppress

import phonenumbers
import pytest
from phonenumbers import PhoneNumberFormat

from kieubao.ground import numbering, phones
from kieubao.ground.errors import Invalid
from kieubao.ground.numbering import Unsure
from kieubao.ground.phones import Phone

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
STYLES = (PhoneNumberFormat.E164, PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL)


def examples(region):
    """Give libphonenumber's own numbers of every kind, as they are written."""
    for kind in range(11):
        example = phonenumbers.example_number_for_type(region, kind)
        yield from (phonenumbers.format_number(example, style) for style in STYLES if example)


def surely(text, regions):
    """Return what is read without libphonenumber; a blank where that is unsure."""
    with suppress(Unsure):
        return phones._sure(text, regions)
    return ""


def agree(monkeypatch, asked):
    """Hold each number that is surely read against libphonenumber, and return which part was."""
    sure = {one: surely(*one) for one in asked}
    monkeypatch.setattr(phones, "_sure", never_sure)
    wrong = {one: found for one, found in sure.items() if found != "" and found != phones._found(*one)}
    assert not wrong
    return sum(found != "" for found in sure.values()) / len(sure)


def never_sure(*_asked):
    raise Unsure


def test_every_country_s_numbers_are_read_as_libphonenumber_reads_them(monkeypatch):
    asked = {
        (text, regions)
        for region in REGIONS
        for written in examples(region)
        for text in (written, written.lstrip("+"))
        for regions in ((region,), ("VN",), ("CZ", "VN"))
    }
    assert agree(monkeypatch, sorted(asked)) > 0.7


@pytest.mark.parametrize("seed", range(4))
def test_so_are_numbers_of_chance(monkeypatch, seed):
    chance = random.Random(seed)
    asked = {(wrong(chance), (chance.choice(REGIONS), *chance.choice([(), ("VN",)]))) for _n in range(5_000)}
    assert agree(monkeypatch, sorted(asked)) > 0.4


def wrong(chance):
    """Return digits of any length, or a number that there is with some of its digits wrong."""
    if chance.random() < 0.5:
        begins = chance.choice(["", "0", "00", "+", f"+{chance.choice([*phonenumbers.COUNTRY_CODE_TO_REGION_CODE])}"])
        return begins + "".join(chance.choices("0123456789", k=chance.randint(3, 14)))
    text = chance.choice([*examples(chance.choice(REGIONS))] or ["0984593143"])
    return "".join(chance.choice("0123456789 -") if chance.random() < 0.1 and one.isdigit() else one for one in text)


@pytest.mark.parametrize("text", ["+84 (0) 984 593 143", "84984593143", "0049 0176 55508403", "+1 1 714 555 0473"])
def test_what_may_be_read_in_two_ways_is_left_to_libphonenumber(text):
    with pytest.raises(Unsure):
        numbering.number(text.replace("00", "+", 1) if text.startswith("00") else text, "VN")


def test_of_a_region_that_is_none_nothing_is_sure():
    with pytest.raises(Unsure):
        numbering.number("0984593143", "XX")
    with pytest.raises(Invalid):
        Phone.parse("0984593143", "XX")

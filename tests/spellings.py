"""Values of made-up people, easy to recognise, in every way they may come to be written."""

import base64
import html
import json
import random
from dataclasses import dataclass
from functools import cache
from unicodedata import normalize
from urllib.parse import quote, quote_plus

from anyascii import anyascii

SYLLABLES = ("Quỳnh", "Thược", "Nghiễm", "Khuê", "Hoằng", "Trữ", "Vượng", "Xuyến", "Yểng", "Phượng", "Đuệ", "Ngọt")
SURNAMES = ("Lỗ", "Thạch", "Kiều", "Ngũ", "Quách", "Viên", "Ưng", "Ông")


@dataclass(frozen=True)
class Canary:
    """One person whom nobody else is like; `values` are all that may appear nowhere."""

    form: dict[str, object]
    values: tuple[str, ...]


def flock(count, seed=7):
    """People with a name, a second name, a number, two addresses, a place of work, a note and a birthday."""
    chance = random.Random(seed)
    return [_canary(number, chance) for number in range(count)]


def _canary(number, chance):
    name = " ".join([chance.choice(SURNAMES), *chance.sample(SYLLABLES, 3), f"Cn{_letters(number)}"])
    phone = f"+42060{chance.randint(1, 8)}{chance.randint(10**5, 10**6 - 1)}"
    text = {
        "name": name,
        "city": f"Bečvárov{_letters(number)}",
        "address": f"Ulice Žlutá{_letters(number)} {chance.randint(100, 999)}, Praha",
        "occupation": f"Thợ đúc chuông{_letters(number)}",
        "workplace": f"Xưởng Đồng Vọng{_letters(number)}",
        "note": f"Hay nhắc chuyện ao làng{_letters(number)}, số CCCD 0421{chance.randint(10**7, 10**8 - 1)}",
    }
    email = f"cn{_letters(number)}{chance.randint(10**5, 10**6)}@example.com"
    points = [{"channel": "phone", "value": phone}, {"channel": "email", "value": email}]
    form = {**text, "other_names": [f"Belle{_letters(number)} Ngo"], "contact_points": points}
    number_of_id = text["note"].rpartition(" ")[2]
    return Canary(form, (*text.values(), form["other_names"][0], phone, phone[4:], email, number_of_id))


def _letters(number):
    """A word of small letters that no other number has."""
    return "".join(chr(ord("a") + int(digit)) for digit in f"{number + 417:04}") + "q"


@cache
def spellings(value):
    """Every way a value may be written: marks or none, cased, composed or not, and coded as programs do."""
    plain = {value, value.lower(), value.upper(), anyascii(value), anyascii(value).lower(), normalize("NFD", value)}
    coded = {text for one in plain for text in (one, quote(one), quote_plus(one), html.escape(one), *_escaped(one))}
    return {text.encode() for text in coded} | {part for one in plain for part in _in_base64(one.encode())}


def _escaped(text):
    """As JSON and Python write it, and as they write that again."""
    once = json.dumps(text)[1:-1], repr(text.encode())[2:-1], text.encode("unicode_escape").decode()
    return *once, *(one.replace("\\", "\\\\") for one in once)


def _in_base64(raw):
    """What of a value shows in base64, whichever byte of three it begins at; both alphabets."""
    for shift in range(3):
        middle = base64.b64encode(b"\0" * shift + raw)[4 * (shift > 0) : -4]
        yield from (middle, middle.replace(b"+", b"-").replace(b"/", b"_"))


def seen_in(content, values):
    """Which of the values stand in some bytes, in whatever spelling."""
    return {value for value in values if any(spelt in content for spelt in spellings(value) if len(spelt) > 5)}

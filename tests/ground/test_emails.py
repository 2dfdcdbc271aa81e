import random
import re

import pytest

from kieubao.ground import emails
from kieubao.ground.emails import email
from kieubao.ground.errors import Invalid


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("phamvandat@example.com", "phamvandat@example.com"),
        ("nguyenthikim@example.org ", "nguyenthikim@example.org"),
        ("\xa0Tam.Nguyen+SEA@Example.NET\u200b", "tam.nguyen+sea@example.net"),
        ("o'brien@mail.gov.vn", "o'brien@mail.gov.vn"),
    ],
)
def test_an_address_is_kept_in_small_letters(text, address):
    assert email(text) == address


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "chưa rõ",
            "phamvandat @example.com",
            "pham vandat@example.com",
            "a@ example.com",
            "nguyendinhth@example",
        ),
        *(
            "tâm@example.com",
            "a..b@example.com",
            "a@b.test",
            "a@localhost",
            "a@b.vn; c@d.vn",
            "Tâm <tam@b.vn>",
        ),
        *("a@[127.0.0.1]", "a@b,vn", "@example.com", "a@@b.vn"),
    ],
)
def test_the_rest_is_refused_with_an_example(text):
    with pytest.raises(Invalid, match=r"ten\.ho@example\.com"):
        email(text)


ATOMS = (
    "a",
    "Z",
    "9",
    "_",
    "+",
    "-",
    "--",
    ".",
    "..",
    "'",
    "é",
    "\u212a",
    "xn--",
    "@",
    " ",
    "test",
    "local",
    "com",
    "vn",
    ".arpa",
)


@pytest.mark.parametrize("seed", range(4))
def test_what_is_plain_is_what_the_library_says_of_it(monkeypatch, seed):
    chance = random.Random(seed)
    texts = ["".join(chance.choices(ATOMS, k=chance.randint(1, 5))) + "@" + domain(chance) for _n in range(5_000)]
    texts += [f"{'a' * long}@{'b' * (long - 10)}.vn" for long in range(50, 130)]
    plain = {text: said(text) for text in texts}
    assert sum(said is not None for said in plain.values()) > 80
    monkeypatch.setattr(emails, "_PLAIN", re.compile("(?!)"))
    assert plain == {text: said(text) for text in texts}


def domain(chance):
    labels = ("".join(chance.choices(ATOMS[:7], k=chance.randint(1, 2))) for _n in range(chance.randint(0, 2)))
    return ".".join([*labels, chance.choice(ATOMS)])


def said(text):
    try:
        return email(text)
    except Invalid:
        return None

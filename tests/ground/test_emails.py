import pytest

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

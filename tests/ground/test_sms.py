"""Parts of a text message, at the edges of the standard."""

import pytest

from kieubao.ground.sms import segments


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        # In the second alphabet a letter takes two places.
        ("€" * 80, 1),
        ("€" * 81, 2),
        # These stand in the alphabet of seven bits; ạ and đ do not.
        ("àèéìòù" + "a" * 154, 1),
        ("ạ" * 70, 1),
        ("a" * 70 + "đ", 2),
        ("ạ" * 134, 2),
        ("ạ" * 135, 3),
        # Two units each in UTF-16.
        ("𠀀" * 35, 1),
        ("𠀀" * 36, 2),
    ],
)
def test_parts(text, parts):
    assert segments(text) == parts

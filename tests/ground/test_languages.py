import pytest

from kieubao.ground.errors import Invalid
from kieubao.ground.languages import LANGUAGES, language, language_name


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("tiếng Đức", "de"),
        ("Đức", "de"),
        ("German", "de"),
        ("Anh văn", "en"),
        ("Tiếng Anh", "en"),
        ("tieng nhat", "ja"),
        ("Hàn Quốc", "ko"),
        ("tiếng Hoa", "zh"),
        ("Czech", "cs"),
        ("Ý", "it"),
        ("vi", "vi"),
        ("km", "km"),
    ],
)
def test_spelled(text, code):
    assert language(text) == code


@pytest.mark.parametrize("text", ["", "tiếng", "Klingon", "xx"])
def test_unknown(text):
    with pytest.raises(Invalid, match="tiếng Đức"):
        language(text)


def test_every_name_finds_its_code():
    assert [code for code in LANGUAGES for shown in ("vi", "en") if language(language_name(code, shown)) != code] == []
    assert len(LANGUAGES) == len(set(LANGUAGES)) >= 40


def test_name():
    assert (language_name("cs"), language_name("cs", "en")) == ("Tiếng Séc", "Czech")
    with pytest.raises(Invalid, match="give one of vi, en"):
        language_name("tlh")

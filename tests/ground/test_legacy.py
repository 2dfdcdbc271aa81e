import pytest

from kieubao.ground import legacy
from kieubao.ground.legacy import CAPITALS, ENCODINGS, decode, guess, is_syllable

NAMES = (
    "Nguyễn Thị Hòa, Đặng Văn Quý, Trần Đình Hải, Lê Thị Hồng Lan, Phạm Hữu Phúc, Võ Đình Bình, Hồ Quang Quý, "
    "Bùi Đức Cường, "
    "Dương Thị Kim Quyên, Trương Thúy Ngọc, Xã Hương Sơn, huyện Nghi Xuân, thị xã Kỳ Anh, Đặng Thùy Ánh, Huỳnh Ưu Việt"
)
CZECH = "Jiří Dvořák, Praha, Žižkov, Ústí nad Labem, Plzeň, České Budějovice, Kateřina Nováková"
GERMAN = "Jürgen Müller, Köln, Düsseldorf, Straße, Böblingen, Grüße"


def typed(text, encoding):
    """A text as it arrives that was typed in an old encoding; in a font of capitals, letters with a tone are small."""
    if encoding == CAPITALS:
        text, encoding = "".join(char if char.isascii() else char.lower() for char in text.upper()), "tcvn3"
    letters, _pattern = legacy._table(encoding)
    places = {letter: place for place, letter in letters.items()}
    return "".join(places.get(char, char) for char in text)


def meant(text, encoding):
    return text.upper() if encoding == CAPITALS else text


@pytest.mark.parametrize("encoding", [one for one in ENCODINGS if one != CAPITALS])
def test_every_letter_comes_back(encoding):
    letters = sorted(legacy._table(encoding)[0].values())
    assert len(letters) in {133, 134}
    for letter in letters:
        assert decode(typed(letter, encoding), encoding) == letter
    assert decode(typed(NAMES, encoding), encoding) == NAMES


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_which_it_is_is_told_by_the_words(encoding):
    found = guess([typed(NAMES, encoding)])
    assert (found.encoding, found.confidence) == (encoding, 1)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_letters_that_windows_calls_otherwise_are_the_same(encoding):
    windows = typed(NAMES, encoding).encode("latin-1").decode("cp1252", "surrogateescape")
    windows = "".join(chr(ord(char) - 0xDC00) if char >= "\ud800" else char for char in windows)
    assert decode(windows, encoding) == meant(NAMES, encoding)


@pytest.mark.parametrize(
    "text", [NAMES, "Nguyen Thi Hoa", "", CZECH, GERMAN, "Hà", "à é", "François Noël Gérard Hélène Besançon"]
)
def test_what_is_not_old_is_left_alone(text):
    assert guess([text]) is None


def test_some_words_that_are_no_vietnamese_do_not_hide_it():
    found = guess([typed(NAMES, "tcvn3"), "Müller"])
    assert found.encoding == "tcvn3"
    assert 0.85 <= found.confidence < 1


def test_capitals_of_abc_are_told_by_how_they_arrive():
    """Typed with the shift lock in a font of capitals, so that letters with a tone arrive as small ones."""
    assert typed("Nguyễn Thị Hòa", CAPITALS) == "NGUYÔN THÞ HßA"
    assert guess([typed(NAMES, CAPITALS)]) == (CAPITALS, 1, "")
    assert decode("NGUYÔN thÞ hßa", CAPITALS) == "NGUYỄN THỊ HÒA"
    # "Lê", "Hà": a capital and one small letter tell nothing.
    assert guess([typed("Lê Hà Võ Tú Bé Đỗ Cù", "tcvn3")]).encoding == "tcvn3"


FONTS = {".VnTime": "tcvn3", ".VnArial NarrowH": CAPITALS, "VNI-Times": "vni", "VPS Times": "vps", "VI Times": "viscii"}


@pytest.mark.parametrize("font", FONTS)
def test_a_font_tells_of_how_few_words_however(font):
    encoding = FONTS[font]
    assert guess([typed("Hòa", encoding)]) is None
    assert guess([typed("Hòa", encoding)], font) == (encoding, 1, font)
    assert (
        guess([typed("Hòa", encoding), "2024", "a@example.com"], font.upper().replace("VN", "Vn")).encoding == encoding
    )


@pytest.mark.parametrize("text", [NAMES, "Nguyen Thi Hoa", "", "1948", "a@example.com", "Ghi chú đã về quê"])
def test_what_is_unicode_or_plain_is_so_in_whichever_font(text):
    assert guess([text], ".VnTime") is None


def test_another_font_tells_nothing():
    for font in ("", "Times New Roman", "Viner Hand ITC", "Verdana"):
        assert guess([typed("Hòa", "tcvn3")], font) is None
        assert guess([typed(NAMES, "vni")], font) == ("vni", 1, "")


SYLLABLES = "Nguyễn Thị Hòa Hoà Quý Quyên Thúy Thuý Ưu Giêng Khuỷu Đặng Ngoằn Oanh Yến nghiêng xoong"


@pytest.mark.parametrize("word", SYLLABLES.split())
def test_a_syllable_is_one(word):
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["NguyÔn", "Nguyeãn", "Müller", "Dvořák", "hừà", "Žižkov"])
def test_what_is_none_is_none(word):
    assert not is_syllable(word)

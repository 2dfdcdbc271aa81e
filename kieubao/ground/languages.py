"""Languages (ISO 639), by code and as people write them; their names come from Unicode CLDR through Babel."""

from functools import cache

from babel import Locale

from kieubao.ground.errors import Invalid, _
from kieubao.ground.spellings import Spellings

# Languages natives use, most frequent first.
_LANGUAGE_SPELLINGS = {
    "vi": "Việt ngữ",
    "en": "Anh ngữ; Anh văn",
    "fr": "Pháp ngữ; Pháp văn",
    "de": "Đức ngữ; German; Deutsch",
    "cs": "Tiệp; Czech",
    "sk": "Xlô-va-ki-a; Slovakia",
    "ru": "Nga ngữ; Nga văn",
    "pl": "Balan",
    "ja": "Nhật ngữ; Nhật Bản",
    "ko": "Hàn Quốc; Hàn ngữ; Triều Tiên",
    "zh": "Hoa; Hoa ngữ; Trung Quốc; Trung văn; Phổ thông; Quan thoại; Mandarin; Đài Loan",
    "yue": "Quảng; Quảng Đông",
    "lo": "",
    "km": "Campuchia; Khơ-me; Khơ me",
    "th": "Thái Lan",
    "my": "Myanmar; Miến",
    "ms": "Malaysia; Bahasa Melayu",
    "id": "In-đô-nê-xi-a; Bahasa Indonesia",
    "tl": "Philippines; Filipino",
    "uk": "Ukraine; Ucraina",
    "hu": "Hung; Hung-ga-ri",
    "bg": "Bungari",
    "ro": "Rumani",
    "es": "TBN",
    "pt": "BĐN; Brazil",
    "it": "Ý; Italia",
    "nl": "Hòa Lan",
    "sv": "Thuỵ Điển",
    "no": "Nauy",
    "da": "",
    "fi": "",
    "el": "Hi Lạp",
    "tr": "Thổ",
    "ar": "",
    "he": "Hebrew; Israel",
    "hi": "Ấn Độ",
    "be": "Bê-la-rút",
    "kk": "Kazakhstan",
    "lt": "Lithuania",
    "lv": "Latvia",
    "sr": "",
    "hr": "",
    "mn": "",
}
LANGUAGES = tuple(_LANGUAGE_SPELLINGS)


def language_name(code: str, language: str = "vi") -> str:
    """Return the language's name ("Tiếng Séc") in "vi" or "en"; raise Invalid for one not in LANGUAGES."""
    if code not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise Invalid(_("%(code)s is not a language code here; give one of %(known)s"), code=code, known=known)
    return str(Locale(language).languages[code])


def language(text: str) -> str:
    """Return the code of a language such as "tiếng Đức", "Anh văn" or "Czech"; raise Invalid for another."""
    found = _language_spellings().meanings(text)
    if len(found) != 1:
        raise Invalid(_("%(text)s is not a known language; write a name such as tiếng Đức or Czech"), text=text)
    return next(iter(found))


@cache
def _language_spellings() -> Spellings[str]:
    named = [(language_name(code, shown), code) for shown in ("vi", "en") for code in LANGUAGES]
    named += [(way, code) for code, ways in _LANGUAGE_SPELLINGS.items() for way in ways.split("; ") if way]
    short = [(way.removeprefix("Tiếng "), code) for way, code in named]
    full = [(f"tiếng {way}", code) for way, code in short]
    return Spellings(short + full, ((code, code) for code in LANGUAGES))

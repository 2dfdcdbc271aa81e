"""How a value is shown to a reader, and how they would have typed it: one place, by the name of its field."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from typing import Any, Final

from flask_babel import format_decimal, gettext

from kieubao.ground import clock, countries, kinship, languages, lunar, places
from kieubao.ground.dates import PartialDate
from kieubao.ground.errors import Invalid
from kieubao.ground.phones import Phone
from kieubao.ground.vocabulary import Vocabulary
from kieubao.http import language
from kieubao.labels import WORDS

ABSENT: Final[tuple[Any, ...]] = (None, "", [], {})
# Fields of a filter that hold several of what a field of a person holds one of.
_SEVERAL: Final = {
    "countries": "country",
    "cities": "city",
    "statuses": "status",
    **{f"{one}s": one for one in ("kind", "gender", "citizenship", "generation", "education")},
    **{f"{one}s": one for one in ("occupation_group", "sector")},
}


def label_of(words: str, code: str) -> str:
    """Return what a code of one of WORDS is called, in the reader's language; KeyError for one that is not there."""
    known = WORDS[words]
    return known.label(code, language()) if isinstance(known, Vocabulary) else gettext(known[code])


def field_label(name: str) -> str:
    return label_of("field", _SEVERAL.get(name, name))


def called(name: str) -> str:
    """Return what a field that was sent is called: one that is none of ours, by the name it was sent with."""
    return field_label(name) if _SEVERAL.get(name, name) in WORDS["field"] else name


def options(words: str, only: Collection[str] = ()) -> list[tuple[str, str]]:
    """Return codes and labels to choose from: all, or only some."""
    known = WORDS[words]
    codes = known.codes if isinstance(known, Vocabulary) else tuple(known)
    return [(code, label_of(words, code)) for code in codes if not only or code in only]


def named_fields(names: Collection[str]) -> list[tuple[str, str]]:
    """Return fields and what they are called, to choose from."""
    return [(name, field_label(name)) for name in names]


def day(value: date | str | None) -> str:
    """Return 14/08/1948, in either language; a filter that was saved has its days as text."""
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.HANOI):%d/%m/%Y}"
    return f"{date.fromisoformat(str(value)):%d/%m/%Y}" if value else ""


def day_of_year(value: str | None) -> str:
    """Return 30/11 for 11-30."""
    return "/".join(reversed(value.split("-"))) if value else ""


def lunar_day(value: date) -> str:
    """Return a day as the lunar calendar has it; "" where that is not reckoned."""
    return lunar.said(value, language()) if lunar.FIRST_YEAR <= value.year <= lunar.LAST_YEAR else ""


def moment(value: datetime | None) -> str:
    """Return 14/08/2026 09:30, in Việt Nam's time."""
    return f"{value.astimezone(clock.HANOI):%d/%m/%Y %H:%M}" if value else ""


def quarter(code: str) -> str:
    """Return "IV/2026" for 2026-Q4, as offices write it; in English "4/2026"."""
    year, _q, number = code.partition("-Q")
    return f"{number}/{year}" if language() == "en" else f"{('I', 'II', 'III', 'IV')[int(number) - 1]}/{year}"


def reason(said: str | None) -> str:
    """Return why something was done: as it was said, or what a purpose is called."""
    return label_of("purpose", said) if said and said in WORDS["purpose"] else said or ""


def number(value: int) -> str:
    """Return 1.234 in Vietnamese and 1,234 in English."""
    return str(format_decimal(value))


def country_name(code: str) -> str:
    return countries.name(code, language())


def language_name(code: str) -> str:
    return languages.language_name(code, language())


def unit_name(code: str) -> str:
    """Return the full name of a current unit, or of either epoch's by its key."""
    return (places.keyed(code) if ":" in code else places.unit(places.CURRENT, code)).full_name


def reached(channel: str, value: str) -> str:
    """Return a contact point as people write it."""
    return Phone.parse(value).display() if value.startswith("+") and channel in {"phone", "sms", "zalo"} else value


def kin_word(term: str, relative: str | None, person: str | None) -> str:
    """Return what a relative of that gender is to the person."""
    return kinship.kin_label(term, relative, person, language())


def kin_word_back(term: str, relative: str | None, person: str | None) -> str:
    """Return what the person is to the relative."""
    return kinship.kin_label(kinship.inverse(term), person, relative, language())


def shown(name: str, value: Any) -> str:
    """Return the value of a field as a reader sees it; "" where there is none."""
    if value in ABSENT:
        return ""
    if isinstance(value, list):
        return "; ".join(shown(name, one) for one in value)
    return _SHOWN.get(_SEVERAL.get(name, name), str)(value)


def recorded(sheet: Mapping[str, Any], names: Collection[str]) -> list[str]:
    """Return the fields that have something to show."""
    return [name for name in names if shown(name, sheet[name])]


def in_short(words: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return what was said of a purpose by channel; as one word, of no channel, where all of them say the same."""
    said = {(word["state"], day(word["signed_at"]), word["valid_until"]) for word in words}
    return [{**words[0], "channel": None}] if len(words) == len(options("channel")) and len(said) == 1 else words


def plainly(sentence: str) -> str:
    """Return a sentence without the name a program has for a permission."""
    return re.sub(r" \([a-z]+:[a-z]+\)$", "", sentence)


def typed(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a record as somebody would type them into its form, those that are absent left out."""
    return {name: _typed(name, value) for name, value in values.items() if value not in ABSENT}


def _typed(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_typed(name, one) for one in value]
    return _TYPED.get(_SEVERAL.get(name, name), _as_is)(value)


def _as_is(value: Any) -> Any:
    return value


def _born(value: str) -> str:
    return PartialDate.from_edtf(value).display(language())


def _old_province(code: str) -> str:
    return places.unit(places.OLD, code).full_name


def _path(key: str) -> str:
    return places.path(places.keyed(key))


def _unit(key: str) -> str:
    try:
        return f"{unit_name(key)} ({key.partition(':')[0]})"
    except Invalid:
        return key


def _from(words: str) -> Callable[[str], str]:
    return lambda code: label_of(words, code)


_DAYS: Final = (
    *("confirmed_on", "confirmed_since", "confirmed_before", "invited_since", "not_invited_since", "attended_since"),
    *("contributed_since", "stands_since", "heard_on", "told_on"),
    *("starts_on", "ends_on", "until", "signed_on", "succeeded_on", "reply_by"),
)
_SAME: Final = (
    *("kind", "gender", "form_of_address", "status", "citizenship", "generation", "occupation_group", "sector"),
    *("education", "legal_basis", "channel", "purpose", "rhythm", "presence", "said_by", "obstacle", "stage"),
)
_SHOWN: Final[Mapping[str, Callable[[Any], str]]] = {
    **{name: _from(name) for name in _SAME},
    "interests": _from("interest"),
    "channels": _from("channel"),
    "age_band": _from("age_band"),
    "consent_channels": _from("channel"),
    "consents_to": _from("purpose"),
    "kin": _from("kin"),
    "answer": _from("answered"),
    "contributed": _from("contribution"),
    "unit": _path,
    **dict.fromkeys(("never_invited", "never_attended"), lambda _yes: gettext("yes")),
    "formats": _from("format"),
    "fields": field_label,
    "born": _born,
    "country": country_name,
    "languages": language_name,
    "preferred_language": language_name,
    "province": unit_name,
    "provinces": unit_name,
    "before": day_of_year,
    "communes": unit_name,
    "scope": unit_name,
    "old_provinces": _old_province,
    "home_unit": _path,
    "home_old_code": lambda code: _path(f"{places.OLD}:{code}"),
    "home_units": _unit,
    **dict.fromkeys(_DAYS, day),
    **dict.fromkeys(("created_at", "changed_at", "found_at", "reported_at"), moment),
}
_TYPED: Final[Mapping[str, Callable[[Any], Any]]] = {
    "born": _born,
    "country": country_name,
    "languages": language_name,
    "preferred_language": language_name,
    **dict.fromkeys(_DAYS, day),
    "before": day_of_year,
    "found_at": moment,
}

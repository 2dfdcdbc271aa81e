"""What comes in: marshmallow's base and fields, in kieubao's words. API, pages and files share them.

Every field reads what a clerk would write and says, in the reader's language, what would be right.
"""

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from flask import current_app, has_request_context, request
from flask_babel import gettext
from marshmallow import ValidationError, fields
from werkzeug.datastructures import MultiDict

from kieubao.ground import clock, codes, countries, languages, lunar, places
from kieubao.ground.dates import EARLIEST_YEAR, PartialDate
from kieubao.ground.errors import Invalid, KieubaoError, _
from kieubao.ground.languages import LANGUAGES
from kieubao.ground.text import clean
from kieubao.straight import Straight

LONGEST = 200
MANY = 500
_WORDS: dict[str, Any] = {
    "required": _("Fill this in or choose"),
    "null": _("Fill this in or choose"),
    "invalid": _("This value cannot be read"),
    "type": _("This value cannot be read"),
    "too_large": _("This number is too large"),
}
_NO_DAY = _("“%(text)s” is not a day: write it like 14/08/1948")
_NO_MOMENT = _("“%(text)s” is not a day and an hour: write it like 14/08/2026 09:30")
# 14/08/1948, or 14081948 as it is typed fastest.
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_DIGITS = re.compile(r"(\d{2})(\d{2})((?:19|20)\d{2})")


def told(error: KieubaoError) -> str:
    """Return an error's sentence in the reader's language."""
    return in_words(error.message, error.values)


def in_words(message: str, values: Mapping[str, Any]) -> str:
    """Return a sentence in the reader's language, with its values."""
    sentence: str = gettext(message)
    return sentence % values if values else sentence


def office() -> str:
    """Return the code of the province that keeps this registry."""
    return str(current_app.config["PROVINCE"])


class Form(Straight):
    """A form says in the reader's words what is wrong."""

    error_messages = {  # noqa: RUF012 - marshmallow's own way
        "unknown": _("There is no such field"),
        "type": _("This value cannot be read"),
    }


class Value(fields.String):
    """Text that is cleaned and then read by a function, whose Invalid becomes the field's error."""

    default_error_messages = _WORDS

    def __init__(self, read: Callable[[str], Any] = str, *, longest: int = LONGEST, **options: Any) -> None:
        said = {"minLength": 1, "maxLength": longest, **options.pop("metadata", {})}
        super().__init__(metadata=said, **options)
        self.read = read
        self.longest = longest

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        text = clean(value)
        if not text:
            raise self.make_error("required")
        if len(text) > self.longest:
            raise ValidationError(told(Invalid(_("Write at most %(longest)s characters"), longest=self.longest)))
        try:
            return self.read(text)
        except Invalid as error:
            raise ValidationError(told(error)) from error

    def deserialize(self, value: Any, attr: str | None = None, data: Any = None, **options: Any) -> Any:
        # What else marshmallow would ask of a text, no field here has.
        if isinstance(value, str) and not (self.pre_load or self.validators or self.post_load):
            return self._deserialize(value, attr, data, **options)
        return super().deserialize(value, attr, data, **options)


class Many(fields.List[Any]):
    """A list of at most `most` values, each taken once, or `alike` ones too; one that is required has a value."""

    default_error_messages = _WORDS

    def __init__(self, inner: fields.Field[Any], *, most: int = MANY, alike: bool = False, **options: Any) -> None:
        least = {"minItems": 1} if options.get("required") else {}
        super().__init__(inner, metadata={"maxItems": most, **least}, **options)
        self.most, self.alike = most, alike

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> list[Any]:
        if isinstance(value, list) and len(value) > self.most:
            raise ValidationError(told(Invalid(_("Give at most %(most)s"), most=self.most)))
        found = super()._deserialize(value, attr, data, **options)
        found = found if self.alike else _each_once(found)
        if self.required and not found:
            raise self.make_error("required")
        return found


class Part(fields.Nested):
    """A form within a form: it is whole, though the other may be partial."""

    default_error_messages = _WORDS

    def _deserialize(self, value: Any, attr: str | None, data: Any, partial: Any = None, **_options: Any) -> Any:
        return self.schema.load(value, unknown=self.unknown)


class Whole(fields.Integer):
    """A whole number from `least` to `most`."""

    default_error_messages = _WORDS

    def __init__(self, least: int, most: int, **options: Any) -> None:
        super().__init__(metadata={"minimum": least, "maximum": most}, **options)
        self.least, self.most = least, most

    def _validated(self, value: Any) -> int:
        number = None
        is_other = _is_json() if isinstance(value, str) else isinstance(value, float) and not value.is_integer()
        with suppress(ValidationError):
            number = None if is_other else super()._validated(value)
        if number is None or not self.least <= number <= self.most:
            error = Invalid(_("Write a number from %(least)s to %(most)s"), least=self.least, most=self.most)
            raise ValidationError(told(error))
        return int(number)


class Yes(fields.Boolean):
    default_error_messages = _WORDS

    def _deserialize(self, value: Any, *about: Any, **options: Any) -> bool:
        if _is_json() and not isinstance(value, bool):
            raise self.make_error("invalid")
        return super()._deserialize(value, *about, **options)


class FileForm(Form):
    """A file that a program sends, and nothing beside it."""

    file = fields.Raw(required=True, metadata={"type": "string", "format": "binary"})


def choice(among: Collection[str], **options: Any) -> Value:
    """Make a field for one of some codes."""

    def read(text: str) -> str:
        if text not in among:
            raise Invalid(_("Choose one of: %(choices)s"), choices=", ".join(among))
        return text

    return Value(read, metadata={"enum": list(among)}, **options)


def day(**options: Any) -> Value:
    """Make a field for a calendar day: 14/08/1948 or 1948-08-14; or of the lunar calendar, 15/01/2027 ÂL."""
    return Value(_read_day, metadata={"format": "date"}, **options)


def past_day(**options: Any) -> Value:
    """Make a field for a day that is not still to come."""
    return Value(_read_past_day, metadata={"format": "date"}, **options)


def moment(**options: Any) -> Value:
    """Make a field for a moment in Việt Nam's time: 14/08/2026 09:30; or ISO 8601, which may name its own zone."""
    return Value(_read_moment, metadata={"format": "date-time"}, **options)


def born(**options: Any) -> Value:
    """Make a field for a date of birth as far as it is known; EDTF comes out."""
    return Value(lambda text: PartialDate.parse(text).edtf, **options)


def country(**options: Any) -> Value:
    """Make a field for a country: its ISO 3166-1 code, or any common name of it."""
    return Value(_read_country, **options)


def language(**options: Any) -> Value:
    """Make a field for a language: its ISO 639 code, or a name of it."""
    return Value(lambda text: text if text in LANGUAGES else languages.language(text), **options)


def unit(**options: Any) -> Value:
    """Make a field for a unit of either epoch, such as 2025:18673."""
    return Value(lambda text: places.keyed(text).key, **options)


def code(prefix: str, **options: Any) -> Value:
    """Make a field for a public code, checked by its check character."""
    return Value(lambda text: codes.read(text, prefix), metadata={"example": codes.example(prefix)}, **options)


def nested(posted: MultiDict[str, str]) -> dict[str, Any]:
    """Return a posted page form as the JSON it stands for: blanks left out, `a[]` a list, `a-0-b` parts of a list.

    In a part of a group too: `g.a-0-b[]` is a list.
    """
    plain: dict[str, Any] = {}
    parts: dict[str, dict[int, dict[str, Any]]] = {}
    for name, values in posted.lists():
        filled = [value for value in values if value.strip()]
        numbered = re.fullmatch(r"([\w.]+)-(\d{1,3})-(\w+)(\[\])?", name)
        if name == "csrf_token" or not filled:
            continue
        if numbered and (not numbered[4] or "." in numbered[1]):
            part = parts.setdefault(numbered[1], {}).setdefault(int(numbered[2]), {})
            part[numbered[3]] = filled if numbered[4] else filled[0]
        elif name.endswith("[]"):
            plain[name[:-2]] = filled
        else:
            plain[name] = filled[0]
    return plain | {name: [rows[i] for i in sorted(rows)] for name, rows in parts.items()}


def flat(errors: Mapping[str, Any], path: str = "") -> dict[str, list[str]]:
    """Return marshmallow's nested messages by the field's path, translated: {"contact_points.0.value": [...]}."""
    found: dict[str, list[str]] = {}
    for name, inner in errors.items():
        here = f"{path}.{name}" if path else clean(str(name))
        found |= flat(inner, here) if isinstance(inner, Mapping) else {here: [gettext(text) for text in inner]}
    return found


def _is_json() -> bool:
    """Tell whether what is read came as JSON, which has numbers and booleans of its own; a page sends texts alone."""
    return has_request_context() and request.method != "GET" and request.is_json


def _each_once(values: list[Any]) -> list[Any]:
    """Return values without those that are there already; parts of a form as they are."""
    return values if values and isinstance(values[0], dict) else list(dict.fromkeys(values))


@lru_cache(1_000)
def _read_country(text: str) -> str:
    return text if text in countries.codes() else countries.country(text)


def _read_day(text: str) -> date:
    written = _DAY.fullmatch(text) or _DIGITS.fullmatch(text)
    if not written and lunar.is_lunar(text):
        return lunar.read(text)
    try:
        read = date(int(written[3]), int(written[2]), int(written[1])) if written else date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(_NO_DAY, text=text) from error
    if read.year < EARLIEST_YEAR:
        raise Invalid(_NO_DAY, text=text)
    return read


def _read_past_day(text: str) -> date:
    read = _read_day(text)
    if read > clock.today():
        raise Invalid(_("“%(text)s” is still to come"), text=text)
    return read


def _read_moment(text: str) -> datetime:
    written, _space, hours = text.partition(" ")
    try:
        day = f"{_read_day(written):%Y-%m-%d}T{hours}" if _DAY.fullmatch(written) else text
        read = datetime.fromisoformat(day)
        return (read if read.tzinfo else read.replace(tzinfo=clock.HANOI)).astimezone(UTC)
    except (ValueError, OverflowError, Invalid) as error:
        raise Invalid(_NO_MOMENT, text=text) from error

"""A person as a clerk enters one from a form of paper: with their relatives and what they agreed to, in one pass.

And what is understood of it so far, while it is typed.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any, Final

from marshmallow import ValidationError, post_load, validates_schema

from kieubao import forms, shown
from kieubao.consent.vocabulary import Channel
from kieubao.forms import Form, Many, Part, Value, choice, in_words, told
from kieubao.ground import homeplace, places
from kieubao.ground.errors import Invalid, _
from kieubao.ground.kinship import KINSHIP, kinship
from kieubao.ground.vocabulary import GENDER
from kieubao.people.records import BY_NUMBER, HOME, Contact, Entry, Kin, Record, reached, refuse_at_home
from kieubao.people.schemas import KINDS, ContactForm, EnrolForm, SpokenForm, home_columns

# On what ground a relative is recorded is what the form says of the person.
_GROUND: Final = ("source", "legal_basis", "legal_document")
_MOST_NAMED: Final = 4
_RULES: Final = {
    "vn-mobile-2018": _("Old mobile number: %(number)s today"),
    "vn-landline-2017": _("Old landline number: %(number)s today"),
}


class RelativeForm(Form):
    """A relative: by the code of their record and nothing else, or recorded too. Without a country they are at home."""

    tie = Value(lambda text: (text, None) if text in KINSHIP.codes else kinship(text), required=True)
    relative = forms.code("KB")
    name = Value(longest=160)
    kind = choice(KINDS)
    born = forms.born()
    gender = choice(GENDER.codes)
    home = Value()
    country = forms.country()
    phone = Value()

    @validates_schema
    def known(self, data: dict[str, Any], **_options: Any) -> None:
        if "relative" in data and data.keys() - {"tie", "relative"}:
            raise _wrong(Invalid(_("Write the code of their record and nothing else, or leave it out")), "relative")
        if not ("name" in data or "relative" in data):
            raise _wrong(Invalid(_("Write their name, or the code of their record")), "name")
        try:
            refuse_at_home(data.get("kind"), data.get("country"))
        except Invalid as error:
            raise _wrong(error, "country") from error

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> Kin:
        term, gender = data.pop("tie")
        if "relative" in data:
            return Kin(term, code=data["relative"])
        phone, home, country = data.pop("phone", None), data.pop("home", None), data.get("country") or HOME
        kind = data.get("kind") or _kind_in(country)
        try:
            contacts = (Contact(Channel.PHONE, phone, **reached(Channel.PHONE, phone, country)),) if phone else ()
        except Invalid as error:
            raise _wrong(error, "phone") from error
        lives = {"kind": kind, "country": HOME if kind == "home" else data.get("country")}
        return Kin(term, Record({"gender": gender, **data, **lives, **home_columns(home, None)}, contacts))


class EntryForm(EnrolForm):
    """A new person, with their relatives and what they agreed to."""

    relatives = Many(Part(RelativeForm), most=20, alike=True)
    said = Part(SpokenForm)

    @validates_schema
    def told_apart(self, data: dict[str, Any], **_options: Any) -> None:
        kin = data.get("relatives", [])
        if any(one in kin[:place] for place, one in enumerate(kin)):
            raise _wrong(Invalid(_("The same relative stands there twice")), "relatives")

    @post_load
    def settle(self, data: dict[str, Any], **options: Any) -> Entry:
        kin, said = data.pop("relatives", []), data.pop("said", None)
        ground: dict[str, Any] = {name: data[name] for name in _GROUND}
        record = super().settle(data, **options)
        return Entry(record, tuple(_along(one, ground, record) for one in kin), said)


class SoFarForm(EnrolForm):
    """Somebody as far as they are typed; load it with `partial`."""

    @post_load
    def settle(self, data: dict[str, Any], **options: Any) -> Record:
        record: Record = super().settle(data, **options)
        country = record.values.get("country")
        blank = {"kind": _kind_in(country), "name": "", "country": country, **home_columns(None, None)}
        return replace(record, values={**blank, **record.values})


def so_far(values: Mapping[str, Any]) -> Record:
    """Return somebody as far as they can be read from a form that is being filled in."""
    form = SoFarForm(partial=True)
    typed = {name: value for name, value in values.items() if name in form.fields}
    try:
        record: Record = form.load(typed)
    except ValidationError as error:
        record = form.load({name: value for name, value in typed.items() if name not in error.messages_dict})
    return record


def readings(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is understood of what is typed, by the fields' paths, where that is not plain from what is typed."""
    return {path: words for path, words in _readings(values) if words}


def _readings(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    with suppress(ValidationError):
        yield "home", _home_in_words(Value().deserialize(values.get("home")))
    country = values.get("country")
    for place, row in _rows(values, "contact_points"):
        yield f"contact_points.{place}.value", _number_in_words(row.get("channel"), row.get("value"), country)
    for place, row in _rows(values, "relatives"):
        yield f"relatives.{place}.phone", _number_in_words(Channel.PHONE, row.get("phone"), row.get("country"))


def _rows(values: Mapping[str, Any], group: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    rows = values.get(group)
    return ((at, row) for at, row in enumerate(rows if isinstance(rows, list) else ()) if isinstance(row, Mapping))


def _number_in_words(channel: Any, text: Any, country: Any) -> str:
    """Return how a number is read that is typed for a channel; "" for what is none, or is plain."""
    try:
        contact = ContactForm().load({"channel": channel, "value": text, **({"country": country} if country else {})})
    except ValidationError:
        return ""
    number = {"number": shown.reached(contact.channel, contact.value)}
    if contact.channel not in BY_NUMBER:
        return ""
    if contact.doubtful:
        return in_words(_("May be the old digits of a landline: ask. Read as %(number)s"), number)
    if contact.rule in _RULES:
        return in_words(_RULES[contact.rule], number)
    return "" if number["number"] == text.strip() else in_words(_("Read as %(number)s"), number)


def _home_in_words(text: str) -> str:
    located = homeplace.locate(text, forms.office())
    after = places.successors(located.unit) if located.unit else ()
    if located.unit and located.unit in after:
        return _called(located.unit)
    if after:
        names = {"old": _called(located.unit), "new": _named(after)} if located.unit else {}
        return in_words(_("%(old)s; since 1 July 2025: %(new)s"), names)
    if located.candidates:
        return in_words(_("Could be: %(units)s; choose one beside"), {"units": _named(located.candidates)})
    return in_words(_("No unit is called so: it is kept as it is written"), {})


def _named(units: Sequence[places.Unit]) -> str:
    return " / ".join(map(_called, units[:_MOST_NAMED])) + (" / …" if len(units) > _MOST_NAMED else "")


def _called(unit: places.Unit) -> str:
    """Return what a unit is called with those it lies in, but for the office's own province."""
    names = places.path(unit).split(", ")
    return ", ".join(names[:-1] if places.province_of(unit).code == forms.office() and unit.parent else names)


def _kind_in(country: str | None) -> str:
    """Return what somebody is who lives there, where nothing else is said."""
    return "home" if country == HOME else "abroad"


def _wrong(error: Invalid, field: str) -> ValidationError:
    return ValidationError(told(error), field)


def _along(kin: Kin, ground: Mapping[str, Any], person: Record) -> Kin:
    """Return a relative on the ground of their person and, where no other is written, of their home."""
    if kin.record is None:
        return kin
    values, home = {**kin.record.values, **ground}, ("home_text", "home_epoch", "home_code")
    if values["home_text"] is None:
        values |= {name: person.values.get(name) for name in home}
    return replace(kin, record=replace(kin.record, values=values))

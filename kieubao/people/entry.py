"""A person as a clerk enters one from a form of paper: with their relatives and what they agreed to, in one pass.

And what is understood of it so far, while it is typed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from marshmallow import ValidationError, post_load, pre_load, validates_schema

from kieubao import forms, shown
from kieubao.consent.vocabulary import Channel
from kieubao.forms import Form, Many, Part, Value, choice, in_words, told
from kieubao.ground import homeplace, places
from kieubao.ground.errors import Invalid, _
from kieubao.ground.kinship import KINSHIP, kinship
from kieubao.ground.text import clean
from kieubao.ground.vocabulary import GENDER
from kieubao.people.records import BY_NUMBER, HOME, Contact, Entry, Kin, Record, reached, refuse_at_home
from kieubao.people.schemas import KINDS, ContactForm, EnrolForm, SpokenForm, home_columns

# On what ground a relative is recorded is what the form says of the person.
_GROUND: Final = ("source", "confirmed_on", "legal_basis", "legal_document")
# What a page offers chosen already is no word of what somebody said.
_PRESET: Final = frozenset({"notice", "method", "capacity"})
_OTHER: Final[Mapping[Any, str]] = {"abroad": "home", "home": "abroad"}
_MOST_NAMED: Final = 4
_RULES: Final = {
    "vn-mobile-2018": _("Old mobile number: %(number)s today"),
    "vn-landline-2017": _("Old landline number: %(number)s today"),
}


class RelativeForm(Form):
    """A relative: by the code of their record, or recorded too; what is not said is as of the person."""

    tie = Value(lambda text: (text, None) if text in KINSHIP.codes else kinship(text), required=True)
    relative = forms.code("KB")
    name = Value(longest=160)
    kind = choice(KINDS)
    born = forms.born()
    gender = choice(GENDER.codes)
    home = Value()
    country = forms.country()
    phone = Value()

    @validates_schema(skip_on_field_errors=False)
    def known(self, data: dict[str, Any], **_options: Any) -> None:
        if not (data.get("name") or data.get("relative")):
            raise ValidationError(told(Invalid(_("Write their name, or the code of their record"))), "name")
        try:
            refuse_at_home(data.get("kind"), data.get("country"))
        except Invalid as error:
            raise ValidationError(told(error), "country") from error

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> Kin:
        term, gender = data.pop("tie")
        if "relative" in data:
            return Kin(term, code=data["relative"])
        phone, home = data.pop("phone", None), data.pop("home", None)
        try:
            contacts = (_number(phone, data.get("country") or HOME),) if phone else ()
        except Invalid as error:
            raise ValidationError(told(error), "phone") from error
        country = {"country": HOME} if data.get("kind") == "home" and "country" not in data else {}
        return Kin(term, Record({"gender": gender, **data, **country, **home_columns(home, None)}, contacts))


class EntryForm(EnrolForm):
    """A new person, with their relatives and what they agreed to."""

    relatives = Many(Part(RelativeForm), most=20, alike=True)
    said = Part(SpokenForm)

    @pre_load
    def fill_in(self, data: Any, **_options: Any) -> Any:
        """Have a relative of somebody abroad be at home, and from the same place, where nothing else is said."""
        if not isinstance(data, dict):
            return data
        data = {name: _filled(value) for name, value in data.items()}
        if isinstance(data.get("said"), dict) and not data["said"].keys() - _PRESET:
            del data["said"]
        relatives = data.get("relatives")
        if not isinstance(relatives, list):
            return data
        same = {name: data[name] for name in ("home",) if data.get(name)}
        same |= {"kind": _OTHER[data["kind"]]} if data.get("kind") in KINDS else {}
        return {**data, "relatives": [{**same, **one} if isinstance(one, dict) else one for one in relatives]}

    @post_load
    def settle(self, data: dict[str, Any], **options: Any) -> Entry:
        kin, said = data.pop("relatives", []), data.pop("said", None)
        ground: dict[str, Any] = {name: data[name] for name in _GROUND if name in data}
        record = super().settle(data, **options)
        return Entry(record, tuple(_grounded(one, ground, record) for one in kin), said)


class SoFarForm(EnrolForm):
    """Somebody as far as they are typed; load it with `partial`."""

    @post_load
    def settle(self, data: dict[str, Any], **options: Any) -> Record:
        record: Record = super().settle(data, **options)
        blank = {"kind": KINDS[0], "name": "", "country": None, **home_columns(None, None)}
        return replace(record, values={**blank, **record.values})


def so_far(values: Mapping[str, Any]) -> Record:
    """Return somebody as far as they can be read from a form that is being filled in."""
    form = SoFarForm(partial=True)
    typed = {name: _filled(value) for name, value in values.items() if name in form.fields}
    try:
        record: Record = form.load(typed)
    except ValidationError as error:
        record = form.load({name: value for name, value in typed.items() if name not in error.messages_dict})
    return record


def _filled(value: Any) -> Any:
    """Return rows without those that say no more than what a page offers chosen already."""
    if isinstance(value, list):
        return [one for one in value if not isinstance(one, dict) or one.keys() - {"channel", "owner"}]
    return value


def readings(values: Mapping[str, Any]) -> dict[str, str]:
    """Return what is understood of what is typed, by the fields' paths, where that is not plain from what is typed."""
    return dict(_readings(values))


def _readings(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if isinstance(text := values.get("home"), str):
        yield "home", _home_in_words(text)
    country = _country(values)
    for path, channel, text in _points(values):
        try:
            contact = ContactForm().load({"channel": channel, "value": text, "country": country})
        except ValidationError:
            continue
        if contact.channel in BY_NUMBER and (said := _number_in_words(contact, text)):
            yield path, said


def _points(values: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    for group, name in (("contact_points", "value"), ("relatives", "phone")):
        rows = values.get(group)
        for place, row in enumerate(rows if isinstance(rows, list) else ()):
            if isinstance(row, dict):
                yield f"{group}.{place}.{name}", row.get("channel", "phone"), row.get(name)


def _number_in_words(contact: Contact, text: str) -> str:
    number = shown.reached(contact.channel, contact.value)
    if contact.doubtful:
        return in_words(_("May be the old digits of a landline: ask. Read as %(number)s"), {"number": number})
    if contact.rule in _RULES:
        return in_words(_RULES[contact.rule], {"number": number})
    return "" if number == text.strip() else in_words(_("Read as %(number)s"), {"number": number})


def _home_in_words(text: str) -> str:
    located = homeplace.locate(clean(text), forms.office())
    after = places.successors(located.unit) if located.unit else ()
    if located.unit and located.unit in after:
        return _called(located.unit)
    if after:
        names = {"old": _called(located.unit), "new": _named(after)} if located.unit else {}
        return in_words(_("%(old)s; since 1/7/2025: %(new)s"), names)
    if located.candidates:
        return in_words(_("Could be: %(units)s; choose one beside"), {"units": _named(located.candidates)})
    return in_words(_("No unit is called so: it is kept as it is written"), {})


def _named(units: Sequence[places.Unit]) -> str:
    return " / ".join(map(_called, units[:_MOST_NAMED])) + (" / …" if len(units) > _MOST_NAMED else "")


def _called(unit: places.Unit) -> str:
    """Return what a unit is called with those it lies in, but for the office's own province."""
    names = places.path(unit).split(", ")
    return ", ".join(names[:-1] if places.province_of(unit).code == forms.office() and unit.parent else names)


def _country(values: Mapping[str, Any]) -> str:
    try:
        read: str = forms.country().deserialize(values.get("country"))
    except ValidationError:
        return HOME
    return read


def _number(text: str, country: str) -> Contact:
    return Contact(Channel.PHONE, text, **reached(Channel.PHONE, text, country))


def _grounded(kin: Kin, ground: Mapping[str, Any], person: Record) -> Kin:
    """Return a relative on the ground on which their person is recorded, at the same home where it is written alike."""
    if kin.record is None:
        return kin
    values, home = {**kin.record.values, **ground}, ("home_text", "home_epoch", "home_code")
    if values["home_text"] == person.values.get("home_text"):
        values |= {name: person.values.get(name) for name in home}
    return replace(kin, record=replace(kin.record, values=values, distinct_from=person.distinct_from))

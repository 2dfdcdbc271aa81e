"""A person as a form gives one and as a sheet shows one."""

from typing import Any

from marshmallow import ValidationError, post_load, pre_load, validates_schema

from kieubao import forms
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import YES, Capacity, Channel, Method, Purpose, State
from kieubao.forms import Form, Many, Part, Value, Whole, Yes, choice, told
from kieubao.ground import homeplace, kinship, places
from kieubao.ground.errors import Invalid, _
from kieubao.ground.names import ORDERS
from kieubao.ground.vocabulary import (
    CITIZENSHIP,
    EDUCATION,
    FORM_OF_ADDRESS,
    GENDER,
    GENERATION,
    INTEREST,
    OCCUPATION_GROUP,
    SECTOR,
    SECTOR_VERSION,
    STATUS_ABROAD,
)
from kieubao.people.records import HOME, Contact, Member, Record, reached, refuse_at_home

KINDS = ("abroad", "home")
OWNERS = ("self", "relative", "other")
# The basis on which a record is kept: consent, or an item of Điều 19.1, Luật 91/2025/QH15.
LEGAL_BASES = ("consent", "19.1.a", "19.1.b", "19.1.c", "19.1.d", "19.1.đ")


class ContactForm(Form):
    """A contact point as written; a number is read as of the country lived in, or of Việt Nam."""

    channel = choice([c.value for c in Channel], required=True)
    value = Value(required=True)
    owner = choice(OWNERS, load_default="self")
    verified_on = forms.past_day()
    country = forms.country(load_default=HOME)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> Contact:
        country, raw = data.pop("country", HOME), data.pop("value")
        try:
            return Contact(raw=raw, **reached(data["channel"], raw, country), **data)
        except Invalid as error:
            raise ValidationError(told(error), "value") from error


class MembershipForm(Form):
    association = Value(required=True)
    country = forms.country(required=True)
    role = Value(longest=80)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> Member:
        return Member(**data)


class PersonForm(Form):
    """The fields of a person; loaded with `partial` it is a change."""

    kind = choice(KINDS, required=True)
    name = Value(longest=160, required=True)
    other_names = Many(Value(longest=160), most=10)
    born = forms.born(allow_none=True)
    gender = choice(GENDER.codes, allow_none=True)
    form_of_address = choice(FORM_OF_ADDRESS.codes, allow_none=True)
    preferred_language = forms.language(allow_none=True)
    languages = Many(forms.language())
    home = Value(allow_none=True)
    home_unit = forms.unit(allow_none=True)
    country = forms.country(allow_none=True)
    region = Value(longest=80, allow_none=True)
    city = Value(longest=80, allow_none=True)
    address = Value(allow_none=True)
    status = choice(STATUS_ABROAD.codes, allow_none=True)
    citizenship = choice(CITIZENSHIP.codes, allow_none=True)
    generation = choice(GENERATION.codes, allow_none=True)
    occupation = Value(longest=120, allow_none=True)
    occupation_group = choice(OCCUPATION_GROUP.codes, allow_none=True)
    sector = choice(SECTOR.codes, allow_none=True)
    workplace = Value(longest=160, allow_none=True)
    position = Value(longest=120, allow_none=True)
    education = choice(EDUCATION.codes, allow_none=True)
    interests = Many(choice(INTEREST.codes))
    note = Value(allow_none=True)
    source = Value(required=True)
    confirmed_on = forms.past_day(allow_none=True)
    legal_basis = choice(LEGAL_BASES, required=True)
    legal_document = Value(required=True)

    @validates_schema(skip_on_field_errors=False)
    def lives_abroad(self, data: dict[str, Any], **_options: Any) -> None:
        try:
            refuse_at_home(data.get("kind"), data.get("country"))
        except Invalid as error:
            raise ValidationError(told(error), "country") from error

    @post_load
    def settle(self, data: dict[str, Any], **_options: Any) -> Any:
        """Turn the home place into its text and, where it is sure, its unit."""
        if "home" in data or "home_unit" in data:
            data |= home_columns(data.pop("home", None), data.pop("home_unit", None))
        if "sector" in data:
            data["sector_version"] = SECTOR_VERSION if data["sector"] else None
        return data


class EnrolForm(PersonForm):
    """A new person, with contact points and associations."""

    contact_points = Many(Part(ContactForm), most=20)
    memberships = Many(Part(MembershipForm), most=20)
    distinct_from = Many(forms.code("KB"), most=100)

    @pre_load
    def numbers_are_local(self, data: Any, **_options: Any) -> Any:
        """Read the numbers of a person as of the country they live in."""
        points = data.get("contact_points") if isinstance(data, dict) else None
        country = data.get("country") if isinstance(data, dict) else None
        if not (isinstance(points, list) and isinstance(country, str) and country):
            return data
        local = [{"country": country, **point} if isinstance(point, dict) else point for point in points]
        return {**data, "contact_points": local}

    @post_load
    def settle(self, data: dict[str, Any], **options: Any) -> Record:
        contacts = tuple(data.pop("contact_points", ()))
        memberships = tuple(data.pop("memberships", ()))
        others = frozenset(data.pop("distinct_from", ()))
        return Record(super().settle(data, **options), contacts, memberships, others)


class FilterForm(Form):
    """Of whom: every field narrows; several values in one field widen it."""

    kinds = Many(choice(KINDS))
    genders = Many(choice(GENDER.codes))
    countries = Many(forms.country())
    cities = Many(Value(longest=80))
    provinces = Many(Value(lambda code: places.province(code).code))
    communes = Many(Value(lambda code: places.unit(places.CURRENT, code).code))
    home_units = Many(forms.unit())
    old_provinces = Many(Value(lambda code: places.unit(places.OLD, code).code))
    statuses = Many(choice(STATUS_ABROAD.codes))
    citizenships = Many(choice(CITIZENSHIP.codes))
    generations = Many(choice(GENERATION.codes))
    age_from = Whole(0, 130)
    age_to = Whole(0, 130)
    occupation_groups = Many(choice(OCCUPATION_GROUP.codes))
    sectors = Many(choice(SECTOR.codes))
    educations = Many(choice(EDUCATION.codes))
    interests = Many(choice(INTEREST.codes))
    languages = Many(forms.language())
    associations = Many(forms.code("HH"))
    confirmed_since = forms.day()
    confirmed_before = forms.day()
    consents_to = choice([p.value for p in Purpose])
    consent_channels = Many(choice([c.value for c in Channel]))

    @validates_schema
    def of_a_purpose(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("consent_channels") and not data.get("consents_to"):
            raise ValidationError(told(Invalid(_("Say to which purpose"))), "consents_to")


class SearchForm(Form):
    text = Value(longest=10_000)
    filters = Part(FilterForm, load_default=dict)
    after = Value(longest=2_000)
    size = Whole(1, 100, load_default=20)
    order = choice(ORDERS, load_default="given")


class KinshipForm(Form):
    """`relative` is the `term` of the person at hand."""

    relative = forms.code("KB", required=True)
    term = choice(kinship.KINSHIP.codes, required=True)


class ReasonForm(Form):
    reason = Value(required=True)


class InspectionForm(ReasonForm):
    code = forms.code("KB", required=True)


class SpokenForm(Form):
    """What was said about contact; a yes names its evidence and the notice that was shown."""

    purposes = Many(choice([p.value for p in Purpose]), required=True)
    channels = Many(choice([c.value for c in Channel]), required=True)
    state = choice([s.value for s in State], required=True)
    method = choice([m.value for m in Method], required=True)
    signed_on = forms.day(required=True)
    evidence = Value()
    notice = Value(longest=60)
    capacity = choice([c.value for c in Capacity], load_default=Capacity.SELF.value)
    given_by = Value()
    valid_until = forms.day()

    @validates_schema
    def proven(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("state") in YES:
            blank = {name: [_("Fill this in or choose")] for name in ("evidence", "notice") if not data.get(name)}
            if blank:
                raise ValidationError(blank)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> Spoken:
        said: dict[str, Any] = {
            name: data[name] for name in ("method", "evidence", "capacity", "given_by", "valid_until") if name in data
        }
        purposes, channels = map(Purpose, data["purposes"]), map(Channel, data["channels"])
        return Spoken([*purposes], [*channels], State(data["state"]), data["signed_on"], said, data.get("notice"))


class WithdrawForm(Form):
    """A no to everything."""

    method = choice([m.value for m in Method], required=True)
    signed_on = forms.day(required=True)
    evidence = Value()

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> Spoken:
        signed_on = data.pop("signed_on")
        return Spoken([], [], State.WITHDRAWN, signed_on, data)


class StandingForm(Form):
    deceased_on = forms.past_day(allow_none=True)
    restricted = Yes()


class UnitQuery(Form):
    name = Value(required=True)
    province = Value(lambda code: places.province(code).code, load_default=forms.office)


def home_columns(text: str | None, key: str | None) -> dict[str, Any]:
    """Return the columns of a home place: its text and, where it is sure or chosen by its key, its unit."""
    unit = places.keyed(key) if key else homeplace.locate(text, forms.office()).unit if text else None
    return {
        "home_text": text or (places.path(unit) if unit else None),
        "home_epoch": unit.epoch if unit else None,
        "home_code": unit.code if unit else None,
    }

"""Requests and decisions of the police desk as forms give them."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, post_load, validates_schema

from kieubao import forms
from kieubao.consent.vocabulary import Channel
from kieubao.forms import Form, Many, Part, Value, Whole, Yes, choice, told
from kieubao.ground import homeplace
from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import fold
from kieubao.police.decisions import Decided
from kieubao.police.vocabulary import FILED, MOST_PEOPLE, Delay, HowTold, Issuer, Item, Mode, Need, Offence

_LONG: Final = 500
# More than may be asked for can be sent: that is refused, and written down.
_MOST_SENT: Final = 20


def _refuse(wrong: Mapping[str, str]) -> None:
    """Raise ValidationError for each field that has a sentence."""
    if wrong:
        raise ValidationError({field: [told(Invalid(sentence))] for field, sentence in wrong.items()})


class AskedForForm(Form):
    """One person, exactly, and why each item is asked of them: what has no reason is not asked."""

    name = Value(longest=160, required=True)
    born = forms.born(required=True)
    identity_number = Value(longest=20)
    home = Value()
    why_name = Value(longest=_LONG)
    why_birth_year = Value(longest=_LONG)
    why_country = Value(longest=_LONG)
    why_home_commune = Value(longest=_LONG)
    why_contact = Value(longest=_LONG)

    @validates_schema
    def is_exact(self, data: dict[str, Any], **_options: Any) -> None:
        wrong = {}
        if not (data.get("identity_number") or data.get("home")):
            wrong["home"] = _("Give their identity number, or the commune they come from")
        if not any(data.get(f"why_{item}") for item in Item):
            wrong["why_name"] = _("Say of one item at least why it is asked")
        _refuse(wrong)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        found = homeplace.locate(data["home"], forms.office()).unit if data.get("home") else None
        return {**data, "home_unit": found.key if found else None}


class DeferringForm(Form):
    """Why somebody is told later: a reason that is listed, and why it holds here."""

    defer = choice([one.value for one in Delay])
    defer_why = Value(longest=_LONG)

    @validates_schema
    def says_why(self, data: dict[str, Any], **_options: Any) -> None:
        if bool(data.get("defer")) != bool(data.get("defer_why")):
            _refuse({"defer_why": _("Say for which reason they are told later, and why it holds here")})


class DisclosureForm(DeferringForm):
    """What an officer asks, on which paper, for what, and why their own registers do not have it."""

    case_number = Value(longest=80, required=True)
    case_on = forms.past_day(required=True)
    need = choice([one.value for one in FILED], required=True)
    offence = choice([one.value for one in Offence])
    instrument = Value(required=True)
    issuer = choice([one.value for one in Issuer], required=True)
    issuer_name = Value(required=True)
    issued_on = forms.past_day(required=True)
    expires_on = forms.day(required=True)
    own_registers = Value(longest=_LONG, required=True)
    subjects = Many(Part(AskedForForm), most=_MOST_SENT, required=True)

    @validates_schema
    def is_whole(self, data: dict[str, Any], **_options: Any) -> None:
        wrong = {}
        if (data["need"] == Need.OFFENCE) != bool(data.get("offence")):
            wrong["offence"] = _("Say which offence is investigated, and only then")
        if data["expires_on"] < data["issued_on"]:
            wrong["expires_on"] = _("It cannot end before it is issued")
        _refuse(wrong)


class PaperRequestForm(DisclosureForm):
    """The same as it came on paper, or by telephone from whoever saves a life: by whom, and who signed it."""

    need = choice([one.value for one in Need], required=True)
    asking_unit = Value(required=True)
    officer_name = Value(longest=120, required=True)
    head_name = Value(longest=120, required=True)

    @validates_schema
    def are_two(self, data: dict[str, Any], **_options: Any) -> None:
        if fold(data["officer_name"]) == fold(data["head_name"]):
            _refuse({"head_name": _("Another person than the officer signs for the unit")})

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> tuple[str, str, str, dict[str, Any]]:
        return data.pop("asking_unit"), data.pop("officer_name"), data.pop("head_name"), data


class DecidedForm(Form):
    """What is decided of one who is asked for: who they are, what is given, and why of each item."""

    number = Whole(1, MOST_PEOPLE, required=True)
    person = forms.code("KB")
    channel = choice([one.value for one in Channel])
    reason = Value(longest=_LONG, required=True)
    gives_name = Yes(load_default=False)
    gives_birth_year = Yes(load_default=False)
    gives_country = Yes(load_default=False)
    gives_home_commune = Yes(load_default=False)
    gives_contact = Yes(load_default=False)
    reason_name = Value(longest=_LONG)
    reason_birth_year = Value(longest=_LONG)
    reason_country = Value(longest=_LONG)
    reason_home_commune = Value(longest=_LONG)
    reason_contact = Value(longest=_LONG)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> Decided:
        given = frozenset(item for item in Item if data[f"gives_{item}"])
        reasons = {item: data[f"reason_{item}"] for item in Item if data.get(f"reason_{item}")}
        return Decided(data["number"], data["reason"], data.get("person"), given, reasons, data.get("channel"))


class DecisionForm(DeferringForm):
    """What is decided of everybody, and why they are told later, where they are."""

    subjects = Many(Part(DecidedForm), most=MOST_PEOPLE, required=True)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> tuple[list[Decided], tuple[Delay, str] | None]:
        deferral = (Delay(data["defer"]), data["defer_why"]) if data.get("defer") else None
        return sorted(data["subjects"], key=lambda one: one.number), deferral


class MandateForm(Form):
    """By which instrument the desk is enabled, and whether police accounts may use it."""

    mode = choice([one.value for one in Mode], required=True)
    instrument = Value(required=True)
    issuer_name = Value(required=True)
    issued_on = forms.past_day(required=True)


class RenewalForm(Form):
    defer_why = Value(longest=_LONG, required=True)


class ComplaintForm(Form):
    received_on = forms.past_day(required=True)
    complaint = Value(longest=2_000, required=True)


class ComplaintAnswerForm(Form):
    upheld = Yes(required=True)
    complaint_answer = Value(longest=2_000, required=True)


class DisclosureTellingForm(Form):
    told_by = choice([one.value for one in HowTold], required=True)

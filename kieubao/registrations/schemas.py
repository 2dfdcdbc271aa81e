"""A registration as its pages give it, one thing a page; and as a record, once a clerk has looked."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from marshmallow import ValidationError, validates_schema

from kieubao import forms
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.forms import Form, Many, Value, choice, told
from kieubao.ground.errors import Invalid, _
from kieubao.ground.vocabulary import GENDER
from kieubao.people.records import HOME, Record, reached
from kieubao.people.schemas import LEGAL_BASES, EnrolForm
from kieubao.registrations.vocabulary import Registrant, Unfit

# How they can be reached that register.
WAYS: Final = ("phone", "email")


class RegistrantStep(Form):
    """Who registers whom."""

    registrant = choice([one.value for one in Registrant], required=True)


class NameStep(Form):
    name = Value(longest=160, required=True)


class BornStep(Form):
    born = forms.born(required=True)
    gender = choice(GENDER.codes)


class HomeStep(Form):
    home = Value(required=True)


class LiveStep(Form):
    country = forms.country(required=True)
    city = Value(longest=80)

    @validates_schema
    def abroad(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("country") == HOME:
            sentence = _("Somebody abroad lives in another country than Việt Nam")
            raise ValidationError(told(Invalid(sentence)), "country")


class ReachStep(Form):
    """How they are reached: a number or an address at least."""

    phone = Value()
    email = Value()
    preferred_language = forms.language()

    @validates_schema
    def some_way(self, data: dict[str, Any], **_options: Any) -> None:
        if not data.get("phone") and not data.get("email"):
            raise ValidationError(told(Invalid(_("Write a telephone number or an e-mail address"))), "phone")
        # A number is read as of the country where they live, which is another question.
        if text := data.get("email"):
            try:
                reached("email", text, HOME)
            except Invalid as error:
                raise ValidationError(told(error), "email") from error


class FamilyStep(Form):
    family = Value(required=True)


class AgreeStep(Form):
    """What they agree to: nothing has to be chosen, and silence is no consent."""

    purposes = Many(choice([one.value for one in Purpose]))
    channels = Many(choice([one.value for one in Channel]))
    # Which notices stood on the page.
    notice = Many(Value())

    @validates_schema
    def by_some_way(self, data: dict[str, Any], **_options: Any) -> None:
        if data.get("purposes") and not data.get("channels"):
            raise ValidationError(told(Invalid(_("Choose how we may reach you"))), "channels")


class SendStep(Form):
    """Nothing more; a field that nobody sees, and only a machine fills in."""

    leave_blank = Value(longest=10_000)


STEPS: Final[Mapping[str, type[Form]]] = {
    "registrant": RegistrantStep,
    "name": NameStep,
    "born": BornStep,
    "home": HomeStep,
    "live": LiveStep,
    "reach": ReachStep,
    "family": FamilyStep,
    "agree": AgreeStep,
}
# Whose registration goes through which of them.
_LEFT_OUT: Final = {
    Registrant.NATIVE: {"family"},
    Registrant.RELATIVE: {"live"},
    # Nobody agrees in the place of somebody else.
    Registrant.FAMILY: {"agree"},
}


def steps_of(registrant: Registrant, *, minor: bool = False) -> list[str]:
    """Return what is asked: of who may be under 16 not what they agree to."""
    left_out = _LEFT_OUT[registrant] | ({"agree"} if minor else set())
    return [one for one in STEPS if one not in left_out]


class EnrolmentForm(Form):
    """How a registration is taken in: on which ground, and by which ways a clerk has spoken to them."""

    legal_basis = choice(LEGAL_BASES, required=True)
    spoken = Many(choice(WAYS), load_default=list)
    distinct_from = Many(forms.code("KB"), most=100, load_default=list)


class KnownForm(Form):
    """Who they are already."""

    person = forms.code("KB", required=True)


class RefusalForm(Form):
    """Why they are not taken in."""

    reason = choice([one.value for one in Unfit], required=True)


def reading(code: str = "", legal_basis: str = "consent") -> Callable[[Mapping[str, Any]], Record]:
    """Return what reads a registration as a record: by the form that a clerk fills in."""

    def read(sent: Mapping[str, Any]) -> Record:
        of_family = sent["registrant"] == Registrant.FAMILY
        is_home = sent["registrant"] == Registrant.RELATIVE
        points = [{"channel": one, "value": sent[one]} for one in WAYS if sent.get(one)]
        names = ("name", "born", "gender", "home", "city", "preferred_language")
        given = {name: sent[name] for name in names if sent.get(name)}
        source = f"Gia đình đăng ký trên mạng {code}: {sent['family']}" if of_family else f"Tự đăng ký trên mạng {code}"
        given |= {"kind": "home" if is_home else "abroad", "country": HOME if is_home else sent["country"]}
        given |= {"contact_points": points, "source": source[:200], "legal_basis": legal_basis}
        given |= {"legal_document": f"Đăng ký {code}"} | ({"note": sent["family"]} if sent.get("family") else {})
        record: Record = EnrolForm().load(given)
        return record

    return read

"""What whoever came by a link sends, and what gives them one."""

from typing import Any

from marshmallow import ValidationError, post_load

from kieubao import forms
from kieubao.consent.notices import LANGUAGES
from kieubao.consent.vocabulary import Channel
from kieubao.forms import Form, Many, Value, Whole, choice, told
from kieubao.ground.errors import Invalid, _
from kieubao.people.schemas import ContactForm
from kieubao.rights.vocabulary import Kind
from kieubao.visits.vocabulary import Handed, Unplaced

_LONG = 2_000
STOPS = (Kind.WITHDRAW, Kind.RESTRICT)
YES, NO = "yes", "no"


class HandForm(Form):
    """How somebody is given their link, and in which language what is printed is."""

    handed = choice([one.value for one in Handed], required=True)
    paper_language = choice(LANGUAGES, load_default="vi")

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        return {**data, "handed": Handed(data["handed"])}


class PersonalLinkForm(Form):
    """Whom a link is for, and how it reaches them."""

    person = forms.code("KB", required=True)
    handed = choice([one.value for one in Handed], required=True)


class PointForm(Form):
    """To which contact point a code is to go."""

    point = Whole(1, 2**53, required=True)


class CodeForm(Form):
    """The code that was told."""

    code = Value(longest=20, required=True)


class StopForm(Form):
    """How far somebody wants to be left alone."""

    kind = choice([one.value for one in STOPS], required=True)


class PleaForm(Form):
    """Who is to be left alone, and by what they are known: beside the name one thing more."""

    kind = choice([one.value for one in STOPS], required=True)
    name = Value(longest=160, required=True)
    born = forms.born()
    home = Value()
    contact = Value()
    person = forms.code("KB")
    asked_by = Value()
    # What nobody sees, and only a machine fills in: a person looks at it then.
    leave_blank = Value()

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> tuple[Kind, dict[str, Any]]:
        if not any(data.get(name) for name in ("born", "contact", "person")):
            sentence = _("Write one thing more: a day of birth, how they were contacted, or the code on a letter")
            raise ValidationError(told(Invalid(sentence)), "contact")
        return Kind(data.pop("kind")), data


class PlaceForm(Form):
    """Whose request it is."""

    person = forms.code("KB", required=True)


class DropForm(Form):
    """Why it is nobody's."""

    reason = choice([one.value for one in Unplaced], required=True)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> Unplaced:
        return Unplaced(data["reason"])


class PlacePageForm(PlaceForm):
    """The same on a page that has several."""

    plea = forms.code("YN", required=True)


class DropPageForm(Form):
    """The same on a page that has several."""

    plea = forms.code("YN", required=True)
    reason = choice([one.value for one in Unplaced], required=True)


class WishForm(Form):
    """Which wish is taken back."""

    wish = forms.code("DK", required=True)


class AskForm(Form):
    """What somebody asks of the office."""

    kind = choice([one.value for one in Kind], required=True)
    wish = Value(longest=_LONG)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> tuple[Kind, str | None]:
        kind, wish = Kind(data["kind"]), data.get("wish")
        if kind is Kind.CORRECT and not wish:
            raise ValidationError(told(Invalid(_("Write what is wrong, and what would be right"))), "wish")
        return kind, wish


class AgreementForm(Form):
    """Yes by some channels or no, and the notice that was shown."""

    agrees = choice((YES, NO), required=True)
    channels = Many(choice([one.value for one in Channel]))
    notice = Value()

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> tuple[list[Channel], str | None]:
        channels = [Channel(one) for one in data.get("channels", ())] if data["agrees"] == YES else []
        if data["agrees"] == YES and not channels:
            raise ValidationError(told(Invalid(_("Choose how we may reach you"))), "channels")
        return channels, data.get("notice")


class OwnContactForm(ContactForm):
    """A contact point of one's own, as written."""

    class Meta(Form.Meta):
        exclude = ("owner", "verified_on", "country")

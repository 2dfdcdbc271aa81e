"""Lists, grants and pulls as forms give them."""

from typing import Any

from marshmallow import post_load

from kieubao import forms
from kieubao.consent.vocabulary import Channel
from kieubao.forms import Form, Many, Part, Value, Whole, Yes, choice
from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import fold
from kieubao.occasions.vocabulary import Offer
from kieubao.outreach.vocabulary import PURPOSES, REPLY, Format
from kieubao.people.disclosure import REACH
from kieubao.people.schemas import FilterForm
from kieubao.shown import ABSENT

FIELDS = (*(name for name in REACH.columns if name != "code"), REPLY)
FORMATS = [f.value for f in Format]


def phrase(text: str) -> str:
    """Read words that somebody's work may be said in; raise Invalid where there is no letter in them."""
    if not fold(text):
        raise Invalid(_("Write words such as: điện gió"))
    return text


class AskedForm(FilterForm):
    """Of whom: also by what became of lists and occasions.

    `on_lists`: in an issue of one of them; `off_lists`: in no issue of any. Who is invited is in a file that left.
    `attended`: came to one of these occasions; `turned_down`: declined one. `suits`: a call for investment has a reason
    to ask them. `contributed`: something of theirs is under way or done. `work`: what they do is said in these words.
    """

    on_lists = Many(forms.code("DS"))
    off_lists = Many(forms.code("DS"))
    invited_since = forms.past_day()
    not_invited_since = forms.past_day()
    never_invited = Yes()
    attended = Many(forms.code("SK"))
    attended_since = forms.past_day()
    never_attended = Yes()
    turned_down = Many(forms.code("SK"))
    work = Many(Value(phrase, longest=80), most=20)
    suits = Many(forms.code("SK"), most=10)
    contributed = Many(choice([one.value for one in Offer]))
    contributed_since = forms.past_day()

    @post_load
    def plain(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Write it as JSON keeps it: days as text, and nothing that says nothing."""
        return {name: _json(value) for name, value in data.items() if value is not False and value not in ABSENT}


class OfListForm(AskedForm):
    """Of whom: who is in one of the `segments`, in none of `except_segments`, and meets all else."""

    segments = Many(forms.code("ND"))
    except_segments = Many(forms.code("ND"))


class ListForm(Form):
    """What a list asks: of whom, for which one purpose, by which channels, and which fields leave."""

    title = Value(required=True)
    purpose = choice([p.value for p in PURPOSES], required=True)
    channels = Many(choice([c.value for c in Channel]), required=True)
    fields_ = Many(choice(FIELDS), data_key="fields", attribute="fields", required=True)
    filter = Part(OfListForm, load_default=dict)
    households = Yes(load_default=False)
    via_relatives = Yes(load_default=False)


class DraftForm(ListForm):
    occasion = forms.code("SK", required=True)


class AskedFirstForm(Form):
    person = forms.code("KB", required=True)


class DigestForm(Form):
    digest = Value(required=True)


class RemarksForm(Form):
    remarks = Value(longest=1_000, required=True)


class GrantForm(Form):
    """The agreement says whom an issue is opened to; an organisation that is named too must be the same."""

    organisation = forms.code("TC")
    fields_ = Many(choice(FIELDS), data_key="fields", attribute="fields", required=True)
    formats = Many(choice(FORMATS), required=True)
    until = forms.day(required=True)
    agreement = forms.code("TT", required=True)


class WidenForm(Form):
    rows = Whole(1, 1_000_000, required=True)
    pulls_a_day = Whole(1, 100, required=True)


class PullForm(Form):
    reason = Value(required=True)
    format = choice(FORMATS, required=True)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        return {**data, "format": Format(data["format"])}


class AcknowledgeForm(Form):
    notice = Whole(1, 2**63 - 1, required=True)


def _json(value: Any) -> Any:
    return value if isinstance(value, str | int | list) else str(value)

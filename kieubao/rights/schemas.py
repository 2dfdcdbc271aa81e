"""Requests as forms give them."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import post_load

from kieubao import forms
from kieubao.consent.notices import LANGUAGES
from kieubao.forms import Form, Value, Whole, Yes, choice
from kieubao.rights.requests import Asked
from kieubao.rights.steps import News
from kieubao.rights.vocabulary import Ground, Kind, Step, Way

_CODED: Mapping[str, Callable[[str], Any]] = {"kind": Kind, "way": Way, "step": Step, "ground": Ground}
# What is written down by hand; that it was filed is written with the deed.
STEPS = tuple(one for one in Step if one is not Step.FILED)
_LONG = 2_000


def _read(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _CODED[name](value) if name in _CODED else value for name, value in data.items()}


class RequestForm(Form):
    """What somebody asks; `asked_by`: who asks in their place, and what they are to them."""

    person = forms.code("KB", required=True)
    kind = choice([one.value for one in Kind], required=True)
    way = choice([one.value for one in Way if one not in {Way.SMS, Way.LINK, Way.WEB}], required=True)
    received_on = forms.past_day(required=True)
    wish = Value(longest=_LONG)
    asked_by = Value()

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> tuple[str, Asked]:
        person = data.pop("person")
        return person, Asked(**_read(data))


class StepForm(Form):
    """What happened to a request."""

    step = choice([one.value for one in STEPS], required=True)
    remark = Value(longest=_LONG)
    days = Whole(1, 20)
    ground = choice([one.value for one in Ground])

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> News:
        return News(**_read(data))


class ReceiptForm(Form):
    """Whom a receipt is for, and the language of the page that comes with it."""

    person = forms.code("KB", required=True)
    paper_language = choice(LANGUAGES, load_default="vi")


class PaperForm(Form):
    """In which language the paper is, and by which notice somebody is asked."""

    notice = Whole(1, 2**31 - 1)
    paper_language = choice(LANGUAGES, load_default="vi")


class DigestForm(Form):
    """The SHA-256 of a receipt's file, in hex."""

    digest = Value(longest=100, required=True)


class WhyForm(Form):
    """Why a scan is read."""

    reason = Value(required=True)


class ScanForm(WhyForm):
    """Which scan is read, and why."""

    scan = forms.code("QS", required=True)


class WhichForm(Form):
    """Which requests: the open ones, or those that are ended."""

    ended = Yes(load_default=False)

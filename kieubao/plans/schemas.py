"""Plans, tasks and agencies as forms give them."""

import re
from contextlib import suppress
from datetime import date

from kieubao import forms
from kieubao.forms import Form, Many, Value, Whole, choice
from kieubao.ground import places
from kieubao.ground.errors import Invalid, _
from kieubao.plans.vocabulary import Rhythm

_DAY_OF_YEAR = re.compile(r"(?P<day>\d\d?)/(?P<month>\d\d?)|(?P<mm>\d\d)-(?P<dd>\d\d)", re.ASCII)
_LEAP = 2024  # any year that has a 29 February


def day_of_year(text: str) -> str:
    """Read a day of any year, 30/11 or 11-30, as MM-DD; raise Invalid for what is none."""
    written = _DAY_OF_YEAR.fullmatch(text)
    with suppress(ValueError):
        if written:
            month, day = int(written["month"] or written["mm"]), int(written["day"] or written["dd"])
            return f"{date(_LEAP, month, day):%m-%d}"
    raise Invalid(_("“%(text)s” is not a day of the year: write it like 30/11"), text=text)


def _province(key: str) -> str:
    unit = places.keyed(key)
    if unit.parent:
        raise Invalid(_("Choose a province"))
    return unit.key


class PlanForm(Form):
    title = Value(longest=300, required=True)
    number = Value(longest=60, allow_none=True)
    signed_on = forms.past_day(allow_none=True)
    province = Value(_province, metadata={"example": "2025:42"}, required=True)
    from_year = Whole(1990, 2100, required=True)
    until_year = Whole(1990, 2100, allow_none=True)


class PlanChangeForm(PlanForm):
    """What of a plan is to be changed."""


class TaskForm(Form):
    """What a plan asks, and of which agencies; a report says whom it goes to and before which day."""

    reference = Value(longest=20, required=True)
    section = Value(longest=40, required=True)
    title = Value(longest=300, required=True)
    rhythm = choice([r.value for r in Rhythm], allow_none=True)
    before = Value(day_of_year, metadata={"example": "30/11"}, allow_none=True)
    leads = Many(forms.code("CQ"), most=30)
    others = Many(forms.code("CQ"), most=30)
    to = Many(forms.code("CQ"), most=30)


class TaskChangeForm(TaskForm):
    """What of a task is to be changed; agencies of a part that is not given stay."""


class TakenForm(Form):
    key = Value(longest=20, required=True)


class AgencyForm(Form):
    name = Value(required=True)
    province = Value(_province, metadata={"example": "2025:42"}, required=True)


class SuccessionForm(Form):
    successor = forms.code("CQ", required=True)
    succeeded_on = forms.day(required=True)
    document = Value(required=True)

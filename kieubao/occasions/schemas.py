"""Occasions as forms give them."""

import re
from typing import Final

from kieubao import forms
from kieubao.forms import Form, Many, Value, Whole, choice
from kieubao.ground.errors import Invalid, _
from kieubao.ground.vocabulary import SECTOR
from kieubao.occasions.vocabulary import Kind

_HOUR: Final = re.compile(r"([01]?[0-9]|2[0-3])(?::([0-5][0-9])|h([0-5][0-9])?)")
# In billions of đồng.
_MOST_CAPITAL: Final = 10_000_000


def hour(text: str) -> str:
    """Read an hour of the day, 8:30, 8h30 or 8h, as 08:30; raise Invalid for what is none."""
    written = _HOUR.fullmatch(text.lower())
    if written is None:
        raise Invalid(_("“%(text)s” is not an hour: write it like 08:30"), text=text)
    return f"{int(written[1]):02}:{written[2] or written[3] or '00'}"


class OccasionChangeForm(Form):
    """What all occasions have, then what is asked of an event, a delegation, a call and a protection case alone."""

    title = Value(required=True)
    description = Value(longest=2_000, allow_none=True)
    task = forms.code("NV", allow_none=True)
    host = Value(allow_none=True)
    place = Value(allow_none=True)
    country = forms.country(allow_none=True)
    languages = Many(forms.language())
    starts_on = forms.day(allow_none=True)
    ends_on = forms.day(allow_none=True)
    reply_by = forms.day(allow_none=True)
    starts_at = Value(hour, metadata={"example": "08:30"}, allow_none=True)
    seats = Whole(1, 1_000_000, allow_none=True)
    leader = Value(allow_none=True)
    cities = Many(Value(longest=80), most=30)
    sectors = Many(choice(SECTOR.codes))
    capital_from = Whole(0, _MOST_CAPITAL, allow_none=True)
    capital_to = Whole(0, _MOST_CAPITAL, allow_none=True)
    skills = Value(longest=500, allow_none=True)
    emergency = Value(allow_none=True)
    document = Value(allow_none=True)


class OccasionForm(OccasionChangeForm):
    kind = choice([k.value for k in Kind], required=True)

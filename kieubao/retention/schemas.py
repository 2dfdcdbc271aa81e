"""What officials send about how long records are kept."""

from datetime import timedelta
from typing import Any, Final

from marshmallow import ValidationError, post_load, validates_schema

from kieubao import forms
from kieubao.consent.vocabulary import Matter
from kieubao.forms import Form, Many, Value, Whole, choice, told
from kieubao.ground import clock
from kieubao.ground.errors import Invalid, _
from kieubao.retention.deletions import Reprieved
from kieubao.rights.vocabulary import KEEPS, Way

MOST_AT_ONCE: Final = 50
_LONGEST: Final = timedelta(days=5 * 366)
# By which a clerk tells somebody; what people do themselves is not written down by one.
TOLD_BY: Final = (Way.COUNTER, Way.LETTER, Way.PHONE, Way.EMAIL)


class MonthsForm(Form):
    """For how many months something holds; nothing: without end."""

    matter = choice([one.value for one in Matter], required=True)
    months = Whole(1, 1_200, allow_none=True)


class OneForm(Form):
    """Whose record it is."""

    person = forms.code("KB", required=True)


class TellingForm(OneForm):
    """Who was told, when, and how."""

    told_on = forms.past_day(required=True)
    way = choice([one.value for one in TOLD_BY], required=True)


class PeopleForm(Form):
    """Whose records they are: so few that each is looked at."""

    persons = Many(forms.code("KB"), most=MOST_AT_ONCE, required=True)


class ReprieveForm(Form):
    """Until when a record is kept all the same, and why."""

    until = forms.day(required=True)
    ground = choice(sorted(one.value for one in KEEPS), required=True)
    remark = Value(required=True)

    @validates_schema
    def is_to_come(self, data: dict[str, Any], **_options: Any) -> None:
        if not clock.today() < data["until"] <= clock.today() + _LONGEST:
            raise ValidationError(told(Invalid(_("Choose a day to come, within five years"))), "until")

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> Reprieved:
        return Reprieved(**data)

"""What a clerk sends about an edit: of whom it is, the one field that is set, and why."""

from typing import Any, Final

from marshmallow import ValidationError, post_load, pre_load, validates_schema

from kieubao import forms
from kieubao.edits.rules import Change
from kieubao.edits.service import Chosen
from kieubao.edits.vocabulary import LISTS, Op
from kieubao.forms import Form, Many, Part, Value, Yes, choice, told
from kieubao.ground.errors import Invalid, _
from kieubao.ground.vocabulary import GENERATION, INTEREST, OCCUPATION_GROUP, SECTOR, STATUS_ABROAD
from kieubao.people.schemas import SearchForm

_PAGE: Final = 100
# What was looked at, sealed: a thousand numbers of people and of their records' versions.
_LONGEST: Final = 100_000


class OneFieldForm(Form):
    """One field, and what it is to be; of a list, what is added to it or taken away."""

    city = Value(longest=80)
    status = choice(STATUS_ABROAD.codes)
    generation = choice(GENERATION.codes)
    occupation_group = choice(OCCUPATION_GROUP.codes)
    sector = choice(SECTOR.codes)
    preferred_language = forms.language()
    source = Value()
    confirmed_on = forms.past_day()
    add_interest = choice(INTEREST.codes)
    remove_interest = choice(INTEREST.codes)
    add_language = forms.language()
    remove_language = forms.language()

    @validates_schema
    def is_one(self, data: dict[str, Any], **_options: Any) -> None:
        if len(data) != 1:
            raise ValidationError(told(Invalid(_("Fill in exactly one field: an edit sets one, alike for everybody"))))

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> Change:
        ((name, value),) = data.items()
        op, _line, of = name.partition("_")
        if of in LISTS:
            return Change(LISTS[of], Op(op), value)
        return Change(name, Op.SET, str(value))


class ChosenForm(SearchForm):
    """People by their codes, or everybody whom a search finds when it is looked at."""

    persons = Many(forms.code("KB"), most=_PAGE)
    everyone = Yes()

    @post_load
    def choose(self, data: dict[str, Any], **_options: Any) -> Any:
        return Chosen(data.get("persons", ()), data.get("everyone", False), data.get("text"), data["filters"])


class EditPreviewForm(ChosenForm):
    """Of whom, and what is to be changed."""

    change = Part(OneFieldForm, required=True)

    @pre_load
    def changes_nothing(self, data: Any, **_options: Any) -> Any:
        """Have whoever fills in nothing be told to fill in one field."""
        return {"change": {}, **data} if isinstance(data, dict) else data

    @post_load
    def choose(self, data: dict[str, Any], **options: Any) -> tuple[Change, Chosen]:
        return data.pop("change"), super().choose(data, **options)


class MakeEditForm(Form):
    """What was looked at, as it was given; and why it is done."""

    preview = Value(longest=_LONGEST, required=True)
    reason = Value(required=True)

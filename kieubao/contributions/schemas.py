"""Contributions as forms give them."""

from typing import Any, Final

from marshmallow import post_load

from kieubao import forms
from kieubao.forms import Form, Value, Whole, choice
from kieubao.occasions.vocabulary import Offer, Stage

# In millions of đồng: a billion of billions.
_MOST: Final = 10**12


class FollowForm(Form):
    """How a contribution stands, and since when; what is left out stays as it was."""

    kind = choice([one.value for one in Offer], required=True)
    stage = choice([one.value for one in Stage], required=True)
    stands_since = forms.past_day(required=True)
    project = Value(allow_none=True)
    worth = Whole(0, _MOST, allow_none=True)
    unit = forms.unit(allow_none=True)
    remark = Value(longest=1_000, allow_none=True)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Call the remark as the house does: `note` is what a person's record has."""
        return data | {"note": data.pop("remark")} if "remark" in data else data


class ContributionForm(FollowForm):
    person = forms.code("KB", required=True)
    occasion = forms.code("SK")


class WhichForm(Form):
    """Of which kind, how far they have come, and of which occasion."""

    kind = choice([one.value for one in Offer])
    stage = choice([one.value for one in Stage])
    occasion = forms.code("SK")

"""What a clerk sends to settle an address."""

from typing import Any

from marshmallow import ValidationError, post_load

from kieubao.forms import Form, Value, told
from kieubao.ground.errors import Invalid, _


class QueueForm(Form):
    after = Value(longest=2_000)


class SettleForm(Form):
    """The commune, by its key such as 2025:18673, for the people the digest was made of."""

    home_unit = Value(required=True)
    digest = Value(longest=64, required=True)


class ChoiceForm(Form):
    """One of the communes that are offered, or another by its name, which goes first: a choice cannot be taken back."""

    home_unit = Value()
    other_commune = Value()

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> str:
        said = data.get("other_commune") or data.get("home_unit")
        if not said:
            raise ValidationError(told(Invalid(_("Choose a commune, or write another one"))), "home_unit")
        return str(said)

"""Segments as forms give them: groups of people, by JSON or by a page."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import ValidationError, pre_load, validates_schema

from kieubao.forms import Form, Many, Part, Value, choice, told
from kieubao.ground.errors import Invalid, _
from kieubao.outreach.schemas import AskedForm
from kieubao.outreach.vocabulary import Kin

DEPTH: Final = 3
GROUPS: Final = 30


class GroupForm(AskedForm):
    """Who meets all of it, is in one group of `any`, and in no group of `none`; and their `kin` as well, or alone.

    Groups may have groups, and those none; thirty in all. One that says nothing is no group.
    """

    any = Many(Part("GroupForm"), most=GROUPS)
    none = Many(Part("GroupForm"), most=GROUPS)
    kin = choice([k.value for k in Kin])

    @pre_load
    def shallow(self, data: Any, **_options: Any) -> Any:
        """Refuse what is too deep before it is read."""
        if _is_deeper(data, DEPTH):
            raise ValidationError(told(Invalid(_("Groups may be %(most)s deep"), most=DEPTH)), "any")
        return data

    @validates_schema
    def few(self, data: dict[str, Any], **_options: Any) -> None:
        if _count(data) > GROUPS:
            raise ValidationError(told(Invalid(_("Give at most %(most)s"), most=GROUPS)), "any")
        for key in ("any", "none"):
            # One that says nothing names everybody, and no page would show it.
            if {} in data.get(key, ()):
                raise ValidationError(told(Invalid(_("Choose something for the group, or leave it out"))), key)


class SegmentForm(Form):
    title = Value(required=True)
    filter = Part(GroupForm, load_default=dict)


class ChangeForm(SegmentForm):
    """What of a segment is to be changed."""


class WhomForm(Form):
    filter = Part(GroupForm, load_default=dict)


class LookForm(WhomForm):
    """A segment that may have no title yet."""

    title = Value()


def has_inner_groups(data: Any) -> bool:
    """Tell whether a filter has groups within groups, which no page shows."""
    return _is_deeper(data, 2)


def _groups(data: Any) -> list[Any]:
    """Return the groups of a group, as they were sent."""
    both = (data.get(key) for key in ("any", "none")) if isinstance(data, Mapping) else ()
    return [one for groups in both if isinstance(groups, list) for one in groups]


def _is_deeper(data: Any, levels: int) -> bool:
    return levels == 0 or any(_is_deeper(one, levels - 1) for one in _groups(data))


def _count(data: Any) -> int:
    return sum(1 + _count(one) for one in _groups(data))

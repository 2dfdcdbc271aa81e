"""What the protection officer sends."""

import re
from typing import Any

from marshmallow import ValidationError, post_load, pre_load

from kieubao import forms
from kieubao.access.roles import Role
from kieubao.desk import ACTIONS, OUTCOMES
from kieubao.forms import Form, Many, Value, Whole, Yes, choice, told
from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import clean
from kieubao.outreach.vocabulary import Format
from kieubao.oversight.vocabulary import ALL, OPEN, STATES, VERDICTS, Outcome, Verdict
from kieubao.people.schemas import LEGAL_BASES

_LONG = 4_000
# No request is longer than a million bytes, and a character may take twelve of them in JSON.
_LONGEST_LIST = 80_000
FORMATS = [Format.CSV.value, Format.XLSX.value]
# Of one form's filter these are not: the page and its size.
_APART = frozenset({"after", "size", "format"})


def _quarter(text: str) -> str:
    if not re.fullmatch("20[0-9]{2}-Q[1-4]", text):
        raise Invalid(_("Write a quarter like 2026-Q4"))
    return text


class TrailForm(Form):
    """What to look for in the trail; every field narrows."""

    since = forms.day()
    until = forms.day()
    account = Value(longest=60)
    role = choice([role.value for role in Role])
    organisation = forms.code("TC")
    action = choice(ACTIONS.codes)
    outcome = choice(OUTCOMES.codes)
    person = forms.code("KB")
    purpose = Value()
    after = Value(longest=2_000)
    size = Whole(1, 200, load_default=30)

    @post_load
    def part(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Keep what is looked for apart from which page of it."""
        wanted = {name: value for name, value in data.items() if name not in _APART}
        return {"wanted": wanted, **{name: data[name] for name in _APART if name in data}}


class TrailFileForm(TrailForm):
    format = choice(FORMATS, required=True)


class Rows(Value):
    """Rows of a list as they were copied, or read off paper: at most so many texts, of which none is blank."""

    def __init__(self, most: int, **options: Any) -> None:
        super().__init__(longest=_LONGEST_LIST, **options)
        self.most = most

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if len(value) > self.longest:
            raise ValidationError(told(Invalid(_("Write at most %(longest)s characters"), longest=self.longest)))
        # A cell ends with a tab where it was copied from a spreadsheet.
        rows = [row for line in value.splitlines() if (row := clean(line.replace("\t", ";")))]
        if not rows:
            raise self.make_error("required")
        if len(rows) > self.most:
            raise ValidationError(told(Invalid(_("Give at most %(most)s"), most=self.most)))
        return rows


class TracedForm(Form):
    rows = Rows(2_000, required=True)


class DecisionForm(Form):
    outcome = choice([one.value for one in Outcome], required=True)
    remark = Value(longest=1_000, required=True)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        return {**data, "outcome": Outcome(data["outcome"])}


class QuarterForm(Form):
    quarter = Value(_quarter, required=True)


class SettleForm(Form):
    verdict = choice(VERDICTS.codes, required=True)
    remark = Value(longest=1_000)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        return {**data, "verdict": Verdict(data["verdict"])}


class RegisterForm(Form):
    """What the office says of one purpose in its record of processing."""

    data_kinds = Value(longest=_LONG, required=True)
    subjects = Value(longest=_LONG, required=True)
    legal_basis = choice(LEGAL_BASES, required=True)
    legal_document = Value(required=True)
    retention = Value(longest=_LONG, required=True)
    protection = Value(longest=_LONG, required=True)
    abroad = Yes(required=True)
    abroad_note = Value(longest=_LONG, allow_none=True)


class BreachForm(Form):
    """What is known of a breach by now; only what happened and when it was found must be known."""

    what = Value(longest=_LONG, required=True)
    found_at = forms.moment(required=True)
    happened_at = Value(allow_none=True)
    people = Whole(0, 100_000_000, allow_none=True)
    affected = Many(Value(longest=40))
    data_kinds = Value(longest=_LONG, allow_none=True)
    cause = Value(longest=_LONG, allow_none=True)
    consequences = Value(longest=_LONG, allow_none=True)
    measures = Value(longest=_LONG, allow_none=True)
    told = Value(longest=_LONG, allow_none=True)
    contact = Value(allow_none=True)

    @pre_load
    def part(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Read codes that stand in one text, as a page sends them."""
        named = data.get("affected")
        return {**data, "affected": re.findall(r"[^\s,;]+", named)} if isinstance(named, str) else data


class ReportForm(Form):
    reported_at = forms.moment(required=True)
    reported_to = Value(required=True)


class CloseForm(Form):
    remark = Value(longest=1_000, required=True)


class StateForm(Form):
    state = choice([*STATES.codes, ALL], load_default=OPEN)

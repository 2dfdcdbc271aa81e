"""Notices and agreements as forms give them and sheets show them."""

from typing import Any

from marshmallow import Schema, fields, post_load

from kieubao import forms
from kieubao.consent.agreements import ITEMS
from kieubao.consent.vocabulary import Purpose
from kieubao.forms import Form, Many, Value, choice

# What the page of an agreement shows: the seven items last.
AGREED = ("organisation", "number", "signed_on", "valid_from", "valid_until", "document", *ITEMS)


class NoticeForm(Form):
    code = Value(longest=40, required=True)
    purposes = Many(choice([p.value for p in Purpose]), required=True)
    title_vi = Value(required=True)
    title_en = Value(required=True)
    text_vi = Value(longest=20_000, required=True)
    text_en = Value(longest=20_000, required=True)
    in_force_on = forms.day(required=True)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        return {**data, "purposes": [Purpose(name) for name in data["purposes"]]}


class NoticeSheet(Schema):
    reference = fields.String(metadata={"description": "code/version: what a consent cites"})
    digest = fields.String(metadata={"description": "SHA-256 over every word of it"})
    purposes = fields.List(fields.String())
    title_vi = fields.String()
    title_en = fields.String()
    text_vi = fields.String()
    text_en = fields.String()
    in_force_on = fields.Date()


class AgreementForm(Form):
    """An agreement and the seven items of NĐ Đ7.1: none of them may be missing."""

    organisation = forms.code("TC", required=True)
    number = Value(longest=60, required=True)
    signed_on = forms.day(required=True)
    valid_from = forms.day(required=True)
    valid_until = forms.day(required=True)
    document = Value(required=True)
    aim = Value(longest=2_000, required=True)
    data = Value(longest=2_000, required=True)
    period = Value(longest=2_000, required=True)
    basis = Value(longest=2_000, required=True)
    protection = Value(longest=2_000, required=True)
    rights = Value(longest=2_000, required=True)
    cooperation = Value(longest=2_000, required=True)


class EndForm(Form):
    reason = Value(required=True)


class AgreementSheet(Schema):
    code = fields.String(metadata={"description": "what a grant cites"})
    organisation = fields.String()
    organisation_code = fields.String()
    number = fields.String()
    signed_on = fields.Date()
    valid_from = fields.Date()
    valid_until = fields.Date()
    document = fields.String()
    aim = fields.String()
    data = fields.String()
    period = fields.String()
    basis = fields.String()
    protection = fields.String()
    rights = fields.String()
    cooperation = fields.String()
    state = fields.String(metadata={"description": "to_come, in_force, over or ended"})
    ended_on = fields.Date()
    end_reason = fields.String()

from typing import Any

from marshmallow import Schema, fields, post_load

from kieubao import forms
from kieubao.consent.vocabulary import Purpose
from kieubao.forms import Form, Many, Value, choice


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

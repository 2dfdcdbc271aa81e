"""Notices and agreements as forms give them and sheets show them."""

from typing import Any

from marshmallow import Schema, fields, post_load

from kieubao import forms
from kieubao.consent.agreements import ITEMS
from kieubao.consent.notices import ITEMS as ITEMS_OF_NOTICE
from kieubao.consent.notices import LANGUAGES
from kieubao.consent.vocabulary import Purpose
from kieubao.forms import Form, Many, Part, Value, choice

# What the page of an agreement shows: the seven items last.
AGREED = ("organisation", "number", "signed_on", "valid_from", "valid_until", "document", *ITEMS)


class NoticeTextForm(Form):
    """What a notice says in one language: the six items that the law has told stand by themselves."""

    title = Value(longest=200, required=True)
    text = Value(longest=20_000, required=True)
    controller = Value(longest=2_000, required=True)
    kept_data = Value(longest=2_000, required=True)
    recipients = Value(longest=2_000, required=True)
    retention = Value(longest=2_000, required=True)
    subject_rights = Value(longest=2_000, required=True)
    withdrawal = Value(longest=2_000, required=True)


class NoticeForm(Form):
    """The next version of a notice; `digest` is of the draft that it is made from, where there is one."""

    code = Value(longest=40, required=True)
    purposes = Many(choice([p.value for p in Purpose]), required=True)
    vi = Part(NoticeTextForm, required=True)
    en = Part(NoticeTextForm, required=True)
    digest = Value(longest=64)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        texts = {f"{name}_{language}": data[language][name] for name in ("title", "text") for language in LANGUAGES}
        terms = {language: {name: data[language][name] for name in ITEMS_OF_NOTICE} for language in LANGUAGES}
        told = {"code": data["code"], "purposes": data["purposes"], "seen": data.get("digest")}
        return {**told, **texts, "terms": terms}


class NoticeApprovalForm(Form):
    """Approves what was seen: the digest of the draft, and from which day it is in force."""

    digest = Value(longest=64, required=True)
    in_force_on = forms.day(required=True)


class _NoticeWordsSheet(Schema):
    purposes = fields.List(fields.String())
    title_vi = fields.String()
    title_en = fields.String()
    text_vi = fields.String()
    text_en = fields.String()
    terms = fields.Dict(metadata={"description": "by language: " + ", ".join(ITEMS_OF_NOTICE)})


class NoticeSheet(_NoticeWordsSheet):
    reference = fields.String(metadata={"description": "code/version: what a consent cites"})
    digest = fields.String(metadata={"description": "SHA-256 over every word of it"})
    state = fields.String(metadata={"description": "to_come, in_force or superseded"})
    in_force_on = fields.Date()
    approved_at = fields.AwareDateTime()


class NoticeDraftSheet(_NoticeWordsSheet):
    id = fields.Integer()
    code = fields.String()
    digest = fields.String(metadata={"description": "SHA-256 over every word: what an approval cites"})
    written_at = fields.AwareDateTime()


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

"""Requests of the police desk as programs see them: what was asked, and how it is answered; never who it is about."""

from marshmallow import Schema, fields


class DisclosureSheet(Schema):
    """A request and its answer, which is the same for whoever is absent, out of scope or refused."""

    code = fields.String()
    unit = fields.String()
    case_number = fields.String()
    case_on = fields.Date()
    need = fields.String()
    offence = fields.String()
    issuer = fields.String()
    filed_at = fields.AwareDateTime()
    endorsed_at = fields.AwareDateTime()
    answer = fields.String(metadata={"description": "waiting, open (a page can be seen), none, or over"})
    silent_at = fields.AwareDateTime(metadata={"description": "when no answer is a refusal, and refusals are told"})
    open_until = fields.AwareDateTime(metadata={"description": "of what was released"})

"""Requests as sheets show them."""

from marshmallow import Schema, fields


class RequestSheet(Schema):
    """A request and its clock; the answer is counted in working days, the rest in days."""

    code = fields.String()
    person = fields.String()
    name = fields.String()
    kind = fields.String()
    way = fields.String()
    received_on = fields.Date()
    answer_by = fields.Date(metadata={"description": "the last day to say that it is taken up"})
    due_on = fields.Date(metadata={"description": "the last day to have it done"})
    answered = fields.Boolean()
    identified = fields.Boolean()
    proposed = fields.Boolean(metadata={"description": "the protection officer proposed to erase them"})
    extended = fields.Boolean()
    involved = fields.Boolean(metadata={"description": "others have to act too"})
    ended_on = fields.Date()
    outcome = fields.String()
    answer_late = fields.Boolean()
    late = fields.Boolean()
    soon = fields.Boolean(metadata={"description": "due within five days"})


class StepSheet(Schema):
    step = fields.String()
    days = fields.Integer()
    ground = fields.String()
    remark = fields.String()
    at = fields.AwareDateTime()
    account = fields.String()


class StoppingSheet(Schema):
    """What is left to do of stopping contact."""

    is_open = fields.Boolean(metadata={"description": "a yes stands, or the record is not restricted"})
    unheeded = fields.Integer(metadata={"description": "files whose holders have not said that they stopped"})


class WholeRequestSheet(RequestSheet):
    wish = fields.String()
    asked_by = fields.String()
    steps = fields.List(fields.Nested(StepSheet))
    left = fields.Nested(StoppingSheet)


class ReceiptSheet(Schema):
    code = fields.String()
    digest = fields.String(metadata={"description": "SHA-256 of the file"})
    person = fields.String()
    issued_at = fields.AwareDateTime()


class ErasedSheet(Schema):
    code = fields.String()
    ended_on = fields.Date()


class ScanSheet(Schema):
    """The scan of a signed paper, as it is kept."""

    code = fields.String(metadata={"description": "to be written as the evidence"})
    digest = fields.String(metadata={"description": "SHA-256 of the file as it came"})
    media = fields.String()
    kept_at = fields.AwareDateTime()

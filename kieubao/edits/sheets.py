"""Edits as sheets show them."""

from marshmallow import Schema, fields

from kieubao.edits.vocabulary import Outcome


class EditLeftSheet(Schema):
    """Somebody whose record stays as it is."""

    person = fields.String()
    name = fields.String()
    why = fields.String(metadata={"enum": [one.value for one in Outcome]})


class EditChangedSheet(Schema):
    """Somebody whose record would change."""

    person = fields.String()
    name = fields.String()
    before = fields.Raw(metadata={"description": "what stands now; of a source nothing is told"})
    after = fields.Raw()


class EditToldSheet(Schema):
    field = fields.String()
    op = fields.String()
    value = fields.String()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "people by outcome"})
    left = fields.List(fields.Nested(EditLeftSheet), metadata={"description": "the first hundred"})


class EditPreviewSheet(EditToldSheet):
    """What an edit would do, and what making it is bound to."""

    people = fields.Integer()
    sample = fields.List(fields.Nested(EditChangedSheet), metadata={"description": "the first twenty who would change"})
    preview = fields.String(metadata={"description": "to be sent back as it is"})


class EditSheet(EditToldSheet):
    """An edit that was made, or is being made by a job."""

    code = fields.String()
    reason = fields.String()
    at = fields.AwareDateTime()
    by = fields.String()
    undone_at = fields.AwareDateTime()
    undone_by = fields.String()
    can_be_undone = fields.Boolean()
    job = fields.Function(lambda sheet: sheet["job"] and sheet["job"]["code"], metadata={"type": "string"})

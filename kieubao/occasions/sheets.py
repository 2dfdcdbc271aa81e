"""Occasions as sheets show them."""

from marshmallow import Schema, fields


class TaskTitleSheet(Schema):
    """What a task of a plan is called."""

    code = fields.String()
    reference = fields.String()
    title = fields.String()


class LetterSheet(Schema):
    """Which letter stands in a language: an occasion's own, or the one that everybody has."""

    language = fields.String()
    own = fields.Boolean()
    digest = fields.String(metadata={"description": "SHA-256 of the template"})
    at = fields.DateTime(allow_none=True)
    account = fields.String(allow_none=True)


class OccasionSheet(Schema):
    """What is asked of other kinds than its own is null."""

    code = fields.String()
    version = fields.Integer()
    kind = fields.String()
    title = fields.String()
    description = fields.String()
    task = fields.Nested(TaskTitleSheet, metadata={"description": "the plan task it serves"})
    host = fields.String()
    place = fields.String()
    country = fields.String()
    languages = fields.List(fields.String())
    starts_on = fields.Date()
    ends_on = fields.Date()
    reply_by = fields.Date()
    starts_at = fields.String(metadata={"description": "HH:MM, where it is held"})
    seats = fields.Integer()
    leader = fields.String()
    cities = fields.List(fields.String())
    sectors = fields.List(fields.String(), metadata={"description": "sections of VSIC 2025"})
    capital_from = fields.Integer(metadata={"description": "in billions of đồng"})
    capital_to = fields.Integer()
    skills = fields.String()
    emergency = fields.String()
    document = fields.String()

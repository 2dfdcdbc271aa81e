"""Registrations as sheets show them."""

from marshmallow import Schema, fields

from kieubao.people.sheets import AlikeSheet


class RegistrationSheet(Schema):
    code = fields.String()
    registrant = fields.String(metadata={"description": "native, relative, or family: who registers somebody abroad"})
    sent_at = fields.AwareDateTime()
    name = fields.String()
    machine = fields.Boolean(metadata={"description": "whether a machine may have filled it in"})


class WholeRegistrationSheet(RegistrationSheet):
    """What was sent, as it was typed."""

    born = fields.String()
    gender = fields.String()
    home = fields.String()
    country = fields.String()
    city = fields.String()
    phone = fields.String()
    email = fields.String()
    preferred_language = fields.String()
    family = fields.String()
    purposes = fields.List(fields.String())
    channels = fields.List(fields.String())
    alike = fields.List(fields.Nested(AlikeSheet))

"""Links and messages as sheets show them."""

from marshmallow import Schema, fields


class LinkSheet(Schema):
    """A link as it is handed over: kept nowhere, so that it is told this once."""

    person = fields.String(attribute="code")
    link = fields.String(metadata={"description": "the address; empty where the office's own mail takes it"})
    secret = fields.String(metadata={"description": "the code that is handed over with it, at the counter alone"})
    until = fields.AwareDateTime()


class MessageSheet(Schema):
    """A message that no relay sends, for somebody to tell."""

    id = fields.Integer()
    person = fields.String()
    name = fields.String()
    channel = fields.String()
    address = fields.String()
    text = fields.String()
    until = fields.AwareDateTime()

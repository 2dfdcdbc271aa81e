"""Links and messages as sheets show them."""

from marshmallow import Schema, fields


class LinkSheet(Schema):
    """A link as it is handed over: kept nowhere, so that it is told this once."""

    person = fields.String(attribute="code")
    link = fields.String(metadata={"description": "the address; empty where the office's own mail takes it"})
    secret = fields.String(metadata={"description": "the code that is handed over with it, at the counter alone"})
    until = fields.AwareDateTime()


class MessageSheet(Schema):
    """To whom there is something to tell that no relay sends."""

    id = fields.Integer()
    person = fields.String()
    name = fields.String()
    channel = fields.String()
    until = fields.AwareDateTime()


class WholeMessageSheet(MessageSheet):
    """The same, with where, and what."""

    address = fields.String()
    text = fields.String()


class PleaSheet(Schema):
    """What somebody asked on the public page, and by what the person is to be known."""

    code = fields.String()
    kind = fields.String()
    asked_at = fields.AwareDateTime()
    name = fields.String()
    born = fields.String()
    home = fields.String()
    contact = fields.String()
    person = fields.String(metadata={"description": "the code of a record, as it was told"})
    asked_by = fields.String()


class PlacedSheet(Schema):
    request = fields.String(metadata={"description": "the code of the request that was filed"})

"""Responses as sheets show them."""

from marshmallow import Schema, fields


class KnownSheet(Schema):
    """What is known of somebody and an occasion."""

    answer = fields.String()
    companions = fields.Integer()
    presence = fields.String()
    waiting = fields.Boolean(metadata={"description": "they accepted, and the seats are taken by who did before"})
    said_by = fields.String()
    spoken_by = fields.String(metadata={"description": "who spoke in their place"})
    channel = fields.String()
    obstacle = fields.String(metadata={"description": "why they were not reached"})
    remark = fields.String(attribute="note")
    at = fields.AwareDateTime()
    account = fields.String()


class ResponseSheet(KnownSheet):
    person = fields.String(metadata={"description": "the code of the person"})


class NamedResponseSheet(ResponseSheet):
    name = fields.String()


class TurnoutSheet(Schema):
    """How many people answered what, and how many came; `coming` and `came` with their companions."""

    invited = fields.Integer(metadata={"description": "in a file that an organizer took of its lists"})
    unreached = fields.Integer()
    reached = fields.Integer()
    accepted = fields.Integer()
    declined = fields.Integer()
    no_more = fields.Integer()
    attended = fields.Integer()
    absent = fields.Integer()
    coming = fields.Integer()
    came = fields.Integer()
    waiting = fields.Integer(metadata={"description": "of who accepted, whose seats are taken by who did before"})
    seats = fields.Integer()


class ResponsesSheet(Schema):
    counts = fields.Nested(TurnoutSheet)
    found = fields.Integer(metadata={"description": "how many there are within scope; the first thousand are given"})
    responses = fields.List(fields.Nested(NamedResponseSheet))


class OfPersonSheet(KnownSheet):
    """One thing that was known of a person and an occasion."""

    occasion = fields.String()
    title = fields.String()


class CalledSheet(Schema):
    person = fields.String()
    name = fields.String()


class TrySheet(Schema):
    """That somebody was not reached: for what, by which channel, and why."""

    title = fields.String()
    channel = fields.String()
    obstacle = fields.String()
    at = fields.AwareDateTime()


class UnreachedSheet(CalledSheet):
    tries = fields.List(fields.Nested(TrySheet))


class LeftSheet(Schema):
    """Whose answers leave a clerk something to do."""

    no_more = fields.List(
        fields.Nested(CalledSheet), metadata={"description": "want no more contact, and an older yes stands"}
    )
    unreached = fields.List(
        fields.Nested(UnreachedSheet),
        metadata={"description": "were not reached, and their record was not changed since"},
    )


class RefusedRowSheet(Schema):
    row = fields.Integer(metadata={"description": "as a spreadsheet numbers it"})
    person = fields.String()
    reasons = fields.List(fields.String())


class TakenSheet(Schema):
    """What became of the rows of a file."""

    recorded = fields.Integer()
    refused = fields.List(fields.Nested(RefusedRowSheet))

"""How long records are kept, and whose, as sheets show it."""

from marshmallow import Schema, fields


class RuleSheet(Schema):
    """For how many months something holds."""

    matter = fields.String()
    months = fields.Integer(metadata={"description": "none: without end"})
    usual = fields.Integer(metadata={"description": "what holds until an office decides otherwise"})
    set_at = fields.AwareDateTime(metadata={"description": "when it was decided; none where it never was"})


class DuePersonSheet(Schema):
    """Somebody with whom something is to be done."""

    person = fields.String()
    name = fields.String()
    home_text = fields.String()
    heard_on = fields.Date()


class UnconfirmedPersonSheet(DuePersonSheet):
    ask = fields.String(metadata={"description": "self, relative, or commune"})
    channels = fields.List(fields.String(), metadata={"description": "by which they agreed to be asked themselves"})


class UntoldPersonSheet(DuePersonSheet):
    due_on = fields.Date()


class ExpiredPersonSheet(DuePersonSheet):
    matter = fields.String(metadata={"description": "the rule by which it is to be erased"})
    proposed = fields.Boolean()


class CountedSheet(Schema):
    count = fields.Integer(
        metadata={"description": "how many there are, to a thousand; those who come first are listed"}
    )
    more = fields.Boolean(metadata={"description": "whether there are more than that"})


class UnconfirmedListSheet(CountedSheet):
    people = fields.List(fields.Nested(UnconfirmedPersonSheet))


class EndingWordSheet(Schema):
    purpose = fields.String()
    channel = fields.String()
    valid_until = fields.Date()


class EndingPersonSheet(DuePersonSheet):
    ends_on = fields.Date()
    said = fields.List(fields.Nested(EndingWordSheet))


class EndingListSheet(CountedSheet):
    people = fields.List(fields.Nested(EndingPersonSheet))


class UntoldListSheet(CountedSheet):
    people = fields.List(fields.Nested(UntoldPersonSheet))


class ExpiredListSheet(CountedSheet):
    people = fields.List(fields.Nested(ExpiredPersonSheet))


class ErasedRecordsSheet(Schema):
    records = fields.Integer(metadata={"description": "how many records they had, with those merged into them"})

"""Plans, tasks and agencies as sheets show them."""

from marshmallow import Schema, fields


class NamedSheet(Schema):
    """An agency under the name its plan has for it, and who does its work today."""

    code = fields.String()
    name = fields.String()
    now = fields.List(fields.String())


class SuccessorSheet(Schema):
    code = fields.String()
    name = fields.String()
    succeeded_on = fields.Date()
    document = fields.String()


class AgencySheet(NamedSheet):
    province = fields.String(metadata={"description": "the key of a unit, in its epoch"})
    successors = fields.List(fields.Nested(SuccessorSheet))


class TaskSheet(Schema):
    code = fields.String()
    plan = fields.String()
    version = fields.Integer()
    reference = fields.String()
    section = fields.String()
    title = fields.String()
    rhythm = fields.String()
    before = fields.String(metadata={"description": "MM-DD: a report is due before that day"})
    leads = fields.List(fields.Nested(NamedSheet))
    others = fields.List(fields.Nested(NamedSheet))
    to = fields.List(fields.Nested(NamedSheet), metadata={"description": "of a report, whom it goes to"})


class PlanSheet(Schema):
    code = fields.String()
    version = fields.Integer()
    published = fields.String(metadata={"description": "which of those kieubao brings it is"})
    title = fields.String()
    number = fields.String()
    signed_on = fields.Date()
    province = fields.String()
    from_year = fields.Integer()
    until_year = fields.Integer()
    tasks = fields.List(fields.Nested(TaskSheet))


class BroughtSheet(Schema):
    key = fields.String()
    title = fields.String()
    number = fields.String()
    province = fields.String()

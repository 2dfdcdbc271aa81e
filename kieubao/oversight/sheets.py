"""What the protection officer sees."""

from marshmallow import Schema, fields

from kieubao.consent.schemas import AgreementSheet


class EntrySheet(Schema):
    """An entry of the trail: who, when, what, of whom (by code), with what outcome; never a person's values."""

    id = fields.Integer()
    at = fields.AwareDateTime()
    account = fields.String()
    name = fields.String()
    role = fields.String()
    organisation = fields.String()
    action = fields.String()
    outcome = fields.String()
    purpose = fields.String()
    found = fields.Integer()
    of_somebody = fields.Boolean()
    person = fields.String(metadata={"description": "the code; null out of scope and after erasure"})
    details = fields.Dict()


class TrailSheet(Schema):
    entries = fields.List(fields.Nested(EntrySheet))
    count = fields.Integer()
    exact = fields.Boolean(metadata={"description": "false: there are more than count"})
    more = fields.String(metadata={"description": "send it as `after` for the next page"}, allow_none=True)


class DecisionSheet(Schema):
    outcome = fields.String()
    remark = fields.String()
    by = fields.String()
    at = fields.AwareDateTime()


class FindingSheet(Schema):
    id = fields.Integer()
    rule = fields.String()
    account = fields.String()
    name = fields.String()
    organisation = fields.String()
    count = fields.Integer()
    first_at = fields.AwareDateTime()
    last_at = fields.AwareDateTime()
    found_at = fields.AwareDateTime()
    state = fields.String()


class WholeFindingSheet(FindingSheet):
    entries = fields.List(fields.Nested(EntrySheet))
    decisions = fields.List(fields.Nested(DecisionSheet))


class ReviewedSheet(Schema):
    account_id = fields.Integer()
    account = fields.String()
    name = fields.String()
    role = fields.String()
    organisation = fields.String()
    units = fields.List(fields.String())
    signed_in_at = fields.AwareDateTime()
    openings = fields.Integer()
    verdict = fields.String()
    remark = fields.String()
    settled_at = fields.AwareDateTime()


class RoundSheet(Schema):
    id = fields.Integer()
    quarter = fields.String()
    due_on = fields.Date()
    opened_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime()
    overdue = fields.Boolean()
    accounts = fields.Integer()
    settled = fields.Integer()
    lines = fields.List(fields.Nested(ReviewedSheet))


class ReviewsSheet(Schema):
    rounds = fields.List(fields.Nested(RoundSheet))
    due = fields.List(fields.String(), metadata={"description": "quarters whose review is not begun"})


class VersionSheet(Schema):
    version = fields.Integer()
    data_kinds = fields.String()
    subjects = fields.String()
    legal_basis = fields.String()
    legal_document = fields.String()
    retention = fields.String()
    protection = fields.String()
    abroad = fields.Boolean()
    abroad_note = fields.String()
    by = fields.String()
    at = fields.AwareDateTime()


class RecipientSheet(Schema):
    organisation = fields.String()
    times = fields.Integer()
    last_at = fields.AwareDateTime()
    agreements = fields.List(fields.String())


class RegisterSheet(Schema):
    purpose = fields.String()
    said = fields.Nested(VersionSheet, metadata={"description": "null: the office has said nothing yet"})
    people = fields.Integer(metadata={"description": "who may be contacted now; null below 10"})
    notices = fields.List(fields.String())
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    recipients = fields.List(fields.Nested(RecipientSheet))


class BreachSheet(Schema):
    code = fields.String()
    state = fields.String()
    version = fields.Integer()
    what = fields.String()
    found_at = fields.AwareDateTime()
    due_at = fields.AwareDateTime(metadata={"description": "72 hours after it was found (Đ23)"})
    late = fields.Boolean()
    happened_at = fields.String()
    people = fields.Integer()
    affected = fields.List(fields.String())
    named = fields.Integer(metadata={"description": "how many people the codes and pulls in `affected` come to"})
    data_kinds = fields.String()
    cause = fields.String()
    consequences = fields.String()
    measures = fields.String()
    told = fields.String()
    contact = fields.String()
    reported_at = fields.AwareDateTime()
    reported_to = fields.String()
    closed_at = fields.AwareDateTime()
    remark = fields.String()


class VerdictAtSheet(Schema):
    at = fields.AwareDateTime()
    found = fields.Integer()
    details = fields.Dict()


class DueSheet(Schema):
    quarter = fields.String()
    overdue = fields.Boolean()


class DeskSheet(Schema):
    watched_at = fields.AwareDateTime()
    findings = fields.Dict(keys=fields.String(), values=fields.Integer())
    clocks = fields.List(fields.Nested(BreachSheet))
    reviews = fields.List(fields.Nested(DueSheet))
    agreements = fields.List(fields.Nested(AgreementSheet))
    verdict = fields.Nested(VerdictAtSheet)


class TracedPullSheet(Schema):
    """A pull that holds rows of a list, and how they stand in it."""

    pull = fields.String()
    at = fields.AwareDateTime()
    format = fields.String()
    issue = fields.String()
    title = fields.String()
    organisation = fields.String()
    account = fields.String()
    people = fields.Integer(metadata={"description": "how many are in its file"})
    held = fields.Integer(metadata={"description": "how many of the rows are in it"})
    pairs = fields.Integer(metadata={"description": "how many neighbours among these have a place each in the file"})
    in_order = fields.Integer(metadata={"description": "how many of those stand as they do in the file"})


class TracedSheet(Schema):
    rows = fields.Integer()
    known = fields.Integer(metadata={"description": "of how many it is known whom they may be about"})
    pulls = fields.List(fields.Nested(TracedPullSheet), metadata={"description": "the likeliest first"})

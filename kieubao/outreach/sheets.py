"""Lists, issues, grants and pulls as sheets show them."""

from marshmallow import Schema, fields

from kieubao.occasions.sheets import OccasionSheet
from kieubao.outreach.wording import sentence


def explained() -> fields.Function:
    """Make a field that says whom the filter of a sheet names."""
    told = {"type": "string", "description": "whom the filter names, in the reader's language"}
    return fields.Function(lambda sheet: sentence(sheet["filter"], sheet["names"]), metadata=told)


class GrantSheet(Schema):
    grant = fields.Integer()
    organisation = fields.String()
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    formats = fields.List(fields.String())
    until = fields.Date()
    agreement = fields.String()
    agreement_title = fields.String(metadata={"description": "its number and day"})
    rows = fields.Integer()
    pulls_a_day = fields.Integer()


class InForceSheet(Schema):
    """A hand-over agreement that an issue can be granted under."""

    code = fields.String()
    organisation = fields.String()
    organisation_code = fields.String()
    number = fields.String()
    signed_on = fields.Date()
    valid_until = fields.Date()


class StopSheet(Schema):
    """Somebody in a file who may no longer be contacted, or only by some of its channels."""

    code = fields.String()
    since = fields.Date()
    still = fields.List(fields.String(), metadata={"description": "by which channels they may still be"})


class AcknowledgedSheet(Schema):
    issue = fields.String()
    pull = fields.String()
    acknowledged = fields.Integer(metadata={"description": "how many stop notices waited"})


class _Waiting(Schema):
    """About how many people stop notices of a pull wait, and since when."""

    waiting = fields.Integer(metadata={"description": "of how many people stop notices are not acknowledged"})
    since = fields.Date(allow_none=True)
    last_notice = fields.Integer(allow_none=True, metadata={"description": "what an acknowledgement goes up to"})
    overdue = fields.Boolean(metadata={"description": "whether one has waited for five days"})


class WaitingSheet(_Waiting):
    issue = fields.String()
    pull = fields.String()
    title = fields.String()


class PullSheet(_Waiting):
    code = fields.String()
    organisation = fields.String()
    account = fields.String()
    format = fields.String()
    reason = fields.String()
    people = fields.Integer()
    held_back = fields.Integer(
        metadata={"description": "on the issue, but no longer to be contacted; or without an address for a label"}
    )
    digest = fields.String(metadata={"description": "SHA-256 of the file"})
    at = fields.AwareDateTime()
    stopped = fields.Integer(metadata={"description": "in the file, but no longer to be contacted"})
    stop = fields.List(fields.String(), metadata={"description": "the codes of those to stop contacting"})
    notices = fields.List(fields.Nested(StopSheet), metadata={"description": "stop notices to acknowledge"})
    recalled = fields.Boolean(metadata={"description": "its list is closed: this is everybody in the file"})


class PulledSheet(Schema):
    """A pull as JSON: people as they are kept, and what the file is and on what terms."""

    people = fields.List(fields.Dict(), required=True)
    notes = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class ChangesSheet(Schema):
    """How many an issue added and removed, by why they were out of the one before, or are out of it."""

    added = fields.Dict(keys=fields.String(), values=fields.Integer())
    removed = fields.Dict(keys=fields.String(), values=fields.Integer())


class IssueSheet(Schema):
    code = fields.String()
    number = fields.Integer()
    title = fields.String()
    state = fields.String()
    purpose = fields.String()
    channels = fields.List(fields.String())
    households = fields.Boolean()
    via_relatives = fields.Boolean()
    people = fields.Integer()
    digest = fields.String()
    published_at = fields.AwareDateTime()
    omitted = fields.Integer(allow_none=True, metadata={"description": "how many its list named who are not in it"})
    changes = fields.Nested(ChangesSheet, allow_none=True, metadata={"description": "from the issue before"})
    grants = fields.List(fields.Nested(GrantSheet))
    pulls = fields.List(fields.Nested(PullSheet))


class MemberSheet(Schema):
    person = fields.String()
    name = fields.String()


class HouseholdSheet(Schema):
    """A household of several whom a list may ask."""

    asked = fields.Nested(MemberSheet, metadata={"description": "to whom the invitation goes"})
    others = fields.List(fields.Nested(MemberSheet))


class HouseholdsSheet(Schema):
    found = fields.Integer(metadata={"description": "how many households of several there are"})
    households = fields.List(fields.Nested(HouseholdSheet), metadata={"description": "the first hundred"})


class PlaceSheet(Schema):
    """Where a person stands in an issue: in it by an answer, or out for a reason."""

    code = fields.String()
    number = fields.Integer()
    list = fields.String()
    title = fields.String()
    state = fields.String()
    purpose = fields.String()
    published_at = fields.AwareDateTime()
    inside = fields.Boolean()
    reason = fields.String(allow_none=True, metadata={"description": "why they are out"})
    line = fields.Integer(allow_none=True, metadata={"description": "the line of the consent ledger that lets them in"})
    channel = fields.String(allow_none=True)
    signed_at = fields.AwareDateTime(allow_none=True, metadata={"description": "when that answer was signed"})


class OpenSheet(GrantSheet, IssueSheet):
    """An issue that is open to an organisation, and on what terms."""


class ListSheet(Schema):
    code = fields.String()
    version = fields.Integer()
    title = fields.String()
    purpose = fields.String()
    channels = fields.List(fields.String())
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    filter = fields.Dict()
    households = fields.Boolean(metadata={"description": "whether there is one invitation for each household"})
    via_relatives = fields.Boolean(
        metadata={"description": "whether who has no contact point is asked through a relative, where both agreed"}
    )
    urgent = fields.Boolean(metadata={"description": "a roster for an emergency: nobody's yes is waited for"})
    co_approved = fields.Boolean(metadata={"description": "whether the protection officer approved the roster too"})
    state = fields.String()
    remarks = fields.String()
    explained = explained()
    scope = fields.List(fields.String())
    occasion = fields.Nested(OccasionSheet)
    issues = fields.List(fields.Nested(IssueSheet))


class UntoldSheet(Schema):
    """Who is in a file of a roster, and was not told of it yet."""

    occasion = fields.String(metadata={"description": "to which it is recorded that somebody spoke to them"})
    found = fields.Integer()
    people = fields.List(fields.Nested(MemberSheet), metadata={"description": "the first two hundred"})


class PreviewSheet(Schema):
    inside = fields.Integer()
    unreached = fields.Integer(
        metadata={"description": "inside, but with no contact point on a channel they agreed to"}
    )
    through = fields.Integer(metadata={"description": "inside, without one, and asked through a relative"})
    outside = fields.Dict(keys=fields.String(), values=fields.Integer())
    countries = fields.Dict(keys=fields.String(), values=fields.Integer())
    communes = fields.Dict(keys=fields.String(), values=fields.Integer())
    ages = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "by the year of birth"})
    channels = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "how many may be contacted by which"},
    )
    digest = fields.String(metadata={"description": "what an approval binds"})


class RosterSheet(Schema):
    """A roster for an emergency that an approver approved."""

    code = fields.String()
    title = fields.String()
    channels = fields.List(fields.String())
    fields_ = fields.List(fields.String(), data_key="fields", attribute="fields")
    filter = fields.Dict()
    explained = explained()
    occasion = fields.Nested(OccasionSheet)
    waits = fields.Boolean(metadata={"description": "whether the protection officer has to approve it too"})
    published = fields.Boolean()
    preview = fields.Nested(PreviewSheet, allow_none=True)
    untold = fields.Integer(metadata={"description": "how many are in a file, and were not told yet"})

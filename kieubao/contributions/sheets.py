"""Contributions, and whom a call suits, as sheets show them."""

from marshmallow import Schema, fields


class StateSheet(Schema):
    """How a contribution stood since a day."""

    version = fields.Integer()
    kind = fields.String()
    stage = fields.String()
    stands_since = fields.Date()
    project = fields.String()
    worth = fields.Integer(metadata={"description": "in millions of đồng"})
    unit = fields.String(metadata={"description": "the key of the unit it goes to"})
    remark = fields.String(attribute="note")
    at = fields.AwareDateTime()
    account = fields.String()


class GivenSheet(StateSheet):
    """A contribution of somebody."""

    code = fields.String()
    occasion = fields.String(metadata={"description": "what it came of"})
    title = fields.String(metadata={"description": "what that occasion is called"})


class ContributionSheet(GivenSheet):
    person = fields.String(metadata={"description": "the code of the person"})
    name = fields.String()


class FollowedSheet(ContributionSheet):
    """A contribution, and all that was known of it before."""

    earlier = fields.List(fields.Nested(StateSheet), metadata={"description": "the latest first"})


class TotalSheet(Schema):
    kind = fields.String()
    stage = fields.String()
    contributions = fields.Integer()
    worth = fields.Integer(metadata={"description": "in millions of đồng"})


class ContributionsSheet(Schema):
    """Contributions of people within scope."""

    totals = fields.List(fields.Nested(TotalSheet))
    contributions = fields.List(
        fields.Nested(ContributionSheet), metadata={"description": "the first thousand, what was written last first"}
    )


class SuitedSheet(Schema):
    """Somebody who may be contacted for investment, and why to ask them."""

    person = fields.String()
    name = fields.String()
    country = fields.String()
    city = fields.String()
    reasons = fields.List(fields.String(), metadata={"description": "the weightiest first"})
    weight = fields.Integer()


class SuitsSheet(Schema):
    """Whom a call suits, the best first."""

    found = fields.Integer(metadata={"description": "how many it suits; the first hundred are given"})
    suited = fields.List(fields.Nested(SuitedSheet))

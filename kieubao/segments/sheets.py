"""Segments as sheets show them."""

from marshmallow import Schema, fields

from kieubao.outreach.sheets import explained


class CountsSheet(Schema):
    """How many a filter names, whether or not they agreed to anything."""

    people = fields.Integer()
    kinds = fields.Dict(keys=fields.String(), values=fields.Integer())
    countries = fields.Dict(keys=fields.String(), values=fields.Integer())
    communes = fields.Dict(keys=fields.String(), values=fields.Integer())
    ages = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "by the year of birth"})
    purposes = fields.Dict(
        keys=fields.String(),
        values=fields.Integer(),
        metadata={"description": "how many of them may be contacted for a purpose, by whichever channel"},
    )
    explained = explained()


class SegmentSheet(Schema):
    """A saved filter."""

    code = fields.String()
    version = fields.Integer()
    title = fields.String()
    filter = fields.Dict()
    explained = explained()
    scope = fields.List(fields.String())
    lists = fields.List(fields.String(), metadata={"description": "the lists that are made of it"})

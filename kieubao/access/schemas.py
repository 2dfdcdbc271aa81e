"""Accounts and tokens as forms give them and sheets show them."""

from typing import Any

from marshmallow import Schema, fields, post_load

from kieubao.access.roles import NEVER_BY_TOKEN, Permission
from kieubao.forms import Form, Many, Value, Whole, choice


class TokenForm(Form):
    name = Value(longest=80, required=True)
    days = Whole(1, 90, load_default=30)
    permissions = Many(choice(sorted(set(Permission) - NEVER_BY_TOKEN)))

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        return {**data, "permissions": [Permission(name) for name in data.get("permissions", ())]}


class TokenSheet(Schema):
    id = fields.Integer()
    name = fields.String()
    permissions = fields.List(fields.String())
    expires_at = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime()


class MeSheet(Schema):
    username = fields.String()
    name = fields.String()
    role = fields.String()
    organisation = fields.String()
    units = fields.List(fields.String())
    permissions = fields.List(fields.String())
    tokens = fields.List(fields.Nested(TokenSheet))


class OrganisationSheet(Schema):
    code = fields.String()
    name = fields.String()


class FaultSheet(Schema):
    kind = fields.String(metadata={"description": "what was done"})
    first = fields.Integer(metadata={"description": "the first entry it may have been done to"})
    last = fields.Integer()
    where = fields.String(metadata={"description": "what tells of it: entry, head, root or witness"})


class VerdictSheet(Schema):
    entries = fields.Integer()
    head = fields.String()
    vouched = fields.Integer(metadata={"description": "the last entry that a root vouches for"})
    whole = fields.Boolean()
    broken_at = fields.Integer()
    faults = fields.List(fields.Nested(FaultSheet))

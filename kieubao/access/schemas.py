"""Accounts and tokens as forms give them and sheets show them."""

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load

from kieubao.access.changes import Kind
from kieubao.access.roles import ASSIGNABLE, NEVER_BY_TOKEN, Permission
from kieubao.forms import Form, Many, Value, Whole, choice
from kieubao.ground.errors import _


class TokenForm(Form):
    name = Value(longest=80, required=True)
    days = Whole(1, 90, load_default=30)
    permissions = Many(choice(sorted(set(Permission) - NEVER_BY_TOKEN - {Permission.SESSION_OPEN})), required=True)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        return {**data, "permissions": [Permission(name) for name in data["permissions"]]}


class OpeningForm(Form):
    username = Value(longest=60, required=True)
    holder = Value(longest=120, required=True)
    role = choice(sorted(ASSIGNABLE), required=True)
    organisation = Value(required=True)
    units = Many(Value(longest=5), load_default=list)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        return {"name": data.pop("holder"), **data}


class ChangeForm(Form):
    """A change of an account that is there: of its role or scope, or so that its holder joins anew."""

    kind = choice([kind.value for kind in Kind if kind is not Kind.OPEN], required=True)
    role = choice(sorted(ASSIGNABLE))
    units = Many(Value(longest=5), load_default=list)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        needed = {Kind.ROLE: ("role",), Kind.SCOPE: ("units",)}.get(Kind(data["kind"]), ())
        if not {*needed} <= {*data}:
            raise ValidationError({"role": [_("Fill this in or choose")]})
        return {"kind": Kind(data["kind"]), "details": {name: data[name] for name in needed}}


class DecisionForm(Form):
    change = Whole(1, 10**9, required=True)
    decision = choice(("confirm", "refuse"), required=True)


class TokenSheet(Schema):
    id = fields.Integer()
    name = fields.String()
    permissions = fields.List(fields.String())
    expires_at = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime()


class SessionSheet(Schema):
    id = fields.Integer()
    device = fields.String()
    opened_at = fields.AwareDateTime()
    seen_at = fields.AwareDateTime()
    is_this = fields.Boolean()


class MeSheet(Schema):
    username = fields.String()
    name = fields.String()
    role = fields.String()
    organisation = fields.String()
    units = fields.List(fields.String())
    permissions = fields.List(fields.String())
    tokens = fields.List(fields.Nested(TokenSheet))
    sessions = fields.List(fields.Nested(SessionSheet))


class OrganisationSheet(Schema):
    code = fields.String()
    name = fields.String()

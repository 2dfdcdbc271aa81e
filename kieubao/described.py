"""What the API says of itself: every answer an address may give, what may be absent, and how a code is written."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from marshmallow import Schema, fields

CODE: Final = "[A-Za-z]{2}[^/]{9,}"
_ALWAYS: Final = (400, 401, 403, 404, 422, 429, 503)
_TAKING: Final = (409, 412, 413, 415, 428)
_TOLD: Final[Mapping[HTTPStatus, tuple[str, dict[str, str]]]] = {
    HTTPStatus.UNAUTHORIZED: ("WWW-Authenticate", {"type": "string"}),
    HTTPStatus.TOO_MANY_REQUESTS: ("Retry-After", {"type": "integer", "description": "in how many seconds"}),
}


class Problem(Schema):
    """RFC 9457, with the fields that were wrong; for a stale version both versions, for a double who it may be."""

    type = fields.String(metadata={"description": "urn:kieubao:problem:…"})
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    theirs = fields.Dict()
    yours = fields.Dict()
    people = fields.List(fields.Dict(), metadata={"description": "who may be meant, and why; for alike"})


class JobSheet(Schema):
    """A piece of long work."""

    code = fields.String()
    kind = fields.String()
    state = fields.String(metadata={"description": "waiting, running, stopped, done or failed"})
    halting = fields.Boolean(metadata={"description": "it was asked to stop, and does as soon as it can"})
    done = fields.Integer(metadata={"description": "how much is done"})
    of = fields.Integer(metadata={"description": "of how much, where that is known"})
    a_second = fields.Integer(metadata={"description": "how much a second"})
    seconds_left = fields.Integer()
    result = fields.Dict(metadata={"description": "what came of it; docs/jobs.md says what, by its kind"})
    fault = fields.String(metadata={"description": "the code of what was wrong"})
    asked_at = fields.AwareDateTime()
    begun_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime()


def problems(method: str) -> dict[int, list[str]]:
    """Return the problems a request may be answered with, by status, as the description names them."""
    statuses = _ALWAYS if method == "get" else (*_ALWAYS, *_TAKING)
    return {status: [HTTPStatus(status).name] for status in sorted(statuses)}


def headers(responses: Mapping[str, dict[str, Any]]) -> None:
    """Have the problems that say what to do next be described with the header that says it."""
    for status, (name, schema) in _TOLD.items():
        responses[status.name]["headers"] = {name: {"required": True, "schema": schema}}


def absent(_converter: Any, field: Any, ret: dict[str, Any]) -> dict[str, Any]:
    """Say of what a sheet shows that it may be absent: a record is seldom whole."""
    if not type(field.parent).__name__.endswith("Sheet"):
        return {}
    if "$ref" in ret:
        return {"anyOf": [{"$ref": ret.pop("$ref")}, {"type": "null"}]}
    return {"type": [ret["type"], "null"]} if isinstance(ret.get("type"), str) else {}


def code(_converter: Any) -> dict[str, str]:
    return {"type": "string", "pattern": f"^{CODE}$"}

"""The wire: blueprints with an OpenAPI description, versions in ETags, cursors, and one way to fail.

An error is an RFC 9457 problem under /api and a page elsewhere, in the caller's language.
"""

import base64
import binascii
import json
import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import flask
import flask_smorest
import flask_swagger_ui
from flask import Flask, Response, current_app, jsonify, render_template, request, session
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue
from flask_babel import Babel, gettext
from marshmallow import Schema, ValidationError, fields
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter
from werkzeug.routing import ValidationError as RoutingError

from kieubao.forms import flat, told
from kieubao.ground import codes
from kieubao.ground.errors import (
    Conflict,
    Forbidden,
    Invalid,
    KieubaoError,
    NotFound,
    SignInNeeded,
    Stale,
    Unrecorded,
    VersionNeeded,
    _,
)

F = TypeVar("F", bound=Callable[..., Any])
LANGUAGES = ("vi", "en")
STATUS: dict[type[KieubaoError], int] = {
    SignInNeeded: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    Invalid: 422,
    VersionNeeded: 428,
    Unrecorded: 503,
}
_SWAGGER = str(Path(flask_swagger_ui.__file__).parent / "dist")
_PROBLEM = "application/problem+json"
_log = logging.getLogger("kieubao")


class Problem(Schema):
    """RFC 9457, with the fields that were wrong and, for a stale version, both versions."""

    type = fields.String(metadata={"description": "urn:kieubao:problem:…"})
    title = fields.String()
    status = fields.Integer()
    detail = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    theirs = fields.Dict()
    yours = fields.Dict()


class Code(BaseConverter):
    """A public code in an address, however it was typed; one that is wrong names nothing."""

    def to_python(self, value: str) -> str:
        try:
            return codes.read(value, value[:2].upper())
        except Invalid as error:
            raise RoutingError from error


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """flask-smorest's blueprint; its decorators are untyped, so their types are told here."""

    if TYPE_CHECKING:

        def __init__(self, name: str, import_name: str, *, description: str) -> None: ...
        def get(self, rule: str) -> Callable[[F], F]: ...
        def post(self, rule: str) -> Callable[[F], F]: ...
        def put(self, rule: str) -> Callable[[F], F]: ...
        def patch(self, rule: str) -> Callable[[F], F]: ...
        def delete(self, rule: str) -> Callable[[F], F]: ...
        def arguments(self, schema: Schema | type[Schema], *, location: str = "json") -> Callable[[F], F]: ...
        def response(
            self, status_code: int, schema: Schema | type[Schema] | dict[str, str] | None = None, **options: str
        ) -> Callable[[F], F]: ...


class Api(flask_smorest.Api):  # type: ignore[misc]
    ERROR_SCHEMA = Problem

    def _register_responses(self) -> None:
        """Describe every error as the media type it has."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = _PROBLEM
        super()._register_responses()
        del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def _register_error_handlers(self) -> None:
        """Leave errors to `init_app`, which serves pages too."""


_DOCUMENTED: dict[str, Any] = {
    "API_TITLE": "kieubao",
    "API_VERSION": "v1",
    "OPENAPI_VERSION": "3.1.0",
    "OPENAPI_URL_PREFIX": "/api",
    "OPENAPI_JSON_PATH": "openapi.json",
    "API_SPEC_OPTIONS": {
        "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
        "security": [{"token": []}],
    },
}
docs = flask.Blueprint("docs", __name__, url_prefix="/api/docs", static_folder=_SWAGGER, static_url_path="/swagger")


@docs.get("")
def show_docs() -> str:
    """Show the description of the API, every byte of it from this server."""
    return render_template("docs.html")


def init_app(app: Flask) -> None:
    app.config.from_mapping(_DOCUMENTED)
    app.json = DefaultJSONProvider(app)
    app.json.ensure_ascii, app.json.sort_keys = False, False
    app.register_blueprint(docs)
    app.url_map.converters["code"] = Code
    Babel(app, locale_selector=language, default_timezone="Asia/Ho_Chi_Minh")
    app.register_error_handler(KieubaoError, _failed)
    app.register_error_handler(StaleDataError, _overtaken)
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _crashed)
    app.after_request(_guard)
    app.add_template_global(language)


def language() -> str:
    """Return the language to answer in: a page's own choice, a program's Accept-Language, else the office's."""
    default = str(current_app.config["DEFAULT_LANGUAGE"])
    if not request:
        return default
    if is_api():
        return request.accept_languages.best_match(LANGUAGES) or default
    return str(session.get("language", default))


def is_api() -> bool:
    return request.path.startswith("/api/")


def expected_version() -> int:
    """Return the version that If-Match names; raise VersionNeeded where it names none."""
    tags = request.if_match.as_set()
    if len(tags) != 1 or not (tag := tags.pop()).isdigit():
        raise VersionNeeded(_("Send If-Match with the ETag of the version you read"))
    return int(tag)


def versioned(sheet: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, str]]:
    """Answer a sheet with its version as the ETag."""
    return sheet, {"ETag": f'"{sheet["version"]}"'}


def plain(body: Mapping[str, Any]) -> Response:
    """Answer rows as they are; marshmallow would cost more than the query."""
    return jsonify(body)


def as_cursor(place: Any) -> str | None:
    """Return a place in a list as opaque text."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode() if place else None


def read_cursor(text: str) -> Any:
    """Return the place a cursor names; raise Invalid for anything this service did not write."""
    try:
        place = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, binascii.Error) as error:
        raise Invalid(_("Take the cursor as it was given, from the field “more”")) from error
    if not isinstance(place, list):
        raise Invalid(_("Take the cursor as it was given, from the field “more”"))
    return place


def _failed(error: KieubaoError) -> ResponseReturnValue:
    status = next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)
    more: dict[str, Any] = {}
    if isinstance(error, Invalid) and error.field:
        more["errors"] = {error.field: [told(error)]}
    if isinstance(error, Stale):
        more |= {"theirs": error.theirs, "yours": error.yours}
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    return _answer(status, error.code, told(error), headers, more)


def _overtaken(error: StaleDataError) -> ResponseReturnValue:
    return _answer(412, Stale.code, gettext("Somebody changed this in the meantime"))


def _invalid(error: ValidationError) -> ResponseReturnValue:
    return _answer(
        422, Invalid.code, gettext("Some values are not right"), more={"errors": flat(error.messages_dict)}
    )


def _refused(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.get_response()
    status = error.code or 500
    found = getattr(error, "data", {}).get("messages", {})
    more = {"errors": {k: v for part in found.values() for k, v in flat(part).items()}} if found else None
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return _answer(status, Invalid.code if found else f"http-{status}", _SAID.get(status, error.name), headers, more)


def _crashed(error: Exception) -> ResponseReturnValue:
    """Say nothing of what went wrong to the asker; the trail and the log have it."""
    _log.error("unexpected %s in %s", type(error).__name__, request.endpoint, exc_info=error)
    return _answer(500, "failed", gettext("Something went wrong here; it was recorded"))


_SAID = {404: _("There is nothing here"), 422: _("Some values are not right"), 429: _("Too many tries; wait a little")}


def _answer(
    status: int, code: str, detail: str, headers: Mapping[str, str] | None = None, more: Mapping[str, Any] | None = None
) -> ResponseReturnValue:
    problem = {
        "type": f"urn:kieubao:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": gettext(detail),
        **(more or {}),
    }
    if is_api():
        answer = jsonify(problem)
        answer.mimetype = _PROBLEM
        return answer, status, dict(headers or {})
    return render_template("error.html", **problem), status, dict(headers or {})


_HEADERS: dict[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
    " font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def _guard(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static" or (request.endpoint or "").endswith(".static"):
        response.headers["Cache-Control"] = "public, max-age=3600"
    return response

"""The wire: blueprints with an OpenAPI description, versions in ETags, cursors and languages."""

import base64
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import flask
import flask_smorest
import flask_swagger_ui
from flask import Flask, Request, Response, current_app, g, jsonify, render_template, request, session
from flask_babel import Babel, force_locale
from marshmallow import Schema
from webargs.flaskparser import FlaskParser
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest
from werkzeug.routing import BaseConverter, IntegerConverter
from werkzeug.routing import ValidationError as RoutingError

from kieubao import described
from kieubao.db import keyring
from kieubao.ground import codes
from kieubao.ground.ciphers import WrongKey
from kieubao.ground.errors import (
    ConfirmNeeded,
    Conflict,
    Forbidden,
    Invalid,
    KieubaoError,
    Misdirected,
    NotFound,
    SignInNeeded,
    SignInRefused,
    Stale,
    TooMany,
    Unrecorded,
    VersionNeeded,
    _,
)

if TYPE_CHECKING:
    from flask.json.provider import DefaultJSONProvider

F = TypeVar("F", bound=Callable[..., Any])
LANGUAGES = ("vi", "en")
STATUS: dict[type[KieubaoError], int] = {
    SignInNeeded: 401,
    ConfirmNeeded: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    Stale: 412,
    Misdirected: 421,
    Invalid: 422,
    SignInRefused: 422,
    VersionNeeded: 428,
    TooMany: 429,
    Unrecorded: 503,
}
_VERSION = re.compile("[0-9]{1,9}")
_SWAGGER = str(Path(flask_swagger_ui.__file__).parent / "dist")
PROBLEM = "application/problem+json"
# A browser drops a cookie of more than 4096 bytes.
_AWAY = 2_000


class Code(BaseConverter):
    """A public code in an address, however it was typed; one that is wrong names nothing."""

    regex = described.CODE

    def to_python(self, value: str) -> str:
        try:
            return codes.read(value, value[:2].upper())
        except Invalid as error:
            raise RoutingError from error


class Number(IntegerConverter):
    """A row's number in an address: no more digits than a row can have."""

    regex = "[0-9]{1,18}"


class Parser(FlaskParser):
    """What reads arguments: a body is JSON or refused, and what a form does not have is refused in queries too."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {  # noqa: RUF012 - webargs' own way
        **FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION,
        "query": "raise",
    }

    def _raw_load_json(self, req: Request) -> Any:
        try:
            return req.get_json()
        except RecursionError as error:
            raise BadRequest from error


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """flask-smorest's blueprint; its decorators are untyped, so their types are told here."""

    ARGUMENTS_PARSER = Parser()

    @staticmethod
    def _prepare_response_doc(doc: Any, doc_info: dict[str, Any], *, method: str, **options: Any) -> Any:
        doc_info.setdefault("response", {}).setdefault("responses", {}).update(described.problems(method))
        prepare = flask_smorest.Blueprint._prepare_response_doc  # noqa: SLF001 - flask-smorest's own way
        return prepare(doc, doc_info, method=method, **options)

    def arguments(self, schema: Schema | type[Schema], *, location: str = "json") -> Callable[[F], F]:
        """Take what is sent by a form, which is made here and not with every request."""
        form = schema() if isinstance(schema, type) else schema
        return cast("Callable[[F], F]", super().arguments(form, location=location))

    if TYPE_CHECKING:

        def __init__(self, name: str, import_name: str, *, description: str) -> None: ...
        def get(self, rule: str) -> Callable[[F], F]: ...
        def post(self, rule: str) -> Callable[[F], F]: ...
        def put(self, rule: str) -> Callable[[F], F]: ...
        def patch(self, rule: str) -> Callable[[F], F]: ...
        def delete(self, rule: str) -> Callable[[F], F]: ...
        def response(
            self, status_code: int, schema: Schema | type[Schema] | dict[str, str] | None = None, **options: str
        ) -> Callable[[F], F]: ...


class Api(flask_smorest.Api):  # type: ignore[misc]
    ERROR_SCHEMA = described.Problem
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _init_spec(self, **options: Any) -> None:
        super()._init_spec(**options)
        self.ma_plugin.converter.add_attribute_function(described.absent)
        self.register_converter(Code, described.code)

    def _register_responses(self) -> None:
        """Describe every error as the media type it has."""
        self.DEFAULT_RESPONSE_CONTENT_TYPE = PROBLEM
        super()._register_responses()
        described.headers(self.spec.components.responses_lazy)
        del self.DEFAULT_RESPONSE_CONTENT_TYPE

    def _register_error_handlers(self) -> None:
        """Leave errors to `problems`, which serves pages too."""


_SETTINGS: dict[str, Any] = {
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
    app.config.from_mapping(_SETTINGS)
    provider = cast("DefaultJSONProvider", app.json)
    provider.ensure_ascii, provider.sort_keys = False, False
    app.register_blueprint(docs)
    app.url_map.converters |= {"code": Code, "int": Number}
    Babel(app, locale_selector=language, default_timezone="Asia/Ho_Chi_Minh")
    app.add_template_global(language)


def language() -> str:
    """Return the language to answer in: a page's own choice, a program's Accept-Language, else the office's."""
    if chosen := g.get("speaking"):
        return str(chosen)
    default = str(current_app.config["DEFAULT_LANGUAGE"])
    if not request:
        return default
    if is_api():
        return request.accept_languages.best_match(LANGUAGES) or default
    return str(session.get("language", default))


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Have what is said be in one language, whoever asks."""
    g.speaking = chosen
    try:
        with force_locale(chosen):
            yield
    finally:
        del g.speaking


def is_api() -> bool:
    return request.path.startswith("/api/")


def expected_version() -> int:
    """Return the version that If-Match names; raise VersionNeeded where it names none."""
    tags = request.if_match.as_set()
    if len(tags) != 1 or not _VERSION.fullmatch(tag := tags.pop()):
        raise VersionNeeded(_("Send If-Match with the ETag of the version you read"))
    return int(tag)


def status_of(error: KieubaoError) -> int:
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def versioned(sheet: Mapping[str, Any]) -> tuple[Mapping[str, Any], dict[str, str]]:
    """Answer a sheet with its version as the ETag."""
    return sheet, {"ETag": f'"{sheet["version"]}"'}


def plain(body: Mapping[str, Any]) -> Response:
    """Answer rows as they are; marshmallow would cost more than the query."""
    return jsonify(body)


def sent_file() -> FileStorage | None:
    """Return the file that a program sent; raise Invalid for anything beside it."""
    if request.form:
        raise Invalid(_("Send a file and nothing else"), field="file")
    return request.files.get("file")


def site() -> str:
    """Return the address by which this service is known to everybody."""
    return str(current_app.config["ORIGIN"])


def put_away(name: str, value: Any) -> bool:
    """Keep a value in the reader's session, sealed: nobody reads it out of the cookie.

    Return False where it is more than a browser keeps: then nothing is.
    """
    if len((told := json.dumps(value, ensure_ascii=False)).encode()) > _AWAY:
        session.pop(name, None)
        return False
    session[name] = base64.b64encode(keyring().seal(told, f"session.{name}")).decode()
    return True


def taken_back(name: str) -> Any | None:
    """Return what was put away; None where nothing was, or its key is gone."""
    with suppress(KeyError, WrongKey):
        return json.loads(keyring().open(base64.b64decode(session[name]), f"session.{name}"))
    return None


def as_cursor(place: Any) -> str | None:
    """Return a place in a list as text that nobody else reads or writes: it has people's numbers."""
    return base64.urlsafe_b64encode(keyring().seal(json.dumps(place), "cursor")).decode() if place else None


def read_cursor(text: str) -> Any:
    """Return the place a cursor names; raise Invalid for anything this service did not write."""
    try:
        return json.loads(keyring().open(base64.urlsafe_b64decode(text.encode()), "cursor"))
    except (ValueError, WrongKey) as error:
        raise Invalid(_("Take the cursor as it was given, from the field “more”")) from error

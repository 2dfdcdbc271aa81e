"""One way to fail: an RFC 9457 problem under /api and a page elsewhere, in the caller's language."""

import json
import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, current_app, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import ValidationError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from kieubao.forms import flat, told
from kieubao.ground.canon import canonical
from kieubao.ground.errors import Alike, Invalid, KieubaoError, Stale, TooMany, Unrecorded, _
from kieubao.http import PROBLEM, is_api, status_of
from kieubao.journal import kind_and_place

_log = logging.getLogger("kieubao")


def init_app(app: Flask) -> None:
    app.register_error_handler(KieubaoError, _failed)
    app.register_error_handler(Unrecorded, _unrecorded)
    app.register_error_handler(OperationalError, _unreachable)
    app.register_error_handler(ValidationError, _invalid)
    app.register_error_handler(HTTPException, _refused)
    app.register_error_handler(Exception, _crashed)


def _failed(error: KieubaoError) -> ResponseReturnValue:
    status = status_of(error)
    more: dict[str, Any] = {}
    if isinstance(error, Invalid) and error.field:
        more["errors"] = {error.field: [told(error)]}
    if isinstance(error, Stale):
        more |= json.loads(canonical({"theirs": error.theirs, "yours": error.yours}))
    if isinstance(error, Alike):
        more["people"] = error.people
    headers = {"WWW-Authenticate": "Bearer"} if status == HTTPStatus.UNAUTHORIZED else {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.wait)
    return _answer(status, error.code, told(error), headers, more)


def _unrecorded(error: Unrecorded) -> ResponseReturnValue:
    _told("unrecorded", error)
    return _failed(error)


def _unreachable(error: OperationalError) -> ResponseReturnValue:
    """Answer as where the trail cannot be written: the database is away, or busy for too long."""
    _told("unreachable", error)
    return _failed(Unrecorded(_("This could not be recorded, so it was not done. Try again in a moment")))


def _invalid(error: ValidationError) -> ResponseReturnValue:
    return _answer(422, Invalid.code, gettext("Some values are not right"), more={"errors": flat(error.messages_dict)})


def _refused(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:
        return error.get_response()
    if isinstance(error, MethodNotAllowed) and _is_nowhere(error):
        error = NotFound()
    status = error.code or 500
    found = getattr(error, "data", {}).get("messages", {})
    more = {"errors": {k: v for part in found.values() for k, v in flat(part).items()}} if found else None
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    return _answer(status, Invalid.code if found else f"http-{status}", _SAID.get(status, error.name), headers, more)


def _is_nowhere(error: MethodNotAllowed) -> bool:
    """Tell whether nothing stands at an address by any method: its code is none, which is asked after the method."""
    place = current_app.create_url_adapter(request)
    return place is None or not any(place.test(request.path, method) for method in error.valid_methods or ())


def _crashed(error: Exception) -> ResponseReturnValue:
    """Say nothing of what went wrong to the asker, and no more than where to the log: a message may hold values."""
    _told("unexpected", error)
    return _answer(500, "failed", gettext("Something went wrong here; it was recorded"))


def _told(event: str, error: Exception) -> None:
    _log.error(event, extra={"told": {"endpoint": request.endpoint, **kind_and_place(error)}})


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
        answer.mimetype = PROBLEM
        return answer, status, dict(headers or {})
    return _page(problem), status, dict(headers or {})


def _page(problem: Mapping[str, Any]) -> str:
    told = {**problem, "request_id": g.request_id}
    if problem["status"] == HTTPStatus.SERVICE_UNAVAILABLE:
        # The database may be away, so this page does not ask it who is reading.
        return current_app.jinja_env.get_template("error.html").render(told, reader=None)
    return render_template("error.html", **told)

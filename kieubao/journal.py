"""The service's own log: one JSON object a line, and nothing of a person in any of them.

A request is told by its rule, never by its path, query, body or headers; an error by its kind and place. What a
library logs is told by the words in its code, never by what was put into them.
"""

import json
import logging
import sys
import time
from logging.config import dictConfig
from traceback import extract_tb
from types import TracebackType
from typing import Any
from uuid import uuid4

from flask import Flask, Response, g, has_request_context, request

from kieubao.ground import clock

_log = logging.getLogger("kieubao.request")


class Journal(logging.Formatter):
    """Writes a record down without its values."""

    def format(self, record: logging.LogRecord) -> str:
        told = {"at": clock.now().isoformat(timespec="milliseconds"), "level": record.levelname, "log": record.name}
        if record.name.split(".")[0] == "kieubao":
            told["event"] = record.getMessage()
        else:
            # Words without places may have been put together before they came here.
            told |= {"event": str(record.msg) if record.args else "", "place": f"{record.module}:{record.lineno}"}
        if has_request_context() and "request_id" in g:
            told["request"] = g.request_id
        if record.exc_info and record.exc_info[1]:
            told |= kind_and_place(record.exc_info[1])
        return json.dumps({**told, **getattr(record, "told", {})}, ensure_ascii=False)


def kind_and_place(error: BaseException) -> dict[str, Any]:
    """Return what kind of error it is, what kind it came from, and where; never its message."""
    cause = error.__cause__
    kinds = [type(one).__name__ for one in (error, cause) if one]
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
    return {"error": " from ".join(kinds), "trace": frames}


def begin() -> None:
    """Have everything this process logs, and every error nobody catches, go through the journal to stderr."""
    dictConfig(_CONFIG)
    logging.captureWarnings(capture=True)
    sys.excepthook = _uncaught


def init_app(app: Flask) -> None:
    """Give every request a number and tell of it. Its hooks enclose those that are registered after."""
    logging.getLogger("sqlalchemy.engine.Engine").addFilter(_no_rows)
    app.before_request(_number)
    app.after_request(_tell)


def _number() -> None:
    g.request_id, g.begun = uuid4().hex, time.monotonic()


def _tell(response: Response) -> Response:
    actor = g.get("actor")
    told = {
        "method": request.method,
        "rule": request.url_rule.rule if request.url_rule else None,
        "status": response.status_code,
        "ms": round((time.monotonic() - g.begun) * 1000),
        "actor": actor.id if actor else None,
        "role": actor.role if actor else None,
    }
    _log.info("request", extra={"told": told})
    response.headers["X-Request-Id"] = g.request_id
    return response


def _no_rows(record: logging.LogRecord) -> bool:
    """Keep rows out of every log: at DEBUG, SQLAlchemy writes down what it fetched."""
    return record.levelno > logging.DEBUG


def _uncaught(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    logging.getLogger("kieubao").critical("uncaught", extra={"told": kind_and_place(error)})


_CONFIG: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"journal": {"()": Journal}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "journal"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "kieubao": {"level": "INFO"},
        # Gunicorn's own handlers would write addresses and messages of errors.
        "gunicorn.error": {"handlers": [], "propagate": True},
        "gunicorn.access": {"handlers": ["nowhere"], "propagate": False},
    },
}

"""The floor of `bench.http`: whatever SQL is sent, asked of the raw driver, as JSON. For a bench on loopback alone."""

import json
import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

_HERE = threading.local()
_NAMES = ("id", "code", "name", "born", "country", "commune", "home_text")


def _rows(statement: str) -> list[tuple[Any, ...]]:
    if not hasattr(_HERE, "connection"):
        where = os.environ["BENCH_RAW"]
        _HERE.connection = psycopg.connect(where) if "://" in where else sqlite3.connect(where)
    return _HERE.connection.execute(statement).fetchall()  # type: ignore[no-any-return]


def app(environ: dict[str, Any], start: Callable[..., object]) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] != "POST":
        start("404 Not Found", [("Content-Length", "0")])
        return [b""]
    asked = json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
    people = [dict(zip(_NAMES, row, strict=True)) for row in _rows(asked["sql"])]
    answer = json.dumps({"people": people}, ensure_ascii=False).encode()
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(answer)))])
    return [answer]

"""The floor of `bench.http`: a Flask view asks the raw driver whatever SQL is sent. For loopback alone."""

import json
import os
import sqlite3
import threading
from typing import Any

import psycopg
from flask import Flask, Response, request

_HERE = threading.local()
_NAMES = ("id", "code", "name", "born", "country", "commune", "home_text")
app = Flask(__name__)


@app.post("/")
def search() -> Response:
    people = [dict(zip(_NAMES, row, strict=True)) for row in _rows(request.get_json()["sql"])]
    return Response(json.dumps({"people": people}, ensure_ascii=False), mimetype="application/json")


def _rows(statement: str) -> list[tuple[Any, ...]]:
    if not hasattr(_HERE, "connection"):
        where = os.environ["BENCH_RAW"]
        _HERE.connection = psycopg.connect(where) if "://" in where else sqlite3.connect(where)
    return _HERE.connection.execute(statement).fetchall()  # type: ignore[no-any-return]

"""The service's own log: a line a request, and of every other line what its code says and not what was put into it."""

import io
import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

from kieubao import journal
from kieubao.people import service
from tests import factories

ROOT = Path(__file__).parents[1]
NAME = "Đặng Thị Hòa"


@pytest.fixture
def written():
    """What the journal wrote, as objects."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(journal.Journal())
    root, ours = logging.getLogger(), logging.getLogger("kieubao")
    root.addHandler(handler)
    ours.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    ours.setLevel(logging.NOTSET)
    root.removeHandler(handler)


def test_a_request_is_one_line_that_names_the_rule_and_who_asked(client, cast, written):
    person = factories.person(NAME)
    headers = factories.bearer(cast["clerk"])
    answer = client.get(f"/api/v1/persons/{person.code}?x={NAME}", headers=headers)
    (told,) = written()
    assert told.pop("at").endswith("+00:00")
    assert told.pop("ms") >= 0
    assert told == {
        "level": "INFO",
        "log": "kieubao.request",
        "event": "request",
        "request": answer.headers["X-Request-Id"],
        "method": "GET",
        "rule": "/api/v1/persons/<code:code>",
        "status": 200,
        "actor": cast["clerk"].id,
        "role": "clerk",
    }
    assert person.code not in str(told)


def test_what_leads_nowhere_is_told_without_its_address(client, written):
    answer = client.get(f"/{NAME}")
    told = written()[-1]
    assert (told["rule"], told["status"], told["actor"]) == (None, 404, None)
    assert NAME not in json.dumps(told, ensure_ascii=False)
    assert len(answer.headers["X-Request-Id"]) == 32


def test_a_request_has_a_number_of_its_own_whatever_it_brings(client):
    numbers = {
        client.get("/sign-in", headers={"X-Request-Id": NAME.encode().hex()}).headers["X-Request-Id"] for _ in "ab"
    }
    assert len(numbers) == 2
    assert NAME.encode().hex() not in numbers


def test_an_error_page_shows_the_number(client, written):
    answer = client.get("/no/such")
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_crash_is_told_by_its_kinds_and_place(app, client, cast, written, monkeypatch):
    def crash(*_args, **_options):
        try:
            int(NAME)
        except ValueError as error:
            raise LookupError(NAME) from error

    monkeypatch.setattr(service, "read", crash)
    app.testing = False
    answer = client.get("/api/v1/persons/KB-7F3Q-9XKC-2", headers=factories.bearer(cast["clerk"]))
    told = written()[0]
    assert (told["error"], told["endpoint"]) == ("LookupError from ValueError", "persons.read")
    assert told["trace"][-1].endswith(" crash")
    assert told["request"] == answer.headers["X-Request-Id"]
    assert NAME not in json.dumps(written(), ensure_ascii=False)


def test_of_a_librarys_line_only_its_own_words_are_told(written):
    library = logging.getLogger("gunicorn.error.like")
    library.warning("Error handling request %s", f"/persons/{NAME}")
    library.warning(f"Invalid request line: {NAME}")
    library.warning(ValueError(NAME))
    try:
        int(NAME)
    except ValueError:
        library.exception("in %s", NAME)
    assert [one["event"] for one in written()] == ["Error handling request %s", "", "", "in %s"]
    assert all(one["place"].startswith("test_journal:") for one in written())
    assert written()[-1]["error"] == "ValueError"
    assert NAME not in json.dumps(written(), ensure_ascii=False)


def test_a_process_that_has_begun_writes_nothing_else(tmp_path):
    """Warnings, errors nobody catches and gunicorn's own lines, in a process of its own."""
    program = f"""
import logging, warnings
from kieubao import journal
logging.getLogger("gunicorn.error").addHandler(logging.StreamHandler())
journal.begin()
logging.getLogger("gunicorn.error").error("Error handling request %s", {NAME!r})
logging.getLogger("gunicorn.access").critical({NAME!r})
warnings.warn({NAME!r})
raise ValueError({NAME!r})
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert (ran.returncode, ran.stdout) == (1, "")
    assert [(one["log"], one.get("error")) for one in lines] == [
        ("gunicorn.error", None),
        ("py.warnings", None),
        ("kieubao", "ValueError"),
    ]
    assert NAME not in json.dumps(lines, ensure_ascii=False)

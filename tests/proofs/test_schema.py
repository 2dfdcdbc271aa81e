"""Schemathesis, all its checks, with a token of every role, over the wire: what the API says of itself is so.

`pytest -s tests/proofs/test_schema.py` tells how many requests that was, and how they were answered.
"""

import re
import sys
import threading
from collections import Counter

import pytest
import schemathesis
from flask import jsonify
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema
from werkzeug.serving import WSGIRequestHandler, make_server

from kieubao.access import use_case
from kieubao.access.roles import ASSIGNABLE, GRANTS
from kieubao.db import db
from kieubao.entry import service as entry
from tests import factories
from tests.campaigns import some
from tests.pages.province import furnish
from tests.test_matrix import FILES, NEEDS

# A value may fit its description and still name nothing, or come at the wrong time.
UNFIT = ["2xx", "401", "403", "404", "409", "412", "415", "422", "428", "429"]
LONG = [pytest.mark.slow, pytest.mark.timeout(3_600)]
# Every corner of every form is gone through in the long campaign.
PATHS = {"persons": ("hoa", "dao"), "lists": ("draft", "published", "submitted"), "issues": ("issue",)}
PATHS |= {"occasions": ("occasion", "occasion"), "plans": ("plan", "plan"), "tasks": ("task", "task")}
PATHS |= {
    "agencies": ("agency", "agency"),
    "contributions": ("given", "given"),
    "subject-requests": ("request", "erasing"),
    "pleas": ("plea", "plea"),
    "registrations": ("registration", "registration"),
    "expirations": ("over", "over_proposed"),
    "scans": ("scan", "scan"),
    "disclosure-requests": ("open", "open"),
}
PATHS |= {"imports": ("read", "tried", "taken"), "pulls": ("pull", "pull"), "segments": ("segment", "segment")}


class Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_args, **_options):
        pass


@pytest.fixture
def served(app, monkeypatch):
    """The service at an address, with a small province in it, and nobody in a hurry."""
    limits = ((use_case, one) for one in ("ACTS_A_MINUTE", "OPENED_A_DAY", "FOUND_A_DAY"))
    for where, limit in (*limits, (entry, "FREE_HERE")):
        monkeypatch.setattr(where, limit, 10**9)
    province = furnish()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}", province
    server.shutdown()
    thread.join()
    server.server_close()


def described(served, role, **settings):
    url, province = served
    headers = factories.bearer(province.cast[role])
    db.session.rollback()
    known = {kind: {"values": [province.codes[name] for name in names]} for kind, names in PATHS.items()}
    often = [
        {"include-path-regex": f"/{kind}/", "parameters": {"path.code": {"dictionary": kind, "probability": 0.8}}}
        for kind in known
    ]
    config = {"headers": headers, "continue-on-failure": True, "dictionaries": known, "operations": often, **settings}
    # A lock is waited for ten seconds, and a shared machine can stand still as long: speed is measured elsewhere.
    config |= {"request-timeout": 60, "checks": {"positive_data_acceptance": {"expected-statuses": UNFIT}}}
    return schemathesis.openapi.from_url(f"{url}/api/openapi.json", config=SchemathesisConfig.from_dict(config))


def run(schema):
    """Return how many answers there were of each status, and what was wrong: (check, address, what, how to see it)."""
    statuses, wrong = Counter(), []
    for event in from_schema(schema).execute():
        if isinstance(event, events.NonFatalError | events.FatalError):
            wrong.append(("error", str(event)))
        elif isinstance(event, events.ScenarioFinished):
            answers = [one.response for one in event.recorder.interactions.values() if one.response]
            statuses.update(one.status_code for one in answers)
            failed = [one for some in event.recorder.checks.values() for one in some if one.failure_info]
            wrong += [(one.name, event.recorder.label, one.failure_info.failure.message) for one in failed]
    return statuses, wrong


def tell(role, statuses):
    told = ", ".join(f"{count} × {status}" for status, count in sorted(statuses.items()))
    sys.stdout.write(f"\n{role}: {statuses.total()} requests; {told}\n")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("role", some(sorted(role.value for role in ASSIGNABLE), {"clerk", "approver", "organizer"}))
def test_nothing_is_answered_that_is_not_described(served, role):
    phases = {"coverage": {"enabled": False}}
    generation = {"max-examples": 3, "deterministic": True}
    statuses, wrong = run(described(served, role, generation=generation, phases=phases))
    tell(role, statuses)
    assert wrong == []
    assert statuses.total() > len(NEEDS)
    assert all(status < 500 for status in statuses)


WRONG = {
    "a crash": lambda: 1 / 0,
    "a status": lambda: ("", 418),
    "a type": lambda: "<p>",
    "a value": lambda: jsonify([{"reference": 1}]),
}


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("way", some(WRONG, {"a crash", "a value"}))
def test_what_is_not_described_is_found(app, served, way):
    app.view_functions["notices.list_notices"] = WRONG[way]
    schema = described(served, "clerk", generation={"max-examples": 1}, phases={"coverage": {"enabled": False}})
    _statuses, wrong = run(schema.include(path="/api/v1/notices", method="GET"))
    assert wrong


# Every role, and on PostgreSQL those who get anywhere.
ASKING = [("sqlite", role.value) for role in sorted(ASSIGNABLE)]
ASKING += [("postgresql", role) for role in ("approver", "clerk", "organizer", "protection_officer")]


@pytest.mark.parametrize(
    ("database", "role"), [pytest.param(*one, marks=LONG) for one in ASKING], indirect=["database"]
)
def test_nothing_is_answered_that_is_not_described_however_long_one_asks(served, role):
    statuses, wrong = run(described(served, role, generation={"max-examples": 10}))
    tell(role, statuses)
    assert wrong == []
    assert statuses.total() > 10 * len(NEEDS)
    assert all(status < 500 for status in statuses)


def right(province, rule, body):
    """Return what fills an address, and a body, so that nothing is wrong with them here and now."""
    kind = rule.split("/")[1]
    code = province.codes[PATHS.get(kind, ("hoa", "hoa"))[rule.endswith(("grants", "close"))]]
    other = {"/lists/<code:code>/approve": "submitted", "/imports/<code:code>/run": "tried"}
    other |= {"/imports/<code:code>/returned": "tried", "/imports/<code:code>/undo": "taken"}
    other |= {"/imports/mappings/<code:code>": "mapping", "/merges/<code:code>": "merged"}
    code = province.codes[other[rule]] if rule in other else code
    left, right = province.codes["proposed" if rule.endswith("/merge") else "pair"].split("/")
    codes = {"code": code, "left": left, "right": right, "relative": province.codes["dao"]}
    codes |= {"home": province.codes["home"], "successor": province.codes["agency"], "language": "vi"}
    places = {name: codes.get(name, 1) for name in re.findall(r":(\w+)>", rule)}
    names = {"occasion": "occasion", "relative": "dao", "successor": "agency", "proposal": "proposal"}
    names |= {"person": "lost" if kind == "confirmations" else "dao" if kind == "tellings" else "hoa"}
    real = {field: province.codes[name] for field, name in names.items() if field in (body or {})}
    some = {"/expirations/proposals": "over", "/expirations/erasure": "over_proposed"}
    real |= {"persons": [province.codes[some.get(rule, "hoa")]]} if "persons" in (body or {}) else {}
    return places, {**body, **real} if body and body not in FILES else body


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_what_is_right_is_answered_as_described(served):
    """Of every address, a request that nothing is wrong with: most are answered with what was asked for."""
    _url, province = served
    answered = Counter()
    for role in sorted(ASSIGNABLE):
        schema = described(served, role)
        for (method, rule), (permission, body) in NEEDS.items():
            if permission in GRANTS[role] and (method, rule) not in answered:
                places, sent = right(province, rule, body)
                path = re.sub(r"<\w+:(\w+)>", r"{\1}", rule)
                query = {"/units": {"name": "Cẩm"}, "/imports/<code:code>/rows": {"state": ["new"]}}.get(rule, {})
                case = schema[f"/api/v1{path}"][method].Case(path_parameters=places, query=query)
                case.body, case.media_type = (sent, "application/json") if sent else (case.body, None)
                if body in FILES:
                    case.body, case.media_type = {"file": body["file"][0].getvalue()}, "multipart/form-data"
                headers = factories.bearer(province.cast[role]) | {"If-Match": '"1"'}
                answered[method, rule] = case.call_and_validate(headers=headers).status_code
    told = Counter(answered.values())
    tell("right", told)
    assert len(answered) == len(NEEDS)
    assert sum(count for status, count in told.items() if status < 300) > 3 * len(NEEDS) / 4, answered

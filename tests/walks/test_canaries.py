"""No value of a person stands in the trail or in any log, whatever was asked and however it failed."""

import logging
import re
from collections import Counter
from datetime import timedelta
from urllib.parse import quote

import pytest
from sqlalchemy import text

from kieubao.access import trail
from kieubao.db import db, keyring
from kieubao.ground import clock
from kieubao.ground.ciphers import Keyring
from kieubao.journal import Journal
from kieubao.people import service
from tests import factories
from tests.campaigns import later_on
from tests.pages.province import reader, sign_in_accounts
from tests.spellings import flock, seen_in

FLOCK = flock(25)
VALUES = {value for canary in FLOCK for value in canary.values}
# What makes each line unlike all others: left out, most of them are the same.
ONCE = re.compile(rb'"(?:at|request)": "[0-9a-f:T.+-]+",? ?|cached since [0-9.]+s|0x[0-9a-f]+')
TODAY = clock.today().isoformat()
YES = {
    "purposes": ["events"],
    "channels": ["email", "phone"],
    "state": "given",
    "method": "paper",
    "notice": "events/1",
}


@pytest.fixture
def logs(tmp_path):
    """Every logger at DEBUG, into a file as any library would write it, and into another through the journal."""
    handlers = []
    for name, formatter in (("plain", logging.Formatter("%(name)s %(message)s")), ("journal", Journal())):
        handler = logging.FileHandler(tmp_path / name, encoding="utf-8")
        handler.setFormatter(formatter)
        handlers.append(handler)
    known = [logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))]
    before = [(logger, logger.level, logger.propagate, logger.disabled) for logger in known]
    for logger in known:
        logger.setLevel(logging.DEBUG)
        logger.propagate, logger.disabled = True, False
    logging.captureWarnings(capture=True)
    for handler in handlers:
        logging.getLogger().addHandler(handler)
    yield lambda name: b"\n".join({*ONCE.sub(b"", (tmp_path / name).read_bytes()).splitlines()})
    logging.captureWarnings(capture=False)
    for handler in handlers:
        logging.getLogger().removeHandler(handler)
        handler.close()
    for logger, level, propagate, disabled in before:
        logger.setLevel(level)
        logger.propagate, logger.disabled = propagate, disabled


class Walk:
    """Does everything there is to do with people, through API and pages, rightly and wrongly."""

    def __init__(self, client):
        self.client, self.answers = client, Counter()
        cast = sign_in_accounts()
        self.bearers = {role: factories.bearer(actor) for role, actor in cast.items()}
        factories.notice()

    def api(self, role, method, path, body=None, **options):
        headers = {**self.bearers[role], **options.pop("headers", {})}
        answer = self.client.open(f"/api/v1{path}", method=method, json=body, headers=headers, buffered=True, **options)
        self.answers[answer.status_code] += 1
        return answer.json if answer.is_json or answer.mimetype == "application/problem+json" else answer.data

    def all(self):
        codes = [self.enrolled(canary) for canary in FLOCK]
        for code, canary in zip(codes, FLOCK, strict=True):
            self.searched(canary)
            self.changed(code, canary)
        self.kin(codes)
        self.outreach(codes)
        for canary in FLOCK[:2]:
            self.wrong(codes[0], canary)
        self.on_pages(codes[0])
        return self

    def enrolled(self, canary):
        return self.api("clerk", "POST", "/persons", factories.form(**canary.form))["code"]

    def searched(self, canary):
        for value in canary.values:
            self.api("clerk", "POST", "/persons/search", {"text": value, "filters": {"cities": [canary.form["city"]]}})

    def changed(self, code, canary):
        path = f"/persons/{code}"
        sheet = self.api("clerk", "GET", path)
        changes = {"note": f"{canary.form['note']} lần 2", "position": canary.form["occupation"]}
        self.api("clerk", "PATCH", path, changes, headers={"If-Match": f'"{sheet["version"]}"'})
        self.api("clerk", "PATCH", path, {"city": canary.form["city"]}, headers={"If-Match": '"1"'})
        zalo = {"channel": "zalo", "value": canary.form["contact_points"][0]["value"]}
        added = self.api("clerk", "POST", f"{path}/contact-points", zalo)
        self.api("clerk", "POST", f"{path}/contact-points", zalo)
        self.api("clerk", "DELETE", f"{path}/contact-points/{added['contact_points'][-1]['id']}")
        said = {**YES, "evidence": f"phiếu của {canary.form['name']}", "signed_on": TODAY}
        self.api("clerk", "POST", f"{path}/consents", said)
        self.api("clerk", "GET", f"{path}/consents")
        self.api("protection_officer", "POST", f"{path}/inspections", {"reason": "khiếu nại 7"})

    def kin(self, codes):
        path = f"/persons/{codes[0]}/kinships"
        for _again in range(2):
            self.api("clerk", "POST", path, {"relative": codes[1], "term": "spouse"})
        self.api("clerk", "DELETE", f"{path}/{codes[1]}")

    def outreach(self, codes):
        occasion = self.api("clerk", "POST", "/occasions", {"kind": "event", "title": "Gặp mặt Tết"})["code"]
        drawn = {"occasion": occasion, "title": "Khách", "purpose": "events", "channels": ["email"], "fields": ["name"]}
        narrow = {"cities": [canary.form["city"] for canary in FLOCK]}
        code = self.api("clerk", "POST", "/lists", {**drawn, "filter": narrow})["code"]
        self.api("clerk", "POST", f"/lists/{code}/submit")
        preview = self.api("approver", "POST", f"/lists/{code}/preview")
        self.api("approver", "POST", f"/lists/{code}/approve", {"digest": preview["digest"]})
        issue = self.api("approver", "POST", f"/lists/{code}/publish")["issues"][0]["code"]
        offices = self.api("approver", "GET", "/organisations")
        mine = self.api("organizer", "GET", "/me")["organisation"]
        holder = next(one["code"] for one in offices if one["name"] == mine)
        until = (clock.today() + timedelta(days=7)).isoformat()
        terms = {"fields": ["name"], "formats": ["csv"], "until": until, "agreement": factories.agreement(holder)}
        self.api("approver", "POST", f"/lists/{code}/grants", terms)
        pulled = self.api("organizer", "POST", f"/issues/{issue}/pulls", {"reason": "in giấy mời", "format": "csv"})
        assert FLOCK[0].form["name"].encode() in pulled
        withdrawn = {"method": "paper", "signed_on": TODAY, "evidence": FLOCK[0].form["note"]}
        self.api("clerk", "POST", f"/persons/{codes[0]}/withdrawal", withdrawn)
        self.api("clerk", "PUT", f"/persons/{codes[1]}/standing", {"restricted": True})
        self.api("organizer", "GET", f"/issues/{issue}/pulls")
        self.api("clerk", "GET", f"/lists/{code}")

    def wrong(self, code, canary):
        """Put a person's values wherever they do not belong."""
        for value in canary.values:
            self.api("clerk", "GET", f"/persons/{quote(value)}")
            self.api("clerk", "GET", f"/units?name={quote(value)}")
            self.api("clerk", "GET", f"/countries?{quote(value)}={quote(value)}")
            self.api("clerk", "GET", f"/{quote(value)}")
            self.api("clerk", "POST", "/persons", {value: value})
            self.api("clerk", "POST", "/persons", factories.form(name=value * 20, born=value, country=value))
            self.api("clerk", "POST", "/persons/search", {"text": value, "after": value, "filters": {"kinds": [value]}})
            self.api("clerk", "POST", f"/persons/{code}/contact-points", {"channel": value, "value": value})
            self.api("clerk", "POST", f"/persons/{code}/contact-points", {"channel": "phone", "value": value})
            self.api("organizer", "POST", "/persons/search", {"text": value})
            self.api("clerk", "PATCH", f"/persons/{code}", {"city": value}, headers={"If-Match": value.encode().hex()})
            self.api("clerk", "GET", "/me", headers={"Authorization": f"Bearer {quote(value)}", "X-Any": quote(value)})
            self.client.post(
                "/api/v1/persons", data=f"{{{value}", headers=self.bearers["clerk"], content_type="application/json"
            )
            self.client.post("/sign-in", data={"username": value, "password": value})
            self.client.get(f"/{quote(value)}?{quote(value)}")

    def on_pages(self, code):
        clerk, form = reader(self.client, "clerk"), FLOCK[0].form
        for page in ("", "/edit", "/consents", "/withdrawal", "/contact-points/new"):
            assert clerk.get(f"/persons/{code}{page}").status_code == 200
        clerk.post("/persons", data={"text": form["name"]}, follow_redirects=True)
        clerk.post("/persons/new", data={**factories.form(form["name"]), "born": form["note"]})
        clerk.get(f"/persons/{quote(form['name'])}")
        officer = reader(self.client, "protection_officer")
        assert officer.post("/inspections", data={"code": code, "reason": "khiếu nại 7"}).status_code == 200


def crash_with_details(*_args, **_options):
    """As the database's own words would have it: PostgreSQL tells which value was there already."""
    for _twice in range(2):
        name = FLOCK[0].form["name"]
        db.session.execute(text("INSERT INTO organisation (code, name) VALUES ('TC-1', :name)"), {"name": name})


def crash_with_a_value(*_args, **_options):
    raise ValueError(f"không đọc được {FLOCK[1].form['note']}")


@later_on("sqlite")
@pytest.mark.timeout(300)
def test_no_value_of_a_person_stands_in_a_log_or_in_the_trail(logs, app, client, monkeypatch):
    walk = Walk(client).all()
    app.testing = False
    for crash in (crash_with_details, crash_with_a_value):
        monkeypatch.setattr(service, "search", crash)
        walk.api("clerk", "POST", "/persons/search", {"text": FLOCK[0].form["name"]})
    assert len(VALUES) >= 200
    assert min(walk.answers[status] for status in (200, 201, 401, 403, 404, 409, 412, 422, 428)) > 0, walk.answers
    assert walk.answers[500] == 2
    assert len(logs("plain")) > 10_000
    assert b'"rule": "/api/v1/persons/<code:code>"' in logs("journal")
    assert seen_in(logs("plain"), VALUES) == set()
    assert seen_in(logs("journal"), VALUES) == set()
    db.session.rollback()
    entries = "\n".join(str(tuple(row)) for row in db.session.execute(text("SELECT * FROM audit_entry")))
    assert entries.count("people.search") >= len(VALUES)
    assert seen_in(entries.encode(), VALUES) == set()
    can_fail(logs)


def can_fail(logs):
    """Prove that a value would have been found: whole, in another spelling, in a library's words and in ours."""
    name, note = FLOCK[2].form["name"], FLOCK[3].form["note"]
    logging.getLogger("some.library").debug("read %s", quote(name))
    assert seen_in(logs("plain"), VALUES) == {name}
    assert seen_in(logs("journal"), VALUES) == set()
    logging.getLogger("kieubao.people").error("read %s", note.encode("unicode_escape").decode())
    assert note in seen_in(logs("journal"), VALUES)


def test_equal_searches_are_seen_to_be_equal_and_none_can_be_read(cast):
    for typed in ("Đặng Hoa", "dang hoa", " đặng  hoà", "lê lan"):
        service.search(cast["clerk"], text=typed, wanted={"cities": ["Praha"]})
    db.session.rollback()
    first, *others = (entry["details"] for entry in trail.entries())
    assert [one["terms"] == first["terms"] for one in others] == [True, True, False]
    assert first["filters"] == ["cities"]
    assert "Praha" not in str(first)
    assert first["terms"] == keyring().fingerprint("search", "dang hoa")
    assert first["terms"] != Keyring.fresh().fingerprint("search", "dang hoa")

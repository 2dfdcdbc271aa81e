"""The gate: under which name, how much and how one may ask; and what every answer tells a browser to do."""

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask.sessions import SecureCookieSessionInterface
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from kieubao.access import attempts
from kieubao.access.models import Account, Attempt
from kieubao.access.roles import ASSIGNABLE, GRANTS, Permission
from kieubao.access.session import SECRET
from kieubao.db import db
from kieubao.gate import BODY, INPUTS
from tests import factories
from tests.databases import KEYS, TestConfig, application
from tests.pages.province import furnish, reader, sign_in_accounts
from tests.pages.test_matrix import NEEDS, address, rules
from tests.signing import equip, secret_of, sign_in

# It is the wire that is looked at, and the same whatever is behind it.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
ROOT = Path(__file__).parents[1]
HOME = "https://kieubao.example.gov.vn"
HSTS = "max-age=63072000; includeSubDomains"
FORM = "application/x-www-form-urlencoded"
ANSWERS = [
    *(("GET", "/sign-in", 200), ("GET", "/", 303), ("GET", "/no/such", 404), ("DELETE", "/sign-in", 405)),
    *(("GET", "/api/v1/me", 401), ("GET", "/api/openapi.json", 200), ("GET", "/api/docs", 200)),
    *(("GET", "/static/kieubao.css", 200), ("GET", "/static/no-such.css", 404), ("POST", "/sign-in", 422)),
]


@pytest.fixture
def settled(database, app):
    """The service as it is elsewhere configured; each call makes another."""
    return lambda **settings: application(database, **settings).test_client()


def policy(headers):
    parts = (part.split() for part in headers["Content-Security-Policy"].split(";"))
    return {name: sources for name, *sources in parts}


@pytest.mark.parametrize("https", [True, False])
def test_every_answer_keeps_a_browser_to_this_service(settled, https):
    browser = settled(HTTPS=https, ORIGIN=HOME if https else TestConfig.ORIGIN)
    for method, place, status in ANSWERS:
        with browser.open(place, method=method, base_url=HOME if https else None) as answer:
            assert answer.status_code == status, place
            is_guarded(answer)
            assert (answer.headers.get("Strict-Transport-Security") == HSTS) == https, place


def is_guarded(answer):
    headers = answer.headers
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    for feature in ("camera", "geolocation", "microphone"):
        assert f"{feature}=()" in headers["Permissions-Policy"]
    for directive in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert policy(headers)[directive] == ["'none'"]
    sources = {one for some in policy(headers).values() for one in some}
    assert sources <= {"'none'", "'self'", "data:"}
    assert ("sandbox" in policy(headers)) == (answer.mimetype != "text/html")
    assert ("script-src" in policy(headers)) == (answer.mimetype == "text/html")
    assert not [name for name in headers if name[0].startswith("Access-Control")]
    assert answer.mimetype.endswith("json") or "charset=utf-8" in headers["Content-Type"].lower()


MADE = """
import os
os.umask(0o022)
from wsgi import app
from kieubao import worker
from kieubao.db import db
with app.app_context(), db.engine.begin() as connection:
    connection.exec_driver_sql("CREATE TABLE a (b)")
    worker.wake("VC-7F3Q-9XKC-2")
    print(*(f"{one.name}={one.stat().st_mode & 0o777:o}" for one in os.scandir(os.environ["FOLDER"])))
"""


def test_what_is_made_is_for_the_services_own_account_alone(database, tmp_path):
    """Whatever the process was begun with: many a service is, with files that everybody reads."""
    settings = {"SECRET_KEY": "x", "KEYS": "env:RING", "DATABASE_URL": f"sqlite:///{tmp_path / 'a.sqlite'}"}
    env = {**{f"KIEUBAO_{name}": value for name, value in settings.items()}, "RING": KEYS, "FOLDER": str(tmp_path)}
    made = subprocess.run(
        [sys.executable, "-c", MADE], env={**os.environ, **env}, cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert {"a.sqlite=600", "a.sqlite-wal=600", "a.sqlite.jobs=600"} <= set(made.stdout.split())
    assert all(one.endswith("=600") for one in made.stdout.split())


def test_it_answers_to_its_own_name_alone(settled):
    browser = settled(HTTPS=True, ORIGIN=HOME)
    for place in ("/sign-in", "/api/v1/me", "/api/openapi.json", "/static/kieubao.css"):
        for name in ("kieubao.example.gov.vn", "kieubao.example.gov.vn:8443"):
            with browser.get(place, headers={"Host": name}) as answer:
                assert answer.status_code != 421, (place, name)
        for name in ("example.com", "kieubao.example.gov.vn.example.com", "x.kieubao.example.gov.vn", "localhost"):
            answer = browser.get(place, headers={"Host": name})
            assert (answer.status_code, "kieubao.example.gov.vn" in answer.text) == (421, True), (place, name)
            assert name not in answer.text.replace("kieubao.example.gov.vn", "")
    for name in ("exa mple.com", "<script>", "a@b", "[::1", "x:99999", "127.1", ""):
        assert browser.get("/sign-in", headers={"Host": name}).status_code == 421, name


def test_without_tls_it_answers_on_this_machine_alone(settled):
    browser = settled()
    for name, there in (("localhost", True), ("127.0.0.1:8000", True), ("[::1]:8000", True), ("example.com", False)):
        assert (browser.get("/sign-in", headers={"Host": name}).status_code == 200) == there, name


def tried_from(settled, proxies, forwarded):
    """The addresses that a try at the door counted for."""
    window = settled(PROXIES=proxies)
    sent = {"X-Forwarded-For": forwarded, "X-Real-IP": "192.0.2.66", "Forwarded": "for=192.0.2.77"}
    window.post("/sign-in", data={"username": "nobody"}, headers=sent, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    db.session.rollback()
    counted = set(db.session.scalars(select(Attempt.bucket)))
    known = ["192.0.2.1", "192.0.2.66", "192.0.2.77", *(one.strip() for one in forwarded.split(","))]
    return {one for one in known if attempts.bucket("address", one) in counted}


@pytest.mark.parametrize(
    ("proxies", "believed"), [(0, "192.0.2.1"), (1, "203.0.113.9"), (2, "198.51.100.5"), (3, "192.0.2.1")]
)
def test_who_asks_is_believed_of_as_many_proxies_as_the_office_has(settled, proxies, believed):
    """What stands left of them was written by whoever asks."""
    assert tried_from(settled, proxies, "198.51.100.5, 203.0.113.9") == {believed}


def test_no_proxy_tells_under_which_name_it_was_asked(settled):
    browser = settled(PROXIES=1)
    headers = {"X-Forwarded-Host": "example.com", "X-Forwarded-Prefix": "/x", "X-Forwarded-Port": "1"}
    answer = browser.get("/", headers=headers)
    assert answer.location == "/sign-in?next=/"


TOO_MUCH = {
    "one input": "password=" + "x" * BODY,
    "many inputs": "&".join(f"a{number}=1" for number in range(INPUTS + 1)),
    "many of one": "&".join(["a=1"] * (INPUTS + 1)),
    "many blanks": "&".join(["a"] * (INPUTS + 1)),
}


def test_more_than_a_form_can_be_is_not_read(client):
    for kind, sent in TOO_MUCH.items():
        for place in ("/sign-in", "/language", "/persons", "/no/such"):
            answer = client.post(place, data=sent, content_type=FORM)
            assert (answer.status_code, "<h1>" in answer.text) == (413, True), (kind, place)


def test_a_body_that_does_not_say_how_long_it_is_is_not_read(client):
    answer = client.post("/language", data={"language": "en"}, headers={"Transfer-Encoding": "chunked"})
    assert (answer.status_code, "<h1>" in answer.text) == (411, True)


def test_what_is_the_same_for_everybody_is_kept_by_a_browser_and_nothing_else(client):
    for place in ("/static/kieubao.css", "/bootstrap/static/css/bootstrap.min.css"):
        with client.get(place) as answer:
            assert answer.status_code == 200
            assert answer.headers["Cache-Control"].startswith("public, max-age=3600")
    assert client.get("/sign-in").headers["Cache-Control"] == "no-store"


def test_as_much_as_a_form_may_be_is_read(client):
    assert INPUTS == 1_000
    answer = client.post("/language", data="&".join(["a=1"] * (INPUTS - 1)) + "&language=en", content_type=FORM)
    assert answer.status_code == 303


def test_a_form_of_parts_has_no_more_parts(client):
    data = {f"a{number}": "1" for number in range(INPUTS + 1)}
    assert client.post("/sign-in", data=data, content_type="multipart/form-data").status_code == 413


METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "FOO")


def test_no_address_takes_a_method_it_does_not_have(app, client, cast):
    """Of each address, by whoever may most: what it does not take it refuses, and names what it does."""
    headers, wrong = factories.bearer(cast["clerk"]), []
    adapter = app.url_map.bind("localhost")
    # The framework's own folder was opened before any setting; there OPTIONS tells what may be done.
    places = {address(rule.rule) for rule in app.url_map.iter_rules() if rule.endpoint != "static"}
    for place in sorted(one.replace("<path:filename>", "x").replace("<int:grant_id>", "1") for one in places):
        taken = set(adapter.allowed_methods(place))
        for method in set(METHODS) - taken:
            answer = client.open(place, method=method, headers=headers)
            allowed = {name.strip() for name in answer.headers.get("Allow", "").split(",")}
            if (answer.status_code, allowed) != (405, taken):
                wrong.append((method, place, answer.status_code, allowed))
    assert wrong == []


def test_head_tells_what_get_would_and_nothing_more(client, cast):
    person = factories.person()
    headers = factories.bearer(cast["clerk"])
    place = f"/api/v1/persons/{person.code}"
    got, asked = client.get(place, headers=headers), client.head(place, headers=headers)
    assert (asked.status_code, asked.data) == (got.status_code, b"")
    for nobody in ({}, {"Authorization": "Bearer x"}):
        assert client.head(place, headers=nobody).status_code == 401


def test_no_other_site_reads_or_asks_leave(client, cast):
    for origin in ("https://example.com", "null", "http://localhost:1"):
        headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
        bearer = {**headers, **factories.bearer(cast["clerk"])}
        for method, place in (("GET", "/api/v1/me"), ("OPTIONS", "/api/v1/me"), ("OPTIONS", "/sign-in")):
            answer = client.open(place, method=method, headers=bearer)
            assert not [name for name, _value in answer.headers if name.startswith("Access-Control")]


def test_every_act_of_a_page_needs_proof_that_the_page_was_ours(app, client):
    cast = sign_in_accounts()
    app.config.update(WTF_CSRF_ENABLED=True)
    acts = [(rule, needs) for rule, needs in NEEDS.items() if "POST" in rules(app)[rule]]
    assert len(acts) > 25
    for rule, (permission, sent) in acts:
        role = next(role for role in sorted(ASSIGNABLE) if permission in GRANTS[role])
        answer = reader(client, role).post(address(rule), data=sent)
        assert answer.status_code == 400, rule
    for place in ("/sign-in", "/sign-out", "/join", "/join/factors", "/language", "/keys"):
        assert client.post(place, data={}).status_code == 400, place
    # A program has no page, and no cookie lets it in: its token is the proof.
    bearer = factories.bearer(cast["clerk"])
    assert client.post("/api/v1/persons/search", json={"text": "x"}, headers=bearer).status_code == 200


def test_what_a_browser_keeps_is_signed_by_sha_256_and_for_one_purpose(app, client):
    factories.account(username="clerk")
    equip("clerk")
    sign_in(client, "clerk")
    assert client.get("/").status_code == 200
    session, device = (client.get_cookie(name).value for name in ("kieubao", "kieubao-device"))
    secret = {SECRET: secret_of(db.session.scalar(select(Account.id)))}
    weak, other = SecureCookieSessionInterface(), app.session_interface.get_signing_serializer(app)
    db.session.rollback()
    plain = URLSafeSerializer(TestConfig.SECRET_KEY, salt="cookie-session")
    forged = (
        weak.get_signing_serializer(app).dumps(secret),
        plain.dumps(secret),
        other.dumps(secret)[:-1],
        device,
        session + "A",
    )
    for made in forged:
        client.set_cookie("kieubao", made)
        assert client.get("/").status_code == 303, made
    client.set_cookie("kieubao", other.dumps(secret))
    assert client.get("/").status_code == 200
    assert hashlib.sha256().digest_size == len(other.make_signer(other.salt).get_signature(b"x")) * 3 // 4


def timeless(page):
    """A page without the proof that it is ours, which tells the second it was made in, and its request's number."""
    return re.sub(r'name="csrf_token" value="[^"]+"|<code>[0-9a-f]{32}</code>', "", page)


def test_what_is_out_of_scope_is_as_absent_on_every_page(app, client):
    """Of a person who is there but not for this clerk, not one page differs from that for nobody."""
    person, nobody = factories.person(), "KB-7F3Q-9XKC-2"
    factories.account("clerk", units=("18943",), username="clerk")
    db.session.rollback()
    clerk, told = reader(client, "clerk"), 0
    for rule, (permission, sent) in NEEDS.items():
        for method in rules(app)[rule] if "<code:code>" in rule and permission in GRANTS["clerk"] else ():
            place = address(rule)
            data = sent if method == "POST" else None
            there = clerk.open(place.replace(nobody, person.code), method=method, data=data)
            absent = clerk.open(place, method=method, data=data)
            assert there.status_code == absent.status_code, (method, rule)
            assert timeless(there.text).replace(person.code, nobody) == timeless(absent.text), (method, rule)
            assert there.status_code in {404, 422}, (method, rule, there.status_code)
            told += 1
    assert told > 12


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"


def test_what_people_are_called_is_never_a_pages_own_words(app, client):
    sign_in_accounts()
    person = factories.person(HOSTILE[:100], city=HOSTILE, workplace=HOSTILE, note=HOSTILE, source=HOSTILE)
    db.session.rollback()
    clerk = reader(client, "clerk")
    pages = [clerk.get(f"/persons/{person.code}{page}").text for page in ("", "/edit", "/consents", "/withdrawal")]
    pages.append(clerk.post("/persons", data={"text": HOSTILE}, follow_redirects=True).text)
    pages.append(clerk.post("/persons/new", data={"name": HOSTILE, HOSTILE: HOSTILE}).text)
    pages.append(client.get("/sign-in", query_string={"next": f"/{HOSTILE}"}).text)
    pages.append(client.get(f"/{HOSTILE}").text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\"'>" not in page
    assert len([page for page in pages if "&lt;script&gt;" in page]) > 4


def test_a_file_goes_by_a_name_of_our_own_and_is_never_opened_in_place(app, client, cast):
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    issue.outreach_list.title = 'x"; filename=a.html\r\nX-Split: 1'
    db.session.commit()
    address, headers = f"/api/v1/issues/{issue.code}/pulls", factories.bearer(cast["organizer"])
    db.session.rollback()
    for kind in ("csv", "xlsx"):
        with client.post(address, json={"reason": "in giấy mời", "format": kind}, headers=headers) as answer:
            assert answer.status_code == 200, answer.text
            said = answer.headers["Content-Disposition"]
            assert re.fullmatch(rf'attachment; filename="?[A-Z0-9-]+\.{kind}"?', said), said
            assert "X-Split" not in answer.headers


def test_every_page_offers_to_sign_out(app, client):
    province = furnish()
    for role in sorted(ASSIGNABLE):
        browser = reader(client, role)
        for place in ("/", "/account", "/no/such", f"/persons/{province.codes['hoa']}"):
            assert 'method="post" action="/sign-out"' in browser.get(place).text, (role, place)
    assert "/sign-out" not in client.get("/sign-in").text


HIDDEN = [
    *("/static/", "/static", "/bootstrap/static/", "/api/docs/swagger/", "/.git/config", "/.env", "/config.py"),
    *("/static/../config.py", "/static/%2e%2e/config.py", "/static/..%2fconfig.py", "/static/%2fetc/passwd"),
    *("/static/....//config.py", "/static/%00", "/static/..\\config.py", "/bootstrap/static/../../app.py"),
    *("/api/docs/swagger/..%2f..%2fpyproject.toml", "/instance/keys.json", "/instance/kieubao.sqlite"),
]


def test_nothing_is_served_but_what_is_meant_to_be(client):
    for place in HIDDEN:
        answer = client.get(place, follow_redirects=True)
        assert (answer.status_code, "Index of" in answer.text) == (404, False), place


def test_who_needs_nothing_finds_only_the_door(app, client):
    """Without signing in: the door, what is meant for everybody, what is served as it is, and the API's description."""
    anyone = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods and client.get(address(rule.rule).replace("<int:grant_id>", "1")).status_code == 200
    }
    assert anyone == {
        *("/sign-in", "/join", "/api/docs", "/api/openapi.json"),
        *("/stop", "/told", "/register", "/register/sent", "/transparency"),
    }


def test_a_new_registry_has_nobody_in_it_and_shows_nothing_meant_for_developers(app, client, monkeypatch):
    assert db.session.scalars(select(Account.id)).first() is None
    db.session.rollback()
    assert not app.debug
    page = client.get("/sign-in").text
    assert "clerk" not in page
    for place in ("/console", "/__debug__", "/?__debugger__=yes&cmd=resource&f=style.css", "/metrics", "/debug"):
        assert client.get(place).status_code in {303, 404}, place


def test_an_error_tells_no_version_and_no_place(app, client):
    app.testing = False
    for place in ("/no/such", "/api/v1/no/such", "/sign-in?next=%00"):
        answer = client.get(place)
        told = answer.text + str(answer.headers)
        for word in ("Werkzeug", "Flask", "Python", "Traceback", "site-packages", "gunicorn/", "SQL"):
            assert word not in told.replace("openapi", ""), (place, word)


def test_a_permission_that_is_no_more_is_gone_with_the_next_question(app, client, cast):
    """A role that was taken away is not waited for: neither session nor token remembers it."""
    headers = factories.bearer(cast["clerk"])
    assert client.post("/api/v1/persons/search", json={}, headers=headers).status_code == 200
    db.session.get(Account, cast["clerk"].id).role = "organizer"
    db.session.commit()
    assert client.post("/api/v1/persons/search", json={}, headers=headers).status_code == 403
    assert Permission.PERSON_SEARCH not in GRANTS["organizer"]

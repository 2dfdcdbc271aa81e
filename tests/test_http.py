"""The wire: versions, problems, cursors, languages, headers, and what the API says of itself."""

import base64
import io
import json
import re

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from kieubao.db import db, keyring
from kieubao.http import as_cursor, read_cursor
from kieubao.people import service
from tests import factories

SEARCH = "/api/v1/persons/search"
PROBLEM = "application/problem+json"


@pytest.fixture
def clerk(cast):
    return factories.bearer(cast["clerk"])


@pytest.fixture
def person(app):
    return f"/api/v1/persons/{factories.person(city='Praha').code}"


def find(client, headers, **body):
    return client.post(SEARCH, json=body, headers=headers)


@pytest.mark.parametrize("tag", [None, "*", 'W/"1"', '"one"', '"1", "2"', '"²"', f'"{"9" * 5000}"'])
def test_a_change_names_the_version_it_is_meant_for(client, clerk, person, tag):
    headers = {**clerk, "If-Match": tag} if tag else clerk
    assert client.patch(person, json={"city": "Brno"}, headers=headers).status_code == 428


def test_a_version_is_good_once(client, clerk, person):
    read = client.get(person, headers=clerk)
    versioned = {**clerk, "If-Match": read.headers["ETag"]}
    changed = client.patch(person, json={"city": "Brno", "confirmed_on": "2026-01-02"}, headers=versioned)
    assert (changed.status_code, changed.json["city"], changed.headers["ETag"]) == (200, "Brno", '"2"')
    stale = client.patch(person, json={"city": "Ostrava", "confirmed_on": "2026-01-03"}, headers=versioned)
    assert (stale.status_code, stale.mimetype) == (412, PROBLEM)
    assert stale.json["theirs"] == {"city": "Brno", "confirmed_on": "2026-01-02"}
    assert stale.json["yours"] == {"city": "Ostrava", "confirmed_on": "2026-01-03"}
    assert client.get(person, headers=clerk).json["city"] == "Brno"


# How a request goes wrong: its status, method, address below /api/v1, and what it carries.
FAILS = [
    (401, "GET", "/me", {"headers": {}}),
    (401, "GET", "/no/such", {"headers": {}}),
    (403, "POST", "/audit/verdict", {}),
    (404, "GET", "/no/such", {}),
    (404, "GET", "/persons/KB-7F3Q-9XKC-2", {}),
    (404, "GET", "/persons/KB-7F3Q-9XKC-H", {}),
    (404, "GET", "/persons/%00K7F3Q9XKC2", {}),
    (404, "DELETE", f"/me/tokens/{'9' * 30}", {}),
    (404, "DELETE", f"/me/tokens/{'9' * 5000}", {}),
    (404, "PUT", "/grants/²/limits", {"json": {"rows": 1, "pulls_a_day": 1}}),
    (405, "DELETE", "/me", {}),
    (404, "PATCH", "/segments/ND-7F3Q-9XKC-H", {"json": {"title": "t"}}),
    (413, "POST", "/persons/search", {"json": {"text": "x" * 1_000_001}}),
    (415, "POST", "/persons/search", {"data": '{"text": "dao"}'}),
    (415, "POST", "/persons/search", {}),
    (415, "POST", "/persons/search", {"data": {"text": "dao"}}),
    (400, "POST", "/persons/search", {"data": "{", "content_type": "application/json"}),
    (400, "POST", "/persons/search", {"data": b'{"text": "\xff"}', "content_type": "application/json"}),
    (400, "POST", "/persons/search", {"data": "[" * 100_000, "content_type": "application/json"}),
    (422, "POST", "/persons/search", {"json": []}),
    (422, "POST", "/persons/search", {"data": '{"\\ud800": 1}', "content_type": "application/json"}),
    (422, "GET", "/units?name=x&nme=y", {}),
]


@pytest.mark.parametrize(
    ("filters", "status"),
    [
        *(({"age_from": 20}, 200), ({"age_from": 20.0}, 200), ({"age_from": "20"}, 422), ({"age_from": 20.5}, 422)),
        *(({"never_invited": True}, 200), ({"never_invited": "True"}, 422), ({"never_invited": 1}, 422)),
    ],
)
def test_a_number_in_json_is_a_number_and_a_yes_is_true(client, clerk, filters, status):
    assert client.post("/api/v1/segments/counts", json={"filter": filters}, headers=clerk).status_code == status


def test_a_file_is_sent_alone(client, clerk):
    sent = {"file": (io.BytesIO(b"Ho ten\nBa\n"), "a.csv"), "more": "1"}
    assert client.post("/api/v1/imports", data=sent, headers=clerk).json["errors"] == {
        "file": ["Chỉ gửi một tệp, không kèm gì khác"]
    }


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_failure_is_a_problem_in_the_callers_language(client, clerk, language):
    for status, method, address, carried in FAILS:
        headers = {"Accept-Language": f"{language}-x,fr;q=0.5", **carried.get("headers", clerk)}
        answer = client.open(f"/api/v1{address}", method=method, **{**carried, "headers": headers})
        assert (answer.status_code, answer.mimetype) == (status, PROBLEM), (address, answer.text)
        problem = answer.json
        assert problem["status"] == status
        assert problem["type"].startswith("urn:kieubao:problem:")
        assert problem["detail"].isascii() == (language == "en"), problem
        assert ("errors" in problem) == (status == 422)


def test_a_failure_keeps_the_headers_that_help(client, clerk):
    assert "GET" in client.delete("/api/v1/me", headers=clerk).headers["Allow"]
    assert client.get("/api/v1/me").headers["WWW-Authenticate"] == "Bearer"


def test_a_conflict_is_409(client, cast):
    drawn = factories.listed(cast["clerk"])
    answer = client.post(f"/api/v1/lists/{drawn.code}/publish", headers=factories.bearer(cast["approver"]))
    assert (answer.status_code, answer.mimetype) == (409, PROBLEM)


def test_a_crash_says_nothing_to_the_asker_and_no_value_to_the_log(app, client, clerk, monkeypatch, caplog):
    def crash(*_args, **_options):
        raise ValueError(chr(72) + "òa")

    monkeypatch.setattr(service, "search", crash)
    app.testing = False
    answer = find(client, clerk, text="Hòa")
    assert (answer.status_code, answer.mimetype) == (500, PROBLEM)
    assert "Hòa" not in answer.get_data(as_text=True) + caplog.text
    (told,) = [record.told for record in caplog.records if record.name == "kieubao"]
    assert (told["error"], told["endpoint"]) == ("ValueError", "persons.search")
    assert told["trace"][-1].endswith("crash")
    assert "Hòa" not in str(told)


def test_a_fault_of_the_database_names_no_value(app):
    with pytest.raises(DatabaseError) as failed:
        db.session.execute(text("SELECT no_such_column, :name"), {"name": "Hòa"})
    assert "no_such_column" in str(failed.value)
    assert "Hòa" not in str(failed.value)


# What no office sealed: of letters that are none of a cursor's, too short, and with a key that there is not.
FORGED = ["é", "A", "AAA", "A" * 200, base64.urlsafe_b64encode(b'[1, "an", 1]').decode()]
# Places in other lists, or in none.
ELSEWHERE = [[{}], [7], ["1", "a", 1], [1, "a\0", 1], [1, "\ud800", 1], [1, "a", 2**63], [1, "a", int("9" * 1000)]]


@pytest.fixture
def more(client, clerk):
    """A cursor, as it is given."""
    for given in "AB":
        factories.person(f"Trần Văn An {given}")
    return find(client, clerk, size=1).json["more"]


def test_a_cursor_that_was_tampered_with_is_refused(client, clerk, more):
    packed = base64.urlsafe_b64decode(more)
    places = (0, 4, 20, len(packed) - 1)
    changed = [packed[:place] + bytes([packed[place] ^ 1]) + packed[place + 1 :] for place in places]
    sealed_elsewhere = keyring().seal('[1, "an", 1]', "session.sought")
    others = [base64.urlsafe_b64encode(one).decode() for one in (*changed, packed[:-1], sealed_elsewhere)]
    for cursor in (*FORGED, *others, more[1:]):
        answer = find(client, clerk, after=cursor)
        assert (answer.status_code, answer.mimetype) == (422, PROBLEM), cursor
        assert "nguyên con trỏ đã nhận" in answer.json["detail"], answer.json
    assert find(client, clerk, size=1, after=more).status_code == 200


def test_a_cursor_of_another_list_is_refused(client, clerk, person):
    for place in ELSEWHERE:
        assert find(client, clerk, after=as_cursor(place)).status_code == 422, place


def test_a_cursor_tells_nobody_how_many_were_ever_recorded(client, clerk, more):
    """It has the person's number inside, which nobody reads, and no two of the same place are alike."""
    place = read_cursor(more)
    assert isinstance(place[-1], int)
    assert json.dumps(place).encode() not in base64.urlsafe_b64decode(more)
    assert find(client, clerk, size=1).json["more"] != more


@pytest.mark.parametrize("typed", [None, "an"])
def test_cursors_lead_through_everybody_once(client, clerk, typed):
    made = {factories.person(f"Trần Văn An {given}").code for given in "ABCDEFG"}
    body, seen = ({"text": typed} if typed else {}), []
    for _page in range(5):
        found = find(client, clerk, size=2, **body).json
        seen += [card["code"] for card in found["people"]]
        if not found["more"]:
            break
        body["after"] = found["more"]
    assert (len(seen), set(seen), found["count"]) == (7, made, 7)


def test_every_answer_is_guarded(client, cast, clerk):
    factories.notice()
    returned = f"/api/v1/imports/{factories.sent(cast['clerk'], factories.line('', ''))}/returned"
    pages = ("/sign-in", "/api/v1/me", "/no/such", "/api/openapi.json", "/api/docs", "/static/kieubao.css")
    for address in (*pages, returned):
        with client.get(address, headers=clerk) as answer:
            headers = answer.headers
        assert "default-src 'none'" in headers["Content-Security-Policy"], address
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "camera=()" in headers["Permissions-Policy"]
        assert (headers["Cache-Control"] == "no-store") == (not address.startswith("/static")), address
        assert ("attachment" in headers.get("Content-Disposition", "")) == (address == returned), address


def test_no_address_holds_what_a_person_is(app):
    """Only codes, row numbers, and the name or the digest of a place stand in an address."""
    places = {name for rule in app.url_map.iter_rules() for name in rule.arguments}
    assert places <= {
        "code",
        "language",
        "relative",
        "successor",
        "token_id",
        "contact_id",
        "grant_id",
        *("notice_id", "draft_id"),
        "filename",
        "username",
        "path",
    } | {
        *(
            "account_id",
            "finding_id",
            "round_id",
            "purpose",
            "field",
            *("quarter", "telling_id"),
            "home",
            "left",
            "right",
            "link",
            "stopping",
            "step",
            "wanted",
            "message_id",
        )
    }
    # One that is pinned is asked for by its code.
    searches = [rule for rule in app.url_map.iter_rules() if rule.rule.endswith("/search")]
    assert searches
    assert all("GET" not in rule.methods for rule in searches)


def test_the_api_describes_itself(client):
    spec = client.get("/api/openapi.json").json
    assert spec["openapi"] == "3.1.0"
    operations = [(path, verb, told) for path, verbs in spec["paths"].items() for verb, told in verbs.items()]
    operations = [one for one in operations if one[1] != "parameters"]
    assert len(operations) > 35
    for path, verb, told in operations:
        expected = {"400", "401", "403", "404", "422", "429", "503"} | ({"412", "428"} if verb != "get" else set())
        assert expected <= {*told["responses"]}, (path, verb)
        assert told["tags"]
    (problem,) = [s for name, s in spec["components"]["schemas"].items() if name == "Problem"]
    assert {"type", "title", "status", "detail", "errors", "theirs", "yours", "people"} == set(problem["properties"])
    assert spec["security"] == [{"token": []}]
    problems = spec["components"]["responses"]
    assert [list(one["content"]) for one in problems.values()] == [[PROBLEM]] * len(problems)
    told = {name: list(one["headers"]) for name, one in problems.items() if "headers" in one}
    assert told == {"UNAUTHORIZED": ["WWW-Authenticate"], "TOO_MANY_REQUESTS": ["Retry-After"]}


def test_the_docs_are_served_from_here_alone(client):
    page = client.get("/api/docs")
    sources = re.findall(r'(?:src|href|data-openapi)="([^"]+)"', page.text)
    assert len(sources) == 4
    for source in sources:
        assert source.startswith("/")
        with client.get(source) as answer:
            assert answer.status_code == 200, source


def test_an_answer_is_written_as_people_read_it(client, clerk):
    factories.person("Đặng Thị Hòa")
    answer = find(client, clerk, text="hoa")
    assert "Đặng Thị Hòa" in answer.text
    assert list(json.loads(answer.text)) == ["people", "count", "exact", "near", "more"]

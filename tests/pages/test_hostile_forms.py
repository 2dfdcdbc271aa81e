"""Every page that acts is sent what no page of ours would send: each is refused in words, none is a crash."""

import pytest

from kieubao.access import use_case
from kieubao.access.roles import ASSIGNABLE, GRANTS
from kieubao.entry import service as door
from kieubao.visits import recipient
from tests import factories
from tests.pages.province import furnish, reader
from tests.pages.test_matrix import NEEDS, OWN, rules

AT_THE_DOOR = {
    "/sign-in": {"username": "x", "password": "y", "code": "1", "passkey": "{}", "next": "/"},
    "/join": {"username": "x", "first": "MA-7F3Q-9XKC-2", "second": "MB-7F3Q-9XKC-2"},
    "/language": {"language": "vi", "next": "/"},
    "/keys": {"keys": "off", "next": "/"},
    "/r/<link>": {"answer": "accepted", "companions": "1"},
    "/stop": {"kind": "withdraw", "name": "Lê Văn Ba", "contact": "0983000111", "born": "1968", "asked_by": "con"},
    "/register/<step>": {"name": "Lê Văn Ba"},
    "/register/check": {},
    "/p/<link>": {},
    "/w/<stopping>": {},
}


def shapes(name):
    """One field in every shape but its own."""
    yield from ({f"{name}[]": ["a", "b"]}, {f"{name}-0-x": "a"}, {name: "9" * 400})


def more_shapes(name):
    yield from (
        {f"{name}.x[]": "a"},
        {name: "a\0b"},
        {name: "a"},
        {f"{name}-999-value": "a"},
        {f"{name}.x": "a"},
        {name: b"\xff\xfe"},
        {name: "-1"},
    )
    yield from ({name: "\udcff".encode("utf-8", "surrogatepass")}, {name: "x" * 50_000}, {name: "a\r\nSet-Cookie: b"})
    yield from ({name: "{{7*7}} %(x)s {0}"}, {name: "\u202e\u200b"}, {name: "' OR 1=1 --"}, {name: "../../etc/passwd"})


def crashes(app, client, monkeypatch, every):
    """Send each page each of its fields in each shape; return what was more than it could bear, and how many were."""
    monkeypatch.setattr(use_case, "ACTS_A_MINUTE", 10**9)
    monkeypatch.setattr(recipient, "_PLEAS", 10**9)
    for name in ("FREE", "FREE_HERE"):
        monkeypatch.setattr(door, name, 10**9)
    codes, found, sends = furnish().codes, [], 0
    factories.account(username="spare")
    app.testing = False
    acts = {rule: (permission, sent) for rule, (permission, sent) in NEEDS.items() if "POST" in rules(app)[rule]}
    at_the_door = {**AT_THE_DOOR, **{rule: sent for rule, sent in OWN.items() if "POST" in rules(app)[rule]}}
    for rule, (permission, sent) in {**acts, **{rule: (None, sent) for rule, sent in at_the_door.items()}}.items():
        role = next((role for role in sorted(ASSIGNABLE) if permission in GRANTS[role]), None)
        role = "subject" if rule in OWN else role
        browser = reader(client, role) if role else client
        for data in garbled(sent, every):
            sends += 1
            with browser.post(place(rule, codes), data=data) as answer:
                found += [(rule, data)] if answer.status_code >= 500 else []
    return found, sends


def garbled(sent, every):
    yield {**sent, "no_such_field": "1", "a-0-b": "2", "z[]": ["1", "2"], "q.w": "3"}
    for name in [*sent, "version", "language"]:
        rest = {other: value for other, value in sent.items() if other != name}
        for shape in every(name.removesuffix("[]")):
            yield {**rest, **shape}


def place(rule, codes):
    kinds = {"/issue": "issue", "/lists": "draft", "/impor": "read", "/occas": "occasion", "/plans": "plan"}
    code = (
        kinds
        | {
            "/tasks": "task",
            "/agenc": "agency",
            "/segme": "segment",
            "/contr": "given",
            "/reque": "request",
            "/regis": "registration",
            "/discl": "open",
            "/edits": "edit",
        }
        | {"/regis": "registration"}
    ).get(rule[:6], "hoa")
    rule = rule.replace("<code:relative>", codes["dao"]).replace("<username>", "spare")
    rule = rule.replace("<code:successor>", codes["agency"]).replace("<string:language>", "vi")
    rule = rule.replace("<uuid:home>", codes["home"]).replace("<link>", codes["link"])
    rule = rule.replace("<step>", "name")
    rule = rule.replace("<stopping>", codes["stopping"]).replace("<purpose>", "events")
    if rule.startswith("/p/"):
        rule = f"/p/{codes['own_link']}"
    for name in ("token_id", "contact_id", "notice_id", "draft_id", "message_id", "telling_id"):
        rule = rule.replace(f"<int:{name}>", "1")
    return rule.replace("<code:code>", codes[code])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_no_form_is_a_crash(app, client, monkeypatch):
    found, sends = crashes(app, client, monkeypatch, shapes)
    assert found == []
    assert sends > 350


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_form_in_any_shape_is_a_crash(app, client, monkeypatch):
    found, sends = crashes(app, client, monkeypatch, lambda name: [*shapes(name), *more_shapes(name)])
    assert found == []
    assert sends > 1_500

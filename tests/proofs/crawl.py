"""Somebody who goes everywhere there is, with everything there is to send, and reads every byte that comes back."""

import itertools
import json
import re
from contextlib import contextmanager
from hashlib import sha256

from sqlalchemy import event

from kieubao.access import accounts, use_case
from kieubao.access.session import SECRET, actor_for
from kieubao.db import db
from tests import factories
from tests.pages.test_matrix import NEEDS as PAGES
from tests.proofs.planting import Province, Who
from tests.proofs.scan import Scan
from tests.signing import secret_of
from tests.test_matrix import NEEDS as API
from tests.test_matrix import sent

_LINK = re.compile(r'(?:href|src|action)="(/[^"#]*)"')
_AFTER = re.compile(r'name="after" value="([^"]+)"')
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# How many of the addresses of one rule are followed, when pages link to them.
_OF_A_RULE = 6


class Visitor:
    """One who looks; `leaks` has what they were shown and may not see: (request, status, value, encoding)."""

    def __init__(self, app, scan: Scan, made: Province, who: Who) -> None:
        self.app, self.scan, self.made, self.who = app, scan, made, who
        self.client, self.headers = app.test_client(), {}
        self.may_see, self.typed = made.visible(who), set()
        self.seen, self.shown, self.leaks, self.statuses, self.addresses = {}, set(), [], set(), set()
        self.bodies = self.bytes = self.crashes = 0
        self.enter()

    def enter(self) -> None:
        """Sign in: pages by a session, the API by a token."""
        db.session.rollback()
        if self.who.role is None:
            return
        account = accounts.account(self.who.username)
        self.headers = factories.bearer(actor_for(account))
        secret = secret_of(account.id)
        with self.client.session_transaction() as cookie:
            cookie[SECRET] = secret

    def __call__(self, method, address, **options):
        """Go somewhere, and look at all that comes back."""
        answer = self._open(method, address, **options)
        is_out = answer.status_code == 401 or "/sign-in" in (answer.location or "")
        if is_out and self.who.role and "headers" not in options:
            self.enter()
            answer = self._open(method, address, **options)
        return answer

    def _open(self, method, address, **options):
        sent = {"headers": self.headers, **options}
        with self.app.app_context():
            answer = self.client.open(address, method=method, buffered=True, **sent)
        self.statuses.add(answer.status_code)
        self.crashes += answer.status_code == 500 and not self.app.config.get("CRASHES", False)
        self.addresses.add(address.partition("?")[0])
        body = json.dumps([options.get("json"), options.get("data")], default=str).encode()
        self.typed |= {value for value, _coded in self.scan(body)}
        self._look(f"{method} {address}", answer)
        return answer

    def _look(self, asked, answer):
        body = answer.get_data()
        data = body + b"\n" + str(answer.headers).encode()
        self.bodies, self.bytes = self.bodies + 1, self.bytes + len(data)
        here = {value for value, _coded in self.scan(asked.encode())}
        here |= self.made.by_link if " /r/" in asked else set()
        for value, coded in self._scanned(body) | self.scan(str(answer.headers).encode()):
            self.shown.add(value)
            if value not in self.may_see | self.typed | here:
                self.leaks.append((asked, answer.status_code, value, coded))

    def _scanned(self, body):
        key = sha256(body).digest()
        if key not in self.seen:
            self.seen[key] = self.scan(body)
        return self.seen[key]

    def follow(self, start="/") -> None:
        """Follow every link from a page, some of each kind."""
        waiting, known, counts = [start], {start}, {}
        while waiting:
            answer = self("GET", waiting.pop())
            found = _LINK.findall(answer.text) if "html" in answer.mimetype else []
            for address in [*found, answer.location or "/"]:
                kind = re.sub(r"[A-Z]{2}-[\w-]+|\d+", "*", address)
                if address.startswith("/") and address not in known and counts.get(kind, 0) < _OF_A_RULE:
                    counts[kind] = counts.get(kind, 0) + 1
                    known.add(address)
                    waiting.append(address)

    def everywhere(self, below="/") -> None:
        """Ask every address of the URL map, in scope and out, in every way it takes and in some it does not."""
        rules = [one for one in self.app.url_map.iter_rules() if one.rule.startswith(below)]
        rules = [one for one in rules if "filename" not in one.arguments]
        for rule in rules:
            for address in self._filled(rule):
                self._ask(rule, address)
        for rule in rules:
            for address in self._filled(rule):
                for method in rule.methods - SAFE:
                    self._send(rule, method, address)

    def _filled(self, rule):
        """Give the addresses of a rule: of what is in scope, of what is not, and of what is not there."""
        ours = [one.code for one in self.made.people if self.who.covers(one.place)][:2]
        theirs = [one.code for one in self.made.people if not self.who.covers(one.place)][:2]
        kinds = {"KB": [*ours, *theirs], **{kind: codes for kind, codes in self.made.codes.items() if kind != "KB"}}
        first = rule.rule.removeprefix("/api/v1").split("/")[1]
        named = {
            "lists": "DS",
            "issues": "PH",
            "occasions": "SK",
            "contributions": "DG",
            "subject-requests": "YC",
            "requests": "YC",
            "disclosures": "DN",
            "disclosure-requests": "DN",
        }
        codes = kinds.get(named.get(first), kinds["KB"])
        values = {"username": ["moc", "nobody"], "code": codes, "relative": kinds["KB"][1:4], "home": kinds["home"]}
        values["language"], values["link"] = ["vi", "x"], [*self.made.codes["link"], "x"]
        each = [values.get(name, ["1", "2", "999999"]) for name in sorted(rule.arguments)]
        for chosen in itertools.product(*each):
            names = dict(zip(sorted(rule.arguments), chosen, strict=True))
            yield re.sub(r"<(?:\w+:)?(\w+)>", lambda place: names[place[1]], rule.rule)  # noqa: B023

    def _ask(self, rule, address):
        self("GET", address)
        if rule.arguments:
            return
        for method in sorted({"HEAD", "OPTIONS", "PUT", "TRACE"} - (rule.methods - {"HEAD", "OPTIONS"})):
            self(method, address)

    def _send(self, rule, method, address):
        """Send what is right but stale, and what is wrong, so that the page comes back with what it shows."""
        if rule.rule.startswith("/api/"):
            body = API[method, rule.rule.removeprefix("/api/v1")][1]
            self(method, address, json={"unknown": 1})
            for one in _formats(body, "format"):
                self(method, address, **sent(one), headers={**self.headers, "If-Match": '"1"'})
            return
        body = PAGES.get(rule.rule, (None, {}))[1]
        self(method, address, data={"unknown": "1"})
        for one in _formats(body, "format"):
            self(method, address, data=one)

    def search(self) -> None:
        """Look for everybody, page by page, and for somebody out of scope by all that is known of them."""
        codes = [one for one in self.made.people if not self.who.covers(one.place)][:2]
        texts = ["", "dang", "Đặng Thị", "bà", "hoi"]
        texts += [text for one in codes for text in (*one.contacts.values(), one.contacts["phone"][-4:], one.code)]
        for text in texts:
            self._pages({"text": text, "size": 50} if text else {"size": 50})
        for filters in ({"kinds": ["home"]}, {"provinces": ["68"]}, {"communes": ["18685"]}, {"consents_to": "events"}):
            self._pages({"filters": filters, "size": 100})
        for one in codes:
            self("POST", "/inspections", data={"code": one.code, "reason": "r"})

    def _pages(self, body):
        """Read what is found, to the end."""
        found = self("POST", "/api/v1/persons/search", json=body)
        while found.status_code == 200 and found.json["more"]:
            found = self("POST", "/api/v1/persons/search", json={**body, "after": found.json["more"]})
        flat = {f"filters.{name}[]": value for name, value in body.get("filters", {}).items()}
        sent = {**{name: value for name, value in body.items() if name != "filters"}, **flat}
        while (after := _AFTER.findall((self("POST", "/persons", data=sent) and self("GET", "/persons/found")).text))[
            :1
        ]:
            sent["after"] = after[0]

    def provoke(self) -> None:
        """Have every kind of error made."""
        code = max(self.made.people, key=lambda one: self.who.covers(one.place)).code
        person, search = f"/api/v1/persons/{code}", "/api/v1/persons/search"
        typed = {**self.headers, "Content-Type": "application/json"}
        for data in (b"{", b'{"text": "\xff"}', b"[" * 50_000, b'"' + b"x" * 1_000_001 + b'"'):
            self("POST", search, data=data, headers=typed)
        self("POST", search, data="text=1")
        self("POST", "/persons", data={"text": "x" * 1_000_001})
        self("PATCH", person, json={"city": "Brno"})
        self("PATCH", person, json={"city": "Brno", "note": "ghi chú"}, headers={**self.headers, "If-Match": '"1"'})
        self("GET", person, headers={"Authorization": "Bearer kb_no"})
        ways = (
            "/",
            "/lists",
            "/occasions",
            "/issues",
            f"/persons/{code}",
            f"/persons/{code}/consents",
            "/account",
            "/accounts",
        )
        for trouble in (unrecorded, crashing, hurried):
            with trouble(self.app, self.made):
                for address in ways:
                    self("GET", address)
                    self("GET", f"/api/v1{address}")
                self("POST", search, json={"text": "dang"})


def _formats(body, name):
    """Give a body, and where it asks for a file, one for every format."""
    return [{**body, name: one} for one in ("csv", "xlsx")] if body and name in body else [body]


@contextmanager
def unrecorded(app, made):
    """Have the trail take no entries."""

    def refuse(_connection, cursor, statement, *_rest):
        if "INSERT INTO audit_entry" in statement:
            cursor.execute("SELECT no_such_column")

    event.listen(db.engine, "before_cursor_execute", refuse)
    yield
    event.remove(db.engine, "before_cursor_execute", refuse)


@contextmanager
def crashing(app, made):
    """Have every use case fail over a value of somebody's."""
    close, app.config["CRASHES"] = use_case._within_limits, True
    told = " ".join(made.people[-1].said["name"] | made.people[-1].said["note"])

    def crash(*_args, **_options):
        raise ValueError(told)

    use_case._within_limits = crash
    yield
    use_case._within_limits, app.config["CRASHES"] = close, False


@contextmanager
def hurried(app, made):
    """Have everybody have done enough for this minute."""
    most, use_case.ACTS_A_MINUTE = use_case.ACTS_A_MINUTE, 1
    yield
    use_case.ACTS_A_MINUTE = most

"""Nobody is shown what they may not see: not on a page, in a file, a header or an error, however it is written.

`pytest -s tests/proofs/test_canaries.py` tells how many values, pages, bodies and bytes that is of.
"""

import json
import sys
from base64 import b64encode, urlsafe_b64encode
from copy import copy
from io import BytesIO
from urllib.parse import quote
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from flask import redirect, request, session
from sqlalchemy.engine import make_url

from kieubao.access import use_case
from kieubao.access.roles import ASSIGNABLE, Role
from kieubao.db import db
from tests import factories
from tests.campaigns import some
from tests.databases import application
from tests.proofs.crawl import Visitor
from tests.proofs.planting import HOLDER, POLICE, UNIT, Who, plant
from tests.proofs.scan import SHORTEST, Scan, writings

ERRORS = {400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503}
OFFICES = {Role.ORGANIZER: HOLDER, **dict.fromkeys(POLICE, UNIT)}
EVERYBODY = [Who(role.value, role, office=OFFICES.get(role, "Sở Ngoại vụ")) for role in sorted(ASSIGNABLE)]
EVERYBODY += [
    Who(f"near-{role.value}", role, ("18673",)) for role in (Role.CLERK, Role.APPROVER, Role.PROTECTION_OFFICER)
]
EVERYBODY += [Who("nowhere", Role.CLERK, ()), Who("other-office", Role.ORGANIZER, office="Hội khác"), Who("", None)]

# Who has most to see of each kind: a whole province, one commune, a file; and who may see nothing.
AT_ONCE = [one for one in EVERYBODY if one.username in {"clerk", "near-approver", "organizer", "police"}]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def planted(request):
    """A planted province, as the template that each visitor gets a copy of."""
    kind = copy(request.getfixturevalue(request.param))
    url = kind.copy()
    app = application(url)
    with app.app_context():
        made = plant()
        for who in EVERYBODY:
            if who.role:
                factories.account(who.role.value, who.units, who.office, username=who.username)
        db.session.remove()
        db.engine.dispose()
    kind.template = make_url(url).database
    yield kind, made, Scan(made.values)
    kind.drop(url)


@pytest.fixture
def visit(planted, monkeypatch):
    """Make a visitor of a copy of the province."""
    kind, made, scan = planted
    url = kind.copy()
    app = application(url)
    for limit in ("ACTS_A_MINUTE", "OPENED_A_DAY", "FOUND_A_DAY"):
        monkeypatch.setattr(use_case, limit, 10**6)
    with app.app_context():
        yield lambda who: Visitor(app, scan, made, who)
        db.session.remove()
        db.engine.dispose()
    kind.drop(url)


def tally(visitor):
    values, sizes = visitor.made.values, (len(visitor.addresses), visitor.bodies, visitor.bytes / 1e6)
    hidden, codes = len(values - visitor.may_see), " ".join(map(str, sorted(visitor.statuses)))
    told = "{} addresses, {} answers, {:.1f} MB".format(*sizes)
    who = visitor.who.username or "stranger"
    return f"\n{who}: {len(values)} values, {hidden} hidden; {told} ({codes}); {len(visitor.leaks)} leaks\n"


def unseen(visitor):
    """Return the kinds of value that a visitor may see and came across none of: there the crawl proves nothing."""
    made, who = visitor.made, visitor.who
    may = {(kind, value) for one in made.people for kind, values in one.said.items() for value in values}
    may = {(kind, value) for kind, value in may if value in visitor.may_see}
    may |= {(text, text) for text, may_see in made.texts.items() if may_see(who)}
    return {kind for kind, _value in may} - {kind for kind, value in may if value in visitor.shown}


@pytest.mark.timeout(300)
@pytest.mark.parametrize("who", some(EVERYBODY, AT_ONCE), ids=lambda who: who.username or "stranger")
def test_nothing_leaks(visit, who):
    visitor = visit(who)
    visitor.follow()
    visitor.search()
    visitor.everywhere()
    visitor.provoke()
    sys.stdout.write(tally(visitor))
    assert len(visitor.made.values) >= 1_200
    assert visitor.leaks == []
    assert unseen(visitor) == set()
    assert visitor.crashes == 0
    assert visitor.statuses >= (ERRORS if "clerk" in who.username else {401, 405, 413, 422, 500 if who.role else 303})


def leaking(app, value, number):
    """Have an application leak a value and a number, in every writing and by every way out."""
    app.add_url_rule("/leak/linked", view_func=lambda: '<a href="/leak/page?of=1">', endpoint="linked")
    app.add_url_rule("/leak/page", view_func=lambda: value if request.args else "", endpoint="page")
    written = {(name, needle) for one in (value, number) for name, needle in writings(one)}
    for place, (name, needle) in enumerate(sorted(written)):
        app.add_url_rule(
            f"/leak/{name}/{place}", view_func=lambda needle=needle: b"<p>" + needle, endpoint=f"leak{place}"
        )
    for name, way in WAYS.items():
        app.add_url_rule(f"/leak/{name}", view_func=lambda way=way: way(value), endpoint=f"leak-{name}")
    return {name for name, needle in written if len(needle) >= SHORTEST}


def in_an_archive(value):
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        archive.writestr("xl/sheet.xml", f"<c>{value}</c>")
    return file.getvalue()


def in_a_cookie(value):
    session["leak"] = [value] * 50
    return ""


WAYS = {
    "header": lambda value: ("", {"X-Leak": quote(value)}),
    "etag": lambda value: ("", {"ETag": b64encode(f"12{value}".encode()).decode()}),
    "location": lambda value: redirect(f"/sign-in?next={quote(value)}"),
    "error": lambda value: (value, 409),
    "cookie": in_a_cookie,
    "archive": in_an_archive,
    "cursor": lambda value: {"more": urlsafe_b64encode(json.dumps([1, value, 7]).encode()).decode()},
}


def test_the_crawl_finds_what_leaks(visit):
    who = next(one for one in EVERYBODY if one.username == "near-clerk")
    visitor = visit(who)
    there = next(one for one in visitor.made.people if not who.covers(one.place))
    (value,), number = there.said["name"], there.contacts["phone"]
    encodings = leaking(visitor.app, value, number)
    visitor.everywhere("/leak/")
    visitor.follow("/leak/linked")
    told = {(asked.split()[1].split("/")[2], found) for asked, _status, found, _coded in visitor.leaks}
    assert {found for _way, found in told} == {value, number}
    assert {way for way, _found in told} == encodings | {*WAYS} | {"page?of=1"}
    assert len(encodings) >= 10
    assert {coded for _asked, _status, _found, coded in visitor.leaks} == encodings

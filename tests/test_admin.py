"""Whoever keeps accounts and settings sees no personal data: every address, asked as the admin, names nobody."""

import html
import json
from urllib.parse import quote

import pytest

from kieubao.access.roles import Role
from kieubao.ground.text import fold
from tests import factories, test_matrix
from tests.pages import test_matrix as pages_matrix
from tests.pages.province import furnish, reader

# What furnish() tells of people, as it was written.
PLANTED = (
    *("Đặng Thị Hòa", "Trần Văn Bình", "Lê Thị Đào", "Hoa Dang", "Libušská 319", "Praha 4", "Chủ cửa hàng"),
    *("Thường về quê dịp Tết", "hoa@example.com", "binh@example.com", "601 555 148", "+420601555148", "0383456789"),
    *("+84383456789", "Hội người Hà Tĩnh tại Séc", "phiếu 12", "14/08/1968", "1968-08-14", "Phó chủ tịch"),
)


def told(text: str) -> list[str]:
    """Return the planted values that a text tells, in any form that it may take on its way."""
    forms = {
        value: {value, html.escape(value), quote(value), json.dumps(value)[1:-1], value.upper(), fold(value)}
        for value in PLANTED
    }
    plain = fold(text)
    return [value for value, some in forms.items() if any(form in text for form in some) or fold(value) in plain]


@pytest.fixture
def province(app):
    return furnish()


def named(province, rule):
    """Put what is really there into an address."""
    codes = province.codes
    code = {
        "/lists": "published",
        "/issue": "issue",
        "/agree": "agreement",
        "/overs": "breach",
        "/discl": "mandate",
    }.get(rule[:6], "hoa")
    left, right = codes["pair"].split("/")
    rule = rule.replace("<code:left>", left).replace("<code:right>", right)
    filled = rule.replace("<code:code>", codes[code]).replace("<code:relative>", codes["dao"])
    filled = filled.replace("<code:successor>", codes["agency"])
    filled = (
        filled.replace("<purpose>", "events").replace("<field>", "city").replace("<int:round_id>", str(codes["round"]))
    )
    filled = filled.replace("<int:finding_id>", str(codes["finding"])).replace("<int:account_id>", str(codes["line"]))
    for name in ("token_id", "contact_id", "grant_id", "notice_id", "draft_id", "message_id", "telling_id"):
        filled = filled.replace(f"<int:{name}>", "1")
    filled = (
        filled.replace("<username>", "clerk")
        .replace("<string:language>", "vi")
        .replace("<uuid:home>", str(codes["home"]))
    )
    assert "<" not in filled, f"say what stands for {filled}"
    return filled


def test_the_values_are_found_where_they_are_shown(province, client):
    clerk = reader(client, "clerk")
    seen = set(told(clerk.get(f"/persons/{province.codes['hoa']}").text))
    assert {"Đặng Thị Hòa", "hoa@example.com", "Libušská 319", "Thường về quê dịp Tết", "14/08/1968"} <= seen


def test_no_page_names_anybody_to_the_admin(app, province, client):
    admin, leaks = reader(client, "admin"), []
    sent_to = {rule: sent for rule, (_permission, sent) in pages_matrix.NEEDS.items()}
    for rule, sent in [*sent_to.items(), ("/", None), ("/no/such/page", None)]:
        for method in pages_matrix.rules(app).get(rule, {"GET"}):
            data = sent if method == "POST" else None
            answer = admin.open(named(province, rule), method=method, data=data, buffered=True)
            leaks += [(method, rule, value) for value in told(answer.text + str(answer.headers))]
    assert leaks == []


def test_no_answer_names_anybody_to_the_admin(province, client):
    headers, leaks = factories.bearer(province.cast[Role.ADMIN]) | {"If-Match": '"1"'}, []
    for (method, rule), (_permission, body) in test_matrix.NEEDS.items():
        query = {"name": "x"} if rule == "/units" else None
        path = f"/api/v1{named(province, rule)}"
        sent = test_matrix.sent(body)
        answer = client.open(path, method=method, headers=headers, query_string=query, buffered=True, **sent)
        leaks += [(method, rule, value) for value in told(answer.text + str(answer.headers))]
    assert leaks == []

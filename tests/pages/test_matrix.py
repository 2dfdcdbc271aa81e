"""Who gets where on the pages: every address × every role, from the URL map itself."""

import pytest

from kieubao.access.roles import ASSIGNABLE, GRANTS, Permission, Role
from tests import factories
from tests.pages.province import reader, sign_in_accounts

P = Permission
PERSON, LIST = "/persons/<code:code>", "/lists/<code:code>"
TODAY = "01/01/2026"
SAID = {"method": "paper", "signed_on": TODAY}
YES = {"purposes[]": "events", "channels[]": "email", "state": "refused", **SAID}
LISTED = {"title": "t", "purpose": "events", "channels[]": "email", "fields[]": "name"}
TERMS = {"fields[]": "name", "formats[]": "csv", "until": TODAY, "agreement": "a", "organisation": "TC-7F3Q-9XKC-2"}

# Of each address: what its page needs, and where it acts, what would be sent that is right.
NEEDS = {
    "/account": (P.ACCOUNT_SELF, {"name": "t", "days": "1"}),
    "/account/tokens/<int:token_id>/revoke": (P.ACCOUNT_SELF, {}),
    "/trail": (P.AUDIT_READ, None),
    "/persons": (P.PERSON_SEARCH, {"text": "dao"}),
    "/persons/found": (P.PERSON_SEARCH, None),
    "/persons/new": (P.PERSON_WRITE, factories.form()),
    PERSON: (P.PERSON_READ, None),
    f"{PERSON}/edit": (P.PERSON_WRITE, {**factories.form(), "version": "1"}),
    f"{PERSON}/contact-points/new": (P.PERSON_WRITE, {"channel": "email", "value": "a@example.com"}),
    f"{PERSON}/contact-points/<int:contact_id>/retire": (P.PERSON_WRITE, {}),
    f"{PERSON}/kinships/new": (P.PERSON_WRITE, {"relative": "KB-7F3Q-9XKC-2", "term": "spouse"}),
    f"{PERSON}/kinships/<code:relative>/remove": (P.PERSON_WRITE, {}),
    f"{PERSON}/consents": (P.PERSON_READ, None),
    f"{PERSON}/consents/new": (P.CONSENT_RECORD, YES),
    f"{PERSON}/withdrawal": (P.CONSENT_RECORD, SAID),
    f"{PERSON}/standing": (P.CONSENT_RECORD, {"restricted": "true"}),
    "/inspections": (P.PERSON_INSPECT, {"code": "KB-7F3Q-9XKC-2", "reason": "r"}),
    "/inspections/readings": (P.PERSON_INSPECT, {"code": "KB-7F3Q-9XKC-2", "reason": "r"}),
    "/occasions": (P.LIST_READ, None),
    "/occasions/new": (P.LIST_DRAFT, {"kind": "event", "title": "t"}),
    "/lists": (P.LIST_READ, None),
    "/lists/new": (P.LIST_DRAFT, {**LISTED, "occasion": "SK-7F3Q-9XKC-2"}),
    LIST: (P.LIST_READ, None),
    f"{LIST}/edit": (P.LIST_DRAFT, {**LISTED, "version": "1"}),
    f"{LIST}/submit": (P.LIST_DRAFT, {}),
    f"{LIST}/approve": (P.LIST_APPROVE, {"digest": "d"}),
    f"{LIST}/return": (P.LIST_APPROVE, {"remarks": "r"}),
    f"{LIST}/publish": (P.LIST_APPROVE, {}),
    f"{LIST}/close": (P.LIST_APPROVE, {}),
    f"{LIST}/grants/new": (P.LIST_APPROVE, TERMS),
    "/grants/limits": (P.GRANT_WIDEN, {"grant": "999999", "rows": "1", "pulls_a_day": "1"}),
    "/issues": (P.LIST_PULL, None),
    "/issues/<code:code>": (P.LIST_PULL, {"reason": "r", "format": "csv"}),
}
# For everybody: home, signing in and out, the language, and what is served as it is.
OPEN = {"/", "/sign-in", "/sign-out", "/language"}
OPEN |= {f"{at}/<path:filename>" for at in ("/static", "/bootstrap/static", "/fs-static")}


def rules(app):
    return {rule.rule: rule.methods & {"GET", "POST"} for rule in app.url_map.iter_rules() if "/api/" not in rule.rule}


def address(rule):
    for name in ("token_id", "contact_id"):
        rule = rule.replace(f"<int:{name}>", "999999")
    return rule.replace("<code:code>", "KB-7F3Q-9XKC-2").replace("<code:relative>", "KB-7F3Q-9XKC-2")


def test_no_page_is_untested(app):
    assert set(rules(app)) - OPEN == set(NEEDS)


@pytest.mark.parametrize("role", sorted(ASSIGNABLE))
def test_a_role_gets_where_it_is_granted_and_nowhere_else(app, client, role):
    sign_in_accounts()
    browser, wrong = reader(client, role), []
    for rule, (permission, sent) in NEEDS.items():
        for method in rules(app)[rule]:
            status = browser.open(address(rule), method=method, data=sent if method == "POST" else None).status_code
            allowed = status in {200, 303, 404}
            if allowed != (permission in GRANTS[Role(role)]) or (not allowed and status != 403):
                wrong.append((method, rule, status))
    assert wrong == []


def test_nobody_sees_a_page_without_signing_in(app, client):
    for rule, (_permission, sent) in NEEDS.items():
        for method in rules(app)[rule]:
            answer = client.open(address(rule), method=method, data=sent)
            assert (answer.status_code, "/sign-in" in answer.location) == (303, True), (method, rule)

"""Who gets where on the pages: every address × every role, from the URL map itself."""

from collections import defaultdict
from datetime import timedelta

import pytest

from kieubao.access.roles import ASSIGNABLE, GRANTS, Permission, Role
from kieubao.consent.agreements import ITEMS
from kieubao.consent.notices import ITEMS as NOTICE_ITEMS
from kieubao.ground import clock
from tests import factories
from tests.pages.province import reader, sign_in_accounts
from tests.signing import equip
from tests.test_matrix import AGENCY, FILE, GIVEN, LETTER, PAPER_REQUEST, PERSON_ASKED, PLAN, SCAN, SUCCESSION, TASK

P = Permission
PAIR = "/duplicates/<code:left>/<code:right>"
PERSON, LIST = "/persons/<code:code>", "/lists/<code:code>"
TODAY = "01/01/2026"
KEPT = {"until": f"{clock.today() + timedelta(days=9):%d/%m/%Y}", "ground": "dispute", "remark": "x"}
PASSPHRASE = "chuồn chuồn bay thấp qua cầu"
OPENING = {"username": "moi", "holder": "Người mới", "role": "clerk", "organisation": "Sở Ngoại vụ", "units[]": "42"}
SAID = {"method": "paper", "signed_on": TODAY}
ASKED = {"kind": "see", "way": "letter", "received_on": "01/01/2026"}
ANSWER = {"person": "KB-7F3Q-9XKC-2", "answer": "accepted", "said_by": "self"}
YES = {"purposes[]": "events", "channels[]": "email", "state": "refused", **SAID}
SEGMENT = {"title": "t", "filter.countries[]": ["KR"], "filter.none-0-kinds[]": ["home"]}
LISTED = {"title": "t", "purpose": "events", "channels[]": "email", "fields[]": "name"}
TERMS = {"fields[]": "name", "formats[]": "csv", "until": TODAY, "organisation": "TC-7F3Q-9XKC-2"}
TERMS["agreement"] = "TT-7F3Q-9XKC-2"
DAYS = dict.fromkeys(("signed_on", "valid_from", "valid_until"), TODAY)
AGREED = {"organisation": "TC-7F3Q-9XKC-2", "number": "1", "document": "d", **dict.fromkeys(ITEMS, "x"), **DAYS}
NOTICE = {f"{one}.{name}": "x" for one in ("vi", "en") for name in ("title", "text", *NOTICE_ITEMS)}
NOTICE |= {"code": "n", "purposes[]": "events"}
SAID_OF = dict.fromkeys(("data_kinds", "subjects", "legal_document", "retention", "protection"), "x")
BREACH = {"what": "x", "found_at": "01/01/2026 09:00"}
MEANT = {"sheet": "0", "above": "1", "columns-0-place": "0", "columns-0-means": "person.name", "kind": "abroad"}
MEANT |= {"source": "x", "legal_basis": "consent", "legal_document": "x"}

DISCLOSURE = {**PAPER_REQUEST, **{f"subjects-0-{name}": value for name, value in PERSON_ASKED.items()}}
ON_PAPER = {"asking_unit": "Công an tỉnh", "officer_name": "Lê Văn Cảnh", "head_name": "Trần Văn Trưởng"}
DECIDED = {"subjects-0-number": "1", "subjects-0-reason": "x", "subjects-0-reason_name": "x"}
MANDATE = {"mode": "account", "instrument": "x", "issuer_name": "x", "issued_on": TODAY}

# Of each address: what its page needs, and where it acts, what would be sent that is right.
NEEDS = {
    "/guide": (P.WORKDAY_SEE, None),
    "/guide/glossary": (P.WORKDAY_SEE, None),
    "/account": (P.ACCOUNT_SELF, {"name": "t", "days": "1", "permissions[]": ["account:self"]}),
    "/account/tokens/<int:token_id>/revoke": (P.ACCOUNT_SELF, {}),
    "/account/password": (P.ACCOUNT_SELF, {"current": factories.PASSWORD, "password": PASSPHRASE, "again": PASSPHRASE}),
    "/account/sessions": (P.ACCOUNT_SELF, {"session": "999999"}),
    "/accounts": (P.ACCOUNT_MANAGE, None),
    "/accounts/new": (P.ACCOUNT_MANAGE, OPENING),
    "/accounts/<username>/change": (P.ACCOUNT_MANAGE, {"kind": "reset"}),
    "/accounts/<username>/disable": (P.ACCOUNT_MANAGE, {}),
    "/changes": (P.ACCOUNT_CONFIRM, {"change": "999999", "decision": "confirm"}),
    "/trail": (P.AUDIT_READ, {}),
    "/searches/new": (P.PERSON_SEARCH, {"title": "t"}),
    "/searches/<code:code>": (P.PERSON_SEARCH, None),
    "/searches/<code:code>/drop": (P.PERSON_SEARCH, {}),
    f"{PERSON}/edit/<field>": (P.PERSON_WRITE, {"version": "1", "city": "Brno"}),
    f"{PERSON}/history": (P.PERSON_READ, None),
    f"{PERSON}/pin": (P.PERSON_READ, {}),
    f"{PERSON}/unpin": (P.PERSON_READ, {}),
    "/imports": (P.INTAKE_READ, None),
    "/imports/new": (P.INTAKE_RUN, FILE),
    "/imports/mappings": (P.INTAKE_READ, None),
    "/imports/mappings/<code:code>": (P.INTAKE_READ, None),
    "/imports/mappings/<code:code>/drop": (P.INTAKE_RUN, {}),
    "/imports/<code:code>": (P.INTAKE_READ, None),
    "/imports/<code:code>/mapping": (P.INTAKE_RUN, MEANT),
    "/imports/<code:code>/run": (P.INTAKE_RUN, {}),
    "/imports/<code:code>/decide": (P.INTAKE_DECIDE, {"row": "2", "decision": "leave_out", "reason": "x"}),
    "/imports/<code:code>/undo": (P.INTAKE_UNDO, {}),
    "/imports/<code:code>/clear": (P.INTAKE_RUN, {}),
    "/imports/<code:code>/returned": (P.INTAKE_READ, None),
    "/jobs": (P.ACCOUNT_SELF, None),
    "/jobs/<code:code>": (P.ACCOUNT_SELF, None),
    "/jobs/<code:code>/stop": (P.ACCOUNT_SELF, {}),
    "/jobs/<code:code>/resume": (P.ACCOUNT_SELF, {}),
    "/persons": (P.PERSON_SEARCH, {"text": "dao"}),
    "/figures": (P.PERSON_SEARCH, None),
    "/persons/found": (P.PERSON_SEARCH, None),
    "/persons/homes": (P.PERSON_WRITE, None),
    "/persons/homes/<uuid:home>": (P.PERSON_WRITE, {"home_unit": "2025:18673"}),
    "/persons/homes/<uuid:home>/settle": (P.PERSON_WRITE, {"home_unit": "2025:18673", "digest": "d"}),
    "/persons/new": (P.PERSON_WRITE, factories.form()),
    "/persons/new/look": (P.PERSON_WRITE, factories.form()),
    "/duplicates": (P.PERSON_READ, None),
    "/duplicates/sweep": (P.DUPLICATE_SWEEP, {}),
    PAIR: (P.PERSON_READ, None),
    f"{PAIR}/decision": (P.PERSON_WRITE, {"state": "different"}),
    f"{PAIR}/proposal": (P.PERSON_WRITE, {"kept_version": "1", "gone_version": "1"}),
    f"{PAIR}/merge": (P.PERSON_MERGE, {"proposal": "d"}),
    f"{PAIR}/decline": (P.PERSON_MERGE, {"proposal": "d"}),
    "/merges": (P.PERSON_READ, None),
    "/merges/<code:code>/undo": (P.PERSON_MERGE, {}),
    PERSON: (P.PERSON_READ, None),
    f"{PERSON}/edit": (P.PERSON_WRITE, {**factories.form(), "version": "1"}),
    f"{PERSON}/issues": (P.LIST_READ, None),
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
    "/occasions/<code:code>": (P.LIST_READ, None),
    "/occasions/<code:code>/edit": (P.LIST_DRAFT, {"title": "t", "version": "1"}),
    "/occasions/<code:code>/calendar": (P.LIST_READ, None),
    "/occasions/<code:code>/letters": (P.LIST_READ, None),
    "/occasions/<code:code>/letters/<string:language>": (P.LIST_READ, None),
    "/occasions/<code:code>/letters/<string:language>/replace": (P.LIST_DRAFT, LETTER),
    "/occasions/<code:code>/letters/<string:language>/discard": (P.LIST_DRAFT, {}),
    "/occasions/<code:code>/responses": (P.LIST_READ, None),
    "/occasions/<code:code>/responses/found": (P.LIST_READ, {"text": "dao"}),
    "/occasions/<code:code>/responses/new": (P.RESPONSE_RECORD, ANSWER),
    "/occasions/<code:code>/door": (P.RESPONSE_RECORD, {"person": ANSWER["person"], "presence": "attended"}),
    "/occasions/<code:code>/door/found": (P.RESPONSE_RECORD, {"text": "dao"}),
    f"{PERSON}/responses": (P.LIST_READ, None),
    "/responses/left": (P.RESPONSE_RECORD, None),
    "/occasions/<code:code>/suited": (P.LIST_READ, None),
    "/requests": (P.REQUEST_READ, None),
    "/requests/new": (P.REQUEST_FILE, {"person": ANSWER["person"], **ASKED}),
    "/requests/<code:code>": (P.REQUEST_READ, None),
    "/requests/<code:code>/steps": (P.REQUEST_HANDLE, {"step": "identified", "remark": "x"}),
    "/requests/<code:code>/erasure": (P.REQUEST_ERASE, {}),
    f"{PERSON}/requests": (P.REQUEST_READ, None),
    "/contributions": (P.LIST_READ, None),
    "/contributions/new": (P.RESPONSE_RECORD, {"person": ANSWER["person"], **GIVEN}),
    "/contributions/<code:code>": (P.LIST_READ, None),
    "/contributions/<code:code>/follow": (P.RESPONSE_RECORD, {**GIVEN, "version": "1"}),
    f"{PERSON}/contributions": (P.LIST_READ, None),
    "/issues/<code:code>/responses": (P.LIST_PULL, ANSWER),
    "/issues/<code:code>/responses/file": (P.LIST_PULL, {}),
    "/issues/<code:code>/calendar": (P.LIST_PULL, None),
    "/plans": (P.REFERENCE_READ, None),
    "/plans/brought": (P.PLAN_WRITE, {"key": "HT-2023"}),
    "/plans/new": (P.PLAN_WRITE, PLAN),
    "/plans/<code:code>": (P.REFERENCE_READ, None),
    "/plans/<code:code>/edit": (P.PLAN_WRITE, {**PLAN, "version": "1"}),
    "/plans/<code:code>/tasks/new": (P.PLAN_WRITE, TASK),
    "/tasks/<code:code>/edit": (P.PLAN_WRITE, {**TASK, "version": "1"}),
    "/agencies": (P.REFERENCE_READ, None),
    "/agencies/new": (P.PLAN_WRITE, AGENCY),
    "/agencies/<code:code>/successors": (P.PLAN_WRITE, SUCCESSION),
    "/agencies/<code:code>/successors/<code:successor>/revoke": (P.PLAN_WRITE, {}),
    "/segments": (P.LIST_READ, None),
    "/segments/new": (P.LIST_DRAFT, SEGMENT),
    "/segments/look": (P.LIST_DRAFT, SEGMENT),
    "/segments/<code:code>": (P.LIST_READ, None),
    "/segments/<code:code>/edit": (P.LIST_DRAFT, {**SEGMENT, "version": "1"}),
    "/segments/<code:code>/discard": (P.LIST_DRAFT, {}),
    "/lists": (P.LIST_READ, None),
    "/lists/new": (P.LIST_DRAFT, {**LISTED, "occasion": "SK-7F3Q-9XKC-2"}),
    LIST: (P.LIST_READ, None),
    f"{LIST}/edit": (P.LIST_DRAFT, {**LISTED, "version": "1"}),
    "/oversight/traces": (P.OVERSIGHT_READ, {"rows": "Nguyễn Thị Đào"}),
    f"{LIST}/untold": (P.LIST_READ, None),
    "/rosters": (P.ROSTER_APPROVE, None),
    "/rosters/<code:code>/approve": (P.ROSTER_APPROVE, {"digest": "d"}),
    f"{LIST}/households": (P.LIST_READ, None),
    f"{LIST}/households/first": (P.LIST_DRAFT, {"person": "KB-7F3Q-9XKC-2"}),
    f"{LIST}/submit": (P.LIST_DRAFT, {}),
    f"{LIST}/approve": (P.LIST_APPROVE, {"digest": "d"}),
    f"{LIST}/return": (P.LIST_APPROVE, {"remarks": "r"}),
    f"{LIST}/publish": (P.LIST_APPROVE, {}),
    f"{LIST}/close": (P.LIST_APPROVE, {}),
    f"{LIST}/grants/new": (P.LIST_APPROVE, TERMS),
    "/grants/limits": (P.GRANT_WIDEN, {"grant": "999999", "rows": "1", "pulls_a_day": "1"}),
    "/issues": (P.LIST_PULL, None),
    "/notices": (P.REFERENCE_READ, None),
    "/notices/<int:notice_id>": (P.REFERENCE_READ, None),
    "/notices/drafts/new": (P.NOTICE_WRITE, NOTICE),
    "/notices/drafts/<int:draft_id>": (P.REFERENCE_READ, None),
    "/notices/drafts/<int:draft_id>/edit": (P.NOTICE_WRITE, None),
    "/notices/drafts/<int:draft_id>/approval": (P.NOTICE_APPROVE, {"digest": "d", "in_force_on": TODAY}),
    "/notices/drafts/<int:draft_id>/drop": (P.NOTICE_WRITE, {}),
    "/requests/<code:code>/letter": (P.REQUEST_HANDLE, None),
    "/requests/receipts": (P.REQUEST_READ, {"digest": "d"}),
    f"{PERSON}/papers": (P.RECEIPT_GIVE, None),
    f"{PERSON}/papers/receipt": (P.RECEIPT_GIVE, {"paper_language": "vi"}),
    f"{PERSON}/papers/link": (P.LINK_GIVE, {"handed": "counter", "paper_language": "vi"}),
    "/requests/pleas": (P.PLEA_PLACE, None),
    "/requests/pleas/person": (P.PLEA_PLACE, {"person": "KB-7F3Q-9XKC-2", "plea": "YN-7F3Q-9XKC-2"}),
    "/requests/pleas/drop": (P.PLEA_PLACE, {"reason": "absent", "plea": "YN-7F3Q-9XKC-2"}),
    "/messages/<int:message_id>": (P.MESSAGE_TELL, None),
    "/registrations": (P.REGISTRATION_DECIDE, None),
    "/registrations/<code:code>": (P.REGISTRATION_DECIDE, None),
    "/registrations/<code:code>/enrolment": (P.REGISTRATION_DECIDE, {"legal_basis": "19.1.c"}),
    "/registrations/<code:code>/person": (P.REGISTRATION_DECIDE, {"person": "KB-7F3Q-9XKC-2"}),
    "/registrations/<code:code>/refusal": (P.REGISTRATION_DECIDE, {"reason": "mischief"}),
    "/messages": (P.MESSAGE_TELL, None),
    "/texts": (P.TEXT_TAKE, {"from_number": "0983000111", "text": "KB NGUNG"}),
    "/retention": (P.REFERENCE_READ, None),
    "/retention/decision": (P.RETENTION_WRITE, {"matter": "events", "months": "48"}),
    "/confirmations": (P.PERSON_WRITE, {"person": "KB-7F3Q-9XKC-2"}),
    "/renewals": (P.PERSON_WRITE, None),
    "/tellings": (P.PERSON_WRITE, {"person": "KB-7F3Q-9XKC-2", "told_on": TODAY, "way": "phone"}),
    "/expirations": (P.RETENTION_READ, None),
    "/edits": (P.PERSON_READ, None),
    "/edits/make": (P.PERSON_WRITE, {"preview": "x", "reason": "r"}),
    "/edits/new": (P.PERSON_WRITE, {"everyone": "yes"}),
    "/edits/preview": (P.PERSON_WRITE, {"everyone": "yes", "change.status": "student"}),
    "/edits/<code:code>": (P.PERSON_READ, None),
    "/edits/<code:code>/undo": (P.PERSON_WRITE, {}),
    "/expirations/proposals": (P.RETENTION_WRITE, {"persons[]": "KB-7F3Q-9XKC-2"}),
    "/expirations/refusals": (P.RETENTION_ERASE, {"persons[]": "KB-7F3Q-9XKC-2"}),
    "/expirations/erasure": (P.RETENTION_ERASE, {"persons[]": "KB-7F3Q-9XKC-2"}),
    "/expirations/<code:code>": (P.RETENTION_WRITE, None),
    "/expirations/<code:code>/reprieve": (P.RETENTION_WRITE, KEPT),
    f"{PERSON}/papers/scan": (P.CONSENT_RECORD, SCAN),
    "/requests/scans": (P.SCAN_READ, {"scan": "QS-7F3Q-9XKC-2", "reason": "r"}),
    "/messages/<int:message_id>/told": (P.MESSAGE_TELL, {}),
    "/disclosures": (P.DISCLOSURE_FOLLOW, None),
    "/disclosures/new": (P.DISCLOSURE_FILE, DISCLOSURE),
    "/disclosures/<code:code>": (P.DISCLOSURE_FOLLOW, None),
    "/disclosures/<code:code>/endorsement": (P.DISCLOSURE_ENDORSE, {}),
    "/disclosures/<code:code>/refusal": (P.DISCLOSURE_ENDORSE, {}),
    "/disclosures/<code:code>/page": (P.DISCLOSURE_OPEN, {}),
    "/disclosures/desk": (P.DISCLOSURE_DECIDE, None),
    "/disclosures/desk/new": (P.DISCLOSURE_DECIDE, {**DISCLOSURE, **ON_PAPER}),
    "/disclosures/desk/<code:code>": (P.DISCLOSURE_DECIDE, None),
    "/disclosures/desk/<code:code>/decision": (P.DISCLOSURE_DECIDE, DECIDED),
    "/disclosures/desk/<code:code>/letter": (P.DISCLOSURE_DECIDE, {}),
    "/disclosures/desk/<code:code>/renewal": (P.DISCLOSURE_DECIDE, {"defer_why": "x"}),
    "/disclosures/desk/<code:code>/complaint": (P.DISCLOSURE_DECIDE, {"received_on": TODAY, "complaint": "x"}),
    "/disclosures/desk/tellings/<int:telling_id>": (P.DISCLOSURE_DECIDE, {"told_by": "letter"}),
    "/disclosures/desk/tellings/<int:telling_id>/letter": (P.DISCLOSURE_DECIDE, None),
    "/disclosures/approvals": (P.DISCLOSURE_APPROVE, None),
    "/disclosures/approvals/<code:code>": (P.DISCLOSURE_APPROVE, None),
    "/disclosures/approvals/<code:code>/approval": (P.DISCLOSURE_APPROVE, {}),
    "/disclosures/approvals/<code:code>/refusal": (P.DISCLOSURE_APPROVE, {}),
    "/disclosures/approvals/<code:code>/renewal": (P.DISCLOSURE_APPROVE, {}),
    "/disclosures/approvals/<code:code>/answer": (
        P.DISCLOSURE_APPROVE,
        {"upheld": "true", "complaint_answer": "x"},
    ),
    "/disclosures/mandates": (P.MANDATE_KEEP, None),
    "/disclosures/mandates/new": (P.MANDATE_PROPOSE, MANDATE),
    "/disclosures/mandates/<code:code>": (P.MANDATE_KEEP, None),
    "/disclosures/mandates/<code:code>/second": (P.MANDATE_PROPOSE, {}),
    "/disclosures/mandates/<code:code>/confirmation": (P.MANDATE_CONFIRM, {}),
    "/disclosures/mandates/<code:code>/end": (P.MANDATE_KEEP, {}),
    f"{PERSON}/papers/form": (P.RECEIPT_GIVE, {"notice": "1", "paper_language": "vi"}),
    "/agreements": (P.AGREEMENT_WRITE, None),
    "/agreements/new": (P.AGREEMENT_WRITE, AGREED),
    "/agreements/<code:code>": (P.AGREEMENT_WRITE, {"reason": "r"}),
    "/oversight": (P.OVERSIGHT_READ, None),
    "/oversight/trail": (P.AUDIT_READ, {"role": "clerk"}),
    "/oversight/trail/found": (P.AUDIT_READ, None),
    "/oversight/trail/file": (P.AUDIT_READ, {"format": "csv"}),
    "/oversight/findings": (P.OVERSIGHT_READ, None),
    "/oversight/register": (P.OVERSIGHT_READ, None),
    "/oversight/register/file": (P.OVERSIGHT_READ, None),
    "/oversight/breaches": (P.OVERSIGHT_READ, None),
    "/oversight/breaches/new": (P.OVERSIGHT_KEEP, BREACH),
    "/oversight/reviews": (P.OVERSIGHT_READ, {"quarter": "2026-Q1"}),
    "/oversight/reviews/<int:round_id>": (P.OVERSIGHT_READ, None),
    "/oversight/reviews/<int:round_id>/<int:account_id>": (P.OVERSIGHT_READ, {"verdict": "confirmed"}),
    "/oversight/findings/<int:finding_id>": (P.OVERSIGHT_READ, {"outcome": "explained", "remark": "r"}),
    "/oversight/register/<purpose>": (
        P.OVERSIGHT_READ,
        {**SAID_OF, "legal_basis": "consent", "abroad": "false", "version": "0"},
    ),
    "/oversight/breaches/<code:code>": (P.OVERSIGHT_READ, None),
    "/oversight/breaches/<code:code>/edit": (P.OVERSIGHT_KEEP, {**BREACH, "version": "1"}),
    "/oversight/breaches/<code:code>/report": (
        P.OVERSIGHT_KEEP,
        {"reported_at": "01/01/2026 09:00", "reported_to": "x"},
    ),
    "/oversight/breaches/<code:code>/close": (P.OVERSIGHT_KEEP, {"remark": "x"}),
    "/oversight/breaches/<code:code>/notice": (P.OVERSIGHT_READ, None),
    "/oversight/breaches/<code:code>/notice.txt": (P.OVERSIGHT_READ, None),
    "/issues/<code:code>/acknowledge": (P.LIST_PULL, {"pull": "LL-7F3Q-9XKC-2", "notice": "1"}),
    "/issues/<code:code>": (P.LIST_PULL, {"reason": "r", "format": "csv"}),
}
# For everybody: home, the door, the language, and what is served as it is.
OPEN = {"/", "/sign-in", "/sign-out", "/join", "/join/factors", "/language", "/keys", "/r/<link>"}
# Of whoever comes by a link of their own, and of no account: what each takes.
OWN = {
    "/mine": None,
    "/mine/code": {"point": "1"},
    "/mine/proof": {"code": "123456"},
    "/mine/stop": {"kind": "withdraw"},
    "/mine/readers": None,
    "/mine/consents": None,
    "/mine/consents/<purpose>": {"agrees": "no"},
    "/mine/contacts": {"channel": "email", "value": "a@example.com"},
    "/mine/contacts/retire": {"point": "1"},
    "/mine/contacts/wishes": {"wish": "DK-7F3Q-9XKC-2"},
    "/mine/requests": {"kind": "see"},
    "/mine/papers": {"paper_language": "vi"},
    "/mine/papers/<wanted>": None,
    "/mine/leave": {},
    "/mine/confirmation": {},
}
OPEN |= {"/p/<link>", "/w/<stopping>", "/stop", "/told", *OWN}
OPEN |= {"/transparency", "/transparency/<quarter>"}
OPEN |= {"/register", "/register/<step>", "/register/check", "/register/sent"}
OPEN |= {f"{at}/<path:filename>" for at in ("/static", "/bootstrap/static")}


def rules(app):
    """Return the methods of every page; a page to read and its form to be sent are two rules of one address."""
    methods = defaultdict(set)
    for rule in app.url_map.iter_rules():
        if "/api/" not in rule.rule:
            methods[rule.rule] |= rule.methods & {"GET", "POST"}
    return methods


def address(rule):
    for name in (
        "token_id",
        "contact_id",
        "round_id",
        "account_id",
        "finding_id",
        "notice_id",
        "draft_id",
        "message_id",
        "telling_id",
    ):
        rule = rule.replace(f"<int:{name}>", "999999")
    rule = rule.replace("<username>", "nobody")
    rule = (
        rule.replace("<quarter>", "2026-Q3")
        .replace("<purpose>", "events")
        .replace("<field>", "city")
        .replace("<uuid:home>", "00000000-0000-4000-8000-000000000000")
    )
    rule = rule.replace("<code:successor>", "CQ-7F3Q-9XKC-2").replace("<string:language>", "vi")
    rule = rule.replace("<code:left>", "KB-7F3Q-9XKC-2").replace("<code:right>", "KB-7F3Q-9XKC-2")
    return rule.replace("<code:code>", "KB-7F3Q-9XKC-2").replace("<code:relative>", "KB-7F3Q-9XKC-2")


def test_no_page_is_untested(app):
    assert set(rules(app)) - OPEN == set(NEEDS)


@pytest.mark.parametrize("role", sorted(ASSIGNABLE))
def test_a_role_gets_where_it_is_granted_and_nowhere_else(app, client, role):
    sign_in_accounts()
    equip(role.replace("_", ""))
    browser, wrong = reader(client, role), []
    for rule, (permission, sent) in NEEDS.items():
        for method in rules(app)[rule]:
            data = sent if method == "POST" else None
            status = browser.open(address(rule), method=method, data=data, buffered=True).status_code
            allowed = status in {200, 303, 404}
            if allowed != (permission in GRANTS[Role(role)]) or (not allowed and status != 403):
                wrong.append((method, rule, status))
    assert wrong == []


def test_nobody_sees_a_page_without_signing_in(app, client):
    for rule, (_permission, sent) in NEEDS.items():
        for method in rules(app)[rule]:
            answer = client.open(address(rule), method=method, data=sent)
            assert (answer.status_code, "/sign-in" in (answer.location or "")) == (303, True), (method, rule)

"""Who gets where: every address of the API × every role × own and other scope, from the URL map itself."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import delete

from kieubao.access.models import Attempt
from kieubao.access.roles import ASSIGNABLE, GRANTS, Permission, Role
from kieubao.consent.agreements import ITEMS
from kieubao.consent.notices import ITEMS as NOTICE_ITEMS
from kieubao.db import db
from kieubao.ground import clock, invitation
from tests import factories

P = Permission
CODE, LIST, ISSUE = "KB-7F3Q-9XKC-2", "DS-7F3Q-9XKC-2", "PH-7F3Q-9XKC-2"
PAIR = "<code:left>/<code:right>"
HOME = "00000000-0000-4000-8000-000000000000"
TODAY = "2026-01-01"
YES = {"purposes": ["events"], "channels": ["email"], "state": "refused", "method": "paper", "signed_on": TODAY}
LISTED = {"title": "t", "purpose": "events", "channels": ["email"], "fields": ["name"]}
TEXTS = dict.fromkeys(("title", "text", *NOTICE_ITEMS), "x")
NOTICE = {"code": "n", "purposes": ["events"], "vi": TEXTS, "en": TEXTS}
TERMS = {"fields": ["name"], "formats": ["csv"], "until": TODAY, "agreement": "TT-7F3Q-9XKC-2"}
DAYS = dict.fromkeys(("signed_on", "valid_from", "valid_until"), TODAY)
AGREED = {"organisation": "TC-7F3Q-9XKC-2", "number": "1", "document": "d", **dict.fromkeys(ITEMS, "x"), **DAYS}


class Paper(io.BytesIO):
    """A file that can be sent again and again."""

    def close(self):
        self.seek(0)


# An office's file, which is sent as a form.
FILE = {"file": (Paper("Họ tên\nLê Văn Ba\n".encode()), "a.csv")}

ANSWER = {"person": CODE, "answer": "accepted", "companions": 1}
ANSWERS = {"file": (Paper(f"Mã,Trả lời\n{CODE},Nhận lời\n".encode()), "a.csv")}
LETTER = {"file": (Paper(invitation.letter("vi")), "a.docx")}
SCAN = {"file": (Paper(b"%PDF-1.7 made up"), "a.pdf")}
FILES = (FILE, ANSWERS, LETTER, SCAN)
ASKED = {"kind": "see", "way": "letter", "received_on": TODAY}
KEPT = {"until": f"{clock.today() + timedelta(days=9)}", "ground": "dispute", "remark": "x"}
GIVEN = {"kind": "investment", "stage": "interested", "stands_since": TODAY}

# What an officer asks, but for whom.
PAPER_REQUEST = {"case_number": "1", "case_on": TODAY, "need": "missing", "instrument": "1", "issuer": "court"}
PAPER_REQUEST |= {"issuer_name": "x", "issued_on": TODAY, "own_registers": "x"}
PAPER_REQUEST |= {"expires_on": f"{clock.today() + timedelta(days=30)}"}
PERSON_ASKED = {"name": "Lê Văn Ba", "born": "1968", "home": "Xã Cẩm Xuyên", "why_name": "x"}

# Of each address: what it needs, and a body that is right, so that nothing but the permission can refuse it.
PLAN = {"title": "t", "province": "2025:42", "from_year": 2026}
TASK = {"reference": "HT-1", "section": "II.5", "title": "t"}
AGENCY = {"name": "Sở Ngoại vụ tỉnh Hà Tĩnh", "province": "2025:42"}
SUCCESSION = {"successor": "CQ-7F3Q-9XKC-2", "succeeded_on": "2025-07-01", "document": "d"}
NEEDS = {
    ("GET", "/me"): (P.ACCOUNT_SELF, None),
    ("DELETE", "/me/tokens/<int:token_id>"): (P.ACCOUNT_SELF, None),
    ("GET", "/organisations"): (P.REFERENCE_READ, None),
    ("POST", "/audit/verdict"): (P.AUDIT_READ, None),
    ("GET", "/jobs"): (P.ACCOUNT_SELF, None),
    ("GET", "/jobs/<code:code>"): (P.ACCOUNT_SELF, None),
    ("POST", "/jobs/<code:code>/stop"): (P.ACCOUNT_SELF, None),
    ("POST", "/jobs/<code:code>/resume"): (P.ACCOUNT_SELF, None),
    ("GET", "/notices"): (P.REFERENCE_READ, None),
    ("GET", "/notices/drafts"): (P.REFERENCE_READ, None),
    ("POST", "/notices/drafts"): (P.NOTICE_WRITE, NOTICE),
    ("DELETE", "/notices/drafts/<int:draft_id>"): (P.NOTICE_WRITE, None),
    ("POST", "/notices/drafts/<int:draft_id>/approval"): (P.NOTICE_APPROVE, {"digest": "d", "in_force_on": TODAY}),
    ("POST", "/persons/<code:code>/scans"): (P.CONSENT_RECORD, SCAN),
    ("POST", "/scans/<code:code>/reading"): (P.SCAN_READ, {"reason": "r"}),
    ("POST", "/receipts"): (P.RECEIPT_GIVE, {"person": CODE}),
    ("GET", "/receipts"): (P.REQUEST_READ, None),
    ("POST", "/personal-links"): (P.LINK_GIVE, {"person": CODE, "handed": "counter"}),
    ("GET", "/pleas"): (P.PLEA_PLACE, None),
    ("POST", "/pleas/<code:code>/person"): (P.PLEA_PLACE, {"person": CODE}),
    ("POST", "/pleas/<code:code>/drop"): (P.PLEA_PLACE, {"reason": "absent"}),
    ("GET", "/registrations"): (P.REGISTRATION_DECIDE, None),
    ("GET", "/registrations/<code:code>"): (P.REGISTRATION_DECIDE, None),
    ("POST", "/registrations/<code:code>/enrolment"): (P.REGISTRATION_DECIDE, {"legal_basis": "19.1.c"}),
    ("POST", "/registrations/<code:code>/person"): (P.REGISTRATION_DECIDE, {"person": CODE}),
    ("POST", "/registrations/<code:code>/refusal"): (P.REGISTRATION_DECIDE, {"reason": "mischief"}),
    ("GET", "/retention-rules"): (P.REFERENCE_READ, None),
    ("POST", "/retention-rules"): (P.RETENTION_WRITE, {"matter": "events", "months": 48}),
    ("GET", "/confirmations"): (P.PERSON_WRITE, None),
    ("POST", "/confirmations"): (P.PERSON_WRITE, {"person": CODE}),
    ("GET", "/renewals"): (P.PERSON_WRITE, None),
    ("GET", "/tellings"): (P.PERSON_WRITE, None),
    ("POST", "/tellings"): (P.PERSON_WRITE, {"person": CODE, "told_on": TODAY, "way": "phone"}),
    ("GET", "/expirations"): (P.RETENTION_READ, None),
    ("POST", "/edits/preview"): (P.PERSON_WRITE, {"everyone": True, "change": {"status": "student"}}),
    ("POST", "/edits"): (P.PERSON_WRITE, {"preview": "x", "reason": "r"}),
    ("GET", "/edits/<code:code>"): (P.PERSON_READ, None),
    ("POST", "/edits/<code:code>/undo"): (P.PERSON_WRITE, None),
    ("POST", "/expirations/proposals"): (P.RETENTION_WRITE, {"persons": [CODE]}),
    ("POST", "/expirations/refusals"): (P.RETENTION_ERASE, {"persons": [CODE]}),
    ("POST", "/expirations/erasure"): (P.RETENTION_ERASE, {"persons": [CODE]}),
    ("POST", "/expirations/<code:code>/reprieve"): (P.RETENTION_WRITE, KEPT),
    ("POST", "/disclosure-requests"): (P.DISCLOSURE_FILE, {**PAPER_REQUEST, "subjects": [PERSON_ASKED]}),
    ("GET", "/disclosure-requests"): (P.DISCLOSURE_FOLLOW, None),
    ("GET", "/disclosure-requests/<code:code>"): (P.DISCLOSURE_FOLLOW, None),
    ("POST", "/texts"): (P.TEXT_TAKE, {"from_number": "0983000111", "text": "KB NGUNG"}),
    ("GET", "/messages"): (P.MESSAGE_TELL, None),
    ("GET", "/messages/<int:message_id>"): (P.MESSAGE_TELL, None),
    ("POST", "/messages/<int:message_id>/told"): (P.MESSAGE_TELL, None),
    ("GET", "/subject-requests/<code:code>/letter"): (P.REQUEST_HANDLE, None),
    ("GET", "/agreements"): (P.AGREEMENT_WRITE, None),
    ("POST", "/agreements"): (P.AGREEMENT_WRITE, AGREED),
    ("GET", "/agreements/<code:code>"): (P.AGREEMENT_WRITE, None),
    ("POST", "/agreements/<code:code>/end"): (P.AGREEMENT_WRITE, {"reason": "r"}),
    ("GET", "/countries"): (P.REFERENCE_READ, None),
    ("GET", "/units"): (P.REFERENCE_READ, None),
    ("POST", "/persons"): (P.PERSON_WRITE, factories.form()),
    ("POST", "/persons/alike"): (P.PERSON_WRITE, {"name": "Lê Văn Ba"}),
    ("GET", "/figures"): (P.PERSON_SEARCH, None),
    ("POST", "/persons/search"): (P.PERSON_SEARCH, {"text": "dao"}),
    ("GET", "/persons/homes"): (P.PERSON_WRITE, None),
    ("GET", "/persons/homes/<uuid:home>"): (P.PERSON_WRITE, None),
    ("POST", "/persons/homes/<uuid:home>"): (P.PERSON_WRITE, {"home_unit": "2025:18673", "digest": "d"}),
    ("GET", "/duplicates"): (P.PERSON_READ, None),
    ("POST", "/duplicates/sweep"): (P.DUPLICATE_SWEEP, None),
    ("GET", f"/duplicates/{PAIR}"): (P.PERSON_READ, None),
    ("PUT", f"/duplicates/{PAIR}/decision"): (P.PERSON_WRITE, {"state": "different"}),
    ("POST", f"/duplicates/{PAIR}/proposal"): (P.PERSON_WRITE, {"kept_version": 1, "gone_version": 1}),
    ("POST", f"/duplicates/{PAIR}/merge"): (P.PERSON_MERGE, {"proposal": "d"}),
    ("POST", f"/duplicates/{PAIR}/decline"): (P.PERSON_MERGE, {"proposal": "d"}),
    ("GET", "/merges"): (P.PERSON_READ, None),
    ("DELETE", "/merges/<code:code>"): (P.PERSON_MERGE, None),
    ("GET", "/persons/<code:code>"): (P.PERSON_READ, None),
    ("PATCH", "/persons/<code:code>"): (P.PERSON_WRITE, {"city": "Brno"}),
    ("POST", "/persons/<code:code>/inspections"): (P.PERSON_INSPECT, {"reason": "r"}),
    ("GET", "/pulls/waiting"): (P.LIST_PULL, None),
    ("POST", "/pulls/<code:code>/acknowledge"): (P.LIST_PULL, {"notice": 1}),
    ("POST", "/oversight/traces"): (P.OVERSIGHT_READ, {"rows": "Nguyễn Thị Đào"}),
    ("GET", "/lists/<code:code>/untold"): (P.LIST_READ, None),
    ("GET", "/rosters"): (P.ROSTER_APPROVE, None),
    ("POST", "/rosters/<code:code>/approve"): (P.ROSTER_APPROVE, {"digest": "d"}),
    ("GET", "/lists/<code:code>/households"): (P.LIST_READ, None),
    ("POST", "/lists/<code:code>/households"): (P.LIST_DRAFT, {"person": CODE}),
    ("GET", "/persons/<code:code>/issues"): (P.LIST_READ, None),
    ("POST", "/persons/<code:code>/readings"): (P.PERSON_INSPECT, {"reason": "r"}),
    ("POST", "/persons/<code:code>/contact-points"): (P.PERSON_WRITE, {"channel": "email", "value": "a@example.com"}),
    ("DELETE", "/persons/<code:code>/contact-points/<int:contact_id>"): (P.PERSON_WRITE, None),
    ("POST", "/persons/<code:code>/kinships"): (P.PERSON_WRITE, {"relative": CODE, "term": "spouse"}),
    ("DELETE", "/persons/<code:code>/kinships/<code:relative>"): (P.PERSON_WRITE, None),
    ("GET", "/persons/<code:code>/consents"): (P.PERSON_READ, None),
    ("POST", "/persons/<code:code>/consents"): (P.CONSENT_RECORD, YES),
    ("POST", "/persons/<code:code>/withdrawal"): (P.CONSENT_RECORD, {"method": "paper", "signed_on": TODAY}),
    ("PUT", "/persons/<code:code>/standing"): (P.CONSENT_RECORD, {"restricted": True}),
    ("POST", "/occasions"): (P.LIST_DRAFT, {"kind": "event", "title": "t"}),
    ("GET", "/occasions"): (P.LIST_READ, None),
    ("GET", "/occasions/<code:code>"): (P.LIST_READ, None),
    ("PATCH", "/occasions/<code:code>"): (P.LIST_DRAFT, {"title": "u"}),
    ("GET", "/occasions/<code:code>/calendar"): (P.LIST_READ, None),
    ("GET", "/occasions/<code:code>/letters"): (P.LIST_READ, None),
    ("GET", "/occasions/<code:code>/letters/<string:language>"): (P.LIST_READ, None),
    ("PUT", "/occasions/<code:code>/letters/<string:language>"): (P.LIST_DRAFT, LETTER),
    ("DELETE", "/occasions/<code:code>/letters/<string:language>"): (P.LIST_DRAFT, None),
    ("GET", "/occasions/<code:code>/responses"): (P.LIST_READ, None),
    ("POST", "/occasions/<code:code>/responses"): (P.RESPONSE_RECORD, ANSWER),
    ("GET", "/persons/<code:code>/responses"): (P.LIST_READ, None),
    ("GET", "/responses/left"): (P.RESPONSE_RECORD, None),
    ("GET", "/occasions/<code:code>/suited"): (P.LIST_READ, None),
    ("GET", "/subject-requests"): (P.REQUEST_READ, None),
    ("POST", "/subject-requests"): (P.REQUEST_FILE, {"person": CODE, **ASKED}),
    ("GET", "/subject-requests/<code:code>"): (P.REQUEST_READ, None),
    ("POST", "/subject-requests/<code:code>/steps"): (P.REQUEST_HANDLE, {"step": "identified", "remark": "x"}),
    ("POST", "/subject-requests/<code:code>/erasure"): (P.REQUEST_ERASE, None),
    ("GET", "/persons/<code:code>/subject-requests"): (P.REQUEST_READ, None),
    ("GET", "/contributions"): (P.LIST_READ, None),
    ("POST", "/contributions"): (P.RESPONSE_RECORD, {"person": CODE, **GIVEN}),
    ("GET", "/contributions/<code:code>"): (P.LIST_READ, None),
    ("PATCH", "/contributions/<code:code>"): (P.RESPONSE_RECORD, {"stage": "preparing", "stands_since": TODAY}),
    ("GET", "/persons/<code:code>/contributions"): (P.LIST_READ, None),
    ("GET", "/issues/<code:code>/responses"): (P.LIST_PULL, None),
    ("POST", "/issues/<code:code>/responses"): (P.LIST_PULL, ANSWER),
    ("POST", "/issues/<code:code>/responses/file"): (P.LIST_PULL, ANSWERS),
    ("GET", "/issues/<code:code>/calendar"): (P.LIST_PULL, None),
    ("GET", "/plans"): (P.REFERENCE_READ, None),
    ("POST", "/plans"): (P.PLAN_WRITE, PLAN),
    ("GET", "/plans/brought"): (P.REFERENCE_READ, None),
    ("POST", "/plans/brought"): (P.PLAN_WRITE, {"key": "HT-2023"}),
    ("GET", "/plans/<code:code>"): (P.REFERENCE_READ, None),
    ("PATCH", "/plans/<code:code>"): (P.PLAN_WRITE, {"title": "u"}),
    ("POST", "/plans/<code:code>/tasks"): (P.PLAN_WRITE, TASK),
    ("GET", "/tasks/<code:code>"): (P.REFERENCE_READ, None),
    ("PATCH", "/tasks/<code:code>"): (P.PLAN_WRITE, {"title": "u"}),
    ("GET", "/agencies"): (P.REFERENCE_READ, None),
    ("POST", "/agencies"): (P.PLAN_WRITE, AGENCY),
    ("GET", "/agencies/<code:code>"): (P.REFERENCE_READ, None),
    ("POST", "/agencies/<code:code>/successors"): (P.PLAN_WRITE, SUCCESSION),
    ("DELETE", "/agencies/<code:code>/successors/<code:successor>"): (P.PLAN_WRITE, None),
    ("POST", "/segments"): (P.LIST_DRAFT, {"title": "t", "filter": {"countries": ["KR"]}}),
    ("GET", "/segments"): (P.LIST_READ, None),
    ("POST", "/segments/counts"): (P.LIST_READ, {"filter": {"none": [{"countries": ["KR"]}]}}),
    ("GET", "/segments/<code:code>"): (P.LIST_READ, None),
    ("GET", "/segments/<code:code>/counts"): (P.LIST_READ, None),
    ("PATCH", "/segments/<code:code>"): (P.LIST_DRAFT, {"title": "u"}),
    ("DELETE", "/segments/<code:code>"): (P.LIST_DRAFT, None),
    ("POST", "/lists"): (P.LIST_DRAFT, {**LISTED, "occasion": "SK-7F3Q-9XKC-2"}),
    ("GET", "/lists"): (P.LIST_READ, None),
    ("GET", "/lists/<code:code>"): (P.LIST_READ, None),
    ("PATCH", "/lists/<code:code>"): (P.LIST_DRAFT, {"title": "u"}),
    ("POST", "/lists/<code:code>/preview"): (P.LIST_READ, None),
    ("POST", "/lists/<code:code>/submit"): (P.LIST_DRAFT, None),
    ("POST", "/lists/<code:code>/approve"): (P.LIST_APPROVE, {"digest": "d"}),
    ("POST", "/lists/<code:code>/return"): (P.LIST_APPROVE, {"remarks": "r"}),
    ("POST", "/lists/<code:code>/publish"): (P.LIST_APPROVE, None),
    ("POST", "/lists/<code:code>/close"): (P.LIST_APPROVE, None),
    ("POST", "/lists/<code:code>/grants"): (P.LIST_APPROVE, {**TERMS, "organisation": "TC-7F3Q-9XKC-2"}),
    ("GET", "/grants/agreements"): (P.LIST_APPROVE, None),
    ("GET", "/grants"): (P.GRANT_WIDEN, None),
    ("PUT", "/grants/<int:grant_id>/limits"): (P.GRANT_WIDEN, {"rows": 1, "pulls_a_day": 1}),
    ("GET", "/issues"): (P.LIST_PULL, None),
    ("GET", "/issues/<code:code>/pulls"): (P.LIST_PULL, None),
    ("POST", "/issues/<code:code>/pulls"): (P.LIST_PULL, {"reason": "r", "format": "csv"}),
    ("POST", "/audit/search"): (P.AUDIT_READ, {"role": "clerk"}),
    ("GET", "/imports"): (P.INTAKE_READ, None),
    ("POST", "/imports"): (P.INTAKE_RUN, FILE),
    ("GET", "/imports/mappings"): (P.INTAKE_READ, None),
    ("POST", "/imports/mappings"): (P.INTAKE_RUN, {"sender": "x", "mapping": factories.MEANT}),
    ("GET", "/imports/mappings/<code:code>"): (P.INTAKE_READ, None),
    ("DELETE", "/imports/mappings/<code:code>"): (P.INTAKE_RUN, None),
    ("GET", "/imports/<code:code>"): (P.INTAKE_READ, None),
    ("PUT", "/imports/<code:code>/mapping"): (P.INTAKE_RUN, {"mapping": factories.MEANT}),
    ("GET", "/imports/<code:code>/rows"): (P.INTAKE_READ, None),
    ("GET", "/imports/<code:code>/returned"): (P.INTAKE_READ, None),
    ("POST", "/imports/<code:code>/run"): (P.INTAKE_RUN, None),
    ("POST", "/imports/<code:code>/decisions"): (
        P.INTAKE_DECIDE,
        {"row": 2, "decision": "leave_out", "reason": "x"},
    ),
    ("POST", "/imports/<code:code>/undo"): (P.INTAKE_UNDO, None),
    ("DELETE", "/imports/<code:code>"): (P.INTAKE_RUN, None),
    ("GET", "/oversight"): (P.OVERSIGHT_READ, None),
    ("GET", "/oversight/findings"): (P.OVERSIGHT_READ, None),
    ("GET", "/oversight/findings/<int:finding_id>"): (P.OVERSIGHT_READ, None),
    ("GET", "/oversight/reviews"): (P.OVERSIGHT_READ, None),
    ("GET", "/oversight/reviews/<int:round_id>"): (P.OVERSIGHT_READ, None),
    ("GET", "/oversight/register"): (P.OVERSIGHT_READ, None),
    ("GET", "/oversight/breaches"): (P.OVERSIGHT_READ, None),
    ("GET", "/oversight/breaches/<code:code>"): (P.OVERSIGHT_READ, None),
}
# Anyone may read what the API is like; nobody's data is there.
OPEN = {("GET", "/api/openapi.json"), ("GET", "/api/docs"), ("GET", "/api/docs/swagger/<path:filename>")}


def addresses(app):
    return {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def call(client, method, rule, body, headers, *, code=CODE):
    path = (
        rule.replace("<code:code>", code)
        .replace("<code:relative>", CODE)
        .replace("<code:successor>", CODE)
        .replace(PAIR, f"{code}/{CODE}")
        .replace("<uuid:home>", HOME)
        .replace("<string:language>", "vi")
    )
    for name in ("token_id", "contact_id", "grant_id", "finding_id", "round_id", "draft_id", "message_id"):
        path = path.replace(f"<int:{name}>", "999999")
    query = {"/units": {"name": "x"}, "/receipts": {"digest": "d"}, "/imports/<code:code>/rows": {"state": "new"}}.get(
        rule
    )
    versioned = {**headers, "If-Match": '"1"'}
    return client.open(f"/api/v1{path}", method=method, headers=versioned, query_string=query, **sent(body))


def sent(body):
    """A body as it goes over the wire: JSON, but for a file."""
    return {"data": body} if body in FILES else {"json": body}


def test_the_example_codes_are_right():
    assert factories.codes.example("KB") == CODE


def test_no_address_is_untested(app):
    assert addresses(app) - OPEN == {(method, f"/api/v1{rule}") for method, rule in NEEDS}


@pytest.mark.parametrize("role", sorted(ASSIGNABLE))
def test_a_role_gets_where_it_is_granted_and_nowhere_else(client, cast, role):
    headers = factories.bearer(cast[role])
    wrong = []
    for (method, rule), (permission, body) in NEEDS.items():
        code = {"lists": LIST, "issue": ISSUE}.get(rule[1:6], CODE)
        status = call(client, method, rule, body, headers, code=code).status_code
        allowed = status in {200, 201, 202, 204, 404}
        if allowed != (permission in GRANTS[Role(role)]) or (not allowed and status != 403):
            wrong.append((method, rule, status))
    assert wrong == []


def test_nobody_gets_in_without_a_token_that_holds(client, cast, monkeypatch):
    monkeypatch.setattr("kieubao.entry.service.FREE_HERE", 10_000)
    revoked = factories.bearer(cast["clerk"])
    factories.disable(cast["clerk"])
    for (method, rule), (_permission, body) in NEEDS.items():
        for headers in ({}, {"Authorization": "Bearer kb_wrong"}, revoked):
            assert call(client, method, rule, body, headers).status_code == 401, (method, rule)
        # An address may show only so many tokens that do not hold.
        db.session.execute(delete(Attempt))
        db.session.commit()


@pytest.mark.parametrize("units", [(), ("18943",), ("68",)])
def test_out_of_scope_is_the_same_as_absent(client, cast, units):
    """Of a person who is there but not for this clerk, not one answer differs from that for nobody."""
    person = factories.person()
    headers = factories.bearer(factories.actor("clerk", units))
    told = []
    for (method, rule), (permission, body) in NEEDS.items():
        if "/persons/<code:code>" in rule and permission in GRANTS[Role.CLERK]:
            there, absent = (call(client, method, rule, body, headers, code=code) for code in (person.code, CODE))
            assert there.status_code == absent.status_code == 404, (method, rule)
            assert there.data == absent.data
            told.append(rule)
    assert len(told) > 8
    found = client.post("/api/v1/persons/search", json={"text": "dao"}, headers=headers).json
    assert (found["people"], found["count"]) == ([], 0)


def test_a_token_carries_no_more_than_it_was_given(client, cast):
    headers = factories.bearer(cast["clerk"], P.PERSON_SEARCH)
    for (method, rule), (permission, body) in NEEDS.items():
        status = call(client, method, rule, body, headers).status_code
        assert (status != 403) == (permission is P.PERSON_SEARCH or rule in {"/units", "/countries"}), (method, rule)

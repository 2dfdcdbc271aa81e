"""The scan of a signed paper is proof of what somebody said: sealed, known by its digest, and read by few."""

import hashlib

import pytest
from sqlalchemy import select, text

from kieubao.access.models import AuditEntry
from kieubao.db import db
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound
from kieubao.people import erasure, merges
from kieubao.people import service as people
from kieubao.people.merges import Pair
from kieubao.rights import scans, service
from kieubao.rights.models import Scan
from kieubao.traces import tombstones
from tests import factories
from tests.pages.province import sign_in_accounts
from tests.pages.sending import multipart
from tests.signing import let_in

PDF = b"%PDF-1.7 L\xc3\xaa Th\xe1\xbb\x8b \xc4\x90\xc3\xa0o k\xc3\xbd t\xc3\xaan"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(50)


@pytest.fixture
def one(app):
    return factories.person()


def test_it_is_kept_sealed_and_known_by_its_digest(cast, one):
    kept = service.keep_scan(cast["clerk"], one.code, PDF)
    assert kept["digest"] == hashlib.sha256(PDF).hexdigest()
    assert service.papers(cast["clerk"], one.code)["scans"] == [kept]
    db.session.rollback()
    raw = bytes(db.session.execute(text("SELECT content FROM consent_scan")).scalar_one())
    assert b"PDF" not in raw
    assert b"JVBERi" not in raw
    line = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1).offset(1)).one()
    assert (line.action, line.details["scan"], line.details["digest"]) == (
        "rights.keep_scan",
        kept["code"],
        kept["digest"],
    )


def test_the_officer_reads_it_with_a_reason_and_the_person_sees_that(cast, one):
    code = service.keep_scan(cast["clerk"], one.code, PDF)["code"]
    kept = service.read_scan(cast["protection_officer"], code, "Khiếu nại số 3")
    assert (kept.content, kept.name) == (PDF, f"{code}.pdf")
    told = people.trace(cast["protection_officer"], one.code, reason="xem")["readings"]
    assert "Khiếu nại số 3" in {entry["purpose"] for entry in told}
    for role in ("clerk", "approver", "admin", "organizer"):
        with pytest.raises(Forbidden):
            service.read_scan(cast[role], code, "tò mò")
    for officer, asked in (
        (factories.actor("protection_officer", ("68",)), code),
        (cast["protection_officer"], "QS-0"),
    ):
        with pytest.raises(NotFound):
            service.read_scan(officer, asked, "xem")


@pytest.mark.parametrize("content", [b"", b"<html>", b"PK\x03\x04", b" %PDF-1.7", b"GIF89a"])
def test_what_is_no_paper_is_refused(cast, one, content):
    with pytest.raises(Invalid) as refused:
        service.keep_scan(cast["clerk"], one.code, content)
    assert refused.value.field == "file"


def test_so_large_and_once(cast, one):
    service.keep_scan(cast["clerk"], one.code, PNG)
    with pytest.raises(Conflict):
        service.keep_scan(cast["clerk"], one.code, PNG)
    assert service.keep_scan(cast["clerk"], factories.person("Lê Khác").code, PNG)["media"] == "image/png"
    service.keep_scan(cast["clerk"], one.code, PDF + bytes(scans.MOST - len(PDF)))
    with pytest.raises(Invalid, match="larger"):
        service.keep_scan(cast["clerk"], one.code, PDF + bytes(scans.MOST - len(PDF) + 1))
    with pytest.raises(NotFound):
        service.keep_scan(factories.actor("clerk", ("18943",)), one.code, PDF)


def test_it_goes_with_who_is_erased_and_stays_with_whose_it_is(app, cast, one, tmp_path):
    app.config["TOMBSTONES"] = str(tmp_path / "tombstones")
    other = factories.person("Đào Nguyễn")
    code = service.keep_scan(cast["clerk"], other.code, PDF)["code"]
    merges.merge(cast["approver"], Pair(one.id, 1, other.id, 1), ())
    db.session.commit()
    assert [kept["code"] for kept in service.papers(cast["clerk"], one.code)["scans"]] == [code]
    assert service.read_scan(cast["protection_officer"], code, "xem").content == PDF
    db.session.rollback()
    erasure.erase([one.id], tombstones())
    db.session.commit()
    assert db.session.scalars(select(Scan)).all() == []


def test_on_the_page_and_by_a_program(client):
    cast = sign_in_accounts()
    code = factories.person().code
    clerk = let_in(client, "clerk")
    page = clerk.post(f"/persons/{code}/papers/scan", follow_redirects=True, **multipart(PDF, "a.pdf"))
    scan = service.papers(cast["clerk"], code)["scans"][0]["code"]
    assert scan in page.text
    assert clerk.post(f"/persons/{code}/papers/scan", data={}).status_code == 422
    large = multipart(PDF + bytes(2_000_000), "b.pdf")
    assert clerk.post(f"/persons/{code}/papers/scan", **large).status_code == 303
    headers = factories.bearer(cast["protection_officer"])
    answer = client.post(f"/api/v1/scans/{scan}/reading", json={"reason": "xem"}, headers=headers)
    assert (answer.data, answer.headers["Content-Disposition"]) == (PDF, f"attachment; filename={scan}.pdf")
    clerk = factories.bearer(cast["clerk"])
    made = client.post(f"/api/v1/persons/{code}/scans", headers=clerk, **multipart(PNG, "a.png"))
    assert (made.status_code, made.json["media"]) == (201, "image/png")

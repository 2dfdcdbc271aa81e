"""Receipts: of the published shape, proved by their digests, of nobody else; and forms to sign."""

import io
import json
import subprocess
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
import pytest
from pyshacl import validate
from rdflib import Graph

from kieubao.consent.vocabulary import Capacity, Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock, paper
from kieubao.ground.errors import Conflict, Forbidden, NotFound
from kieubao.people import erasure, merges
from kieubao.people import service as people
from kieubao.people.merges import Pair
from kieubao.people.schemas import ContactForm
from kieubao.rights import papers, proofs, service
from kieubao.rights.proofs import Office
from kieubao.traces import tombstones
from kieubao.walls import Sight, confined
from tests import factories
from tests.pages.province import reader, sign_in_accounts

HERE = Path(__file__).parent
TERMS = {one for one in (HERE / "dpv-2.3.txt").read_text("utf-8").split("\n") if ":" in one and one[0] != "#"}
SHAPES = Graph().parse(HERE / "receipt.shacl.ttl")
OFFICE = Office("42", "UBND tỉnh Hà Tĩnh", "The Committee", "Số 1, phường Thành Sen", "0239 000 111")
NAMESPACES = {
    "https://w3id.org/dpv#": "dpv",
    "https://w3id.org/dpv/pd#": "pd",
    "https://w3id.org/dpv/loc#": "loc",
}


# What pyshacl itself makes use of.
quietly = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")


@pytest.fixture
def one(cast):
    """Somebody who agreed on paper, by two channels at once; said no to one of them; a yes that ran out; a mere no."""
    points = [{"channel": "email", "value": "dao@example.com"}, {"channel": "phone", "value": "+420601555140"}]
    guest = factories.person("Lê Thị Đào", contact_points=points)
    for channel in (Channel.EMAIL, Channel.PHONE):
        factories.consent(guest.id, channel=channel, on=date(2026, 1, 5), evidence="phiếu 12")
    factories.consent(guest.id, State.WITHDRAWN, channel=Channel.PHONE, evidence=None, notice_id=None)
    over = clock.today() - timedelta(days=3)
    by = {"capacity": Capacity.REPRESENTATIVE, "given_by": "Lê Văn Ba, cha"}
    factories.consent(guest.id, purpose=Purpose.INFORMATION, on=date(2026, 1, 6), valid_until=over, **by)
    factories.consent(guest.id, State.REFUSED, Purpose.INVESTMENT, evidence=None, notice_id=None)
    return guest


def given(cast, person, by="clerk"):
    return service.give_receipt(cast[by], person.code, OFFICE)


def graph(document):
    return Graph().parse(data=document, format="json-ld")


@quietly
def test_a_receipt_is_of_the_published_shape_and_says_it_in_words_there_are(cast, one):
    told = graph(given(cast, one)["document"])
    conforms, _graph, why = validate(told, shacl_graph=SHAPES)
    assert conforms, why
    used = set()
    for triple in told:
        for term in map(str, triple):
            used |= {
                f"{short}:{term.removeprefix(long)}" for long, short in NAMESPACES.items() if term.startswith(long)
            }
    assert used - TERMS == set()
    assert len(used) > 30


def record_of(document, purpose):
    records = json.loads(document)["dpv:hasRecordOfActivity"]
    return next(record for record in records if record["@id"].endswith(f":{purpose}"))


REQUIRED = {
    "dpv:ConsentReceipt": "dct:conformsTo dpv:hasIdentifier dct:created dpv:hasRecordOfActivity",
    "dpv:ConsentRecord": "dpv:hasDataSubject dpv:hasNotice dpv:hasProcess dpv:hasEntity dct:identifier"
    " dpv:hasIdentifier dpv:hasConsentStatus dpv:hasJurisdiction dpv:hasLegalBasis dpv:hasDataController"
    " dct:conformsTo",
    "dpv:Process": "dpv:hasPurpose dpv:hasPersonalData dpv:hasStorageCondition dpv:hasRecipient dpv:hasConsentControl"
    " dpv:hasRight dpv:hasDataController dpv:hasJurisdiction",
    "dpv:ConsentNotice": "dct:language",
    "dpv:GovernmentalOrganisation": "dpv:hasName dpv:hasIdentifier schema:contactPoint",
    "dpv:ConsentGiven": "dpv:isIndicatedAtTime dpv:hasDuration dpv:isIndicatedBy",
}


def without(value, kind, name):
    """The same with one property taken out of everything of a kind."""
    if isinstance(value, list):
        return [without(one, kind, name) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: without(one, kind, name) for key, one in value.items() if not (value.get("@type") == kind and key == name)
    }


@quietly
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_shape_misses_whatever_a_receipt_must_have(cast, one):
    whole = json.loads(given(cast, one)["document"])
    for kind, names in REQUIRED.items():
        for name in names.split():
            conforms, *_why = validate(graph(json.dumps(without(whole, kind, name))), shacl_graph=SHAPES)
            assert not conforms, (kind, name)


def test_it_says_what_was_said_once_and_how_each_word_ended(cast, one):
    document = given(cast, one)["document"]
    events = record_of(document, "events")
    yes, no = events["dpv:hasConsentStatus"]
    assert (yes["@type"], yes["dct:medium"]) == ("dpv:ConsentGiven", ["email", "phone"])
    assert (yes["dpv:isIndicatedAtTime"], yes["dpv:hasIndicationMethod"]) == (
        "2026-01-05T00:00:00+07:00",
        "paper: phiếu 12",
    )
    assert (no["@type"], no["dct:medium"]) == ("dpv:ConsentWithdrawn", ["phone"])
    assert events["dpv:hasNotice"][0]["dct:identifier"] == "events/1"
    given_for, over = record_of(document, "information")["dpv:hasConsentStatus"]
    assert given_for["dpv:isIndicatedBy"] == {"@type": "dpv:GuardianOfDataSubject"}
    assert "Lê Văn Ba" not in document.decode()
    assert over["@type"] == "dpv:ConsentExpired"
    mere_no = record_of(document, "investment")
    assert (mere_no["dpv:hasConsentStatus"][0]["@type"], len(mere_no["dpv:hasNotice"])) == ("dpv:ConsentRefused", 1)
    assert len(json.loads(document)["dpv:hasRecordOfActivity"]) == 3


def text_of(content):
    with pypdfium2.PdfDocument(content) as pages:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


def test_whoever_has_it_proves_it_with_what_every_machine_has(client, cast, one, tmp_path):
    headers = factories.bearer(cast["clerk"])
    answer = client.post("/api/v1/receipts", json={"person": one.code, "paper_language": "vi"}, headers=headers)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        archive.extractall(tmp_path)
    told = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=tmp_path, capture_output=True, check=True, text=True)
    assert told.stdout.count(": OK") == 2
    (file,) = tmp_path.glob("*.jsonld")
    digest = subprocess.run(["sha256sum", file], capture_output=True, check=True, text=True).stdout.split()[0]
    found = client.get("/api/v1/receipts", query_string={"digest": digest.upper()}, headers=headers)
    assert (found.json["person"], found.json["code"]) == (one.code, file.stem)
    (page,) = tmp_path.glob("*.pdf")
    words = text_of(page.read_bytes())
    for said in ("Lê Thị Đào", one.code, file.stem, "phiếu 12", "đại diện", "05/01/2026", "events/1", "Hết hạn"):
        assert said in words, said
    assert digest in "".join(words.split())
    changed = file.read_bytes().replace("Đào".encode(), "Đao".encode()) + b" "
    assert (
        client.get("/api/v1/receipts", query_string={"digest": f"{len(changed):064}"}, headers=headers).status_code
        == 404
    )


def test_of_whom_one_is_only_who_may_see_them_is_told(cast, one):
    digest = given(cast, one)["digest"]
    assert service.receipt(cast["approver"], digest)["person"] == one.code
    elsewhere = factories.actor("clerk", units=["18676"])
    for refused in (
        lambda: service.receipt(elsewhere, digest),
        lambda: service.give_receipt(elsewhere, one.code, OFFICE),
    ):
        with pytest.raises(NotFound):
            refused()
    for role in ("approver", "organizer", "police", "admin", "protection_officer"):
        with pytest.raises(Forbidden):
            given(cast, one, role)
    assert given(cast, one)["digest"] != digest
    assert [len(one["digest"]) for one in service.papers(cast["clerk"], one.code)["receipts"]] == [64, 64]


def test_of_who_is_merged_it_follows_and_of_who_is_erased_nothing_stays(app, cast, one, tmp_path):
    app.config["TOMBSTONES"] = str(tmp_path / "graves")
    other = factories.person("Lê Thị Đào Anh")
    factories.consent(other.id)
    digest = given(cast, other)["digest"]
    with confined(Sight(everyone=True)):
        merges.merge(cast["approver"], Pair(one.id, 1, other.id, 1), ())
        db.session.commit()
    assert service.receipt(cast["clerk"], digest)["person"] == one.code
    with confined(Sight(everyone=True)):
        erasure.erase([one.id], tombstones())
        db.session.commit()
    with pytest.raises(NotFound):
        service.receipt(cast["clerk"], digest)


def test_who_said_nothing_and_an_office_without_an_address_are_told_so(app, cast, one):
    silent = factories.person("Hồ Thị Sáu")
    with pytest.raises(Conflict, match="said nothing"):
        given(cast, silent)
    app.config["OFFICE_CONTACT"] = ""
    with pytest.raises(Conflict, match="administrator"):
        papers.office()


@pytest.mark.parametrize(("language", "words"), [("vi", "Phiếu ghi ý kiến"), ("en", "What I agree to")])
def test_a_form_to_sign_has_their_code_and_the_whole_notice(app, cast, one, language, words):
    told = service.consent_form(cast["clerk"], one.code, 1)
    with app.test_request_context():
        answer = papers.to_sign(told, OFFICE, language)
        answer.direct_passthrough = False
        page = text_of(answer.data)
    assert words in page
    for said in (one.code, "Lê Thị Đào", "dao@example.com", "events/1", OFFICE.address):
        assert said in page, said
    with pytest.raises(NotFound):
        service.consent_form(cast["clerk"], one.code, 99)
    factories.notice()
    with pytest.raises(Conflict, match="not in force"):
        service.consent_form(cast["clerk"], one.code, 1)


@quietly
def test_a_notice_of_any_name_is_told_of(cast):
    guest = factories.person("Hồ Thị Sáu")
    factories.notice("sự kiện/Tết")
    factories.consent(guest.id)
    told = graph(given(cast, guest)["document"])
    assert validate(told, shacl_graph=SHAPES)[0]
    assert any("%E1%BB%B1" in str(subject) for subject in told.subjects())


def test_both_papers_are_made_from_their_page(app, client, cast, one):
    sign_in_accounts()
    browser = reader(client, "clerk")
    for what, media, sent in (("receipt", papers.ZIP, {}), ("form", paper.MEDIA, {"notice": "1"})):
        answer = browser.post(f"/persons/{one.code}/papers/{what}", data={"paper_language": "en", **sent})
        assert (answer.status_code, answer.mimetype) == (200, media)


def test_only_what_is_theirs_and_in_use_is_printed(app, cast, one):
    others = {"channel": "phone", "value": "0983000111", "owner": "relative"}
    record = people.add_contact(cast["clerk"], one.code, ContactForm().load(others))
    mail = next(point for point in record["contact_points"] if point["channel"] == "email")
    people.retire_contact(cast["clerk"], one.code, mail["id"])
    told = service.consent_form(cast["clerk"], one.code, 1)
    assert [point["value"] for point in papers._own(told)] == ["+420601555140"]


def test_how_it_stands_is_what_the_rule_of_contact_goes_by(app, cast):
    """Of merged records a no of either counts as said again, which no line says; at one moment a no outweighs a yes."""
    kept, gone = (factories.person(name) for name in ("Lê Thị Đào", "Lê Thị Đào Anh"))
    factories.consent(kept.id, State.WITHDRAWN, on=date(2026, 1, 10), evidence=None, notice_id=None)
    factories.consent(gone.id, on=date(2026, 2, 1))
    with confined(Sight(everyone=True)):
        merges.merge(cast["approver"], Pair(kept.id, 1, gone.id, 1), ())
        db.session.commit()
    told = given(cast, kept)
    states = [one["@type"] for one in record_of(told["document"], "events")["dpv:hasConsentStatus"]]
    assert states == ["dpv:ConsentWithdrawn", "dpv:ConsentGiven", "dpv:ConsentInvalidated"]
    with app.test_request_context():
        assert [row[-1] for row in papers._standing(told["now"])] == ["Rút lại"]


def test_each_statement_stands_once_and_a_no_after_a_yes_of_its_moment(app):
    at = clock.now()
    same = {"purpose": "events", "signed_at": at, "method": "paper", "evidence": "12", "notice": "events/1"}
    same |= {"capacity": "self", "given_by": None, "valid_until": None}
    said = (("withdrawn", "email"), ("given", "email"), ("given", "phone"), ("given", "email"))
    lines = [{**same, "state": state, "channel": channel, "line": n} for n, (state, channel) in enumerate(said)]
    told = [(one["state"], one["channels"]) for one in proofs.statements(lines)]
    assert told == [("given", ["email", "phone"]), ("withdrawn", ["email"])]

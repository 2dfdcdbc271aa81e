"""What a sender's files mean, kept to be proposed again: never what proves consent, and only to who may see it."""

import io
import json

import pytest
from sqlalchemy import text

from kieubao import worker
from kieubao.db import db
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound
from kieubao.intake import answers, service
from kieubao.intake.kept import carried
from kieubao.intake.mapping import laid_out
from kieubao.intake.schemas import filled
from tests import factories
from tests.factories import MEANT, csv_of, line
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in

SENDER = "UBND xã Cẩm Xuyên"
YES = MEANT["consent"]["means"]["có"]
PLACED = {**MEANT, "sheet": "2025"}
SHEET = factories.sheet_with(*factories.HEADINGS)
SAME = {"source": "danh sách xã", "legal_basis": "consent", "legal_document": "phiếu 12", "country": "CZ"}
PROOF = {"purposes[]": ["events"], "channels[]": ["email"], "method": "paper"}
PROOF |= {"signed_on": "12/01/2026", "evidence": "phiếu 12", "notice": "events/1"}


@pytest.fixture
def clerk(app, cast):
    factories.notice()
    return cast["clerk"]


def test_what_proves_consent_is_not_kept():
    kept = carried(PLACED)
    assert "sheet" not in kept
    assert kept["consent"]["means"]["có"] == {n: v for n, v in YES.items() if n not in {"signed_on", "evidence"}}
    assert kept["consent"]["means"]["không"] == {"state": "refused", "method": "paper"}
    assert "legal_document" not in kept["person"]["fixed"] | kept["relative"]["fixed"]
    assert MEANT["person"]["fixed"]["legal_document"] == "phiếu 12"


def test_the_document_of_a_plan_is_kept_and_that_of_a_consent_is_not():
    fixed = {"source": "x", "legal_basis": "19.1.c", "legal_document": "KH 12"}
    assert carried({"fixed": fixed})["fixed"] == fixed
    assert carried({"fixed": {**fixed, "legal_basis": "consent"}})["fixed"] == {"source": "x", "legal_basis": "consent"}


def test_a_kept_yes_is_none_before_its_proof_is_said(app):
    kept = carried(MEANT)
    answers.refuse_wrong(kept)
    with pytest.raises(Invalid, match="signed_on"):
        answers.meant(laid_out(kept))


def test_nothing_sealed_is_read_in_the_database(clerk):
    service.keep_mapping(clerk, SENDER, MEANT)
    row = db.session.execute(text("SELECT sender, layout FROM saved_mapping")).one()
    assert not any(word.encode() in bytes(cell) for cell in row for word in ("Cẩm Xuyên", "Họ tên"))


def test_one_is_kept_of_a_sender_and_the_headings_of_their_files(clerk):
    first = service.keep_mapping(clerk, SENDER, MEANT)
    again = service.keep_mapping(clerk, " ubnd xã  Cẩm Xuyên", {**MEANT, "nothing": ["-"]})
    assert (again["code"], again["mapping"]["nothing"]) == (first["code"], ["-"])
    more = service.keep_mapping(clerk, SENDER, {**MEANT, "ignored": ["STT", "Ghi chú"]})
    assert {one["code"] for one in service.all_mappings(clerk)} == {first["code"], more["code"]}
    with pytest.raises(Conflict, match=SENDER):
        service.read_mapping(clerk, SENDER)
    service.drop_mapping(clerk, more["code"])
    assert service.read_mapping(clerk, SENDER)["code"] == first["code"]
    with pytest.raises(NotFound):
        service.read_mapping(clerk, more["code"])


def test_it_is_seen_by_who_sees_all_that_its_clerk_sees(clerk, cast):
    here, there = factories.actor("clerk", ("18673",)), factories.actor("clerk", ("18685",))
    code = service.keep_mapping(here, SENDER, MEANT)["code"]
    province = service.keep_mapping(clerk, SENDER, MEANT)["code"]
    assert [one["code"] for one in service.all_mappings(here)] == [code]
    assert {one["code"] for one in service.all_mappings(clerk)} == {code, province}
    assert service.all_mappings(there) == []
    for act in (service.read_mapping, service.drop_mapping):
        with pytest.raises(NotFound):
            act(there, code)
        with pytest.raises(NotFound):
            act(here, province)
    assert service.read_mapping(cast["approver"], code)["sender"] == SENDER
    with pytest.raises(Forbidden):
        service.drop_mapping(cast["approver"], code)


def test_a_mapping_fills_in_the_page_that_says_it(app):
    columns = {"1": "person.name", "3": "person:email", "5": "relative.name"}
    # A relative's name that is wrong refuses its row there, and on no page.
    assert filled(laid_out(carried(MEANT)), SHEET) is None
    relative = {
        "fixed": {**factories.FIXED, "kind": "home", "country": "VN"},
        "columns": {
            **{h: {"field": f, "on_error": "leave_out"} for h, f in (("Thân nhân", "name"), ("Quan hệ", "kinship"))},
            "Quê": "home",
        },
    }
    relative["fixed"].pop("legal_document")
    said = filled(laid_out(carried({**MEANT, "relative": relative})), SHEET)
    assert columns.items() <= {one["place"]: one.get("means") for one in said["columns"]}.items()
    assert (said["kind"], said["same_home"], said["channels"], said["notice"]) == (
        "abroad",
        "on",
        ["email"],
        "events/1",
    )
    assert "signed_on" not in said
    assert {"place": "7", "text": "không", "means": "refused"} in said["words"]


def kept_in_pages(clerk, window, *lines, **more):
    """Send a file and say in pages what it means, as it is proposed; with what more is said."""
    window.post("/imports/new", data={"file": (io.BytesIO(csv_of(*lines)), "xã.csv")})
    worker.run_all()
    at = f"/imports/{service.all_imports(clerk)[0]['code']}"
    proposed = fields_in(window.get(f"{at}/mapping"))
    asked = fields_in(window.post(f"{at}/mapping", data={**proposed, **SAME, **more}))
    words = [name for name, value in asked.items() if name.endswith("-text") and value == ["có"]]
    answered = {**asked, **{name.replace("-text", "-means"): "given" for name in words}, **PROOF}
    return at, window.post(f"{at}/mapping", data=answered)


@pytest.fixture
def window(app, client):
    factories.notice()
    cast = sign_in_accounts()
    window = reader(client, "clerk")
    window.actor = cast["clerk"]
    return window


def test_a_clerk_keeps_what_columns_mean_and_confirms_it_for_the_next_file(window):
    clerk = window.actor
    _at, refused = kept_in_pages(clerk, window, line(answer="có"), keep="on")
    assert (refused.status_code, 'href="#f-sender"' in refused.text) == (422, True)
    _at, done = kept_in_pages(clerk, window, line("Hồ Hai", answer="có"), keep="on", sender=SENDER)
    assert done.status_code == 303
    (kept,) = service.all_mappings(clerk)
    at = f"/imports/{factories.sent(clerk, line('Hồ Hải', 'h@example.com', answer='có'), said=None)}/mapping"
    assert "khai báo đã lưu của" in window.get(f"{at}?saved=none").text
    page = window.get(at)
    assert f"lấy từ khai báo đã lưu của {SENDER}" in page.text
    typed = fields_in(page)
    (word,) = (name for name, value in typed.items() if name.endswith("-text"))
    assert typed[word.replace("-text", "-means")] == ["given"]
    assert (typed.get("legal_document"), typed.get("signed_on"), typed.get("evidence")) == ([""], [""], [""])
    # Without its proof no yes comes of it, and nothing is tried.
    refused = window.post(at, data={**typed, "legal_document": "phiếu 13"})
    assert (refused.status_code, "signed_on" in refused.text) == (422, True)
    sent = window.post(
        at, data={**typed, "legal_document": "phiếu 13", "signed_on": "14/01/2026", "evidence": "phiếu 13"}
    )
    assert sent.status_code == 303
    assert [one["at"] for one in service.all_mappings(clerk)] == [kept["at"]]


def test_what_no_page_can_say_is_told(window):
    clerk = window.actor
    service.keep_mapping(clerk, "Sở Ngoại vụ", MEANT)
    code = factories.sent(clerk, line(), said=None)
    page = window.get(f"/imports/{code}/mapping").text
    assert "Sở Ngoại vụ cũng khớp" in page
    assert "đề xuất từ tiêu đề cột" in page


def test_other_headings_are_not_filled_in(window):
    service.keep_mapping(window.actor, "Sở Ngoại vụ", {**MEANT, "ignored": ["STT", "Ghi chú"]})
    code = factories.sent(window.actor, line(), said=None)
    assert "Sở Ngoại vụ" not in window.get(f"/imports/{code}/mapping").text


def test_kept_mappings_are_looked_at_and_dropped(window):
    code = service.keep_mapping(window.actor, SENDER, MEANT)["code"]
    assert SENDER in window.get("/imports/mappings").text
    shown = window.get(f"/imports/mappings/{code}").text
    assert "Thân nhân: Họ" in shown
    assert "không đọc" in shown
    assert window.post(f"/imports/mappings/{code}/drop").location.endswith("/imports/mappings")
    assert window.get(f"/imports/mappings/{code}").status_code == 404
    assert "Chưa lưu" in window.get("/imports/mappings").text


def test_over_the_wire(client, cast):
    headers = factories.bearer(cast["clerk"])
    path = "/api/v1/imports/mappings"
    wrong = {**MEANT, "person": {"columns": {"Họ tên": "job"}}}
    refused = client.post(path, json={"sender": SENDER, "mapping": wrong}, headers=headers)
    assert (refused.status_code, "job" in json.dumps(refused.json)) == (422, True)
    assert client.post(path, json={"sender": " ", "mapping": MEANT}, headers=headers).status_code == 422
    made = client.post(path, json={"sender": SENDER, "mapping": MEANT}, headers=headers)
    assert (made.status_code, made.json["sender"]) == (201, SENDER)
    one = f"{path}/{made.json['code']}"
    assert client.get(one, headers=headers).json == made.json
    assert client.get(path, headers=headers).json == [made.json]
    assert "evidence" not in json.dumps(made.json)
    assert client.delete(one, headers=factories.bearer(cast["approver"])).status_code == 403
    assert client.delete(one, headers=headers).status_code == 204
    assert client.get(one, headers=headers).status_code == 404


def test_the_terminal_takes_a_file_in_by_a_kept_mapping(app, cast, tmp_path):
    clerk = cast["clerk"]
    no = {**MEANT["consent"], "means": {"không": MEANT["consent"]["means"]["không"]}}
    code = service.keep_mapping(clerk, SENDER, {**MEANT, "consent": no})["code"]
    name = db.session.execute(text("SELECT username FROM account WHERE id = :id"), {"id": clerk.id}).scalar()
    file = tmp_path / "xã.csv"
    file.write_bytes(csv_of(line(answer="không")))

    def run(*words):
        return app.test_cli_runner().invoke(args=["intake", *words, "--as", name])

    assert run("mappings").output == f"{code}  {SENDER}\n"
    assert "legal_document" in run("take", str(file), "--saved", SENDER).stderr
    taken = run("take", str(file), "--saved", SENDER, "--legal-document", "phiếu 12")
    assert json.loads(taken.output)["taken"] == 1
    assert run("take", str(file)).exit_code == 2
    assert run("take", str(file), "--saved", code, "--mapping", str(file)).exit_code == 2


def test_what_is_kept_says_what_it_said(clerk):
    kept = service.keep_mapping(clerk, SENDER, UNPROVED)["mapping"]
    assert laid_out(kept).plainly() == laid_out(carried(UNPROVED)).plainly()


UNPROVED = {**factories.UNASKED, "old": {"Họ tên": "tcvn3"}}

"""A clerk's way in pages: a file sent, its columns and words said, tried, taken in; an approver takes it back."""

import io

import pytest
from flask_babel import force_locale
from marshmallow import ValidationError

from kieubao import worker
from kieubao.ground.errors import Invalid
from kieubao.intake import answers, service, sheets
from kieubao.intake.columns import LEAVE_OUT, REFUSE
from kieubao.intake.mapping import laid_out
from kieubao.intake.meanings import layout
from kieubao.intake.schemas import MeaningForm
from kieubao.intake.vocabulary import RowState
from tests import factories
from tests.factories import csv_of, line
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in

SAME = {"source": "danh sách xã", "legal_basis": "consent", "legal_document": "phiếu 12", "country": "CZ"}
PROOF = {"purposes[]": ["events"], "channels[]": ["email"], "method": "paper"}
PROOF |= {"signed_on": "12/01/2026", "evidence": "phiếu 12", "notice": "events/1"}


@pytest.fixture
def clerk(app, client):
    cast = sign_in_accounts()
    factories.notice()
    window = reader(client, "clerk")
    window.actor = cast["clerk"]
    return window


def goes_on(answer):
    """Follow to the job, have it done, and return the path of the file it was about."""
    assert answer.status_code == 303, answer.text
    worker.run_all()
    return answer.location


def sent(clerk, *lines):
    goes_on(clerk.post("/imports/new", data={"file": (io.BytesIO(csv_of(*lines)), "xã.csv")}))
    return f"/imports/{service.all_imports(clerk.actor)[0]['code']}"


def test_a_clerk_takes_a_file_in(clerk, client):
    at = sent(clerk, line(answer="có"), line("Hồ Hải", "hai@example.com", answer="không"), line("", ""))
    page = clerk.get(f"{at}/mapping")
    proposed = fields_in(page)
    said = {name: proposed[f"columns-{place}-means"] for place, name in enumerate(factories.HEADINGS) if place}
    assert said["Họ tên"] == ["person.name"]
    assert said["Thư"] == ["person:email"]
    assert said["Đồng ý"] == ["consent.answer"]
    asked = clerk.post(f"{at}/mapping", data={**proposed, **SAME})
    assert (asked.status_code, "Hãy cho biết mỗi từ" in asked.text) == (200, True)
    words = {name: "given" for name, value in fields_in(asked).items() if name.endswith("-text") and value == ["có"]}
    yes = {name.replace("-text", "-means"): means for name, means in words.items()}
    goes_on(clerk.post(f"{at}/mapping", data={**fields_in(asked), **yes, **PROOF}))
    tried = clerk.get(at)
    assert "Nhập 2 dòng đúng" in tried.text
    goes_on(clerk.post(f"{at}/run"))
    shown = clerk.get(f"{at}?rows=in")
    assert shown.text.count('class="act code"') == 2
    approver = reader(client, "approver")
    assert "Hoàn tác" in approver.get(f"{at}/undo").text
    goes_on(approver.post(f"{at}/undo"))
    assert "Đã hoàn tác" in clerk.get(at).text


def test_rows_come_page_by_page(clerk):
    at = sent(clerk, *(line("", f"{n}@example.com") for n in range(60)))
    service.lay_out(clerk.actor, at.rpartition("/")[2], factories.MEANT, [])
    worker.run_all()
    first = clerk.get(at)
    assert first.text.count("<tr>") == 51
    after = first.text.split("after=")[1].split('"')[0]
    assert clerk.get(f"{at}?rows=back&after={after}").text.count("<tr>") == 11


@pytest.mark.parametrize("query", ["?rows=x", "?after=x", "?rows=back&after=-1"])
def test_an_address_that_was_typed_shows_the_file(clerk, query):
    assert clerk.get(sent(clerk, line()) + query).status_code == 200


@pytest.mark.parametrize("query", ["?sheet=9", "?above=99", "?sheet=x&above=-1", "?above=3"])
def test_another_table_can_be_looked_at(clerk, query):
    assert clerk.get(f"{sent(clerk, line())}/mapping{query}").status_code == 200


def test_a_file_that_is_left_is_gone(clerk):
    at = sent(clerk, line())
    assert clerk.post(f"{at}/clear").status_code == 303
    assert clerk.get(at).status_code == 404


def test_no_file_is_told_beside_its_field(clerk):
    refused = clerk.post("/imports/new", data={})
    assert refused.status_code == 422
    assert 'href="#f-file"' in refused.text


def said(**given):
    form = {
        "above": 1,
        "kind": "abroad",
        **SAME,
        "columns": [{"place": n, "means": m} for n, m in given.pop("columns")],
    }
    return MeaningForm().load({**form, **given})


SHEET = factories.sheet_with("Họ tên", "GT", "Quê", "Thân nhân", "Quan hệ", "SĐT", "Ý kiến", "", "STT")


def test_what_a_page_says_is_a_mapping(app):
    columns = [(0, "person.name"), (1, "person.gender"), (2, "person.home"), (3, "relative.name")]
    columns += [(4, "relative.kinship"), (5, "person:phone"), (6, "consent.answer")]
    words = [{"place": 1, "text": "Nữ", "means": "female"}, {"place": 6, "text": "thôi", "means": "refused"}]
    words += [{"place": 6, "text": "chưa", "means": "nothing"}]
    told = layout(
        said(columns=columns, words=words, same_home=True, nothing="-; ko", on_error="leave_out"), SHEET, "DS"
    )
    read = laid_out(told)
    assert (read.sheet, read.ignored, read.nothing) == ("DS", ["STT"], ["-", "ko"])
    assert read.person.columns["GT"].texts == {"female": ["Nữ"]}
    assert (read.person.columns["SĐT"].channels, read.person.columns["SĐT"].on_error) == (["phone"], "leave_out")
    assert {h: (c.field, c.on_error) for h, c in read.relative.columns.items()} == {
        "Thân nhân": ("name", "leave_out"),
        "Quan hệ": ("kinship", "leave_out"),
        "Quê": ("home", "refuse"),
    }
    assert (read.consent.means["thôi"].state, read.consent.means["chưa"].state) == ("refused", "")


def test_two_columns_that_mean_the_same_are_refused(app):
    with pytest.raises(ValidationError):
        said(columns=[(0, "person.name"), (1, "person.name")])
    assert said(columns=[(0, "person:phone"), (1, "person:phone")])
    person = {"fixed": {**factories.FIXED, "kind": "abroad"}, "columns": {"A": "name", "B": "name"}}
    with pytest.raises(Invalid, match="name"):
        answers.meant(laid_out({"person": person}))


def test_a_file_that_is_not_read_yet_has_no_columns_to_speak_of(clerk):
    clerk.post("/imports/new", data={"file": (io.BytesIO(csv_of(line())), "xã.csv")})
    at = f"/imports/{service.all_imports(clerk.actor)[0]['code']}/mapping"
    columns = {"above": "1", "columns-0-place": "0", "columns-0-means": "person.name", "kind": "abroad"}
    assert clerk.get(at).status_code == 200
    assert clerk.post(at, data={**SAME, **columns}).status_code == 422


def test_a_relative_may_have_a_home_of_their_own(app):
    columns = [(0, "person.name"), (2, "person.home"), (3, "relative.name"), (4, "relative.kinship")]
    alone = laid_out(layout(said(columns=columns), SHEET, ""))
    assert "Quê" not in alone.relative.columns
    own = laid_out(layout(said(columns=[*columns, (7, "relative.home")], same_home=True), SHEET, ""))
    assert [c.field for c in own.relative.columns.values()].count("home") == 1


def test_nobody_comes_in_before_they_are_asked_for(clerk):
    at = sent(clerk, line())
    service.lay_out(clerk.actor, at.rpartition("/")[2], factories.MEANT, [])
    worker.run_all()
    assert service.rows(clerk.actor, at.rpartition("/")[2], [RowState.TAKEN])["rows"] == []


def test_a_warning_beside_a_reason_is_in_the_readers_language(app):
    reason = ["Quan hệ", "Fill this in or choose", {}, REFUSE]
    warning = ["Thân nhân", "The relative is left out", {}, LEAVE_OUT]
    with app.test_request_context(), force_locale("en"):
        told = "Quan hệ: Fill this in or choose | (Warning) Thân nhân: The relative is left out"
        assert sheets.said([reason, warning]) == told


def test_the_notice_of_a_yes_is_chosen(clerk):
    at = sent(clerk, line(answer="có"))
    assert '<option value="events/1">events/1: ' in clerk.get(f"{at}/mapping").text

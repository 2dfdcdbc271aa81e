"""Files typed in old encodings: found by column, shown before and after, confirmed by a person, never by themselves."""

import io
from pathlib import Path

import pytest
from markupsafe import escape

from kieubao import worker
from kieubao.ground.errors import Invalid
from kieubao.ground.legacy import ENCODINGS
from kieubao.ground.text import clean
from kieubao.intake import reader as reader_of_files
from kieubao.intake import service
from kieubao.intake.vocabulary import RowState
from kieubao.people import service as people
from tests import factories
from tests.ground.test_legacy import meant, typed
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in

DATA = Path(__file__).parents[1] / "data"
HEADINGS = ("STT", "Họ và tên", "Thư điện tử", "Nghề nghiệp")
NAMES = ["Nguyễn Thị Hòa", "Đặng Văn Quý", "Trần Đình Hải", "Võ Thị Ánh"]
JOBS = ["giảng viên", "thợ điện", "bác sĩ", "lao động xuất khẩu"]


def old_file(encoding):
    """An office's file that was typed in an old encoding; numbers and addresses are the same in all."""
    lines = [";".join(HEADINGS)]
    for number, (name, job) in enumerate(zip(NAMES, JOBS, strict=True)):
        lines.append(f"{number};{name};a{number}@example.com;{job}")
    return typed("\n".join(lines), encoding).encode("latin-1")


def seen(text, encoding):
    """A text as it is seen where a file was typed in an old encoding: by the letters that Windows has there."""
    return typed(text, encoding).encode("latin-1").decode("cp1252", reader_of_files._ERRORS["cp1252"])


def mapping_of(encoding):
    name, mail, job = (seen(heading, encoding) for heading in HEADINGS[1:])
    columns = {name: "name", mail: {"channels": ["email"]}, job: "occupation"}
    person = {"fixed": {**factories.FIXED, "kind": "abroad"}, "columns": columns}
    return {"ignored": ["STT"], "old": {name: encoding, job: encoding}, "person": person}


def names(clerk, code):
    found = service.rows(clerk, code, [RowState.TAKEN])["rows"]
    return [people.read(clerk, row.code)["name"] for row in found]


@pytest.fixture
def clerk(app, cast):
    return cast["clerk"]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_column_is_read_as_it_was_typed(clerk, encoding):
    code = factories.taken(clerk, content=old_file(encoding), said=mapping_of(encoding))
    assert names(clerk, code) == [meant(name, encoding) for name in NAMES]


def test_nothing_is_read_otherwise_than_is_said(clerk):
    said = mapping_of("tcvn3")
    code = factories.taken(clerk, content=old_file("tcvn3"), said={**said, "old": {}})
    assert names(clerk, code) == [clean(seen(name, "tcvn3")) for name in NAMES]


def test_rows_that_come_back_are_as_they_were_typed(clerk):
    wrong = old_file("vni").replace(b"a2@example.com", b"a2@")
    code = factories.sent(clerk, content=wrong, said=mapping_of("vni"))
    (back,) = service.rows(clerk, code, [RowState.REFUSED])["rows"]
    assert back.row.cells[1] == seen(NAMES[2], "vni")


def test_an_encoding_that_is_none_is_named(clerk):
    with pytest.raises(Invalid, match="koi8"):
        factories.sent(clerk, content=old_file("vni"), said={**mapping_of("vni"), "old": {"koi8": "koi8"}})


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_page_proposes_it_and_shows_before_and_after(app, client, encoding):
    actor = sign_in_accounts()["clerk"]
    clerk = reader(client, "clerk")
    clerk.post("/imports/new", data={"file": (io.BytesIO(old_file(encoding)), "cũ.csv")})
    worker.run_all()
    at = f"/imports/{service.all_imports(actor)[0]['code']}/mapping"
    page = clerk.get(at)
    chosen = fields_in(page)
    assert [chosen.get(f"columns-{place}-old") for place in range(4)] == [None, [encoding], [encoding], [encoding]]
    assert chosen["columns-1-means"] == ["person.name"]
    assert f"{escape(seen(NAMES[0], encoding))} → <strong>{meant(NAMES[0], encoding)}</strong>" in page.text
    same = {"source": "x", "legal_basis": "consent", "legal_document": "x", "country": "CZ"}
    assert clerk.post(at, data={**chosen, **same}).status_code == 303
    worker.run_all()
    tried = service.all_imports(actor)[0]
    assert (tried["step"], service.read(actor, tried["code"])["counts"]["new"]) == ("tried", 4)


@pytest.mark.parametrize("kind", ["xlsx", "xls", "ods"])
def test_a_page_tells_the_font_that_tells_it_of_however_few(app, client, kind):
    """One column is in a font of capitals, and what is Unicode is left as it is in whichever font."""
    actor = sign_in_accounts()["clerk"]
    clerk = reader(client, "clerk")
    content = (DATA / f"phong-chu-cu.{kind}").read_bytes()
    clerk.post("/imports/new", data={"file": (io.BytesIO(content), f"cũ.{kind}")})
    worker.run_all()
    page = clerk.get(f"/imports/{service.all_imports(actor)[0]['code']}/mapping")
    chosen = fields_in(page)
    proposed = [chosen.get(f"columns-{place}-old") for place in range(5)]
    assert proposed == [None, ["tcvn3_capitals"], ["tcvn3"], ["vni"], None]
    assert "Phông chữ .VnTimeH." in page.text
    assert "nguyÔn thÞ hßa → <strong>NGUYỄN THỊ HÒA</strong>" in page.text
    assert "thôï ñieän → <strong>thợ điện</strong>" in page.text

"""Relatives on the rows below their person: in with them, back with them, or back alone; taken back together."""

import pytest
from sqlalchemy import text

from kieubao import worker
from kieubao.db import db
from kieubao.ground.errors import Invalid
from kieubao.intake import batches, rows, service, sheets, works
from kieubao.intake.kept import carried
from kieubao.intake.mapping import laid_out
from kieubao.intake.schemas import filled
from kieubao.intake.vocabulary import RowState
from kieubao.people import service as people
from tests import factories
from tests.factories import MEANT, line, sent, taken

BELOW = {**MEANT, "relatives": "below"}
LAYOUT = laid_out(BELOW)
BA = line(relative="Trần Thị Tư", kinship="mẹ")


def below(name="Lê Thị Năm", kinship="vợ", **cells):
    return line("", "", home="", relative=name, kinship=kinship, **cells)


@pytest.fixture
def clerk(app, cast):
    factories.notice()
    return cast["clerk"]


def states(clerk, code):
    every = service.rows(clerk, code, list(RowState))["rows"]
    return [str(row.state) for row in every if row.row.number > 1]


def reasons(clerk, code, state=RowState.REFUSED):
    return [sheets.said(row.told) for row in service.rows(clerk, code, [state])["rows"]]


def kin(clerk, code):
    return {one["name"]: one["term"] for one in people.read(clerk, code)["kinships"]}


@pytest.mark.parametrize(
    ("row", "is_below"),
    [
        (below(), True),
        (line("nt", "nt", home="nt", relative="Năm"), False),
        (line("-", "", home="", relative="Năm"), False),
        (line("", "", home="xã Cẩm Xuyên", relative="Năm"), True),
        (line("", "x@example.com", relative="Năm"), False),
        (line("", "", relative="Năm", answer="có"), False),
        (line("", "", home=""), False),
        (BA, False),
    ],
)
def test_a_row_that_says_nothing_of_a_person_is_a_relatives(row, is_below):
    texts = dict(zip(map(str.casefold, factories.HEADINGS), row, strict=True)) | {"stt": "7"}
    assert LAYOUT.is_below(texts) is is_below
    assert laid_out(MEANT).is_below(texts) is False
    pointing = laid_out({**BELOW, "nothing": ["-"], "above": ["nt"]})
    assert pointing.is_below(texts) is (is_below or row[1] in {"nt", "-"})


def test_a_mapping_says_beside_or_below():
    with pytest.raises(Invalid, match="below"):
        laid_out({**MEANT, "relatives": "under"})


def test_a_person_has_several_relatives(clerk):
    code = taken(clerk, BA, below(), below("Lê Văn Sáu", "con đẻ"), line("Hồ Hải", "h@example.com"), said=BELOW)
    assert states(clerk, code) == ["taken"] * 4
    ba, year, _sau, hai = (row.code for row in service.rows(clerk, code, [RowState.TAKEN])["rows"])
    assert ba == year != hai
    assert kin(clerk, ba) == {"Trần Thị Tư": "parent", "Lê Thị Năm": "spouse", "Lê Văn Sáu": "child"}
    assert kin(clerk, hai) == {}
    assert service.read(clerk, code)["counts"]["relatives"] == 3
    homes = {one for (one,) in db.session.execute(text("SELECT home_text FROM person"))}
    assert homes == {"xã Cẩm Xuyên"}


def test_who_is_refused_takes_the_rows_below_back(clerk):
    code = taken(clerk, line("Lê Ba", "ba@"), below(), line("Hồ Hải", "h@example.com"), below("Võ Thị Bảy"), said=BELOW)
    assert states(clerk, code) == ["refused", "refused", "taken", "taken"]
    assert reasons(clerk, code)[1] == "Người có thân nhân này bị trả lại, ở dòng 2"


def test_a_relative_who_is_refused_comes_back_alone_with_whom_they_belong_to(clerk):
    code = taken(clerk, BA, below("Năm (mất)"), below("Lê Văn Sáu", "con đẻ"), said=BELOW)
    assert states(clerk, code) == ["taken", "refused", "taken"]
    (back,) = service.rows(clerk, code, [RowState.REFUSED])["rows"]
    (ba, _again) = (row.code for row in service.rows(clerk, code, [RowState.TAKEN])["rows"])
    assert back.code == ba
    with sheets.returned(clerk, code, ";") as file:
        assert f"Mã: {ba};" in file.read().decode()
    assert len(kin(clerk, ba)) == 2


def test_a_relative_below_nobody_comes_back(clerk):
    total = ["Cộng", *[""] * 7]
    code = sent(clerk, below(), BA, total, below(), said={**BELOW, "totals": ["Cộng"]})
    assert states(clerk, code) == ["refused", "new", "left_out", "refused"]
    assert reasons(clerk, code) == ["Phía trên dòng thân nhân này không có người nào"] * 2


def test_whoever_is_on_record_takes_the_rows_below_back(clerk):
    factories.person("Lê Văn Ba", contact_points=[{"channel": "email", "value": "ba@example.com"}])
    code = sent(clerk, BA, below(), said=BELOW)
    assert states(clerk, code) == ["known", "known"]
    assert all("KB-" in reason for reason in reasons(clerk, code, RowState.KNOWN))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_a_person_and_the_rows_below_come_in_together(clerk, monkeypatch, size):
    """Whatever the size of a batch: nobody is recorded whose relatives are still to come."""
    monkeypatch.setattr(batches, "BATCH", size)
    seen = []
    plain = batches.take_in
    monkeypatch.setattr(batches, "take_in", lambda *given: seen.append([one.row for one in given[2]]) or plain(*given))
    lines = [BA, below(), below("Lê Văn Sáu", "con đẻ"), line("Hồ Hải", "h@example.com"), below("Võ Thị Bảy")]
    code = taken(clerk, *lines, said=BELOW)
    assert states(clerk, code) == ["taken"] * 5
    assert [len(batch) for batch in seen][:1] == [3]
    assert sum(map(len, seen)) == 5


def test_more_relatives_than_anybody_has_come_back(clerk, monkeypatch):
    monkeypatch.setattr(rows, "MOST_BELOW", 2)
    monkeypatch.setattr(rows, "_MOST_HELD", 2)
    monkeypatch.setattr(batches, "BATCH", 2)
    lines = [BA, *(below(f"Lê Thị {name}") for name in ("Một", "Hai", "Ba", "Tư", "Năm"))]
    code = taken(clerk, *lines, line("Hồ Hải", "h@example.com"), said=BELOW)
    assert states(clerk, code) == [*["taken"] * 3, *["refused"] * 3, "taken"]


@pytest.mark.parametrize("size", [1, 500])
def test_a_person_is_taken_back_with_the_rows_below(clerk, cast, monkeypatch, size):
    code = taken(clerk, BA, below(), line("Hồ Hải", "h@example.com"), below("Võ Thị Bảy"), said=BELOW)
    ba = service.rows(clerk, code, [RowState.TAKEN])["rows"][0].code
    (wife,) = (one["code"] for one in people.read(clerk, ba)["kinships"] if one["name"] == "Lê Thị Năm")
    people.amend(clerk, wife, version=1, changes={"note": "x"})
    monkeypatch.setattr(batches, "BATCH", size)
    service.undo(cast["approver"], code)
    worker.run_all()
    assert states(clerk, code) == ["kept", "kept", "undone", "undone"]
    assert len(kin(clerk, ba)) == 2


def test_tried_again_beside_no_row_is_below(clerk):
    code = sent(clerk, BA, below(), said=BELOW)
    service.lay_out(clerk, code, MEANT, [], ask=False)
    works.try_out(clerk, code, factories.reached)
    assert states(clerk, code) == ["new", "refused"]
    assert db.session.scalar(text("SELECT count(above_id) FROM intake_row")) == 0


def test_a_page_says_it_and_keeps_it(app):
    relative = {h: {"field": f, "on_error": "leave_out"} for h, f in (("Thân nhân", "name"), ("Quan hệ", "kinship"))}
    said = {**BELOW, "relative": {**MEANT["relative"], "columns": {**relative, "Quê": "home"}}}
    assert filled(laid_out(carried(said)), factories.sheet_with(*factories.HEADINGS))["below"] == "on"

"""Two files at once, each with rows of every kind: what is done with one changes nothing of the other."""

import pytest
from sqlalchemy import text

from kieubao.db import db
from kieubao.intake import inbox, proposals, service, staging, works
from kieubao.intake.vocabulary import RowState
from kieubao.people import erasure
from kieubao.traces import tombstones
from tests import factories
from tests.intake.test_amending import SAID, cells, counts, csv_of, take, tried, undo
from tests.pages.province import reader, sign_in_accounts

ERASED = (("Nguyễn Thị Đào", "14/08/1960"), ("Trần Văn Sáu", "01/02/1950"))


@pytest.fixture
def clerk(app, cast, tmp_path):
    app.config["TOMBSTONES"] = str(tmp_path / "graves")
    factories.notice()
    erasure.erase([factories.person(name, born=born).id for name, born in ERASED], tombstones())
    db.session.commit()
    return cast["clerk"]


def lines(number):
    """Someone new with a relative, someone on record, someone without a name, and two who were erased."""
    known = factories.person(f"Hồ Văn {number}")
    new = cells("", f"Lê Văn {number}", phone=f"098300022{len(number)}", relative="Trần Thị Tư", kinship="mẹ")
    erased = [cells("", name, born=born, job=number) for name, born in ERASED]
    return [new, cells(known.code, job=number, answer="có"), cells("", "", job=number), *erased]


TRIED = {"new": 1, "changed": 1, "refused": 1, "waiting": 2}


def rows(code):
    mine = "SELECT r.* FROM intake_row r JOIN intake i ON i.id = r.intake_id WHERE i.code = :code ORDER BY r.id"
    return [tuple(row) for row in db.session.execute(text(mine), {"code": code})]


class Ended(Exception):
    """The power is cut."""


def ended(*_done):
    raise Ended


def jobs_are_done():
    db.session.execute(text("UPDATE job SET state = 'done'"))
    db.session.commit()


def decide(cast, code, number, *, admit):
    service.decide(cast["approver"], code, number, admit=admit, reason="đã xin ghi lại, đơn số 5")


@pytest.mark.parametrize("beside", ["tried", "taken"])
def test_what_is_done_with_a_file_changes_nothing_of_another(clerk, cast, beside):
    other = tried(clerk, *lines("Bốn"))
    decide(cast, other, 5, admit=True)
    if beside == "taken":
        take(clerk, other)
    before, held = rows(other), counts(clerk, other)

    file, how = works.workbooks.kept(csv_of(*lines("Hai"))), works.How("utf-8", ";")
    with file:
        code = service.receive(clerk, "b.csv", file, how)["code"]
    with pytest.raises(Ended):
        works.read(clerk, code, ended)
    works.read(clerk, code, factories.reached)
    jobs_are_done()
    (head,) = service.heads(clerk, code)
    assert [row.number for row in head.rows] == [1, 2, 3, 4, 5, 6]
    for _again in range(2):
        service.lay_out(clerk, code, SAID, [], ask=False)
        assert works.try_out(clerk, code, factories.reached)["new"] == 1
        assert counts(clerk, code) == TRIED
        assert service.read(clerk, code)["counts"]["relatives"] == 1
        plan = staging.plan(inbox.numbered(code))
        assert (plan.rows, plan.done) == (5, 3)
    decide(cast, code, 5, admit=True)
    decide(cast, code, 6, admit=False)
    assert counts(clerk, code) == {"new": 2, "changed": 1, "refused": 1}
    take(clerk, code)
    assert counts(clerk, code) == {"taken": 2, "amended": 1, "refused": 1}
    undo(cast, code)
    assert counts(clerk, code) == {"undone": 3, "refused": 1}
    jobs_are_done()
    service.clear(clerk, code)
    assert (rows(other), counts(clerk, other)) == (before, held)

    undone = tried(clerk, *lines("Năm"))
    service.clear(clerk, undone)
    assert (rows(other), counts(clerk, other), rows(undone)) == (before, held, [])


def test_a_row_that_ends_early_says_no_word_further_on(clerk):
    code = factories.sent(clerk, content=csv_of(cells("", "Lê Văn Ba", answer="có")) + b"\n;Ho Hai", said=SAID)
    sheet = proposals.sheet_of(service.heads(clerk, code))
    assert service.words(clerk, code, sheet, [1, 8]) == {1: ["Lê Văn Ba", "Ho Hai"], 8: ["có"]}


def test_one_row_is_decided_on_at_a_time_and_what_is_decided_stays(clerk, cast):
    code = tried(clerk, *lines("Hai"))
    decide(cast, code, 6, admit=True)
    assert [row.row.number for row in service.rows(clerk, code, [RowState.WAITING])["rows"]] == [5]
    assert take(clerk, code) == code
    assert counts(clerk, code) == {"taken": 2, "amended": 1, "refused": 1, "waiting": 1}


def test_the_page_of_a_decision_shows_the_row_it_is_about(clerk, client):
    code = tried(clerk, *lines("Hai"))
    sign_in_accounts()
    page = reader(client, "approver").get(f"/imports/{code}/decide?row=6").text
    assert [name in page for name, _born in ERASED] == [False, True]

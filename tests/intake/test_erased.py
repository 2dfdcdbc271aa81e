"""A row of somebody who was erased waits for a person to decide: it does not bring them back, and is not lost."""

import json

import pytest
from sqlalchemy import select, text

from kieubao import cli_intake
from kieubao.access.models import AuditEntry
from kieubao.access.roles import SYSTEM
from kieubao.db import db
from kieubao.ground.errors import Conflict, Forbidden
from kieubao.intake import batches, service, works
from kieubao.intake.vocabulary import BACK, RowState
from kieubao.people import erasure
from kieubao.people.likeness import known_by
from kieubao.traces import tombstones
from tests import factories
from tests.factories import line, sent
from tests.intake.test_amending import SAID, cells, csv_of

DAO = {"born": "14/08/1960", "contact_points": [{"channel": "email", "value": "dao@example.com"}]}
ROW = line("NGUYEN THI DAO", "dao@example.com", born="1960")
OTHER = line("Hồ Hải", "hai@example.com")


@pytest.fixture
def clerk(app, cast, tmp_path):
    app.config["TOMBSTONES"] = str(tmp_path / "graves")
    factories.notice()
    return cast["clerk"]


@pytest.fixture
def gone(clerk):
    """Somebody was erased: their code."""
    one = factories.person("Nguyễn Thị Đào", **DAO)
    erase(one)
    return one.code


def erase(*people):
    erasure.erase([one.id for one in people], tombstones())
    db.session.commit()


def counts(actor, code):
    told = service.read(actor, code)["counts"]
    return {name: n for name, n in told.items() if n and name not in {"left_out", "relatives"}}


def run(clerk, code):
    service.begin(clerk, code, ask=False)
    works.take_in(clerk, code, factories.reached)


def recorded():
    return db.session.scalar(text("SELECT count(*) FROM standing WHERE erased_at IS NULL"))


def decide(cast, code, number=2, *, admit=True):
    return service.decide(cast["approver"], code, number, admit=admit, reason="đã xin ghi lại, đơn số 5")


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        line("Nguyễn Thị Đào", "", born="14/08/1960"),
        line("Nguyễn Thị Đào", "dao@example.com"),
        line("Lê Văn Ba", relative="Nguyễn Thị Đào", kinship="mẹ"),
    ],
)
def test_the_row_waits(clerk, gone, row):
    said = factories.MEANT
    if row[5]:
        columns = {**said["relative"]["columns"], "Thư": {"channels": ["email"]}}
        row[3], said = "dao@example.com", {**said, "relative": {**said["relative"], "columns": columns}}
    code = sent(clerk, row, OTHER, said=said)
    assert counts(clerk, code) == {"waiting": 1, "new": 1}
    run(clerk, code)
    assert counts(clerk, code) == {"waiting": 1, "taken": 1}
    assert recorded() == 1
    # It does not come back with the wrong rows either.
    assert not service.rows(clerk, code, BACK)["rows"]


@pytest.mark.parametrize(
    "row",
    [
        line("Nguyễn Thị Đảo Anh", "dao@example.com", born="14/08/1960"),
        line("Nguyễn Thị Đào", "dao2@example.com", born="15/08/1960"),
        line("Nguyễn Thị Đào", "", born="1960"),
    ],
)
def test_who_only_resembles_them_comes_in(clerk, gone, row):
    assert counts(clerk, sent(clerk, row))["new"] == 1


def test_who_is_erased_after_the_trial_waits(clerk):
    one = factories.person("Nguyễn Thị Đào", **DAO)
    code = sent(clerk, line("Nguyễn Thị Đào", "", born="14/08/1960"))
    assert counts(clerk, code)["new"] == 1
    erase(one)
    run(clerk, code)
    assert counts(clerk, code) == {"waiting": 1}
    assert recorded() == 0


def test_who_only_came_in_by_mistake_has_no_tombstone(clerk, cast):
    code = factories.taken(clerk, ROW)
    service.undo(cast["approver"], code)
    while batches.unmake(SYSTEM, code, factories.PROVINCE):
        pass
    assert counts(clerk, sent(clerk, ROW)) == {"new": 1}


def test_an_approver_lets_them_in(clerk, cast, gone):
    code = sent(clerk, ROW, OTHER)
    run(clerk, code)
    decide(cast, code)
    assert counts(clerk, code) == {"new": 1, "taken": 1}
    run(clerk, code)
    assert counts(clerk, code) == {"taken": 2}
    assert recorded() == 2
    # Under a code of their own: the one that was erased leads to nobody.
    assert gone not in {row.code for row in service.rows(clerk, code, [RowState.TAKEN])["rows"]}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "intake.decide")).one()
    assert (entry.purpose, entry.details) == (
        "đã xin ghi lại, đơn số 5",
        {"intake": code, "row": 2, "decision": "admit"},
    )
    with pytest.raises(Conflict):
        service.begin(clerk, code, ask=False)


def test_or_leaves_them_out_and_nothing_of_them_stays(clerk, cast, gone):
    code = sent(clerk, ROW, OTHER)
    decide(cast, code, admit=False)
    assert counts(clerk, code) == {"new": 1}
    left = [row for row in service.rows(clerk, code, [RowState.LEFT_OUT])["rows"] if row.row.number == 2]
    assert [(row.row.cells, row.told) for row in left] == [([], [])]
    with pytest.raises(Conflict):
        decide(cast, code)


def test_with_relatives_below(clerk, cast, gone):
    said = {**factories.MEANT, "relatives": "below"}
    below = line("", "", home="", relative="Trần Thị Tư", kinship="mẹ")
    code = sent(clerk, ROW, below, said=said)
    assert counts(clerk, code) == {"waiting": 2}
    decide(cast, code)
    run(clerk, code)
    assert counts(clerk, code) == {"taken": 2}
    assert recorded() == 2


def test_another_mapping_asks_anew(clerk, cast, gone):
    code = sent(clerk, ROW)
    decide(cast, code)
    service.lay_out(clerk, code, factories.MEANT, [], ask=False)
    works.try_out(clerk, code, factories.reached)
    assert counts(clerk, code) == {"waiting": 1}


@pytest.mark.parametrize("role", ["clerk", "organizer", "police", "protection_officer", "admin"])
def test_only_an_approver_decides(clerk, cast, gone, role):
    code = sent(clerk, ROW)
    with pytest.raises(Forbidden):
        service.decide(cast[role], code, 2, admit=True, reason="x")
    assert counts(clerk, code) == {"waiting": 1}


def test_what_waits_is_not_dropped_unseen(clerk, cast, gone):
    code = sent(clerk, ROW, OTHER)
    run(clerk, code)
    with pytest.raises(Conflict):
        service.clear(clerk, code)
    decide(cast, code, admit=False)
    service.clear(clerk, code)


def test_what_was_admitted_comes_in_before_anything_is_cleared(clerk, cast, gone):
    """Else it would be lost unseen, and what came in could not be taken back any more."""
    code = sent(clerk, ROW, OTHER)
    run(clerk, code)
    decide(cast, code, admit=True)
    with pytest.raises(Conflict, match="have not come in"):
        service.clear(clerk, code)
    db.session.rollback()
    run(clerk, code)
    service.clear(clerk, code)


def test_a_trial_at_the_terminal_leaves_nothing_behind(clerk, gone, tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(factories.csv_of(ROW, OTHER))
    outcome = cli_intake.take_in(clerk, file, factories.MEANT, dry_run=True, progress=factories.reached)
    assert (outcome.taken, outcome.waiting, outcome.code) == (1, 1, None)
    assert service.all_imports(clerk) == []


def test_from_the_terminal_it_waits_too_and_comes_in_when_it_is_admitted(app, clerk, cast, gone, tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes(factories.csv_of(ROW, OTHER))
    outcome = cli_intake.take_in(clerk, file, factories.MEANT, progress=factories.reached)
    assert (outcome.taken, outcome.waiting) == (1, 1)
    decide(cast, outcome.code)
    name = db.session.scalar(text("SELECT username FROM account WHERE id = :id"), {"id": clerk.id})

    def resumed():
        return app.test_cli_runner().invoke(args=["intake", "resume", outcome.code, "--as", name])

    assert json.loads(resumed().output)["taken"] == 2
    assert resumed().stderr.startswith("conflict: ")


def test_a_relative_of_somebody_on_record_is_not_brought_back_unseen(clerk, gone):
    one = factories.person("Lê Văn Ba")
    columns = {**SAID["relative"]["columns"], "Điện thoại": {"channels": ["phone"]}}
    said = {**SAID, "relative": {**SAID["relative"], "columns": columns}}
    erase(
        factories.person(
            "Trần Thị Tư", kind="home", country="VN", contact_points=[{"channel": "phone", "value": "0983000222"}]
        )
    )
    row = cells(one.code, phone="+84 983 000 222", relative="Trần Thị Tư", kinship="mẹ")
    code = sent(clerk, content=csv_of(row), said=said)
    assert counts(clerk, code) == {"refused": 1}


def test_a_year_is_nothing_that_somebody_is_known_by():
    assert known_by("Nguyễn Thị Đào", "1960", []) == []
    assert known_by("Nguyễn Thị Đào", "1960-08-14", ["+84912345678"]) == [
        "nguyen thi dao +84912345678",
        "nguyen thi dao 1960-08-14",
    ]

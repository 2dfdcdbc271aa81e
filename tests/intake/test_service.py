from contextlib import suppress

import pytest
from sqlalchemy import func, select, text

from kieubao.access import limits, trail, use_case
from kieubao.access.models import AuditEntry
from kieubao.consent import ledger, unions
from kieubao.consent.vocabulary import State
from kieubao.db import db
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound, TooMany
from kieubao.intake import batches, inbox, service, staging, works
from kieubao.intake.arrivals import Entry, Relative
from kieubao.intake.verdicts import Verdict
from kieubao.intake.vocabulary import BACK, RowState
from kieubao.people import disclosure
from kieubao.people import service as people
from kieubao.people.schemas import EnrolForm
from kieubao.people.search import find
from tests import factories
from tests.factories import csv_of, line, sent, taken

HAI = line("Hồ Hải", "hai@example.com")


def rows(table):
    return db.session.scalar(text(f"SELECT count(*) FROM {table}"))


def recorded():
    """How many people are on record, the empty rows of those who are no more left out."""
    return db.session.scalar(text("SELECT count(*) FROM standing WHERE erased_at IS NULL"))


def counts(actor, code):
    """How many rows are what, the headings left out; and what was done with the file last."""
    told = service.read(actor, code)
    return {name: n for name, n in told["counts"].items() if n and name != "left_out"}, told["step"]


def codes_of(actor, code):
    return [row.code for row in service.rows(actor, code, [RowState.TAKEN, RowState.KEPT])["rows"]]


@pytest.fixture
def clerk(app, cast):
    factories.notice()
    return cast["clerk"]


def test_people_kin_and_answers_come_in_together(clerk):
    code = taken(clerk, line(answer="có", relative="Trần Thị Tư", kinship="mẹ"), HAI)
    assert counts(clerk, code) == ({"taken": 2, "relatives": 1}, "taken")
    assert rows("person") == 3
    assert None not in codes_of(clerk, code)
    terms = db.session.execute(text("SELECT person_id, relative_id, term FROM kinship ORDER BY person_id")).all()
    assert [term for _person, _relative, term in terms] == ["parent", "child"]
    (said,) = ledger.lines(terms[0].person_id)
    assert (said["state"], said["evidence"], said["notice"]) == ("given", "phiếu 12", "events/1")
    assert unions.replay() == ledger.kept()


def test_a_batch_leaves_one_line_of_counts(clerk):
    code = taken(clerk, line(answer="có"), HAI, line("", ""))
    lines = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    by_action = {one.action: one.details for one in lines}
    assert by_action["intake.take_in"] == {"intake": code, "people": 2, "relatives": 0, "answers": 1}
    assert by_action["intake.end"]["counts"]["refused"] == 1
    assert trail.verify().whole


def test_what_jobs_do_counts_for_no_limit(clerk, monkeypatch):
    most = 20
    monkeypatch.setattr(batches, "BATCH", 1)
    monkeypatch.setattr(use_case, "ACTS_A_MINUTE", most)
    code = sent(clerk, *(line("Lê Văn Ba", f"ba{n}@example.com") for n in range(1, most)))
    assert db.session.scalar(select(func.count()).where(AuditEntry.actor_id == clerk.id)) > most
    assert limits.spent(clerk.id, use_case.WORKED, ()).acts < most
    assert service.read(clerk, code)["counts"]["new"] == most - 1
    for _time in range(most):
        with suppress(TooMany):
            service.read(clerk, code)
    with pytest.raises(TooMany):
        service.read(clerk, code)


def test_the_same_file_is_refused_the_second_time(clerk):
    waiting = sent(clerk, HAI)
    code = taken(clerk, HAI)
    with pytest.raises(Conflict, match=code):
        sent(clerk, HAI)
    with pytest.raises(Conflict, match=code):
        service.begin(clerk, waiting)
    assert rows("person") == 1


def test_a_file_of_which_nothing_came_in_may_come_again(clerk):
    code = taken(clerk, line("", ""))
    assert counts(clerk, code) == ({"refused": 1}, "tried")
    assert counts(clerk, taken(clerk, line("", "")))[1] == "tried"


def test_who_is_on_record_is_told_by_name_birth_and_a_contact_point(clerk):
    first = taken(clerk, line(born="1950"))
    others = [line("LE VAN BA", born="1950"), line(born="1920"), line(born="1950", mail="ba2@example.com")]
    code = taken(clerk, *others)
    assert counts(clerk, code)[0] == {"taken": 2, "known": 1}
    (known,) = service.rows(clerk, code, BACK)["rows"]
    assert known.told[-1][2] == {"code": codes_of(clerk, first)[0]}
    assert rows("person") == 3


def test_who_was_recorded_since_the_trial_is_not_recorded_again(clerk):
    code = sent(clerk, line(), HAI)
    factories.person("Lê Văn Ba", contact_points=[{"channel": "email", "value": "ba@example.com"}])
    service.begin(clerk, code, ask=False)
    works.take_in(clerk, code, factories.reached)
    assert counts(clerk, code)[0] == {"taken": 1, "known": 1}
    assert rows("person") == 2


def test_a_no_that_is_known_is_not_upgraded(clerk):
    taken(clerk, line(answer="không"))
    taken(clerk, line(answer="có"))
    assert {state for state, _line in ledger.kept().values()} == {State.REFUSED}


def test_a_trial_records_nobody(clerk):
    code = sent(clerk, line(answer="có"), HAI, line("", ""))
    assert counts(clerk, code) == ({"new": 2, "refused": 1}, "tried")
    assert rows("person") == rows("consent_event") == 0


def test_another_mapping_is_tried_from_the_first_row(clerk):
    """And of the rows none is taken twice for the row above that they are."""
    code = sent(clerk, line(), HAI, line("Lê Văn Ba"))
    assert counts(clerk, code)[0] == {"new": 2, "refused": 1}
    service.lay_out(clerk, code, {**factories.MEANT, "nothing": ["Hồ Hải"]}, [], ask=False)
    works.try_out(clerk, code, factories.reached)
    assert counts(clerk, code)[0] == {"new": 1, "refused": 2}


@pytest.mark.parametrize("notice", ["events/9", "life/1"])
def test_an_answer_whose_notice_is_not_there_stops_the_file(clerk, notice):
    means = {"có": {**factories.MEANT["consent"]["means"]["có"], "notice": notice}}
    with pytest.raises(Invalid):
        sent(clerk, line(), said={**factories.MEANT, "consent": {"column": "Đồng ý", "means": means}})
    assert not rows("person")


@pytest.mark.parametrize("home", ["xã Thạch Hà", "Vũ Quang", ""])
def test_a_commune_clerk_brings_in_nobody_from_elsewhere(clerk, home):
    clerk = factories.actor(units=["18673"])
    taken(clerk, line())
    code = sent(clerk, line("Hồ Hải", "hai@example.com", home=home))
    assert counts(clerk, code)[0] == {"refused": 1}


@pytest.mark.parametrize("home", [{"home_unit": "2025:18676"}, {"home": "Vũ Quang", "home_unit": None}])
def test_no_batch_brings_in_anybody_from_elsewhere(clerk, home):
    """Whatever its rows were taken for."""
    mine = factories.actor(units=["18673"])
    code = sent(mine, HAI)
    service.begin(mine, code, ask=False)
    here, there = (EnrolForm().load(factories.form("Hồ Hải", **fields)) for fields in ({}, home))
    row = db.session.scalar(text("SELECT id FROM intake_row WHERE state = 'new'"))
    for entry in (Entry(there), Entry(here, Relative(there, "parent"))):
        with pytest.raises(Forbidden):
            batches.take_in(mine, code, [Verdict(row, RowState.NEW)], {row: entry})
    assert recorded() == 0


def test_nobody_is_told_that_a_neighbour_of_theirs_is_on_record(clerk):
    """Not even that there is somebody of this name with this address."""
    taken(clerk, line(born="1950", home="xã Thạch Hà"))
    code = sent(factories.actor(units=["18673"]), line(born="1950"))
    assert service.read(clerk, code)["counts"]["new"] == 1


@pytest.mark.parametrize("role", ["approver", "organizer", "police", "protection_officer", "admin"])
def test_only_a_clerk_takes_files_in(clerk, cast, role):
    with pytest.raises(Forbidden):
        sent(cast[role], HAI)
    code = sent(cast["clerk"], HAI)
    for act in (service.begin, service.heads, service.clear, batches.take_up, batches.end):
        with pytest.raises(Forbidden):
            act(cast[role], code)
    assert not rows("person")


def test_a_file_is_seen_by_who_sees_all_that_its_clerk_sees(clerk, cast):
    here, near = factories.actor(units=["18673"]), factories.actor(units=["18673", "18676"])
    code = sent(near, HAI)
    assert [one["code"] for one in service.all_imports(cast["approver"])] == [code]
    assert service.all_imports(here) == []
    for act in (service.read, service.heads, service.begin, service.clear):
        with pytest.raises(NotFound):
            act(here, code)
    with pytest.raises(NotFound):
        service.rows(here, code, [RowState.NEW])
    # What came from nobody with a unit is nobody's.
    assert not inbox.may_see(cast["approver"], [])


def test_files_of_others_hide_none_of_ones_own(clerk, monkeypatch):
    monkeypatch.setattr(inbox, "_MOST", 2)
    here = factories.actor(units=["18673"])
    mine = sent(here, HAI)
    for name in ("Ba", "Tư", "Năm"):
        sent(clerk, line(f"Lê Văn {name}"))
    assert [one["code"] for one in service.all_imports(here)] == [mine]
    assert len(service.all_imports(clerk)) == 2


def test_moves_out_of_turn_are_refused(clerk, cast):
    came_in, tried = taken(clerk, HAI), sent(clerk, line())
    for act in (service.begin, batches.begin_reading, batches.take_up, batches.end):
        with pytest.raises(Conflict):
            act(clerk, came_in)
    with pytest.raises(Conflict):
        service.lay_out(clerk, came_in, factories.MEANT, [])
    with pytest.raises(Conflict):
        service.undo(cast["approver"], tried)


def test_nothing_is_asked_of_a_file_that_a_job_is_at(clerk):
    code = sent(clerk, HAI)
    service.lay_out(clerk, code, factories.MEANT, [])
    with pytest.raises(Conflict, match="A job is at this import"):
        service.lay_out(clerk, code, factories.MEANT, [])
    with pytest.raises(Conflict, match="A job is at this import"):
        service.clear(clerk, code)


def test_nothing_is_asked_of_a_file_that_is_half_taken(clerk):
    code = sent(clerk, HAI)
    service.begin(clerk, code, ask=False)
    for act in (service.begin, service.clear):
        with pytest.raises(Conflict, match="no longer, or not yet"):
            act(clerk, code)
    assert factories.works.take_in(clerk, code, factories.reached)["taken"] == 1


def test_a_file_that_nobody_said_the_meaning_of_is_not_tried(clerk):
    file, how = works.workbooks.kept(csv_of(HAI)), works.How("utf-8", ";")
    with file:
        code = service.receive(clerk, "a.csv", file, how)["code"]
    works.read(clerk, code, factories.reached)
    with pytest.raises(Conflict, match="Say first what the columns"):
        staging.plan(inbox.numbered(code))


class Ended(Exception):
    """The power is cut."""


def ends_at(batch):
    """Be told how far it is, until it is far enough."""
    heard = []

    def reach(done, _of=None):
        heard.append(done)
        if len(heard) == batch:
            raise Ended

    return reach


@pytest.mark.parametrize("batch", [1, 2, 3])
def test_what_was_ended_goes_on_where_it_was(clerk, monkeypatch, batch):
    monkeypatch.setattr(batches, "BATCH", 2)
    lines = [line(f"Lê Văn {word}", f"{at}@example.com") for at, word in enumerate(["Ba", "Tư", "Năm", "Sáu", "Bảy"])]
    code = sent(clerk, *lines)
    service.begin(clerk, code, ask=False)
    with pytest.raises(Ended):
        works.take_in(clerk, code, ends_at(batch))
    assert recorded() == min(2 * batch, 5)
    assert works.take_in(clerk, code, factories.reached)["taken"] == 5
    assert recorded() == len(set(codes_of(clerk, code))) == 5


def test_rows_that_another_hand_has_taken_in_are_not_taken_again(clerk, monkeypatch):
    """A worker that was thought lost, and who goes on in its place, have read the same rows."""
    take_in = batches.take_in

    def by_two(*given):
        take_in(*given)
        take_in(*given)

    monkeypatch.setattr(batches, "take_in", by_two)
    below = line("Lê Văn Ba", relative="Trần Thị Tư", kinship="mẹ", answer="có")
    code = taken(clerk, line("Hồ Thị Lan", ""), below, line("", ""))
    assert counts(clerk, code) == ({"taken": 2, "refused": 1, "relatives": 1}, "taken")
    assert recorded() == 3
    assert None not in codes_of(clerk, code)


def test_nobody_goes_on_with_a_file_that_a_job_is_at(app, clerk):
    code = sent(clerk, HAI)
    service.begin(clerk, code)
    name = db.session.scalar(text("SELECT username FROM account WHERE id = :id"), {"id": clerk.id})

    def resumed():
        return app.test_cli_runner().invoke(args=["intake", "resume", code, "--as", name])

    assert resumed().stderr.startswith("conflict: ")
    assert recorded() == 0
    db.session.execute(text("UPDATE job SET state = 'stopped'"))
    db.session.commit()
    assert resumed().exit_code == 0
    assert counts(clerk, code) == ({"taken": 1}, "taken")


def test_no_more_files_wait_to_be_read_than_a_worker_gets_through(clerk, monkeypatch):
    monkeypatch.setattr(service, "MOST_UNREAD", 2)

    def received(actor, name):
        with works.workbooks.kept(csv_of(line(name))) as file:
            return service.receive(actor, "a.csv", file, works.How("utf-8", ";"))["code"]

    read, _waits = received(clerk, "Lê Văn Ba"), received(clerk, "Lê Văn Tư")
    with pytest.raises(Conflict, match="not read yet"):
        received(clerk, "Lê Văn Năm")
    db.session.rollback()
    # Nobody else waits for that, nor does who reads a file at once.
    received(factories.actor(), "Lê Văn Năm")
    sent(clerk, HAI)
    works.read(clerk, read, factories.reached)
    received(clerk, "Lê Văn Năm")


def test_a_trial_and_a_reading_that_were_ended_begin_anew(clerk, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 2)
    lines = [line(f"Lê Văn {word}", f"{at}@example.com") for at, word in enumerate(["Ba", "Tư", "Ba", "Sáu", "Bảy"])]
    file, how = works.workbooks.kept(csv_of(*lines, lines[0])), works.How("utf-8", ";")
    with file:
        code = service.receive(clerk, "a.csv", file, how)["code"]
    with pytest.raises(Ended):
        works.read(clerk, code, ends_at(2))
    works.read(clerk, code, factories.reached)
    assert rows("intake_row") == 7
    db.session.execute(text("UPDATE job SET state = 'done'"))
    db.session.commit()
    service.lay_out(clerk, code, factories.MEANT, [])
    with pytest.raises(Ended):
        works.try_out(clerk, code, ends_at(1))
    works.try_out(clerk, code, factories.reached)
    assert counts(clerk, code)[0] == {"new": 5, "refused": 1}


def undone(code):
    while batches.unmake(factories.SYSTEM, code, factories.PROVINCE):
        pass


def test_a_file_is_taken_back_whole(clerk, cast):
    before = factories.person("Lê Thị Tư")
    code = taken(clerk, line(answer="có", relative="Trần Thị Tư", kinship="mẹ"), HAI)
    gone = codes_of(clerk, code)
    service.undo(cast["approver"], code)
    undone(code)
    assert counts(clerk, code) == ({"undone": 2}, "undone")
    assert recorded() == 1
    for one in gone:
        with pytest.raises(NotFound):
            people.read(clerk, one)
    assert people.read(clerk, before.code)["name"] == "Lê Thị Tư"
    assert unions.replay() == ledger.kept() == {}
    # Nobody asked to be erased: they may come again, and the words of others are still known.
    assert counts(clerk, taken(clerk, line(answer="có", relative="Trần Thị Tư", kinship="mẹ"), HAI))[0]["taken"] == 2
    assert find("le thi tu", {}, clerk.scope).count == 1


def test_a_file_is_taken_back_a_batch_at_a_time(clerk, cast, monkeypatch):
    monkeypatch.setattr(batches, "BATCH", 2)
    code = taken(clerk, HAI, *(line(f"Lê Văn {word}", f"{at}@example.com") for at, word in enumerate(("Ba", "Tư"))))
    service.undo(cast["approver"], code)
    done = [batches.unmake(factories.SYSTEM, code, factories.PROVINCE) for _time in range(3)]
    assert (done, recorded()) == ([2, 1, 0], 0)


def touch_record(clerk, code):
    people.amend(clerk, code, version=1, changes={"city": "Praha"})


def touch_consent(clerk, code):
    found = disclosure.locate(clerk.scope, code)
    factories.consent(found.id, State.REFUSED)


def touch_standing(clerk, code):
    people.restand(clerk, code, restricted=True)


def touch_kin(clerk, code):
    people.tie(clerk, code, relative=factories.person("Lê Thị Năm").code, term="younger_sibling")


@pytest.mark.parametrize("touch", [touch_record, touch_consent, touch_standing, touch_kin])
def test_who_was_worked_on_since_stays_and_is_named(clerk, cast, touch):
    code = taken(clerk, line(answer="có"), HAI)
    first, _second = codes_of(clerk, code)
    touch(clerk, first)
    service.undo(cast["approver"], code)
    undone(code)
    assert counts(clerk, code)[0] == {"undone": 1, "kept": 1}
    assert codes_of(clerk, code) == [first]
    assert people.read(clerk, first)["name"] == "Lê Văn Ba"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "intake.unmake")).first()
    assert (entry.details["people"], entry.details["kept"]) == (1, 1)


def test_who_came_with_somebody_worked_on_stays_too(clerk, cast):
    code = taken(clerk, line(relative="Trần Thị Tư", kinship="mẹ"))
    (first,) = codes_of(clerk, code)
    mother = people.read(clerk, first)["kinships"][0]["code"]
    touch_consent(clerk, mother)
    service.undo(cast["approver"], code)
    undone(code)
    assert recorded() == 2


def test_who_left_in_a_file_stays(clerk, cast):
    code = taken(clerk, line(answer="có"), HAI)
    issue = factories.published(clerk, cast["approver"], cast["organizer"])
    with factories.pulled(cast["organizer"], issue.code):
        pass
    service.undo(cast["approver"], code)
    undone(code)
    assert counts(clerk, code)[0] == {"undone": 1, "kept": 1}


def test_a_clerk_takes_nothing_back(clerk):
    code = taken(clerk, HAI)
    for act in (service.undo, batches.unmake):
        with pytest.raises(Forbidden):
            act(clerk, code)
    assert recorded() == 1


def test_what_was_written_is_kept_no_longer_than_it_is_needed(clerk):
    """The cells of a row that came in are gone at once; those of the others once somebody says so."""
    other = sent(clerk, line("Lê Văn Ba", "ba@example.com"))
    code = taken(clerk, HAI, line("", ""), line("Lê Năm", "nam@example.com", relative="Tư"))

    def cells(code):
        every = service.rows(clerk, code, list(RowState))["rows"]
        return [bool(any(row.row.cells)) for row in every if row.row.number > 1]

    assert cells(code) == [False, True, True]
    service.clear(clerk, code)
    assert (cells(code), cells(other)) == ([False, False, False], [True])
    assert None not in codes_of(clerk, code)
    tried = sent(clerk, line())
    service.clear(clerk, tried)
    with suppress(NotFound):
        service.read(clerk, tried)
    assert rows("intake") == 2

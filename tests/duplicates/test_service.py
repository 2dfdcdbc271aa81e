"""Pairs found, looked at and decided on; a merge proposed by one and confirmed by another."""

import json

import pytest
from sqlalchemy import select

from kieubao import worker
from kieubao.access.models import Account, AuditEntry
from kieubao.access.session import actor_for
from kieubao.db import db
from kieubao.duplicates import batches, service
from kieubao.ground import clock
from kieubao.ground.errors import Alike, Conflict, Forbidden, Invalid, NotFound, Stale
from kieubao.jobs import Job
from kieubao.oversight.days import Act, Day
from kieubao.people import bonds, disclosure, enrolment, pairs, registry
from kieubao.people import service as people
from kieubao.people.models import Duplicate, Person
from kieubao.people.vocabulary import PairState
from tests import factories

PHONE = {"channel": "phone", "value": "0912345678"}
LIKE = {"born": "14/08/1960", "contact_points": [PHONE]}


@pytest.fixture
def clerk(app):
    return factories.actor("clerk")


@pytest.fixture
def approver(app):
    return factories.actor("approver")


@pytest.fixture
def two(app):
    return factories.person("Nguyễn Thị Đào", **LIKE), factories.person("Nguyen Thi Dao", **LIKE)


def swept(clerk):
    job = service.have_swept(clerk)
    worker.run(job["code"])
    db.session.rollback()
    return service.last_swept(clerk)


def listed(actor, *states):
    found = service.all_pairs(actor, states=states) if states else service.all_pairs(actor)
    return [{card["code"] for card in one["people"]} for one in found["pairs"]]


def proposed(clerk, kept, gone, *taken):
    service.propose(clerk, kept.code, gone.code, taken=taken, versions=(1, 1))
    return service.one_pair(clerk, kept.code, gone.code)["proposal"]["digest"]


def entries(action, outcome="done"):
    chosen = (AuditEntry.action == action, AuditEntry.outcome == outcome)
    return db.session.scalars(select(AuditEntry).where(*chosen).order_by(AuditEntry.id)).all()


def test_a_sweep_finds_who_may_be_one_person_and_says_why(clerk, two):
    factories.person("Lê Văn Ba", born="1950")
    swept(clerk)
    (pair,) = service.all_pairs(clerk)["pairs"]
    assert {card["code"] for card in pair["people"]} == {one.code for one in two}
    assert pair["reasons"][:3] == ["same_birth", "same_number", "same_commune"]
    assert (pair["state"], pair["likely"]) == ("open", True)


def test_what_was_decided_is_not_asked_again(clerk, two):
    swept(clerk)
    service.decide(clerk, two[0].code, two[1].code, state=PairState.DIFFERENT)
    assert listed(clerk) == []
    swept(clerk)
    assert listed(clerk) == []
    assert listed(clerk, PairState.DIFFERENT) == [{one.code for one in two}]


def test_two_that_became_one_meanwhile_are_not_decided_on(clerk, approver, two):
    swept(clerk)
    located = [disclosure.locate(clerk.scope, one.code) for one in two]
    service.merge(approver, two[0].code, two[1].code, proposal=proposed(clerk, *two))
    with pytest.raises(Conflict, match="were merged"):
        pairs.decide(*located, PairState.DIFFERENT, clerk.id)


def test_what_was_said_of_others_stays_when_two_are_merged(clerk, approver, two):
    one, other = two
    first, third = factories.person("Lê Văn Ba"), factories.person("Lê Văn Tư")
    for apart in (first, third):
        service.decide(clerk, apart.code, other.code, state=PairState.DIFFERENT)
    service.decline(approver, first.code, third.code, proposal=proposed(clerk, first, third))
    before = states()
    assert service.all_pairs(clerk)["counts"] == {"open": 0, "unsure": 1, "proposed": 0}
    proposal = proposed(clerk, one, other)
    service.merge(approver, one.code, other.code, proposal=proposal)
    assert states() == before | {(one.id, other.id): "merged"}
    service.undo(approver, other.code)
    with pytest.raises(Conflict, match="Nobody has proposed"):
        service.merge(approver, one.code, other.code, proposal=proposal)
    service.merge(approver, first.code, third.code, proposal=proposed(clerk, first, third))
    assert states() == before | {(one.id, other.id): "unsure", (first.id, third.id): "merged"}


def states():
    every = db.session.scalars(select(Duplicate).execution_options(populate_existing=True))
    return {(pair.one_id, pair.other_id): pair.state for pair in every}


@pytest.mark.parametrize("after", [[1, 2], [1, 2, 3, 4], [1, "2", 3], [1, 2, 2**53]])
def test_a_cursor_that_is_none_is_refused(clerk, after):
    with pytest.raises(Invalid, match="cursor"):
        pairs.waiting(clerk.scope, [PairState.OPEN], 5, after)


def test_what_is_only_possible_is_not_called_likely():
    assert pairs.Found(1, 2, 30, [], PairState.OPEN).likely
    assert not pairs.Found(1, 2, 29, [], PairState.OPEN).likely


def test_what_is_no_longer_alike_leaves_the_queue_with_the_next_sweep(clerk, two):
    swept(clerk)
    registry.amend(
        two[1].id, 1, {"name": "Vũ Quốc Anh", "born": "1999", "home_code": "18685", "country": "JP"}, "42", None
    )
    db.session.commit()
    swept(clerk)
    assert listed(clerk) == []


def test_who_asks_for_a_sweep_is_told_no_figure_of_everybody(clerk, two):
    asked = swept(factories.actor("clerk", ("18685",)))
    assert (asked["state"], asked["result"]) == ("done", {})
    assert [entry.found for entry in entries("duplicates.look")] == [1]


def test_the_console_is_told_how_many_pairs_there_are(app, two):
    ran = app.test_cli_runner().invoke(args=["duplicates", "sweep", "--as", factories.account("clerk").username])
    assert json.loads(ran.stdout) == {"found": 1, "likely": 1}


def closed(account):
    account.active = False


def another_role(account):
    account.role = "organizer"


@pytest.mark.parametrize("losing", [(closed, "not-found"), (another_role, "forbidden")])
@pytest.mark.parametrize("after", [("", 0), ("look", 0), ("forget", 0), ("file", 1)])
def test_a_sweep_goes_on_only_while_its_account_may_have_it_done(two, monkeypatch, after, losing):
    (step, filed), (lost, fault) = after, losing
    factories.person("Nguyễn T. Đào", **LIKE)
    monkeypatch.setattr(batches, "BATCH", 1)
    account = factories.account("clerk")
    code = service.have_swept(actor_for(account))["code"]

    def lose():
        lost(db.session.get(Account, account.id))
        db.session.commit()

    def done_and_lost(*given):
        came = done(*given)
        lose()
        return came

    if step:
        done = getattr(batches, step)
        monkeypatch.setattr(batches, step, done_and_lost)
    else:
        lose()
    worker.run(code)
    job = db.session.scalars(select(Job).execution_options(populate_existing=True)).one()
    assert (job.state, job.fault, len(states())) == ("failed", fault, filed)


def test_a_pair_is_seen_by_who_sees_both(clerk, two):
    away = factories.person("Nguyễn Thị Đào", home_unit="2025:18685", **LIKE)
    swept(factories.actor("clerk", ("18673",)))
    here = listed(factories.actor("clerk", ("18673",)))
    assert here == [{one.code for one in two}]
    assert len(listed(clerk)) == 3
    # Nor are the others counted for those who do not see them.
    counts = [service.all_pairs(one)["counts"]["open"] for one in (factories.actor("clerk", ("18673",)), clerk)]
    assert counts == [1, 3]
    with pytest.raises(NotFound):
        service.one_pair(factories.actor("clerk", ("18673",)), two[0].code, away.code)


def test_the_queue_goes_on_where_a_page_ends(clerk, two):
    factories.person("Nguyễn T. Đào", **LIKE)
    swept(clerk)
    first = service.all_pairs(clerk, size=2)
    rest = service.all_pairs(clerk, size=2, after=first["more"])
    assert [len(page["pairs"]) for page in (first, rest)] == [2, 1]
    assert rest["more"] is None
    assert first["counts"] == {"open": 3, "unsure": 0, "proposed": 0}
    with pytest.raises(Invalid):
        service.all_pairs(clerk, after=["x"])


def test_two_records_side_by_side(clerk, two):
    sheet = service.one_pair(clerk, two[0].code, two[1].code)
    assert [one["name"] for one in sheet["people"]] == ["Nguyễn Thị Đào", "Nguyen Thi Dao"]
    assert (sheet["differing"], sheet["pair"], sheet["proposal"]) == (["name"], None, None)


def test_kin_elsewhere_are_not_shown_beside_a_record(clerk, two):
    kin = factories.person("Trần Văn Bình", kind="home", country="VN", home_unit="2025:18685")
    bonds.tie([(two[0].id, kin.id, "spouse", "spouse")])
    db.session.commit()
    here = factories.actor("clerk", ("18673",))
    shown = [service.one_pair(one, two[0].code, two[1].code)["people"][0]["kinships"] for one in (here, clerk)]
    assert list(map(len, shown)) == [0, 1]


DEEDS = {
    "decide": lambda clerk, _head, one, other, _told: service.decide(clerk, one, other, state=PairState.DIFFERENT),
    "propose": lambda clerk, _head, one, other, _told: service.propose(clerk, one, other, taken=[], versions=(1, 1)),
    "merge": lambda _clerk, head, one, other, told: service.merge(head, one, other, proposal=told),
    "decline": lambda _clerk, head, one, other, told: service.decline(head, one, other, proposal=told),
}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_is_done_with_a_record_elsewhere(clerk, two, deed, turned):
    away = factories.person("Nguyễn Thị Đào", home_unit="2025:18685", **LIKE)
    proposal = proposed(clerk, two[0], away)
    here = [factories.actor(role, ("18673",)) for role in ("clerk", "approver")]
    codes = [away.code, two[0].code] if turned else [two[0].code, away.code]
    with pytest.raises(NotFound):
        DEEDS[deed](*here, *codes, proposal)
    assert listed(clerk, PairState.PROPOSED) == [{two[0].code, away.code}]


def test_merges_elsewhere_are_not_told_of(clerk, approver, two):
    service.merge(approver, two[0].code, two[1].code, proposal=proposed(clerk, *two))
    assert [len(service.all_merges(factories.actor("approver", (unit,)))) for unit in ("18673", "18685")] == [1, 0]


def test_one_proposes_and_another_merges(clerk, approver, two):
    swept(clerk)
    proposal = proposed(clerk, two[1], two[0], "name")
    sheet = service.one_pair(approver, two[0].code, two[1].code)
    assert (sheet["proposal"], sheet["mine"]) == ({"kept": two[1].code, "taken": ["name"], "digest": proposal}, False)
    assert service.merge(approver, two[0].code, two[1].code, proposal=proposal) == two[1].code
    assert people.read(clerk, two[0].code)["name"] == "Nguyễn Thị Đào"
    assert people.read(clerk, two[0].code)["code"] == two[1].code
    assert (listed(clerk), [one["code"] for one in service.all_merges(clerk)]) == ([], [two[0].code])


def test_an_approver_of_one_commune_merges_there_and_undoes_it(clerk):
    head = factories.actor("approver", units=("18673",))
    one, other = (factories.person("Lê Văn Ba", home_unit="2025:18673") for _n in range(2))
    service.merge(head, one.code, other.code, proposal=proposed(clerk, one, other))
    assert service.undo(head, other.code)["code"] == other.code


def test_nobody_confirms_what_they_proposed(clerk, approver, two):
    proposed(clerk, *two)
    row = db.session.execute(select(Duplicate)).scalar_one()
    row.proposal = row.proposal.replace(f'"by": {clerk.id}', f'"by": {approver.id}')
    db.session.commit()
    sheet = service.one_pair(approver, two[0].code, two[1].code)
    assert sheet["mine"]
    with pytest.raises(Forbidden, match="Somebody else"):
        service.merge(approver, two[0].code, two[1].code, proposal=sheet["proposal"]["digest"])


@pytest.mark.parametrize("act", [service.merge, service.decline])
@pytest.mark.parametrize("otherwise", ["turned", "taken", "versions", "by"])
def test_what_is_merged_or_declined_is_what_was_shown(clerk, approver, two, act, otherwise):
    shown = proposed(clerk, *two)
    again = {"kept": two[0].code, "gone": two[1].code, "taken": [], "versions": (1, 1)}
    again |= {
        "turned": {"kept": two[1].code, "gone": two[0].code},
        "taken": {"taken": ["name"]},
        "versions": {"versions": (1, 2)},
        "by": {},
    }[otherwise]
    service.propose(factories.actor("clerk") if otherwise == "by" else clerk, **again)
    with pytest.raises(Conflict, match="proposed otherwise now"):
        act(approver, two[0].code, two[1].code, proposal=shown)
    assert listed(clerk, PairState.PROPOSED) == [{one.code for one in two}]
    assert people.read(clerk, two[1].code)["code"] == two[1].code


def test_what_was_changed_since_it_was_looked_at_is_not_merged(clerk, approver, two):
    proposal = proposed(clerk, *two)
    people.amend(clerk, two[0].code, version=1, changes={"city": "Brno"})
    with pytest.raises(Stale):
        service.merge(approver, two[0].code, two[1].code, proposal=proposal)
    assert people.read(clerk, two[1].code)["code"] == two[1].code


def test_a_merge_that_nobody_proposed_or_that_was_declined_is_none(clerk, approver, two):
    with pytest.raises(Conflict, match="Nobody has proposed"):
        service.merge(approver, two[0].code, two[1].code, proposal="")
    proposal = proposed(clerk, *two)
    service.decline(approver, two[0].code, two[1].code, proposal=proposal)
    for act in (service.merge, service.decline):
        with pytest.raises(Conflict, match="Nobody has proposed"):
            act(approver, two[0].code, two[1].code, proposal=proposal)
    assert listed(clerk, PairState.UNSURE) == [{one.code for one in two}]


def test_a_merge_is_undone_and_the_pair_waits_again(clerk, approver, two):
    service.merge(approver, two[0].code, two[1].code, proposal=proposed(clerk, *two))
    for state in (PairState.DIFFERENT, PairState.UNSURE):
        with pytest.raises(Invalid, match="one record"):
            service.decide(clerk, two[0].code, two[1].code, state=state)
    assert service.undo(approver, two[1].code) == {"code": two[1].code, "stays": []}
    assert listed(clerk, PairState.UNSURE) == [{one.code for one in two}]
    assert [people.read(clerk, one.code)["code"] for one in two] == [one.code for one in two]


def test_a_merge_and_its_undoing_are_told_of_both_records(clerk, approver, two):
    service.merge(approver, two[0].code, two[1].code, proposal=proposed(clerk, *two))
    service.undo(approver, two[1].code)
    both = [one.subject for one in two]
    for action, told in (("duplicates.merge", both), ("duplicates.undo", both[::-1])):
        assert [entry.subject for entry in entries(action)] == told
        assert [entry.details["subjects"] for entry in entries(action)] == [[str(one)] for one in told[::-1]]


def test_whose_merges_are_shown_is_named_in_the_trail(clerk, approver, two):
    service.merge(approver, two[0].code, two[1].code, proposal=proposed(clerk, *two))
    service.all_merges(clerk)
    (entry,) = entries("duplicates.all_merges")
    assert (entry.found, entry.details["subjects"]) == (1, [str(two[0].subject)])


SAYINGS = {
    "duplicates.decide": lambda clerk, *codes: service.decide(clerk, *codes, state=PairState.DIFFERENT),
    "duplicates.propose": lambda clerk, *codes: service.propose(clerk, *codes, taken=["name"], versions=(1, 1)),
}


@pytest.mark.parametrize("action", SAYINGS)
def test_who_says_again_what_stands_only_looked_at_the_two(clerk, two, action):
    for _time in range(2):
        SAYINGS[action](clerk, two[0].code, two[1].code)
    counts = [len(entries(one)) for one in (action, "duplicates.one_pair")]
    assert counts == [2, 2]


def idle(actor):
    """Return whom an account opened and did nothing with, as the rules of unusual reading see it."""
    columns = (AuditEntry.id, AuditEntry.at, AuditEntry.actor_id, AuditEntry.action, AuditEntry.outcome)
    acts = [Act(*row) for row in db.session.execute(select(*columns, AuditEntry.subject).order_by(AuditEntry.id))]
    return {act.subject for act in Day(clock.today(), acts).idle[actor.id]}


@pytest.mark.parametrize("state", [PairState.DIFFERENT, PairState.UNSURE])
def test_only_who_says_something_new_of_two_has_worked_on_them(clerk, two, state):
    swept(clerk)
    first, again = factories.actor("clerk"), factories.actor("clerk")
    for actor in (first, again):
        service.one_pair(actor, two[0].code, two[1].code)
        service.decide(actor, two[0].code, two[1].code, state=state)
    assert (idle(first), idle(again)) == (set(), {one.subject for one in two})


def test_who_cannot_tell_of_two_whom_no_sweep_found_has_worked_on_nobody(clerk, two):
    service.one_pair(clerk, two[0].code, two[1].code)
    with pytest.raises(Conflict, match="Nobody asks"):
        service.decide(clerk, two[0].code, two[1].code, state=PairState.UNSURE)
    assert (idle(clerk), states()) == ({one.subject for one in two}, {})


def test_a_merge_that_was_undone_is_unsure_and_said_so_again_is_nothing_new(clerk, approver, two):
    service.merge(approver, two[0].code, two[1].code, proposal=proposed(clerk, *two))
    service.undo(approver, two[1].code)
    service.decide(clerk, two[0].code, two[1].code, state=PairState.UNSURE)
    assert entries("duplicates.decide") == []


def test_a_third_record_is_compared_with_the_one_that_stays(clerk, approver, two):
    factories.person("Nguyễn T. Đào", **LIKE)
    swept(clerk)
    service.merge(approver, two[0].code, two[1].code, proposal=proposed(clerk, *two))
    assert len(listed(clerk)) == 1
    swept(clerk)
    assert len(listed(clerk)) == 1


@pytest.mark.parametrize("how", [{}, {"born": None}, {"name": "Thị Đào Nguyễn"}, {"name": "Nguyen Dao"}])
def test_nobody_is_recorded_twice_unnoticed(clerk, two, how):
    record = factories.EnrolForm().load(factories.form(**{**LIKE, **how}))
    with pytest.raises(Alike) as refused:
        enrolment.enrol(clerk, record)
    assert {one["code"] for one in refused.value.people} == {one.code for one in two}
    assert all("same_number" in one["reasons"] for one in refused.value.people)
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "people.enrol"))
    assert (entry.outcome, len(entry.details["subjects"])) == ("alike", 2)


def test_who_is_said_to_be_another_is_recorded_and_that_is_remembered(clerk, two):
    others = [one.code for one in two]
    with pytest.raises(Alike) as refused:
        enrolment.enrol(clerk, factories.EnrolForm().load(factories.form(**LIKE, distinct_from=others[:1])))
    assert [one["code"] for one in refused.value.people] == others[1:]
    made = enrolment.enrol(clerk, factories.EnrolForm().load(factories.form(**LIKE, distinct_from=others)))
    swept(clerk)
    assert listed(clerk) == [set(others)]
    assert {made["code"], others[0]} in listed(clerk, PairState.DIFFERENT)


def test_who_is_elsewhere_is_not_told_of(clerk, two):
    away = factories.actor("clerk", ("18685",))
    made = enrolment.enrol(away, factories.EnrolForm().load(factories.form(home_unit="2025:18685", **LIKE)))
    assert db.session.scalar(select(Person.id).where(Person.code == made["code"]))

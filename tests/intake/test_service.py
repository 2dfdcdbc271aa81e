from datetime import date

import pytest
from sqlalchemy import select, text

from kieubao.access import trail
from kieubao.access.models import AuditEntry
from kieubao.consent import ledger
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Channel, Method, Purpose, State
from kieubao.db import db
from kieubao.ground.errors import Conflict, Forbidden, Invalid
from kieubao.intake import service
from kieubao.intake.service import Entry, Relative, Sent
from kieubao.people.schemas import EnrolForm
from tests import factories

YES = Spoken(
    [Purpose.EVENTS],
    [Channel.EMAIL],
    State.GIVEN,
    date(2026, 1, 12),
    {"method": Method.PAPER, "evidence": "phiếu 12"},
    "events/1",
)
SENT = Sent("a.csv", "0" * 64, 3)


def record(name="Lê Văn Ba", mail="ba@example.com", **fields):
    points = [{"channel": "email", "value": mail}] if mail else []
    return EnrolForm().load(factories.form(name, contact_points=points, **fields))


def entry(name="Lê Văn Ba", answer=None, relative=None, **fields):
    return Entry(record(name, **fields), relative, answer)


def rows(table):
    return db.session.scalar(text(f"SELECT count(*) FROM {table}"))


@pytest.fixture
def clerk(app, cast):
    factories.notice()
    return cast["clerk"]


def test_people_kin_and_answers_come_in_together(clerk):
    mother = Relative(record("Trần Thị Tư", None, kind="home", country="VN"), "parent")
    receipts = service.take_in(
        clerk, SENT, [entry(answer="có", relative=mother), entry("Hồ Hải", mail="hai@example.com")], {"có": YES}
    )
    assert [receipt.known for receipt in receipts] == [False, False]
    assert len({receipt.code for receipt in receipts}) == 2
    assert rows("person") == 3
    terms = db.session.execute(text("SELECT person_id, relative_id, term FROM kinship ORDER BY person_id")).all()
    assert [term for _person, _relative, term in terms] == ["parent", "child"]
    (line,) = ledger.lines(terms[0].person_id)
    assert (line["state"], line["evidence"], line["notice"]) == ("given", "phiếu 12", "events/1")
    assert ledger.replay() == ledger.kept()


def test_a_file_leaves_one_line_of_counts(clerk):
    service.take_in(clerk, SENT, [entry(answer="có")], {"có": YES})
    written = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "intake.take_in")).one()
    assert written.details == {"file": SENT.digest, "people": 1, "refused": 2, "relatives": 0, "answers": 1}
    assert trail.verify().whole


def test_the_same_file_is_refused_the_second_time(clerk):
    service.take_in(clerk, SENT, [entry()], {})
    for again in (service.take_in, service.rehearse):
        with pytest.raises(Conflict):
            again(clerk, SENT, [entry("Hồ Hải", mail=None)], {})
    assert (rows("person"), rows("intake_file")) == (1, 1)


def test_a_file_of_which_nothing_came_in_may_come_again(clerk):
    assert service.take_in(clerk, SENT, [], {}) == []
    service.take_in(clerk, SENT, [entry()], {})
    assert rows("intake_file") == 1


def test_who_is_on_record_is_told_by_name_birth_and_a_contact_point(clerk):
    (first,) = service.take_in(clerk, SENT, [entry(born="1950")], {})
    same, elder, other = (
        entry("LE VAN BA", born="1950"),
        entry(born="1920"),
        entry(born="1950", mail="ba2@example.com"),
    )
    again = service.take_in(clerk, Sent("b.csv", "1" * 64, 3), [same, elder, other], {})
    assert [receipt.known for receipt in again] == [True, False, False]
    assert again[0].code == first.code
    assert rows("person") == 3


def test_a_no_that_is_known_is_not_upgraded(clerk):
    service.take_in(
        clerk,
        SENT,
        [entry(answer="không")],
        {"không": Spoken([Purpose.EVENTS], [Channel.EMAIL], State.REFUSED, date(2026, 1, 1), {"method": Method.PAPER})},
    )
    service.take_in(clerk, Sent("b.csv", "1" * 64, 1), [entry(answer="có")], {"có": YES})
    assert [state for state, _line in ledger.kept().values()] == ["refused"]


def test_a_rehearsal_changes_nothing_and_is_recorded(clerk):
    service.take_in(clerk, SENT, [entry()], {})
    known, fresh = service.rehearse(
        clerk, Sent("b.csv", "1" * 64, 2), [entry(), entry("Hồ Hải", mail=None)], {"có": YES}
    )
    assert (known.known, fresh) == (True, ("", False))
    assert rows("person") == rows("intake_file") == 1
    assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "intake.rehearse"


@pytest.mark.parametrize("use_case", [service.take_in, service.rehearse])
@pytest.mark.parametrize("notice", ["events/9", "life/1"])
def test_an_answer_whose_notice_is_not_there_stops_the_file(clerk, use_case, notice):
    with pytest.raises(Invalid):
        use_case(clerk, SENT, [entry()], {"có": Spoken(**{**vars(YES), "notice": notice})})
    assert not rows("person")


@pytest.mark.parametrize(
    "wrong", [{"notice": None}, {"said": {"method": Method.PAPER}}, {"signed_on": date(2099, 1, 1)}]
)
def test_a_yes_that_proves_nothing_undoes_the_whole_file(clerk, wrong):
    with pytest.raises(Invalid):
        service.take_in(
            clerk, SENT, [entry(), entry("Hồ Hải", "có", mail=None)], {"có": Spoken(**{**vars(YES), **wrong})}
        )
    assert not rows("person")
    assert not rows("consent_event")
    assert not rows("intake_file")


@pytest.mark.parametrize("home", [{"home_unit": "2025:18676"}, {"home": "Vũ Quang", "home_unit": None}])
def test_a_commune_clerk_brings_in_nobody_from_elsewhere(app, home):
    clerk = factories.actor(units=["18673"])
    service.take_in(clerk, SENT, [entry()], {})
    stranger = Relative(record("Trần Thị Tư", None, **home), "parent")
    for entries in ([entry(mail=None, **home)], [entry(mail=None, relative=stranger)]):
        with pytest.raises(Forbidden):
            service.take_in(clerk, Sent("b.csv", "1" * 64, 1), entries, {})
    assert rows("person") == 1


def test_nobody_is_told_that_a_neighbour_of_theirs_is_on_record(clerk):
    """Not even that there is somebody of this name with this address."""
    service.take_in(clerk, SENT, [entry(born="1950", home_unit="2025:18676")], {})
    neighbour = factories.actor(units=["18673"])
    (same,) = service.take_in(neighbour, Sent("b.csv", "1" * 64, 1), [entry(born="1950", home_unit="2025:18673")], {})
    assert not same.known


@pytest.mark.parametrize("role", ["approver", "organizer", "police", "protection_officer", "admin"])
def test_only_a_clerk_takes_files_in(cast, role):
    for use_case in (service.take_in, service.rehearse):
        with pytest.raises(Forbidden):
            use_case(cast[role], SENT, [entry()], {})
    assert not rows("person")

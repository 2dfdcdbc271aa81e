"""With scope taken out of the code, PostgreSQL still shows nobody, and lets nobody be written, who is out of it."""

import sys
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import ModuleType, SimpleNamespace

import pytest
from sqlalchemy import literal, select, text, true
from sqlalchemy.exc import DBAPIError

from kieubao import outbox
from kieubao.access import use_case as door
from kieubao.access.roles import ASSIGNABLE, BY_GRANT, BY_SCOPE, GRANTS, SUBJECT, SYSTEM, Permission, Role, Scope
from kieubao.access.use_case import Shape, use_case
from kieubao.consent.models import Standing
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import Base, db
from kieubao.edits import kept
from kieubao.edits.rules import Change
from kieubao.edits.vocabulary import Op
from kieubao.ground import clock
from kieubao.ground.errors import NotFound, Walled
from kieubao.homes import service as homes
from kieubao.intake import arrivals, batches
from kieubao.intake import service as intake
from kieubao.intake.arrivals import Entry
from kieubao.intake.models import Intake, IntakeRow, SavedMapping
from kieubao.intake.verdicts import Verdict
from kieubao.intake.vocabulary import RowState
from kieubao.occasions import agenda, giving, turnout
from kieubao.occasions.models import Occasion
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer
from kieubao.outreach import links, lists
from kieubao.outreach import organizer as desk
from kieubao.outreach import service as outreach
from kieubao.outreach.vocabulary import Format
from kieubao.people import bonds, enrolment, pairs, search, service
from kieubao.people.models import Figure, Merge, Person
from kieubao.people.records import Contact
from kieubao.people.sweep import Double
from kieubao.pins import board
from kieubao.registrations import arrived
from kieubao.registrations.arrived import Sent
from kieubao.registrations.vocabulary import Registrant
from kieubao.responses import recipient
from kieubao.retention import deletions, reminders
from kieubao.rights import receipts, requests, scans
from kieubao.rights.requests import Asked
from kieubao.rights.vocabulary import Kind, Way
from kieubao.texts import waiting
from kieubao.visits import passes, wishes
from kieubao.visits.vocabulary import Handed
from kieubao.walls import Sight, confined
from tests import factories
from tests.databases import application, unseeing
from tests.police import asking

HERE, THERE = "18673", "18685"
EVERYONE = Sight(everyone=True)
NO = Spoken([Purpose.EVENTS], [Channel.EMAIL], State.WITHDRAWN, clock.today(), {"method": "email"})
# Numbers alone: docs/postgresql.md says why each of these has no wall.
OPEN_TABLES = {"handover_person", "stop_notice"}


@contextmanager
def sighted(sight):
    """Begin anew with this sight, and leave nothing open behind."""
    db.session.rollback()
    with confined(sight):
        yield
    db.session.rollback()


@pytest.fixture
def app(postgresql):
    """The application as in production: a connection of its own sees nobody."""
    url = postgresql.copy()
    app = application(unseeing(url))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    postgresql.drop(url)


def everything(email, phone, **fields):
    """Somebody of whom every table has a row, with a yes."""
    points = [{"channel": "email", "value": email}, {"channel": "phone", "value": phone}]
    one = factories.person(contact_points=points, memberships=[{"association": "Hội", "country": "CZ"}], **fields)
    factories.consent(one.id)
    held, by = agenda.hold({"kind": "event", "title": "Tết"}), factories.actor().account_id
    turnout.record(held, {one.id: Said(Answer.REACHED)}, by)
    giving.record(one.id, held, {"kind": "trade", "stage": "interested", "stands_since": clock.today()}, by)
    requests.file(one.id, Asked(Kind.SEE, Way.LETTER, clock.today(), "xem"), by)
    passes.give(one.id, Handed.POST, by)
    told = db.session.get(Person, one.id)
    sent = arrived.file(Sent(Registrant.NATIVE, {}, told.province, told.commune))
    sent.person_id = one.id
    outbox.put(outbox.To(one.id, "email", email), outbox.Words("", ""), clock.now())
    wishes.add(one.id, Contact(Channel.EMAIL, "new@example.com", "new@example.com"))
    deletions.propose({one.id: "untold"}, by)
    deletions.keep(one.id, deletions.Reprieved(clock.today(), "dispute", "đơn"), by)
    deletions.propose({one.id: "untold"}, by)
    reminders.sent(one.id)
    board.pin(by, one.id)
    kept.begin(factories.actor(), Change("city", Op.SET, "Brno"), "đơn", {one.id: 1})
    waiting.ask(one.id, waiting.Asked("KB DY SUKIEN", {}))
    scans.keep(one.id, b"%PDF-1.7 signed", by)
    asking.written_of(one.id, factories.actor("protection_officer", organisation=asking.OFFICE))
    receipts.issue(one.id, f"BN-{one.id}", clock.now(), str(one.id).encode(), by)
    kin = factories.person("Trần Văn Bình", **{**fields, "kind": "home", "country": "VN"})
    bonds.tie([(one.id, kin.id, "spouse", "spouse")])
    pairs.file([Double(one.id, kin.id, 30, [])])
    db.session.add(Merge(gone_id=kin.id, kept_id=one.id, code=f"KB-{one.id}", changed="{}"))
    db.session.commit()
    return one


def came_in_with_a_file(clerk, one):
    """Somebody of THERE came in with a file of THERE's, whose mapping is kept."""
    about = {
        "code": "NH-THERE",
        "units": [f"42.{THERE}"],
        "digest": "",
        "name": "a.csv",
        "encoding": "",
        "delimiter": "",
    }
    file = Intake(account_id=clerk.id, **about)
    db.session.add(file)
    db.session.flush()
    db.session.add(SavedMapping(code="KC-THERE", account_id=clerk.id, units=file.units, sender="xã", layout="{}"))
    db.session.add(IntakeRow(intake_id=file.id, sheet=0, number=1, cells="[]", person_id=one.id))
    db.session.commit()


@pytest.fixture
def world(app):
    """One person and one of kin in either commune; a clerk, an approver and an officer of HERE; an organizer."""
    with sighted(EVERYONE):
        one = everything("here@example.com", "0983000111")
        other = everything("there@example.com", "0983000222", home_unit=f"2025:{THERE}")
        roles = {role: factories.actor(role, (HERE,)) for role in ("clerk", "approver", "protection_officer")}
        head, organizer = factories.actor("clerk"), factories.actor("organizer")
        came_in_with_a_file(head, other)
        return SimpleNamespace(here=one, there=other, head=head, organizer=organizer, **roles)


@pytest.fixture
def forgotten(monkeypatch):
    """Take scope out of the code wherever it is asked."""
    for module in list(sys.modules.values()):
        if isinstance(module, ModuleType) and module.__name__.startswith("kieubao.") and hasattr(module, "within"):
            monkeypatch.setattr(module, "within", lambda scope: true())
    monkeypatch.setattr(Scope, "covers", lambda *scope: True)
    monkeypatch.setattr(search, "_narrowing", lambda wanted, scope: search.filter_words(wanted))


def refused():
    return pytest.raises(DBAPIError, match=r"row-level security|permission denied")


def found(actor, typed=None, **wanted):
    seen = service.search(actor, text=typed, wanted=wanted)
    return sorted(card["code"] for card in seen["people"] if card["kind"] == "abroad"), seen["count"]


TYPED = ["", "nguyễn thị đào", "dao", "there@example.com", "0983000222"]


@pytest.mark.parametrize("typed", TYPED)
def test_search(world, forgotten, typed):
    codes, count = found(world.clerk, typed)
    assert codes == ([world.here.code] if typed in TYPED[:3] else [])
    assert count == {"": 2}.get(typed, len(codes))


def test_figures_of_elsewhere_are_not_seen_nor_written(world):
    """They are counted over everybody, and each is its home's."""
    service.count(SYSTEM)
    for sight, seen in ((Sight(), set()), (Sight(communes=[HERE]), {HERE}), (Sight(["42"]), {HERE, THERE})):
        with sighted(sight):
            assert {*db.session.scalars(select(Figure.commune))} == seen
    with sighted(Sight(communes=[HERE])), refused():
        db.session.execute(text("UPDATE figure SET commune = '18685', code = 'x'"))


def test_search_by_code(world, forgotten):
    assert found(world.clerk, world.here.code) == ([world.here.code], 1)
    assert found(world.clerk, world.there.code) == ([], 0)


DEEDS = {
    "read": lambda w, code: service.read(w.clerk, code),
    "inspect": lambda w, code: service.inspect(w.protection_officer, code, reason="vì sao"),
    "consents": lambda w, code: service.consents(w.clerk, code),
    "amend": lambda w, code: service.amend(w.clerk, code, version=1, changes={"city": "Brno"}),
    "add_contact": lambda w, code: service.add_contact(w.clerk, code, Contact(Channel.POST, "Brno", "Brno")),
    "record_consent": lambda w, code: service.record_consent(w.clerk, code, NO),
    "restand": lambda w, code: service.restand(w.clerk, code, restricted=True),
    "tie": lambda w, code: service.tie(w.clerk, code, relative=w.here.code, term="parent"),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_one_person(world, forgotten, deed):
    with pytest.raises(NotFound):
        DEEDS[deed](world, world.there.code)


@pytest.mark.parametrize("deed", sorted(set(DEEDS) - {"tie"}))
def test_whoever_is_in_scope_is_seen_and_written(world, forgotten, deed):
    assert DEEDS[deed](world, world.here.code)["code"] == world.here.code


def test_kin_elsewhere(world, forgotten):
    with sighted(EVERYONE):
        bonds.tie([(world.here.id, world.there.id, "parent", "child")])
        db.session.commit()
    assert [kin["term"] for kin in service.read(world.clerk, world.here.code)["kinships"]] == ["spouse"]


def test_nobody_is_recorded_or_moved_elsewhere(world, forgotten):
    elsewhere = factories.EnrolForm().load(factories.form("Hồ Hải", home_unit=f"2025:{THERE}"))
    with pytest.raises(Walled):
        enrolment.enrol(world.clerk, elsewhere)
    with pytest.raises(Walled):
        service.amend(world.clerk, world.here.code, version=1, changes={"home_epoch": 2025, "home_code": THERE})


def test_a_file_comes_in_whole(world):
    """Whoever reads its rows says whom they are to see."""
    code = factories.taken(world.clerk, factories.line("Hồ Hải"), factories.line("", ""), said=factories.UNASKED)
    counts = intake.read(world.clerk, code)["counts"]
    assert (counts["taken"], counts["refused"]) == (1, 1)


def test_a_file_changes_who_is_here_is_taken_back_and_tells_nothing_of_others(world, forgotten):
    rows = "".join(f"\n{one.code};Brno;" for one in (world.here, world.there))
    code = factories.taken(world.clerk, content=f"Mã;Nơi;Đồng ý{rows}".encode(), said=factories.AMENDS)
    counts = intake.read(world.clerk, code)["counts"]
    assert (counts["amended"], counts["refused"]) == (1, 1)
    assert service.read(world.clerk, world.here.code)["city"] == "Brno"
    intake.undo(world.approver, code)
    while batches.unmake(SYSTEM, code, "42"):
        pass
    assert service.read(world.clerk, world.here.code)["city"] is None


def test_a_file_of_somebody_known_elsewhere(world, forgotten):
    """It is not told that they are known, and it cannot add them again."""
    again = factories.form(home_unit=f"2025:{THERE}", contact_points=[{"channel": "phone", "value": "0983000222"}])
    code = factories.sent(world.clerk, factories.line("Hồ Hải"), said=factories.UNASKED)
    intake.begin(world.clerk, code, ask=False)
    with sighted(EVERYONE):
        row = db.session.scalar(db.select(IntakeRow.id).order_by(IntakeRow.id.desc()).limit(1))
    entries = {row: Entry(factories.EnrolForm().load(again))}
    with sighted(Sight(communes=[HERE])):
        assert arrivals.known(entries, world.clerk.scope) == ({}, {})
    with pytest.raises(Walled):
        batches.take_in(world.clerk, code, [Verdict(row, RowState.NEW)], entries)


def test_homes_that_wait(world, forgotten):
    """They are the province's alone: who sees a commune sees none of them, and settles none."""
    with sighted(EVERYONE):
        waits = [factories.person(home=text, home_unit="2024:18796") for text in ("Kỳ Lợi", "ky loi")]
    (home,) = homes.all_unsettled(world.head)["homes"]
    assert home["people"] == 2
    assert homes.all_unsettled(world.clerk)["homes"] == []
    sent = {"home_unit": f"2025:{HERE}", "digest": homes.unsettled(world.head, home["key"])["digest"]}
    for deed in (homes.unsettled, lambda actor, key: homes.settle(actor, key, **sent)):
        with pytest.raises(NotFound):
            deed(world.clerk, home["key"])
    assert homes.settle(world.head, home["key"], **sent)["people"] == 2
    assert found(world.clerk, communes=[HERE])[0] == sorted([world.here.code, *(one.code for one in waits)])


@pytest.fixture
def approved(world):
    """A list for the whole province, one of whose two guests is out of the approver's scope."""
    with sighted(EVERYONE):
        drawn = factories.listed(world.head, fields=["name"])
        lists.submit(drawn)
        lists.approve(drawn, world.approver.id, lists.preview(drawn).digest)
        db.session.commit()
        return drawn.code


def test_preview_and_publish(world, approved, forgotten):
    assert outreach.preview(world.approver, approved)["inside"] == 1
    issue = outreach.publish(world.approver, approved)["issues"][0]
    assert issue["people"] == 1
    with sighted(EVERYONE):
        assert entries() == [world.here.id]


def entries():
    return list(db.session.scalars(text("SELECT person_id FROM weighed WHERE verdict = 'in'")))


@pytest.mark.parametrize("verdict", ["in", "refused"])
def test_nobody_unseen_is_put_on_a_list_or_said_to_be_left_out(world, approved, forgotten, monkeypatch, verdict):
    """Though the author asked the ledger alone, which is open, and never looked at a person."""
    everybody = select(Standing.person_id, literal(verdict).label("verdict"), Standing.line)
    monkeypatch.setattr(lists, "weighed", lambda drawn: everybody)
    with pytest.raises(Walled):
        outreach.publish(world.approver, approved)


@pytest.fixture
def issued(world):
    """An issue of one, open to the organizer; both guests have said yes."""
    with sighted(EVERYONE):
        return factories.published(world.head, world.approver, world.organizer, communes=[HERE]).code


def pulled(world, code):
    with desk.pull(world.organizer, code, reason="in giấy mời", format=Format.CSV).content as content:
        return content.read().decode()


def test_pull(world, issued, forgotten, monkeypatch):
    """The author forgot of which issue, and of whose: everybody in the registry is asked for."""
    monkeypatch.setattr("kieubao.outreach.issues.entries", lambda issue: select(Standing.person_id))
    content = pulled(world, issued)
    assert world.here.code in content
    assert "here@example.com" in content
    assert world.there.code not in content
    assert "there@example.com" not in content


def seen(sight):
    with sighted(sight):
        return set(db.session.scalars(select(Person.id)))


def test_an_organizer_sees_who_is_on_an_open_list_and_then_who_is_in_a_file(world, issued, monkeypatch):
    mine, others = Sight(organisation_id=world.organizer.organisation_id), Sight(organisation_id=99)
    assert (seen(mine), seen(others)) == ({world.here.id}, set())
    tomorrow = clock.today() + timedelta(days=1)
    with monkeypatch.context() as later:
        later.setattr("kieubao.walls.clock.today", lambda: tomorrow)
        assert seen(mine) == set()
        later.undo()
        pulled(world, issued)
        later.setattr("kieubao.walls.clock.today", lambda: tomorrow)
        assert seen(mine) == {world.here.id}
    with sighted(EVERYONE):
        db.session.execute(text("UPDATE issue SET state = 'recalled'"))
        db.session.execute(text("UPDATE handover SET sealed_at = NULL"))
        db.session.commit()
    assert seen(mine) == set()


def test_an_organizer_sees_a_relative_through_whom_somebody_is_asked_and_no_other_kin(world, forgotten):
    """`here` is asked through one of two relatives; the other is not in anybody's hand."""
    number = [{"channel": "phone", "value": "0983000444"}]
    with sighted(EVERYONE):
        theirs = text("UPDATE contact_point SET retired_at = now() WHERE person_id = :id")
        db.session.execute(theirs, {"id": world.here.id})
        mother, uncle = (
            factories.person(name, kind="home", country="VN", contact_points=number) for name in ("Mẹ", "Chú")
        )
        bonds.tie(
            [(world.here.id, mother.id, "parent", "child"), (world.here.id, uncle.id, "parent_sibling", "nibling")]
        )
        for one, purpose in ((world.here, Purpose.EVENTS), (world.here, Purpose.VIA_RELATIVE)):
            factories.consent(one.id, purpose=purpose, channel=Channel.PHONE)
        factories.consent(mother.id, purpose=Purpose.VIA_RELATIVE, channel=Channel.PHONE)
        wanted = {"channels": [Channel.PHONE], "via_relatives": True, "communes": [HERE], "kinds": ["abroad"]}
        code = factories.published(world.head, world.approver, world.organizer, **wanted).code
    mine = Sight(organisation_id=world.organizer.organisation_id)
    assert seen(mine) == {world.here.id, mother.id}
    content = pulled(world, code)
    assert mother.code in content
    assert uncle.code not in content
    with sighted(mine):
        ties = db.session.execute(text("SELECT person_id, relative_id FROM kinship")).all()
        assert {*map(tuple, ties)} == {(world.here.id, mother.id), (mother.id, world.here.id)}
        assert db.session.execute(text("DELETE FROM kinship")).rowcount == 0
        db.session.rollback()
    with sighted(EVERYONE):
        db.session.execute(text("UPDATE issue SET state = 'recalled'"))
        db.session.commit()
    # Their number is in a file that left: they are told of.
    assert seen(mine) == {world.here.id, mother.id}


def test_an_organizers_stop_list_outlives_the_grant(world, issued, monkeypatch):
    pulled(world, issued)
    service.record_consent(world.clerk, world.here.code, NO)
    later = clock.today() + timedelta(days=40)
    monkeypatch.setattr("kieubao.walls.clock.today", lambda: later)
    assert [pull["stop"] for pull in desk.made_pulls(world.organizer, issued)] == [[world.here.code]]


def test_an_organizer_writes_nothing_of_whom_they_see(world, issued):
    with sighted(Sight(organisation_id=world.organizer.organisation_id)):
        for table in ("contact_point", "person"):
            assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar() > 0
            assert db.session.execute(text(f"UPDATE {table} SET id = id")).rowcount == 0
        assert db.session.execute(text("DELETE FROM contact_point")).rowcount == 0
        with refused():
            db.session.execute(text("INSERT INTO membership VALUES (:one, 1, NULL)"), {"one": world.here.id})
        db.session.rollback()


def walled():
    """Give every table that holds people, or what is said of one."""
    tables = Base.metadata.tables.values()
    of_people = {table.name for table in tables for key in table.foreign_keys if key.column.table.name == "person"}
    return sorted({"person", "consent_event"} | of_people - OPEN_TABLES)


# What may be read by all, for it is numbers without a name; it is written only of the seen.
READ_BY_ALL = {"standing", "consent_now", "weighed", "response", "personal_link"}


@pytest.mark.parametrize("table", [*walled(), "saved_mapping"])
def test_every_table_of_people_is_behind_a_wall(world, issued, table):
    asked = text("SELECT relrowsecurity AND relforcerowsecurity FROM pg_class WHERE oid = cast(:it AS regclass)")
    assert db.session.execute(asked, {"it": table}).scalar()
    db.session.rollback()
    count, gone = text(f"SELECT count(*) FROM {table}"), text(f"DELETE FROM {table}")
    for sight in (None, Sight(), Sight(communes=["00000"]), Sight(organisation_id=99)):
        with sighted(sight):
            assert (db.session.execute(count).scalar() == 0) == (table not in READ_BY_ALL), sight
            assert _deleted(gone) == 0
            db.session.rollback()
    with sighted(EVERYONE):
        assert db.session.execute(count).scalar() > 0
        db.session.rollback()


def _deleted(statement):
    """Return how many rows went; none where it is not allowed to delete at all."""
    try:
        return db.session.execute(statement).rowcount
    except DBAPIError as error:
        assert "permission denied" in str(error)  # noqa: PT017 - only where no right was given
        return 0


OF_THERE = {"person": "id = :there", "consent_event": "subject = :subject"}
OF_THERE |= {"duplicate": "one_id = :there", "merge": "kept_id = :there"}


@pytest.mark.parametrize("table", sorted(set(walled()) - {"weighed"}))
def test_what_is_elsewhere_is_neither_changed_nor_copied(world, table):
    """Everything of THERE, written once more under a number that is free, by who sees HERE alone."""
    columns = [column.name for column in Base.metadata.tables[table].columns]
    with sighted(EVERYONE):
        of_there = OF_THERE.get(table, "person_id = :there")
        known = {"there": world.there.id, "subject": world.there.subject}
        row = dict(db.session.execute(text(f"SELECT * FROM {table} WHERE {of_there} LIMIT 1"), known).mappings().one())
        db.session.rollback()
    fresh = {name: 9_999 for name in ("id", "version", "contact_point_id", "line") if name in columns}
    values = ", ".join(str(fresh[name]) if name in fresh else f":{name}" for name in columns)
    with sighted(Sight(communes=[HERE])):
        # Those are changed by nobody.
        if table not in {"consent_event", "receipt"}:
            assert (
                db.session.execute(
                    text(f"UPDATE {table} SET {columns[0]} = {columns[0]} WHERE {of_there}"), known
                ).rowcount
                == 0
            )
        with refused():
            db.session.execute(text(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({values})"), row)
        db.session.rollback()


def test_nothing_outlives_its_transaction(world):
    """The next transaction, and whoever takes the connection from the pool next, sees nobody again."""
    backend, everyone = text("SELECT pg_backend_pid()"), text("SELECT count(*) FROM person")
    asked = text("SELECT current_setting('kieubao.communes', true)")
    service.read(world.clerk, world.here.code)
    with sighted(Sight(communes=[HERE])):
        before = db.session.execute(backend).scalar()
        assert (db.session.execute(everyone).scalar(), db.session.execute(asked).scalar()) == (2, HERE)
        db.session.commit()
    assert db.session.execute(everyone).scalar() == 0
    db.session.remove()
    with db.engine.connect() as connection:
        assert connection.execute(backend).scalar() == before
        assert (connection.execute(everyone).scalar(), connection.execute(asked).scalar()) == (0, "")


def counting(permission, **options):
    @use_case(permission, Shape.READ, **options)
    def count(actor):
        return db.session.execute(text("SELECT count(*) FROM person")).scalar()

    return count


# What no account may.
_OTHERS = GRANTS[Role.SUBJECT] | GRANTS[Role.PUBLIC] | {Permission.MESSAGE_SEND, Permission.REMINDER_SEND}
_OTHERS |= {Permission.DISCLOSURE_TEND, Permission.CENSUS_TAKE}


@pytest.mark.parametrize("permission", sorted(set(Permission) - _OTHERS))
def test_a_use_case_sees_whom_its_permission_is_about(world, issued, permission):
    role = next(role for role in sorted(ASSIGNABLE) if permission in GRANTS[role])
    with sighted(EVERYONE):
        actor = factories.actor(
            role, (HERE, THERE), organisation="Sở Nội vụ" if permission not in BY_GRANT else "Sở Ngoại vụ"
        )
    assert counting(permission)(actor) == (4 if permission in BY_SCOPE else 1 if permission in BY_GRANT else 0)


def test_who_answers_for_themselves_sees_nobody_and_writes_of_nobody_else(world, issued):
    assert counting(Permission.RESPONSE_GIVE)(SUBJECT) == 0
    file = desk.pull(world.organizer, issued, reason="mời", format=Format.CSV)
    file.content.close()
    asked = links.opened(link := links.written(file.pull, 0))
    held = db.session.scalar(select(Occasion.id).where(Occasion.code == asked.occasion))
    assert recipient.answer(SUBJECT, link, Said(Answer.ACCEPTED))["answer"] == "accepted"
    other = ({world.here.id, world.there.id} - {asked.person_id}).pop()
    with sighted(Sight(person_id=asked.person_id)):
        assert db.session.execute(text("SELECT count(*) FROM person")).scalar() == 0
        with refused():
            turnout.record(db.session.get(Occasion, held), {other: Said(Answer.DECLINED)}, by=None)


@pytest.mark.parametrize("permission", [Permission.VISIT_OPEN, Permission.VISIT_READ, Permission.VISIT_CHANGE])
def test_who_comes_by_a_link_sees_themselves_and_writes_no_record(world, permission):
    itself = replace(SUBJECT, scope=Scope(person=world.here.id))
    assert counting(permission)(itself) == 1
    assert counting(permission)(SUBJECT) == 0
    with sighted(Sight(own_id=world.here.id)):
        assert {*db.session.scalars(text("SELECT id FROM person"))} == {world.here.id}
        assert {*db.session.scalars(text("SELECT person_id FROM contact_point"))} == {world.here.id}
        assert {*db.session.scalars(text("SELECT id FROM person FOR UPDATE"))} == {world.here.id}
        with refused():
            db.session.execute(text("UPDATE person SET city = 'Brno'"))
        db.session.rollback()
        for table in ("contact_point", "contact_key", "membership", "person_revision", "kinship"):
            assert db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar() > 0, table
            assert db.session.execute(text(f"UPDATE {table} SET person_id = person_id")).rowcount == 0, table
            assert db.session.execute(text(f"DELETE FROM {table}")).rowcount == 0, table
        with refused():
            db.session.execute(text("INSERT INTO membership VALUES (:one, 1, NULL)"), {"one": world.here.id})
        db.session.rollback()
        assert db.session.execute(text("DELETE FROM person")).rowcount == 0
        db.session.rollback()


def test_everyone_is_for_the_system_where_it_says_so(world):
    assert counting(Permission.AUDIT_READ)(SYSTEM) == 0
    assert counting(Permission.AUDIT_READ, everyone=True)(SYSTEM) == 4
    assert counting(Permission.PERSON_READ, everyone=True)(world.clerk) == 2


def test_these_tests_would_see_a_wall_that_is_not_there(world, approved, forgotten, monkeypatch):
    monkeypatch.setattr(door, "_sight", lambda *asked, **options: EVERYONE)
    assert found(world.clerk) == (sorted([world.here.code, world.there.code]), 4)
    assert service.read(world.clerk, world.there.code)["code"] == world.there.code
    assert outreach.preview(world.approver, approved)["inside"] == 2
    assert outreach.publish(world.approver, approved)["issues"][0]["people"] == 2

"""Erased: no byte of a person is left in the database, nothing shows them, and what has to stay names nobody."""

import csv
import io
import json
import sys
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import NullPool, create_engine, select, text
from sqlalchemy.engine import make_url

from kieubao import traces, worker
from kieubao.access import trail
from kieubao.access.roles import SYSTEM, Scope
from kieubao.consent import handover, ledger, unions
from kieubao.consent.models import ConsentEvent, ConsentNow, HandoverPerson, Standing, Weighed
from kieubao.consent.rules import may_contact
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import _PRAGMAS, db, keyring
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Invalid, NotFound, Stale
from kieubao.ground.tombstones import Buried
from kieubao.intake.models import IntakeRow
from kieubao.outreach import lists, organizer
from kieubao.outreach.vocabulary import Format
from kieubao.people import bonds, disclosure, erasure, lexicon, merges, registry, service
from kieubao.people.models import Merge, Person, PersonRevision
from kieubao.people.records import Contact, Member
from kieubao.traces import tombstones
from kieubao.walls import Sight, confined
from tests import factories
from tests.databases import APP, application, as_root, owned

# In every column that holds text of a person, and what follows from it: the words, the keys.
PLANTED = {
    "name": "Quách Thị Xuyến",
    "other_names": ["Zuzanna Kwachowska"],
    "region": "Wielkopolska",
    "city": "Swarzędz",
    "address": "ulica Śremska 77",
    "home": "Xóm Mít, xã Cẩm Xuyên",
    "occupation": "thợ làm đàn nguyệt",
    "workplace": "Xưởng đàn Bến Thủy",
    "position": "Nghệ nhân trưởng",
    "note": "gọi sau mười tám giờ",
    "source": "sổ tay ông Quách",
    "legal_document": "phiếu đồng ý QX-1987",
    "born": "1987-02-28",
}
SEALED = ("address", "note", "source", "legal_document")
BYTES = [
    *(one.encode() for value in PLANTED.values() for one in (value if isinstance(value, list) else [value])),
    *(b"quach", b"xuyen", b"kwachowska", b"1quach0xuyen", b"1987-02-28"),
]
EVERYWHERE = Scope(frozenset({factories.PROVINCE}))
POINTS = [{"channel": "email", "value": "xuyen.quach@example.com"}, {"channel": "phone", "value": "0983000222"}]


@pytest.fixture
def database(database):
    """What is left in the tables is written over by their owner."""
    return owned(database)


@pytest.fixture
def app(database, tmp_path):
    app = application(database, TOMBSTONES=str(tmp_path / "graves"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def planted(cast):
    """Somebody of whom everything is known: kin, an association, a record that changed, a list that was pulled."""
    one = factories.person(contact_points=POINTS, **PLANTED)
    relative = factories.person("Lê Văn An", kind="home", country="VN")
    for other in range(20):
        points = [{"channel": "phone", "value": "0983000333"}]
        factories.person(f"Nguyễn Văn {'ABCDEGHIKLMNOPQRSTUV'[other]}n", contact_points=points)
    bonds.tie([(one.id, relative.id, "spouse", "spouse")])
    bonds.join(one.id, [Member("Hội Hà Tĩnh tại Poznań", "PL", "Thủ quỹ Quách")])
    registry.amend(one.id, 1, {"workplace": "Xưởng đàn Bến Thủy cũ"}, "42", None)
    factories.consent(one.id)
    factories.consent(relative.id)
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    pull(cast, issue.code)
    return one, relative, issue.code


WHY = "vi-ly-do-cua-quach"


def pull(cast, code):
    with organizer.pull(cast["organizer"], code, reason="in giấy mời", format=Format.CSV).content as content:
        return [row["Mã"] for row in csv.DictReader(io.StringIO(content.read().decode("utf-8-sig")))]


def erase(*people):
    """Erase people as another process does: whatever is under way here sees it when it looks again."""
    db.session.commit()
    with confined(Sight(everyone=True)):
        count = erasure.erase([one.id for one in people], tombstones())
        db.session.commit()
    return count


def kept_bytes(url):
    """Every byte the database keeps: its files, or on PostgreSQL every relation of it."""
    if url.startswith("sqlite"):
        path = Path(make_url(url).database)
        return b"".join(one.read_bytes() for one in path.parent.glob(f"{path.name}*"))
    files = "SELECT pg_read_binary_file(pg_relation_filepath(oid)) FROM pg_class WHERE relkind IN ('r', 'i', 't')"
    with psycopg.connect(as_root(url), autocommit=True) as root:
        root.execute("CHECKPOINT")
        return b"".join(bytes(one) for (one,) in root.execute(files).fetchall() if one)


def test_no_byte_is_left(database, planted, cast):
    one, _relative, _code = planted
    # Why they were left out of another list, in a word that nothing else says.
    factories.published(cast["clerk"], cast["approver"], cast["organizer"], purpose=Purpose.INVESTMENT)
    why = {"why": WHY, "id": one.id}
    db.session.execute(text("UPDATE weighed SET verdict = :why WHERE person_id = :id AND verdict <> 'in'"), why)
    theirs = text("SELECT value FROM contact_point WHERE person_id = :id")
    sealed = [bytes(row) for row in db.session.scalars(theirs, {"id": one.id})]
    db.session.execute(text("ANALYZE"))
    db.session.commit()
    before = kept_bytes(database)
    assert {word for word in BYTES if word not in before} == {PLANTED[name].encode() for name in SEALED}
    assert all(value in before for value in sealed)
    assert erase(one) == 1
    erasure.scrub()
    after = kept_bytes(database)
    assert [word.decode() for word in BYTES if word in after] == []
    assert (WHY.encode() in before, WHY.encode() in after) == (True, False)
    assert [value for value in sealed if value in after] == []
    assert "Nguyễn Văn".encode() in after
    if database.startswith("sqlite"):
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        db.session.execute(text("INSERT INTO person_words(person_words, rank) VALUES ('integrity-check', 1)"))


def test_what_somebody_looks_at_is_said_to_be_on_the_disk_still(database, planted, monkeypatch):
    monkeypatch.setattr(sys.modules["kieubao.db"], "_PRAGMAS", [one.replace("10000", "200") for one in _PRAGMAS])
    monkeypatch.setattr(traces, "PATIENCE", 0.3)
    db.session.remove()
    db.engine.dispose()
    with create_engine(database, poolclass=NullPool).connect() as looking:
        if not database.startswith("sqlite"):
            looking.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        looking.execute(text("SELECT count(*) FROM person")).one()
        erase(planted[0])
        with pytest.raises(Conflict, match="still looking"):
            erasure.scrub()
    erasure.scrub()
    assert b"quach" not in kept_bytes(database)


def test_while_somebody_writes_it_is_said_to_be_on_the_disk_still(database, planted, monkeypatch):
    """On PostgreSQL it is the lock that is not had in time."""
    monkeypatch.setattr(sys.modules["kieubao.db"], "_PRAGMAS", [one.replace("10000", "200") for one in _PRAGMAS])
    erase(planted[0])
    db.session.remove()
    db.engine.dispose()
    holds = "UPDATE person SET version = version" if database.startswith("sqlite") else "LOCK TABLE person"
    with create_engine(database, poolclass=NullPool).connect() as writing:
        writing.execute(text(holds))
        with pytest.raises(Conflict, match="still looking"):
            erasure.scrub()
    erasure.scrub()
    assert b"quach" not in kept_bytes(database)


def test_words_that_others_are_called_stay_known(app, cast, planted):
    """Else nobody else of that name would be found by the beginning of it, or with a letter wrong."""
    one, relative, _code = planted
    namesake = factories.person("Quách Thị Loan")
    erase(one)
    assert lexicon.known(["quach", "loan", "le", "xuyen", "kwachowska"]) == {"quach", "loan", "le"}
    for typed in ("Quách Th", "Quáhc Loan"):
        seen = service.search(cast["clerk"], text=typed, wanted={})["people"]
        assert [card["code"] for card in seen] == [namesake.code], typed
    assert service.search(cast["clerk"], text="Lê Vn An", wanted={})["people"][0]["code"] == relative.code


HANGING = ("contact_point", "contact_key", "membership", "person_revision", "consent_now", "kinship")


def test_of_everybody_else_everything_stays(app, planted):
    one, _relative, _code = planted
    points = [{"channel": "email", "value": "khac@example.com"}]
    other = factories.person("Trần Khác", contact_points=points, memberships=[{"association": "Hội", "country": "CZ"}])
    factories.consent(other.id)
    bonds.tie([(other.id, factories.person("Trần Em", kind="home").id, "elder_sibling", "younger_sibling")])
    db.session.commit()
    count = {table: text(f"SELECT count(*) FROM {table} WHERE person_id = :id") for table in HANGING}
    before = {table: db.session.scalar(query, {"id": other.id}) for table, query in count.items()}
    erase(one)
    assert {table: db.session.scalar(query, {"id": other.id}) for table, query in count.items()} == before
    assert all(before.values())


def test_every_column_is_empty_but_the_code(app, planted):
    one, _relative, _code = planted
    erase(one)
    row = db.session.execute(select(Person.__table__).where(Person.id == one.id)).one()._mapping
    assert (row["code"], row["version"]) == (one.code, 3)
    kept = {name: value for name, value in row.items() if value not in (None, "", [])}
    assert set(kept) == {"id", "code", "version", "created_at", "changed_at", "found_by"}
    day = clock.now().astimezone(clock.HANOI).replace(hour=0, minute=0, second=0, microsecond=0)
    assert (kept["created_at"], kept["changed_at"]) == (day, day)
    standing = db.session.execute(select(Standing.__table__).where(Standing.person_id == one.id)).one()
    assert (standing.erased_at, standing.adult_on) == (day, None)
    for table in ("contact_point", "contact_key", "membership", "person_revision", "consent_now", "kinship"):
        assert db.session.scalar(text(f"SELECT count(*) FROM {table} WHERE person_id = :id"), {"id": one.id}) == 0
    assert db.session.scalar(text("SELECT count(*) FROM kinship")) == 0


def test_nothing_shows_them(app, cast, planted):
    one, relative, code = planted
    erase(one)
    clerk = cast["clerk"]
    for typed in ("Quách Thị Xuyến", "quach", "Zuzanna", one.code, "0983000222", "xuyen.quach@example.com", None):
        found = service.search(clerk, text=typed, wanted={}, size=100)["people"]
        assert one.code not in {card["code"] for card in found}
    for act in (service.read, service.consents):
        with pytest.raises(NotFound):
            act(clerk, one.code)
    assert service.read(clerk, relative.code)["kinships"] == []
    drawn = factories.listed(clerk)
    assert lists.preview(drawn).inside == 1
    assert "erased" not in lists.preview(drawn).outside
    assert pull(cast, code) == [relative.code]


def test_what_was_written_down_stays_and_leads_to_nobody(app, cast, planted):
    one, _relative, code = planted
    said = db.session.scalars(select(ConsentEvent.id).where(ConsentEvent.subject == one.subject)).all()
    assert said
    erase(one)
    assert db.session.scalars(select(ConsentEvent.id).where(ConsentEvent.subject == one.subject)).all() == said
    assert db.session.scalars(select(Standing.subject).where(Standing.subject == one.subject)).all() == []
    assert ledger.kept() == unions.replay()
    assert trail.verify().whole
    # Who holds their data still has to be told, and knows them by the code alone.
    (earlier,) = organizer.made_pulls(cast["organizer"], code)
    assert (earlier["stop"], [told["code"] for told in earlier["notices"]]) == ([one.code], [one.code])
    assert handover.holders(one.id)
    frozen = select(Weighed.verdict, Weighed.line).where(Weighed.person_id == one.id)
    assert db.session.execute(frozen).all() == [("in", None)]
    assert db.session.scalars(select(HandoverPerson.person_id).where(HandoverPerson.person_id == one.id)).all()


LATE = {
    "a contact point": lambda clerk, one: service.add_contact(clerk, one.code, Contact(Channel.POST, "Praha", "Praha")),
    "a change": lambda clerk, one: service.amend(clerk, one.code, version=2, changes={"city": "Praha"}),
    "a word": lambda clerk, one: service.record_consent(
        clerk, one.code, Spoken([Purpose.EVENTS], [Channel.EMAIL], State.WITHDRAWN, clock.today(), {"method": "email"})
    ),
    "a tie": lambda clerk, one: service.tie(clerk, one.code, relative=factories.person().code, term="spouse"),
}


@pytest.mark.parametrize("what", LATE)
def test_who_found_them_just_before_writes_nothing_more(app, cast, planted, monkeypatch, what):
    """The clerk's act located the person, then they were erased, then it goes on: all of it is undone."""
    one, _relative, _code = planted
    located = disclosure.locate(cast["clerk"].scope, one.code)
    erase(one)
    locate = disclosure.locate
    monkeypatch.setattr(disclosure, "locate", lambda scope, code: located if code == one.code else locate(scope, code))
    with pytest.raises((Conflict, Invalid, NotFound, Stale)):
        LATE[what](cast["clerk"], one)
    for table in ("contact_point", "consent_now", "kinship", "person_revision"):
        assert db.session.scalar(text(f"SELECT count(*) FROM {table} WHERE person_id = :id"), {"id": one.id}) == 0


def test_a_file_made_before_is_void_after(app, cast, planted, monkeypatch):
    """Erased while a pull's file is made: it is made again without them."""
    one, relative, code = planted
    prepare, calls = handover.prepare, []

    def interrupted(*args):
        made = prepare(*args)
        if not calls:
            erase(one)
        calls.append(made.id)
        return made

    monkeypatch.setattr("kieubao.outreach.pulls.handover.prepare", interrupted)
    assert pull(cast, code) == [relative.code]
    assert len(calls) == 2


def test_tombstones_are_laid_before_it_is_done(app, planted):
    one, relative, _code = planted
    assert erase(one) == 1
    assert erase(one) == 0, "nobody is erased twice"
    graves = tombstones()
    assert graves.tells(graves.names(), one.code, one.subject)
    assert not graves.tells(graves.names(), relative.code, relative.subject)
    assert len(graves.ends(graves.content())) == 2


def test_nobody_is_erased_without_a_tombstone(app, planted):
    one, _relative, _code = planted
    app.config["TOMBSTONES"] = ""
    with pytest.raises(Conflict, match="KIEUBAO_TOMBSTONES"):
        erase(one)
    db.session.rollback()
    assert db.session.get_one(Person, one.id).name == PLANTED["name"]


def test_whoever_comes_back_is_erased_again(app, planted):
    """As after a restore: the tombstone is there, and so is the person."""
    one, relative, _code = planted
    tombstones().lay([Buried(one.code, one.subject)])
    assert erasure.erase_again(tombstones(), factories.PROVINCE) == 1
    db.session.commit()
    assert db.session.get_one(Person, one.id).name == ""
    assert db.session.get_one(Person, relative.id).name == "Lê Văn An"
    assert len(tombstones().ends(tombstones().content())) == 2
    assert db.session.scalars(select(ConsentNow.person_id)).all() == [relative.id]
    assert keyring()


@pytest.fixture
def wrongly(cast):
    """Two people whose records were taken for one's: everybody's values are in the one that stayed."""
    mine = factories.person("Lê Văn An", city="Praha", contact_points=[{"channel": "email", "value": "an@example.com"}])
    theirs = factories.person(contact_points=POINTS, **PLANTED)
    factories.consent(theirs.id)
    pair = merges.Pair(mine.id, 1, theirs.id, 1)
    merges.merge(cast["approver"], pair, ["name", "residence"])
    db.session.commit()
    return mine, theirs


def says(person):
    """All that is recorded of somebody, and ever was."""
    kept = select(PersonRevision.record).where(PersonRevision.person_id == person.id)
    return json.dumps(disclosure.record(EVERYWHERE, person.id), default=str) + "".join(db.session.scalars(kept))


def may(person):
    return person.id in db.session.scalars(may_contact(Purpose.EVENTS, [Channel.EMAIL])).all()


def test_of_who_was_told_apart_from_somebody_and_erased_nothing_is_left_with_them(app, cast, wrongly):
    mine, theirs = wrongly
    beside = factories.person(contact_points=POINTS, **PLANTED)
    merges.undo(cast["approver"], theirs.code)
    erasure.erase([theirs.id], tombstones())
    db.session.commit()
    values = (PLANTED["name"], *PLANTED["other_names"], PLANTED["address"], POINTS[0]["value"])
    assert not any(value in says(mine) for value in values)
    (record,) = db.session.scalars(select(PersonRevision.record).where(PersonRevision.person_id == beside.id))
    assert all(value in record for value in values)
    assert "Praha" in says(mine)
    kept = db.session.scalars(select(PersonRevision.record).where(PersonRevision.person_id == mine.id)).all()
    assert all("an@example.com" in one for one in kept)


def test_what_was_recorded_before_they_were_merged_stays_as_it_was(app, cast):
    mine = factories.person("Lê Văn An", city=PLANTED["city"], other_names=["Anna Levan"])
    registry.amend(mine.id, 1, {"city": "Praha"}, factories.PROVINCE, None)
    theirs = factories.person(contact_points=POINTS, **PLANTED)
    merges.merge(cast["approver"], merges.Pair(mine.id, 2, theirs.id, 1), ["residence"])
    names = [*db.session.get_one(Person, mine.id).other_names, "Anka"]
    registry.amend(mine.id, 3, {"other_names": names}, factories.PROVINCE, None)
    merges.undo(cast["approver"], theirs.code)
    of_mine = select(PersonRevision.record).where(PersonRevision.person_id == mine.id).order_by(PersonRevision.version)
    kept = [json.loads(one) for one in db.session.scalars(of_mine)]
    assert [one["city"] for one in kept] == [PLANTED["city"], *["Praha"] * (len(kept) - 1)]
    assert [one["other_names"] for one in kept] == [["Anna Levan"]] * 3 + [["Anna Levan", "Anka"]] * (len(kept) - 3)


@pytest.mark.parametrize("which", [0, 1])
def test_who_was_told_apart_before_they_were_erased_is_so_after_a_restore(app, cast, wrongly, which):
    """The backup is of a day on which they were one: the other stays, as they were by themselves."""
    one, same = (factories.person("Trần Văn Tư") for _n in range(2))
    merges.merge(cast["approver"], merges.Pair(one.id, 1, same.id, 1), [])
    db.session.commit()
    gone, stays = wrongly[which], wrongly[1 - which]
    tombstones().lay([Buried(gone.code, gone.subject)])
    assert erasure.erase_again(tombstones(), factories.PROVINCE) == 1
    db.session.commit()
    db.session.expire_all()
    name = "Lê Văn An" if stays is wrongly[0] else PLANTED["name"]
    assert (db.session.get_one(Person, gone.id).name, db.session.get_one(Person, stays.id).name) == ("", name)
    assert (may(gone), may(stays)) == (False, stays is wrongly[1])
    assert ledger.kept() == unions.replay()
    other = POINTS[0]["value"] if stays is wrongly[0] else "an@example.com"
    assert other not in says(stays)
    assert db.session.scalars(select(Merge.code)).all() == [same.code]


def test_that_they_were_merged_tells_not_whose_pseudonym_was_whose(app, wrongly):
    mine, theirs = wrongly
    erasure.erase([mine.id], tombstones())
    db.session.commit()
    stands = select(Standing.merged_at, Standing.merged_line).where(Standing.person_id == theirs.id)
    assert db.session.execute(stands).one() == (None, None)


def test_rows_of_files_say_nothing_of_them_any_more(app, cast):
    """They came in with a warning, so that their cells are kept for their clerk; those of others stay."""
    factories.notice()
    people = (("Lê Văn Ba", "ba@example.com"), ("Hồ Thị Lan", "lan@example.com"))
    for name, mail in people:
        factories.person(name, born="1960-01-02", contact_points=[{"channel": "email", "value": mail}])
    factories.taken(cast["clerk"], *(factories.line(name, mail=mail) for name, mail in people))
    rows = select(IntakeRow).where(IntakeRow.person_id.is_not(None)).order_by(IntakeRow.number)
    kept = [(one.person_id, one.cells) for one in db.session.scalars(rows)]
    assert ["ba@example.com" in cells for _person, cells in kept] == [True, False]
    erasure.erase([kept[0][0]], tombstones())
    db.session.commit()
    db.session.expire_all()
    assert [one.cells for one in db.session.scalars(rows)] == ["[]", kept[1][1]]
    assert [bool(one.line) for one in db.session.scalars(rows)] == [False, True]


def test_the_night_leaves_nothing_of_who_was_erased(database, planted):
    """Once, and again only where somebody was erased since; whoever is not the owner is told, and so is the trail."""
    assert service.scrub(SYSTEM) == 0
    erase(planted[0])
    if database.startswith("postgresql"):
        serving = make_url(database).set(username=APP).render_as_string(hide_password=False)
        with application(serving).app_context(), pytest.raises(Conflict, match="Only the owner"):
            service.scrub(SYSTEM)
    assert b"quach" in kept_bytes(database)
    worker.do_chores()
    assert b"quach" not in kept_bytes(database)
    lines = [(line["outcome"], line["found"]) for line in trail.entries() if line["action"] == "people.scrub"]
    assert lines == [("done", 0), *([] if database.startswith("sqlite") else [("conflict", None)]), ("done", 1)]

"""With the trail unwritable nothing is answered, nothing is changed, and afterwards work goes on without a gap."""

import os
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import event, select, text
from sqlalchemy.engine import make_url

from kieubao.access import trail
from kieubao.access.models import Attempt, AuditEntry, Organisation
from kieubao.access.roles import ASSIGNABLE, GRANTS, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.db import Base, db, writing
from kieubao.ground.errors import Unrecorded
from tests import factories
from tests.campaigns import later_on, some
from tests.databases import APP, application, as_root, owning
from tests.pages import test_matrix as page_matrix
from tests.pages.province import furnish, reader, sign_in_accounts
from tests.spellings import seen_in
from tests.test_matrix import NEEDS, call

ROOT = Path(__file__).parents[2]
# What furnish() makes up of people.
PERSONAL = ("Đặng Thị Hòa", "Hoa Dang", "601 555 148", "+420601555148", "hoa@example.com", "01683456789", "0383456789")
PERSONAL += ("Libušská 319, Praha 4", "Chủ cửa hàng", "Thường về quê dịp Tết", "Trần Văn Bình", "binh@example.com")
PERSONAL += ("Lê Thị Đào", "1968-08-14", "14/08/1968")
# Addresses that run no use case: lists that everybody has, and forms that are still empty.
NO_ACT = {("GET", "/countries"), ("GET", "/units")}
EMPTY = {"/persons", "/persons/new", "/occasions/new", "/inspections", "/oversight/trail"}
EMPTY |= {"/account/password", "/accounts/new", "/oversight/breaches/new", "/imports/new", "/merges/<code:code>/undo"}
# Help, too, is of nobody.
EMPTY |= {"/guide", "/guide/glossary"}
# What narrows a search is in the reader's own session.
EMPTY |= {"/searches/new", "/edits/new"}
EMPTY |= {
    "/plans/new",
    "/agencies/new",
    "/oversight/traces",
    "/requests/new",
    "/notices/drafts/new",
    "/requests/receipts",
    "/requests/scans",
    "/texts",
    "/expirations/<code:code>",
    "/disclosures/new",
    "/disclosures/desk/new",
    "/disclosures/mandates/new",
}


def on_postgresql():
    return db.engine.dialect.name == "postgresql"


def run(*statements):
    """Do as the owner of the database can; nobody is connected to it then."""
    db.session.remove()
    db.engine.dispose()
    with owning() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)
    db.engine.dispose()


@contextmanager
def disk_full():
    """Every insert into the trail fails as on a full disk."""
    if on_postgresql():
        run(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$",
            "CREATE TRIGGER full_disk BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION full_disk()",
        )
        yield
        run("DROP TRIGGER full_disk ON audit_entry", "DROP FUNCTION full_disk()")
    else:
        full = "SELECT RAISE(FAIL, 'database or disk is full')"
        run(f"CREATE TRIGGER full_disk BEFORE INSERT ON audit_entry BEGIN {full}; END")
        yield
        run("DROP TRIGGER full_disk")


@contextmanager
def head_stuck():
    """The head cannot be moved on, though entries could be written."""
    if on_postgresql():
        run(
            "CREATE FUNCTION stuck() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'stuck'; END $$",
            "CREATE TRIGGER stuck BEFORE UPDATE ON audit_head FOR EACH ROW EXECUTE FUNCTION stuck()",
        )
        yield
        run("DROP TRIGGER stuck ON audit_head", "DROP FUNCTION stuck()")
    else:
        run("CREATE TRIGGER stuck BEFORE UPDATE ON audit_head BEGIN SELECT RAISE(ABORT, 'stuck'); END")
        yield
        run("DROP TRIGGER stuck")


@contextmanager
def as_each_connects(*statements):
    def begin(connection, _record):
        for statement in statements:
            connection.execute(statement)
        if on_postgresql():
            connection.commit()

    run()
    event.listen(db.engine, "connect", begin)
    yield
    event.remove(db.engine, "connect", begin)
    run()


def read_only():
    """The whole database is read-only."""
    return as_each_connects("SET default_transaction_read_only = on" if on_postgresql() else "PRAGMA query_only = ON")


@contextmanager
def right_revoked():
    """The service's own role may no longer add to the trail; SQLite has no roles."""
    run(f"REVOKE INSERT ON audit_entry FROM {APP}")
    yield
    run(f"GRANT INSERT ON audit_entry TO {APP}")


WAYS = [(database, way) for database in ("sqlite", "postgresql") for way in (disk_full, head_stuck, read_only)]
WAYS.append(("postgresql", right_revoked))


def content():
    """Everything in the database but what was prepared to leave and is void, and tries, counted before all else."""
    db.session.rollback()
    found = {}
    for table in set(Base.metadata.sorted_tables) - {Attempt.__table__}:
        rows = db.session.execute(select(table)).all()
        found[table.name] = Counter(map(str, rows))
    void = db.session.execute(text("SELECT id FROM handover WHERE sealed_at IS NULL")).scalars().all()
    found["handover"] = [row for row in found["handover"] if not any(row.startswith(f"({one},") for one in void)]
    found["handover_person"] = [row for row in found["handover_person"] if int(row[1:].split(",")[0]) not in void]
    db.session.rollback()
    return found


def holder(permission):
    return next(role for role in sorted(ASSIGNABLE) if permission in GRANTS[role])


def real(rule, codes):
    """The code of something that is there, for an address."""
    known = {"lists": codes["submitted"], "issue": codes["issue"], "impor": codes["tried"]}
    return known.get(rule[1:6], codes["hoa"])


@pytest.mark.parametrize(
    ("database", "way"),
    some(WAYS, {("sqlite", disk_full), ("postgresql", head_stuck), ("postgresql", right_revoked)}),
    indirect=["database"],
    ids=[f"{database}-{way.__name__}" for database, way in WAYS],
)
@pytest.mark.timeout(300)
def test_no_address_answers_or_changes_anything(app, client, way):
    province = furnish()
    bearers = {role: factories.bearer(actor) for role, actor in province.cast.items()}
    readers = {role: reader(client, role) for role in province.cast}
    before, wrong, asked = content(), [], 0
    with way():
        for (method, rule), (permission, body) in NEEDS.items():
            headers = bearers[holder(permission)]
            answer = call(client, method, rule, body, headers, code=real(rule, province.codes))
            asked += 1
            if answer.status_code != (200 if (method, rule) in NO_ACT else 503) or told_of(answer):
                wrong.append((method, rule, answer.status_code, told_of(answer)))
        for rule, (permission, sent) in page_matrix.NEEDS.items():
            for method in page_matrix.rules(app)[rule]:
                answer = readers[holder(permission)].open(
                    address(rule, province.codes), method=method, data=sent if method == "POST" else None
                )
                asked += 1
                fine = {503} if rule not in EMPTY else {200, 303, 503}
                if answer.status_code not in fine or told_of(answer):
                    wrong.append((method, rule, answer.status_code, told_of(answer)))
    assert not wrong, wrong
    assert asked > 60
    assert content() == before
    works_again(client, bearers, province)


def told_of(answer):
    return seen_in(answer.data + str(answer.headers).encode(), PERSONAL)


def address(rule, codes):
    return page_matrix.address(rule.replace("<code:code>", real(rule, codes), 1))


def works_again(client, bearers, province):
    last = db.session.scalars(select(AuditEntry.id).order_by(AuditEntry.id.desc())).first()
    answer = client.get(f"/api/v1/persons/{province.codes['hoa']}", headers=bearers["clerk"])
    assert (answer.status_code, answer.json["name"]) == (200, "Đặng Thị Hòa")
    db.session.rollback()
    verdict = trail.verify()
    assert (verdict.whole, verdict.entries) == (True, last + 1)


def test_the_page_that_says_so_is_in_words(app, client):
    furnish()
    clerk = reader(client, "clerk")
    with disk_full():
        answer = clerk.get("/lists")
    assert (answer.status_code, "Chưa ghi nhật ký được" in answer.text) == (503, True)


# Faults in the middle of an act.


def act(shape, body):
    @use_case(Permission.PERSON_READ, shape)
    def look(actor):
        if shape is Shape.SEAL:
            writing()
        if shape is not Shape.READ:
            db.session.add(Organisation(code="TC-1", name="half done"))
            db.session.flush()
        note(found=1)
        body()
        return "secret"

    return look


def half_done():
    db.session.rollback()
    return db.session.scalars(select(Organisation).where(Organisation.name == "half done")).all()


@pytest.mark.parametrize("shape", Shape)
def test_a_database_that_vanishes_before_the_line_is_no_answer(app, cast, shape, database):
    gone = Vanishing(database)
    with pytest.raises(Unrecorded):
        act(shape, gone.go)(cast["clerk"])
    gone.come_back()
    assert half_done() == []
    assert act(shape, lambda: None)(cast["clerk"]) == "secret"
    assert (trail.verify().whole, trail.verify().entries) == (True, 1)


class Vanishing:
    """Takes a database away while somebody is connected to it, and brings it back."""

    def __init__(self, url):
        self.url = make_url(url)

    def go(self):
        if self.url.drivername.startswith("sqlite"):
            connection, self.file = db.session.connection(), Path(self.url.database)
            self.file.rename(f"{self.file}.away")
            self.file.mkdir()
            connection.invalidate()
            db.engine.dispose()
        else:
            self.elsewhere(f'ALTER DATABASE "{self.url.database}" ALLOW_CONNECTIONS false')
            self.elsewhere(
                f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.url.database}'"
            )

    def come_back(self):
        db.session.remove()
        db.engine.dispose()
        if self.url.drivername.startswith("sqlite"):
            self.file.rmdir()
            Path(f"{self.file}.away").rename(self.file)
        else:
            self.elsewhere(f'ALTER DATABASE "{self.url.database}" ALLOW_CONNECTIONS true')

    def elsewhere(self, statement):
        with psycopg.connect(as_root(self.url.set(database="postgres")), autocommit=True) as connection:
            connection.execute(statement)


@pytest.mark.parametrize("shape", Shape)
def test_who_waits_too_long_for_the_trail_is_not_answered(app, cast, shape, database):
    """Somebody else has the end of the chain and does not let go."""
    patience = "SET lock_timeout = '300ms'" if on_postgresql() else "PRAGMA busy_timeout = 300"
    run()
    other = application(database)
    with other.app_context():
        writing()
        db.session.execute(text("UPDATE audit_head SET last = last"))
        with app.app_context(), as_each_connects(patience), pytest.raises(Unrecorded):
            act(shape, lambda: None)(cast["clerk"])
        db.session.rollback()
        db.engine.dispose()
    assert half_done() == []
    assert trail.verify().entries == 0


def test_a_database_that_is_away_is_503_on_page_and_api(app, client, database):
    cast = sign_in_accounts()
    bearer, clerk, gone = factories.bearer(cast["clerk"]), reader(client, "clerk"), Vanishing(database)
    gone.go()
    db.session.remove()
    answers = [client.get("/api/v1/me", headers=bearer), clerk.get("/lists"), clerk.get("/")]
    gone.come_back()
    assert [answer.status_code for answer in answers] == [503, 503, 503]
    assert answers[0].mimetype == "application/problem+json"
    assert "<h1>" in answers[1].text
    assert clerk.get("/lists").status_code == 200


PROCESSES, THREADS, EACH = 2, 4, 250


@later_on("sqlite")
@pytest.mark.timeout(300)
def test_two_thousand_lines_at_once_leave_no_gap_and_no_double(app, cast, database):
    """Two processes of four threads each write as fast as they can."""
    run()
    begin = "import sys; from tests.access.appending import main; main(*sys.argv[1:])"
    command = [sys.executable, "-c", begin, database, cast["clerk"].id, THREADS, EACH]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
    writers = [subprocess.Popen(list(map(str, command)), cwd=ROOT, env=env) for _one in range(PROCESSES)]
    assert [writer.wait() for writer in writers] == [0, 0]
    verdict = trail.verify()
    assert (verdict.whole, verdict.entries) == (True, PROCESSES * THREADS * EACH)
    told = db.session.scalars(select(AuditEntry.found)).all()
    assert Counter(told) == Counter(dict.fromkeys(range(THREADS * EACH), PROCESSES))

"""The roles of docs/postgresql.md: what the application's may do, and that whatever would open a wall is told."""

import re
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from flask_migrate import upgrade
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from kieubao import demo, walls
from kieubao.db import Base, by_words, db, having_words, one_of_each
from kieubao.walls import Sight, confined
from tests import factories
from tests.databases import APP, LEAKPROOF, OWNER, application, owning, unseeing

PAGE = (Path(__file__).parents[1] / "docs/postgresql.md").read_text("utf-8")
NO_WALL, OWNS, SEES, OFF, CHANGEABLE = walls._BREACHES
CHANGED = {
    "audit_entry": "id",
    "consent_event": "id",
    "notice": "id",
    "stop_notice": "id",
    "weighed": "issue_id",
    **dict.fromkeys(("disclosure_request", "disclosure_view", "disclosure_complaint", "disclosure_deferral"), "id"),
    **dict.fromkeys(("desk_figures", "police_mandate"), "id"),
    **dict.fromkeys(("audit_root", "breach_version", "finding_decision", "register_entry"), "id"),
}
ADDED_TO = set(CHANGED)


@pytest.fixture
def url(postgresql):
    url = postgresql.copy()
    yield url
    postgresql.drop(url)


@pytest.fixture
def on(url):
    """Run something in an application at an address of one database."""

    def run(act, address=None, **settings):
        app = application(address or unseeing(url), **settings)
        with app.app_context():
            try:
                return act(app)
            finally:
                db.session.remove()
                db.engine.dispose()

    return run


def breaches(_app):
    return walls.breaches()


def test_the_applications_role_stands_before_the_walls(on):
    def facts(_app):
        asked = "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
        owned = f"SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = '{APP}'"
        return tuple(db.session.execute(text(asked)).one()), db.session.execute(text(owned)).scalar()

    assert on(facts) == ((False, False, False, False), 0)
    assert on(breaches) == []


REFUSED = [
    "CREATE TABLE mine (id int)",
    "TRUNCATE person CASCADE",
    "DROP TABLE person",
    "ALTER TABLE person DISABLE ROW LEVEL SECURITY",
    "ALTER TABLE person NO FORCE ROW LEVEL SECURITY",
    "DROP POLICY by_home ON person",
    "CREATE POLICY all_of_them ON person USING (true)",
    f"SET ROLE {OWNER}",
    "UPDATE alembic_version SET version_num = '0001'",
    "DELETE FROM audit_head",
    *(f"{act} {table}" for table in sorted(ADDED_TO) for act in ("TRUNCATE", "DELETE FROM")),
    *(f"UPDATE {table} SET {column} = 1" for table, column in CHANGED.items()),
]


@pytest.mark.parametrize("statement", REFUSED)
def test_it_may_not(on, statement):
    def tried(_app):
        with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
            db.session.execute(text(statement))

    on(tried)


def test_it_may_work_with_every_table_there_is_and_will_be(on):
    """A table made later has its rights with the next upgrade, and what was given by hand is gone."""

    def rights(_app):
        with owning() as connection:
            connection.execute(text("CREATE TABLE later (id int)"))
            connection.execute(text(f"GRANT TRUNCATE ON person TO {APP}"))
        upgrade()
        asked = text("SELECT has_table_privilege(:table, :right)")
        held = {
            table: {
                right
                for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER", "REFERENCES")
                if db.session.execute(asked, {"table": table, "right": right}).scalar()
            }
            for table in ("later", *Base.metadata.tables)
        }
        with owning() as connection:
            connection.execute(text("DROP TABLE later"))
        return held

    held = on(rights)
    assert {table for table, rights in held.items() if rights == {"SELECT", "INSERT"}} == ADDED_TO
    assert {table for table, rights in held.items() if rights == {"SELECT", "UPDATE"}} == {"audit_head", "ledger_head"}
    assert held["later"] == held["person"] == {"SELECT", "INSERT", "UPDATE", "DELETE"}


def test_every_way_to_open_a_wall_is_told(on, url, postgresql):
    superuser = postgresql.server.set(database=make_url(url).database).render_as_string(hide_password=False)
    assert on(breaches, superuser) == [NO_WALL, OWNS, CHANGEABLE]
    assert on(breaches, unseeing(url, OWNER)) == [OWNS, CHANGEABLE]
    assert on(breaches, url) == [SEES]
    postgresql.run("ALTER TABLE person NO FORCE ROW LEVEL SECURITY", make_url(url).database)
    assert on(breaches) == [OFF]


def test_the_command_says_so_too(on, url):
    def command(app):
        return app.test_cli_runner().invoke(args=["database", "check"])

    assert (on(command).exit_code, on(command).output) == (0, "")
    told = on(command, url)
    assert (told.exit_code, told.stderr) == (1, f"{SEES}\n")


def test_sqlite_has_no_walls(sqlite, on):
    address = sqlite.copy()
    assert (on(breaches, address), on(lambda _app: walls.is_slow(), address)) == ([], False)
    sqlite.drop(address)


def searched(_app):
    """Return whom the words find, how PostgreSQL looks for them, and whether that is told to be slow."""
    query = having_words().params(words=one_of_each([["nguyen"], ["2da"]]))
    with confined(Sight(communes=["18673"])):
        by_words()
        found = list(db.session.scalars(query))
        asked = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        plan = "\n".join(db.session.scalars(text(f"EXPLAIN {str(asked).replace(':', chr(92) + ':')}")))
    return found, "ix_person_words" in plan, walls.is_slow()


def test_without_the_superusers_mark_search_finds_the_same_and_says_that_it_is_slow(on, url, postgresql):
    def people(_app):
        with confined(Sight(everyone=True)):
            return [factories.person(home_unit=f"2025:{unit}").id for unit in ("18673", "18685")]

    here, _there = on(people)
    assert on(searched) == ([here], True, False)
    postgresql.run(LEAKPROOF.replace("LEAKPROOF", "NOT LEAKPROOF"), make_url(url).database)
    assert on(searched) == ([here], False, True)
    told = on(lambda app: app.test_cli_runner().invoke(args=["database", "check"]))
    assert (told.exit_code, "docs/postgresql.md" in told.stderr) == (0, True)


def test_the_demo_goes_in_through_the_walls(on):
    def filled(_app):
        demo.fill(60, "!", lambda made: None)
        seen = db.session.execute(text("SELECT count(*) FROM person")).scalar()
        db.session.rollback()
        with confined(Sight(everyone=True)):
            return seen, db.session.execute(text("SELECT count(*) FROM person")).scalar()

    assert on(filled) == (0, 60)


def test_the_page_prepares_a_database(postgresql, on):
    """Everything that the page has the administrator do, in its order, under names of our own."""
    name = f"page_{uuid4().hex[:12]}"
    blocks = re.findall(r"```sql\n(.*?)```", PAGE.replace("kieubao", name), re.DOTALL)
    roles = re.findall(r"CREATE ROLE (\w+) LOGIN PASSWORD '(.+?)'", blocks[0])
    at = postgresql.server.set(database=name)
    owner, app, backup = (
        at.set(username=who, password=word).render_as_string(hide_password=False) for who, word in roles
    )
    try:
        for statement in filter(None, blocks[0].split(";\n")):
            postgresql.run(statement)
        postgresql.run(blocks[1], name)
        on(lambda _app: upgrade(), app, OWNER_URL=owner)
        assert on(lambda _app: (walls.breaches(), walls.is_slow()), app) == ([], False)
        with psycopg.connect(backup) as connection:
            assert connection.execute("SELECT count(*) FROM person").fetchone() == (0,)
    finally:
        postgresql.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        for who, _word in roles:
            postgresql.run(f"DROP ROLE IF EXISTS {who}")

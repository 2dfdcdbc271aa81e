"""Whole tables: the same words for the same things on both databases, behind walls too, and an order of their own."""

import tracemalloc
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url

from kieubao import tables
from kieubao.backup import content
from kieubao.db import Base, db, reading
from tests.backup.hosts import Office, a_day, tallies
from tests.databases import application, owned, unseeing


@pytest.fixture
def database(database):
    return owned(database)


def kinds(url):
    app = application(owned(url))
    with app.app_context():
        found = {of.name: of.kinds for of in tables.stored()}
        db.session.remove()
        db.engine.dispose()
    return found


def test_both_databases_say_the_same_of_every_table(sqlite, postgresql):
    here, there = sqlite.copy(), postgresql.copy()
    assert kinds(here) == kinds(there)
    assert set(kinds(here)) == set(Base.metadata.tables)
    sqlite.drop(here)
    postgresql.drop(there)


def test_what_others_refer_to_comes_first(app):
    seen = set()
    for of in tables.stored():
        ties = inspect(db.session.connection()).get_foreign_keys(of.name)
        assert {tie["referred_table"] for tie in ties} - {of.name} <= seen
        seen.add(of.name)


def test_a_column_that_no_backup_could_hold_is_told_of(app):
    db.session.execute(text("ALTER TABLE association ADD COLUMN weight DOUBLE PRECISION"))
    with pytest.raises(TypeError, match=r"association\.weight"):
        tables.stored()
    db.session.rollback()


ODD = ["é", "z", "Z", "a b", "a-b", "ab", "đ", "1"]


def test_rows_stand_in_an_order_of_bytes(app):
    """Whatever language the server sorts in."""
    db.session.execute(text("CREATE TABLE odd (name VARCHAR(5) PRIMARY KEY, words VARCHAR)"))
    for name in ODD:
        db.session.execute(text("INSERT INTO odd VALUES (:name, 'x')"), {"name": name})
    (odd,) = [of for of in tables.stored() if of.name == "odd"]
    assert [name for name, _words in tables.rows(odd)] == sorted(ODD, key=str.encode)
    db.session.rollback()


def test_of_rows_with_files_in_them_only_a_few_are_held_at_once(app):
    kind = {"sqlite": "BLOB", "postgresql": "BYTEA"}[db.engine.dialect.name]
    db.session.execute(text(f"CREATE TABLE odd (id INTEGER PRIMARY KEY, content {kind}, more {kind})"))
    for number in range(40):
        db.session.execute(
            text("INSERT INTO odd VALUES (:id, :content, NULL)"), {"id": number, "content": bytes(1 << 20)}
        )
    (odd,) = [of for of in tables.stored() if of.name == "odd"]
    tracemalloc.start()
    assert [id_ for _content, id_, _more in tables.rows(odd)] == [*range(40)]
    assert tracemalloc.get_traced_memory()[1] < 20 << 20
    tracemalloc.stop()
    db.session.rollback()


@pytest.fixture
def walled(postgresql):
    """A database whose tables belong to an account that walls hold for, and where words are a tsvector."""
    url, owner = postgresql.copy(), f"owner_{uuid4().hex[:12]}"
    there = postgresql.server.set(database=make_url(url).database).render_as_string(hide_password=False)
    with psycopg.connect(there, autocommit=True) as root:
        root.execute(f"CREATE ROLE {owner} LOGIN NOSUPERUSER NOBYPASSRLS")
        root.execute(f'ALTER DATABASE "{make_url(url).database}" OWNER TO {owner}')
        for (name,) in root.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            root.execute(f'ALTER TABLE "{name}" OWNER TO {owner}')
    yield make_url(unseeing(url, owner)).render_as_string(hide_password=False)
    postgresql.drop(url)
    with psycopg.connect(postgresql.server.render_as_string(hide_password=False), autocommit=True) as root:
        root.execute(f"DROP ROLE {owner}")


def test_behind_walls_everybody_is_seen_and_everybody_comes_back(walled, sqlite, tmp_path):
    office, plain, back = Office(tmp_path), sqlite.copy(), sqlite.copy()
    with office.host(plain) as app:
        a_day()
        before = tallies()
        made = office.create(app)
    with office.host(walled) as app:
        office.restore(made.path)
        assert db.session.scalar(text("SELECT count(*) FROM person")) == 0, "the walls stand again"
        reading()
        tables.see_everybody()
        after = {of.name: content.tally(of) for of in tables.stored()}
        assert {name for name in before if before[name] != after[name]} <= {
            *("audit_entry", "audit_head", "api_token", "account"),
        }
        again = office.create(app)
    with office.host(back):
        office.restore(again.path)
        assert tallies()["person"] == before["person"]
    for url in (plain, back):
        sqlite.drop(url)

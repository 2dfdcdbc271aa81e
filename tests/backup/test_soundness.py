"""A database that is not whole, or not the newest, is not served from, though it opens and passes its own check."""

import shutil
import sqlite3
import time
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from kieubao import jobs, worker
from kieubao.backup import soundness
from kieubao.backup.shelf import Shelf
from kieubao.backup.soundness import Unsound
from kieubao.db import db
from tests import factories
from tests.backup.hosts import a_day, pull
from tests.conftest import Client


@pytest.fixture
def app(database, office):
    with office.host(database) as app:
        yield app


def check(app):
    soundness.check(Shelf.of(app.config))


def change(*statements):
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


def test_a_sound_one_is_served_from(app, office):
    check(app)  # though nobody has done anything yet
    a_day()
    office.create(app)
    check(app)


WRONG = {
    "the end of the trail is missing": (["UPDATE audit_head SET last = last + 1"], "The trail does not end"),
    "the end of the trail is another": (["UPDATE audit_head SET hash = 'x'"], "The trail does not end"),
    "the trail is not there": (["UPDATE audit_head SET last = 7 WHERE last = 0"], "The trail does not end"),
    "an unfinished restore": (["DELETE FROM audit_head"], "A restore was not finished here"),
    "the ledger goes on behind its end": (["UPDATE ledger_head SET last = last - 1"], "The ledger does not end"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_does_not_fit_together_is_told(app, wrong):
    statements, said = WRONG[wrong]
    factories.person()
    change(*statements)
    with pytest.raises(Unsound, match=said):
        check(app)


def test_nothing_is_answered_until_it_is_sound(app):
    client = Client(app, app.response_class)
    change("UPDATE audit_head SET hash = 'x'")
    for _again in range(2):
        refused = client.get("/api/v1/lists", headers={"Accept-Language": "en"})
        assert (refused.status_code, refused.json["type"]) == (503, "urn:kieubao:problem:unsound")
        assert "this database is not whole" in refused.json["detail"]
    assert client.get("/sign-in").status_code == 503
    change(f"UPDATE audit_head SET hash = '{'0' * 64}'")
    assert client.get("/sign-in").status_code == 200


def test_the_worker_takes_up_nothing_until_it_is_sound(app, monkeypatch):
    done = []
    monkeypatch.setitem(app.extensions, "kieubao.works", {"count": lambda _run: done.append("once") or {}})
    code = jobs.ask("count", factories.account("clerk").id).code
    db.session.commit()
    change("UPDATE audit_head SET hash = 'x'")
    take_up = worker._huey(app).wake.call_local
    for _again in range(2):
        with pytest.raises(Unsound):
            take_up(code)
        assert jobs.waiting() == [code]
    change(f"UPDATE audit_head SET hash = '{'0' * 64}'")
    take_up(code)
    assert (done, jobs.waiting()) == (["once"], [])


def test_a_file_copied_without_its_wal_is_older_than_its_newest_backup(sqlite, office, tmp_path):
    """SQLite finds it in order; rows are missing, and both chains end where they say."""
    url = sqlite.copy()
    with office.host(url) as app:
        a_day()
        path = Path(make_url(url).database)
        with sqlite3.connect(path) as one:
            one.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        one.close()
        cast, code, _guests = a_day()
        copy = shutil.copy(path, tmp_path / "copy.sqlite")
        pull(cast, code)
        made = office.create(app)
        rows = office.verify(made.path).tallies["person"].rows
    with office.host(f"sqlite:///{copy}") as app:
        assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"
        assert db.session.scalar(text("SELECT count(*) FROM person")) < rows
        with pytest.raises(Unsound, match="older than its newest backup"):
            check(app)
    sqlite.drop(url)


def test_what_was_restored_from_an_older_backup_is_served_from(sqlite, postgresql, office):
    """The newest may be damaged: a trail that goes on after a restore is newer than all backups made before."""
    one, two = sqlite.copy(), postgresql.copy()
    with office.host(one) as app:
        a_day()
        older = office.create(app)
        a_day()
        office.create(app)
    time.sleep(1)  # names tell the second
    with office.host(two) as app:
        office.restore(older.path)
        check(app)
    sqlite.drop(one)
    postgresql.drop(two)

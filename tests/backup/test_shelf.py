"""Making a backup: for two people, whole or not at all, with a line in the trail, and nothing lying open meanwhile."""

import hashlib
import os
import signal
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError

from bench.people import populate
from kieubao.access import trail
from kieubao.access.models import AuditEntry
from kieubao.access.roles import GRANTS, NEVER_BY_TOKEN, Permission, Role
from kieubao.backup import service
from kieubao.backup.envelope import Unusable
from kieubao.backup.shelf import Shelf
from kieubao.db import db, keyring, reading
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, Invalid, Unrecorded
from kieubao.ground.keys import Kind
from kieubao.ground.tombstones import Buried, Tombstones
from tests import factories
from tests.backup.hosts import quiet
from tests.databases import KEYS, owning

MIB = 1 << 20


@pytest.fixture
def app(database, office):
    with office.host(database) as app:
        yield app


def standing(office):
    """What stands on the shelf."""
    return sorted(one.name for one in office.shelf.glob("*")) if office.shelf.exists() else []


def test_a_backup_has_a_line_and_a_digest(app, office, cast):
    shelf = Shelf.of(app.config)
    made = shelf.keep(service.create(cast["admin"], shelf, quiet))
    assert made.path.stat().st_mode & 0o777 == 0o600
    assert hashlib.sha256(made.path.read_bytes()).hexdigest() == made.digest
    assert made.path.stat().st_size == made.bytes
    entry = db.session.scalars(select(AuditEntry)).one()
    assert (entry.action, entry.role, entry.found) == ("backup.create", "admin", made.rows)
    assert entry.details == {"backup": made.path.name, "tables": made.tables, "digest": made.digest}
    assert standing(office) == [made.path.name, "tombstones"]


def test_only_who_may_makes_one_and_never_by_token(app, office, cast):
    assert {role for role in Role if Permission.BACKUP_MAKE in GRANTS[role]} == {Role.ADMIN, Role.SYSTEM}
    assert Permission.BACKUP_MAKE in NEVER_BY_TOKEN
    for name in set(cast) - {"admin"}:
        with pytest.raises(Forbidden):
            service.create(cast[name], Shelf.of(app.config), quiet)
    assert standing(office) == []


RECIPIENTS = {
    "nobody": (lambda keys: "", "two recipients or more"),
    "one person": (lambda keys: keys[0], "two recipients or more"),
    "one person twice": (lambda keys: f"{keys[0]}, {keys[0]}", "two recipients or more"),
    "a word": (lambda keys: f"{keys[0]}, giám đốc", "“giám đốc” is no recipient"),
    "a key cut": (lambda keys: f"{keys[0]}, {keys[1][:-1]}", "is no recipient"),
    "a private key": (lambda keys: f"{keys[0]}, AGE-SECRET-KEY-1ABC", "“AGE-SECRET-K” is no recipient"),
}


@pytest.mark.parametrize("who", RECIPIENTS)
def test_two_people_can_open_it_or_it_is_not_made(sqlite, office, who):
    listed, said = RECIPIENTS[who]
    url = sqlite.copy()
    with office.host(url, BACKUP_RECIPIENTS=listed(office.public)) as app:
        with pytest.raises(Invalid, match=said) as refused:
            office.create(app)
        assert refused.value.field == "recipients"
        assert standing(office) == []
    sqlite.drop(url)


def test_a_seal_holds_though_another_key_is_current_now(sqlite, office):
    url = sqlite.copy()
    with office.host(url) as app:
        made = office.create(app)
        key_id, later = keyring().adding(Kind.FINGERPRINT)
    with office.host(url, KEYS=later.to_json()):
        office.verify(made.path)
    with office.host(url, KEYS=later.using(key_id).to_json()) as app:
        office.verify(made.path)
        newer = office.create(app)
    with office.host(url), pytest.raises(Unusable, match="was not sealed with the keys"):
        office.verify(newer.path)


def test_a_folder_has_to_be_named(app):
    with pytest.raises(Invalid, match="Name a folder"):
        Shelf.of({**app.config, "BACKUP_FOLDER": ""})


def test_a_full_disk_is_told_of(app, office, monkeypatch):
    def full(_self, _data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("kieubao.backup.shelf._Hashed.write", full)
    with pytest.raises(Conflict, match=r"Nothing can be written to .*: No space left on device"):
        office.create(app)
    assert standing(office) == []
    office.shelf.rmdir()
    office.shelf.touch()
    with pytest.raises(Conflict, match="Nothing can be written to"):
        office.create(app)


def test_nothing_is_written_over(app, office, monkeypatch):
    """Two that begin in one second, at the same entry of the trail, would bear the same name."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)
    shelf = Shelf.of(app.config)
    reading()
    begun = shelf.make(quiet)
    for _state in ("begun", "kept"):
        with pytest.raises(Conflict, match="this very second"):
            shelf.make(quiet)
        if _state == "begun":
            shelf.keep(begun)
    assert office.verify(begun.path).rows == begun.rows


def test_without_its_line_there_is_no_backup(app, office, monkeypatch):
    def torn(_line):
        raise SQLAlchemyError("no room")

    monkeypatch.setattr(trail, "append", torn)
    with pytest.raises(Unrecorded):
        office.create(app)
    assert [name for name in standing(office) if name.endswith(".age")] == []


def test_a_backup_of_less_than_everybody_is_none(app, office):
    """Each person has one standing; who is held back from this account has it all the same, and the other way round."""
    factories.person()
    kept = factories.person()
    with owning() as connection:
        connection.execute(text("DELETE FROM standing WHERE person_id = :one"), {"one": kept.id})
    with pytest.raises(Conflict, match="does not show everybody"):
        office.create(app)
    assert standing(office) == []


def test_what_fails_half_way_leaves_nothing(app, office):
    def failing(table, _rows):
        if table == "person":
            raise RuntimeError("the disk is full")

    with pytest.raises(RuntimeError, match="the disk is full"):
        office.create(app, failing)
    assert standing(office) == []


def test_nothing_lies_open_on_the_disk_meanwhile(app, office, tmp_path):
    """Of all files this process has open while rows go by, only the envelope is new; and it tells nothing."""
    factories.person("Đặng Thị Hòa", city="Ostrava-Poruba")
    before, seen = files_open(), set()
    made = office.create(app, lambda _table, _rows: seen.update(files_open()))
    assert {one for one in seen - before if str(tmp_path) in one} == {f"{made.path}.partial"}
    assert not any(b"Poruba" in one.read_bytes() for one in tmp_path.rglob("*") if one.is_file())


def files_open():
    return {str(one.readlink()) for one in Path("/proc/self/fd").iterdir() if one.is_symlink()}


def test_tombstones_go_with_every_backup_and_are_never_lost_unseen(app, office):
    office.create(app)
    Tombstones(office.graves, keyring()).lay([Buried("KB-7F3Q-9XKC-2", uuid4())])
    office.create(app)
    assert (office.shelf / "tombstones").read_bytes() == office.graves.read_bytes() != b""
    office.graves.unlink()
    with pytest.raises(Conflict, match="find out what was lost"):
        office.create(app)


def test_a_backup_that_was_killed_verifies_nowhere(sqlite, office):
    url = sqlite.copy()
    with office.host(url) as app:
        populate(2_000)
        settings = {f"KIEUBAO_{name}": value for name, value in office.settings.items()}
        settings |= {"KIEUBAO_DATABASE_URL": url, "KIEUBAO_KEYS": "env:KEYS", "KEYS": KEYS, "KIEUBAO_SECRET_KEY": "x"}
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "backup", "create"]
        with subprocess.Popen(command, env={**os.environ, **settings}, cwd=Path(__file__).parents[2]) as making:
            while not (begun := list(office.shelf.glob("*.partial"))) or begun[0].stat().st_size < MIB:
                assert making.poll() is None
                time.sleep(0.001)
            making.send_signal(signal.SIGKILL)
        assert standing(office) == [begun[0].name]
        with pytest.raises(Unusable, match=r"was cut or changed|its end is missing"):
            office.verify(begun[0])
        begun[0].unlink()  # the next may begin within the same second
        assert office.verify(office.create(app).path)
    sqlite.drop(url)


@pytest.mark.parametrize("count", [1_000, pytest.param(20_000, marks=[pytest.mark.slow, pytest.mark.timeout(1200)])])
def test_memory_stays_flat(sqlite, postgresql, office, count):
    """Making, verifying and restoring need as much for 20,000 people as for 1,000: some batches of rows."""
    one, two = sqlite.copy(), postgresql.copy()
    with office.host(one) as app:
        populate(count)
        made, most = measured(lambda: office.create(app))
        assert most < 16 * MIB
    with office.host(two):
        assert measured(lambda: office.verify(made.path))[1] < 16 * MIB
        assert measured(lambda: office.restore(made.path))[1] < 48 * MIB
    sqlite.drop(one)
    postgresql.drop(two)


def measured(act):
    tracemalloc.start()
    try:
        return act(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

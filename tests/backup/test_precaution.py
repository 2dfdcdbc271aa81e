"""Before every migration a backup is made by itself, and what was made under one schema is restored under the next."""

import shutil
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from flask_migrate import current, downgrade, upgrade
from sqlalchemy import inspect, select, text

from kieubao.access import trail
from kieubao.access.models import AuditEntry
from kieubao.backup import schema
from kieubao.db import db
from tests.backup.hosts import a_day, tallies

MIGRATIONS = Path(__file__).parents[2] / "migrations"
LATEST = schema.latest()
NEXT = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{latest}"


def upgrade():
    op.add_column("association", sa.Column("founded", sa.Integer()))


def downgrade():
    with op.batch_alter_table("association") as batch:
        batch.drop_column("founded")
"""


@pytest.fixture
def tomorrow(tmp_path, monkeypatch):
    """This kieubao, one migration on."""
    folder = tmp_path / "migrations"
    shutil.copytree(MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions/9999_tomorrow.py").write_text(NEXT.format(latest=LATEST))
    monkeypatch.setattr(schema, "_scripts", lambda: ScriptDirectory(str(folder)))

    def moved(app):
        app.extensions["migrate"].migrate.directory = str(folder)
        return folder

    return moved


def backups(office):
    return sorted(office.shelf.glob("*.age"))


def migrate(app, folder):
    db.session.remove()
    app.extensions["migrate"].migrate.directory = str(folder)
    upgrade()


def test_a_migration_of_a_used_database_makes_a_backup_first(office, database, tomorrow, capsys):
    with office.host(database) as app:
        a_day()
        before = tallies()
        migrate(app, tomorrow(app))
        (made,) = backups(office)
        assert f"A backup was made first: {made}" in capsys.readouterr().out
        reader = office.verify(made)
        assert (reader.finished().revision, schema.at_hand()) == (LATEST, "9999")
        assert {name: tally.told() for name, tally in reader.tallies.items()} == before
        last = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
        assert (last.action, last.details["backup"]) == ("backup.record_precaution", made.name)
        assert trail.verify().whole
        for harmless in (upgrade, current):
            db.session.remove()
            harmless()
        assert backups(office) == [made]


def test_going_back_is_a_migration_too(office, database, capsys):
    with office.host(database):
        a_day()
        db.session.remove()
        downgrade()
        assert len(backups(office)) == 1
        assert "The trail was not written to" in capsys.readouterr().out


@pytest.mark.parametrize("missing", ["BACKUP_RECIPIENTS", "BACKUP_FOLDER"])
def test_without_a_backup_there_is_no_migration(office, database, tomorrow, missing, caplog):
    with office.host(database, **{missing: ""}) as app:
        a_day()
        with pytest.raises(SystemExit):
            migrate(app, tomorrow(app))
        assert "No migration without a backup before it: Name" in caplog.text
        assert schema.at_hand() == LATEST


def test_the_demo_goes_on_without(office, database, tomorrow, capsys):
    with office.host(database, BACKUP_RECIPIENTS="", DEMO=True) as app:
        a_day()
        migrate(app, tomorrow(app))
        assert "migrated without a backup" in capsys.readouterr().out
        assert (schema.at_hand(), backups(office)) == ("9999", [])


def test_an_empty_database_needs_none(office, database, tomorrow):
    with office.host(database, BACKUP_RECIPIENTS="") as app:
        migrate(app, tomorrow(app))
        downgrade(revision="base")
        upgrade()
        assert (schema.at_hand(), backups(office)) == ("9999", [])


@pytest.mark.parametrize("found", ["at the next schema", "without any table"])
def test_a_backup_of_yesterday_is_restored_and_brought_to_today(office, database, sqlite, tomorrow, found):
    url = sqlite.copy()
    with office.host(url) as app:
        a_day()
        made, before = office.create(app), tallies()
    with office.host(database) as app:
        app.extensions["migrate"].migrate.directory = str(tomorrow(app))
        (upgrade if found == "at the next schema" else lambda: downgrade(revision="base"))()
        office.restore(made.path)
        assert schema.at_hand() == "9999"
        assert "founded" in {one["name"] for one in inspect(db.session.connection()).get_columns("association")}
        assert tallies()["person"] == before["person"]
        assert db.session.scalar(text("SELECT count(*) FROM association WHERE founded IS NULL")) == 1
        assert trail.verify().whole
    sqlite.drop(url)

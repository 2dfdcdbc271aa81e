"""A file that is being taken in is killed at random points: nobody is lost, nobody doubled, no row is half done."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from kieubao.access import trail
from kieubao.consent import ledger, unions
from kieubao.db import db
from kieubao.intake import service
from tests import factories
from tests.campaigns import later_on
from tests.databases import KEYS
from tests.factories import line, sent

ROOT = Path(__file__).parents[2]
ROWS = 60
# What the worker does, in small batches, so that there is much to fall between.
TAKING = """
import sys
from kieubao.access.session import actor_numbered
from kieubao.intake import batches, works
from wsgi import app
batches.BATCH = 2
with app.app_context():
    actor = actor_numbered(int(sys.argv[1]))
    print("begun", flush=True)
    works.take_in(actor, sys.argv[2], lambda done, of=None: None)
"""


def taking(database, clerk, code):
    settings = {"KEYS": "env:RING", "DATABASE_URL": database, "SECRET_KEY": "only for tests", "HTTPS": "0"}
    env = {**os.environ, **{f"KIEUBAO_{name}": value for name, value in settings.items()}, "RING": KEYS}
    command = [sys.executable, "-c", TAKING, str(clerk.id), code]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def count(table, rule="true"):
    found = db.session.execute(text(f"SELECT count(*) FROM {table} WHERE {rule}")).scalar()
    db.session.rollback()
    return found


def is_whole():
    """Every row that was taken has its person, relative, tie, address and answer, and nobody else is there."""
    taken = count("intake_row", "state = 'taken' AND person_id IS NOT NULL AND relative_id IS NOT NULL")
    assert taken == count("intake_row", "state = 'taken'") == count("person", "kind = 'abroad'")
    assert count("person") == count("kinship") == count("standing") == count("person_revision") == 2 * taken
    assert count("contact_point") == count("consent_event") == count("consent_now") == taken
    return taken


@later_on("postgresql")
@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("kills", [3, pytest.param(50, marks=pytest.mark.slow)])
def test_an_import_that_is_killed_at_any_point_goes_on_to_the_end(app, cast, database, kills):
    factories.notice()
    clerk, killed, files = cast["clerk"], 0, 0
    while killed < kills:
        lines = [line("Lê Văn Ba", f"{files}-{n}@example.com", answer="có") for n in range(ROWS)]
        code = sent(clerk, *([*cells[:5], "Trần Thị Tư", "mẹ", cells[7]] for cells in lines))
        service.begin(clerk, code, ask=False)
        files += 1
        while service.read(clerk, code)["step"] != "taken":
            job = taking(database, clerk, code)
            assert job.stdout.readline() == "begun\n", job.stderr.read()
            try:
                ended = job.wait(random.random() * 1.5)
            except subprocess.TimeoutExpired:
                job.kill()
                killed += 1
            else:
                assert ended == 0, job.stderr.read()
            job.communicate()
            is_whole()
        assert is_whole() == files * ROWS
    assert len({one.row.number for one in service.rows(clerk, code, ["taken"], size=ROWS)["rows"]}) == ROWS
    assert unions.replay() == ledger.kept()
    assert trail.verify().whole

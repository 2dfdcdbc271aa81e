"""The desk is its folder and the lines of the roof that name it: without them everything else works as before."""

import os
import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns, rmtree

import pytest

ROOT = Path(__file__).parents[2]
# Who works without it: their pages, an erasure that finds the desk's tables, and the worker.
PROBE = """
import sys
from tests import factories
from tests.databases import application, SQLite
from tests.signing import let_in
from pathlib import Path
from kieubao import worker
from kieubao.db import db, writing
from kieubao.people import erasure
from kieubao.traces import tombstones
from kieubao.walls import Sight, confined

kept = SQLite(Path(sys.argv[1]))
app = application(kept.copy(), TOMBSTONES=sys.argv[1] + "/tombstones")
served = {rule.rule for rule in app.url_map.iter_rules()}
assert not [rule for rule in served if "disclosure" in rule or "transparency" in rule], served
with app.app_context():
    person = factories.person()
    for role in ("clerk", "approver", "protection_officer", "admin", "police", "police_head"):
        account = factories.account(role)
        client = let_in(app.test_client(), account.username)
        page = client.get("/account")
        assert (page.status_code, "/disclosures" in page.text) == (200, False), role
    worker.do_soon()
    worker.do_chores()
    with confined(Sight(everyone=True)):
        writing()
        assert erasure.erase([person.id], tombstones()) == 1
        db.session.commit()
print("it works")
"""


@pytest.mark.timeout(300)
def test_without_its_folder_and_its_lines_everything_else_works(tmp_path):
    house = tmp_path / "house"
    copytree(ROOT, house, ignore=ignore_patterns(".*", "instance", "test-artefacts", "__pycache__", "bench", "docs"))
    rmtree(house / "kieubao/police")
    roof = house / "kieubao/__init__.py"
    lines = roof.read_text("utf-8").splitlines(keepends=True)
    roof.write_text("".join(line for line in lines if "police" not in line), "utf-8")
    (tmp_path / "databases").mkdir()
    ran = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROBE, tmp_path / "databases"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.stdout.strip() == "it works", ran.stderr[-3_000:]


def test_nobody_else_knows_of_it():
    told = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "kieubao").rglob("*.py")
        if "police" not in path.parts
        and re.search(r"kieubao\.police|from kieubao import .*police", path.read_text("utf-8"))
    ]
    assert told == ["kieubao/__init__.py"]

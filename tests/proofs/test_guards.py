"""Every guard is missed by some test when it is gone. `python -m tests.proofs.removal` prints the table."""

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.proofs.guards import guards
from tests.proofs.removal import DOUBLED, doubled

ROOT = Path(__file__).parents[2]
KINDS = {
    "permission",
    "confirmed",
    "opens",
    "scope",
    "condition",
    "refusal",
    "check",
    "allow-list",
    "view",
}
KINDS |= {"grant", "limit", "header", "cookie", "forgery", "hook", "proof", "operand", "setting", "always", "left out"}


def removed(*words):
    command = [sys.executable, "-W", "ignore", "-m", "tests.proofs.removal", *words]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    sys.stdout.write(f"\n{ran.stdout}")
    return ran


def test_guards_of_every_kind_are_found():
    every = guards()
    kinds = Counter(one.kind.split()[0] if one.kind.startswith("header") else one.kind for one in every)
    assert {*kinds} >= KINDS
    rooms = [
        path
        for room in (
            "service.py",
            "batches.py",
            "office.py",
            "organizer.py",
            "recipient.py",
            "rosters.py",
            "approval.py",
            "enrolment.py",
        )
        for path in (ROOT / "kieubao").rglob(room)
    ]
    source = "\n".join(path.read_text("utf-8") for path in rooms)
    assert kinds["permission"] == len(re.findall(r"^@use_case\(", source, re.MULTILINE))
    assert kinds["confirmed"] == source.count("confirmed=True")
    assert kinds["opens"] == source.count("opens=True")
    assert sorted(entry for one in every for entry in doubled(one)) == sorted(DOUBLED)
    for one in every[::25]:
        compile(one.removed(), one.path, "exec")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_guards_that_are_gone_are_missed_and_one_that_is_not_is_told_of():
    ran = removed("--sample")
    survived = re.findall("survived: .*", ran.stdout)
    assert re.search(r"\| all \| 10 \| 9 \|", ran.stdout), ran.stderr
    assert [one.split(":")[1].strip() for one in survived] == ["kieubao/gate.py"]
    assert ran.returncode == 1

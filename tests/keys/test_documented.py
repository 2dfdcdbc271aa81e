"""docs/security/keys.md: its commands are run as they stand there, and do what it says."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kieubao.db import db, keyring
from kieubao.ground.keys import Kind
from kieubao.keys import sealed
from tests.campaigns import some
from tests.keys import rings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/security/keys.md").read_text("utf-8")
(TURNING,) = re.findall(r"^```sh\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture
def shell(file, database):
    """What runs a script as an office would, with the settings of the service."""
    settings = {"KEYS": f"file:{file}", "DATABASE_URL": database, "SECRET_KEY": "only for tests", "HTTPS": "0"}
    env = {**os.environ, **{f"KIEUBAO_{name}": value for name, value in settings.items()}, "FLASK_APP": "wsgi"}
    env["PATH"] = f"{Path(sys.executable).parent}:{env['PATH']}"

    def run(script):
        command = ["bash", "-euo", "pipefail", "-c", script]
        return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    return run


@pytest.mark.parametrize(
    ("database", "kind"),
    some([("sqlite", Kind.FIELD), ("postgresql", Kind.INDEX)], [("postgresql", Kind.INDEX)]),
    indirect=["database"],
)
def test_a_key_is_turned_by_the_commands_of_the_page(shell, app, file, kind):
    rings.someone()
    old = keyring().current[kind]
    script = re.sub(r"OLD=\w+", f"OLD={old}", TURNING).replace("add field", f"add {kind}")
    assert script.count("\n") == 6
    ran = shell(script)
    assert ran.returncode == 0, ran.stderr
    assert "everything is under the current keys" in ran.stdout
    db.session.rollback()
    rings.held().refresh()
    assert old not in keyring().keys
    assert all(old not in ids for ids in rings.holding().values())


def test_a_keyring_is_made_as_the_page_says(shell, tmp_path):
    (made,) = re.findall(r"`(umask 077; python -m kieubao\.ground\.ciphers > )", PAGE)
    assert shell(f"{made}{tmp_path}/ring.json").returncode == 0
    ring = rings.Keyring.from_json((tmp_path / "ring.json").read_text())
    assert sorted(key.kind for key in ring.keys.values()) == sorted(Kind)
    assert (tmp_path / "ring.json").stat().st_mode & 0o077 == 0


def test_the_page_names_every_option_and_command_that_is_there(app):
    runner = app.test_cli_runner()
    for command in ("list", "add", "use", "rotate", "retire"):
        assert f"flask keys {command}" in PAGE
        assert runner.invoke(args=["keys", command, "--help"]).exit_code == 0
    for option in ("--write", "--lost", "--as"):
        assert option in PAGE


def test_what_the_page_calls_sealed_is_sealed():
    said = {"contact_point.value", "person.address", "person.note", "person.source", "person.legal_document"}
    said |= {
        "consent_event.evidence",
        "consent_event.given_by",
        "person_revision.record",
        "intake.name",
        "intake_row.cells",
        "saved_mapping.layout",
    }
    assert said <= set(sealed.places())

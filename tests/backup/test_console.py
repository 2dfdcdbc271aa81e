"""The commands: a pair of keys, a backup, a look at it, a restore; each refusal one sentence, damage ends with 2."""

import json
import re
from types import SimpleNamespace

import pyrage
import pytest

from kieubao import jobs
from kieubao.backup import envelope
from kieubao.db import db
from tests import factories
from tests.backup.hosts import a_day


@pytest.fixture
def app(sqlite, office):
    url = sqlite.copy()
    with office.host(url) as app:
        yield app
    sqlite.drop(url)


def run(app, *words):
    db.session.rollback()
    return app.test_cli_runner().invoke(args=["backup", *map(str, words)])


def test_a_pair_of_keys_is_made_once(app, tmp_path):
    made = run(app, "identity", tmp_path / "head.key")
    assert made.exit_code == 0, made.output
    public = made.stdout.strip()
    assert re.fullmatch("age1[a-z0-9]{58}", public)
    assert (tmp_path / "head.key").stat().st_mode & 0o777 == 0o600
    (key,) = envelope.identities(tmp_path / "head.key")
    assert str(key.to_public()) == public
    assert str(key) not in made.output
    again = run(app, "identity", tmp_path / "head.key")
    assert (again.exit_code, again.stderr) == (1, "invalid: Đã có tệp mang tên này và tệp không bao giờ bị ghi đè\n")


def test_there_and_back(app, office, sqlite, tmp_path):
    jobs.ask("count", a_day()[0]["clerk"].id)
    db.session.commit()
    made = run(app, "create")
    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout)
    seen = run(app, "verify", told["path"], "--identity", office.folder / "first")
    assert seen.exit_code == 0, seen.output
    found = json.loads(seen.stdout)
    assert (found["whole"], found["office"], found["rows"], len(found["keys"])) == (True, "42", told["rows"], 1)
    assert sum(found["tables"].values()) == told["rows"]
    url = sqlite.copy()
    with office.host(url) as fresh:
        back = run(fresh, "restore", told["path"], "--identity", office.folder / "second")
        assert back.exit_code == 0, back.output
        done = json.loads(back.stdout)
        assert (done["rows"], done["erased_again"], done["tokens_ended"]) == (told["rows"], 0, 1)
        assert (done["jobs_stopped"], "Jobs that waited or ran: 1." in back.stderr) == (1, True)
        assert f"What was recorded after {found['at']} is not here" in back.stderr
        again = run(fresh, "restore", told["path"], "--identity", office.folder / "second")
        assert again.exit_code == 1
        assert again.stderr.startswith("conflict: ")
    sqlite.drop(url)


def test_as_an_account_and_into_a_folder(app, office, tmp_path):
    admin = factories.account("admin").username
    clerk = factories.account("clerk").username
    made = run(app, "create", tmp_path / "usb", "--as", admin)
    assert made.exit_code == 0, made.output
    assert len(list((tmp_path / "usb").glob("*.age"))) == 1
    refused = run(app, "create", "--as", clerk)
    assert (refused.exit_code, refused.stderr.split(":")[0]) == (1, "forbidden")
    app.config["BACKUP_RECIPIENTS"] = office.public[0]
    assert run(app, "create").exit_code == 1


def unfinished(office, data):
    inside = pyrage.decrypt(data, office.keys()).splitlines(keepends=True)[:-1]
    return pyrage.encrypt(b"".join(inside), envelope.recipients(",".join(office.public)))


DAMAGED = {
    "cut": lambda office, data: data[:-100],
    "empty": lambda office, data: b"",
    "copied": lambda office, data: b"SQLite format 3\0" + bytes(1000),
    "never finished": unfinished,
}


@pytest.fixture
def made(app, office):
    return SimpleNamespace(office=office, path=office.create(app).path)


@pytest.mark.parametrize("how", DAMAGED)
@pytest.mark.parametrize("command", ["verify", "restore"])
def test_damage_ends_with_2_and_one_sentence(made, sqlite, tmp_path, how, command):
    office = made.office
    (tmp_path / "file").write_bytes(DAMAGED[how](office, made.path.read_bytes()))
    (tmp_path / "tombstones").touch()
    url = sqlite.copy()
    with office.host(url) as empty:
        judged = run(empty, command, tmp_path / "file", "--identity", office.folder / "first")
    sqlite.drop(url)
    assert judged.exit_code == 2, judged.output
    assert judged.stderr.startswith("unusable: ")
    assert len(judged.stderr.splitlines()) == 1
    assert judged.stdout == ""


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "AGE-SECRET-KEY-1"), ("age1abc", "AGE-SECRET-KEY-1"), ("AGE-SECRET-KEY-1QQQ", "thiếu hoặc sai chữ")],
)
def test_an_identity_that_is_none_is_told_of(app, made, tmp_path, content, said):
    (tmp_path / "bad.key").write_text(content)
    judged = run(app, "verify", made.path, "--identity", tmp_path / "bad.key")
    assert (judged.exit_code, judged.stderr.split(":")[0]) == (1, "invalid")
    assert said in judged.stderr

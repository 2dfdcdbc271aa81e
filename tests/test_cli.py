"""The commands: each does what its page says, as the account that is named, and refuses in one sentence."""

import json
from pathlib import Path

import pytest
from sqlalchemy import select, text

from kieubao import demo
from kieubao.access import accounts
from kieubao.access.models import AuditEntry
from kieubao.access.roles import ASSIGNABLE
from kieubao.access.session import actor_named
from kieubao.db import db
from tests import factories
from tests.pages.province import sign_in_accounts
from tests.signing import equip

DATA = Path(__file__).parent / "data"
SHEET, MAPPING = DATA / "danh-sach-kieu-bao.csv", DATA / "danh-sach-kieu-bao.toml"
LONG = "một mật khẩu đủ dài"


@pytest.fixture
def run(app):
    def command(*words):
        db.session.rollback()
        return app.test_cli_runner().invoke(args=[*map(str, words)])

    return command


def create(run, username, role="clerk", *more):
    given = ("--name", "Đặng Thị Hòa", "--role", role, "--organisation", "Sở Ngoại vụ")
    return run("accounts", "create", username, *given, *more)


def count(table):
    db.session.rollback()
    return db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar()


@pytest.mark.parametrize("role", sorted(role.value for role in ASSIGNABLE))
def test_an_account_of_every_role_is_made(run, role):
    made = create(run, "hoa", role, "--unit", "42", "--unit", "18673")
    assert made.exit_code == 0, made.output
    first, second = json.loads(made.stdout)["invitation"]
    assert accounts.invited("hoa", first, second).username == "hoa"
    actor = actor_named("hoa")
    assert (actor.role, actor.scope.units) == (role, {"42", "18673"})


def test_the_console_makes_accounts_only_until_two_people_can(run):
    create(run, "quan-tri", "admin")
    create(run, "bao-ve", "protection_officer")
    assert create(run, "lan").exit_code == 0
    for username in ("quan-tri", "bao-ve"):
        equip(username)
    assert create(run, "hoa").stderr.startswith("conflict: ")
    assert run("accounts", "reset", "lan").stderr.startswith("conflict: ")
    proposed = json.loads(create(run, "hoa", "clerk", "--as", "quan-tri").stdout)
    assert (proposed["username"], proposed["first_half"][:3]) == ("hoa", "MA-")
    assert count("account") == 3


REFUSED = {
    "invalid": ["Hoa", "clerk"],
    "conflict": ["clerk", "clerk"],
    "forbidden": ["hoa", "clerk", "--as", "clerk"],
    "not-found": ["hoa", "clerk", "--as", "nobody"],
}


@pytest.mark.parametrize("code", REFUSED)
def test_a_refusal_is_one_sentence(run, code):
    sign_in_accounts()
    refused = create(run, *REFUSED[code])
    assert refused.exit_code == 1
    assert refused.stderr.startswith(f"{code}: ")
    assert "Traceback" not in refused.output
    assert len(refused.stderr.splitlines()) == 1


def test_an_account_is_closed_at_once(run, client):
    create(run, "hoa")
    headers = factories.bearer(actor_named("hoa"))
    assert client.get("/api/v1/me", headers=headers).status_code == 200
    assert run("accounts", "disable", "hoa").exit_code == 0
    assert client.get("/api/v1/me", headers=headers).status_code == 401
    assert not accounts.account("hoa").active


def test_the_trail_is_verified(run):
    create(run, "hoa")
    whole = run("audit", "verify")
    assert whole.exit_code == 0
    verdict = json.loads(whole.stdout)
    assert (verdict["whole"], verdict["entries"]) == (True, 1)
    db.session.execute(text("UPDATE audit_head SET hash = 'x'"))
    db.session.commit()
    broken = run("audit", "verify")
    assert broken.exit_code == 2
    told = json.loads(broken.stdout)
    assert (told["whole"], told["faults"]) == (False, [{"kind": "rehashed", "first": 1, "last": 2, "where": "head"}])


def test_a_command_stands_in_the_trail_as_who_did_it(run):
    sign_in_accounts()
    create(run, "hoa", "clerk", "--as", "admin")
    create(run, "lan")
    db.session.rollback()
    told = db.session.execute(select(AuditEntry.action, AuditEntry.role).order_by(AuditEntry.id)).all()
    assert told == [("access.propose", "admin"), ("access.set_up", "system")]


def test_a_province_goes_only_into_an_empty_database(app, run):
    app.config["DEMO_PASSWORD"] = LONG
    made = run("demo", "--people", 100)
    assert made.exit_code == 0, made.output
    assert (count("person"), count("account"), count("issue"), count("pull")) == (100, len(demo.USERNAMES), 1, 1)
    again = run("demo", "--people", 100)
    assert again.exit_code == 1
    assert "only into an empty database" in again.stderr
    assert run("demo", "--if-empty").exit_code == 0
    assert count("person") == 100
    assert json.loads(run("audit", "verify").stdout)["whole"]


def test_an_offices_file_goes_in_by_command(run, tmp_path):
    sign_in_accounts()
    factories.notice()
    for sample in (SHEET, MAPPING):
        (tmp_path / sample.name).write_bytes(sample.read_bytes())
    words = ("intake", "take", tmp_path / SHEET.name, "--mapping", tmp_path / MAPPING.name, "--as", "clerk")
    tried = run(*words, "--dry-run")
    assert tried.exit_code == 0, tried.output
    assert count("person") == 0
    done = run(*words)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["taken"] == json.loads(tried.stdout)["taken"] > 0
    assert count("person") >= json.loads(done.stdout)["taken"]
    assert count("consent_event") > 0
    again = run(*words)
    assert (again.exit_code, again.stderr.split(":")[0]) == (1, "conflict")


def test_the_trail_is_watched_as_often_as_one_likes(run):
    sign_in_accounts()
    for _time in range(2):
        watched = run("oversight", "watch")
        assert (watched.exit_code, json.loads(watched.stdout)) == (0, {"found": 0})
    assert run("oversight", "watch", "--as", "protectionofficer").exit_code == 0
    assert run("oversight", "watch", "--as", "clerk").exit_code == 1

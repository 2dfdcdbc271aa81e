"""Roots are signed, handed to witnesses outside the database, and exports prove themselves: by command."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, text

from kieubao.access import roots, service, trail
from kieubao.access.models import AuditEntry
from kieubao.access.roles import SYSTEM, Permission
from kieubao.access.roots import Root
from kieubao.access.use_case import note, use_case
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, Invalid
from kieubao.ground.signatures import PublicKeys, SigningKey
from tests.databases import application, unguard

KEY, NEXT_KEY = SigningKey.fresh(), SigningKey.fresh()


@use_case(Permission.ACCOUNT_SELF)
def look(actor):
    note(found=1)


@pytest.fixture
def run(app, cast):
    """The commands, of an office that has its key and a trail of three entries."""
    app.config["SIGNING_KEY"] = KEY.to_pem()
    for _time in range(3):
        look(cast["clerk"])

    def command(*words):
        db.session.rollback()
        return app.test_cli_runner().invoke(args=["audit", *map(str, words)])

    return command


@pytest.fixture
def public(tmp_path):
    return kept_in(tmp_path / "keys.pem", NEXT_KEY.public_pem + KEY.public_pem)


def kept_in(path, content):
    path.write_text(content, "utf-8")
    return path


def change(statement):
    """Do as the owner of the database can."""
    unguard("audit_entry", "audit_head", "audit_root")
    db.session.execute(text(statement))
    db.session.commit()


def faults(ran):
    assert ran.exit_code == 2, ran.output
    return {(fault["kind"], fault["where"]) for fault in json.loads(ran.stdout)["faults"]}


def test_a_root_is_one_line_that_names_the_end_and_its_key(run):
    first = run("witness", "--print").stdout.strip()
    root = Root.read(first)
    end = db.session.scalar(select(AuditEntry.hash).where(AuditEntry.id == 3))
    assert (root.office, root.entry, root.hash, root.previous, root.key) == ("42", 3, end, "0" * 64, KEY.id)
    assert root.holds(PublicKeys.from_pem(KEY.public_pem))
    assert len(first) < 300
    assert first.isascii()
    second = Root.read(run("witness", "--print").stdout)
    assert (second.entry, second.previous) == (4, root.digest)
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.id == 4)).one()
    assert (entry.action, entry.role, entry.outcome) == ("access.witness", "system", "done")
    assert entry.details == {"root": root.digest, "entry": 3, "key": KEY.id}


def test_a_witness_is_brought_up_to_date_whenever_it_is_there(run, tmp_path):
    here, away = tmp_path / "usb", tmp_path / "elsewhere.roots"
    here.mkdir()
    assert json.loads(run("witness", here).stdout)["added"] == 1
    assert json.loads(run("witness", here).stdout)["added"] == 1
    assert json.loads(run("witness", away).stdout)["added"] == 3
    assert json.loads(run("witness", here).stdout)["added"] == 2
    assert roots.kept(here / "kieubao-42.roots") == trail.lines()
    assert roots.kept(away) == trail.lines()[:3]
    for witness in (here / "kieubao-42.roots", away):
        verdict = json.loads(run("verify", "--witness", witness).stdout)
        assert (verdict["whole"], verdict["vouched"], verdict["signatures"]) == (True, 6, True)


def test_a_folder_that_is_not_mounted_is_no_new_witness(run, tmp_path, monkeypatch):
    """Where the medium is away its mount point is an empty folder, and all roots would go to the server's own disk."""
    mounted = tmp_path / "usb"
    mounted.mkdir()
    run("witness", mounted)
    (mounted / "kieubao-42.roots").rename(tmp_path / "away")
    today = clock.now()
    monkeypatch.setattr(clock, "now", lambda: today + timedelta(days=1, minutes=1))
    kept = trail.lines()
    refused = run("witness", mounted)
    assert (refused.exit_code, refused.stderr.split(":")[0]) == (1, "conflict")
    assert "--begin" in refused.stderr
    assert (list(mounted.iterdir()), trail.lines()) == ([], kept)
    # On paper nothing has to be mounted; and whoever means to begin one says so.
    assert run("witness", "--print").exit_code == 0
    assert json.loads(run("witness", mounted, "--begin").stdout)["added"] == 3
    assert json.loads(run("witness", mounted).stdout)["added"] == 1
    assert "leave --begin out" in run("witness", mounted, "--begin").stderr
    # The chain itself says that it was signed.
    change("DELETE FROM audit_root")
    (mounted / "kieubao-42.roots").unlink()
    assert run("witness", mounted).exit_code == 1


def test_a_trail_that_was_never_signed_gets_its_first_witness_by_itself(run, cast, tmp_path, monkeypatch):
    """However old its entries are, and whoever was refused to sign it."""
    with pytest.raises(Forbidden):
        service.witness(cast["clerk"], KEY, "42")
    today = clock.now()
    monkeypatch.setattr(clock, "now", lambda: today + timedelta(days=2))
    assert json.loads(run("witness", tmp_path / "w").stdout)["added"] == 1


def test_a_witness_that_knows_another_trail_is_left_as_it_is(run, tmp_path):
    witness = tmp_path / "w"
    run("witness", witness)
    before = witness.read_text()
    change("DELETE FROM audit_root")
    refused = run("witness", witness)
    assert (refused.exit_code, refused.stderr.split(":")[0]) == (1, "conflict")
    assert (witness.read_text(), trail.lines()) == (before, [])
    latest = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (latest.action, latest.outcome) == ("access.witness", "conflict")


def test_a_witness_is_refused_where_its_word_is_not_the_chains(run, tmp_path):
    witness = tmp_path / "w"
    run("witness", witness)
    change("UPDATE audit_entry SET hash = previous WHERE id = 3")
    assert run("witness", witness).exit_code == 1


def test_what_is_not_there_is_said(run, app, tmp_path):
    assert run("witness", tmp_path / "no" / "such").stderr.startswith("invalid: ")
    assert "--print" in run("witness").stderr
    assert run("witness", kept_in(tmp_path / "torn", "kieubao-root 42 3 20")).stderr.startswith("invalid: ")
    app.config["SIGNING_KEY"] = ""
    assert "KIEUBAO_SIGNING_KEY" in run("witness", "--print").stderr
    assert "KIEUBAO_SIGNING_KEY" in run("public-key").stderr
    assert run("verify", "--public-key", kept_in(tmp_path / "none", "")).stderr.startswith("invalid: ")


def test_only_who_may_signs(cast):
    for role in set(cast) - {"protection_officer"}:
        with pytest.raises(Forbidden):
            service.witness(cast[role], KEY, "42")
    assert len(service.witness(cast["protection_officer"], KEY, "42")) == 1


def test_a_key_is_changed_and_both_hold(run, app, tmp_path, public):
    witness = tmp_path / "w"
    run("witness", witness)
    app.config["SIGNING_KEY"] = NEXT_KEY.to_pem()
    run("witness", witness)
    assert run("public-key").stdout == NEXT_KEY.public_pem
    assert [Root.read(line).key for line in roots.kept(witness)] == [KEY.id, NEXT_KEY.id]
    assert json.loads(run("verify", "--witness", witness, "--public-key", public).stdout)["whole"]
    by_the_new_alone = faults(run("verify", "--witness", witness))
    assert by_the_new_alone == {("forged", "root"), ("forged", "witness"), ("missing", "root")}


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        (lambda line: line.replace(" 42 ", " 38 "), {("forged", "witness")}),
        (lambda line: f"# a remark\n\n{line}\nmấy chữ", {("forged", "witness")}),
        (lambda line: roots.sign(KEY, "42", (3, "a" * 64), None, trail.clock.now()).line, {("rehashed", "witness")}),
        (lambda line: roots.sign(KEY, "42", (99, "a" * 64), None, trail.clock.now()).line, {("cut", "witness")}),
    ],
)
def test_a_witness_that_disagrees_is_told_of(run, tmp_path, spoilt, told):
    run("witness", tmp_path / "w")
    (line,) = roots.kept(tmp_path / "w")
    assert faults(run("verify", "--witness", kept_in(tmp_path / "other", spoilt(line)))) == told


def test_the_last_root_but_not_the_entry_about_it_is_a_cut(run, tmp_path):
    """An attacker who cuts right behind a root leaves its number and hash right; but a root is never the end."""
    run("witness", tmp_path / "w")
    end = db.session.scalar(select(AuditEntry.hash).where(AuditEntry.id == 3))
    change("DELETE FROM audit_entry WHERE id > 3")
    change("DELETE FROM audit_root")
    change(f"UPDATE audit_head SET last = 3, hash = '{end}'")
    assert json.loads(run("verify").stdout)["whole"]
    # The command itself has added an entry in its place by now.
    assert faults(run("verify", "--witness", tmp_path / "w")) == {("rehashed", "witness")}


def test_a_trail_that_nothing_can_be_added_to_is_verified_with_its_witness(run, tmp_path):
    run("witness", tmp_path / "w")
    change("UPDATE audit_head SET last = 0")
    ran = run("verify", "--witness", tmp_path / "w")
    assert faults(ran) == {("edited", "head")}


# Exports.


@pytest.fixture
def exported(run, tmp_path):
    run("witness", tmp_path / "w")
    run("witness", tmp_path / "w")
    made = run("export", tmp_path / "all")
    assert made.exit_code == 0, made.output
    assert run("export", tmp_path / "part", "--from", 3, "--to", 5).exit_code == 0
    return tmp_path


@pytest.fixture
def elsewhere():
    """A machine that has no database of ours."""
    app = application("sqlite:////nowhere/at/all.sqlite")

    def command(*words):
        with app.app_context():
            return app.test_cli_runner().invoke(args=["audit", "verify", *map(str, words)])

    return command


def lines_of(path):
    return path.read_bytes().splitlines(keepends=True)


def test_an_export_is_one_act_and_leaves_no_half_file(run, exported):
    latest = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (latest.action, latest.found, latest.details) == ("access.export_trail", 3, {"first": 3, "last": 5})
    refused = run("export", exported / "late", "--from", 99)
    assert refused.exit_code == 1
    assert not list(exported.glob("late*"))


def test_an_export_is_for_its_owner_alone_and_goes_through_no_link(run, exported):
    assert (exported / "all").stat().st_mode & 0o777 == 0o600
    others, begun = exported / "others", exported / "late.part"
    for lies_there in (lambda: begun.symlink_to(others), begun.touch):
        lies_there()
        refused = run("export", exported / "late")
        assert (refused.exit_code, refused.stderr.split(":")[0]) == (1, "invalid")
        assert (os.path.lexists(begun), others.exists(), (exported / "late").exists()) == (True, False, False)
        begun.unlink()


def test_an_export_proves_itself_without_a_database(exported, elsewhere, public):
    for name, entries in (("all", 5), ("part", 5)):
        ran = elsewhere("--file", exported / name, "--public-key", public)
        verdict = json.loads(ran.stdout)
        assert (verdict["whole"], verdict["entries"], verdict["vouched"]) == (True, entries, 4), ran.output
        assert json.loads(elsewhere("--file", exported / name, "--witness", exported / "w").stdout)["whole"]
    assert not json.loads(elsewhere("--file", exported / "all").stdout)["signatures"]


def test_an_export_of_nothing_is_whole(run, tmp_path, elsewhere):
    run("export", tmp_path / "none", "--from", 4, "--to", 3)
    assert json.loads(elsewhere("--file", tmp_path / "none").stdout)["whole"]


def test_an_export_is_verified_by_a_program_that_is_not_ours(exported, tmp_path):
    """The one that stands in docs/audit.md."""
    page = (Path(__file__).parents[2] / "docs/audit.md").read_text("utf-8")
    program = re.search("```python\n(.*?)```", page, re.DOTALL)[1]
    key = kept_in(tmp_path / "key.pem", KEY.public_pem)
    spoilt = tmp_path / "spoilt"

    def by_it(file):
        command = [sys.executable, "-I", "-W", "ignore", "-c", program, file, key]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert by_it(exported / "all").stdout == "whole: 1 to 5; roots vouch up to 4\n"
    assert by_it(exported / "part").stdout == "whole: 3 to 5; roots vouch up to 4\n"
    for name, (tamper, _told) in TAMPERED.items():
        spoilt.write_bytes(b"".join(tamper(lines_of(exported / "all"))))
        # JSON with spaces in it says the same; a root that is gone is missed by whoever knows of roots' entries.
        assert by_it(spoilt).returncode == (0 if name in {"spaces", "a root gone"} else 1), name


TAMPERED = {
    "a value": (lambda s: [*s[:4], s[4].replace(b'"found":1', b'"found":2'), *s[5:]], {("edited", "entry")}),
    "spaces": (lambda s: [*s[:4], s[4].replace(b",", b", "), *s[5:]], {("edited", "entry")}),
    "no JSON": (lambda s: [*s[:4], b"{\n", *s[5:]], {("edited", "entry")}),
    "deep": (lambda s: [*s[:4], b"[" * 100_000 + b"\n", *s[5:]], {("edited", "entry")}),
    "too long": (lambda s: [*s[:4], b'"' + b"x" * 2_000_000 + b'"\n', *s[5:]], {("edited", "entry")}),
    "a line gone": (lambda s: [*s[:4], *s[5:]], {("deleted", "entry")}),
    "a line twice": (lambda s: [*s[:5], *s[4:]], {("inserted", "entry")}),
    "two swapped": (lambda s: [*s[:3], s[4], s[3], *s[5:]], {("swapped", "entry")}),
    "the tail": (lambda s: s[:-1], {("cut", "head")}),
    "a root gone": (lambda s: [s[0], *s[2:]], {("missing", "root")}),
    "a root changed": (
        lambda s: [s[0], s[1].replace(b" 42 ", b" 38 "), *s[2:]],
        {("forged", "root"), ("missing", "root")},
    ),
    "another end": (lambda s: [s[0].replace(b'"last":5', b'"last":4'), *s[1:]], {("edited", "head")}),
    "another hash": (lambda s: [re.sub(b'"hash":"....', b'"hash":"0000', s[0]), *s[1:]], {("rehashed", "head")}),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_an_export_that_was_tampered_with_is_told_of(exported, elsewhere, public, name):
    tamper, told = TAMPERED[name]
    spoilt = exported / "spoilt"
    spoilt.write_bytes(b"".join(tamper(lines_of(exported / "all"))))
    assert faults(elsewhere("--file", spoilt, "--public-key", public)) == told


@pytest.mark.parametrize(
    "content", [b"", b"{}\n", b"a,b\n", b'{"first":"x","hash":1,"last":2,"previous":3}\n', b"\xff\n"]
)
def test_another_file_is_no_export(tmp_path, elsewhere, content):
    (tmp_path / "x").write_bytes(content)
    ran = elsewhere("--file", tmp_path / "x")
    assert (ran.exit_code, ran.stderr.split(":")[0]) == (1, "invalid")


def test_a_conflict_is_raised_and_not_only_told(cast):
    with pytest.raises(Conflict):
        service.witness(SYSTEM, KEY, "42", known=roots.sign(KEY, "42", (0, "0" * 64), None, trail.clock.now()).line)
    with pytest.raises(Invalid):
        roots.place(Path("/no/such/folder"), "42")

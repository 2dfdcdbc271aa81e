"""Whatever is no backup of this office, or not as it was made, is refused, and told why; nothing of it is left."""

import gzip
import hashlib
import io
import json
import shutil
import sqlite3
import zipfile
from types import SimpleNamespace
from uuid import uuid4

import pyrage
import pytest
from pyrage import x25519
from sqlalchemy import text

from kieubao import tables
from kieubao.backup import archive, envelope, restoration
from kieubao.backup.content import Tally
from kieubao.backup.envelope import Unusable
from kieubao.db import db, keyring
from kieubao.ground.canon import canonical
from kieubao.ground.ciphers import Keyring, WrongKey
from kieubao.ground.errors import Conflict, Invalid
from kieubao.ground.tombstones import Buried, Tombstones
from tests import factories
from tests.backup.hosts import Office, a_day, tallies

CHUNK = 65_536 + 16


@pytest.fixture(scope="module")
def good(sqlite, tmp_path_factory):
    """A backup that holds, its bytes, its lines, and the application it was made in."""
    office = Office(tmp_path_factory.mktemp("office"))
    url = sqlite.copy()
    with office.host(url) as app:
        a_day()
        for _each in range(3):  # more than three chunks
            a_day()
        path = office.create(app).path
        inside = pyrage.decrypt(path.read_bytes(), office.keys())
        yield SimpleNamespace(
            office=office, path=path, app=app, data=path.read_bytes(), lines=inside.splitlines(keepends=True), url=url
        )
    sqlite.drop(url)


def sealed(good, lines):
    """An envelope to the right people, as anybody can make it."""
    return pyrage.encrypt(b"".join(lines), [x25519.Recipient.from_str(one) for one in good.office.public])


def flipped(data, at):
    return data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :]


def payload(data):
    """Where the chunks begin: behind the line of the header's MAC, and a nonce."""
    return data.index(b"\n", data.index(b"\n---") + 1) + 1 + 16


def objects(good):
    return [(place, json.loads(line)) for place, line in enumerate(good.lines) if line.startswith(b"{")]


def with_head(good, **changes):
    """The same backup with another head, sealed by somebody who has the office's keys."""
    head = {**objects(good)[0][1]["kieubao"], **changes}
    head.pop("seal")
    return sealed(good, [archive.sealed("kieubao", head), *good.lines[1:]])


def rows_of(good, name):
    """Places of the rows of a table."""
    begin = next(place for place, one in objects(good) if one.get("table", {}).get("name") == name)
    end = next(place for place, _one in objects(good) if place > begin)
    return range(begin + 1, end)


def without(good, place):
    return sealed(good, [*good.lines[:place], *good.lines[place + 1 :]])


def changed_row(good):
    """A line of the trail says something else."""
    place = rows_of(good, "audit_entry")[2]
    columns = list(json.loads(good.lines[rows_of(good, "audit_entry")[0] - 1])["table"]["kinds"])
    row = json.loads(good.lines[place])
    row[columns.index("found")] = 10
    return [*good.lines[:place], canonical(row) + b"\n", *good.lines[place + 1 :]]


def remade(good, lines):
    """What somebody with the office's keys could do: other rows, and every digest made to fit."""
    body = json.loads(good.lines[-1])["end"]
    body.pop("seal")
    tallies, name = {}, ""
    for line in lines[1:-1]:
        if line.startswith(b"{"):
            name = json.loads(line)["table"]["name"]
        tallies.setdefault(name, Tally())
        if line.startswith(b"["):
            tallies[name].add(line.rstrip(b"\n"))
    told = {name: tally.told() for name, tally in tallies.items()}
    whole = hashlib.sha256(b"".join(lines[:-1])).hexdigest()
    return sealed(good, [*lines[:-1], archive.sealed("end", {**body, "tables": told, "content": whole})])


def longer(good, place):
    return [*good.lines[:place], good.lines[place].replace(b"]\n", b",1]\n"), *good.lines[place + 1 :]]


def cut_trail(good):
    rows = rows_of(good, "audit_entry")
    return remade(good, [*good.lines[: rows[-2]], *good.lines[rows[-1] + 1 :]])


def plain_copy(good, *, wal=False):
    """A file copied while it is in use: it passes SQLite's own check, and rows are missing."""
    path = good.office.folder / "used.sqlite"
    with sqlite3.connect(path) as used:
        used.execute("PRAGMA journal_mode = WAL")
        used.execute("PRAGMA wal_autocheckpoint = 0")
        used.execute("CREATE TABLE person (name)")
        used.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        used.execute("INSERT INTO person VALUES ('Đặng Thị Hòa')")
        used.commit()
        copy = shutil.copy(path, path.with_name("copy.sqlite"))
        with sqlite3.connect(copy) as copied:
            assert copied.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert copied.execute("SELECT count(*) FROM person").fetchone() == (0,)
        copied.close()
        content = path.with_name("used.sqlite-wal").read_bytes() if wal else copy.read_bytes()
    used.close()
    for one in (path, copy):
        one.unlink()
    return content


def zipped(good):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("backup.age", good.data)
    return out.getvalue()


def stranger(good):
    return pyrage.encrypt(b"".join(good.lines), [x25519.Identity.generate().to_public()])


def reworded(data):
    """The first recipient's part of the header with another letter, of those it may have."""
    at = data.index(b"-> X25519 ") + 60
    return data[:at] + (b"B" if data[at : at + 1] == b"A" else b"A") + data[at + 1 :]


def swapped(data):
    begin = payload(data)
    one, two = data[begin : begin + CHUNK], data[begin + CHUNK : begin + 2 * CHUNK]
    return data[:begin] + two + one + data[begin + 2 * CHUNK :]


def renamed(good):
    lines = [one.replace("Nguyễn Thị Đào".encode(), "Nguyễn Thị Đàò".encode()) for one in good.lines]
    return sealed(good, lines)


def crossed(good):
    lines, (one, two, *_rest) = [*good.lines], rows_of(good, "person")
    lines[one], lines[two] = lines[two], lines[one]
    return sealed(good, lines)


def without_table(good):
    rows = rows_of(good, "kinship")
    return [*good.lines[: rows[0] - 1], *good.lines[rows[-1] + 1 :]]


def renamed_column(good):
    """Country and region change their names: every row is as it was, and means something else."""
    place = rows_of(good, "person")[0] - 1
    told = json.loads(good.lines[place])["table"]
    names = {"country": "region", "region": "country"}
    kinds = {names.get(name, name): kind for name, kind in told["kinds"].items()}
    line = json.dumps({"table": {"name": "person", "kinds": kinds}}).encode() + b"\n"
    return [*good.lines[:place], line, *good.lines[place + 1 :]]


CUT, CHANGED, NOT_OURS = "its end is missing", "was cut or changed, at byte", "inside this file is no backup"
OTHER_KIND = "a file of another kind"
# What is wrong with a file: how it comes to be so, and what is said of it.
BAD = {
    "empty": (lambda good: b"", "is empty"),
    "a plain copy of a WAL database": (plain_copy, "copy of a SQLite database, no backup"),
    "its -wal": (lambda good: plain_copy(good, wal=True), OTHER_KIND),
    "ZIP": (zipped, OTHER_KIND),
    "gzip": (lambda good: gzip.compress(good.data), OTHER_KIND),
    "pg_dump": (lambda good: b"PGDMP\x01\x0e\x00" + good.data, OTHER_KIND),
    "pg_dump as SQL": (lambda good: b"--\n-- PostgreSQL database dump\n--\n", OTHER_KIND),
    "SQL of SQLite": (lambda good: b"PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n", OTHER_KIND),
    "age in letters": (lambda good: b"-----BEGIN AGE ENCRYPTED FILE-----\n", OTHER_KIND),
    "PGP": (lambda good: b"-----BEGIN PGP MESSAGE-----\n", OTHER_KIND),
    "a text": (lambda good: "Danh sách kiều bào\n".encode(), "does not begin as one"),
    "age of tomorrow": (lambda good: good.data.replace(b"/v1\n", b"/v2\n", 1), "does not begin as one"),
    "a page of zeros": (lambda good: bytes(4096), "does not begin as one"),
    "cut in its first word": (lambda good: good.data[:9], "ends within its header"),
    "cut in its header": (lambda good: good.data[:200], "ends within its header"),
    "cut behind its header": (lambda good: good.data[: payload(good.data) - 10], "ends within its header"),
    "its header's MAC changed": (lambda good: flipped(good.data, good.data.index(b"\n---") + 8), "header of this file"),
    "a recipient's part changed": (lambda good: reworded(good.data), "None of these keys"),
    "for other people": (stranger, "None of these keys"),
    "nonce changed": (lambda good: flipped(good.data, payload(good.data) - 5), CHANGED),
    "first chunk changed": (lambda good: flipped(good.data, payload(good.data) + 5), CHANGED),
    "a chunk in the middle changed": (lambda good: flipped(good.data, payload(good.data) + CHUNK + 99), CHANGED),
    "last byte changed": (lambda good: flipped(good.data, len(good.data) - 1), CHANGED),
    "cut in a chunk": (lambda good: good.data[: payload(good.data) + CHUNK + 1000], CHANGED),
    "last byte missing": (lambda good: good.data[:-1], CHANGED),
    "cut between chunks": (lambda good: good.data[: payload(good.data) + CHUNK], CUT),
    "no chunk at all": (lambda good: good.data[: payload(good.data)], CUT),
    "chunks changed places": (lambda good: swapped(good.data), CHANGED),
    "something behind it": (lambda good: good.data + b"\n", CHANGED),
    "twice in one file": (lambda good: good.data + good.data, CHANGED),
    "an envelope with something else": (lambda good: sealed(good, ["Danh sách\n".encode()]), NOT_OURS),
    "an envelope with a database": (lambda good: sealed(good, [plain_copy(good)]), NOT_OURS),
    "an envelope with nothing": (lambda good: sealed(good, []), "has no end"),
    "an envelope with brackets": (lambda good: sealed(good, [b'{"a":' * 100_000, b"\n"]), NOT_OURS),
    "rows before the head": (lambda good: sealed(good, good.lines[2:]), NOT_OURS),
    "two heads": (lambda good: sealed(good, [good.lines[0], *good.lines]), NOT_OURS),
    "a row too short": (
        lambda good: sealed(good, [*good.lines[: rows_of(good, "person")[0]], b"[1]\n"]),
        NOT_OURS,
    ),
    "a row too long": (
        lambda good: remade(good, longer(good, rows_of(good, "person")[0])),
        NOT_OURS,
    ),
    "a row of no table": (lambda good: sealed(good, [good.lines[0], b"[1]\n"]), NOT_OURS),
    "a table twice": (lambda good: sealed(good, [*good.lines[:2], good.lines[1]]), NOT_OURS),
    "no end": (lambda good: sealed(good, good.lines[:-1]), "has no end"),
    "no end of its last line": (lambda good: sealed(good, [*good.lines[:-1], good.lines[-1].strip()]), NOT_OURS),
    "more behind the end": (lambda good: sealed(good, [*good.lines, good.lines[-1]]), "added behind the end"),
    "a newer format": (lambda good: with_head(good, format=2), "has format 2, and this kieubao reads format 1"),
    "an older format": (lambda good: with_head(good, format=0), "has format 0, and this kieubao reads format 1"),
    "another office": (lambda good: with_head(good, office="40"), "of office 40, and this host is of office 42"),
    "a newer schema": (lambda good: with_head(good, revision="9999"), "schema 9999, which this kieubao does not know"),
    "a head nobody sealed": (
        lambda good: sealed(good, [good.lines[0].replace(b'"ledger":', b'"ledger":9'), *good.lines[1:]]),
        "not sealed with the keys",
    ),
    "an end nobody sealed": (
        lambda good: sealed(good, [*good.lines[:-1], good.lines[-1].replace(b'"person":[', b'"person":[1')]),
        "not sealed with the keys",
    ),
    "a row of the trail changed": (
        lambda good: sealed(good, changed_row(good)),
        "The trail inside this backup does not hold at entry 3",
    ),
    "a person's row changed": (renamed, "Table person is not as it was"),
    "a row gone": (lambda good: without(good, rows_of(good, "person")[1]), "Table person is not as it was"),
    "rows changed places": (crossed, "Table person is not as it was"),
    "a row of the trail gone": (
        lambda good: without(good, rows_of(good, "audit_entry")[4]),
        "does not hold at entry 5",
    ),
    "a table gone": (lambda good: sealed(good, without_table(good)), "Table kinship is not as it was"),
    "the name of a table changed": (
        lambda good: sealed(good, [one.replace(b'"name":"kinship"', b'"name":"kin"') for one in good.lines]),
        "is not as it was",
    ),
    "columns changed places": (lambda good: sealed(good, renamed_column(good)), "not as it was when it was made"),
    "a trail re-made with the office's keys": (
        lambda good: remade(good, changed_row(good)),
        "The trail inside this backup does not hold at entry 3",
    ),
    "a trail cut with the office's keys": (cut_trail, "does not hold at entry"),
}


def test_the_good_one_is_good(good):
    for key in ("first", "second"):
        assert good.office.verify(good.path, key=key).rows == len(good.lines) - 2 - len(objects(good)[1:-1])


@pytest.mark.parametrize("wrong", BAD)
def test_it_is_told_why_a_file_cannot_be_restored(good, tmp_path, wrong):
    make, said = BAD[wrong]
    (tmp_path / "file").write_bytes(make(good))
    with pytest.raises(Unusable, match=said):
        good.office.verify(tmp_path / "file")


def test_a_line_without_an_end_is_not_kept_in_memory(good, tmp_path):
    line, heard = b"[" + b" " * (envelope.LONGEST + CHUNK), []
    (tmp_path / "file").write_bytes(sealed(good, [line + b"]\n"]))
    with pytest.raises(Unusable, match=NOT_OURS):
        envelope.unseal(tmp_path / "file", good.office.keys(), heard.append)
    assert heard == []


def test_no_two_kinds_of_damage_that_differ_are_told_alike():
    assert len({said for _make, said in BAD.values()}) > 20


def test_every_region_is_guarded(good, tmp_path):
    """One bit of every byte of the header, and of bytes all over the rest."""
    step = (len(good.data) - payload(good.data)) // 150
    for at in [*range(payload(good.data)), *range(payload(good.data), len(good.data), step)]:
        (tmp_path / "file").write_bytes(flipped(good.data, at))
        with pytest.raises(Unusable):
            good.office.verify(tmp_path / "file")


def test_other_keys_are_told_from_damage(good, sqlite):
    url = sqlite.copy()
    with (
        good.office.host(url, KEYS=Keyring.fresh().to_json()),
        pytest.raises(Unusable, match="not sealed with the keys"),
    ):
        good.office.verify(good.path)
    sqlite.drop(url)


def test_a_keyring_without_one_of_its_keys_is_told_of(good, monkeypatch):
    def lost(_ring, _sealed, _context):
        raise WrongKey("lost")

    monkeypatch.setattr(Keyring, "open", lost)
    with pytest.raises(Unusable, match="lacks the key"):
        good.office.verify(good.path)


# The first is found when half of it is loaded, the second when all of it is.
LOADED = ["a chunk in the middle changed", "a row gone"]


@pytest.mark.parametrize("wrong", LOADED)
def test_nothing_is_left_of_what_was_refused(good, database, tmp_path, wrong):
    make, said = BAD[wrong]
    (tmp_path / "file").write_bytes(make(good))
    with good.office.host(database):
        before = tallies()
        with pytest.raises(Unusable, match=said):
            good.office.restore(tmp_path / "file", graves=good.path.parent / "tombstones")
        assert tallies() == before
        # And it takes the good one still.
        assert good.office.restore(good.path)["rows"]


def test_what_the_database_gives_back_otherwise_is_not_kept(good, database, monkeypatch):
    """The last look is at the database itself: here one that loses a letter."""
    fill = tables.fill

    def lossy(into, rows):
        fill(into, rows)
        if into.name == "person":
            db.session.execute(text("UPDATE person SET city = 'Praga' WHERE id = 1"))

    monkeypatch.setattr(tables, "fill", lossy)
    with good.office.host(database):
        before = tallies()
        with pytest.raises(Unusable, match="Table person does not come back as it was"):
            good.office.restore(good.path)
        assert tallies() == before


def test_a_row_that_breaks_a_rule_of_the_schema_is_no_crash(good, database, tmp_path):
    place = rows_of(good, "organisation")[0]
    (tmp_path / "file").write_bytes(remade(good, [*good.lines[: place + 1], *good.lines[place:]]))
    with good.office.host(database), pytest.raises(Unusable, match="Table organisation of this backup does not fit"):
        good.office.restore(tmp_path / "file", graves=good.path.parent / "tombstones")


def test_a_table_that_is_not_here_is_told_of(good, database, tmp_path):
    place = rows_of(good, "kinship")[0] - 1
    told = good.lines[place].replace(b'"name":"kinship"', b'"name":"kin"')
    (tmp_path / "file").write_bytes(remade(good, [*good.lines[:place], told, *good.lines[place + 1 :]]))
    with good.office.host(database), pytest.raises(Unusable, match="Table kin of this backup does not fit"):
        good.office.restore(tmp_path / "file", graves=good.path.parent / "tombstones")


def test_columns_that_are_others_here_are_told_of(good, database, tmp_path):
    (tmp_path / "file").write_bytes(remade(good, renamed_column(good)))
    with good.office.host(database), pytest.raises(Unusable, match="Table person of this backup does not fit"):
        good.office.restore(tmp_path / "file", graves=good.path.parent / "tombstones")


def test_nothing_is_restored_over_something(good, database):
    with good.office.host(database):
        factories.person()
        with pytest.raises(Conflict, match=r"only, and this one has: .*person \(1\)"):
            good.office.restore(good.path)
        assert tallies()["person"][0] == 1


def test_tombstones_are_asked_for(good, database, tmp_path):
    with good.office.host(database, TOMBSTONES=str(tmp_path / "graves")):
        with pytest.raises(Invalid, match="Give the newest tombstones"):
            good.office.restore(good.path, graves=tmp_path / "none")
        (tmp_path / "laid").write_bytes(b"")
        Tombstones(tmp_path / "laid", keyring()).lay([Buried("KB-7F3Q-9XKC-2", uuid4())])
        assert good.office.restore(good.path, graves=tmp_path / "laid")["erased_again"] == 0
        assert (tmp_path / "graves").read_bytes() == (tmp_path / "laid").read_bytes()


def test_tombstones_that_part_are_told_of(app, tmp_path):
    """Of two copies one is how the other begins, or somebody was erased whom neither tells of."""
    one, other = (tmp_path / name for name in ("one", "other"))
    for path, people in ((one, 1), (other, 2)):
        Tombstones(path, keyring()).lay([Buried("KB-7F3Q-9XKC-2", uuid4()) for _each in range(people)])
    with pytest.raises(Conflict, match="find out what was lost"):
        restoration.newest([one, other])
    one.write_bytes(b"".join(other.read_bytes().splitlines(keepends=True)[:1]))
    assert restoration.newest([one, other]).path == other


def test_tombstones_older_than_the_backup_are_refused(sqlite, tmp_path):
    office, one, two = Office(tmp_path), sqlite.copy(), sqlite.copy()
    with office.host(one) as app:
        a_day()
        Tombstones(office.graves, keyring()).lay([Buried("KB-7F3Q-9XKC-2", uuid4())])
        made = office.create(app)
    office.graves.unlink()
    (tmp_path / "older").write_bytes(b"")
    with office.host(two), pytest.raises(Unusable, match="older than the backup"):
        office.restore(made.path, graves=tmp_path / "older")
    for url in (one, two):
        sqlite.drop(url)

"""Keys turn while the service runs: no write is lost, nobody is ever not found, and a kill at any point ends right."""

import os
import random
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from kieubao.access import trail
from kieubao.consent.models import ConsentEvent
from kieubao.db import db, keyring
from kieubao.ground.keys import Kind
from kieubao.keys import sealed
from kieubao.people import indexes
from kieubao.people import service as people
from kieubao.people.models import ContactPoint, Person, PersonRevision
from kieubao.people.records import Contact
from tests import factories
from tests.campaigns import later_on
from tests.keys import rings

ROOT = Path(__file__).parents[2]
PEOPLE = 30
FIRST = 98_459_000
# The command as it is, in small batches, so that there is much to fall between.
ROTATING = """
from kieubao.keys import sealed
from kieubao.people import indexes
from wsgi import app
sealed.BATCH, indexes.BATCH = 4, 2
print("begun", flush=True)
app.cli.main(["keys", "rotate"])
"""


def number(n):
    return f"+84{FIRST + n}0"


@pytest.fixture
def known(cast, file):
    """People with a number, an address and a consent each, by what they are sought by."""
    made = [rings.someone(f"Trần Văn {n:03}", number(n), f"nguoi{n}@example.com") for n in range(PEOPLE)]
    for person in made:
        factories.consent(person.id)
    return made


class Clerk:
    """Changes people and remembers what was answered; every answer has to hold in the end."""

    def __init__(self, app, actor, known):
        self.app, self.actor, self.known = app, actor, known
        self.version, self.note, self.more = Counter(person.code for person in known), {}, {}

    def work(self, stop):
        with self.app.app_context():
            turn = 0
            while not stop.is_set():
                person = self.known[turn % PEOPLE]
                (self._call if turn % 5 == 4 else self._amend)(person.code, turn)
                turn += 1
                time.sleep(0.02)

    def _amend(self, code, turn):
        changes = {"note": f"lần {turn}", "address": f"số {turn}"}
        sheet = people.amend(self.actor, code, version=self.version[code], changes=changes)
        self.version[code], self.note[code] = sheet["version"], turn

    def _call(self, code, turn):
        typed = number(500 + turn)
        sheet = people.add_contact(self.actor, code, Contact("phone", typed, typed))
        self.version[code], self.more[typed] = sheet["version"], code


class Reader:
    """Seeks people by whole numbers, last digits and e-mail addresses, and opens them."""

    def __init__(self, app, actor, clerk):
        self.app, self.actor, self.clerk = app, actor, clerk
        self.sought, self.missed = 0, []

    def work(self, stop):
        with self.app.app_context():
            while not stop.is_set():
                self.seek(random.randrange(PEOPLE))
                time.sleep(0.02)

    def seek(self, n):
        person = self.clerk.known[n]
        wanted = {number(n): person.code, number(n)[-6:]: person.code, f"nguoi{n}@example.com": person.code}
        for typed, code in (wanted | dict(list(self.clerk.more.items())[-1:])).items():
            found = people.search(self.actor, text=typed, wanted={})["people"]
            self.sought += 1
            self.missed += [typed] if code not in {card["code"] for card in found} else []
        people.read(self.actor, person.code)


@pytest.fixture
def reader(app, cast, known):
    return Reader(app, cast["approver"], Clerk(app, cast["clerk"], known))


def everything_opens():
    """Open every sealed value there is; WrongKey would end the test."""
    db.session.expire_all()
    rows = [db.session.execute(select(*_columns(model))).all() for model in (Person, ContactPoint, PersonRevision)]
    rows.append(db.session.execute(select(ConsentEvent.evidence, ConsentEvent.given_by)).all())
    db.session.rollback()
    return [len(found) for found in rows]


def _columns(model):
    return [column for place, column in sealed.places().items() if place.startswith(f"{model.__tablename__}.")]


def rotated(run):
    """Rotate to the end: what somebody is writing at that moment is left, and told, until it is run again."""
    for _turn in range(5):
        done = run("rotate")
        if done.exit_code == 0:
            return True
        assert "left under another key" in done.output
    return False


def test_while_keys_turn_no_write_is_lost_and_nobody_is_not_found(run, cast, reader, monkeypatch):
    monkeypatch.setattr(sealed, "BATCH", 10)
    monkeypatch.setattr(indexes, "BATCH", 5)
    olds, stop = set(keyring().current.values()), Event()
    clerk, known = reader.clerk, reader.clerk.known
    with ThreadPoolExecutor(2) as pool:
        work = [pool.submit(one.work, stop) for one in (clerk, reader)]
        try:
            for kind in (Kind.FIELD, Kind.INDEX):
                old, new = keyring().current[kind], run("add", kind, "--write").stdout.strip()
                assert run("use", new, "--write").exit_code == 0
                assert rotated(run), "what is locked each time is never made anew"
                retired = run("retire", old, "--write")
                assert retired.exit_code == 0, retired.output
        finally:
            stop.set()
        for one in work:
            one.result()
    assert reader.missed == []
    assert (reader.sought > 30, len(clerk.note) > 10, len(clerk.more) > 2) == (True, True, True)
    assert all(not ids & olds for ids in rings.holding().values())
    for person in known:
        sheet = people.read(cast["clerk"], person.code)
        turn = clerk.note.get(person.code)
        expected = ("gọi tối", "Libušská 319") if turn is None else (f"lần {turn}", f"số {turn}")
        assert (sheet["version"], sheet["note"], sheet["address"]) == (clerk.version[person.code], *expected)
    assert everything_opens()[2] == sum(clerk.version.values())
    for n in range(PEOPLE):
        reader.seek(n)
    assert reader.missed == []


def rotating(file, database):
    settings = {"KEYS": f"file:{file}", "DATABASE_URL": database, "SECRET_KEY": "only for tests", "HTTPS": "0"}
    env = {**os.environ, **{f"KIEUBAO_{name}": value for name, value in settings.items()}}
    command = [sys.executable, "-c", ROTATING]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@later_on("sqlite")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("kills", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_a_rotation_that_is_killed_at_any_point_goes_on_to_the_end(reader, file, database, kills):
    rings.turn()
    _old, index = rings.turn(Kind.INDEX)
    killed, counts = 0, everything_opens()
    while killed < kills:
        job = rotating(file, database)
        assert job.stdout.readline() == "begun\n"
        try:
            ended = job.wait(random.random())
        except subprocess.TimeoutExpired:
            job.kill()
            killed += 1
        else:
            assert ended == 0, job.stderr.read()
            rings.turn()
        job.communicate()
        assert everything_opens() == counts
        reader.seek(killed)
        assert trail.verify().whole
    said, failed = (last := rotating(file, database)).communicate()
    assert (last.returncode, said.splitlines()[-1]) == (0, "everything is under the current keys"), failed
    current = keyring().current
    assert rings.holding().pop("contact_key.key") == {index}
    assert all(ids <= {current[Kind.FIELD], index} for ids in rings.holding().values())
    rings.lose(*(key_id for key_id in keyring().keys if key_id not in current.values()))
    assert everything_opens() == counts
    for n in range(PEOPLE):
        reader.seek(n)
    assert reader.missed == []

"""Drills: a backup made while others work comes back on an empty host, table by table as it was."""

from contextlib import contextmanager
from threading import Event, Thread

import pytest
from flask_migrate import downgrade
from sqlalchemy import func, select

from bench.people import populate
from kieubao import jobs, traces
from kieubao.access import sessions, trail, use_case
from kieubao.access.models import ApiToken, AuditEntry
from kieubao.backup import restoration, soundness
from kieubao.backup.envelope import Unusable
from kieubao.backup.soundness import Unsound
from kieubao.consent import ledger, unions
from kieubao.consent.models import Handover, HandoverPerson, Standing
from kieubao.db import db, writing
from kieubao.ground.errors import Conflict
from kieubao.jobs import Ending, Job, State
from kieubao.outreach.models import Pull
from kieubao.people import erasure
from kieubao.people.models import Person, PersonRevision
from kieubao.traces import tombstones
from tests.backup.hosts import GOES_ON, KINDS, a_day, enrol, guest, pull, tallies, withdraw

WAYS = [(source, target) for source in KINDS for target in KINDS]


class Worker(Thread):
    """Enrols, withdraws and pulls until it is told to stop."""

    def __init__(self, app, cast, code, guests):
        super().__init__()
        self.app, self.cast, self.code, self.guests = app, cast, code, [one.code for one in guests]
        self.rounds, self.turned, self.stopped, self.error = 0, Event(), Event(), None

    def run(self):
        try:
            with self.app.app_context():
                while not self.stopped.is_set():
                    self.turn()
                    self.rounds += 1
                    self.turned.set()
        except Exception as error:  # noqa: BLE001 - told by the test
            self.error = error
            self.turned.set()

    def turn(self):
        self.guests.append(enrol(self.cast))
        pull(self.cast, self.code)
        if len(self.guests) > 3:
            withdraw(self.cast, self.guests.pop(0))

    def wait(self, _table=None, _rows=None):
        """Let no table be read before another round of work was done."""
        self.turned.clear()
        assert self.turned.wait(60)


@contextmanager
def working(app, *day):
    worker = Worker(app, *day)
    worker.start()
    try:
        yield worker
    finally:
        worker.stopped.set()
        worker.join()
    assert worker.error is None


def consistent():
    """Whether what was restored is one state: chains whole, everybody with standing and revision, pulls with people."""
    assert trail.verify().whole
    assert ledger.kept() == unions.replay()
    people = set(db.session.scalars(select(Person.id)))
    erased = set(db.session.scalars(select(Standing.person_id).where(Standing.erased_at.is_not(None))))
    assert people == set(db.session.scalars(select(Standing.person_id)))
    assert people - erased == set(db.session.scalars(select(PersonRevision.person_id)))
    sealed = select(Handover.id).where(Handover.sealed_at.is_not(None))
    assert set(db.session.scalars(select(Pull.handover_id))) == set(db.session.scalars(sealed))
    assert set(db.session.scalars(sealed)) <= set(db.session.scalars(select(HandoverPerson.handover_id)))


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_a_quiet_registry_comes_back_digest_by_digest(office, hosts, source, target):
    with office.host(hosts(source)) as app:
        a_day()
        before = tallies()
        made = office.create(app)
        assert made.rows == sum(rows for rows, _digest in before.values())
    with office.host(hosts(target)):
        assert office.restore(made.path)["rows"] == made.rows
        after = tallies()
        assert {name for name in before if before[name] != after[name]} == GOES_ON
        assert {name: after[name][0] - before[name][0] for name in GOES_ON} == {
            "audit_entry": 1,
            "audit_head": 0,
            "api_token": 0,
        }
        consistent()


@pytest.mark.parametrize(("source", "target"), WAYS)
def test_a_registry_at_work_comes_back_as_it_was_at_one_moment(office, hosts, source, target):
    assert drill(office, hosts, source, target) <= GOES_ON


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("number", range(10))
def test_ten_drills(office, hosts, number):
    """At 2,000 people, with the worker going as fast as it can."""
    assert drill(office, hosts, *WAYS[number % 4], people=2_000) <= GOES_ON


def drill(office, hosts, source, target, people=0):
    """Back a registry up at work and restore it; return the tables whose rows or digest are others than were told."""
    with office.host(hosts(source)) as app:
        populate(people)
        day = a_day()
        with working(app, *day) as worker:
            worker.wait()
            began = worker.rounds
            made = office.create(app, worker.wait if not people else lambda _table, _rows: None)
            assert worker.rounds > began + (10 if not people else 0)
        told = office.verify(made.path).tallies
        assert db.session.scalar(select(func.count()).select_from(Person)) > told["person"].rows
    with office.host(hosts(target)):
        office.restore(made.path)
        consistent()
        assert db.session.scalars(select(AuditEntry.action).order_by(AuditEntry.id.desc())).first() == "backup.restore"
        return {name for name, found in tallies().items() if found != told[name].told()}


def test_new_rows_go_on_where_the_restored_ones_end(office, hosts):
    with office.host(hosts("sqlite")) as app:
        a_day()
        made = office.create(app)
    for target in KINDS:
        with office.host(hosts(target)):
            office.restore(made.path)
            known = set(db.session.scalars(select(Person.id)))
            assert guest().id == max(known) + 1
            assert len(a_day()[2]) == 6
            assert trail.verify().whole


def test_tokens_and_sessions_of_before_are_ended(office, hosts):
    with office.host(hosts("sqlite")) as app:
        a_day()
        secret = sessions.open_for(db.session.scalars(select(ApiToken.account_id)).first(), "Firefox, Windows")
        db.session.commit()
        assert sessions.current(secret)
        made = office.create(app)
    with office.host(hosts("postgresql")):
        assert office.restore(made.path)["tokens_ended"] == 1
        assert db.session.scalars(select(ApiToken.revoked_at)).all() != [None]
        assert sessions.current(secret) is None


@pytest.mark.parametrize("target", KINDS)
def test_jobs_that_waited_or_ran_are_stopped_and_may_be_resumed(office, hosts, target):
    """Else a worker would go on with them at once, for an account that was closed since."""
    with office.host(hosts("sqlite")) as app:
        account = a_day()[0]["clerk"].id
        waiting, running, done = (jobs.ask("count", account).code for _each in range(3))
        db.session.commit()
        jobs.take(running)
        jobs.end(jobs.take(done), Ending(State.DONE))
        made = office.create(app)
    with office.host(hosts(target)):
        assert office.restore(made.path)["jobs_stopped"] == 2
        stands = dict(db.session.execute(select(Job.code, Job.state)).all())
        assert stands == {waiting: "stopped", running: "stopped", done: "done"}
        assert jobs.waiting() == []
        writing()
        jobs.resume(jobs.one(account, running))
        db.session.commit()
        assert jobs.waiting() == [running]


def test_a_backup_of_before_there_were_jobs_is_restored(office, hosts):
    with office.host(hosts("sqlite")) as app:
        a_day()
        before = db.session.scalar(select(func.count(Person.id)))
        db.session.remove()
        downgrade(revision="0011")
        # The one that was made before that is of the same second.
        next(office.shelf.glob("*.age")).unlink()
        made = office.create(app)
    with office.host(hosts("sqlite")):
        assert office.restore(made.path)["jobs_stopped"] == 0
        assert db.session.scalar(select(func.count(Person.id))) == before


def test_no_job_is_to_be_had_from_a_restore_that_is_not_finished(office, hosts, monkeypatch):
    with office.host(hosts("sqlite")) as app:
        jobs.ask("count", a_day()[0]["clerk"].id)
        db.session.commit()
        made = office.create(app)
    monkeypatch.setattr(restoration, "upgrade", power_cut)
    with office.host(hosts("sqlite")):
        with pytest.raises(OSError, match="power"):
            office.restore(made.path)
        assert jobs.waiting() == []


def power_cut(*_given):
    raise OSError("no power")


@pytest.mark.parametrize("target", KINDS)
def test_a_restore_is_finished_only_once_nothing_of_the_erased_is_left(office, hosts, monkeypatch, target):
    with office.host(hosts("sqlite")) as app:
        gone = a_day()[2][0]
        older = office.create(app)
        erasure.erase([gone.id], tombstones())
        db.session.commit()
        office.create(app)
    monkeypatch.setattr(traces, "scrub", power_cut)
    with office.host(hosts(target)):
        with pytest.raises(OSError, match="power"):
            office.restore(older.path)
        with pytest.raises(Unsound, match="A restore was not finished here"):
            soundness.check(None)


def test_of_rows_with_files_in_them_only_a_few_are_held_at_once(monkeypatch):
    filled = []
    monkeypatch.setattr(restoration.tables, "fill", lambda _into, rows: filled.append(len(rows)))
    loader = restoration.Loader(None)
    loader.into = None
    for number in range(5):
        loader.took([number, "x", bytes(3 << 20)])
    loader.ended()
    assert filled == [3, 2]


def test_the_drill_catches_a_build_that_does_not_hold_one_state(office, hosts, monkeypatch):
    with office.host(hosts("postgresql")) as app:
        day = a_day()
        monkeypatch.setattr(use_case, "reading", db.session.rollback)
        with (
            working(app, *day) as worker,
            pytest.raises((Conflict, Unusable), match=r"everybody|does not hold at entry"),
        ):
            office.verify(office.create(app, worker.wait).path)


@pytest.mark.parametrize(("source", "target"), [("sqlite", "postgresql"), ("postgresql", "sqlite")])
def test_the_erased_stay_erased(office, hosts, source, target):
    """The backup holds them, and was made before; the tombstones beside it are of a later one."""
    with office.host(hosts(source)) as app:
        _cast, _code, guests = a_day()
        gone, stays = guests[0], guests[1]
        older = office.create(app)
        erasure.erase([gone.id], tombstones())
        db.session.commit()
        office.create(app)
    office.graves.unlink()  # the host burnt down, and the shelf is what is left
    with office.host(hosts(target)):
        done = office.restore(older.path)
        assert (done["erased_again"], older.rows) == (1, done["rows"])
        assert db.session.get_one(Person, gone.id).name == ""
        assert db.session.get_one(Person, stays.id).name
        assert db.session.scalars(select(Standing.subject).where(Standing.subject == gone.subject)).all() == []
        consistent()
        assert office.graves.read_bytes() == (office.shelf / "tombstones").read_bytes() != b""
    # The next restore, of the newest tombstones too, finds them gone already where it is of the newest backup.
    newest = max(office.shelf.glob("*.age"))
    with office.host(hosts(target)):
        assert office.restore(newest)["erased_again"] == 0
        assert db.session.get_one(Person, gone.id).name == ""


def test_old_tombstones_beside_an_old_backup_are_not_enough(office, hosts, tmp_path):
    """A backup made after an erasure counts its tombstones: with fewer, it is not restored."""
    with office.host(hosts("sqlite")) as app:
        _cast, _code, guests = a_day()
        office.create(app)
        before = (office.shelf / "tombstones").read_bytes()
        erasure.erase([guests[0].id], tombstones())
        db.session.commit()
        made = office.create(app)
    office.graves.unlink()
    (tmp_path / "older").write_bytes(before)
    with office.host(hosts("sqlite")), pytest.raises(Unusable, match="older than the backup"):
        office.restore(made.path, graves=tmp_path / "older")

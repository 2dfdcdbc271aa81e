"""Long work: done once, told how far it is, stopped, gone on with; on both databases, and by a worker of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from kieubao import WORKS, jobs, worker
from kieubao.access import service as access
from kieubao.access import use_case
from kieubao.access.models import AuditEntry
from kieubao.access.roles import Permission
from kieubao.backup.soundness import Unsound
from kieubao.db import db, reading, writing
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, NotFound
from kieubao.jobs import Halted, Job, State
from kieubao.progress import service
from tests import factories
from tests.campaigns import later_on
from tests.databases import KEYS, unseeing

ROOT = Path(__file__).parents[1]


@pytest.fixture
def officer(cast):
    return cast["protection_officer"]


@pytest.fixture
def works(app, monkeypatch):
    """Kinds of jobs of the tests' own."""
    made = {}
    monkeypatch.setitem(app.extensions, "kieubao.works", made)
    monkeypatch.setattr(service, "NEEDS", defaultdict(lambda: Permission.ACCOUNT_SELF))
    return made


def asked(account, kind="count", **given):
    writing()
    code = jobs.ask(kind, account.id, **given).code
    db.session.commit()
    return code


def stands(code):
    db.session.rollback()
    return jobs.told(
        db.session.scalars(select(Job).where(Job.code == code).execution_options(populate_existing=True)).one()
    )


def state(code):
    return stands(code)["state"]


def test_each_duty_is_done_whatever_becomes_of_the_one_before(app, monkeypatch, caplog):
    done = []

    def refused():
        raise Conflict("not tonight")

    def broken():
        raise RuntimeError

    chores = [refused, broken, lambda: done.append(True)]
    monkeypatch.setitem(app.extensions, "kieubao.duties", worker.Duties(nightly=chores, soon=chores))
    for do in (worker.do_chores, worker.do_soon):
        do()
    assert done == [True, True]
    assert [line.message for line in caplog.records] == ["chore refused", "chore failed"] * 2


def test_a_job_is_done_once_and_its_result_kept(works, officer):
    done = []
    works["count"] = lambda run: done.append(run.given["to"]) or {"counted": run.given["to"]}
    code = asked(officer, to=3)
    assert state(code) == "waiting"
    worker.run_all()
    worker.run(code)
    assert done == [3]
    assert (state(code), stands(code)["result"]) == ("done", {"counted": 3})


def test_it_says_how_far_it_is_while_it_reads_one_state(works, officer, monkeypatch):
    monkeypatch.setattr(jobs, "PAUSE", 0)
    heard = []

    def count(run):
        reading()
        before = db.session.scalar(select(Job.done).where(Job.id == run.id))
        for done in (1, 2, 4):
            run.reach(done, 4)
            with db.engine.connect() as apart:
                heard.append(tuple(apart.execute(select(Job.done, Job.of)).one()))
        # What is read meanwhile is not moved by what is told.
        assert db.session.scalar(select(Job.done).where(Job.id == run.id)) == before
        return {}

    works["count"] = count
    worker.run(asked(officer))
    assert heard == [(1, 4), (2, 4), (4, 4)]


def test_it_is_told_how_fast_a_job_is_and_how_long_it_takes():
    begun = clock.now()
    job = Job(
        state=State.RUNNING, done=300, of=1_000, begun_with=100, begun_at=begun, heard_at=begun + timedelta(seconds=2)
    )
    assert [jobs.told(job)[name] for name in ("a_second", "seconds_left")] == [100, 7]
    job.done = 100
    assert [jobs.told(job)[name] for name in ("a_second", "seconds_left")] == [0, None]
    job.done, job.of = 300, None
    assert [jobs.told(job)[name] for name in ("a_second", "seconds_left")] == [100, None]
    job.of, job.state = 1_000, State.DONE
    assert jobs.told(job)["seconds_left"] is None
    assert jobs.told(Job(state=State.WAITING, done=0, asked_at=begun))["a_second"] == 0


def test_how_far_it_is_is_told_now_and_then_and_at_the_end(works, officer):
    heard = []

    def count(run):
        for done in (1, 2, 3):
            run.reach(done, 3)
            heard.append(stands(code)["done"])
        return {}

    works["count"] = count
    code = asked(officer)
    worker.run(code)
    assert heard == [1, 1, 3]


def test_of_several_jobs_each_is_its_own(works, officer):
    first, second = asked(officer, "count"), asked(officer, "other")
    assert service.job(officer, second)["code"] == second
    assert [job.code for job in jobs.latest(officer.id, "count")] == [first]
    assert access.last_verified(officer) is None
    assert jobs.take(first)
    assert jobs.take(second)
    jobs.give_back(first)
    assert (state(first), state(second)) == ("waiting", "running")


def unheard_for(time):
    writing()
    db.session.execute(update(Job).values(heard_at=clock.now() - time))
    db.session.commit()


def test_a_worker_is_lost_after_two_minutes(works, officer):
    code = asked(officer)
    jobs.take(code)
    for seconds, free in ((115, []), (125, [code])):
        unheard_for(timedelta(seconds=seconds))
        assert jobs.waiting() == free


def test_a_job_stops_where_it_is_and_goes_on(works, officer, monkeypatch):
    monkeypatch.setattr(jobs, "PAUSE", 0)
    seen = []

    def count(run):
        for done in range(len(seen), 5):
            if done == 2 and len(seen) == 2:
                service.halt(officer, code)
            run.reach(done, 5)
            seen.append(done)
        return {"counted": len(seen)}

    works["count"] = count
    code = asked(officer)
    worker.run(code)
    assert (state(code), seen) == ("stopped", [0, 1])
    with pytest.raises(Conflict):
        service.halt(officer, code)
    seen.append(2)
    service.resume(officer, code)
    worker.run_all()
    assert (state(code), seen) == ("done", [0, 1, 2, 3, 4])
    with pytest.raises(Conflict):
        service.resume(officer, code)


def test_a_job_that_waits_is_stopped_at_once(works, officer):
    works["count"] = lambda _run: pytest.fail("it was stopped")
    code = asked(officer)
    assert service.halt(officer, code)["state"] == "stopped"
    worker.run(code)
    assert state(code) == "stopped"


def test_what_goes_wrong_ends_the_job_and_not_the_worker(works, officer, caplog):
    def refused(_run):
        raise NotFound("gone: Nguyễn Thị Đào")

    works |= {"refused": refused, "broken": lambda _run: {}["Nguyễn Thị Đào"], "count": lambda _run: {}}
    codes = [asked(officer, kind) for kind in ("refused", "broken", "count")]
    worker.run_all()
    assert [(state(code), stands(code)["fault"]) for code in codes] == [
        ("failed", "not-found"),
        ("failed", "failed"),
        ("done", None),
    ]


def test_a_job_whose_worker_was_lost_is_taken_up_and_the_lost_one_changes_nothing(works, officer, monkeypatch):
    monkeypatch.setattr(jobs, "PAUSE", 0)
    works["count"] = lambda _run: {"counted": 2}
    code = asked(officer)
    lost = jobs.take(code)
    assert jobs.take(code) is None
    assert code not in jobs.waiting()
    unheard_for(jobs.LOST + timedelta(seconds=1))
    worker.run_all()
    with pytest.raises(Halted):
        lost.reach(1, 9)
    jobs.end(lost, jobs.Ending(State.FAILED, fault="failed"))
    assert (state(code), stands(code)["result"]) == ("done", {"counted": 2})


def test_who_goes_leaves_a_job_to_the_next(works, officer):
    works["count"] = lambda _run: {}
    code = asked(officer)
    jobs.take(code)
    jobs.give_back(code)
    assert state(code) == "waiting"
    worker.run(code)
    jobs.give_back(code)
    assert state(code) == "done"


def test_nobody_sees_or_stops_the_job_of_another(cast, officer):
    code = access.have_verified(officer)["code"]
    assert [job["code"] for job in service.my_jobs(officer)] == [code]
    assert service.my_jobs(cast["clerk"]) == []
    for act in (service.job, service.halt, service.resume):
        with pytest.raises(NotFound):
            act(cast["clerk"], code)
    assert service.job(officer, code)["state"] == "waiting"


def test_a_job_is_asked_for_with_its_line_or_not_at_all(cast, app):
    with pytest.raises(Forbidden):
        access.have_verified(cast["clerk"])
    assert jobs.waiting() == []
    code = access.have_verified(cast["protection_officer"])["code"]
    line = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (line.action, line.details) == ("access.have_verified", {"job": code})


def test_the_trail_is_walked_as_who_asked_and_no_more_once_the_account_is_closed(officer):
    code, other = (access.have_verified(officer)["code"] for _time in range(2))
    worker.run(code)
    assert stands(code)["result"]["whole"]
    line = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (line.action, line.actor_id) == ("access.verify_trail", officer.id)
    factories.disable(officer)
    worker.run(other)
    assert (state(other), stands(other)["fault"]) == ("failed", "not-found")


def test_the_trail_is_walked_however_much_the_account_did_that_minute(officer, monkeypatch):
    code = access.have_verified(officer)["code"]
    monkeypatch.setattr(use_case, "ACTS_A_MINUTE", 1)
    worker.run(code)
    assert (state(code), stands(code)["fault"]) == ("done", None)


def test_the_worker_is_woken_in_words_that_no_code_is_made_of(officer, app):
    code = access.have_verified(officer)["code"]
    with closing(worker._huey(app).storage) as storage:
        (word,) = storage.enqueued_items()
    assert code in json.loads(bytes(word))[6]


def test_a_job_is_found_though_nobody_could_be_woken(works, officer, monkeypatch):
    monkeypatch.setattr(worker, "_huey", deaf)
    works["count"] = lambda _run: {}
    code = asked(officer)
    worker.run_all()
    assert state(code) == "done"


def test_no_job_is_taken_up_before_the_database_was_found_sound(works, officer, app, monkeypatch):
    """Until then each waits for the next minute; afterwards nobody looks again."""
    found = [Unsound("not whole"), None]

    def check():
        if fault := found.pop(0):
            raise fault

    monkeypatch.setitem(app.extensions, "kieubao.check", check)
    monkeypatch.setitem(app.extensions, "kieubao.huey", {})
    works["count"] = lambda _run: {}
    one, other = asked(officer), asked(officer)
    do = worker._huey(app).wake.call_local
    with pytest.raises(Unsound):
        do(one)
    assert state(one) == "waiting"
    do(one)
    do(other)
    assert (state(one), state(other)) == ("done", "done")


class Worker:
    """`flask worker`, a process of its own, as the application's role."""

    def __init__(self, url):
        where = unseeing(url) if url.startswith("postgresql") else url
        settings = {"SECRET_KEY": "only for tests", "KEYS": "env:RING", "DATABASE_URL": where, "HTTPS": "0"}
        env = {**os.environ, **{f"KIEUBAO_{name}": value for name, value in settings.items()}, "RING": KEYS}
        command = [Path(sys.executable).parent / "flask", "--app", "wsgi", "worker"]
        self.process = subprocess.Popen(command, cwd=ROOT, env=env)

    def __enter__(self):
        return self

    def __exit__(self, *_raised):
        # Whatever the test came to, nothing is left running.
        self.process.kill()
        self.process.wait(20)

    def end(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(20)


def until(holds, seconds=40):
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)
    assert holds()


def test_a_worker_does_jobs_in_the_order_they_are_asked_for_and_one_that_is_killed_costs_none(app, officer, database):
    with Worker(database):
        done = access.have_verified(officer)["code"]
        until(lambda: state(done) == "done")
    codes = [access.have_verified(officer)["code"] for _time in range(3)]
    # As if it had died over the first of them.
    assert jobs.take(codes[0])
    db.session.execute(update(Job).where(Job.code == codes[0]).values(heard_at=clock.now() - 2 * jobs.LOST))
    db.session.commit()
    with Worker(database) as second:
        until(lambda: {state(code) for code in codes} == {"done"}, 90)
        assert second.end() == 0
    assert (
        db.session.scalars(select(AuditEntry.action).where(AuditEntry.action == "access.verify_trail")).all()
        == ["access.verify_trail"] * 4
    )


def deaf(_app):
    raise OSError


@later_on("postgresql")
def test_a_worker_that_is_told_to_end_leaves_what_it_does_to_the_next(app, officer, database, monkeypatch):
    """Nobody was woken for it: who begins looks for what waits."""
    writing()
    factories.trail(60_000)
    db.session.commit()
    monkeypatch.setattr(worker, "_huey", deaf)
    code = access.have_verified(officer)["code"]
    with Worker(database) as first:
        until(lambda: state(code) == "running")
        assert first.end() == 0
    assert (state(code), stands(code)["fault"]) == ("waiting", None)
    with Worker(database):
        until(lambda: state(code) == "done", 90)
    assert stands(code)["result"]["entries"] == 60_001


def test_who_may_no_longer_ask_for_a_job_has_none_go_on(app, cast):
    """A token of an account that may, and that was not permitted as much itself, may not either."""
    assert {*WORKS} == {*service.NEEDS}
    code = asked(cast["clerk"], "intake.take")
    db.session.execute(update(Job).values(state=State.STOPPED))
    db.session.commit()
    narrow = replace(cast["clerk"], permissions=frozenset({Permission.ACCOUNT_SELF}))
    with pytest.raises(Forbidden):
        service.resume(narrow, code)
    db.session.rollback()
    assert service.resume(cast["clerk"], code)["state"] == "waiting"

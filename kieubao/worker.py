"""What does jobs, in a process of its own (`flask worker`), or in one that waits for them (tests).

huey only wakes it: a word that is lost, or a worker that dies, costs a job two minutes and nothing else, for what
waits is looked for every minute.
"""

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.registry import Message
from huey.serializer import Serializer
from huey.signals import SIGNAL_INTERRUPTED
from sqlalchemy.engine import make_url

from kieubao import jobs
from kieubao.db import db
from kieubao.ground.errors import KieubaoError
from kieubao.jobs import Ending, Halted, Run, State

Work = Callable[[Run], Mapping[str, Any]]
# Where PostgreSQL keeps what wakes it: the application's role may make tables there, and nowhere else.
_SCHEMA = "jobs"
# How soon, in seconds, it hears of a job on SQLite, and leaves one when it is to end.
_SOON = 0.5
_log = logging.getLogger("kieubao.worker")


def init_app(app: Flask, works: Mapping[str, Work], check: Callable[[], object]) -> None:
    """Let an application do jobs, by their kinds. What a work returns is kept: counts and codes, nobody's values.

    A work may be called again for the same job, and then goes on where it was. `serve` takes up none before the check
    has passed once; where it raises, jobs wait for the next minute.
    """
    app.extensions["kieubao.works"], app.extensions["kieubao.check"] = works, check


def run(code: str) -> None:
    """Do a job, unless somebody does it or it has ended."""
    begun = jobs.take(code)
    if begun is None:
        return
    try:
        ending = Ending(State.DONE, current_app.extensions["kieubao.works"][begun.kind](begun))
    except Halted:
        ending = Ending(State.STOPPED)
    except KieubaoError as error:
        ending = Ending(State.FAILED, fault=error.code)
    except Exception:  # noqa: BLE001 - whatever it is, the next job is to be done
        _log.exception("job failed")
        ending = Ending(State.FAILED, fault="failed")
    jobs.end(begun, ending)


def run_all() -> None:
    """Do every job that waits."""
    for code in jobs.waiting():
        run(code)


def serve(app: Flask) -> None:
    """Do jobs until this process is told to end; what is being done then is left to the next."""
    huey = _huey(app)
    # What was asked for while nobody was there to be woken does not wait for the next minute.
    huey.look()
    huey.create_consumer(max_delay=_SOON, shutdown_timeout=_SOON).run()


def wake(code: str) -> None:
    """Wake the worker for a job. Where nobody can be told, it finds the job by itself."""
    try:
        huey = _huey(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way
        with closing(huey.storage):
            huey.wake(code)
    except Exception:  # noqa: BLE001 - the job is asked for, and recorded
        _log.warning("worker not woken", exc_info=True)


def _huey(app: Flask) -> Huey:
    """Return what wakes the worker of an application on the database it is on."""
    url, known = app.config["DATABASE_URL"], app.extensions.setdefault("kieubao.huey", {})
    if url not in known:
        known.clear()
        known[url] = _made(app, url)
    return known[url]


def _made(app: Flask, url: str) -> Huey:
    huey = _beside(url)

    @huey.task(name="run")  # type: ignore[untyped-decorator]
    def one(code: str) -> None:
        with app.app_context():
            _check(app)
            run(code)

    @huey.periodic_task(crontab(), name="look")  # type: ignore[untyped-decorator]
    def look() -> None:
        with app.app_context():
            for code in jobs.waiting():
                one(code)

    @huey.signal(SIGNAL_INTERRUPTED)  # type: ignore[untyped-decorator]
    def leave(_signal: str, task: Any) -> None:
        with app.app_context():
            for code in task.args:
                jobs.give_back(code)

    huey.wake, huey.look = one, look
    return huey


def _check(app: Flask) -> None:
    if check := app.extensions["kieubao.check"]:
        check()
        app.extensions["kieubao.check"] = None


def _beside(url: str) -> Huey:
    """Return the queue that stands beside a database."""
    options: dict[str, Any] = {"results": False, "serializer": _Plain()}
    if url.startswith("sqlite"):
        return SqliteHuey(filename=f"{db.engine.url.database}.jobs", **options)
    bare = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return PostgresHuey(dsn=bare, options=f"-c search_path={_SCHEMA}", **options)


class _Plain(Serializer):  # type: ignore[misc]
    """Words to the worker as JSON: what huey writes of itself would be code to whoever can write in the database."""

    def _serialize(self, data: Message) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Message:
        return Message(*json.loads(data))


jobs.on_asked(wake)

"""What does jobs, in a process of its own (`flask worker`), or in one that waits for them (tests).

huey only wakes it: a word that is lost, or a worker that dies, costs a job two minutes and nothing else, for what
waits is looked for every minute.
"""

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any, NamedTuple, TypeVar

from flask import Flask, current_app
from huey import Huey, PostgresHuey, SqliteHuey, crontab
from huey.registry import Message
from huey.serializer import Serializer
from huey.signals import SIGNAL_INTERRUPTED
from sqlalchemy.engine import make_url

from kieubao import jobs, outbox
from kieubao.db import db, reading
from kieubao.ground.errors import KieubaoError
from kieubao.jobs import Ending, Halted, Run, State
from kieubao.walls import Sight, confined

T = TypeVar("T")
Work = Callable[[Run], Mapping[str, Any]]
Chore = Callable[[], object]
# Where PostgreSQL keeps what wakes it: the application's role may make tables there, and nowhere else.
_SCHEMA = "jobs"
# How soon, in seconds, it hears of a job on SQLite, and leaves one when it is to end.
_SOON = 0.5
# When chores are done: ten past two at night in Việt Nam, in UTC as huey has it.
_AT_NIGHT = crontab(minute="10", hour="19")
_log = logging.getLogger("kieubao.worker")


class Duties(NamedTuple):
    """What is done for nobody in particular: every night, and every minute or as soon as there is any of it."""

    nightly: Sequence[Chore] = ()
    soon: Sequence[Chore] = ()


def init_app(app: Flask, works: Mapping[str, Work], duties: Duties, check: Callable[[], object]) -> None:
    """Let an application do jobs, by their kinds. What a work returns is kept: counts and codes, nobody's values.

    Duties are done whatever becomes of the one before.

    A work may be called again for the same job, and then goes on where it was. `serve` takes up none before the check
    has passed once; where it raises, jobs wait for the next minute.
    """
    app.extensions |= {"kieubao.works": works, "kieubao.duties": duties, "kieubao.check": check}


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


def do_chores() -> None:
    """Do what is done every night; what cannot be is told, and done the next."""
    _do(current_app.extensions["kieubao.duties"].nightly)


def do_soon() -> None:
    """Do what is done every minute."""
    _do(current_app.extensions["kieubao.duties"].soon)


def each(some: Iterable[T], do: Callable[[T], object]) -> None:
    """Do something of each; one that cannot be is told of, and stands in nobody else's way."""
    _do([partial(do, one) for one in some])


def looked(look: Callable[[], T]) -> T:
    """Return what there is to do: a look shows nobody, and leaves no line every minute."""
    with confined(Sight(everyone=True)):
        reading()
        found = look()
        db.session.rollback()
    return found


def _do(chores: Sequence[Chore]) -> None:
    for chore in chores:
        try:
            chore()
        except KieubaoError as error:
            _log.warning("chore refused", extra={"told": {"fault": error.code}})
        except Exception:  # noqa: BLE001 - whatever it is, the next chore is to be done
            _log.exception("chore failed")


def serve(app: Flask) -> None:
    """Do jobs until this process is told to end; what is being done then is left to the next."""
    huey = _huey(app)
    # What was asked for while nobody was there to be woken does not wait for the next minute.
    huey.look()
    huey.create_consumer(max_delay=_SOON, shutdown_timeout=_SOON).run()


def wake(code: str) -> None:
    """Wake the worker for a job. Where nobody can be told, it finds the job by itself."""
    _tell(lambda huey: huey.wake(code))


def hurry() -> None:
    """Wake the worker for what is done every minute."""
    _tell(lambda huey: huey.hurry())


def _tell(say: Callable[[Huey], object]) -> None:
    try:
        huey = _huey(current_app._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way
        with closing(huey.storage):
            say(huey)
    except Exception:  # noqa: BLE001 - what is asked for is recorded
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
        minute()

    minute = huey.task(name="minute")(_attending(app, do_soon))
    huey.periodic_task(_AT_NIGHT, name="tidy")(_attending(app, do_chores))

    @huey.signal(SIGNAL_INTERRUPTED)  # type: ignore[untyped-decorator]
    def leave(_signal: str, task: Any) -> None:
        _leave(app, task.args)

    huey.wake, huey.look, huey.hurry = one, look, minute
    return huey


def _attending(app: Flask, do: Callable[[], object]) -> Callable[[], None]:
    def attend() -> None:
        with app.app_context():
            _check(app)
            do()

    return attend


def _leave(app: Flask, codes: Iterable[str]) -> None:
    with app.app_context():
        for code in codes:
            jobs.give_back(code)


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
outbox.on_put(hurry)

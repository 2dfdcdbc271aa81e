"""Whoever is disabled is out within a second, on every worker: several processes, real connections, another's command.

`pytest -s tests/proofs/test_revocation.py` tells how long the longest took.
"""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kieubao.access.session import SECRET, actor_for
from kieubao.db import db
from tests import factories
from tests.campaigns import later_on
from tests.databases import KEYS, TestConfig, unseeing
from tests.signing import secret_of

ROOT = Path(__file__).parents[2]
WORKERS, CONNECTIONS, PAUSE = 2, 4, 0.1
_CLOSING = """
import sys
from wsgi import app
runner = app.test_cli_runner()
print("ready", flush=True)
for name in sys.stdin:
    print(runner.invoke(args=["accounts", "disable", name.strip()]).exit_code, flush=True)
"""
# Of each answer, which process gave it.
_TELLING = """
def post_request(worker, request, environ, answer):
    with open({!r}, "a") as file:
        file.write(f"{{worker.pid}} {{answer.status_code}}\\n")
"""


@dataclass
class Office:
    """The service, as it is run, and another process at its console."""

    port: int
    console: subprocess.Popen
    log: Path

    def disable(self, username):
        """Run `flask accounts disable`; return when it was done."""
        self.console.stdin.write(f"{username}\n")
        self.console.stdin.flush()
        assert self.console.stdout.readline() == "0\n"
        return time.monotonic()

    def workers(self):
        """Return the statuses that each worker answered with."""
        told = {}
        for line in self.log.read_text().splitlines():
            pid, status = line.split()
            told.setdefault(pid, set()).add(int(status))
        return told


def environment(url):
    where = unseeing(url) if url.startswith("postgresql") else url
    named = {"SECRET_KEY": TestConfig.SECRET_KEY, "KEYS": "env:PROOF_KEYS", "DATABASE_URL": where, "HTTPS": "0"}
    return {**os.environ, "PROOF_KEYS": KEYS, **{f"KIEUBAO_{name}": value for name, value in named.items()}}


@pytest.fixture
def office(app, database, tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log, env = tmp_path / "answers", environment(database)
    settings = tmp_path / "gunicorn.conf.py"
    settings.write_text((ROOT / "gunicorn.conf.py").read_text("utf-8") + _TELLING.format(str(log)))
    asked = ("--workers", str(WORKERS), "--threads", "4", "--worker-class", "gthread", "--no-control-socket")
    asked += ("--config", str(settings))
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *asked, "wsgi:app"]
    quiet = {"cwd": ROOT, "env": env, "stderr": subprocess.DEVNULL, "start_new_session": True}
    piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with (
        subprocess.Popen(command, **quiet, stdin=subprocess.DEVNULL) as service,
        subprocess.Popen([sys.executable, "-W", "ignore", "-c", _CLOSING], **quiet, **piped) as console,
    ):
        try:
            assert console.stdout.readline() == "ready\n"
            wait_for(port)
            yield Office(port, console, log)
        finally:
            console.stdin.close()
            service.terminate()


def wait_for(port):
    for _try in range(300):
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the service does not begin")


@dataclass
class Knocking:
    """One connection that asks again and again; when it was last let in, and how often it was refused since."""

    port: int
    address: str
    headers: dict
    until: threading.Event
    let_in: list[float] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)

    def __call__(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        while not self.until.is_set():
            connection.request("GET", self.address, headers=self.headers)
            with connection.getresponse() as answer:
                answer.read()
            if answer.status == 200:
                self.let_in.append(time.monotonic())
            else:
                self.refused.append(answer.status)
            # The next may be another worker's.
            connection.close()
            time.sleep(PAUSE)


def signed_in(app, username):
    """Return what a browser and a program would show of a new account."""
    account = factories.account("clerk", username=username)
    token = factories.bearer(actor_for(account))
    cookie = app.session_interface.get_signing_serializer(app).dumps({SECRET: secret_of(account.id)})
    db.session.remove()
    return {"Cookie": f"kieubao={cookie}"}, {**token}


def round_of(app, office, username):
    """Disable an account that is busy on every worker; return for how many seconds it went on being let in."""
    browser, program = signed_in(app, username)
    until = threading.Event()
    asked = [("/account", browser), ("/api/v1/me", program)] * CONNECTIONS
    knocking = [Knocking(office.port, address, headers, until) for address, headers in asked]
    threads = [threading.Thread(target=one) for one in knocking]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 20
    while not all(len(one.let_in) > 1 for one in knocking):
        assert time.monotonic() < deadline, [(one.address, one.let_in, one.refused) for one in knocking]
        time.sleep(PAUSE / 4)
    done = office.disable(username)
    time.sleep(1.5)
    until.set()
    for thread in threads:
        thread.join()
    told = {(one.address, *sorted({*one.refused})) for one in knocking}
    assert told <= {("/account", 303), ("/api/v1/me", 401), ("/api/v1/me", 401, 429), ("/api/v1/me", 429)}
    return max(one.let_in[-1] for one in knocking) - done


@later_on("postgresql")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("rounds", [4, pytest.param(20, marks=pytest.mark.slow)])
def test_a_disabled_account_is_out_within_a_second_on_every_worker(app, office, rounds):
    took = [round_of(app, office, f"clerk-{number}") for number in range(rounds)]
    sys.stdout.write(f"\n{rounds} times, at the longest {max(took):.3f} s after it was done\n")
    assert max(took) < 1
    told = office.workers()
    assert len(told) == WORKERS
    assert all(statuses >= {200, 303, 401} for statuses in told.values())

"""Search over HTTP as it is served, at rising concurrency: `python -m bench.http [people] [seed] [SQLite|PostgreSQL]`.

gunicorn with two workers, bearer tokens of a hundred clerks, the queries of `bench.search`; every answer whole, and its
line in the trail written before it. The floor is a Flask view of two lines, served in the same way: the words
of the query asked of the raw driver, twenty rows, JSON; nobody is asked who they are and nothing is written. CPU is
what the workers spent, told by the kernel; beside it how long a worker takes to start and what it holds in memory.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Self

from flask import current_app
from sqlalchemy.engine import make_url

from bench.databases import populated
from bench.search import queries, raw_sql
from kieubao.db import db
from kieubao.sample import OFFICE
from tests import factories
from tests.databases import TestConfig, unseeing

ROOT = Path(__file__).parents[1]
WORKERS, CLERKS, SECONDS, AT_ONCE = 2, 100, 8, (1, 2, 4, 8, 16)
_SERVED = ("--workers", str(WORKERS), "--threads", "8", "--worker-class", "gthread", "--no-control-socket")
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass
class Service:
    """gunicorn, how long it took to begin, and what it is asked."""

    port: int
    process: subprocess.Popen[bytes]
    began: float

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def cpu(self) -> float:
        """Return the seconds of CPU that the workers have spent."""
        spent = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in self.workers())
        return sum(int(user) + int(system) for user, system in spent) / _TICK

    def resident(self) -> float:
        """Return the MiB of the largest worker's own: pages of the database that are mapped are the system's."""
        lines = (Path(f"/proc/{pid}/status").read_text() for pid in self.workers())
        return max(int(text.partition("RssAnon:")[2].split()[0]) for text in lines) / 1024


@contextmanager
def serving(name: str, env: dict[str, str]) -> Iterator[Service]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *_SERVED, name]
    begun = time.perf_counter()
    quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, cwd=ROOT, env={**os.environ, **env}, **quiet) as process:  # type: ignore[call-overload]
        try:
            _wait(port)
            yield Service(port, process, time.perf_counter() - begun)
        finally:
            process.send_signal(signal.SIGTERM)


def _wait(port: int) -> None:
    """Wait until a request is answered."""
    for _try in range(600):
        try:
            with _Line(port) as line:
                line.ask(b"GET /no/such HTTP/1.1\r\nHost: localhost\r\n\r\n")
                return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the service does not begin")


class _Line:
    """One connection, kept open: it writes a request and reads the answer, with as little work as can be."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.socket.close()

    def ask(self, request: bytes) -> int:
        self.socket.sendall(request)
        got = b""
        while b"\r\n\r\n" not in got:
            got += self._more()
        head, _end, body = got.partition(b"\r\n\r\n")
        left = int(head.lower().partition(b"content-length:")[2].split()[0]) - len(body)
        while left > 0:
            left -= len(self._more())
        return int(head.split(maxsplit=2)[1])

    def _more(self) -> bytes:
        if not (some := self.socket.recv(65_536)):
            raise OSError("the connection was closed")
        return some


@dataclass
class Load:
    """Some connections that ask without a pause; how long each answer took."""

    port: int
    requests: Sequence[bytes]
    took: list[float] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)

    def run(self, at_once: int) -> float:
        """Ask over so many connections for some seconds; return how many answers came a second."""
        stop = time.perf_counter() + SECONDS
        threads = [threading.Thread(target=self._ask, args=(number, at_once, stop)) for number in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(self.took) / SECONDS

    def _ask(self, number: int, step: int, stop: float) -> None:
        with _Line(self.port) as line:
            for request in islice(cycle(self.requests), number, None, step):
                begun = time.perf_counter()
                if begun > stop:
                    return
                self.statuses.add(line.ask(request))
                self.took.append((time.perf_counter() - begun) * 1_000)


def _request(path: str, body: dict[str, Any], token: str = "") -> bytes:
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Authorization: Bearer {token}\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content


def _ours(asked: list[Any]) -> list[bytes]:
    """Return searches by a hundred clerks in turn: nobody makes more than a minute allows."""
    stamp = time.time_ns()
    made = (factories.actor(units=[OFFICE], username=f"load{stamp}-{number}") for number in range(CLERKS))
    tokens = cycle([factories.token(clerk, "person:search") for clerk in made])
    texts = [{"text": text, "filters": wanted} for text, wanted in asked]
    # Of so many clerks each has another query every time.
    return [_request("/api/v1/persons/search", body, next(tokens)) for body in islice(cycle(texts), len(texts) * 7)]


def settings() -> dict[str, str]:
    url, keys = current_app.config["DATABASE_URL"], current_app.config["KEYS"]
    where = unseeing(url) if url.startswith("postgresql") else url
    named = {"SECRET_KEY": TestConfig.SECRET_KEY, "KEYS": "env:BENCH_KEYS", "DATABASE_URL": where, "HTTPS": "0"}
    bare = make_url(current_app.config["SUPERUSER_URL"]).set(drivername="postgresql")
    raw = url.removeprefix("sqlite:///") if url.startswith("sqlite") else bare.render_as_string(hide_password=False)
    return {"BENCH_KEYS": keys, "BENCH_RAW": raw, **{f"KIEUBAO_{name}": value for name, value in named.items()}}


def _measured(title: str, name: str, env: dict[str, str], requests: list[bytes]) -> list[float]:
    """Print a table; return the CPU of an answer, in milliseconds, at each concurrency."""
    cpu = []
    with serving(name, env) as service:
        Load(service.port, requests).run(1)
        print(f"\n{title:<12}{'answers/s':>10}{'p50 ms':>9}{'p95':>9}{'p99':>9}{'CPU ms':>9}")
        for at_once in AT_ONCE:
            load, before = Load(service.port, requests[:: -1 if at_once % 4 else 1]), service.cpu()
            rate = load.run(at_once)
            cpu.append((service.cpu() - before) / len(load.took) * 1_000)
            cut = quantiles(load.took, n=100)
            print(f"{at_once:<12}{rate:10.0f}{median(load.took):9.2f}{cut[94]:9.2f}{cut[98]:9.2f}{cpu[-1]:9.2f}")
            if load.statuses != {200}:
                raise SystemExit(f"answers: {load.statuses}")
        print(f"answers after {service.began:.1f} s; a worker holds {service.resident():.0f} MiB")
    return cpu


def main(count: int = 100_000, seed: int = 1, only: str = "") -> None:
    for kind in populated(count, seed, only):
        asked = [query for some in queries(seed).values() for query in some]
        statements, ours, env = [raw_sql(query) for query in asked], _ours(asked), settings()
        db.session.remove()
        db.engine.dispose()
        floor = _measured(f"{kind} raw", "bench.raw:app", env, [_request("/", {"sql": one}) for one in statements])
        mine = _measured(kind, "wsgi:app", env, ours)
        ratios = ", ".join(f"{one / least:.1f}" for one, least in zip(mine, floor, strict=True))
        print(f"CPU of an answer to the floor's: {ratios}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])

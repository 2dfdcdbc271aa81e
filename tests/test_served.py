"""As gunicorn serves it, byte by byte: where a request ends, what it may be, and whose headers are believed."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.databases import KEYS

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """gunicorn with the settings of the repository; `say` sends bytes and returns every byte of the answer."""

    def __init__(self, url):
        self.port = free_port()
        settings = {"SECRET_KEY": "only for tests", "KEYS": "env:RING", "DATABASE_URL": url, "HTTPS": "0"}
        env = {**os.environ, **{f"KIEUBAO_{name}": value for name, value in settings.items()}, "RING": KEYS}
        command = [Path(sys.executable).parent / "gunicorn", "--bind", f"127.0.0.1:{self.port}", "--workers", "1"]
        command += ["--worker-class", "gthread", "--threads", "2", "--no-control-socket", "wsgi:app"]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def say(self, *lines, body=b"", host="localhost"):
        head = "\r\n".join([lines[0], f"Host: {host}", "Connection: close", *lines[1:], "", ""]).encode()
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as wire:
            wire.sendall(head + body)
            answer = b""
            while part := self._part(wire):
                answer += part
        return answer.decode(errors="replace")

    @staticmethod
    def _part(wire):
        try:
            return wire.recv(65_536)
        except ConnectionResetError:
            return b""

    def is_up(self):
        try:
            return "200 OK" in self.say("GET /sign-in HTTP/1.1")
        except OSError:
            return False

    def end(self):
        self.process.terminate()
        self.process.wait(20)


@pytest.fixture
def server(database):
    one = Server(database)
    until = time.monotonic() + 60
    while not one.is_up() and time.monotonic() < until:
        time.sleep(0.2)
    yield one
    one.end()


def status(answer):
    return int(answer.split(" ")[1]) if answer else None


CHUNKS = b"".join(b"10000\r\n" + b"x" * 65_536 + b"\r\n" for _number in range(20)) + b"0\r\n\r\n"
SMUGGLED = b"0\r\n\r\nGET /api/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded"
# Of each request that has no end, or two: what it says of its length.
AMBIGUOUS = [
    ("Transfer-Encoding: chunked", f"Content-Length: {len(SMUGGLED)}"),
    ("Transfer-Encoding: chunked, identity",),
    ("Transfer-Encoding: xchunked",),
    ("Transfer-Encoding : chunked",),
    ("Content-Length: 5", "Content-Length: 6"),
    ("Content-Length: +5",),
    ("Content-Length: 5, 5",),
]


def test_the_wire_is_kept(server):
    """One server for all that is asked of it: it takes a while to come up."""
    for lengths in AMBIGUOUS:
        answer = server.say("POST /language HTTP/1.1", FORM, *lengths, body=SMUGGLED)
        assert status(answer) in {None, 400, 501}, lengths
        assert answer.count("HTTP/1.1 ") <= 1, lengths
        assert "openapi" not in answer
    for chunks in (CHUNKS, CHUNKS[-5:]):
        assert status(server.say("POST /language HTTP/1.1", FORM, "Transfer-Encoding: chunked", body=chunks)) == 411
    assert status(server.say(f"GET /{'x' * 5_000} HTTP/1.1")) in {400, 414}
    assert status(server.say("GET / HTTP/1.1", "X-Long: " + "x" * 10_000)) in {400, 431}
    assert status(server.say("GET / HTTP/1.1", *(f"X-{number}: 1" for number in range(200)))) in {400, 431}
    assert status(server.say("GET / HTTP/1.1\r\nX-Split: a\rb")) == 400
    assert status(server.say("GET / HTTP/1.1", host="example.com")) == 421
    traced = server.say("TRACE / HTTP/1.1", "X-Echo: told-back")
    assert (status(traced), "told-back" in traced) == (405, False)
    kept = server.say("GET /sign-in HTTP/1.1")
    assert not [line for line in kept.splitlines() if line.startswith("Server:") and any(map(str.isdigit, line))]
    for header in ("SCRIPT_NAME: /x", "PATH_INFO: /api/openapi.json", "X-Forwarded-Prefix: /x"):
        asked = server.say("GET /sign-in HTTP/1.1", header)
        assert (status(asked), 'action="/sign-in"' in asked) == (200, True), header


def test_nobody_says_of_himself_that_he_came_by_tls(server):
    """The form's check of where it was is stricter there; one that anybody could ask for is none of ours."""
    for header in ("X-Forwarded-Proto: https", "X-Forwarded-Ssl: on", "X-Forwarded-Protocol: ssl"):
        answer = server.say("GET / HTTP/1.1", header)
        assert (status(answer), "https" in answer) == (303, False), header

"""A hundred organizers take one list at once: `python -m bench.pulls [people] [seed] [SQLite|PostgreSQL]`.

gunicorn with two workers as in `bench.http`, a hundred accounts and connections, of each one pull as CSV of the same
people, 1,800 of 100,000. The floor, of the same run, is the raw driver fetching the same columns of the same people a
hundred times, one by one: no consent, no contact points, no file, and nothing written.
"""

import json
import sys
import threading
import time
from collections import Counter
from http.client import HTTPConnection
from statistics import median, quantiles

from bench.databases import populated
from bench.http import serving, settings
from bench.outreach import published, pull_floor
from kieubao.db import db
from tests import factories

ORGANIZERS = 100
_PULL = json.dumps({"reason": "bench", "format": "csv"})


def _tokens() -> list[str]:
    stamp = time.time_ns()
    made = (factories.actor("organizer", username=f"pull{stamp}-{number}") for number in range(ORGANIZERS))
    return [factories.token(one, "list:pull") for one in made]


def _at_once(port: int, code: str, tokens: list[str]) -> tuple[float, list[float], Counter[int]]:
    """Pull with all tokens at the same moment; return the seconds all took, and each, and how they ended."""
    start, took, ended = threading.Barrier(len(tokens) + 1), list[float](), list[int]()

    def pull(token: str) -> None:
        line = HTTPConnection("127.0.0.1", port, timeout=300)
        told = {"Host": "localhost", "Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        start.wait()
        begun = time.perf_counter()
        line.request("POST", f"/api/v1/issues/{code}/pulls", _PULL, told)
        answer = line.getresponse()
        answer.read()
        took.append(time.perf_counter() - begun)
        ended.append(answer.status)

    threads = [threading.Thread(target=pull, args=(one,)) for one in tokens]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun, took, Counter(ended)


def main(count: int = 100_000, seed: int = 1, only: str = "") -> None:
    for kind in populated(count, seed, only):
        stamp = time.time_ns()
        roles = ("clerk", "approver", "organizer", "protection_officer")
        cast = {role: factories.actor(role, username=f"{role}{stamp}") for role in roles}
        code, people, _took, _least = published(cast, ["DE"])
        floor = sum(pull_floor(code) for _turn in range(ORGANIZERS)) / 1_000
        tokens, env = _tokens(), settings()
        db.session.remove()
        db.engine.dispose()
        with serving("wsgi:app", env) as service:
            whole, took, ended = _at_once(service.port, code, tokens)
            held = service.resident()
        told = ", ".join(f"{many} × {status}" for status, many in ended.items())
        print(
            f"{kind}: {ORGANIZERS} pulls of {people:,} in {whole:.1f} s ({told}), × {whole / floor:.1f} of {floor:.1f};"
        )
        print(f"each p50 {median(took):.1f} s, p95 {quantiles(took, n=20)[-1]:.1f} s; a worker holds {held:.0f} MiB")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])

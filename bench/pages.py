"""Every page over many people, as the server makes it: `python -m bench.pages [people] [seed] [SQLite|PostgreSQL]`.

The pages the tests look at, of the province they furnish, with so many people more; each asked for in turn, whole,
with its line in the trail. The floor is a page that asks the database for nothing but the session: what a layout
costs. Beside it what goes over the wire: the page, gzipped; and once what is static, which browsers keep by its digest.
"""

import gzip
import re
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from statistics import median, quantiles

from flask import current_app
from flask.testing import FlaskClient

from bench.databases import populated
from kieubao.db import db
from kieubao.people import census
from tests.pages.province import addresses, furnish
from tests.signing import let_in

TIMES, MOST, FLOOR = 20, 100.0, "/account/password"
_STATIC = re.compile(r'(?:href|src)="(/[^"]*static/[^"?#]+[^"]*)"')


def _asked(client: FlaskClient, address: str) -> tuple[list[float], str]:
    """Return how long each answer took, in milliseconds, and the last page."""
    took = []
    # The first has its template compiled.
    client.get(address)
    for _time in range(TIMES):
        begun = time.perf_counter()
        answer = client.get(address, headers={"Accept-Language": "vi"})
        text = answer.get_data(as_text=True)
        took.append((time.perf_counter() - begun) * 1_000)
    return took, text.lstrip() if answer.status_code == 200 else f"answered {answer.status_code}"


def _wire(some: Iterable[bytes]) -> float:
    return sum(len(gzip.compress(one, 6)) for one in some) / 1024


def main(count: int = 100_000, seed: int = 1, only: str = "") -> None:
    for kind in populated(count, seed, only):
        province, app, rows = furnish(), current_app._get_current_object(), []  # type: ignore[attr-defined]  # noqa: SLF001 - Flask's own way
        clients = {role: let_in(app.test_client(), role.replace("_", "")) for role in sorted(province.roles) if role}
        clients[""] = app.test_client()
        # As every night.
        census.keep(census.counted())
        db.session.commit()
        db.session.remove()
        # Each request in a context of its own, as it is served: a thread of its own has none.
        with ThreadPoolExecutor(1) as served:
            asked = partial(served.submit, _asked)
            floor, text = asked(clients["clerk"], FLOOR).result()
            for role, address in addresses(province.codes):
                took, text = asked(clients[role], address).result()
                said = "" if text.startswith("<!") else text
                rows.append(
                    (quantiles(took, n=20)[-1], median(took), _wire([text.encode()]), f"{role} {address} {said}")
                )
        static = clients[""].get("/sign-in").text
        weight = _wire(clients[""].get(one).data for one in {*_STATIC.findall(static)})
        print(f"\n{kind}, {count:,} people: {len(rows)} pages, what is static weighs {weight:.0f} kB once")
        print(f"{'p95 ms':>8}{'p50':>8}{'floor':>7}{'kB':>6}  page")
        for slowest, usual, kilobytes, where in sorted(rows, reverse=True):
            print(f"{slowest:8.1f}{usual:8.1f}{usual / median(floor):7.1f}{kilobytes:6.1f}  {where}")
        every = sorted(one[0] for one in rows)
        print(
            f"beyond {MOST:.0f} ms: {sum(one > MOST for one in every)}; the median page's p95: {median(every):.1f} ms"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])

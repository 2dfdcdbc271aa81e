"""What row-level security costs on PostgreSQL: `python -m bench.walls [people] [seed]`.

The searches of `bench.search`, a publish and pulls, through the use cases: with the walls as they stand, then without.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from statistics import quantiles

from sqlalchemy import text

from bench import outreach, search
from bench.databases import populated
from kieubao.db import db
from kieubao.outreach import organizer
from kieubao.outreach.vocabulary import Format
from kieubao.sample import OFFICE
from tests import factories
from tests.databases import owning

_WALLED = text("SELECT relname FROM pg_class WHERE relrowsecurity")


@contextmanager
def without_walls() -> Iterator[None]:
    """Take the walls down for a while, as whoever owns the database could."""
    with owning() as connection:
        walled = connection.execute(_WALLED).scalars().all()
    _build(walled, "DISABLE")
    try:
        yield
    finally:
        _build(walled, "ENABLE")


def _build(walled: list[str], how: str) -> None:
    db.session.remove()
    with owning() as connection:
        for table in walled:
            connection.execute(text(f"ALTER TABLE {table} {how} ROW LEVEL SECURITY"))
    db.engine.dispose()


def measured(seed: int) -> Mapping[str, float]:
    """Return the milliseconds of each act: of searches the median and the ninety-fifth hundredth."""
    clerks = cycle([factories.actor(units=[OFFICE]) for _each in range(search.CLERKS)])
    asked = [query for some in search.queries(seed).values() for query in some]
    cut = quantiles(search.timed(partial(search.ours, clerks=clerks), asked), n=100)
    cast = {role: factories.actor(role) for role in ("clerk", "approver", "organizer", "protection_officer")}
    code, people, took, _least = outreach.published(cast, outreach.LISTS[0])
    told = {"search p50": cut[49], "search p95": cut[94], f"publish {people:,}": took}
    for wanted in Format:
        ms, file = outreach.timed(partial(organizer.pull, cast["organizer"], code, reason="bench", format=wanted))
        file.content.close()
        told[f"pull {wanted} {people:,}"] = ms
    return told


def main(count: int = 100_000, seed: int = 1) -> None:
    for _kind in populated(count, seed, "PostgreSQL"):
        measured(seed)  # to warm up
        walled = measured(seed)
        with without_walls():
            bare = measured(seed)
        print(f"{'':<24}{'walled ms':>10}{'bare ms':>10}{'ratio':>7}")
        for (act, took), least in zip(walled.items(), bare.values(), strict=True):
            print(f"{act:<24}{took:>10.2f}{least:>10.2f}{took / least:>7.2f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

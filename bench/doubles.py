"""The sweep for doubles on a labelled set: `python -m bench.doubles [people] [SQLite|PostgreSQL]`.

One in twenty is recorded twice, as offices do: marks lost, words turned, a middle name left out, a letter slipped, a
birth known by its year or not at all, a nickname, no city. Said are the time, the memory, the ratio to reading the same
columns by the raw driver, and of the pairs that are called likely how many are found (recall) and right (precision).
"""

import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from bench.databases import bare, populated
from bench.misspelling import misspelt
from bench.outreach import watched
from kieubao.db import BATCH, db, writing
from kieubao.ground.resemblance import LIKELY
from kieubao.ground.text import fold
from kieubao.people import registry
from kieubao.people.records import Record
from kieubao.people.sweep import Double, doubles
from kieubao.sample import CALLED, OFFICE, people

SHARE = 20
Values = dict[str, Any]


def _unmarked(chance: random.Random, values: Values) -> Values:
    return {"name": fold(values["name"]).title()}


def _turned(chance: random.Random, values: Values) -> Values:
    first, *rest = values["name"].split()
    return {"name": " ".join([*rest, first])}


def _shorter(chance: random.Random, values: Values) -> Values:
    words = values["name"].split()
    return {"name": " ".join([words[0], words[-1]])}


def _slipped(chance: random.Random, values: Values) -> Values:
    return {"name": misspelt(chance, values["name"]).title()}


def _year_only(chance: random.Random, values: Values) -> Values:
    return {"born": values["born"][:4]} if values["born"] else {}


def _unborn(chance: random.Random, values: Values) -> Values:
    return {"born": None}


def _nicknamed(chance: random.Random, values: Values) -> Values:
    name = chance.choice(CALLED[values["gender"]].split())
    return {"name": f"{name} {values['name'].split()[0]}", "other_names": []}


def _moved(chance: random.Random, values: Values) -> Values:
    return {"city": None, "address": None}


WAYS: tuple[Callable[[random.Random, Values], Values], ...] = (
    *(_unmarked, _turned, _shorter, _slipped, _year_only, _unborn, _nicknamed, _moved),
)


def twice(chance: random.Random, record: Record) -> Record:
    """Return a record of the same person as another office would have it: one or two things otherwise."""
    ways = chance.sample(WAYS, chance.choice((1, 1, 2)))
    if _unborn in ways or _nicknamed in ways or _shorter in ways:
        # Who is told by so little is told by a number too; without one nobody could know.
        ways = [*ways[:1]]
    values = {**record.values}
    for way in ways:
        values |= way(chance, values)
    return replace(record, values=values)


def labelled(count: int, seed: int = 7) -> set[tuple[int, int]]:
    """Record so many people, one in twenty of them twice; return who is whom."""
    chance = random.Random(seed)
    doubled = count // SHARE
    once = list(islice(people(chance), count - doubled))
    again = [twice(chance, record) for record in once[:doubled]]
    ids = _recorded([*once, *again])
    return set(zip(ids[:doubled], ids[len(once) :], strict=True))


def _recorded(records: list[Record]) -> list[int]:
    ids = list[int]()
    for start in range(0, len(records), BATCH):
        writing()
        ids += [one.id for one in registry.enrol(records[start : start + BATCH], OFFICE, None)]
        db.session.commit()
    return ids


def _floor() -> float:
    begun = time.perf_counter()
    with bare() as raw:
        for what in (
            "SELECT id, name, name_key, CAST(other_names AS text), born, gender, commune, country, city FROM person",
            "SELECT person_id, channel, value FROM contact_point",
            "SELECT person_id, relative_id FROM kinship",
        ):
            raw.execute(what)
            for _row in iter(lambda: raw.fetchmany(5_000), []):
                pass
    return time.perf_counter() - begun


def told(pairs: set[tuple[int, int]], found: list[Double]) -> Iterator[str]:
    for name, least in (("likely", LIKELY * 10), ("possible", -1e9)):
        said = {(one.one_id, one.other_id) for one in found if one.score >= least}
        right = len(said & pairs)
        yield f"{name}: {len(said):,} pairs, recall {right / len(pairs):.3f}, precision {right / max(len(said), 1):.3f}"


def main() -> None:
    count, only = int([*sys.argv, "100000"][1]), [*sys.argv, "", ""][2]
    for name in populated(0, 1, only):
        pairs = labelled(count)
        floor = _floor()
        with watched() as grown:
            begun = time.perf_counter()
            found = doubles(lambda _done, _of: None)
            took = time.perf_counter() - begun
        print(f"\n{name}, {count:,} records, {len(pairs):,} of them twice")
        print(f"{took:.1f} s, {took / floor:.1f} × the floor, {grown[0]:.0f} MiB more")
        print("\n".join(told(pairs, found)))


if __name__ == "__main__":
    main()

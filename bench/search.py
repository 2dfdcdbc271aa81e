"""Search, beside the least SQL that finds the same people: `python -m bench.search [people] [seed]`.

Seven hundred queries of ten kinds, on a SQLite file and on PostgreSQL (KIEUBAO_TEST_DATABASE_URL, or one of
our own). The floor is the raw driver with SQL written by hand for the ids and six columns of a page of
twenty: no scope, no ranking, no count, no row-level security, and for names only the words and twenty ids.
"""

import random
import sys
import time
from collections.abc import Callable
from functools import partial
from statistics import median, quantiles
from typing import Any

from sqlalchemy import select, text

from bench.databases import bare, populated
from kieubao.access.roles import Scope
from kieubao.consent.vocabulary import Channel
from kieubao.db import db, keyring, reading
from kieubao.ground import places
from kieubao.ground.text import fold
from kieubao.people import disclosure
from kieubao.people.models import ContactPoint
from kieubao.people.search import find
from kieubao.people.words import filter_words, name_words, pairs
from kieubao.sample import COUNTRIES, GIVEN, OFFICE, SURNAMES
from kieubao.walls import Sight, confined

EACH, WARM = 70, 10
SCOPE = Scope(frozenset({OFFICE}))
COLUMNS = "person.id, person.code, person.name, person.born, person.country, person.commune, person.home_text"
Query = tuple[str, dict[str, Any]]


def queries(seed: int) -> dict[str, list[Query]]:
    """Return the same seventy queries of each kind for the same seed."""
    chance = random.Random(seed)
    communes = places.communes(OFFICE)
    given = [word for names in GIVEN.values() for word in names.split()]
    names = [name for (name,) in db.session.execute(text("SELECT name FROM person WHERE id <= 5000 ORDER BY id"))]
    reached = select(ContactPoint.value).where(ContactPoint.channel == Channel.PHONE).limit(EACH)
    numbers = list(db.session.scalars(reached))

    def name(words: int = 3) -> str:
        return chance.choice([one for one in names if len(one.split()) >= words])

    def full() -> str:
        return " ".join(name().split()[:3])

    kinds: dict[str, Callable[[], Query]] = {
        "one word": lambda: (chance.choice([*SURNAMES, *given]), {}),
        "two common words": lambda: (chance.choice(["Nguyễn Văn", "Nguyễn Thị", "Trần Thị", "Lê Văn"]), {}),
        "three words": lambda: (full(), {}),
        "prefix": lambda: (full()[: chance.randint(2, 11)].strip(), {}),
        "reversed": lambda: (" ".join(reversed(full().split())), {}),
        "no marks": lambda: (fold(full()), {}),
        "in a country": lambda: (" ".join(name().split()[:2]), {"countries": [chance.choice(list(COUNTRIES))]}),
        "of a commune": lambda: (name().split()[0], {"communes": [chance.choice(communes).code]}),
        "phone": lambda: (numbers.pop(), {}),
        "rare": lambda: (f"{chance.choice(['Uông', 'Biện', 'Kiều', 'Tạ'])} {chance.choice(given)}", {}),
    }
    return {kind: [made() for _ in range(EACH)] for kind, made in kinds.items()}


def ours(query: Query) -> None:
    disclosure.cards(find(*query, SCOPE).ids)


def floor(query: Query, raw: Any) -> None:
    """Ask the driver itself."""
    typed, wanted = query
    if typed.startswith("+"):
        ids = "SELECT person_id FROM contact_key WHERE key = "
        raw.execute(f"SELECT {COLUMNS} FROM person WHERE id IN ({ids}{keyring().blind('phone', typed)})").fetchall()
        return
    *complete, last = name_words(typed)
    groups = [[word] for word in pairs(complete) or complete] + filter_words(wanted)
    if db.engine.dialect.name == "sqlite":
        match = " AND ".join([*(f"({' OR '.join(map(_quoted, group))})" for group in groups), f'"{last}"*'])
        ids = f"SELECT rowid FROM person_words WHERE person_words MATCH '{match}' LIMIT 20"
    else:
        match = " & ".join([*(f"({' | '.join(group)})" for group in groups), f"{last}:*"])
        ids = f"SELECT id FROM person WHERE words @@ '{match}'::tsquery LIMIT 20"
    raw.execute(f"SELECT {COLUMNS} FROM person WHERE id IN ({ids})").fetchall()


def _quoted(word: str) -> str:
    return f'"{word}"'


def timed(ask: Callable[[Query], None], asked: list[Query]) -> list[float]:
    """Return how many milliseconds each query took, after a few to warm up."""
    for query in asked[:WARM]:
        ask(query)
    return [_milliseconds(ask, query) for query in asked]


def _milliseconds(ask: Callable[[Query], None], query: Query) -> float:
    begun = time.perf_counter()
    ask(query)
    return (time.perf_counter() - begun) * 1_000


def report(title: str, seed: int) -> None:
    print(f"\n{title:<18}{'p50':>8}{'p95':>8}{'max':>8}   floor p50     p95   ratio p50")
    all_ours, all_floor = list[float](), list[float]()
    for kind, asked in queries(seed).items():
        with confined(Sight(SCOPE.provinces)):
            reading()
            ms = timed(ours, asked)
        with bare() as raw:
            least = timed(partial(floor, raw=raw), asked)
        _line(kind, ms, least)
        all_ours += ms
        all_floor += least
    _line("all", all_ours, all_floor)


def _line(kind: str, ms: list[float], least: list[float]) -> None:
    ninety_five, floor_ninety_five = (quantiles(some, n=20)[-1] for some in (ms, least))
    print(
        f"{kind:<18}{median(ms):8.2f}{ninety_five:8.2f}{max(ms):8.2f}"
        f"{median(least):12.2f}{floor_ninety_five:8.2f}{median(ms) / median(least):12.1f}"
    )


def main(count: int = 100_000, seed: int = 1) -> None:
    for kind in populated(count, seed):
        report(kind, seed)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

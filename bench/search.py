"""Search through the use case, beside the least SQL that finds the same people.

`python -m bench.search [people] [seed] [SQLite|PostgreSQL]`: seven hundred queries and more of eleven kinds, on a
SQLite file and on PostgreSQL (KIEUBAO_TEST_DATABASE_URL, or one of our own), each with its scope, its ranking, its
count and its line in the trail. The floor is the raw driver with SQL written by hand for the ids and six columns of
a page of twenty: nothing of these, and for names only the words. Then how often a misspelt name is found.
"""

import gc
import random
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import cycle
from statistics import median, quantiles
from typing import Any

from sqlalchemy import select, text

from bench.databases import bare, populated
from bench.misspelling import misspelt
from kieubao.access.roles import Actor
from kieubao.consent.vocabulary import Channel
from kieubao.db import db, keyring
from kieubao.ground import places
from kieubao.ground.text import fold
from kieubao.people import lexicon, service
from kieubao.people.models import ContactPoint
from kieubao.people.words import BEGINNING, beginning, filter_words, having, name_words
from kieubao.sample import COUNTRIES, GIVEN, OFFICE, SURNAMES
from tests import factories

EACH, WARM, CLERKS = 70, 10, 40
COLUMNS = "person.id, person.code, person.name, person.born, person.country, person.commune, person.home_text"
Query = tuple[str, dict[str, Any]]


def queries(seed: int) -> dict[str, list[Query]]:
    """Return the same seventy queries of each kind for the same seed."""
    chance = random.Random(seed)
    communes = places.communes(OFFICE)
    given = [word for names in GIVEN.values() for word in names.split()]
    names = _names()
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
        "misspelt": lambda: (misspelt(chance, full()), {}),
        "rare": lambda: (f"{chance.choice(['Uông', 'Biện', 'Kiều', 'Tạ'])} {chance.choice(given)}", {}),
    }
    return {kind: [made() for _ in range(EACH)] for kind, made in kinds.items()}


def _names() -> list[str]:
    """Return the names of some people from everywhere in the table."""
    some = text("SELECT name FROM person WHERE id % 37 = 0 ORDER BY id LIMIT 5000")
    return [name for (name,) in db.session.execute(some)]


def ours(query: Query, clerks: Iterator[Actor]) -> list[Any]:
    """Search as one clerk after another: nobody may as often as a bench does."""
    typed, wanted = query
    return service.search(next(clerks), text=typed, wanted=wanted)["people"]


def raw_sql(query: Query) -> str:
    """Return the statement of a floor."""
    typed, wanted = query
    if typed.startswith("+"):
        ids = f"SELECT person_id FROM contact_key WHERE key = {keyring().blind('phone', typed)}"
        return f"SELECT {COLUMNS} FROM person WHERE id IN ({ids})"
    *complete, last = name_words(typed)
    ends = [last] if lexicon.known([last]) else [beginning(last)] if len(last) <= BEGINNING else _ends(last)
    groups = [*having(complete, ends), *filter_words(wanted)]
    if db.engine.dialect.name == "sqlite":
        match = " AND ".join(f"({' OR '.join(map(_quoted, group))})" for group in groups)
        ids = f"SELECT rowid FROM person_words WHERE person_words MATCH '{match}' LIMIT 20"
    else:
        match = " & ".join(f"({' | '.join(group)})" for group in groups)
        ids = f"SELECT id FROM person WHERE words @@ '{match}'::tsquery LIMIT 20"
    return f"SELECT {COLUMNS} FROM person WHERE id IN ({ids})"


def _ends(last: str) -> list[str]:
    return lexicon.beginning(last, 40) or [last]


def _quoted(word: str) -> str:
    return f'"{word}"'


def timed(ask: Callable[[Any], object], asked: list[Any]) -> list[float]:
    """Return how many milliseconds each query took, after a few to warm up."""
    for query in asked[:WARM]:
        ask(query)
    return [_milliseconds(ask, query) for query in asked]


def _milliseconds(ask: Callable[[Any], object], query: Any) -> float:
    begun = time.perf_counter()
    ask(query)
    return (time.perf_counter() - begun) * 1_000


def report(title: str, seed: int, clerks: Iterator[Actor]) -> None:
    print(f"\n{title:<18}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}   floor p50     p95   ratio p50")
    all_ours, all_floor = list[float](), list[float]()
    for kind, asked in queries(seed).items():
        statements = [raw_sql(query) for query in asked]
        ms = timed(partial(ours, clerks=clerks), asked)
        with bare() as raw:
            least = timed(lambda statement, raw=raw: raw.execute(statement).fetchall(), statements)
        _line(kind, ms, least)
        all_ours += ms
        all_floor += least
    _line("all", all_ours, all_floor)


def _line(kind: str, ms: list[float], least: list[float]) -> None:
    hundredths, floor_ninety_five = quantiles(ms, n=100), quantiles(least, n=20)[-1]
    print(
        f"{kind:<18}{median(ms):8.2f}{hundredths[94]:8.2f}{hundredths[98]:8.2f}{max(ms):8.2f}"
        f"{median(least):12.2f}{floor_ninety_five:8.2f}{median(ms) / median(least):12.1f}"
    )


def recall(seed: int, clerks: Iterator[Actor], count: int = 2_000) -> tuple[float, ...]:
    """Return how many in a hundred misspelt names bring somebody of the name that was meant on the first page.

    Whether the slip makes another name that people have, nobody can know: first all of them, then those that do not.
    """
    chance = random.Random(seed)
    slips = [(misspelt(chance, name), name) for name in chance.choices(_names(), k=count)]
    odd = [(typed, name) for typed, name in slips if not lexicon.known(name_words(typed)) >= {*name_words(typed)}]
    return tuple(100 * sum(_finds(clerks, *slip) for slip in some) / len(some) for some in (slips, odd))


def _finds(clerks: Iterator[Actor], typed: str, meant: str) -> bool:
    return fold(meant) in {fold(card["name"]) for card in ours((typed, {}), clerks)}


def main(count: int = 100_000, seed: int = 1, only: str = "") -> None:
    for kind in populated(count, seed, only):
        named = (f"clerk{time.time_ns()}" for _ in range(CLERKS))
        # As a worker does (gunicorn.conf.py).
        gc.freeze()
        clerks = cycle([factories.actor(units=[OFFICE], username=name) for name in named])
        report(kind, seed, clerks)
        found, odd = recall(seed, clerks)
        print(f"misspelt names found on the first page: {found:.1f} %; of those that are no other name: {odd:.1f} %")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:3]), *sys.argv[3:])

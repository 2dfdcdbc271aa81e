"""Publish 50,000 and pull 1,500 and 50,000, through the use cases: `python -m bench.outreach [people] [seed]`.

The floors, of the same run: for a publish the INSERT … SELECT over the very same condition, by the raw
driver; for a pull the raw driver fetching the same columns of the same people, without contact points,
consent, audit or a file; both past row-level security. Memory is how much more the process holds at its peak.
"""

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.databases import bare, populated
from kieubao.access.roles import Actor
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db
from kieubao.outreach import issues, lists, service
from kieubao.outreach import organizer as desk
from kieubao.outreach.vocabulary import Format
from tests import factories

COLUMNS = "p.id, p.code, p.name, p.country"


# Everybody, and those in one country: about 50,000 and 1,500 of 100,000 people.
LISTS: tuple[list[str], ...] = ([], ["DE"])
TABLES = (Format.CSV, Format.XLSX)


def published(cast: dict[str, Actor], countries: list[str]) -> tuple[str, int, float, float]:
    """Publish a list of the people in some countries; return its issue, size, time and floor."""
    drawn = factories.listed(cast["clerk"], purpose=Purpose.EVENTS, channels=[Channel.PHONE], countries=countries)
    code = drawn.code
    service.submit(cast["clerk"], code)
    service.approve(cast["approver"], code, digest=service.preview(cast["approver"], code)["digest"])
    took, sheet = timed(lambda: service.publish(cast["approver"], code))
    issue = sheet["issues"][0]
    holder = factories.accounts.organisation("Sở Ngoại vụ").code
    terms = {"fields": ["name", "country"], "formats": [*TABLES], "agreement": factories.agreement(holder)}
    opened = service.grant(cast["approver"], code, organisation=holder, until=factories.clock.today(), **terms)
    service.widen(cast["protection_officer"], opened["grant"], rows=1_000_000, pulls_a_day=100)
    return issue["code"], issue["people"], took, _publish_floor(code)


def _publish_floor(code: str) -> float:
    """Insert the same people into a table of the same shape, with the SQL written out."""
    drawn = lists.locate(lists.Scope(frozenset({"42"})), code)
    issue = issues.current(drawn)
    compiled = lists.eligible(drawn).compile(db.engine, compile_kwargs={"literal_binds": True})
    columns = "issue_id bigint, person_id bigint, PRIMARY KEY (issue_id, person_id)"
    statement = f"INSERT INTO floor_entry SELECT {issue.id}, x.id FROM ({compiled}) AS x"
    with bare() as raw:
        raw.execute(f"CREATE TEMPORARY TABLE floor_entry ({columns})")
        took, _nothing = timed(lambda: raw.execute(statement))
    return took


def pull_floor(code: str) -> float:
    entries = "weighed e JOIN issue i ON i.id = e.issue_id AND e.verdict = 'in' JOIN person p ON p.id = e.person_id"
    statement = f"SELECT {COLUMNS} FROM {entries} WHERE i.code = '{code}' ORDER BY p.sort_key, p.id"
    with bare() as raw:
        took, _rows = timed(lambda: raw.execute(statement).fetchall())
    return took


def timed(act: Callable[[], Any]) -> tuple[float, Any]:
    """Return how many milliseconds something took, and what it gave."""
    begun = time.perf_counter()
    given = act()
    return (time.perf_counter() - begun) * 1_000, given


@contextmanager
def watched() -> Iterator[list[float]]:
    """Give a list that will hold how many MiB more the process held at its peak."""
    grown, before, over = [0.0], _resident(), threading.Event()

    def watch() -> None:
        while not over.wait(0.005):
            grown[0] = max(grown[0], _resident() - before)

    watcher = threading.Thread(target=watch)
    watcher.start()
    yield grown
    over.set()
    watcher.join()


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * 4 / 1024


def pulled(organizer: Actor, code: str, wanted: Format) -> str:
    """Pull once; return a line of the table."""
    with watched() as grown:
        took, file = timed(lambda: desk.pull(organizer, code, reason="bench", format=wanted))
    file.content.close()
    least = pull_floor(code)
    return f"{'pull ' + wanted:<22}{file.people:>8,}{took:>9.0f}{least:>10.1f}{took / least:>7.1f}{grown[0]:>6.0f}"


def main(count: int = 100_000, seed: int = 1) -> None:
    for _kind in populated(count, seed):
        cast = {role: factories.actor(role) for role in ("clerk", "approver", "organizer", "protection_officer")}
        print(f"{'':<22}{'people':>8}{'ms':>9}{'floor ms':>10}{'ratio':>7}{'MiB':>6}")
        for countries in LISTS:
            code, people, took, least = published(cast, countries)
            print(f"{'publish':<22}{people:>8,}{took:>9.0f}{least:>10.1f}{took / least:>7.1f}")
            for wanted in TABLES:
                print(pulled(cast["organizer"], code, wanted))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))

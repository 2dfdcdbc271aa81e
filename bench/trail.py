"""Verify and export a long trail: `python -m bench.trail [entries]`.

The floor, of the same run: the raw driver fetching every column of every entry in the same order. Memory
is how much more the process holds at its peak.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from bench.outreach import timed, watched
from kieubao.access import exports, trail
from kieubao.access.chain import Roots
from kieubao.access.faults import hash_of
from kieubao.access.models import AuditEntry, AuditHead
from kieubao.db import db, insert_many, reading
from kieubao.ground import clock
from tests.databases import PostgreSQL, SQLite, application, postgresql_server


def entries(count: int) -> Iterator[dict[str, Any]]:
    """Make entries such as an opened record leaves, linked as they should be."""
    before, moment = "0" * 64, clock.now()
    for number in range(1, count + 1):
        row = {"id": number, "at": moment, "actor_id": 7, "role": "clerk", "organisation_id": 3, "found": None}
        row |= {"action": "people.read", "purpose": None, "subject": None, "outcome": "done", "previous": before}
        row["details"] = {"terms": "0123456789abcdef01234567", "filters": ["kinds"], "subjects": []}
        before = hash_of({**row, "at": moment.isoformat(timespec="microseconds")})
        yield {**row, "hash": before}


def fill(count: int) -> None:
    insert_many(AuditEntry, entries(count))
    last = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    number, ends_with = db.session.execute(last).one()
    db.session.execute(update(AuditHead).values(last=number, hash=ends_with))
    db.session.commit()


def floor() -> float:
    raw: Any = db.session.connection().connection.cursor()
    took, _nothing = timed(lambda: sum(1 for _row in raw.execute("SELECT * FROM audit_entry ORDER BY id")))
    db.session.rollback()
    return took


def measured(name: str, act: Callable[[], Any], least: float) -> None:
    reading()
    with watched() as grown:
        took, _given = timed(act)
    print(f"  {name:8} {took / 1000:8.1f} s   ratio {took / least:6.1f}   {grown[0]:6.0f} MiB")


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server, end = postgresql_server()
        file = Path(folder) / "export"
        for kind in (SQLite(Path(folder)), PostgreSQL(server)):
            url = kind.copy()
            with application(url).app_context():
                fill(count)
                least = floor()
                print(f"{type(kind).__name__}: {count:,} entries, floor {least / 1000:.1f} s")
                measured("verify", trail.verify, least)
                with file.open("wb") as sink:
                    measured("export", partial(exports.write, sink, "42", (1, count)), least)
                measured("its file", partial(exports.verify, file, Roots()), least)
                db.session.remove()
                db.engine.dispose()
            kind.drop(url)
        end()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)

"""More people on PostgreSQL than can be made one by one in an hour: copies of those there are, by SQL.

A copy has the name, the home and the country of its first, so that a common name stays as common as it was, and a code,
a pseudonym and numbers of its own. What no search asks of (revisions, the ledger) is not copied.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from psycopg import Cursor

from kieubao.ground import codes

# By table: which column is the person, and what else a copy has of its own. {nth} is its number; ids are moved on.
_OWN = {
    "person": ("id", {"code": "(SELECT code FROM fresh WHERE fresh.id = person.id + {people})"}),
    "standing": ("person_id", {"subject": "gen_random_uuid()"}),
    "contact_point": ("person_id", {"id": "id + {points}"}),
    "contact_key": (
        "person_id",
        {"key": "hashint8extended(key, {nth})", "contact_point_id": "contact_point_id + {points}"},
    ),
}
# Whatever indexes a table and is no key that another refers to: how to drop it, and how to make it anew.
_INDEXES = """
SELECT format('DROP INDEX %%I', indexname), indexdef FROM pg_indexes
WHERE schemaname = 'public' AND tablename = ANY(%(tables)s)
AND indexname NOT IN (SELECT conname FROM pg_constraint)
UNION ALL
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint AS known WHERE contype IN ('p', 'u') AND conrelid = ANY(%(tables)s::regclass[])
AND NOT EXISTS (SELECT 1 FROM pg_constraint AS other WHERE other.contype = 'f' AND other.conindid = known.conindid)
"""
_SPARE = 1_000
_COLUMNS = "SELECT column_name FROM information_schema.columns WHERE table_name = %s ORDER BY ordinal_position"


def multiply(raw: Cursor[Any], times: int) -> None:
    """Have everybody so many times over. `raw` is whoever runs the server, in a transaction."""
    people, points = (_last(raw, table) for table in ("person", "contact_point"))
    raw.execute("SET LOCAL session_replication_role = replica; SET LOCAL maintenance_work_mem = '1GB'")
    _have_codes(raw, people + 1, people * times)
    with _without_indexes(raw):
        for nth in range(1, times):
            for table in _OWN:
                _copy(raw, table, {"nth": nth, "people": nth * people, "points": nth * points}, people)
    for table in ("person", "contact_point"):
        raw.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def _last(raw: Cursor[Any], table: str) -> int:
    return raw.execute(f"SELECT max(id) FROM {table}").fetchone()[0]


def _have_codes(raw: Cursor[Any], first: int, last: int) -> None:
    """Make codes that nobody has: of some millions a few would be alike."""
    raw.execute("CREATE TEMPORARY TABLE made (code text) ON COMMIT DROP")
    with raw.copy("COPY made FROM STDIN") as rows:
        for _number in range(first, last + _SPARE):
            rows.write_row([codes.fresh("KB")])
    unlike = "SELECT code FROM made EXCEPT SELECT code FROM person"
    numbered = f"SELECT row_number() OVER () + {first - 1} AS id, code FROM ({unlike}) AS unlike"
    raw.execute(f"CREATE TEMPORARY TABLE fresh ON COMMIT DROP AS {numbered}")
    raw.execute("CREATE INDEX ON fresh (id); ANALYZE fresh")


@contextmanager
def _without_indexes(raw: Cursor[Any]) -> Iterator[None]:
    """Drop the indexes for as long as rows are copied: all at once they are made in a tenth of the time."""
    known = raw.execute(_INDEXES, {"tables": list(_OWN)}).fetchall()
    for drop, _make in known:
        raw.execute(drop)
    yield
    for _drop, make in known:
        raw.execute(make)


def _copy(raw: Cursor[Any], table: str, moved: dict[str, int], people: int) -> None:
    person, others = _OWN[table]
    own = {person: f"{person} + {moved['people']}"} | {name: one.format(**moved) for name, one in others.items()}
    columns = [name for (name,) in raw.execute(_COLUMNS, [table])]
    taken = ", ".join(own.get(name, name) for name in columns)
    raw.execute(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {taken} FROM {table} WHERE {person} <= {people}")

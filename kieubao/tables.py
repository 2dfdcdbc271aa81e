"""Whole tables, as the database itself has them: how backups read and fill them.

The other half of `db`: it too knows which database it is. It goes by the database and not by the models, for a backup
made before a migration holds what no model knows yet, or any more.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from typing import Any

import psycopg
from psycopg.types.json import Json
from sqlalchemy import (
    CHAR,
    JSON,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Dialect,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    MetaData,
    String,
    TableClause,
    TypeDecorator,
    Uuid,
    column,
    delete,
    func,
    insert,
    inspect,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.schema import AddConstraint, DropConstraint
from sqlalchemy.types import TypeEngine

from kieubao.db import Instant, db

# Not content: the index of words, which the database keeps by itself, and the number of the schema.
_NOT_CONTENT = ("person_words", "alembic_version")
_UUID = 32
# How many rows are held at once, and how many bytes of what is long in them, such as whole files.
STEP, MOST = 1_000, 8 << 20


class Lexemes(TypeDecorator[str]):
    """Words with spaces between, where PostgreSQL keeps them as a tsvector."""

    impl = TSVECTOR
    cache_ok = True

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value and value.replace("'", "")


# What a column holds, in words that are the same on both databases, and how it is asked for. The first that fits.
_KINDS: Sequence[tuple[type[TypeEngine[Any]], str, TypeEngine[Any]]] = (
    (Boolean, "bool", Boolean()),
    (Integer, "int", BigInteger()),
    (Uuid, "uuid", Uuid()),
    (JSON, "json", JSON(none_as_null=True)),
    (TSVECTOR, "text", Lexemes()),
    (String, "text", String()),
    (DateTime, "instant", Instant()),
    (Date, "day", Date()),
    (LargeBinary, "bytes", LargeBinary()),
)


@dataclass(frozen=True)
class Stored:
    """A table in the database at hand: its columns by name and what each holds, and the columns of its key."""

    name: str
    kinds: Mapping[str, str]
    key: tuple[str, ...]
    clause: TableClause


def stored() -> list[Stored]:
    """Return every table with content, those first that others refer to.

    Raises TypeError for a column that no backup could hold.
    """
    return [_stored(name) for name in _names()]


def _names() -> list[str]:
    # SQLite, given a row that others wait for, looks for these in whole tables: hence the order.
    known = inspect(db.session.connection()).get_sorted_table_and_fkc_names()
    return [name for name, _ties in known if name and not name.startswith(_NOT_CONTENT)]


def _stored(name: str) -> Stored:
    found = inspect(db.session.connection())
    types = {one["name"]: _kind(name, one["name"], one["type"]) for one in found.get_columns(name)}
    columns = sorted(types)
    clause = table(name, *(column(one, types[one][1]) for one in columns))
    key = tuple(found.get_pk_constraint(name)["constrained_columns"])
    return Stored(name, {one: types[one][0] for one in columns}, key, clause)


def _kind(name: str, of: str, stands: TypeEngine[Any]) -> tuple[str, TypeEngine[Any]]:
    if isinstance(stands, CHAR) and stands.length == _UUID:
        return "uuid", Uuid()  # as SQLite keeps it
    for type_, kind, asked in _KINDS:
        if isinstance(stands, type_):
            return kind, asked
    raise TypeError(f"no backup could hold {name}.{of}, which is {stands!r}")


def rows(of: Stored) -> Iterator[Sequence[Any]]:
    """Give every row in the order of the key, byte by byte: the same on either database."""
    order = [of.clause.c[one] if of.kinds[one] != "text" else _bytewise(of.clause.c[one]) for one in of.key]
    query = select(*of.clause.c).order_by(*order).execution_options(yield_per=_at_once(of))
    with closing(db.session.connection().execute(query)) as found:
        yield from found


def _at_once(of: Stored) -> int:
    """Return how many rows are read together, were all of them as long as the longest."""
    lengths = [func.max(func.length(of.clause.c[one])) for one, kind in of.kinds.items() if kind == "bytes"]
    longest = sum(length or 0 for length in db.session.execute(select(*lengths)).one()) if lengths else 0
    return max(1, min(STEP, MOST // max(1, longest)))


def _bytewise(text_: Any) -> Any:
    return text_ if _on_sqlite() else text_.collate("C")


def count(of: Stored) -> int:
    return db.session.scalar(select(func.count()).select_from(of.clause)) or 0


def clear(of: Stored) -> None:
    db.session.execute(delete(of.clause))


def fill(into: Stored, rows_: Sequence[Sequence[Any]]) -> None:
    """Add rows, each with a value for every column; raise SQLAlchemyError where they do not fit."""
    connection = db.session.connection()
    if _on_sqlite():
        connection.execute(insert(into.clause), [dict(zip(into.kinds, row, strict=True)) for row in rows_])
    else:
        _copy(connection.connection.driver_connection, into, rows_)


def _copy(driver: Any, into: Stored, rows_: Sequence[Sequence[Any]]) -> None:
    columns = ", ".join(f'"{name}"' for name in into.kinds)
    wrapped = [Json if kind == "json" else None for kind in into.kinds.values()]
    try:
        with driver.cursor() as cursor, cursor.copy(f'COPY "{into.name}" ({columns}) FROM STDIN') as copy:
            for row in rows_:
                copy.write_row(
                    [wrap(one) if wrap and one is not None else one for wrap, one in zip(wrapped, row, strict=True)]
                )
    except psycopg.Error as error:
        # Its own words would hold the row.
        raise SQLAlchemyError(f"{into.name}: {error.sqlstate}") from None


def see_everybody() -> None:
    """Have this transaction see every row, where the database shows an account only some (row-level security)."""
    if not _on_sqlite():
        db.session.execute(text("SELECT set_config('kieubao.everyone', 'on', true)"))


@dataclass(frozen=True)
class Loosened:
    """What was taken off the tables for a while: references between them, and walls that hold for their owner too."""

    ties: Sequence[ForeignKeyConstraint] = ()
    walled: Sequence[str] = ()


def loosen() -> Loosened:
    """Let tables be filled in any order, by their owner, inside this transaction; `fasten` puts it right."""
    connection = db.session.connection()
    if _on_sqlite():
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        return Loosened()
    known = MetaData()
    known.reflect(connection, only=_names())
    ties = list(chain.from_iterable(one.foreign_key_constraints for one in known.tables.values()))
    for tie in ties:
        connection.execute(DropConstraint(tie))
    # COPY takes nothing through a wall.
    walled = connection.scalars(text("SELECT oid::regclass::text FROM pg_class WHERE relforcerowsecurity")).all()
    for name in walled:
        connection.execute(text(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY"))
    return Loosened(ties, walled)


def fasten(loosened: Loosened) -> None:
    """Put references back, which tests them, and walls, and number new rows after those that were filled in."""
    connection = db.session.connection()
    for tie in loosened.ties:
        connection.execute(AddConstraint(tie))
    for name in loosened.walled:
        connection.execute(text(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"))
    if not _on_sqlite():
        for of in stored():
            if of.kinds.get("id") == "int":
                _renumber(of)


def _renumber(of: Stored) -> None:
    last = select(func.max(of.clause.c.id)).scalar_subquery()
    sequence = func.pg_get_serial_sequence(of.name, "id")
    db.session.execute(select(func.setval(sequence, last)))


def _on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"

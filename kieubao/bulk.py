"""Rows written many at once, past SQLAlchemy's care for each: their values are made by the columns' own types.

SQLite takes one statement and many values. PostgreSQL would begin that statement, and ask its walls, anew for each
row: it is given a list for each column.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Connection, Dialect, String, Table
from sqlalchemy.schema import ColumnDefault

Rows = Sequence[Mapping[str, Any]]


def insert(connection: Connection, table: Table, rows: Rows, *, only_missing: bool = False) -> None:
    """Insert rows that tell the same columns; of `only_missing`, those that are not there yet."""
    told = [table.c[name] for name in rows[0]]
    columns = [*told, *(one for one in table.c if one.key not in rows[0] and isinstance(one.default, ColumnDefault))]
    if connection.dialect.name == "sqlite":
        new = f"VALUES ({', '.join('?' * len(columns))})"
    else:
        new = f"SELECT * FROM {_unrolled(columns, connection.dialect)}"  # noqa: S608 - names of the models
    statement = f"INSERT INTO {table.name} ({_names(columns)}) {new}"
    _send(connection, statement + " ON CONFLICT DO NOTHING" * only_missing, columns, rows)


def update(connection: Connection, table: Table, rows: Rows) -> None:
    """Write columns of rows anew, each told with its `id`."""
    columns = [table.c[name] for name in rows[0] if name != "id"]
    if connection.dialect.name == "sqlite":
        told = ", ".join(f"{one.name} = ?" for one in columns)
        where = "WHERE id = ?"
    else:
        told = ", ".join(f"{one.name} = told.{one.name}" for one in columns)
        new = _unrolled([*columns, table.c.id], connection.dialect)
        where = f"FROM {new} AS told ({_names(columns)}, id) WHERE {table.name}.id = told.id"
    _send(connection, f"UPDATE {table.name} SET {told} {where}", [*columns, table.c.id], rows)  # noqa: S608 - the same


def _send(connection: Connection, statement: str, columns: Sequence[Column[Any]], rows: Rows) -> None:
    values = [_values(column, rows, connection.dialect) for column in columns]
    is_sqlite = connection.dialect.name == "sqlite"
    connection.exec_driver_sql(statement, list(zip(*values, strict=True)) if is_sqlite else tuple(values))


def _values(column: Column[Any], rows: Rows, dialect: Dialect) -> list[Any]:
    """Return what a column is to be in each row, as the driver takes it."""
    default: Any = column.default
    if column.key in rows[0]:
        values = [row[column.key] for row in rows]
    else:
        values = [default.arg(None) if default.is_callable else default.arg for _row in rows]
    process = column.type.dialect_impl(dialect).bind_processor(dialect)
    return [process(value) for value in values] if process else values


def _names(columns: Iterable[Column[Any]]) -> str:
    return ", ".join(column.name for column in columns)


def _unrolled(columns: Iterable[Column[Any]], dialect: Dialect) -> str:
    return f"unnest({', '.join(f'%s::{_type(column, dialect)}[]' for column in columns)})"


def _type(column: Column[Any], dialect: Dialect) -> str:
    """Return a column's type; of text without its length, to which a cast would cut it in silence."""
    kind = column.type.dialect_impl(dialect)
    return "text" if isinstance(kind, String) else dialect.type_compiler_instance.process(kind)

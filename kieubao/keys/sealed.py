"""What is sealed, and with which key: told by the id in front of every value, without opening any.

Every `Encrypted` column of every table is found from the tables themselves: none has to be named here.
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple, cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Executable,
    LargeBinary,
    Row,
    Select,
    bindparam,
    func,
    select,
    tuple_,
    type_coerce,
    update,
)

from kieubao.db import Base, Encrypted, db, keyring, writing
from kieubao.ground.ciphers import Keyring, WrongKey, made_with
from kieubao.ground.errors import NotFound, _
from kieubao.ground.keys import KEY_ID, Kind
from kieubao.tables import MOST

BATCH = 500


class Batch(NamedTuple):
    """Up to where things were seen, None at the end; how many are made anew; where those stand that do not open."""

    last: tuple[Any, ...] | None
    done: int
    unopened: Sequence[Sequence[Any]] = ()


def places() -> dict[str, Column[str]]:
    """Return every sealed column by its name, table.column."""
    columns = (column for table in Base.metadata.sorted_tables for column in table.columns)
    return {str(column): column for column in columns if isinstance(column.type, Encrypted)}


def counts(column: Column[str]) -> Mapping[str, int]:
    """Return how many values of a column each key has sealed."""
    named = _key_id(column)
    query = select(named, func.count()).where(column.is_not(None)).group_by(named)
    return {made_with(key_id): count for key_id, count in db.session.execute(query)}


def reseal(place: str, after: Sequence[Any] | None) -> Batch:
    """Seal the next values of a column with the current key, and leave the right to write taken.

    Nothing is locked while they are opened and sealed. One that was changed meanwhile is what it was
    changed to; one that is locked, or does not open, is left as it is.
    """
    if place not in places():
        raise NotFound(_("Nothing is sealed in %(place)s"), place=place)
    column, ring = places()[place], keyring()
    outdated = _outdated(column, ring, after)
    rows = db.session.execute(outdated.limit(_fitting(column, outdated))).all()
    fresh, unopened = _sealed(ring, place, rows)
    writing()
    done = cast("int", db.session.execute(_swap(column), fresh).rowcount) if fresh else 0  # type: ignore[attr-defined]
    return Batch(tuple(rows[-1][1:]) if rows else None, done, unopened)


def _outdated(column: Column[str], ring: Keyring, after: Sequence[Any] | None) -> Select[Any]:
    """Select values that a key in the ring other than the current has sealed, and where each stands."""
    numbers = column.table.primary_key.columns
    others: Collection[bytes] = [one.encode() for one in ring.of(Kind.FIELD) if not ring.is_current(one)]
    query = select(_raw(column), *numbers).where(_key_id(column).in_(others)).order_by(*numbers)
    return query if after is None else query.where(tuple_(*numbers) > tuple_(*after))


def _fitting(column: Column[str], outdated: Select[Any]) -> int:
    """Return how many of the next values may be held at once: a value may be a whole file."""
    lengths = db.session.scalars(outdated.with_only_columns(func.length(_raw(column))).limit(BATCH))
    return max(1, sum(1 for total in accumulate(lengths) if total <= MOST))


def _sealed(ring: Keyring, place: str, rows: Sequence[Row[Any]]) -> tuple[list[Mapping[str, Any]], list[Sequence[Any]]]:
    """Return what to write where, and where a value stands that does not open."""
    fresh: list[Mapping[str, Any]] = []
    unopened: list[Sequence[Any]] = []
    for row in rows:
        was, *numbers = tuple(row)
        try:
            again = ring.seal(ring.open(bytes(was), place), place)
        except WrongKey:
            unopened.append(numbers)
        else:
            at: Mapping[str, Any] = {f"at{n}": number for n, number in enumerate(numbers)}
            fresh.append({"was": was, "again": again, **at})
    return fresh, unopened


def _swap(column: Column[str]) -> Executable:
    """Write a value over, where it is still what it was: nobody's change is lost, and nobody is waited for."""
    numbers = column.table.primary_key.columns
    here = [number == bindparam(f"at{n}", type_=number.type) for n, number in enumerate(numbers)]
    still = _raw(column) == bindparam("was", type_=LargeBinary)
    free = select(*numbers).where(*here, still).with_for_update(skip_locked=True)
    again = update(column.table).values({column: bindparam("again", type_=LargeBinary)})
    return again.where(*here, tuple_(*numbers).in_(free))


def _raw(column: Column[str]) -> ColumnElement[bytes]:
    return type_coerce(column, LargeBinary)


def _key_id(column: Column[str]) -> ColumnElement[bytes]:
    return func.substr(_raw(column), 1, KEY_ID, type_=LargeBinary)

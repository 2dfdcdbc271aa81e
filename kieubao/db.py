"""The database, and every difference between SQLite and PostgreSQL.

A transaction is begun in words: `reading()` gives one snapshot, `writing()` takes the right to write
before the first read. SQLAlchemy on SQLite would otherwise run a SELECT before BEGIN.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVarTuple, cast

from flask import current_app
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    DateTime,
    Dialect,
    Engine,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    TypeDecorator,
    bindparam,
    event,
    func,
    select,
    table,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, registry
from sqlalchemy.types import TypeEngine

from kieubao import bulk
from kieubao.ground.ciphers import Keyring
from kieubao.ground.errors import Conflict
from kieubao.ground.keyfile import Held

Ts = TypeVarTuple("Ts")

# An integer key: SQLite only numbers rows by itself where the type is INTEGER.
Key = BigInteger().with_variant(Integer, "sqlite")

BATCH = 5_000


def ordered(length: int) -> String:
    """Return text that is compared byte by byte, as its key was made to be, whatever the server's language."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class Instant(TypeDecorator[datetime]):
    """A moment in UTC; SQLite forgets the time zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Encrypted(TypeDecorator[str]):
    """Text sealed with the office's keys. `context` (table.column) ties it to its place."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, context: str) -> None:
        super().__init__()
        self.context = context

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else keyring().seal(value, self.context)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring().open(bytes(value), self.context)


class Words(TypeDecorator[str]):
    """Words of a-z and 0-9 with spaces between; on PostgreSQL a tsvector.

    It is searched as the column it is: behind row-level security no index answers for what is made of a column.
    """

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(String() if dialect.name == "sqlite" else postgresql.TSVECTOR())

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return value and value.replace("'", "")


# Named constraints, so that a migration can drop them on SQLite as on PostgreSQL.
_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    # On the registry and not on the class: Flask-SQLAlchemy copies the class body.
    registry = registry(
        metadata=MetaData(naming_convention=_NAMES),
        type_annotation_map={datetime: Instant, list[str]: JSON, dict[str, Any]: JSON},
    )


db = SQLAlchemy(model_class=Base)


def keyring() -> Keyring:
    """Return the office's keys."""
    return held().ring


def held() -> Held:
    """Return where the office's keys come from."""
    return cast("Held", current_app.extensions["kieubao.keyring"])


def data_folder(url: str, instance: Path) -> Path | None:
    """Return the folder in which a database keeps its file; None where a server keeps it."""
    address = make_url(url)
    if not address.drivername.startswith("sqlite") or not address.database:
        return None
    # Flask-SQLAlchemy counts from the instance folder.
    return (instance / address.database).parent


# SQLite gives a snapshot to whoever begins; PostgreSQL gives one where it is asked to.
_READS: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
# What PostgreSQL does in one statement is whole without a transaction around it, which would be two more messages.
_ALONE: dict[str, Any] = {"isolation_level": "AUTOCOMMIT"}


def reading(*, alone: bool = False) -> None:
    """Begin a transaction that reads one state of the database and takes no lock; `alone`: by one statement."""
    _begin("BEGIN", _ALONE if alone else _READS)
    if not alone and not _on_sqlite():
        db.session.info["reads"] = db.session().get_transaction()


def writing(*, alone: bool = False) -> None:
    """Begin a transaction that may write; `alone`: by one statement, where the database has one for it.

    On SQLite it waits here for the one write lock; on PostgreSQL each use case locks the rows it decides on.
    """
    _begin("BEGIN IMMEDIATE", _ALONE if alone else {})


def insert_many(table: type[Base], rows: Iterable[Mapping[str, Any]], *, only_missing: bool = False) -> None:
    """Insert rows of any number through Core, in batches; of `only_missing`, those that are not there yet."""
    left = iter(rows)
    while some := list(islice(left, BATCH)):
        bulk.insert(db.session.connection(), cast("Table", table.__table__), some, only_missing=only_missing)


def add_once(row: Base, sentence: str) -> None:
    """Add a row; raise Conflict, in these words, where somebody has added one like it, be it at this moment."""
    try:
        with db.session.begin_nested():
            db.session.add(row)
    except IntegrityError as error:
        raise Conflict(sentence) from error


def update_many(table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write columns of rows anew, by their `id` and past the ORM, which would count a version of its own."""
    if rows:
        bulk.update(db.session.connection(), cast("Table", table.__table__), rows)


def next_ids(table: type[Base], count: int) -> Sequence[int]:
    """Return the ids of rows about to be inserted, so that what hangs on them can be inserted in bulk too."""
    column = table.__table__.c.id
    if _on_sqlite():
        last = db.session.execute(select(func.coalesce(func.max(column), 0))).scalar_one()
        return range(last + 1, last + 1 + count)
    sequence = func.nextval(func.pg_get_serial_sequence(table.__tablename__, "id"))
    return db.session.scalars(select(sequence).select_from(func.generate_series(1, count).alias())).all()


def listed(column: InstrumentedAttribute[list[str]], values: Collection[str]) -> ColumnElement[bool]:
    """Tell, in SQL, whether a JSON list has one of these values."""
    unrolled = (func.json_each if _on_sqlite() else func.json_array_elements_text)(column)
    each = unrolled.table_valued("value")
    return select(1).select_from(each).where(each.c.value.in_(values)).exists()


def these(ids: Collection[int]) -> Select[int]:
    """Select ids that are told, however many there are: as one value, not each as a parameter."""
    return _each(bindparam(None, list(ids), type_=_list()))


def is_among(column: ColumnElement[int], ids: Select[int]) -> ColumnElement[bool]:
    """Tell whether a row's id is one of those selected, asked row by row: of a few rows, and of very many ids.

    `column.in_(ids)` would have all of the ids selected first.
    """
    return ids.where(ids.selected_columns[0] == column).exists()


def told(name: str) -> Select[int]:
    """Select ids that are given to a statement by a name, however many there are."""
    return _each(bindparam(name, type_=_list()))


def _list() -> TypeEngine[Any]:
    return JSON() if _on_sqlite() else postgresql.ARRAY(BigInteger)


def _each(ids: BindParameter[Any]) -> Select[int]:
    return select(func.json_each(ids).table_valued("value").c.value if _on_sqlite() else func.unnest(ids))


def having_words() -> Select[int]:
    """Select in their order the ids of people who have `:words`, written by `one_of_each`. Ask it after `by_words`."""
    person, words = Base.metadata.tables["person"], bindparam("words", type_=String())
    if _on_sqlite():
        # The plus keeps SQLite, after ANALYZE, from asking for the words person by person.
        found = table("person_words").join(person, text("person.id = +person_words.rowid"))
        query = select(person.c.id).select_from(found).where(text("person_words MATCH :words").bindparams(words))
        return query.order_by(text("person_words.rowid"))
    holds = text("person.words @@ cast(:words AS tsquery)").bindparams(words)
    return select(person.c.id).where(holds).order_by(person.c.id)


def one_of_each(groups: Iterable[Sequence[str]]) -> str:
    """Write down for `having_words` that a word of each group has to be there. Words are of a-z and 0-9 alone."""
    if _on_sqlite():
        return " AND ".join('("' + '" OR "'.join(group) + '")' for group in groups)
    return " & ".join("(" + " | ".join(group) + ")" for group in groups)


def in_one(query: Select[*Ts]) -> Select[Any]:
    """Select all rows of a query as one list of lists, of JSON's own types; None where there is no row.

    SQLite lets go of the interpreter with every row that is fetched, and a thread that computes then has it for long.
    """
    rows = query.subquery().c
    each, whole = (func.json_array, func.json_group_array) if _on_sqlite() else (func.json_build_array, func.json_agg)
    return select(whole(each(*rows), type_=JSON))


def by_words(*, wanted: bool = True) -> None:
    """Have PostgreSQL go by the index of words, which it believes to be slower than reading every person.

    It does so until the transaction ends or this is not `wanted`, and is told no more often than it has to be.
    """
    if _on_sqlite():
        return
    transaction, told = db.session.connection().get_transaction(), db.session.info.get("by words")
    if (told is transaction) is wanted:
        return
    others = text("SELECT set_config('enable_seqscan', :on, true), set_config('enable_indexscan', :on, true)")
    db.session.execute(others, {"on": "off" if wanted else "on"})
    db.session.info["by words"] = transaction if wanted else None


def writes_two() -> bool:
    """Tell whether one statement may write two tables: PostgreSQL's may, and is asked once instead of twice."""
    return not _on_sqlite()


def sha256(words: ColumnElement[str]) -> ColumnElement[str]:
    """Take, in SQL, the SHA-256 of a text in UTF-8, in hex."""
    if _on_sqlite():
        return func.sha256_of(words, type_=String())
    return func.encode(func.sha256(func.convert_to(words, "UTF8")), "hex", type_=String())


def _sha256(words: str) -> str:
    return hashlib.sha256(words.encode()).hexdigest()


def _on_sqlite() -> bool:
    return db.engine.dialect.name == "sqlite"


def _begin(words: str, postgresql: Mapping[str, Any]) -> None:
    leave()
    # A new key is taken up here, before a value sealed with it can be met: one transaction, one ring.
    held().refresh()
    db.session.connection(execution_options={"begin": words} if _on_sqlite() else postgresql)


def leave(_error: BaseException | None = None) -> None:
    """End the transaction that is open, and leave nothing of it.

    What could only read is committed: at a rollback psycopg forgets every statement that it had the server prepare.
    """
    session, reads = db.session(), db.session.info.pop("reads", None)
    if reads and reads is session.get_transaction():
        # Of what was changed in its rows all the same the database refuses every one.
        with suppress(SQLAlchemyError):
            session.commit()
    session.rollback()


# mmap: pages are read where the system has them; copying each took a tenth of what a search costs. What is deleted is
# overwritten: of a registration that was refused nobody calls for a scrub.
_PRAGMAS = (
    "foreign_keys=ON",
    "journal_mode=WAL",
    "synchronous=FULL",
    "busy_timeout=10000",
    "mmap_size=2147418112",
    "secure_delete=ON",
)


def _connected(connection: Any, _record: Any) -> None:
    if isinstance(connection, sqlite3.Connection):
        connection.isolation_level = None
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("sha256_of", 1, _sha256, deterministic=True)
    else:
        # As long as SQLite waits: what cannot be recorded by then is not done.
        connection.execute("SET lock_timeout = '10s'")
        connection.commit()


def _begun(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


event.listen(Engine, "connect", _connected)
event.listen(Engine, "begin", _begun)

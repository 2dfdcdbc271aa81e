"""Whom a transaction sees, held by PostgreSQL itself behind every query (docs/postgresql.md).

The policies, made by migration 0007, ask for settings that end with the transaction. Where nothing was set,
nobody is seen. SQLite has no such thing: there `people.filters.within` stands alone.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, event, inspect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from kieubao.db import db
from kieubao.ground import clock


@dataclass(frozen=True)
class Sight:
    """People by their homes, or people on lists open to an organisation or in files it took; of itself nobody.

    `person_id`: nobody either, but what this one says of themselves may be written. `own_id`: this one alone.
    `unit_id`: nobody, but what this organisation asked the police desk. `desk`: beside people, all that anybody did.
    """

    provinces: Collection[str] = ()
    communes: Collection[str] = ()
    organisation_id: int | None = None
    person_id: int | None = None
    unit_id: int | None = None
    desk: bool = False
    own_id: int | None = None
    everyone: bool = False

    def settings(self) -> dict[str, str]:
        """Return all that the policies ask for, so that nothing is left to what the connection had before."""
        return {
            "everyone": "on" if self.everyone else "",
            # Of an empty text PostgreSQL makes an empty list: a province without a name is told by its comma.
            "provinces": ",".join(self.provinces) or "," * len(self.provinces),
            "communes": ",".join(self.communes),
            "organisation": str(self.organisation_id or ""),
            "person": str(self.person_id or ""),
            "own": str(self.own_id or ""),
            "unit": str(self.unit_id or ""),
            "desk": "on" if self.desk else "",
            "today": str(clock.today()),
        }


_SET = "SELECT " + ", ".join(f"set_config('kieubao.{name}', %({name})s, true)" for name in Sight().settings())


@contextmanager
def confined(sight: Sight) -> Iterator[None]:
    """Have every transaction that is begun inside see these people alone, to its end."""
    before = db.session.info.get("sight")
    db.session.info["sight"] = sight
    try:
        yield
    finally:
        db.session.info["sight"] = before


def _confine(session: Session, _transaction: Any, connection: Connection) -> None:
    sight: Sight | None = session.info.get("sight")
    if sight and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_SET, sight.settings())


def is_held_back(error: DBAPIError) -> bool:
    """Tell whether a wall refused a row; by where in PostgreSQL that is said, as the words are of its language."""
    told = getattr(error.orig, "diag", None)
    return getattr(told, "source_function", None) == "ExecWithCheckOptions"


# What the application's role may do with a table; what is not to be changed it can only add to.
_ANYTHING = "SELECT, INSERT, UPDATE, DELETE"
_LESS = {
    "alembic_version": "SELECT",
    "audit_entry": "SELECT, INSERT",
    "audit_head": "SELECT, UPDATE",
    "audit_root": "SELECT, INSERT",
    "breach_version": "SELECT, INSERT",
    # What is sealed in it is sealed anew when keys turn; a trigger lets nothing else through.
    "consent_event": "SELECT, INSERT, UPDATE (evidence, given_by)",
    "desk_figures": "SELECT, INSERT",
    "disclosure_complaint": "SELECT, INSERT, UPDATE (text, answer, upheld, answered_by, answered_at)",
    "disclosure_deferral": "SELECT, INSERT, UPDATE (why, approved_by, until)",
    # Who asked, and when, is not changed; nor is anything deleted.
    "disclosure_request": (
        "SELECT, INSERT, UPDATE (paper, endorsed_by, endorsed_at, decided_by, decided_at, office_id, checks, deferred,"
        " line, approved_by, approved_at, department_id, released_at, shown, ended, ended_at)"
    ),
    "disclosure_view": "SELECT, INSERT",
    "finding_decision": "SELECT, INSERT",
    "ledger_head": "SELECT, UPDATE",
    "notice": "SELECT, INSERT",
    "police_mandate": "SELECT, INSERT, UPDATE (seconded_by, confirmed_by, confirmed_at, lapses_on, ended_at, ended_by)",
    "receipt": "SELECT, INSERT, DELETE",
    "register_entry": "SELECT, INSERT",
    # What is sealed in it is sealed anew when keys turn; of who is erased nothing stays.
    "request_step": "SELECT, INSERT, DELETE, UPDATE (remark)",
    "stop_notice": "SELECT, INSERT, UPDATE (acknowledged_at, acknowledged_by)",
    # What led to somebody who is erased is taken out of it.
    "weighed": "SELECT, INSERT, UPDATE (verdict, line, via_id)",
}


def grant(connection: Connection, role: str | None) -> None:
    """Give the application's role its rights on every table there is, and no others."""
    quoted = connection.dialect.identifier_preparer.quote
    if not role or role == connection.engine.url.username:
        raise RuntimeError("KIEUBAO_DATABASE_URL has to name a role, and another one than KIEUBAO_OWNER_URL")
    to = quoted(role)
    statements = [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {to}",
        f"GRANT USAGE ON SCHEMA public TO {to}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {to}",
    ]
    if "jobs" in inspect(connection).get_schema_names():
        # What wakes the worker is no part of the registry: huey makes its own tables there.
        statements.append(f"GRANT USAGE, CREATE ON SCHEMA jobs TO {to}")
    tables = inspect(connection).get_table_names("public")
    for statement in [*statements, *(f"GRANT {_rights(connection, one)} ON {quoted(one)} TO {to}" for one in tables)]:
        connection.exec_driver_sql(statement)


def _rights(connection: Connection, name: str) -> str:
    """Return what the application's role may do with a table, of which an older schema lacks a column or two."""
    rights, _bracket, columns = _LESS.get(name, _ANYTHING).rstrip(")").partition(" (")
    if not columns:
        return rights
    there = {one["name"] for one in inspect(connection).get_columns(name, "public")}
    return f"{rights} ({', '.join(one for one in columns.split(', ') if one in there)})"


# What would be wrong, and how PostgreSQL is asked whether it is so.
_BREACHES = {
    "The application's role is a superuser or has BYPASSRLS: it goes past every wall": (
        "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"
    ),
    "The application's role owns tables, may make some, or belongs to a role that does: it could go round the walls": (
        "SELECT has_schema_privilege('public', 'CREATE') OR EXISTS (SELECT FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'MEMBER'))"
    ),
    "A connection sees people before it says whom it is to see": (
        "SELECT coalesce(current_setting('kieubao.everyone', true), '') <> '' OR EXISTS (SELECT FROM person)"
    ),
    "Row-level security is off: run the migrations": (
        "SELECT NOT (relrowsecurity AND relforcerowsecurity) FROM pg_class WHERE oid = 'person'::regclass"
    ),
    "The trail or the ledger could be changed: run the migrations with KIEUBAO_OWNER_URL": (
        "SELECT has_table_privilege('audit_entry', 'UPDATE, DELETE, TRUNCATE')"
        " OR has_table_privilege('consent_event', 'UPDATE, DELETE, TRUNCATE')"
    ),
}
_SLOW = "SELECT NOT proleakproof FROM pg_proc WHERE oid = 'pg_catalog.ts_match_vq(tsvector,tsquery)'::regprocedure"


def breaches() -> list[str]:
    """Say why the walls do not hold; nothing where they do. SQLite has none."""
    if db.engine.dialect.name == "sqlite":
        return []
    return [sentence for sentence, asked in _BREACHES.items() if _is_so(asked)]


def is_slow() -> bool:
    """Tell whether a search by name reads everybody, for want of what only a superuser can allow."""
    return db.engine.dialect.name == "postgresql" and _is_so(_SLOW)


def _is_so(asked: str) -> bool:
    with db.engine.connect() as connection:
        return bool(connection.exec_driver_sql(asked).scalar())


# On every transaction, however it is begun: a seal begins several.
event.listen(db.session, "after_begin", _confine)

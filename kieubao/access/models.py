from datetime import datetime
from typing import Any
from uuid import UUID

from flask_security.core import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kieubao.db import Base, Key
from kieubao.ground.clock import now


class Organisation(Base):
    """A Sở, a commune, an association or a police unit that accounts belong to and lists are granted to."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class Account(UserMixin, Base):
    """Somebody who signs in. `fs_uniquifier` is Flask-Security's name for the session key."""

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(30))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    organisation: Mapped[Organisation] = relationship(lazy="joined")
    scope: Mapped[list["AccountScope"]] = relationship(lazy="selectin")


class AccountScope(Base):
    """One current unit whose natives the account may see."""

    __tablename__ = "account_scope"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    unit: Mapped[str] = mapped_column(String(5), primary_key=True)


class ApiToken(Base):
    """A key for programs. Only its SHA-256 is kept; the token is shown once."""

    __tablename__ = "api_token"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    permissions: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined")


class AuditEntry(Base):
    """One act, allowed or refused. `hash` is SHA-256 over the previous hash and everything else here."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject", "id"), Index(None, "actor_id", "id"))

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_id: Mapped[int | None] = mapped_column(Key)
    role: Mapped[str] = mapped_column(String(30))
    organisation_id: Mapped[int | None] = mapped_column(Key)
    action: Mapped[str] = mapped_column(String(60))
    purpose: Mapped[str | None] = mapped_column(String(200))
    subject: Mapped[UUID | None]
    found: Mapped[int | None]
    outcome: Mapped[str] = mapped_column(String(30))
    details: Mapped[dict[str, Any]]
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """The end of the chain: the one row that is locked last, and so puts all entries in one order."""

    __tablename__ = "audit_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Key)
    hash: Mapped[str] = mapped_column(String(64))


class AuditRoot(Base):
    """The end of the chain as it was signed: one line of text (`access.roots`), which witnesses have too."""

    __tablename__ = "audit_root"

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    entry: Mapped[int] = mapped_column(Key, unique=True)
    line: Mapped[str] = mapped_column(String(400))

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kieubao.db import Base, Encrypted, Key
from kieubao.ground.clock import now


class Organisation(Base):
    """A Sở, a commune, an association or a police unit that accounts belong to and lists are granted to."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)


class Account(Base):
    """Somebody who signs in, once they have joined: with a password and a second factor of their own.

    `totp_step` is the last half minute whose code was used, so that none is used twice. An invitation has two
    halves, of which two people know one each; only their digest is kept.
    """

    __tablename__ = "account"
    # Whoever signs for an organisation is held to be of it.
    __table_args__ = (Index(None, "id", "organisation_id", unique=True),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    username: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    active: Mapped[bool] = mapped_column(default=True)
    role: Mapped[str] = mapped_column(String(30))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    password: Mapped[str | None] = mapped_column(String(255))
    totp: Mapped[str | None] = mapped_column(Encrypted("account.totp"))
    totp_step: Mapped[int | None] = mapped_column(Key)
    invitation: Mapped[str | None] = mapped_column(String(64))
    invited_until: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    organisation: Mapped[Organisation] = relationship(lazy="joined")
    scope: Mapped[list["AccountScope"]] = relationship(lazy="selectin", cascade="all, delete-orphan")


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


class AccountChange(Base):
    """What one person proposes about an account, and another decides; `half` is of an invitation, as a digest."""

    __tablename__ = "account_change"
    __table_args__ = (CheckConstraint("decided_by <> proposed_by", name="two_people"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    username: Mapped[str] = mapped_column(String(60), index=True)
    details: Mapped[dict[str, Any]]
    half: Mapped[str | None] = mapped_column(String(64))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(10))


class Session(Base):
    """One signed-in window. Its secret is in the cookie; here is its SHA-256.

    `confirmed_at` is when its holder last proved who they are.
    """

    __tablename__ = "session"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    device: Mapped[str] = mapped_column(String(60))
    opened_at: Mapped[datetime] = mapped_column(default=now)
    confirmed_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    account: Mapped[Account] = relationship(lazy="joined")


class Passkey(Base):
    """A key in a device of its holder's. The public half, and how often it was used, where the device counts."""

    __tablename__ = "passkey"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    credential: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    uses: Mapped[int] = mapped_column(Key)
    made_at: Mapped[datetime] = mapped_column(default=now)
    account: Mapped[Account] = relationship(lazy="joined")


class RecoveryCode(Base):
    """A code for the day the second factor is lost: its SHA-256, until it is used."""

    __tablename__ = "recovery_code"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), primary_key=True)


class Attempt(Base):
    """A try at the door. `bucket` is a keyed hash of whom it was about and from where."""

    __tablename__ = "attempt"
    __table_args__ = (Index(None, "bucket", "at"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    bucket: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]


class AuditEntry(Base):
    """One act, allowed or refused. `hash` is SHA-256 over the previous hash and everything else here."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        *(Index(None, "subject", "id"), Index(None, "actor_id", "id", "action", "found")),
        *(Index(None, "action", "id"), Index(None, "at")),
    )

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

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Key
from kieubao.ground.clock import now


class Watch(Base):
    """How far the trail was watched: the last entry, and when. Who watches holds this row."""

    __tablename__ = "watch"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Key)
    at: Mapped[datetime | None]


class ReadingDay(Base):
    """How many people an account opened in a day, and the most of one commune: its habit."""

    __tablename__ = "reading_day"
    __table_args__ = (Index(None, "day"), {"sqlite_with_rowid": False})

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    people: Mapped[int]
    alike: Mapped[int]


class Finding(Base):
    """What a rule saw in the trail, once: whose deed, when, and in which entries.

    `key` names the rule, whose deed and which span; `part` grows where one that was decided goes on.
    """

    __tablename__ = "finding"
    __table_args__ = (UniqueConstraint("key", "part"), Index(None, "state", "id"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    rule: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(120))
    part: Mapped[int]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    count: Mapped[int]
    entries: Mapped[list[int]] = mapped_column(JSON)
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    found_at: Mapped[datetime] = mapped_column(default=now)
    state: Mapped[str] = mapped_column(String(20))


class FindingDecision(Base):
    """What the officer made of a finding, and why: only added to."""

    __tablename__ = "finding_decision"
    __table_args__ = (Index(None, "finding_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    finding_id: Mapped[int] = mapped_column(ForeignKey("finding.id"))
    outcome: Mapped[str] = mapped_column(String(20))
    remark: Mapped[str] = mapped_column(String(1000))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=now)


class ReviewRound(Base):
    """One quarter's review of accounts and scopes."""

    __tablename__ = "review_round"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    quarter: Mapped[str] = mapped_column(String(7), unique=True)
    due_on: Mapped[date] = mapped_column(Date)
    opened_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    opened_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]


class ReviewLine(Base):
    """One account as it was when the round was opened, and what the officer said of it."""

    __tablename__ = "review_line"

    round_id: Mapped[int] = mapped_column(ForeignKey("review_round.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(30))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    units: Mapped[list[str]]
    signed_in_at: Mapped[datetime | None]
    openings: Mapped[int]
    verdict: Mapped[str | None] = mapped_column(String(20))
    remark: Mapped[str | None] = mapped_column(String(1000))
    settled_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    settled_at: Mapped[datetime | None]


class RegisterEntry(Base):
    """What the office says of one purpose in its record of processing: the last version holds, none is overwritten."""

    __tablename__ = "register_entry"
    __table_args__ = (UniqueConstraint("purpose", "version"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20))
    version: Mapped[int]
    data_kinds: Mapped[str]
    subjects: Mapped[str]
    legal_basis: Mapped[str] = mapped_column(String(20))
    legal_document: Mapped[str] = mapped_column(String(200))
    retention: Mapped[str]
    protection: Mapped[str]
    abroad: Mapped[bool]
    abroad_note: Mapped[str | None]
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(default=now)


class Breach(Base):
    """A breach of data protection (Đ23): found, reported, closed."""

    __tablename__ = "breach"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    state: Mapped[str] = mapped_column(String(20))
    reported_at: Mapped[datetime | None]
    reported_to: Mapped[str | None] = mapped_column(String(200))
    reported_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    remark: Mapped[str | None] = mapped_column(String(1000))


class BreachVersion(Base):
    """What is known of a breach, as far as it was known then: every amendment is another row."""

    __tablename__ = "breach_version"
    __table_args__ = (UniqueConstraint("breach_id", "version"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    breach_id: Mapped[int] = mapped_column(ForeignKey("breach.id"))
    version: Mapped[int]
    what: Mapped[str]
    found_at: Mapped[datetime]
    happened_at: Mapped[str | None] = mapped_column(String(200))
    people: Mapped[int | None]
    affected: Mapped[list[str]]
    data_kinds: Mapped[str | None]
    cause: Mapped[str | None]
    consequences: Mapped[str | None]
    measures: Mapped[str | None]
    told: Mapped[str | None]
    contact: Mapped[str | None] = mapped_column(String(200))
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(default=now)

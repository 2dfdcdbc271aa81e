from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Encrypted, Key
from kieubao.ground.clock import now

_MERGED = text("successor_id IS NOT NULL")
_DIED = text("deceased_on IS NOT NULL")
_ENDS = text("valid_until IS NOT NULL")
_ASKED_FOR_THEM = text("via_id IS NOT NULL")


class Notice(Base):
    """What people were told when they were asked: one version, in both languages, never changed."""

    __tablename__ = "notice"
    __table_args__ = (UniqueConstraint("code", "version"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    purposes: Mapped[list[str]]
    title_vi: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    text_vi: Mapped[str]
    text_en: Mapped[str]
    # What the law has told (Đ9, NĐ Đ6), by item and language; of versions before migration 0037 it stands in the text.
    terms: Mapped[dict[str, Any]]
    in_force_on: Mapped[date] = mapped_column(Date)
    digest: Mapped[str] = mapped_column(String(64))
    written_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[datetime | None] = mapped_column(default=now)


class NoticeDraft(Base):
    """The next version of a notice, until somebody else approves it."""

    __tablename__ = "notice_draft"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    purposes: Mapped[list[str]]
    title_vi: Mapped[str] = mapped_column(String(200))
    title_en: Mapped[str] = mapped_column(String(200))
    text_vi: Mapped[str]
    text_en: Mapped[str]
    terms: Mapped[dict[str, Any]]
    written_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(default=now)


class LedgerHead(Base):
    """The number of the last line. Whoever writes holds this row, so numbers are in the order of commit."""

    __tablename__ = "ledger_head"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int] = mapped_column(Key)


class Standing(Base):
    """What decides about a person before any consent, and the pseudonym the ledger and the trail name them by.

    `adult_on` is the first day on which they are surely 16; an unknown birth leaves it empty. `heard_on`: the last day
    on which they said something or their record was confirmed; `told_on`: on which they were told what is held of them.
    `successor_id`: the record this one was merged into, at which moment and line; nobody is merged into one that was
    itself merged.
    """

    __tablename__ = "standing"
    __table_args__ = (
        Index(None, "successor_id", sqlite_where=_MERGED, postgresql_where=_MERGED),
        Index(None, "deceased_on", sqlite_where=_DIED, postgresql_where=_DIED),
        Index(None, "heard_on"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    subject: Mapped[UUID] = mapped_column(default=uuid4, unique=True)
    adult_on: Mapped[date | None] = mapped_column(Date)
    deceased_on: Mapped[date | None] = mapped_column(Date)
    heard_on: Mapped[date | None] = mapped_column(Date)
    told_on: Mapped[date | None] = mapped_column(Date)
    restricted_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    line: Mapped[int] = mapped_column(Key, index=True)
    successor_id: Mapped[int | None] = mapped_column(Key)
    merged_at: Mapped[datetime | None]
    merged_line: Mapped[int | None] = mapped_column(Key)


# Whose a record is today: that of the one it was merged into, which stays.
WHOSE = func.coalesce(Standing.successor_id, Standing.person_id)


class RetentionRule(Base):
    """For how many months something holds, as the office decided: None without end. Who decided is in the trail."""

    __tablename__ = "retention_rule"

    matter: Mapped[str] = mapped_column(String(20), primary_key=True)
    months: Mapped[int | None]
    set_at: Mapped[datetime] = mapped_column(default=now)


class ConsentEvent(Base):
    """One line of the ledger: never changed, never removed; after the record of ISO/IEC TS 27560."""

    __tablename__ = "consent_event"
    __table_args__ = (Index(None, "subject", "purpose", "channel", "signed_at", "id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    subject: Mapped[UUID]
    purpose: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(20))
    method: Mapped[str] = mapped_column(String(20))
    evidence: Mapped[str | None] = mapped_column(Encrypted("consent_event.evidence"))
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("notice.id"))
    capacity: Mapped[str] = mapped_column(String(20))
    given_by: Mapped[str | None] = mapped_column(Encrypted("consent_event.given_by"))
    signed_at: Mapped[datetime]
    valid_until: Mapped[date | None] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(default=now)
    recorded_by: Mapped[int | None] = mapped_column(Key)


class ConsentNow(Base):
    """The last word of a person on a purpose and channel: written by the ledger alone, equal to its replay."""

    __tablename__ = "consent_now"
    __table_args__ = (
        Index(None, "purpose", "channel", "state", "person_id"),
        Index(None, "valid_until", sqlite_where=_ENDS, postgresql_where=_ENDS),
        {"sqlite_with_rowid": False},
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(20), primary_key=True)
    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    state: Mapped[str] = mapped_column(String(20))
    signed_at: Mapped[datetime]
    valid_until: Mapped[date | None] = mapped_column(Date)
    line: Mapped[int] = mapped_column(Key, index=True)


class Weighed(Base):
    """Somebody whom an issue's list named: in it, by which line of the ledger, or out, the verdict being why."""

    __tablename__ = "weighed"
    __table_args__ = (
        UniqueConstraint("person_id", "issue_id"),
        Index(None, "via_id", sqlite_where=_ASKED_FOR_THEM, postgresql_where=_ASKED_FOR_THEM),
        {"sqlite_with_rowid": False},
    )

    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), primary_key=True)
    verdict: Mapped[str] = mapped_column(String(20), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    # None where it was not kept (before migration 0017), or they were erased since.
    line: Mapped[int | None] = mapped_column(Key)
    # Through whom they are asked, who have no way of their own.
    via_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Handover(Base):
    """Data of people that left the registry: to whom, out of what, when. Void until `sealed_at` is set."""

    __tablename__ = "handover"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    recipient_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    source: Mapped[str] = mapped_column(String(40))
    purpose: Mapped[str] = mapped_column(String(20))
    # By which they may be contacted; none of what left before that was kept, or was for no channel.
    channels: Mapped[list[str] | None]
    watermark: Mapped[int] = mapped_column(Key)
    prepared_at: Mapped[datetime] = mapped_column(default=now)
    # From when those in it are told of it, where that is not at once.
    told_from: Mapped[datetime | None]
    sealed_at: Mapped[datetime | None]


class HandoverPerson(Base):
    __tablename__ = "handover_person"
    __table_args__ = (Index(None, "person_id"), {"sqlite_with_rowid": False})

    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    # In which row of the file they stand, from 0; of files from before migration 0027 it was not kept.
    place: Mapped[int | None]


class StopNotice(Base):
    """Somebody in a file that left may no longer be contacted for what it was for: told to whoever has it."""

    __tablename__ = "stop_notice"
    __table_args__ = (
        ForeignKeyConstraint(
            ["handover_id", "person_id"], ["handover_person.handover_id", "handover_person.person_id"]
        ),
        Index(None, "handover_id", "person_id"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    handover_id: Mapped[int] = mapped_column(Key)
    person_id: Mapped[int] = mapped_column(Key)
    # By its day alone: the moment of an erasure would tell whose it was.
    told_on: Mapped[date] = mapped_column(Date)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Agreement(Base):
    """A written agreement to hand data to an organisation (Đ17.1), with the seven items of NĐ Đ7.1.

    It is never changed: it runs to its day, or is ended, and another is written.
    """

    __tablename__ = "agreement"
    __table_args__ = (Index(None, "organisation_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    number: Mapped[str] = mapped_column(String(60))
    signed_on: Mapped[date] = mapped_column(Date)
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date] = mapped_column(Date)
    document: Mapped[str] = mapped_column(String(200))
    aim: Mapped[str]
    data: Mapped[str]
    period: Mapped[str]
    basis: Mapped[str]
    protection: Mapped[str]
    rights: Mapped[str]
    cooperation: Mapped[str]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    written_at: Mapped[datetime] = mapped_column(default=now)
    ended_on: Mapped[date | None] = mapped_column(Date)
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    end_reason: Mapped[str | None] = mapped_column(String(200))

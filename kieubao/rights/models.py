from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Encrypted, Key
from kieubao.ground.clock import now


class SubjectRequest(Base):
    """What somebody on record asked of the office, when and by which way; what became of it are its steps.

    Of who is erased none stays.
    """

    __tablename__ = "subject_request"
    __table_args__ = (Index(None, "person_id"), Index(None, "ended_on", "received_on"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    way: Mapped[str] = mapped_column(String(20))
    received_on: Mapped[date] = mapped_column(Date)
    # Who asks, where it is somebody in their place.
    asked_by: Mapped[str | None] = mapped_column(Encrypted("subject_request.asked_by"))
    wish: Mapped[str | None] = mapped_column(Encrypted("subject_request.wish"))
    # As its steps say: for the queue alone.
    ended_on: Mapped[date | None] = mapped_column(Date)


class Receipt(Base):
    """A receipt of what somebody said, as it was given out to them: proved by its digest, and kept nowhere.

    Of who is erased none stays.
    """

    __tablename__ = "receipt"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime]
    # Nobody of the office, where they took it by a link of their own.
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Scan(Base):
    """A paper that somebody signed, as it was scanned: proof of what they said. Of who is erased none stays."""

    __tablename__ = "consent_scan"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # SHA-256 of the file as it came.
    digest: Mapped[str] = mapped_column(String(64))
    media: Mapped[str] = mapped_column(String(20))
    # The file, in Base64.
    content: Mapped[str] = mapped_column(Encrypted("consent_scan.content"))
    kept_at: Mapped[datetime] = mapped_column(default=now)
    kept_by: Mapped[int] = mapped_column(ForeignKey("account.id"))


class RequestStep(Base):
    """One thing that happened to a request: only added to."""

    __tablename__ = "request_step"
    __table_args__ = (UniqueConstraint("request_id", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("subject_request.id"))
    number: Mapped[int]
    step: Mapped[str] = mapped_column(String(20))
    days: Mapped[int | None]
    ground: Mapped[str | None] = mapped_column(String(20))
    remark: Mapped[str | None] = mapped_column(Encrypted("request_step.remark"))
    # Nobody of the office, where they did it by a link of their own.
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=now)

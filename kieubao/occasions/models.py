from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kieubao.db import Base, Encrypted, Key
from kieubao.ground.clock import now
from kieubao.plans.models import PlanTask


class Occasion(Base):
    """What people are to be contacted for. `details`: what is asked of its kind alone (`vocabulary.ASKED`)."""

    __tablename__ = "occasion"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    version: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str | None]
    task_id: Mapped[int | None] = mapped_column(ForeignKey("plan_task.id"))
    host: Mapped[str | None] = mapped_column(String(200))
    place: Mapped[str | None] = mapped_column(String(200))
    country: Mapped[str | None] = mapped_column(String(2))
    languages: Mapped[list[str]]
    starts_on: Mapped[date | None] = mapped_column(Date)
    ends_on: Mapped[date | None] = mapped_column(Date)
    reply_by: Mapped[date | None] = mapped_column(Date)
    details: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    task: Mapped[PlanTask | None] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


class LetterTemplate(Base):
    """How an office writes its letters for an occasion in a language: a Word document."""

    __tablename__ = "letter_template"

    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    content: Mapped[bytes]
    digest: Mapped[str] = mapped_column(String(64))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=now)


class Response(Base):
    """What was known of a person and an occasion from a moment on: each line tells all of it, and the last one holds.

    `place`: of who accepted, the line by which they stand in the queue for a seat. By no account: by their own link.
    """

    __tablename__ = "response"
    __table_args__ = (Index(None, "occasion_id", "person_id"), Index(None, "person_id"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    answer: Mapped[str | None] = mapped_column(String(20))
    companions: Mapped[int]
    presence: Mapped[str | None] = mapped_column(String(20))
    place: Mapped[int | None] = mapped_column(Key)
    said_by: Mapped[str] = mapped_column(String(20))
    spoken_by: Mapped[str | None] = mapped_column(Encrypted("response.spoken_by"))
    channel: Mapped[str | None] = mapped_column(String(20))
    obstacle: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[str | None] = mapped_column(Encrypted("response.note"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=now)


class Contribution(Base):
    """What somebody offers or gives, as it stood since a day: each version tells all of it, and the last one holds.

    `worth` is in millions of đồng; `unit` the key of where it goes to.
    """

    __tablename__ = "contribution"
    __table_args__ = (UniqueConstraint("code", "version"), Index(None, "person_id"), Index(None, "occasion_id"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14))
    version: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    occasion_id: Mapped[int | None] = mapped_column(ForeignKey("occasion.id"))
    kind: Mapped[str] = mapped_column(String(20))
    stage: Mapped[str] = mapped_column(String(20))
    stands_since: Mapped[date] = mapped_column(Date)
    project: Mapped[str | None] = mapped_column(Encrypted("contribution.project"))
    worth: Mapped[int | None] = mapped_column(Key)
    unit: Mapped[str | None] = mapped_column(String(10))
    note: Mapped[str | None] = mapped_column(Encrypted("contribution.note"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=now)

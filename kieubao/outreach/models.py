from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kieubao.db import Base, Key
from kieubao.ground.clock import now
from kieubao.occasions.models import Occasion


class Segment(Base):
    """A saved filter that lists are made of: who belongs to it is asked whenever they are.

    `scope` is its author's when it was last edited; its author is who edited it last.
    """

    __tablename__ = "segment"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    version: Mapped[int] = mapped_column()
    title: Mapped[str] = mapped_column(String(200))
    filter: Mapped[dict[str, Any]]
    scope: Mapped[list[str]]
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


class OutreachList(Base):
    """A saved filter for one purpose.

    `scope` is its author's when it was last edited; `digest` is of what was approved, until it is published.
    """

    __tablename__ = "outreach_list"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    version: Mapped[int] = mapped_column()
    occasion_id: Mapped[int] = mapped_column(ForeignKey("occasion.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    purpose: Mapped[str] = mapped_column(String(20))
    channels: Mapped[list[str]]
    fields: Mapped[list[str]]
    filter: Mapped[dict[str, Any]]
    # One invitation for each household; to the `first` of theirs, by their codes, before others.
    households: Mapped[bool] = mapped_column(default=False)
    # Who has no way of their own is asked through a relative, where both agreed to that.
    via_relatives: Mapped[bool] = mapped_column(default=False)
    first: Mapped[list[str]] = mapped_column(default=list)
    scope: Mapped[list[str]]
    state: Mapped[str] = mapped_column(String(20))
    digest: Mapped[str | None] = mapped_column(String(64))
    remarks: Mapped[str | None]
    author_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    approver_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    # Of what is urgent, the protection officer who approved it too.
    co_approver_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    occasion: Mapped[Occasion] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


class Issue(Base):
    """Who was eligible when a list was published: numbered, frozen, digested."""

    __tablename__ = "issue"
    __table_args__ = (UniqueConstraint("list_id", "number"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    list_id: Mapped[int] = mapped_column(ForeignKey("outreach_list.id"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(String(20))
    purpose: Mapped[str] = mapped_column(String(20))
    channels: Mapped[list[str]]
    fields: Mapped[list[str]]
    households: Mapped[bool] = mapped_column(default=False)
    via_relatives: Mapped[bool] = mapped_column(default=False)
    # Whom its list named, in Vietnamese; of issues from before migration 0028 that was not kept.
    whom: Mapped[str | None]
    # What a roster rests on, in Vietnamese, as its case said then; of those from before migration 0030 not kept.
    basis: Mapped[str | None]
    # By language, the digests of its occasion's own letters; of issues from before migration 0031 not kept.
    letters: Mapped[dict[str, Any] | None]
    people: Mapped[int]
    # How many its list named who are not in it; none of an issue of before that was kept.
    omitted: Mapped[int | None]
    # What it changed from the issue before it (`inclusion.since_last`).
    changes: Mapped[dict[str, Any] | None]
    watermark: Mapped[int] = mapped_column(Key)
    salt: Mapped[str] = mapped_column(String(32))
    digest: Mapped[str] = mapped_column(String(64))
    published_at: Mapped[datetime] = mapped_column(default=now)
    published_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    outreach_list: Mapped[OutreachList] = relationship(lazy="joined")


class Grant(Base):
    """An organisation may pull these fields of an issue, until the end of a day, under an agreement (Đ17.1)."""

    __tablename__ = "list_grant"
    __table_args__ = (Index(None, "organisation_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    fields: Mapped[list[str]]
    formats: Mapped[list[str]]
    until: Mapped[date] = mapped_column(Date)
    agreement: Mapped[str] = mapped_column(String(200))
    rows: Mapped[int]
    pulls_a_day: Mapped[int]
    widened_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    granted_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime] = mapped_column(default=now)


class Pull(Base):
    """One file that left: of which issue, to whom, with how many people, and what it was."""

    __tablename__ = "pull"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    issue_id: Mapped[int] = mapped_column(ForeignKey("issue.id"), index=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("list_grant.id"))
    handover_id: Mapped[int] = mapped_column(ForeignKey("handover.id"), unique=True)
    # Of those who are asked through a relative, and these: what left for `via_relative`.
    via_handover_id: Mapped[int | None] = mapped_column(ForeignKey("handover.id"), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    format: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(200))
    people: Mapped[int]
    held_back: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(default=now)

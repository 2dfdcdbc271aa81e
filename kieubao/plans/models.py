from datetime import date

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kieubao.db import Base, Key


class Agency(Base):
    """An agency under the name a plan has for it. `province`: the key of a unit, in its epoch."""

    __tablename__ = "agency"
    __table_args__ = (UniqueConstraint("province", "name"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    province: Mapped[str] = mapped_column(String(10))


class Succession(Base):
    """The work of an agency went to another on a day, by a document; to several, where it was divided."""

    __tablename__ = "agency_succession"

    agency_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("agency.id"), primary_key=True)
    succeeded_on: Mapped[date] = mapped_column(Date)
    document: Mapped[str] = mapped_column(String(200))


class Plan(Base):
    """A plan the office follows. `published`: which of those that kieubao brings it is, if it is one."""

    __tablename__ = "plan"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    version: Mapped[int] = mapped_column()
    published: Mapped[str | None] = mapped_column(String(20), unique=True)
    title: Mapped[str] = mapped_column(String(300))
    number: Mapped[str | None] = mapped_column(String(60))
    signed_on: Mapped[date | None] = mapped_column(Date)
    province: Mapped[str] = mapped_column(String(10))
    from_year: Mapped[int]
    until_year: Mapped[int | None]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way


class PlanTask(Base):
    """What a plan asks, and of which agencies, by their codes; a report is one that has whom it goes `to`.

    `before`: MM-DD, the day before which it is due every year.
    """

    __tablename__ = "plan_task"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    version: Mapped[int] = mapped_column()
    plan_id: Mapped[int] = mapped_column(ForeignKey("plan.id"), index=True)
    reference: Mapped[str] = mapped_column(String(20))
    section: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(300))
    rhythm: Mapped[str | None] = mapped_column(String(20))
    before: Mapped[str | None] = mapped_column(String(5))
    leads: Mapped[list[str]]
    others: Mapped[list[str]]
    to: Mapped[list[str]]
    plan: Mapped[Plan] = relationship(lazy="joined")
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own way

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Encrypted
from kieubao.ground.clock import now


class Proposal(Base):
    """Somebody to be erased by a rule, as one official says; another does it. Of who is erased none stays."""

    __tablename__ = "erasure_proposal"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    matter: Mapped[str] = mapped_column(String(20))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    proposed_at: Mapped[datetime] = mapped_column(default=now)


class Reprieve(Base):
    """Somebody kept until a day though a rule says that they are to be erased. Of who is erased none stays."""

    __tablename__ = "reprieve"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    until: Mapped[date] = mapped_column(Date)
    ground: Mapped[str] = mapped_column(String(20))
    remark: Mapped[str] = mapped_column(Encrypted("reprieve.remark"))
    decided_by: Mapped[int] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime] = mapped_column(default=now)


class Reminder(Base):
    """When somebody was last asked by mail whether their record still holds. Of who is erased none stays."""

    __tablename__ = "reminder"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(default=now)

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Key
from kieubao.ground.clock import now


class PinnedPerson(Base):
    """Somebody whom an account keeps at hand. Of who is erased none stays."""

    __tablename__ = "pinned_person"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    at: Mapped[datetime] = mapped_column(default=now)


class PinnedSearch(Base):
    """What narrows a search, as an account typed it, under a title: nobody's name, number or code."""

    __tablename__ = "pinned_search"
    __table_args__ = (UniqueConstraint("account_id", "title"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    title: Mapped[str] = mapped_column(String(80))
    typed: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)

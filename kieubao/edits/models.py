from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Encrypted, Key
from kieubao.edits.vocabulary import Op, Outcome
from kieubao.ground.clock import now


class Edit(Base):
    """One field that was set alike for many people, by whom and why."""

    __tablename__ = "edit"
    __table_args__ = (CheckConstraint(f"op IN {tuple(map(str, Op))}", name="op"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    # The units its clerk could see, as 42. or 42.18673: whoever sees all of them may see it.
    units: Mapped[list[str]]
    field: Mapped[str] = mapped_column(String(20))
    op: Mapped[str] = mapped_column(String(10))
    # People are named in sources and reasons too.
    value: Mapped[str] = mapped_column(Encrypted("edit.value"))
    reason: Mapped[str] = mapped_column(Encrypted("edit.reason"))
    at: Mapped[datetime] = mapped_column(default=now)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class EditRow(Base):
    """What an edit did to one record. Of who is erased none stays."""

    __tablename__ = "edit_row"
    __table_args__ = (
        UniqueConstraint("edit_id", "person_id"),
        Index(None, "edit_id", "outcome", "id"),
        CheckConstraint(f"outcome IN {tuple(map(str, Outcome))}", name="outcome"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    edit_id: Mapped[int] = mapped_column(ForeignKey("edit.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    # The version that was looked at, and the one that was made.
    version: Mapped[int]
    made: Mapped[int | None]
    # JSON: what stood in the columns it changed, until that is forgotten.
    before: Mapped[str | None] = mapped_column(Encrypted("edit_row.before"))
    outcome: Mapped[str] = mapped_column(String(10), default=Outcome.WAITING)

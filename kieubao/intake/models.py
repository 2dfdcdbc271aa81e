from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Encrypted, Key
from kieubao.ground.clock import now
from kieubao.intake.vocabulary import ONCE, RowState, Step

_ONCE = text(f"step IN {tuple(map(str, ONCE))}")
_BELOW = text("above_id IS NOT NULL")


class Intake(Base):
    """A file on its way in: what it holds is kept sealed, row by row, until it is closed."""

    __tablename__ = "intake"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    # The units its clerk could see, as 42. or 42.18673: whoever sees all of them may see it.
    units: Mapped[list[str]]
    digest: Mapped[str] = mapped_column(String(64))
    # People are named in names of files too.
    name: Mapped[str] = mapped_column(Encrypted("intake.name"))
    # The whole file, in base64, until its rows are read from it.
    content: Mapped[str | None] = mapped_column(Encrypted("intake.content"), deferred=True)
    encoding: Mapped[str] = mapped_column(String(20))
    # Of CSV; a workbook has none.
    delimiter: Mapped[str] = mapped_column(String(1))
    # JSON: why it cannot be read, as a sentence and its values.
    fault: Mapped[str | None] = mapped_column(Encrypted("intake.fault"))
    # JSON: its sheets, by name, whether they are shown, and in which fonts; and the mapping, once it is said.
    sheets: Mapped[str] = mapped_column(Encrypted("intake.sheets"), default="[]")
    layout: Mapped[str | None] = mapped_column(Encrypted("intake.layout"))
    step: Mapped[str] = mapped_column(String(10), default=Step.SENT)
    job_id: Mapped[int | None] = mapped_column(ForeignKey("job.id"))
    at: Mapped[datetime] = mapped_column(default=now)

    __table_args__ = (
        CheckConstraint(f"step IN {tuple(map(str, Step))}", name="step"),
        # The same file comes in once; of another clerk, other rows of it may.
        Index("uq_intake_digest", "digest", "account_id", unique=True, sqlite_where=_ONCE, postgresql_where=_ONCE),
    )


class IntakeRow(Base):
    """A row of a file, as it was written, and what becomes of it."""

    __tablename__ = "intake_row"
    __table_args__ = (
        UniqueConstraint("intake_id", "sheet", "number"),
        Index(None, "intake_id", "state", "id"),
        Index("ix_intake_row_above_id", "above_id", sqlite_where=_BELOW, postgresql_where=_BELOW),
        CheckConstraint(f"state IN {tuple(map(str, RowState))}", name="state"),
    )

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    intake_id: Mapped[int] = mapped_column(ForeignKey("intake.id"))
    # Its place among the file's sheets, from 0, and the number a spreadsheet gives the row.
    sheet: Mapped[int]
    number: Mapped[int]
    # JSON: its cells, blank once nobody needs them, and what is to be said of them.
    cells: Mapped[str] = mapped_column(Encrypted("intake_row.cells"))
    told: Mapped[str] = mapped_column(Encrypted("intake_row.told"), default="[]")
    state: Mapped[str] = mapped_column(String(10), default=RowState.READ)
    warned: Mapped[bool] = mapped_column(default=False)
    # Whether a relative comes with it, and whether the home is kept as it was written.
    related: Mapped[bool] = mapped_column(default=False)
    uncoded: Mapped[bool] = mapped_column(default=False)
    # Who was recorded, and the last line of the ledger by then.
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    relative_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    line: Mapped[int | None] = mapped_column(Key)
    # Of a record that was there: the version a row was compared with, or once it has amended it, the one it made; and
    # the first line of the ledger that the row may have said.
    version: Mapped[int | None]
    said_from: Mapped[int | None] = mapped_column(Key)
    # Whether somebody has decided that it comes in, though somebody was erased who may be its person.
    admitted: Mapped[bool] = mapped_column(default=False)
    # The row with the person of whom this one tells a relative more.
    above_id: Mapped[int | None] = mapped_column(Key)


class SavedMapping(Base):
    """What the headings and words of one sender's files mean, kept to be proposed for the next."""

    __tablename__ = "saved_mapping"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(20), unique=True)
    # Who kept it last, and the units they could see, as a file has them: whoever sees all of them may see it.
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    units: Mapped[list[str]]
    # Whose files these are; and the mapping, in JSON: its words may name people.
    sender: Mapped[str] = mapped_column(Encrypted("saved_mapping.sender"))
    layout: Mapped[str] = mapped_column(Encrypted("saved_mapping.layout"))
    at: Mapped[datetime] = mapped_column(default=now)

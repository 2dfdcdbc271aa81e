from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Encrypted, Key
from kieubao.ground.clock import now


class IntakeFile(Base):
    """A file that was taken in, so that the same one is not taken twice. People are named in names of files too."""

    __tablename__ = "intake_file"

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(Encrypted("intake_file.name"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    taken: Mapped[int]
    refused: Mapped[int]

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Encrypted, Key
from kieubao.ground.clock import now


class Registration(Base):
    """What somebody sent on the public page, sealed until a clerk has decided; then nothing of it stays here.

    `province` and `commune`: whose clerks look at it, by the home place that was told.
    """

    __tablename__ = "registration"
    __table_args__ = (Index(None, "person_id"), Index(None, "decided_at"), Index(None, "sent_at"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    registrant: Mapped[str] = mapped_column(String(10))
    told: Mapped[str] = mapped_column(Encrypted("registration.told"))
    province: Mapped[str] = mapped_column(String(2))
    commune: Mapped[str | None] = mapped_column(String(5))
    sent_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[str | None] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Encrypted, Key
from kieubao.ground.clock import now


class TextWish(Base):
    """What somebody agreed to by text message, and has to say once more by the code of the answer.

    Said, late or erased, none stays.
    """

    __tablename__ = "text_wish"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    # What they wrote, and to which notice of each purpose.
    told: Mapped[str] = mapped_column(Encrypted("text_wish.told"))
    code_digest: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from kieubao.db import Base, Encrypted, Key
from kieubao.ground.clock import now


class PersonalLink(Base):
    """A link that somebody on record was given, by its code alone: what proves it is kept nowhere.

    `code_digest`: of the code that was given with it. Of who is erased none stays.
    """

    __tablename__ = "personal_link"
    __table_args__ = (Index(None, "person_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    handed: Mapped[str] = mapped_column(String(10))
    made_at: Mapped[datetime] = mapped_column(default=now)
    # Nobody, where the office asks by itself whether what it holds is still so.
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    until: Mapped[datetime]
    code_digest: Mapped[str | None] = mapped_column(String(40))
    # Wrong codes, of whichever visit.
    tries: Mapped[int] = mapped_column(default=0)
    spent_at: Mapped[datetime | None]


class Visit(Base):
    """Somebody who came by a link, and is they once they showed a code. The secret is in the cookie, here its SHA-256.

    `code_by`: the channel that a code went by.
    """

    __tablename__ = "visit"
    __table_args__ = (Index(None, "link_id"),)

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("personal_link.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    opened_at: Mapped[datetime] = mapped_column(default=now)
    ends_at: Mapped[datetime]
    code_digest: Mapped[str | None] = mapped_column(String(40))
    code_until: Mapped[datetime | None]
    code_by: Mapped[str | None] = mapped_column(String(20))
    proved_at: Mapped[datetime | None]
    proved_by: Mapped[str | None] = mapped_column(String(20))


class Plea(Base):
    """What somebody asks on the public page: that they, or another, be left alone; by what that one is known is sealed.

    Once it is settled, nothing of that stays.
    """

    __tablename__ = "plea"
    __table_args__ = (Index(None, "ended_at"), Index(None, "asked_at"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    told: Mapped[str] = mapped_column(Encrypted("plea.told"))
    asked_at: Mapped[datetime] = mapped_column(default=now)
    looked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(10))


class ContactWish(Base):
    """A contact point that somebody wants added, or used no more: done after a while, unless it is stopped.

    Of who is erased none stays.
    """

    __tablename__ = "contact_wish"
    __table_args__ = (Index(None, "person_id"), Index(None, "ended_at", "due_at"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    code: Mapped[str] = mapped_column(String(14), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    wished: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(20))
    raw: Mapped[str] = mapped_column(Encrypted("contact_wish.raw"))
    value: Mapped[str] = mapped_column(Encrypted("contact_wish.value"))
    # Which one is to be used no more.
    contact_id: Mapped[int | None] = mapped_column(Key)
    asked_at: Mapped[datetime] = mapped_column(default=now)
    # When whoever is reached the old way first heard of it, and so until when they can stop it.
    heard_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    fate: Mapped[str | None] = mapped_column(String(10))

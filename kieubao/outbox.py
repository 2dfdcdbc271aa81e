"""Messages on their way to people: sent by the office's own relay, or else told by whoever works there.

What has gone is removed, and what was not sent in time: nobody reads here what somebody was told.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, ForeignKey, Index, String, delete, event, false, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from kieubao import relay
from kieubao.db import Base, Encrypted, Key, db
from kieubao.ground import clock

_FIRST_WAIT: Final = timedelta(minutes=1)
_LONGEST_WAIT: Final = timedelta(hours=6)
# However many times it is tried: the wait doubles no more after that.
_MOST: Final = 10


class Message(Base):
    """Something somebody on record is to be told. Of who is erased none stays."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "person_id"), Index(None, "next_at"))

    id: Mapped[int] = mapped_column(Key, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    channel: Mapped[str] = mapped_column(String(20))
    address: Mapped[str] = mapped_column(Encrypted("message.address"))
    title: Mapped[str] = mapped_column(Encrypted("message.title"))
    text: Mapped[str] = mapped_column(Encrypted("message.text"))
    # The code of what it is about, that it can be taken back by.
    about: Mapped[str | None] = mapped_column(String(14), index=True)
    made_at: Mapped[datetime] = mapped_column(default=clock.now)
    # After which it says nothing any more.
    until: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(default=clock.now)


class Words(NamedTuple):
    """What a message says: its title, which only mail has, and its text."""

    title: str
    text: str


class To(NamedTuple):
    """Whom a message is to, and where; and the code of what it is about."""

    person_id: int
    channel: str
    address: str
    about: str | None = None


def put(to: To, words: Words, until: datetime) -> None:
    """Have somebody told something, once the use case that is running is recorded."""
    db.session.add(Message(**to._asdict(), **words._asdict(), until=until))
    db.session.flush()
    db.session.info["put"] = True


def due() -> Sequence[tuple[int, str]]:
    """Return which messages are to be sent now, each with its channel."""
    which = (_is_sent(), Message.next_at <= clock.now(), Message.until > clock.now())
    query = select(Message.id, Message.channel).where(*which).order_by(Message.id)
    return [(number, channel) for number, channel in db.session.execute(query)]


def by_hand() -> list[tuple[int, int, str, datetime]]:
    """Return the messages that no relay takes: number, person, channel and end; what ends first, first."""
    columns = (Message.id, Message.person_id, Message.channel, Message.until)
    query = select(*columns).where(~_is_sent(), Message.until > clock.now()).order_by(Message.until, Message.id)
    return [(number, person, channel, until) for number, person, channel, until in db.session.execute(query)]


def one(message_id: int) -> Message | None:
    """Return a message, held until the transaction ends; None where it has gone."""
    query = select(Message).where(Message.id == message_id).with_for_update()
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


def put_off(message: Message) -> None:
    """Try again later: each time twice as late."""
    message.tries += 1
    message.next_at = clock.now() + min(_FIRST_WAIT * 2 ** min(message.tries, _MOST), _LONGEST_WAIT)


def gone(message: Message) -> None:
    db.session.delete(message)


def waits(about: str, person_id: int) -> bool:
    """Tell whether somebody is still to be told about something."""
    query = select(Message.id).where(Message.about == about, Message.person_id == person_id).limit(1)
    return db.session.scalar(query) is not None


def take_back(about: str, person_id: int | None = None) -> None:
    """Remove what is still to be told about something, or to one person about it."""
    whom = [] if person_id is None else [Message.person_id == person_id]
    db.session.execute(delete(Message).where(Message.about == about, *whom))


def drop_late() -> None:
    """Remove what was not sent or told in time."""
    db.session.execute(delete(Message).where(Message.until <= clock.now()))


def on_put(hurry: Callable[[], object]) -> None:
    """Have somebody hear that there is something to send, as soon as it is there."""

    def tell(session: Session) -> None:
        if session.info.pop("put", False):
            hurry()

    event.listen(db.session, "after_commit", tell)
    event.listen(db.session, "after_rollback", lambda session: session.info.pop("put", None))


def _is_sent() -> ColumnElement[bool]:
    return or_(false(), Message.channel.in_(relay.channels()))

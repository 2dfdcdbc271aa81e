"""What is done every minute: messages go to their relays, and wishes whose time has come are done."""

from collections.abc import Callable, Sequence

from kieubao import outbox
from kieubao.access.roles import SYSTEM
from kieubao.db import db, reading, writing
from kieubao.visits import office, papers, passes, pleas, wishes
from kieubao.walls import Sight, confined


def attend() -> None:
    """Send what is to be sent, do what was wished, and drop what came too late."""
    for message in _looked(outbox.due):
        office.send(SYSTEM, message)
    for wish in _looked(wishes.due):
        office.fulfil(SYSTEM, wish)
    for plea in _looked(pleas.unseen):
        office.look(SYSTEM, plea, papers.named())
    with confined(Sight(everyone=True)):
        writing()
        outbox.drop_late()
        passes.drop_old()
        pleas.drop_old()
        db.session.commit()


def _looked(look: Callable[[], Sequence[int]]) -> Sequence[int]:
    """Return what there is to do: a look shows nobody, and leaves no line every minute."""
    with confined(Sight(everyone=True)):
        reading()
        found = look()
        db.session.rollback()
    return found

"""What is done every minute: messages go to their relays, wishes whose time has come are done, and pleas are placed."""

from collections.abc import Iterable

from kieubao import outbox
from kieubao.access.roles import SYSTEM
from kieubao.db import db, writing
from kieubao.visits import office, papers, passes, pleas, wishes
from kieubao.walls import Sight, confined
from kieubao.worker import each, looked


def attend() -> None:
    """Send what is to be sent, do what was wished, look for whom somebody is to be left alone, and drop what is late.

    One that cannot be is told of, and stands in nobody else's way.
    """
    _send(looked(outbox.due))
    each(looked(wishes.due), lambda wish: office.fulfil(SYSTEM, wish))
    each(looked(pleas.unseen), lambda plea: office.look(SYSTEM, plea, papers.named()))
    with confined(Sight(everyone=True)):
        writing()
        outbox.drop_late()
        passes.drop_old()
        pleas.drop_old()
        db.session.commit()


def _send(messages: Iterable[tuple[int, str]]) -> None:
    """Send messages; a relay that does not take one is left alone until the next round."""
    left = set[str]()

    def hand(one: tuple[int, str]) -> None:
        number, channel = one
        if channel not in left and not office.send(SYSTEM, number):
            left.add(channel)

    each(messages, hand)

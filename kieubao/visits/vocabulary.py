"""The words of visits: how somebody is given a link of their own, and what becomes of what they wish."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

from kieubao.consent.vocabulary import Channel


class Handed(StrEnum):
    """How a link reaches whose it is: at the counter with a code beside it, by post, or by the office's own mail."""

    COUNTER = "counter"
    POST = "post"
    EMAIL = "email"


# How long a link waits to be used: a letter is long on its way.
LASTS: Final = {
    Handed.COUNTER: timedelta(days=7),
    Handed.POST: timedelta(days=45),
    Handed.EMAIL: timedelta(days=3),
}


class Wished(StrEnum):
    """What somebody wants to be done with a contact point."""

    ADD = "add"
    RETIRE = "retire"


class Fate(StrEnum):
    """What became of such a wish."""

    DONE = "done"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What became of what was asked of nobody in particular."""

    PLACED = "placed"
    DROPPED = "dropped"


class Unplaced(StrEnum):
    """Why what was asked is of nobody on record."""

    ABSENT = "absent"
    UNCLEAR = "unclear"
    MISCHIEF = "mischief"


# By which contact points a code is told, where they were verified: to a letter nobody answers in time.
TOLD_BY: Final = (Channel.EMAIL, Channel.SMS, Channel.PHONE, Channel.ZALO)
# A change of how somebody is reached waits, so that whoever is reached the old way can stop it.
DELAY: Final = timedelta(hours=48)

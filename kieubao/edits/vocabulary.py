from datetime import timedelta
from enum import StrEnum
from typing import Final

# So many people at most are changed by one edit, so many at once; of more it is done by a job, as many each time.
MOST: Final = 1_000
AT_ONCE: Final = 50
# So many are shown before it is done, and named of those who stay as they are.
SAMPLE: Final = 20
NAMED: Final = 100
# How long an edit can be taken back, and how long it is kept what stood before.
UNDONE_WITHIN: Final = timedelta(days=30)
KEPT_FOR: Final = timedelta(days=90)
# What it makes sense to say alike of many: as one value, or as one of a list.
FIELDS: Final = (
    *("city", "status", "generation", "occupation_group", "sector", "preferred_language", "source", "confirmed_on"),
)
# What no edit is asked to set: an address that is settled, for all who have it, is kept and undone as one.
HOME: Final = "home_unit"
LISTS: Final = {"interest": "interests", "language": "languages"}


class Op(StrEnum):
    SET = "set"
    ADD = "add"
    REMOVE = "remove"


class Outcome(StrEnum):
    """What becomes of one person's record."""

    WAITING = "waiting"
    CHANGED = "changed"
    # It says so already; or was confirmed later.
    SAME = "same"
    LATER = "later"
    # Somebody changed it since it was looked at.
    SINCE = "since"
    # It is restricted: kept, and used for nothing.
    LOCKED = "locked"
    # It is on record no more, or out of scope.
    GONE = "gone"
    # Its job was stopped, and undone, before it came to them.
    UNREACHED = "unreached"
    UNDONE = "undone"
    # It says something else by now than the edit set, and stays so.
    KEPT = "kept"


# Who stays as they are, and why has to be told.
LEFT: Final = (Outcome.LATER, Outcome.SINCE, Outcome.LOCKED, Outcome.UNREACHED, Outcome.KEPT)


class Act(StrEnum):
    """What a job does with an edit."""

    MAKE = "edits.make"
    UNDO = "edits.undo"

"""What can be asked, how, and what is written down of it; and how long the law gives (NĐ 356/2025, Đ5)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple


class Kind(StrEnum):
    WITHDRAW = "withdraw"
    RESTRICT = "restrict"
    OBJECT = "object"
    SEE = "see"
    CORRECT = "correct"
    PROVIDE = "provide"
    DELETE = "delete"
    PROTECT = "protect"


class Way(StrEnum):
    """How it reached the office."""

    COUNTER = "counter"
    LETTER = "letter"
    PHONE = "phone"
    EMAIL = "email"
    # By a text message, a link of their own, or on the public page; no clerk writes that down.
    SMS = "sms"
    LINK = "link"
    WEB = "web"


class Step(StrEnum):
    """What happened to a request; each is a line, and none is changed.

    `answered`: told that it was taken up; `extended`, once; `involved`: others have to act, so that there is more time.
    """

    FILED = "filed"
    IDENTIFIED = "identified"
    ANSWERED = "answered"
    EXTENDED = "extended"
    INVOLVED = "involved"
    PROPOSED = "proposed"
    DONE = "done"
    REFUSED = "refused"
    DROPPED = "dropped"


class Ground(StrEnum):
    """Why a request may be refused. One to delete for no other reason than these of the law."""

    LAW = "law"
    STATE_WORK = "state_work"
    EMERGENCY = "emergency"
    DISPUTE = "dispute"
    UNPROVED = "unproved"
    OTHER = "other"


class Days(NamedTuple):
    """Days from when a request was received: to do it, where others have to act too, and to put it off for once."""

    done: int
    with_others: int | None
    extension: int


_STOP, _SHOW = Days(15, 20, 15), Days(10, 15, 10)
DAYS: Final[Mapping[Kind, Days]] = {
    **dict.fromkeys((Kind.WITHDRAW, Kind.RESTRICT, Kind.OBJECT), _STOP),
    **dict.fromkeys((Kind.SEE, Kind.CORRECT, Kind.PROVIDE), _SHOW),
    Kind.DELETE: Days(20, 30, 20),
    Kind.PROTECT: Days(15, None, 15),
}
# Working days to answer that it is taken up.
ANSWER_DAYS: Final = 2
# What stops contact is done at once, whoever says it: to be wrong about them harms nobody as the other way round does.
AT_ONCE: Final = frozenset({Kind.WITHDRAW, Kind.RESTRICT, Kind.OBJECT})
ENDS: Final = frozenset({Step.DONE, Step.REFUSED, Step.DROPPED})
# For which of these somebody's data may stay though they ask to be forgotten.
KEEPS: Final = frozenset({Ground.LAW, Ground.STATE_WORK, Ground.EMERGENCY, Ground.DISPUTE})
# How many days before it is due a request stands among what is urgent.
SOON: Final = 5

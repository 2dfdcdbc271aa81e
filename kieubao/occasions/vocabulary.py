"""The kinds of occasions (DESIGN, section 4), and what is asked of each beside what is asked of all."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    EVENT = "event"
    DELEGATION = "delegation"
    INVESTMENT_CALL = "investment_call"
    BULLETIN = "bulletin"
    PROTECTION = "protection"


ASKED: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.EVENT: ("starts_at", "seats"),
    Kind.DELEGATION: ("leader", "cities"),
    Kind.INVESTMENT_CALL: ("sectors", "capital_from", "capital_to", "skills"),
    Kind.BULLETIN: (),
    Kind.PROTECTION: ("emergency", "document"),
}
EVERY_ASKED: Final = tuple(name for names in ASKED.values() for name in names)


# What people say yes or no to; the others tell them something.
ANSWERED: Final = frozenset({Kind.EVENT, Kind.DELEGATION, Kind.INVESTMENT_CALL})


class Answer(StrEnum):
    """What became of asking somebody; `no_more`: they want not to be asked again, which a clerk has to record."""

    UNREACHED = "unreached"
    REACHED = "reached"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    NO_MORE = "no_more"


class Obstacle(StrEnum):
    """Why somebody was not reached; of all but who did not answer, a clerk has to look at the record."""

    NO_ANSWER = "no_answer"
    WRONG = "wrong"
    RETURNED = "returned"
    MOVED = "moved"
    DIED = "died"


# What people may say for themselves, by a link.
ANSWERS: Final = (Answer.ACCEPTED, Answer.DECLINED, Answer.NO_MORE)


class Presence(StrEnum):
    ATTENDED = "attended"
    ABSENT = "absent"


class Speaker(StrEnum):
    """Who said it: the person, somebody in their place, who is named, or whoever saw it at the door."""

    SELF = "self"
    RELATIVE = "relative"
    OFFICER = "officer"
    HOST = "host"


class Offer(StrEnum):
    """What somebody contributes, after the tasks of the plans."""

    INVESTMENT = "investment"
    TRADE = "trade"
    DONATION = "donation"
    KNOWLEDGE = "knowledge"
    OTHER = "other"


class Stage(StrEnum):
    """How far a contribution has come, from a first word to what became of it."""

    INTERESTED = "interested"
    PREPARING = "preparing"
    UNDER_WAY = "under_way"
    COMPLETED = "completed"
    DROPPED = "dropped"


# From here on it is said what it is; and when it is done, of what is money, where and how much.
BEGUN: Final = frozenset({Stage.UNDER_WAY, Stage.COMPLETED})
IN_MONEY: Final = frozenset({Offer.INVESTMENT, Offer.DONATION})
# Who speaks in somebody's place is named.
IN_PLACE: Final = frozenset({Speaker.RELATIVE, Speaker.OFFICER})
COMPANIONS: Final = 50

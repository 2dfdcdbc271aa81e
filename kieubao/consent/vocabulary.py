"""The words of consent (DESIGN, section 4; states after W3C DPV)."""

from enum import StrEnum
from typing import Final


class Purpose(StrEnum):
    REGISTRY = "registry"
    EVENTS = "events"
    INVESTMENT = "investment"
    INFORMATION = "information"
    DELEGATION = "delegation"
    PROTECTION = "protection"
    VIA_RELATIVE = "via_relative"


# What left because the law has it, and for nobody to contact them: no consent is about it.
RELEASE: Final = "disclosure"

# To protect life and health in an emergency (Đ19.1.a) nobody's yes is waited for; a no holds all the same.
URGENT = frozenset({Purpose.PROTECTION})


class Channel(StrEnum):
    PHONE = "phone"
    SMS = "sms"
    EMAIL = "email"
    ZALO = "zalo"
    POST = "post"
    IN_PERSON = "in_person"


class State(StrEnum):
    GIVEN = "given"
    RENEWED = "renewed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


YES = frozenset({State.GIVEN, State.RENEWED})


class Method(StrEnum):
    """How it was said (NĐ 356/2025, Đ6.1)."""

    PAPER = "paper"
    RECORDED_CALL = "recorded_call"
    SMS = "sms"
    EMAIL = "email"
    WEB = "web"
    OTHER_PRINTABLE = "other_printable"


class Capacity(StrEnum):
    """In what capacity somebody said it."""

    SELF = "self"
    REPRESENTATIVE = "representative"


class Reason(StrEnum):
    """Why somebody may not be contacted: the words of every out-reason, strictest first."""

    ERASED = "erased"
    MERGED = "merged"
    DECEASED = "deceased"
    RESTRICTED = "restricted"
    MINOR = "minor"
    STALE = "stale"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    EXPIRED = "expired"
    OTHER_CHANNEL = "other_channel"
    NO_CONSENT = "no_consent"


class Matter(StrEnum):
    """What holds for so many months: for a purpose, since somebody was heard of; then what is done with records."""

    EVENTS = "events"
    INVESTMENT = "investment"
    INFORMATION = "information"
    DELEGATION = "delegation"
    VIA_RELATIVE = "via_relative"
    CONFIRM = "confirm"
    ABROAD = "abroad"
    HOME = "home"
    DECEASED = "deceased"
    REFUSED = "refused"
    UNTOLD = "untold"


# The verdict on who may be contacted; on anybody else it is a reason.
INSIDE = "in"
# Of who might be contacted, and is not asked: an invitation goes to somebody else of their household.
HOUSEHOLD = "household"

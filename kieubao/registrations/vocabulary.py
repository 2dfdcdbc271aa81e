"""The words of registrations: who registers whom, and what became of it."""

from enum import StrEnum


class Registrant(StrEnum):
    """A native abroad, a relative at home, or a family that registers somebody abroad, who has said nothing yet."""

    NATIVE = "native"
    RELATIVE = "relative"
    FAMILY = "family"


class Outcome(StrEnum):
    ENROLLED = "enrolled"
    KNOWN = "known"
    REFUSED = "refused"


class Unfit(StrEnum):
    """Why somebody is not taken in."""

    UNREACHED = "unreached"
    ELSEWHERE = "elsewhere"
    MISCHIEF = "mischief"

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

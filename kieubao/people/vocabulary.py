"""How far two records that may be one person's are from being settled."""

from enum import StrEnum


class PairState(StrEnum):
    OPEN = "open"
    # Looked at, and left for who knows more.
    UNSURE = "unsure"
    DIFFERENT = "different"
    # A clerk says how they should be merged; an approver decides.
    PROPOSED = "proposed"
    MERGED = "merged"


WAITING = (PairState.OPEN, PairState.UNSURE, PairState.PROPOSED)

"""The words of plans (DOMAIN, section 1)."""

from enum import StrEnum
from typing import Final


class Rhythm(StrEnum):
    """When a task is to be done, where its plan says so."""

    CONTINUING = "continuing"
    YEARLY = "yearly"
    HOLIDAYS = "holidays"
    PER_TRIP = "per_trip"
    AS_DIRECTED = "as_directed"


# Under which of them a task names its agencies; one that has whom it goes `to` is a report.
PARTS: Final = ("leads", "others", "to")

"""The words of plans (DOMAIN, section 1)."""

from enum import StrEnum


class TaskKind(StrEnum):
    TASK = "task"
    REPORT = "report"


class Rhythm(StrEnum):
    """When a task is to be done, where its plan says so."""

    CONTINUING = "continuing"
    YEARLY = "yearly"
    HOLIDAYS = "holidays"
    PER_TRIP = "per_trip"
    AS_DIRECTED = "as_directed"


class Part(StrEnum):
    """What an agency has to do with a task: it leads, works with the one that does, or is reported to."""

    LEAD = "lead"
    WITH = "with"
    TO = "to"

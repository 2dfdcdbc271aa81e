"""The words of outreach (DESIGN, section 4) and its limits (section 6)."""

from enum import StrEnum

from kieubao.consent.vocabulary import Purpose


class Kind(StrEnum):
    EVENT = "event"
    DELEGATION = "delegation"
    INVESTMENT_CALL = "investment_call"
    BULLETIN = "bulletin"
    PROTECTION = "protection"


class ListState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    CLOSED = "closed"


class IssueState(StrEnum):
    CURRENT = "current"
    SUPERSEDED = "superseded"
    RECALLED = "recalled"


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


# A list asks people about one thing; `registry` and `via_relative` are no reason to write to anyone.
PURPOSES = (Purpose.EVENTS, Purpose.INVESTMENT, Purpose.INFORMATION, Purpose.DELEGATION, Purpose.PROTECTION)
GRANT_DAYS = 30
GRANT_ROWS = 500
GRANT_PULLS_A_DAY = 3

"""The words of outreach (DESIGN, section 4) and its limits (section 6)."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.ground.vocabulary import Vocabulary


class ListState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    CLOSED = "closed"


class Kin(StrEnum):
    """Whom a group gives beside, or in the place of, who is in it: those recorded as their kin."""

    WITH = "with"
    ALONE = "alone"


class IssueState(StrEnum):
    CURRENT = "current"
    SUPERSEDED = "superseded"
    RECALLED = "recalled"
    EXPIRED = "expired"


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    VCARD = "vcf"
    JSON = "json"
    LABELS = "labels"
    ENVELOPES = "envelopes"
    DOOR = "door"
    LETTERS = "letters"
    LISTMONK = "listmonk"
    MAUTIC = "mautic"
    NOTIFY = "notify"
    TEXTS = "texts"


# What services for sending take, whichever the organizer has; one row to each person.
SENT = frozenset({Format.LISTMONK, Format.MAUTIC, Format.NOTIFY, Format.TEXTS})
# By which channel a file is sent: in it is who has a contact point of it that is open.
GOES_BY: Final[Mapping[Format, Channel]] = {
    Format.LABELS: Channel.POST,
    Format.ENVELOPES: Channel.POST,
    **dict.fromkeys(SENT, Channel.EMAIL),
    Format.TEXTS: Channel.SMS,
}
# What is paper; the list for the door is of who accepted and has a seat.
PRINTED = frozenset({Format.LABELS, Format.ENVELOPES, Format.DOOR})
# What is known by the order of its rows: in a copy nothing else need be left of where it came from.
STREWN = SENT | {Format.CSV, Format.XLSX, Format.VCARD, Format.JSON}
# What tells through whom somebody is asked.
TELLS_THROUGH = STREWN - SENT
# A field that is no part of a record: where its person answers for themselves.
REPLY: Final = "reply"

# What says to whom it is, or who comes.
NAMED = PRINTED | {Format.LETTERS}

# What a file says it is for.
ASKED_FOR = Vocabulary(
    {
        Purpose.EVENTS: ("Mời dự gặp mặt, sự kiện", "Invitation to gatherings and events"),
        Purpose.INVESTMENT: ("Kêu gọi đầu tư", "Call for investment"),
        Purpose.INFORMATION: ("Gửi thông tin", "Information"),
        Purpose.DELEGATION: ("Đoàn công tác", "Delegation visit"),
        Purpose.PROTECTION: ("Bảo hộ công dân", "Citizen protection"),
    }
)
# A list asks people about one thing; `registry` and `via_relative` are no reason to write to anyone.
PURPOSES = tuple(map(Purpose, ASKED_FOR.codes))
GRANT_DAYS = 30
# An issue is open for no longer from its publication: whom its list names is asked anew then. A roster's is shorter.
ISSUE_DAYS = 90
URGENT_DAYS = 14
GRANT_ROWS = 500
GRANT_PULLS_A_DAY = 3


def fitting(channels: Collection[str], *, urgent: bool = False) -> list[str]:
    """Return the formats that whoever is asked by these channels can be in; of a roster, those that say why."""
    told = [one for one in Format if not (urgent and one in PRINTED)]
    return [one.value for one in told if one not in GOES_BY or GOES_BY[one] in channels]

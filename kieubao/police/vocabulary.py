"""The words of the police desk: what may be asked, for what, on whose paper, and why it is refused; and its limits."""

from collections.abc import Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Final


class Mode(StrEnum):
    """Whether the desk takes papers alone, or police accounts file and view too."""

    DESK = "desk"
    ACCOUNT = "account"


class Need(StrEnum):
    """For what data may be asked; a threat to life is telephoned, and entered by the desk."""

    MISSING = "missing"
    VICTIM = "victim"
    OFFENCE = "offence"
    THREAT = "threat"
    COURT = "court"


# What an officer asks for by themselves.
FILED: Final = tuple(one for one in Need if one is not Need.THREAT)


class Offence(StrEnum):
    """Offences that data may be asked for, by their article of the Penal Code (100/2015/QH13)."""

    MURDER = "123"
    INJURY = "134"
    RAPE = "141"
    RAPE_OF_CHILD = "142"
    TRAFFICKING = "150"
    TRAFFICKING_OF_CHILD = "151"
    DETENTION = "157"
    ROBBERY = "168"
    KIDNAPPING = "169"
    EXTORTION = "170"
    FRAUD = "174"
    FRAUD_BY_COMPUTER = "290"


class Issuer(StrEnum):
    """Who issued the instrument that a request rests on."""

    COURT = "court"
    PROCURACY = "procuracy"
    INVESTIGATION = "investigation"


class Item(StrEnum):
    """What may be asked of somebody, and nothing else."""

    NAME = "name"
    BIRTH_YEAR = "birth_year"
    COUNTRY = "country"
    HOME_COMMUNE = "home_commune"
    CONTACT = "contact"


class Delay(StrEnum):
    """Why somebody may be told later."""

    LIFE = "life"
    EVIDENCE = "evidence"
    FLIGHT = "flight"


class HowTold(StrEnum):
    """How somebody at the desk told whoever was asked for."""

    LETTER = "letter"
    PHONE = "phone"
    COUNTER = "counter"


class Ground(StrEnum):
    """Why a request is refused at once, whoever it is about."""

    MANY = "many"
    VAGUE = "vague"
    RELATIVES = "relatives"
    MONITORING = "monitoring"
    ASSOCIATION = "association"
    OPINION = "opinion"
    FAITH = "faith"
    ETHNICITY = "ethnicity"
    EXPIRED = "expired"


class End(StrEnum):
    """How a request ended without a release, which whoever asked is not told."""

    AT_ONCE = "at_once"
    NOT_ENDORSED = "not_endorsed"
    REFUSED = "refused"
    NOT_APPROVED = "not_approved"
    SILENCE = "silence"


class Outcome(StrEnum):
    """What was decided of one person who was asked for."""

    GIVE = "give"
    REFUSE = "refuse"
    ABSENT = "absent"


class Answer(StrEnum):
    """What whoever asked is told: it waits, there is a page, there is none, or its time is over."""

    WAITING = "waiting"
    OPEN = "open"
    NONE = "none"
    OVER = "over"


class Check(StrEnum):
    """Why the head of the department has to agree too."""

    CONTACT_ABROAD = "contact_abroad"
    SEVERAL = "several"
    AGAIN = "again"
    DEFERRED = "deferred"
    RESTRICTED = "restricted"
    MINOR = "minor"
    OWN_ENTRY = "own_entry"
    OTHER = "other"


# Of these the head of the department may agree only to what a court wants.
BY_COURT: Final = frozenset({Check.RESTRICTED, Check.MINOR})

MOST_PEOPLE: Final = 3
MOST_VIEWS: Final = 3
OPEN_FOR: Final = timedelta(hours=72)
TOLD_WITHIN: Final = timedelta(hours=72)
# A relay that takes nothing leaves time to tell them by hand.
RELAY_TRIED_FOR: Final = timedelta(hours=24)
DEFERRED_FOR: Final = timedelta(days=30)
MOST_RENEWALS: Final = 5
# Working days after which silence is a refusal, and every refusal is told.
SILENT_AFTER: Final = 10
# A third request on somebody in so many days is looked at by one more.
AGAIN_WITHIN: Final = timedelta(days=90)
OFTEN: Final = 2
LAPSES_AFTER: Final = 12
"""Months for which the desk is enabled."""
# What anybody asked is forgotten so long after it ended: by then nobody complains any more.
FORGOTTEN_AFTER: Final = timedelta(days=730)

OFFICER_A_DAY: Final = 5
OFFICER_A_MONTH: Final = 20
UNIT_A_MONTH: Final = 60
# Of the registry, in people a quarter; where that is fewer, so many.
SHARE_A_QUARTER: Final = 0.001
LEAST_A_QUARTER: Final = 20

# Words by which a request says that it is for something nobody is shown for.
FORBIDDEN: Final[Mapping[Ground, tuple[str, ...]]] = {
    Ground.RELATIVES: (
        *("thân nhân của", "người thân của", "gia đình của", "họ hàng của", "bà con của"),
        *("relatives of", "relative of", "family of", "kin of"),
    ),
    Ground.MONITORING: (
        *("theo dõi", "giám sát", "quản lý đối tượng", "nắm tình hình", "nghe lén"),
        *("monitor", "monitoring", "surveillance", "watch list", "watchlist", "tracking"),
    ),
    Ground.ASSOCIATION: (
        *("hội đoàn", "hội viên", "tổ chức hội", "hội nhóm", "thành viên hội"),
        *("association", "associations", "members of", "membership"),
    ),
    Ground.OPINION: (
        *("quan điểm", "chính kiến", "phản động", "tư tưởng", "biểu tình", "chống đối"),
        *("opinion", "opinions", "political", "protest", "dissident"),
    ),
    Ground.FAITH: (
        *("tôn giáo", "tín ngưỡng", "theo đạo", "giáo dân", "giáo phái"),
        *("faith", "religion", "religious", "worship"),
    ),
    Ground.ETHNICITY: ("dân tộc", "sắc tộc", "ethnic", "ethnicity", "ethnicities"),
}

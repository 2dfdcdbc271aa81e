"""The words of oversight: rules of unusual reading, outcomes, verdicts, stages, and the items of a breach's report."""

from enum import StrEnum
from typing import Final

from kieubao.ground.vocabulary import Vocabulary


class Rule(StrEnum):
    OWN_NAME = "own_name"
    OWN_BRANCH = "own_branch"
    ONE_COMMUNE = "one_commune"
    KIN = "kin"
    MANY_READERS = "many_readers"
    IN_ORDER = "in_order"
    RAPID = "rapid"
    OFF_HOURS = "off_hours"
    VOLUME = "volume"
    REFUSED = "refused"
    REPEATED = "repeated"


class Outcome(StrEnum):
    """What became of a finding; until then it is open."""

    EXPLAINED = "explained"
    JUSTIFIED = "justified"
    MISUSE = "misuse"
    PASSED_ON = "passed_on"


OPEN: Final = "open"
ALL: Final = "all"


class Verdict(StrEnum):
    """What the officer says of an account in a review."""

    CONFIRMED = "confirmed"
    CHANGE = "change"


class Stage(StrEnum):
    OPEN = "open"
    REPORTED = "reported"
    CLOSED = "closed"


RULES: Final = Vocabulary(
    {
        Rule.OWN_NAME: ("Mở hồ sơ người cùng họ với mình", "Opened people of one's own family name"),
        Rule.OWN_BRANCH: ("Mở hồ sơ người cùng họ và chữ đệm với mình", "Opened people of one's own branch"),
        Rule.ONE_COMMUNE: ("Mở nhiều hồ sơ của một xã", "Opened many people of one commune"),
        Rule.KIN: ("Mở liền hồ sơ của một gia đình", "Opened a family one after another"),
        Rule.MANY_READERS: ("Nhiều tài khoản cùng mở hồ sơ một người", "One person opened by many accounts"),
        Rule.IN_ORDER: ("Mở hồ sơ lần lượt theo thứ tự mã", "Opened codes in their order"),
        Rule.RAPID: ("Mở dồn dập trong thời gian ngắn", "Opened many with little time between"),
        Rule.OFF_HOURS: ("Mở hồ sơ ngoài giờ, ngày nghỉ", "Opened people at night or on days off"),
        Rule.VOLUME: ("Mở nhiều hồ sơ khác thường", "Opened unusually many people"),
        Rule.REFUSED: ("Bị từ chối nhiều lần", "Refused again and again"),
        Rule.REPEATED: ("Tìm đi tìm lại cùng một nội dung", "Searched for the same again and again"),
    }
)
# What each rule says, with the numbers of its threshold.
SAYS: Final = Vocabulary(
    {
        Rule.OWN_NAME: (
            (
                "Trong một tuần, từ {at_least} người cùng họ với người mở và không được xử lý gì sau khi mở,"
                " nhiều hơn mức tình cờ ({chance:g})"
            ),
            (
                "In a week, {at_least} or more people of the reader's own family name with whom nothing was"
                " then done, more than by chance ({chance:g})"
            ),
        ),
        Rule.OWN_BRANCH: (
            (
                "Trong một tuần, từ {at_least} người cùng họ và chữ đệm (trừ Văn, Thị) với người mở và không được"
                " xử lý gì sau khi mở, nhiều hơn mức tình cờ ({chance:g})"
            ),
            (
                "In a week, {at_least} or more people of the reader's own family and middle name (not Văn or"
                " Thị) with whom nothing was then done, more than by chance ({chance:g})"
            ),
        ),
        Rule.ONE_COMMUNE: (
            (
                "Trong một ngày, từ {at_least} người cùng một xã và không được xử lý gì sau khi mở, nhiều hơn mức tình"
                " cờ ({chance:g}), khi {days} ngày qua chưa có {times} ngày như vậy"
            ),
            (
                "In a day, {at_least} or more people of one commune with whom nothing was then done, more than by"
                " chance ({chance:g}), where the last {days} days had fewer than {times} such days"
            ),
        ),
        Rule.KIN: (
            (
                "Từ {at_least} người là thân nhân của nhau, không được xử lý gì sau khi mở, mỗi lần mở cách nhau không"
                " quá {minutes} phút"
            ),
            (
                "{at_least} or more people who are kin of one another with whom nothing was then done, no more than"
                " {minutes} minutes between"
            ),
        ),
        Rule.MANY_READERS: (
            "Trong một tuần, một người được từ {at_least} tài khoản mở mà không được xử lý gì sau khi mở",
            "In a week, one person opened by {at_least} or more accounts that then did nothing with them",
        ),
        Rule.IN_ORDER: (
            "Từ {at_least} hồ sơ liền nhau theo mã tăng hoặc giảm dần, mỗi lần mở cách nhau không quá {minutes} phút",
            "{at_least} or more people in a row by rising or falling codes, no more than {minutes} minutes between",
        ),
        Rule.RAPID: (
            "Từ {at_least} người được mở trong {minutes} phút",
            "{at_least} or more people opened within {minutes} minutes",
        ),
        Rule.OFF_HOURS: (
            "Trong một ngày, từ {at_least} người được mở trong khoảng 20:00–06:00 hoặc vào thứ Bảy, Chủ nhật",
            "In a day, {at_least} or more people opened at 20:00–06:00 or on a Saturday or Sunday",
        ),
        Rule.VOLUME: (
            (
                "Trong một ngày, từ {at_least} người và gấp {times} lần mức thường ngày của chính tài khoản và của các"
                " tài khoản cùng vai trò trong {days} ngày qua"
            ),
            (
                "In a day, {at_least} or more people, and {times} times the usual day of the account itself and of"
                " its role over the last {days} days"
            ),
        ),
        Rule.REFUSED: (
            "Trong một ngày, từ {at_least} lần bị từ chối (không có quyền, ngoài phạm vi, quá giới hạn)",
            "In a day, {at_least} or more refusals (no permission, out of scope, over a limit)",
        ),
        Rule.REPEATED: (
            "Cùng một nội dung được tìm vào từ {at_least} ngày khác nhau trong {days} ngày",
            "The same terms searched for on {at_least} or more different days within {days} days",
        ),
    }
)
STATES: Final = Vocabulary(
    {
        OPEN: ("Chưa xem xét", "Open"),
        Outcome.EXPLAINED: ("Đã giải trình", "Explained"),
        Outcome.JUSTIFIED: ("Có lý do công vụ", "Justified by duty"),
        Outcome.MISUSE: ("Truy cập sai mục đích", "Misuse"),
        Outcome.PASSED_ON: ("Đã chuyển cấp trên", "Passed on"),
    }
)
VERDICTS: Final = Vocabulary(
    {
        Verdict.CONFIRMED: ("Giữ nguyên", "Confirmed as it is"),
        Verdict.CHANGE: ("Đề nghị thay đổi", "To be changed"),
    }
)
STAGES: Final = Vocabulary(
    {
        Stage.OPEN: ("Chưa thông báo", "Not reported yet"),
        Stage.REPORTED: ("Đã thông báo", "Reported"),
        Stage.CLOSED: ("Đã khép lại", "Closed"),
    }
)
# What a breach's report tells (Luật 91/2025, Đ23; Mẫu 08). The form's own wording is for the legal office to check.
ITEMS: Final = (
    *("what", "found_at", "happened_at", "people", "affected", "data_kinds", "cause"),
    *("consequences", "measures", "told", "contact"),
)
# The clock of Đ23, in hours from when the breach was found.
REPORT_HOURS: Final = 72

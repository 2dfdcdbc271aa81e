"""What people are told by a message, in the language they prefer; and how a contact point is shown by halves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.ground import clock
from kieubao.outbox import Words

_MESSAGES: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "code": {
        "vi": (
            "Mã để mở hồ sơ của Ông/Bà",
            "{office}: mã để mở hồ sơ của Ông/Bà là {code}, dùng đến {until}. Xin giữ kín mã này.",
        ),
        "en": (
            "The code to open your record",
            ("{office}: the code to open your record is {code}, until {until}. Keep it to yourself."),
        ),
    },
    "link": {
        "vi": (
            "Đường dẫn để xem dữ liệu của Ông/Bà",
            (
                "{office} gửi Ông/Bà đường dẫn riêng để xem, sửa và quyết định về dữ liệu của mình: {link} . Dùng đến"
                " {until}, một lần. Nếu Ông/Bà không yêu cầu, xin bỏ qua thư này."
            ),
        ),
        "en": (
            "A link to see your data",
            (
                "{office} sends you a link of your own to see, correct and decide about your data: {link} . It holds"
                " until {until}, and once. If you did not ask for it, you can leave it."
            ),
        ),
    },
    "confirm": {
        "vi": (
            "Dữ liệu của Ông/Bà còn đúng không?",
            (
                "Đã lâu {office} chưa được biết dữ liệu của Ông/Bà còn đúng hay không. Xin mở {link} (dùng đến {until},"
                " một lần) để xem và xác nhận, sửa, hoặc yêu cầu xóa. Nếu không nhận được phản hồi, sau một thời gian"
                " chúng tôi sẽ đưa tên Ông/Bà ra khỏi danh sách mời, và hồ sơ có thể bị xóa theo quy định."
            ),
        ),
        "en": (
            "Does what we hold about you still hold?",
            (
                "{office} has not heard for long whether your data is right. Open {link} (until {until}, once) to see"
                " and confirm it, correct it, or have it erased. Where nobody hears of you, after a time you are on no"
                " list any more, and your record may be erased."
            ),
        ),
    },
    "renew": {
        "vi": (
            "Sự đồng ý của Ông/Bà sắp hết hạn",
            (
                "Sự đồng ý của Ông/Bà với {office} sắp hết hạn hoặc vừa hết hạn. Nếu muốn tiếp tục nhận lời mời và"
                " thông tin, xin mở {link} (dùng đến {until}, một lần) để xem và đồng ý lại. Nếu không, Ông/Bà không"
                " cần làm gì: sau khi hết hạn chúng tôi sẽ không liên hệ nữa."
            ),
        ),
        "en": (
            "What you agreed to runs out",
            (
                "What you agreed to with {office} runs out soon. If you want to go on being invited and told, open"
                " {link} (until {until}, once), see what it is and agree again. If not, you need not do anything:"
                " once it has run out nobody contacts you."
            ),
        ),
    },
    "text_asked": {
        "vi": (
            "Xác nhận đồng ý",
            (
                "{office}: để đồng ý nhận tin nhắn về {purposes}, xin đọc thông báo tại {link} rồi trả lời KB XN {code}"
                " trước {until}. Không trả lời là không đồng ý."
            ),
        ),
        "en": (
            "Confirm that you agree",
            (
                "{office}: to agree to text messages about {purposes}, read the notice at {link} and answer"
                " KB XN {code} before {until}. No answer is a no."
            ),
        ),
    },
    "text_done": {
        "vi": ("Đã ghi", "{office}: đã ghi nhận sự đồng ý của Ông/Bà. Để ngừng, nhắn KB NGUNG bất cứ lúc nào."),
        "en": ("Written down", "{office}: it is written down that you agree. To stop, write KB NGUNG at any time."),
    },
    "text_stopped": {
        "vi": ("Đã ghi", "{office}: đã ghi nhận lời từ chối của Ông/Bà, có hiệu lực ngay."),
        "en": ("Written down", "{office}: your no is written down and holds from now on."),
    },
    "text_unclear": {
        "vi": (
            "Chưa ghi được",
            (
                "{office}: chưa ghi nhận được tin nhắn của Ông/Bà. Xin soạn KB DY (đồng ý) hoặc KB TC (từ chối), rồi"
                " SUKIEN, DAUTU, THONGTIN, DOAN, HOSO; KB NGUNG để ngừng tất cả; hoặc gọi {contact}."
            ),
        ),
        "en": (
            "Not written down",
            (
                "{office}: your message could not be taken. Write KB DY (yes) or KB TC (no), then SUKIEN, DAUTU,"
                " THONGTIN, DOAN, HOSO; KB NGUNG to stop all; or telephone {contact}."
            ),
        ),
    },
    "add": {
        "vi": (
            "Kênh liên lạc mới trong hồ sơ của Ông/Bà",
            (
                "{office}: có người dùng đường dẫn riêng của Ông/Bà để thêm kênh liên lạc {point}. Hai ngày sau thư này"
                " thay đổi có hiệu lực. Nếu không phải Ông/Bà, xin mở {link} để hủy."
            ),
        ),
        "en": (
            "A new contact point in your record",
            (
                "{office}: by your personal link the contact point {point} is to be added to your record, two days"
                " from now. If this was not you, open {link} to stop it."
            ),
        ),
    },
    "retire": {
        "vi": (
            "Ngừng dùng một kênh liên lạc của Ông/Bà",
            (
                "{office}: có người dùng đường dẫn riêng của Ông/Bà để ngừng dùng kênh liên lạc {point}. Hai ngày sau"
                " thư này thay đổi có hiệu lực. Nếu không phải Ông/Bà, xin mở {link} để hủy."
            ),
        ),
        "en": (
            "A contact point of yours is to be used no more",
            (
                "{office}: by your personal link the contact point {point} is to be used no more, two days"
                " from now. If this was not you, open {link} to stop it."
            ),
        ),
    },
    "stopped": {
        "vi": (
            "Đã ngừng liên hệ với Ông/Bà",
            (
                "{office}: theo yêu cầu {request} gửi qua đường dẫn riêng của Ông/Bà, từ nay không ai được liên hệ với"
                " Ông/Bà theo danh sách nữa. Nếu không phải Ông/Bà yêu cầu, xin báo: {contact}."
            ),
        ),
        "en": (
            "You will not be contacted any more",
            (
                "{office}: as request {request} asked by your personal link, nobody on a list is to contact you any"
                " more. If you did not ask for this, tell us: {contact}."
            ),
        ),
    },
}


def message(kind: str, language: str | None, office: Mapping[str, str], **told: Any) -> Words:
    """Return a message of a kind; Vietnamese for whoever prefers that or nothing, English for anybody else.

    `office`: its name by language, and how it is reached.
    """
    spoken = language_of(language)
    said = {name: moment(value) if isinstance(value, datetime) else value for name, value in told.items()}
    if "purposes" in told:
        said["purposes"] = ", ".join(_PURPOSES[one][spoken != "vi"] for one in told["purposes"])
    title, text = _MESSAGES[kind][spoken]
    return Words(title, text.format(office=office[spoken], contact=office["contact"], **said))


_PURPOSES: Final = {
    Purpose.EVENTS: ("sự kiện, gặp mặt", "events"),
    Purpose.INVESTMENT: ("kêu gọi đầu tư", "investment calls"),
    Purpose.INFORMATION: ("thông tin", "information"),
    Purpose.DELEGATION: ("đoàn công tác", "delegations"),
    Purpose.REGISTRY: ("giữ hồ sơ", "keeping the record"),
}


def language_of(preferred: str | None) -> str:
    return "vi" if (preferred or "vi") == "vi" else "en"


def moment(value: datetime) -> str:
    """Return 09:30 14/08/2026, in Việt Nam's time."""
    return f"{value.astimezone(clock.HANOI):%H:%M %d/%m/%Y}"


def masked(channel: str, value: str) -> str:
    """Return as much of a contact point as its owner knows it by, and nobody else learns from."""
    if channel == Channel.EMAIL:
        name, _at, domain = value.partition("@")
        return f"{name[:1]}•••@{domain[:1]}•••{domain[domain.rfind('.') :]}"
    return f"•••{value[-3:]}" if channel in {Channel.PHONE, Channel.SMS, Channel.ZALO} else "•••"

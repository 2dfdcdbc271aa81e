"""Wordings to begin a notice from, after Luật 91/2025 and NĐ 356/2025: for an office's lawyers to read before use."""

from collections.abc import Mapping
from typing import Any, Final

from kieubao.consent.vocabulary import Purpose

_ABOUT: Final[Mapping[Purpose, tuple[str, str]]] = {
    Purpose.REGISTRY: ("lưu hồ sơ kiều bào và thân nhân", "keeping a record of natives abroad and their relatives"),
    Purpose.EVENTS: ("mời gặp mặt, sự kiện", "invitations to gatherings and events"),
    Purpose.INVESTMENT: ("kêu gọi đầu tư", "calls for investment"),
    Purpose.INFORMATION: ("gửi thông tin về tỉnh", "news of the province"),
    Purpose.DELEGATION: ("gặp đoàn công tác của tỉnh ở nước ngoài", "meeting delegations of the province abroad"),
    Purpose.PROTECTION: ("bảo hộ công dân khi khẩn cấp", "protection of citizens in an emergency"),
    Purpose.VIA_RELATIVE: ("liên hệ qua thân nhân", "contact through a relative"),
}
_VI: Final = {
    "title": "Thông báo xử lý dữ liệu cá nhân: {about}",
    "text": "{office} xin phép dùng dữ liệu của Ông/Bà để {about}, và chỉ để làm việc đó. Ông/Bà không bắt buộc đồng ý;"
    " im lặng không phải là đồng ý; không đồng ý thì không bị ảnh hưởng gì. (Bản dự thảo, chờ pháp chế thẩm định.)",
    "controller": "{office}",
    "kept_data": "Họ tên, ngày sinh, giới tính, quê quán, nơi ở, quốc tịch, diện ở nước ngoài, ngôn ngữ, kênh liên"
    " lạc, nghề nghiệp, nơi làm việc, trình độ, nguyện vọng đóng góp, hội đoàn, thân nhân, ghi chú."
    " Không thu thập dữ liệu nhạy cảm.",
    "recipients": "Cơ quan, tổ chức chủ trì việc nêu trên, theo thỏa thuận bằng văn bản; không ai khác nếu luật không"
    " quy định.",
    "retention": "Rút lại sự đồng ý thì dừng liên hệ ngay; dữ liệu được giữ đến khi Ông/Bà yêu cầu xóa. Sau khi"
    " xóa, bằng chứng của sự đồng ý được giữ dưới bút danh, không dẫn tới ai.",
    "subject_rights": "Được biết, xem, chỉnh sửa, được cung cấp, rút lại sự đồng ý, hạn chế, phản đối, yêu cầu xóa,"
    " yêu cầu bảo vệ, khiếu nại (Điều 4, Luật 91/2025/QH15).",
    "withdrawal": "Gửi thư, gọi điện, gửi e-mail hoặc đến cơ quan; nói lúc nào cũng được, không phải nêu lý do.",
}
_EN: Final = {
    "title": "Notice of processing of personal data: {about}",
    "text": "{office} asks to use your data for {about}, and for nothing else. You need not agree; silence is no"
    " consent; to say no has no consequence. (Draft, for legal review.)",
    "controller": "{office}",
    "kept_data": "Name, date of birth, gender, home place, residence, citizenship, status abroad, languages,"
    " contact points, occupation, workplace, education, wishes to contribute, associations, kin, notes."
    " No sensitive data is collected.",
    "recipients": "Whoever holds what is named above, under a written agreement; nobody else unless the law says so.",
    "retention": "Once you withdraw nobody contacts you any more; the data is kept until you ask for erasure. After it,"
    " proof of consent is kept under a pseudonym that leads to nobody.",
    "subject_rights": "To know, see, correct, be given it, withdraw, restrict, object, have it erased, be protected,"
    " complain (Article 4, Law 91/2025/QH15).",
    "withdrawal": "By letter, telephone, e-mail or in person; at any time, without a reason.",
}


def proposed(purpose: Purpose, office_vi: str, office_en: str) -> dict[str, Any]:
    """Return a draft of the notice of a purpose, in both languages, as a form has it."""
    about_vi, about_en = _ABOUT[purpose]
    return {
        "code": purpose.value,
        "purposes": [purpose.value],
        "vi": {name: words.format(office=office_vi, about=about_vi) for name, words in _VI.items()},
        "en": {name: words.format(office=office_en, about=about_en) for name, words in _EN.items()},
    }

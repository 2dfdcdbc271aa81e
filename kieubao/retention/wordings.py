"""What the office's own mailbox is told: how much is late, and of whom nothing."""

from collections.abc import Mapping
from typing import Final

from kieubao.outbox import Words

_LATE: Final = {
    "answers": ("/requests", "Yêu cầu chưa trả lời đúng hạn", "Requests not answered in time"),
    "requests": ("/requests", "Yêu cầu quá hạn thực hiện", "Requests not done in time"),
    "soon": ("/requests", "Yêu cầu sắp đến hạn", "Requests soon due"),
    "pleas": (
        "/requests/pleas",
        "Yêu cầu gửi từ trang công khai chờ quá hai ngày",
        "Requests of the public page that wait for over two days",
    ),
    "untold": (
        "/tellings",
        "Người quá 30 ngày chưa được thông báo",
        "People not told within 30 days that their data is held",
    ),
}


def alarm(late: Mapping[str, int], office: Mapping[str, str], site: str) -> Words:
    """Return how much is late, in both languages, and where to look."""
    lines = [f"{vi} / {en}: {late[name]} – {site}{path}" for name, (path, vi, en) in _LATE.items() if late[name]]
    title = f"{office['vi']}: việc quá hạn về dữ liệu cá nhân / data protection: what is late"
    return Words(title, "\n".join(lines) + "\n")

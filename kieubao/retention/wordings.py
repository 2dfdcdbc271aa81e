"""What the office's own mailbox is told: how much is late, and of whom nothing."""

from collections.abc import Mapping
from typing import Final

from kieubao.outbox import Words

_LATE: Final = {
    "answers": ("Yêu cầu chưa trả lời đúng hạn", "Requests not answered in time"),
    "requests": ("Yêu cầu quá hạn thực hiện", "Requests not done in time"),
    "soon": ("Yêu cầu sắp đến hạn", "Requests soon due"),
    "pleas": ("Yêu cầu công khai chờ quá hai ngày", "Requests of the public page that wait for over two days"),
    "untold": ("Người chưa được thông báo trong 30 ngày", "People not told within 30 days that their data is held"),
}
_ROOMS: Final = {"answers": "/requests", "requests": "/requests", "soon": "/requests", "pleas": "/requests/pleas"}


def alarm(late: Mapping[str, int], office: Mapping[str, str], site: str) -> Words:
    """Return how much is late, in both languages, and where to look."""
    lines = [
        f"{vi} / {en}: {late[name]} – {site}{_ROOMS.get(name, '/tellings')}"
        for name, (vi, en) in _LATE.items()
        if late[name]
    ]
    title = f"{office['vi']}: việc quá hạn về dữ liệu cá nhân / data protection: what is late"
    return Words(title, "\n".join(lines) + "\n")

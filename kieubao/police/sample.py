"""What the demo province has at the police desk: a sample mandate, and two requests on their way."""

from datetime import timedelta
from typing import Any

from kieubao.access.session import actor_named
from kieubao.ground import clock
from kieubao.police import approval, service
from kieubao.police.vocabulary import Issuer, Mode, Need

_MANDATE = {"mode": Mode.ACCOUNT, "instrument": "Quyết định 01/QĐ-UBND (mẫu)", "issuer_name": "UBND tỉnh Hà Tĩnh"}


def fill() -> None:
    """Enable the desk as three people would; one request waits for its head, another for the protection officer."""
    admin, second, protection = (actor_named(name) for name in ("admin", "admin2", "protection_officer"))
    approval.propose_mandate(admin, {**_MANDATE, "issued_on": clock.today() - timedelta(days=30)})
    code = approval.all_mandates(admin)[0]["code"]
    approval.second_mandate(second, code)
    approval.confirm_mandate(protection, code)
    officer, head = actor_named("police"), actor_named("police_head")
    service.file(officer, _asked("Lê Thị Không Có Thật", "1970"))
    service.endorse(head, service.file(officer, _asked("Nguyễn Văn Mẫu", "1965"))["code"])


def _asked(name: str, born: str) -> dict[str, Any]:
    today = clock.today()
    person = {"name": name, "born": born, "home": "Xã Cẩm Xuyên", "home_unit": "2025:18673"}
    return {
        "case_number": f"12/{today.year} (mẫu)",
        "case_on": today - timedelta(days=3),
        "need": Need.MISSING,
        "instrument": "Quyết định 45/QĐ-CQĐT (mẫu)",
        "issuer": Issuer.INVESTIGATION,
        "issuer_name": "Cơ quan Cảnh sát điều tra (mẫu)",
        "issued_on": today - timedelta(days=2),
        "expires_on": today + timedelta(days=30),
        "own_registers": "Người này cư trú ở nước ngoài từ lâu",
        "subjects": [person | {"why_country": "Để xác định nơi cư trú", "why_name": "Để xác định đúng người"}],
    }

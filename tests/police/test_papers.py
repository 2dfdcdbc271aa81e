"""Letters of the desk: what they say, to whom, and that they open."""

import io

import pytest
from docx import Document

from kieubao.ground import clock
from kieubao.police import approval, office, papers, works
from kieubao.police.vocabulary import SILENT_AFTER
from kieubao.worktime import calendar
from tests import factories
from tests.police.asking import POLICE, desk, entered, gives, one

ITEMS = ("name", "birth_year", "country", "home_commune", "contact")


@pytest.fixture
def d(app):
    return desk()


def words(response):
    response.direct_passthrough = False
    document = Document(io.BytesIO(response.get_data()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*cells, *(line.text for line in document.paragraphs)])


def letter(d, code):
    with d.app.test_request_context("/"):
        return words(papers.replied(office.reply(d.protection, code)))


def test_what_was_released_is_said_once_with_its_terms(d, app):
    d.app = app
    mail = {"channel": "phone", "value": "+420 601 555 148"}
    dao = factories.person(born="1968", contact_points=[mail])
    code = entered(d, one(items=ITEMS), one("Lê Văn Vắng"))
    office.decide(d.protection, code, [gives(dao, 1, ITEMS, ITEMS, "phone"), gives(number=2)], None)
    last = calendar().after(clock.today(), SILENT_AFTER)
    assert f"đang được xem xét. Nếu đến hết ngày {last:%d/%m/%Y}" in letter(d, code)
    approval.approve(d.chief, code)
    said = letter(d, code)
    for part in ("Họ tên: Nguyễn Thị Đào", "Năm sinh: 1968", "Nước cư trú: Séc", "Quê quán (xã): Xã Cẩm Xuyên"):
        assert part in said
    assert "Điện thoại +420 601 555 148" in said
    assert "Người thứ 2: không có hồ sơ có thể cung cấp" in said
    assert "chỉ dùng cho vụ việc này" in said
    assert POLICE in said
    assert f"năm {clock.today().year}" in said


def test_whoever_was_asked_for_is_written_to_in_their_language(d, app):
    post = {"channel": "post", "value": "Libušská 319, Praha 4"}
    dao = factories.person(born="1968", preferred_language="en", contact_points=[post], gender="female")
    code = entered(d)
    office.decide(d.protection, code, [gives(dao)], None)
    works.attend()
    (waits,) = office.queue(d.protection)["to_tell"]
    with app.test_request_context("/"):
        said = words(papers.telling(office.to_tell(d.protection, waits["id"])))
    assert "They were given nothing." in said
    assert "Libušská 319, Praha 4" in said
    assert "Articles 17 and 19 of Law 91/2025/QH15" in said
    assert code in said

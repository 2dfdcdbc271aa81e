"""Pages of people that lead back to one another: a search and what it found, a home place and its unit."""

import re

import pytest

from kieubao.ground import places
from kieubao.people import search
from tests import factories
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in
from tests.signing import let_in

NEW = {"kind": "abroad", "name": "Đặng Thị Hòa", "country": "Séc", "source": "phiếu 12"}
NEW |= {"legal_basis": "consent", "legal_document": "phiếu đồng ý 12/2026"}


@pytest.fixture
def cast(app):
    return sign_in_accounts()


@pytest.fixture
def clerk(cast, client):
    return reader(client, "clerk")


def test_a_search_names_nobody_in_an_address_and_goes_on_page_by_page(clerk, monkeypatch):
    monkeypatch.setattr(search, "MANY", 2)
    made = [factories.person(f"Đặng Thị Hòa {word}") for word in ("An", "Bình", "Chi", "Dung")]
    typed = {"text": "dang", "filters.kinds[]": ["abroad"], "size": "3"}
    first = clerk.post("/persons", data=typed, follow_redirects=True)
    assert "Hơn 2 người" in first.text
    assert first.request.path == "/persons/found"
    assert first.request.query_string == b""
    following = fields_in(first)
    assert following["text"] == ["dang"]
    assert following["filters.kinds[]"] == ["abroad"]
    after = re.search(r'name="after" value="([^"]+)"', first.text)[1]
    second = clerk.post("/persons", data={**following, "after": after}, follow_redirects=True)
    shown = [re.findall(r'href="/persons/(KB-[^"]+)"', page.text) for page in (first, second)]
    assert sorted(shown[0] + shown[1]) == sorted(one.code for one in made)
    assert "Trang tiếp" not in second.text
    assert untimed(clerk.get("/persons/found")) == untimed(second)
    nobody = clerk.post("/persons", data={"text": "không có ai"}, follow_redirects=True)
    assert "Không tìm thấy ai" in nobody.text


def untimed(page):
    """What a page says, without the tokens of its forms: these tell the second."""
    return re.sub(r'name="csrf_token" value="[^"]+"', "", page.text)


def test_what_is_sought_is_kept_sealed_and_for_nobody_else(clerk):
    assert clerk.get("/persons/found").location == "/persons"
    answer = clerk.post("/persons", data={"text": "Đặng Thị Hòa"})
    with clerk.session_transaction() as kept:
        assert "Hòa" not in str(dict(kept))
        assert "\\u00f2" not in str(dict(kept))
    assert (answer.status_code, answer.location) == (303, "/persons/found")
    assert 'value="Đặng Thị Hòa"' in clerk.get("/persons/found").text
    clerk.post("/sign-out")
    let_in(clerk, "approver")
    assert clerk.get("/persons/found").location == "/persons"


def test_a_query_no_cookie_holds_is_answered_at_once(clerk):
    answer = clerk.post("/persons", data={"text": "Hòa " * 2000})
    assert (answer.status_code, "Không tìm thấy ai" in answer.text) == (200, True)
    assert clerk.post("/persons", data={"after": "x"}).status_code == 422


@pytest.mark.parametrize(
    "case",
    [
        ("Xã Cẩm Xuyên", None, "Xã Thạch Hà", "Xã Thạch Hà"),
        ("nơi khác", "Xã Cẩm Xuyên", "Xã Thạch Hà", "Xã Thạch Hà"),
        ("nơi khác", "Xã Cẩm Xuyên", "nơi khác nữa", None),
        ("nơi khác", "Xã Cẩm Xuyên", "nơi khác", "Xã Cẩm Xuyên"),
    ],
)
def test_a_unit_is_chosen_for_the_text_it_stands_beside(clerk, case):
    stored, chosen, text, now = case
    keys = {unit.full_name: unit.key for unit in places.communes("42")}
    made = clerk.post("/persons/new", data={**NEW, "home": stored, "home_unit": keys.get(chosen, "")})
    code = made.location.rpartition("/")[2]
    sent = fields_in(clerk.get(f"/persons/{code}/edit"))
    assert sent.get("home_unit", [""])[0] == keys.get(chosen, "")
    clerk.post(f"/persons/{code}/edit", data={**sent, "home": text})
    page = clerk.get(f"/persons/{code}").text
    assert (f"{now}, tỉnh Hà Tĩnh" in page) == bool(now)
    assert ("Chưa xác định được đơn vị hành chính của quê quán" in page) == (not now)

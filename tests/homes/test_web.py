"""The pages on which home places are settled: looked at, confirmed, done; nothing personal in an address."""

import re

import pytest

from kieubao.homes import service
from kieubao.people import homes
from tests import factories
from tests.homes.streets import VUNG_ANG, split, uncoded, whole
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in
from tests.signing import let_in

QUEUE = "/persons/homes"


@pytest.fixture
def cast(app):
    return sign_in_accounts()


@pytest.fixture
def clerk(cast, client):
    return reader(client, "clerk")


def address(clerk):
    return re.findall(rf'href="({QUEUE}/[0-9a-f-]{{36}})"', clerk.get(QUEUE).text)[0]


def settled(clerk, place, said):
    shown = clerk.post(place, data=said)
    return shown, clerk.post(f"{place}/settle", data=fields_in(shown), follow_redirects=True)


def test_a_clerk_looks_confirms_and_settles(clerk):
    made = [split(), split("xa ky loi, THI XA KY ANH")]
    assert f'href="{QUEUE}"' in clerk.get("/persons").text
    listed = clerk.get(QUEUE).text
    assert "1 quê quán cần xác định: 2 người" in re.sub(r"\s+", " ", listed)
    assert "Phường Sông Trí; Phường Vũng Áng; Phường Hoành Sơn" in listed
    place = address(clerk)
    page = clerk.get(place).text
    for words in ("“Xã Kỳ Lợi, thị xã Kỳ Anh”", "“xa ky loi, THI XA KY ANH”", "Xã Kỳ Lợi, thị xã Kỳ Anh, tỉnh Hà Tĩnh"):
        assert words in page
    assert "Phường Vũng Áng, tỉnh Hà Tĩnh; lập từ: " in page
    shown, done = settled(clerk, place, {"home_unit": VUNG_ANG})
    assert "Xác định quê quán cho 2 người" in shown.text
    assert "<strong>Phường Vũng Áng, tỉnh Hà Tĩnh</strong>" in shown.text
    assert "Đã xác định quê quán" in done.text
    assert "Không có quê quán nào cần xác định" in done.text
    assert {whole(one).commune for one in made} == {"18823"}
    assert "Xã Kỳ Lợi, thị xã Kỳ Anh, tỉnh Hà Tĩnh" in clerk.get(f"/persons/{made[0].code}").text
    undo = re.search(r'href="(/edits/[^"]+/undo)"', done.text)[1]
    assert "Phường Vũng Áng, tỉnh Hà Tĩnh" in clerk.get(undo.removesuffix("/undo")).text
    clerk.post(undo)
    assert "1 quê quán cần xác định: 2 người" in re.sub(r"\s+", " ", clerk.get(QUEUE).text)


def test_nothing_is_changed_by_looking_what_would_change(clerk):
    made = split()
    clerk.post(address(clerk), data={"home_unit": VUNG_ANG})
    assert whole(made).version == 1


def test_another_commune_is_written_and_goes_before_the_choice(clerk):
    made = split()
    settled(clerk, address(clerk), {"home_unit": VUNG_ANG, "other_commune": "Xã Cẩm Xuyên"})
    assert whole(made).commune == "18673"


def test_where_there_is_nothing_to_go_by_the_commune_is_written(clerk):
    made = uncoded("ở đâu đó")
    place = address(clerk)
    assert "chưa có gợi ý" in clerk.get(QUEUE).text
    assert 'name="other_commune"' not in clerk.get(place).text
    assert '<option value="Xã Cẩm Xuyên">' in clerk.get(place).text
    settled(clerk, place, {"home_unit": "cẩm xuyên"})
    assert whole(made).commune == "18673"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({}, "Hãy chọn một xã, phường hoặc ghi xã, phường khác"),
        ({"other_commune": "Kỳ Lợi"}, "Hãy chọn một xã, phường hiện nay của Tỉnh Hà Tĩnh"),
        ({"home_unit": "2024:18796"}, "Hãy chọn một xã, phường hiện nay của Tỉnh Hà Tĩnh"),
    ],
)
def test_what_is_not_a_choice_comes_back_in_words(clerk, said, words):
    split()
    answer = clerk.post(address(clerk), data=said)
    assert (answer.status_code, words in answer.text) == (422, True)
    assert 'href="#f-home_unit"' in answer.text
    assert all(f'value="{value}"' in answer.text for value in [said.get("other_commune")] if value)


def test_of_very_many_it_is_said_how_many_are_settled_at_once(clerk, monkeypatch):
    monkeypatch.setattr(homes, "MOST", 1)
    made = [split(), split()]
    shown, _done = settled(clerk, address(clerk), {"home_unit": VUNG_ANG})
    assert "1 hồ sơ sẽ được sửa." in shown.text
    assert "số còn lại vẫn chờ" in shown.text
    assert [whole(one).version for one in made] == [2, 1]


def test_who_was_slower_is_told_and_looks_again(clerk, cast):
    split()
    place = address(clerk)
    shown = clerk.post(place, data={"home_unit": VUNG_ANG})
    newer = split()
    slower = clerk.post(f"{place}/settle", data=fields_in(shown))
    assert slower.status_code == 412
    assert "Số người có quê quán này đã khác so với lúc xem" in slower.text
    assert whole(newer).version == 1
    _shown, done = settled(clerk, place, {"home_unit": VUNG_ANG})
    assert "Đã xác định quê quán" in done.text
    assert clerk.post(f"{place}/settle", data=fields_in(shown)).status_code == 404


def test_a_clerk_of_a_commune_is_shown_no_way_to_an_empty_queue(app, client, cast):
    split()
    factories.account("clerk", ["18823"], username="commune")
    here = let_in(client, "commune")
    assert f'href="{QUEUE}"' not in here.get("/persons").text
    assert "Không có quê quán nào cần xác định" in here.get(QUEUE).text


def test_no_address_of_a_page_has_a_home_in_it(clerk, monkeypatch):
    monkeypatch.setattr(service.all_unsettled.__wrapped__, "__kwdefaults__", {"after": None, "size": 1})
    for text in ("nơi này", "nơi kia"):
        uncoded(text)
    page = clerk.get(QUEUE)
    again = clerk.get(re.search(rf'href="({QUEUE}\?after=[\w%-]+)"', page.text)[1])
    assert again.status_code == 200
    assert {"nơi này" in page.text, "nơi này" in again.text} == {True, False}
    assert clerk.get(f"{QUEUE}?after=x").status_code == 422


def test_the_pages_speak_english_too(clerk):
    made = split()
    clerk.post("/language", data={"language": "en"})
    place = address(clerk)
    assert "One address waits: one person" in re.sub(r"\s+", " ", clerk.get(QUEUE).text)
    shown, done = settled(clerk, place, {"home_unit": VUNG_ANG})
    assert "Settle the home of one person" in shown.text
    assert "The home place is settled" in done.text
    assert whole(made).commune == "18823"

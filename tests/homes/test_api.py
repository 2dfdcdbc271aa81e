"""/api/v1/persons/homes."""

import pytest

from kieubao.homes import service
from tests import factories
from tests.homes.streets import HOANH_SON, KY_LOI, SONG_TRI, VUNG_ANG, split, uncoded, whole

QUEUE = "/api/v1/persons/homes"


@pytest.fixture
def headers(app):
    return factories.bearer(factories.actor())


def test_an_address_is_listed_looked_at_and_settled(client, headers):
    made = [split(), split("xa ky loi, thi xa ky anh")]
    (home,) = client.get(QUEUE, headers=headers).json["homes"]
    assert (home["people"], home["home_unit"]) == (2, KY_LOI)
    assert [one["key"] for one in home["choices"]] == [SONG_TRI, VUNG_ANG, HOANH_SON]
    assert home["choices"][1]["path"] == "Phường Vũng Áng, tỉnh Hà Tĩnh"
    one = client.get(f"{QUEUE}/{home['key']}", headers=headers).json
    sent = {"home_unit": VUNG_ANG, "digest": one["digest"]}
    assert len(one["writings"]) == 2
    wrong = client.post(f"{QUEUE}/{home['key']}", json={**sent, "home_unit": KY_LOI}, headers=headers)
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["home_unit"])
    stale = client.post(f"{QUEUE}/{home['key']}", json={**sent, "digest": "x"}, headers=headers)
    assert (stale.status_code, stale.json["theirs"]) == (412, {"people": 2})
    done = client.post(f"{QUEUE}/{home['key']}", json=sent, headers=headers)
    edit = done.json["edit"]
    assert (done.status_code, done.json) == (200, {"people": 2, "home_unit": VUNG_ANG, "edit": edit})
    assert {whole(one).commune for one in made} == {"18823"}
    assert client.get(f"{QUEUE}/{home['key']}", headers=headers).status_code == 404
    # Nothing of what was written stays there, for its people may be erased.
    assert home["home_text"] not in str(client.get(f"/api/v1/edits/{edit}", headers=headers).json)
    assert client.post(f"/api/v1/edits/{edit}/undo", headers=headers).json["counts"]["undone"] == 2
    assert client.get(f"{QUEUE}/{home['key']}", headers=headers).status_code == 200


def test_the_next_page_is_asked_for_as_it_was_told(client, headers, monkeypatch):
    monkeypatch.setattr(service.all_unsettled.__wrapped__, "__kwdefaults__", {"after": None, "size": 1})
    for text in ("nơi này", "nơi kia"):
        uncoded(text)
    first = client.get(QUEUE, headers=headers).json
    second = client.get(QUEUE, query_string={"after": first["more"]}, headers=headers).json
    assert {page["homes"][0]["home_text"] for page in (first, second)} == {"nơi này", "nơi kia"}
    assert second["more"] is None
    assert client.get(QUEUE, query_string={"after": "x"}, headers=headers).status_code == 422

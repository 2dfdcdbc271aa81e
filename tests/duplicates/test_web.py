"""The clerk's and the approver's pages of doubles, and the API, as they are used."""

import re

import pytest

from kieubao import WORKS, worker
from kieubao.duplicates import service
from kieubao.duplicates.web import shown_of
from kieubao.progress.web import RESULTS
from tests import factories
from tests.pages.province import reader, sign_in_accounts
from tests.signing import equip

PHONE = {"channel": "phone", "value": "0912345678"}
HOMES = [("Xóm 3, Cẩm Xuyên", "2025:18673"), ("Vũ Quang", None)]
LIKE = {"born": "14/08/1960", "contact_points": [PHONE]}


@pytest.fixture
def people(app, client):
    cast = sign_in_accounts()
    one, other = factories.person("Nguyễn Thị Đào", **LIKE), factories.person("Nguyen Thi Dao", **LIKE)
    worker.run(service.have_swept(cast["clerk"])["code"])
    for role in ("clerk", "approver"):
        equip(role)
    return one.code, other.code


def shown(page):
    """Return what the form that confirms a merge sends: which proposal the page shows."""
    return {"proposal": re.search('name="proposal" value="([0-9a-f]{64})"', page.text)[1]}


def test_from_the_queue_to_one_record_and_back(client, people):
    one, other = people
    clerk, approver = reader(client, "clerk"), reader(client, "approver")
    queue = clerk.get("/duplicates").text
    assert "Rất có thể là một người" in queue
    assert "cùng số điện thoại" in queue
    pair = f"/duplicates/{one}/{other}"
    page = clerk.get(pair).text
    assert f"Đề nghị gộp vào {one}" in page
    assert 'name="taken[]" value="name"' in page
    sent = {"kept_version": "1", "gone_version": "1", "taken[]": "name"}
    assert clerk.post(f"{pair}/proposal", data=sent).status_code == 303
    assert "Chờ người phê duyệt xác nhận" in clerk.get(pair).text
    assert "Gộp hai hồ sơ" in approver.get(pair).text
    merged = approver.post(f"{pair}/merge", data=shown(approver.get(pair)))
    assert (merged.status_code, merged.location) == (303, f"/persons/{one}")
    assert "Nguyen Thi Dao" in clerk.get(f"/persons/{other}").text
    assert other in approver.get("/merges").text
    assert approver.post(f"/merges/{other}/undo").location == f"/persons/{other}"
    assert "Nguyễn Thị Đào" in clerk.get(f"/persons/{one}").text


@pytest.mark.parametrize("act", ["merge", "decline"])
def test_a_page_confirms_what_it_shows_and_nothing_else(client, people, act):
    clerk, approver = reader(client, "clerk"), reader(client, "approver")
    pair, sent = "/duplicates/{}/{}".format(*people), {"kept_version": "1", "gone_version": "1"}
    clerk.post(f"{pair}/proposal", data=sent)
    before = shown(approver.get(pair))
    assert approver.post(f"{pair}/{act}").status_code == 422
    clerk.post(f"{pair}/proposal", data={**sent, "taken[]": "name"})
    answer = approver.post(f"{pair}/{act}", data=before)
    assert (answer.status_code, shown(answer) == before) == (409, False)
    assert approver.post(f"{pair}/{act}", data=shown(answer)).status_code == 303


def test_nobody_is_asked_of_two_whom_no_sweep_found_whether_they_can_tell(client, people):
    clerk, other = reader(client, "clerk"), factories.person("Lê Văn Ba")
    pages = [clerk.get(f"/duplicates/{people[0]}/{code}").text for code in (people[1], other.code)]
    assert ['name="state" value="unsure"' in page for page in pages] == [True, False]


def test_a_home_is_told_by_its_words_and_its_unit_and_not_by_its_numbers(client, people):
    kept, gone = (factories.person("Lê Văn Ba", home=home, home_unit=unit) for home, unit in HOMES)
    page = reader(client, "clerk").get(f"/duplicates/{kept.code}/{gone.code}").text
    assert "<td>Xóm 3, Cẩm Xuyên; Xã Cẩm Xuyên, tỉnh Hà Tĩnh</td>" in page
    assert "<td>Vũ Quang" in page
    assert "18673" not in page
    assert "2025;" not in page


def test_what_is_no_home_is_told_without_one(app):
    with app.test_request_context("/"):
        assert shown_of({"name": "Lê Văn Ba", "home_epoch": 2025, "home_code": "18673"}, ["name"]) == "Lê Văn Ba"


def test_a_sweep_is_followed_to_the_pairs(client, people):
    clerk = reader(client, "clerk")
    asked = clerk.post("/duplicates/sweep")
    assert "Rà soát hồ sơ trùng" in clerk.get(asked.location).text
    worker.run_all()
    assert 'href="/duplicates"' in clerk.get(asked.location).text


def test_every_job_leads_to_what_came_of_it():
    assert set(RESULTS) == {kind for kind in WORKS if not kind.startswith(("intake.", "edits."))}


def test_told_apart(client, people):
    clerk = reader(client, "clerk")
    pair = "/duplicates/{}/{}".format(*people)
    assert clerk.post(f"{pair}/decision", data={"state": "different"}).status_code == 303
    assert "Không có cặp nào ở đây" in clerk.get("/duplicates").text
    assert people[0] in clerk.get("/duplicates?states=different").text


@pytest.mark.parametrize("sent", [{}, {"state": "merged"}])
def test_what_is_no_decision_comes_back_with_the_page(client, people, sent):
    clerk = reader(client, "clerk")
    answer = clerk.post("/duplicates/{}/{}/decision".format(*people), data=sent)
    assert (answer.status_code, "So hai hồ sơ" in answer.text) == (422, True)


def test_who_is_typed_again_is_shown_and_can_be_told_apart(client, people):
    clerk = reader(client, "clerk")
    typed = {**factories.form(born="14/08/1960"), "contact_points-0-channel": "phone"}
    typed["contact_points-0-value"] = "0912345678"
    answer = clerk.post("/persons/new", data=typed)
    assert answer.status_code == 409
    for code in people:
        assert f'name="distinct_from[]" value="{code}"' in answer.text
    again = clerk.post("/persons/new", data={**typed, "distinct_from[]": [people[0]]})
    assert (again.status_code, people[1] in again.text) == (409, True)
    assert f'type="hidden" name="distinct_from[]" value="{people[0]}"' in again.text
    assert clerk.post("/persons/new", data={**typed, "distinct_from[]": [*people]}).status_code == 303


def test_the_api(client, people):
    one, other = people
    cast = {role: factories.bearer(factories.actor(role)) for role in ("clerk", "approver")}
    listed = client.get("/api/v1/duplicates", headers=cast["clerk"]).json
    assert (len(listed["pairs"]), listed["counts"]["open"], listed["more"]) == (1, 1, None)
    pair = f"/api/v1/duplicates/{one}/{other}"
    assert client.get(pair, headers=cast["clerk"]).json["differing"] == ["name"]
    sent = {"taken": ["name"], "kept_version": 1, "gone_version": 1}
    wrong = client.post(f"{pair}/proposal", json={**sent, "taken": ["mood"]}, headers=cast["clerk"])
    assert (wrong.status_code, list(wrong.json["errors"])) == (422, ["taken.0"])
    assert client.post(f"{pair}/proposal", json=sent, headers=cast["clerk"]).status_code == 204
    proposal = client.get(pair, headers=cast["approver"]).json["proposal"]
    assert (proposal["kept"], proposal["taken"]) == (one, ["name"])
    for act in ("merge", "decline"):
        unsaid = client.post(f"{pair}/{act}", json={}, headers=cast["approver"])
        assert (unsaid.status_code, list(unsaid.json["errors"])) == (422, ["proposal"])
        assert client.post(f"{pair}/{act}", json={"proposal": "d"}, headers=cast["approver"]).status_code == 409
    merged = client.post(f"{pair}/merge", json={"proposal": proposal["digest"]}, headers=cast["approver"])
    assert merged.json == {"code": one}
    assert [merge["kept"] for merge in client.get("/api/v1/merges", headers=cast["clerk"]).json] == [one]
    assert client.delete(f"/api/v1/merges/{other}", headers=cast["approver"]).json == {"code": other, "stays": []}
    again = client.post("/api/v1/persons", json=factories.form(**LIKE), headers=cast["clerk"])
    assert (again.status_code, again.json["type"]) == (409, "urn:kieubao:problem:alike")
    assert {person["code"] for person in again.json["people"]} == {one, other}
    job = client.post("/api/v1/duplicates/sweep", headers=cast["clerk"])
    assert (job.status_code, job.json["kind"]) == (202, "duplicates.sweep")
    worker.run_all()
    assert client.get(f"/api/v1/jobs/{job.json['code']}", headers=cast["clerk"]).json["result"] == {}

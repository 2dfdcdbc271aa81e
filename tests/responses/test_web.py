"""The pages and the API of responses: said, looked for, ticked off at the door, and by whoever invited."""

import io

from tests import factories
from tests.pages.province import furnish, reader, sign_in_accounts

SAID = {"answer": "accepted", "companions": "1", "said_by": "self"}


def held(client, cast):
    """An occasion, by its code, with somebody who accepted."""
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    code, one = issue.outreach_list.occasion.code, factories.person("Đặng Thị Hòa").code
    clerk = reader(client, "clerk")
    answer = clerk.post(f"/occasions/{code}/responses/new", data={"person": one.lower(), **SAID})
    assert (answer.status_code, answer.location) == (303, f"/occasions/{code}/responses")
    return clerk, code, one


def test_a_clerk_records_and_the_page_tells(client):
    clerk, code, one = held(client, sign_in_accounts())
    page = clerk.get(f"/occasions/{code}/responses").text
    assert "Đặng Thị Hòa" in page
    assert "Nhận lời cùng 1 người" in page
    assert "Đặng Thị Hòa" not in clerk.get(f"/occasions/{code}/responses?answer=declined").text
    assert "Đặng Thị Hòa" in clerk.get(f"/occasions/{code}/responses?answer=no_such_answer").text
    assert "Nhận lời" in clerk.get(f"/persons/{one}/responses").text


def test_what_is_wrong_stands_beside_what_was_typed(client):
    clerk, code, one = held(client, sign_in_accounts())
    typed = {"person": one, "answer": "declined", "said_by": "relative", "remark": "đi lại khó"}
    answer = clerk.post(f"/occasions/{code}/responses/new", data=typed)
    assert answer.status_code == 422
    assert 'href="#f-spoken_by"' in answer.text
    assert "đi lại khó</textarea>" in answer.text


def test_somebody_is_looked_for_without_their_name_in_an_address(client):
    clerk, code, _one = held(client, sign_in_accounts())
    for place in ("responses", "door"):
        found = clerk.post(f"/occasions/{code}/{place}/found", data={"text": "dang hoa"})
        assert found.status_code == 200
        assert "Đặng Thị Hòa" not in found.text
        assert "Đặng Thị Hòa" in clerk.post(f"/occasions/{code}/{place}/found", data={"text": "thi hoa"}).text


def test_whoever_comes_is_ticked_off_and_may_be_taken_back(client):
    clerk, code, one = held(client, sign_in_accounts())
    door = f"/occasions/{code}/door"
    assert "Đã đến 0 trên 2 người" in clerk.get(door).text
    assert clerk.post(door, data={"person": one, "presence": "attended"}).status_code == 303
    assert "Đã đến 2 trên 2 người" in clerk.get(door).text
    clerk.post(door, data={"person": one, "presence": "absent"})
    assert "Đã đến 0 trên 2 người" in clerk.get(door).text


def test_whoever_invited_sends_their_file_back(client):
    codes = furnish().codes
    organizer, address = reader(client, "organizer"), f"/issues/{codes['issue']}/responses"
    assert "Đặng Thị Hòa" not in organizer.get(address).text
    file = f"Mã,Trả lời,Có mặt\n{codes['hoa']},Từ chối,\n{codes['dao']},Nhận lời,\n".encode("utf-8-sig")
    answer = organizer.post(f"{address}/file", data={"file": (io.BytesIO(file), "a.csv")})
    assert answer.status_code == 200
    assert "Đã ghi 1 phản hồi." in answer.text
    assert f'Dòng 3, <span class="code">{codes["dao"]}</span>' in answer.text
    assert "Từ chối" in organizer.get(address).text
    assert organizer.post(f"{address}/file", data={}).status_code == 422


def test_the_api(client, cast):
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    code, one = issue.outreach_list.occasion.code, factories.person().code
    clerk, address = factories.bearer(cast["clerk"]), f"/api/v1/occasions/{code}/responses"
    made = client.post(address, json={"person": one, "answer": "accepted", "remark": "ăn chay"}, headers=clerk)
    assert (made.status_code, made.json["answer"], made.json["remark"], made.json["waiting"]) == (
        201, "accepted", "ăn chay", False,
    )  # fmt: skip
    told = client.get(f"{address}?answer=accepted", headers=clerk).json
    assert (told["found"], told["counts"]["coming"], told["responses"][0]["person"]) == (1, 1, one)
    assert client.get(f"{address}?answer=perhaps", headers=clerk).status_code == 422
    (kept,) = client.get(f"/api/v1/persons/{one}/responses", headers=clerk).json
    assert (kept["occasion"], kept["answer"]) == (code, "accepted")
    assert client.get("/api/v1/responses/left", headers=clerk).json == {"no_more": [], "unreached": []}


def test_whoever_was_sent_a_link_answers_without_signing_in(client):
    link = f"/r/{furnish().codes['link']}"
    page = client.get(link)
    assert (page.status_code, page.headers["Cache-Control"]) == (200, "no-store")
    assert "Gặp mặt Tết" in page.text
    assert not [one for one in ("Đặng", "Hòa", "Trần", "Bình", "KB-") if one in page.text]
    wrong = client.post(link, data={"companions": "1"})
    assert wrong.status_code == 422
    assert 'href="#f-answer"' in wrong.text
    answer = client.post(link, data={"answer": "accepted", "companions": "2"})
    assert (answer.status_code, answer.location) == (303, link)
    page = client.get(link).text
    assert "Đã ghi nhận câu trả lời" in page
    assert "Tôi sẽ dự</strong> cùng 2 người" in page
    # Whom they would have brought is typed before they choose not to come.
    assert client.post(link, data={"answer": "no_more", "companions": "2"}).status_code == 303
    assert "Sẽ không ai mời Ông/Bà nữa" in client.get(link).text


def test_a_link_of_nobody_is_told_so_without_a_word_more(client):
    codes = furnish().codes
    answers = [client.get(f"/r/{one}") for one in (codes["link"][:-1] + "?", "x", codes["hoa"], "0" * 29)]
    assert {one.status_code for one in answers} == {404}

    assert all("không phải của chúng tôi" in one.text for one in answers)
    assert client.post("/r/x", data={"answer": "accepted"}).status_code == 404

"""The pages and the API of contributions, and of whom a call suits."""

from kieubao.ground import clock
from tests import factories
from tests.pages.province import furnish, reader, sign_in_accounts

TODAY = clock.today().strftime("%d/%m/%Y")
SAID = {"kind": "donation", "stage": "under_way", "stands_since": TODAY, "project": "Trường Cẩm Bình", "worth": "150"}


def test_a_clerk_records_follows_and_reads(client):
    sign_in_accounts()
    clerk, one = reader(client, "clerk"), factories.person("Đặng Thị Hòa").code
    form = clerk.get(f"/contributions/new?person={one}").text
    assert f'value="{one}"' in form
    assert f'value="{TODAY}"' in form
    answer = clerk.post("/contributions/new", data={"person": one, **SAID, "remark": "qua hội đồng hương"})
    assert answer.status_code == 303
    page = clerk.get(answer.location).text
    for words in ("Đặng Thị Hòa", "Trường Cẩm Bình", "150 triệu đồng", "qua hội đồng hương", "Đang thực hiện"):
        assert words in page
    follow = f"{answer.location}/follow"
    form = clerk.get(follow).text
    assert "qua hội đồng hương</textarea>" in form
    done = {**SAID, "stage": "completed", "unit": "2025:18673", "version": "1"}
    assert clerk.post(follow, data=done).status_code == 303
    page = clerk.get(answer.location).text
    assert "Xã Cẩm Xuyên" in page
    assert "Đã hoàn thành" in page
    # What is blank on the page is cleared, and stands in the version before.
    assert page.count("qua hội đồng hương") == 1
    slow = clerk.post(follow, data={**done, "stage": "dropped"})
    assert slow.status_code == 412
    assert "Đã hoàn thành" in slow.text
    assert "Trường Cẩm Bình" in clerk.get("/contributions?kind=donation&stage=completed").text
    assert "Trường Cẩm Bình" not in clerk.get("/contributions?kind=trade").text
    assert "Trường Cẩm Bình" in clerk.get(f"/persons/{one}/contributions").text
    assert clerk.get("/contributions?kind=no_such_kind").status_code == 422


def test_what_is_wrong_stands_beside_what_was_typed(client):
    sign_in_accounts()
    clerk, one = reader(client, "clerk"), factories.person().code
    answer = clerk.post("/contributions/new", data={"person": one, **SAID, "stage": "completed"})
    assert answer.status_code == 422
    assert 'href="#f-unit"' in answer.text
    assert "Trường Cẩm Bình" in answer.text


def test_whom_a_call_suits_and_a_list_of_these(client):
    codes = furnish().codes
    clerk = reader(client, "clerk")
    page = clerk.get(f"/occasions/{codes['call']}/suited").text
    assert "Đặng Thị Hòa" in page
    assert "đã đầu tư vào tỉnh" in page
    form = clerk.get(f"/lists/new?occasion={codes['call']}&suits={codes['call']}").text
    assert f'value="{codes["call"]}" selected' in form
    assert 'value="investment" selected' in form
    said = {"title": "Nhà đầu tư", "purpose": "investment", "channels[]": ["email"], "fields[]": ["name"]}
    drawn = clerk.post("/lists/new", data={**said, "occasion": codes["call"], "filter.suits[]": [codes["call"]]})
    assert "phù hợp với “Kêu gọi đầu tư chế biến nông sản”" in clerk.get(drawn.location).text


def test_the_api(client, cast):
    clerk, one = factories.bearer(cast["clerk"]), factories.person().code
    made = client.post("/api/v1/contributions", json={"person": one, **SAID, "worth": 150}, headers=clerk)
    assert (made.status_code, made.json["stage"], made.json["worth"]) == (201, "under_way", 150)
    address, version = f"/api/v1/contributions/{made.json['code']}", {"If-Match": made.headers["ETag"]}
    news = {"stage": "dropped", "remark": "đổi ý"}
    told = client.patch(address, json=news, headers=clerk | version)
    assert (told.status_code, told.json["remark"], told.json["earlier"][0]["stage"]) == (200, "đổi ý", "under_way")
    assert client.patch(address, json=news, headers=clerk | version).status_code == 412
    assert client.patch(address, json=news, headers=clerk).status_code == 428
    assert client.get(address, headers=clerk).json["version"] == 2
    assert client.get(f"/api/v1/persons/{one}/contributions", headers=clerk).json[0]["stage"] == "dropped"
    listed = client.get("/api/v1/contributions?stage=dropped", headers=clerk).json
    assert [row["person"] for row in listed["contributions"]] == [one]
    assert client.get("/api/v1/contributions?stage=lost", headers=clerk).status_code == 422

"""Files over the wire: sent, read by a job, said what they mean, tried, taken in, taken back."""

import json

import pytest

from kieubao import worker
from kieubao.gate import FILE
from tests import factories
from tests.factories import csv_of, line
from tests.pages.sending import multipart

# More than a form may be, in few rows.
LARGE = b"Ho ten\n" + (b"x" * 100_000 + b"\n") * 12
HOSTILE = b"PK\x03\x04 this is no workbook"


@pytest.fixture
def office(app, cast, client):
    factories.notice()
    clerk, approver = (factories.bearer(cast[role]) for role in ("clerk", "approver"))

    def ask(method, path, headers=clerk, **options):
        answer = client.open(f"/api/v1/imports{path}", method=method, headers=headers, buffered=True, **options)
        worker.run_all()
        return answer

    ask.approver = approver
    return ask


def send(office, content, name="danh sách.csv"):
    return office("POST", "", **multipart(content, name))


def test_from_a_file_to_people_and_back(office):
    sent = send(office, csv_of(line(answer="có"), line("Hồ Hải", "hai@"), line("", "")))
    assert (sent.status_code, sent.json["step"], sent.json["name"]) == (202, "sent", "danh sách.csv")
    path = f"/{sent.json['code']}"
    assert office("GET", path).json["step"] == "read"
    assert office("PUT", f"{path}/mapping", json={"mapping": factories.MEANT}).status_code == 202
    tried = office("GET", path).json
    assert (tried["step"], tried["counts"]["new"], tried["counts"]["refused"]) == ("tried", 1, 2)
    back = office("GET", f"{path}/rows", query_string={"state": ["refused"]}).json
    assert [row["number"] for row in back["rows"]] == [3, 4]
    assert back["rows"][0]["reasons"].startswith("Thư: ")
    assert office("POST", f"{path}/run").status_code == 202
    (taken,) = office("GET", f"{path}/rows", query_string={"state": ["taken"]}).json["rows"]
    assert taken["code"].startswith("KB-")
    assert office("POST", f"{path}/undo").status_code == 403
    assert office("POST", f"{path}/undo", office.approver).status_code == 202
    assert office("GET", path).json["counts"]["undone"] == 1
    assert office("DELETE", path).status_code == 204


def test_rows_that_come_back_are_a_file_of_the_same_kind(office):
    path = f"/{send(office, csv_of(line('', '')), 'a.csv').json['code']}"
    office("PUT", f"{path}/mapping", json={"mapping": factories.MEANT})
    back = office("GET", f"{path}/returned")
    assert back.headers["Content-Disposition"].endswith(".csv")
    assert back.text.splitlines()[0].startswith("\ufeffLý do;STT;Họ tên;")
    assert office("GET", f"/{send(office, csv_of(line())).json['code']}/returned").status_code == 404


def test_why_a_file_cannot_be_read_is_told(office):
    code = send(office, HOSTILE, "a.xlsx").json["code"]
    told = office("GET", f"/{code}").json
    assert (told["step"], told["job"]["state"]) == ("sent", "failed")
    assert "xlsx" in told["fault"]
    assert office("DELETE", f"/{code}").status_code == 204


YES = factories.MEANT["consent"]["means"]["có"]
WITHOUT_NOTICE = {**factories.MEANT, "consent": {"column": "Đồng ý", "means": {"có": {**YES, "notice": "events/9"}}}}


@pytest.mark.parametrize(
    ("mapping", "said"),
    [
        ({"person": 1}, "person"),
        ({**factories.MEANT, "ignored": []}, "STT"),
        (WITHOUT_NOTICE, "events/1"),
        ({**factories.MEANT, "person": {"columns": {"Họ tên": "job"}}}, "job"),
    ],
)
def test_a_mapping_that_is_not_right_is_refused_in_words(office, mapping, said):
    code = send(office, csv_of(line())).json["code"]
    refused = office("PUT", f"/{code}/mapping", json={"mapping": mapping})
    assert refused.status_code == 422
    assert said in json.dumps(refused.json, ensure_ascii=False)


@pytest.mark.parametrize("sent", [{}, {"data": {"file": "text"}}, multipart(b"", "")])
def test_a_file_has_to_come(office, sent):
    assert office("POST", "", **sent).status_code == 422


def test_a_file_may_be_large_and_no_larger(office):
    assert FILE == 25_000_000
    assert send(office, LARGE).status_code == 202
    assert send(office, b"x" * (FILE + 1)).status_code == 413


def test_nobody_else_may_send_so_much(client, cast):
    """It is asked who sends it before it is read."""
    large = multipart(b"x" * (FILE // 2))
    assert client.post("/api/v1/imports", **large).status_code == 401
    headers = factories.bearer(cast["organizer"])
    assert client.post("/api/v1/imports", **large, headers=headers).status_code == 403


def test_what_is_sent_is_on_no_disk(office, monkeypatch):
    monkeypatch.setattr("tempfile.SpooledTemporaryFile", None)
    monkeypatch.setattr("tempfile.TemporaryFile", None)
    assert send(office, LARGE).status_code == 202

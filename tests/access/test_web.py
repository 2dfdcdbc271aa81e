"""Signing in and out, one's own account, the trail, languages, and the pages of errors."""

import re

import pytest

from kieubao import worker
from kieubao.access.roles import ASSIGNABLE, GRANTS, NEVER_BY_TOKEN
from tests import factories
from tests.databases import application
from tests.pages.province import reader, sign_in_accounts
from tests.signing import code, equip


@pytest.fixture
def cast(app):
    return sign_in_accounts()


@pytest.mark.parametrize("wrong", [{"username": "nobody"}, {"username": "clerk", "password": "đoán mò"}])
def test_a_sign_in_that_fails_says_nothing_of_which_was_wrong(cast, client, wrong):
    equip("clerk")
    answer = client.post("/sign-in", data={"password": factories.PASSWORD, "code": code(), **wrong})
    assert "Tên đăng nhập, mật khẩu hoặc mã không đúng" in answer.text
    assert "<title>Lỗi: Đăng nhập" in answer.text
    assert f'value="{wrong["username"]}"' in answer.text
    assert factories.PASSWORD not in answer.text
    assert "đoán mò" not in answer.text


def test_who_is_signed_out_signs_in_and_comes_back(cast, client):
    sent_away = client.get("/persons/new")
    assert sent_away.location == "/sign-in?next=/persons/new"
    page = client.get(sent_away.location).text
    assert 'name="next" value="/persons/new"' in page
    assert 'autocomplete="current-password"' in page
    equip("clerk")
    sent = {"username": "clerk", "password": factories.PASSWORD, "code": code(), "next": "/persons/new"}
    answer = client.post("/sign-in", data=sent)
    assert answer.location == "/persons/new"
    client.post("/sign-out")
    assert client.get("/").location == "/sign-in?next=/"


def test_every_role_is_shown_what_it_may_do_and_no_more(cast, client):
    doors = {"person:search": "/persons", "list:read": "/lists", "list:pull": "/issues", "audit:read": "/trail"}
    for role in ASSIGNABLE:
        home = reader(client, role.value).get("/").text
        shown = {permission for permission, address in doors.items() if f'<li><a href="{address}">' in home}
        assert shown == {permission for permission in doors if permission in GRANTS[role]}, role


def test_a_token_is_shown_once_and_revoked(cast, client):
    clerk = reader(client, "clerk")
    for wrong in (
        {"days": "91", "permissions[]": ["person:search"]},
        {"days": "7"},
        {"days": "7", "permissions[]": [""]},
    ):
        assert clerk.post("/account", data={"name": "báo cáo", **wrong}).status_code == 422
    made = clerk.post("/account", data={"name": "báo cáo", "days": "7", "permissions[]": ["person:search"]})
    secret = re.search(r"kb_[\w-]+", made.text)[0]
    bearer = {"Authorization": f"Bearer {secret}"}
    assert client.post("/api/v1/persons/search", json={}, headers=bearer).status_code == 200
    assert client.get("/api/v1/lists", headers=bearer).status_code == 403
    shown = clerk.get("/account").text
    assert secret not in shown
    revoke = re.search(r"/account/tokens/\d+/revoke", shown)[0]
    assert "báo cáo" in clerk.get(revoke).text
    clerk.post(revoke)
    assert client.post("/api/v1/persons/search", json={}, headers=bearer).status_code == 401
    assert "Đã thu hồi" in clerk.get("/account").text


def test_the_trail_is_verified(cast, client):
    officer = reader(client, "protection_officer")
    assert "Nhật ký nguyên vẹn" not in officer.get("/trail").text
    asked = officer.post("/trail")
    assert "Đang chờ đến lượt" in officer.get(asked.location).text
    assert asked.location in officer.get("/trail").text
    worker.run_all()
    assert "Xem kết quả" in officer.get(asked.location).text
    assert "Nhật ký nguyên vẹn" in officer.get("/trail").text
    assert reader(client, "clerk").post("/trail").status_code == 403


# What a browser would read as an address of another service, however it is written; and what is none.
ELSEWHERE = [
    *("https://example.com", "//example.com", "/\\example.com", "\\/example.com", "/lists\\..\\..", ""),
    *(f"{before}/{between}/example.com" for before, between in (("", "\t"), ("", "\n"), ("", "\r"), ("", " "))),
    *("/\t\\example.com", "/\0/example.com", " //example.com", "\t//example.com", "/\r\n\t/example.com/", "/lists\n"),
]


def test_another_language_keeps_the_page(cast, client):
    clerk = reader(client, "clerk")
    assert clerk.post("/language", data={"language": "en", "next": "/lists"}).location == "/lists"
    assert '<html lang="en">' in clerk.get("/lists").text
    for elsewhere in ELSEWHERE:
        assert clerk.post("/language", data={"language": "vi", "next": elsewhere}).location == "/", elsewhere
    assert '<html lang="vi">' in clerk.get("/lists").text


def test_another_language_does_nothing_but_show_the_form(cast, client):
    clerk = reader(client, "clerk")
    shown = clerk.post("/account", data={"name": "báo cáo", "days": "7", "language": "en"}).text
    assert 'value="báo cáo"' in shown
    assert "You have none." in shown


def test_a_form_from_elsewhere_is_refused_in_words(database, app):
    sign_in_accounts()
    guarded = application(database, WTF_CSRF_ENABLED=True)
    answer = guarded.test_client().post("/language", data={"language": "en"})
    assert answer.status_code == 400
    assert "Không nhận được biểu mẫu này" in answer.text


def test_a_program_with_its_token_needs_no_form(database, cast):
    headers = {"Authorization": f"Bearer {factories.token(cast['clerk'], 'person:search')}"}
    guarded = application(database, WTF_CSRF_ENABLED=True)
    found = guarded.test_client().post("/api/v1/persons/search", json={"text": "hoa"}, headers=headers)
    assert (found.status_code, found.json["people"]) == (200, [])


@pytest.mark.parametrize(
    ("address", "status", "words"),
    [("/no/such", 404, "Không tìm thấy trang này"), ("/persons", 403, "Ông/Bà không được làm việc này")],
)
def test_an_error_is_a_page_in_the_readers_words(cast, client, address, status, words):
    answer = reader(client, "organizer").get(address)
    assert (answer.status_code, words in answer.text) == (status, True)
    assert "<h1>" in answer.text
    assert "person:search" not in answer.text


def test_the_demo_says_so(database, app):
    demo = application(database, DEMO=True)
    assert "Dữ liệu mẫu – không có người thật" in demo.test_client().get("/sign-in").text


def test_forms_work_over_https(app):
    """Behind TLS the check of forgery wants to know which page a form was on: our own policy must let it say so."""
    app.config.update(WTF_CSRF_ENABLED=True)
    browser = app.test_client()
    page = browser.get("/sign-in", base_url="https://localhost")
    assert page.headers["Referrer-Policy"] == "same-origin"
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    sent = {"csrf_token": token, "language": "en", "next": "/sign-in"}
    options = {"base_url": "https://localhost", "headers": {"Referer": "https://localhost/sign-in"}}
    assert browser.post("/language", data=sent, **options).status_code == 303
    assert browser.post("/language", data={**sent, "csrf_token": ""}, **options).status_code == 400


def test_a_sign_in_name_may_have_dots_and_hyphens(app, client):
    factories.account(username="bao-ve.du_lieu")
    equip("bao-ve.du_lieu")
    sent = {"username": "Bao-Ve.Du_Lieu", "password": factories.PASSWORD, "code": code()}
    assert client.post("/sign-in", data=sent).status_code == 303
    assert client.get("/account").status_code == 200


def test_a_token_says_by_itself_where_a_request_comes_from(app, cast, client):
    headers = factories.bearer(cast["clerk"])
    app.config.update(WTF_CSRF_ENABLED=True)
    assert client.post("/api/v1/persons/search", json={"text": "đào"}, headers=headers).status_code == 200


def test_a_token_is_not_offered_what_none_carries(cast, client):
    officer = cast["protection_officer"]
    page = reader(client, "protection_officer").get("/account").text
    offered = set(re.findall(r'name="permissions\[\]"[^>]* value="([^"]+)"', page))
    assert offered == set(map(str, officer.permissions - NEVER_BY_TOKEN)) < set(map(str, officer.permissions))

"""The desk is read by programs too; what the officer decides is not for a token."""

import pytest

from kieubao.access.roles import NEVER_BY_TOKEN, Permission
from kieubao.people import service as people
from tests import factories
from tests.pages.province import oversee, sign_in_accounts


@pytest.fixture
def cast(app):
    return sign_in_accounts()


@pytest.fixture
def ask(client, cast):
    headers = factories.bearer(cast["protection_officer"])

    def asked(path, body=None, method=None):
        how = method or ("POST" if body is not None else "GET")
        return client.open(f"/api/v1{path}", method=how, json=body, headers=headers)

    return asked


@pytest.fixture
def made(cast):
    some = [factories.person(name) for name in ("Đặng Thị Hòa", "Trần Văn Bình", "Lê Thị Đào")]
    return [one.code for one in some], oversee(cast, [one.code for one in some])


def test_the_trail_page_by_page(ask, cast):
    for _time in range(3):
        people.search(cast["clerk"], text="x", wanted={})
    first = ask("/audit/search", {"role": "clerk", "size": 2}).json
    assert (first["count"], first["exact"], len(first["entries"])) == (3, True, 2)
    second = ask("/audit/search", {"role": "clerk", "size": 2, "after": first["more"]}).json
    assert (len(second["entries"]), second["more"]) == (1, None)
    assert ask("/audit/search", {"after": "x"}).status_code == 422
    assert ask("/audit/search", {"action": "people.spy"}).status_code == 422
    assert ask("/audit/search", {"person": "KB-7F3Q-9XKC-2"}).status_code == 404


def test_the_desk_and_what_is_on_it(ask, made):
    _codes, on_desk = made
    desk = ask("/oversight").json
    assert (desk["findings"], len(desk["clocks"]), desk["clocks"][0]["late"]) == ({"refused": 1}, 2, True)
    assert [one["number"] for one in desk["agreements"]] == ["02/TT-BG"]
    assert [one["state"] for one in ask("/oversight/findings").json] == ["open"]
    assert len(ask("/oversight/findings?state=all").json) == 2
    finding = ask(f"/oversight/findings/{on_desk['finding']}").json
    assert (finding["rule"], len(finding["entries"]), len(finding["decisions"])) == ("refused", 10, 1)
    (progress,) = ask("/oversight/reviews").json["rounds"]
    assert (progress["accounts"], progress["settled"]) == (7, 1)
    assert len(ask(f"/oversight/reviews/{on_desk['round']}").json["lines"]) == 7
    assert len(ask("/oversight/register").json) == 7
    assert [one["code"] for one in ask("/oversight/breaches").json][-1] == on_desk["breach"]
    breach = ask(f"/oversight/breaches/{on_desk['breach']}").json
    assert (breach["named"], breach["people"]) == (2, 12)


def test_no_answer_holds_a_persons_value(ask, made):
    codes, on_desk = made
    answers = [ask("/audit/search", {"person": codes[0]}), ask("/oversight"), ask("/oversight/findings?state=all")]
    answers += [ask(f"/oversight/findings/{on_desk['finding']}"), ask(f"/oversight/breaches/{on_desk['breach']}")]
    for answer in answers:
        assert answer.status_code == 200
        assert all(name not in answer.json.__repr__() for name in ("Đặng Thị Hòa", "Trần Văn Bình", "Lê Thị Đào"))


def test_what_is_decided_is_never_by_token(client, cast):
    assert Permission.OVERSIGHT_KEEP in NEVER_BY_TOKEN
    secret = client.get("/api/v1/me", headers=factories.bearer(cast["protection_officer"])).json
    assert "oversight:keep" not in secret["permissions"]

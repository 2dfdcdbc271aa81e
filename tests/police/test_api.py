"""Programs of the police ask and follow; what was released is over no token, whoever holds it."""

import pytest

from kieubao.access.roles import NEVER_BY_TOKEN, Permission
from kieubao.police import office
from tests import factories
from tests.police import asking
from tests.police.asking import desk, released

BODY = {
    "case_number": "12/2026",
    "case_on": "2026-01-05",
    "need": "missing",
    "instrument": "QĐ 45",
    "issuer": "court",
    "issuer_name": "TAND tỉnh",
    "issued_on": "2026-01-06",
    "expires_on": "2099-01-01",
    "own_registers": "cư trú ở nước ngoài",
    "subjects": [{"name": "Nguyễn Thị Đào", "born": "1968", "home": "Xã Cẩm Xuyên", "why_country": "x"}],
}
PLACE = "/api/v1/disclosure-requests"


@pytest.fixture
def d(app):
    return desk()


def test_a_request_is_filed_and_followed(d, client):
    headers = factories.bearer(d.officer)
    filed = client.post(PLACE, json=BODY, headers=headers)
    assert filed.status_code == 201
    assert (filed.json["answer"], filed.json["unit"]) == ("waiting", asking.POLICE)
    code = filed.json["code"]
    assert client.get(f"{PLACE}/{code}", headers=headers).json["code"] == code
    assert [one["code"] for one in client.get(PLACE, headers=headers).json] == [code]
    # A head follows what their unit asked, and endorses it on its page.
    assert [one["code"] for one in client.get(PLACE, headers=factories.bearer(d.head)).json] == [code]


def test_what_was_released_is_not_in_it(d, client):
    dao = factories.person(born="1968")
    code = released(d, dao)
    told = client.get(f"{PLACE}/{code}", headers=factories.bearer(d.officer))
    assert told.json["answer"] == "open"
    assert "Nguyễn Thị Đào" not in told.text
    assert "BD-" not in told.text


def test_no_token_endorses_decides_agrees_or_sees(d, app):
    shows = {one for one in Permission if one.value.startswith(("disclosure:", "mandate:"))}
    assert shows - NEVER_BY_TOKEN == {
        Permission.DISCLOSURE_FILE,
        Permission.DISCLOSURE_FOLLOW,
        Permission.DISCLOSURE_TEND,
    }
    api = {rule.rule for rule in app.url_map.iter_rules() if "disclosure" in rule.rule and "/api/" in rule.rule}
    assert api == {PLACE, f"{PLACE}/<code:code>"}


WRONG = {
    "case_number": ("", "case_number"),
    "need": ("threat", "need"),
    "offence": ("123", "offence"),
    "defer": ("life", "defer_why"),
    "expires_on": ("2026-01-01", "expires_on"),
    "issued_on": ("2099-01-01", "issued_on"),
    "issuer": ("ministry", "issuer"),
    "subjects": ([], "subjects"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_told_by_its_field(d, client, name):
    value, field = WRONG[name]
    answer = client.post(PLACE, json={**BODY, name: value}, headers=factories.bearer(d.officer))
    assert (answer.status_code, [*answer.json["errors"]]) == (422, [field])


PEOPLE = {
    "subjects.0.home": {"home": None},
    "subjects.0.why_name": {"why_country": None},
    "subjects.0.born": {"born": "hôm qua"},
    "subjects.0.name": {"name": None},
}


@pytest.mark.parametrize("field", PEOPLE)
def test_nobody_is_asked_for_but_exactly(d, client, field):
    person = {name: value for name, value in {**BODY["subjects"][0], **PEOPLE[field]}.items() if value}
    answer = client.post(PLACE, json={**BODY, "subjects": [person]}, headers=factories.bearer(d.officer))
    assert (answer.status_code, [*answer.json["errors"]]) == (422, [field])


def test_more_than_three_is_one_answer_and_one_ground(d, client):
    four = [{**BODY["subjects"][0], "name": f"Nguyễn Thị {name}"} for name in ("Ba", "Tư", "Năm", "Sáu")]
    answer = client.post(PLACE, json={**BODY, "subjects": four}, headers=factories.bearer(d.officer))
    assert (answer.status_code, answer.json["answer"]) == (201, "none")
    told = office.match(d.protection, answer.json["code"])
    assert (told["grounds"], told["asked_for"], told["subjects"]) == (["many"], 4, [])

"""Nothing tells whoever asked why there is no record: not the answer, its length, its order, nor its time."""

import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from kieubao.police import office, service, works
from kieubao.police.vocabulary import Answer
from tests import factories
from tests.guessing import guessed
from tests.police import asking
from tests.police.asking import at, desk, entered, filed, gives, released
from tests.signing import let_in

NOON = datetime(2026, 10, 5, 3, 0, tzinfo=UTC)
# What differs from one request to another, whoever it is about.
_OWN = re.compile(r"DN-[0-9A-Z-]{11}|\d\d/\d\d/\d{4} \d\d:\d\d|value=\"[\w.-]{40,}\"")


@pytest.fixture
def d(app, monkeypatch):
    with at(monkeypatch, NOON):
        made = desk()
        made.near = factories.actor("protection_officer", ("18685",), organisation=asking.OFFICE)
        yield made


def answered(d, dao, monkeypatch, some):
    """Requests that end in every way there is without a record; some of each, filed by turns: their codes by how."""
    ends = {
        "absent": lambda code: office.decide(d.protection, code, [gives()], None),
        "refused": lambda code: office.decide(d.protection, code, [gives(dao)], None),
        "elsewhere": lambda code: office.decide(d.near, code, [gives()], None),
        "silent": lambda code: None,
    }
    found = {name: [] for name in ends}
    for number in range(some):
        for name, end in ends.items():
            if number % 5 == 0:
                found.setdefault("officers", {})[name] = factories.actor(
                    "police", organisation=f"Công an {number} {name}"
                )
            d.officer = found["officers"][name]
            d.head = factories.actor("police_head", organisation=f"Công an {number // 5 * 5} {name}")
            code = filed(d)
            end(code)
            found[name].append((d.officer, code))
    found.pop("officers", None)
    return found


def another(client):
    """A browser of another person's."""
    return type(client)(client.application, client.application.response_class)


def pages(client, holder, code):
    """What an officer is answered by the page of their request, and where they try to have it shown."""
    answers = [client.get(f"/disclosures/{code}"), client.post(f"/disclosures/{code}/page")]
    return [(one.status_code, _OWN.sub("", one.text), tuple(sorted(one.headers.keys()))) for one in answers]


def test_every_way_to_have_no_record_is_one_page(d, client, monkeypatch):
    dao = factories.person(born="1968")
    found = answered(d, dao, monkeypatch, 1)
    late = NOON + timedelta(days=20)
    with at(monkeypatch, late):
        works.attend()
        seen = {}
        for name, ((officer, code),) in found.items():
            browser = let_in(another(client), asking.username(officer))
            unit = re.escape(name)
            seen[name] = [
                (s, re.sub(rf"Công an \d+ {unit}", "", text), heads) for s, text, heads in pages(browser, officer, code)
            ]
    for name, one in seen.items():
        assert one == seen["absent"], name
    assert seen["absent"][0][0] == 200
    assert seen["absent"][1][0] == 404


def test_before_the_tenth_day_nothing_is_told_but_what_is_released(d, monkeypatch):
    dao = factories.person(born="1968")
    codes = answered(d, dao, monkeypatch, 1)
    for days in (0, 1, 7, 13):
        with at(monkeypatch, NOON + timedelta(days=days)):
            works.attend()
            told = {service.read(officer, code)["answer"] for ((officer, code),) in codes.values()}
            assert told == {Answer.WAITING}


def test_two_requests_on_one_person_have_nothing_in_common_but_what_is_shown(d, monkeypatch):
    dao = factories.person(born="1968", contact_points=[{"channel": "email", "value": "dao@example.com"}])
    shown = []
    for _ in range(2):
        code = released(d, dao)
        shown.append(service.open(d.officer, code))
    first, second = (str({**one, "people": None}) + str([p["pseudonym"] for p in one["people"]]) for one in shown)
    assert shown[0]["people"][0]["items"] == shown[1]["people"][0]["items"]
    names = [{one["code"], one["people"][0]["pseudonym"]} for one in shown]
    assert not names[0] & names[1]
    for said in (first, second):
        for of_person in (dao.code, dao.code[3:12], str(dao.subject), "_id'", "'id'", "dao@example.com"):
            assert of_person not in said


def test_a_request_and_a_list_have_nothing_in_common(cast):
    """An organizer's file names people by their codes, and the desk by names made for one request."""
    d, mail = desk(), [{"channel": "email", "value": "dao@example.com"}]
    dao = factories.person(born="1968", contact_points=mail)
    factories.consent(dao.id)
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    with factories.pulled(cast["organizer"], issue.code) as taken:
        file = taken.read().decode("utf-8-sig")
    shown = service.open(d.officer, released(d, dao))
    cells = {cell for line in file.splitlines() for cell in re.split(r"[,;]", line) if len(cell) > 4}
    said = str(shown)
    assert {cell for cell in cells if cell in said} <= {"Nguyễn Thị Đào"}


@pytest.mark.slow
@pytest.mark.timeout(7_200)
def test_of_two_thousand_answers_nobody_guesses_why(d, client, monkeypatch):
    dao = factories.person(born="1968")
    found = answered(d, dao, monkeypatch, 40)
    with at(monkeypatch, NOON + timedelta(days=20)):
        works.attend()
        browsers = {
            name: [(let_in(another(client), asking.username(officer)), code) for officer, code in some]
            for name, some in found.items()
        }
        times, bodies = {name: [] for name in found}, set()
        for turn in range(2_000):
            for name, some in browsers.items():
                browser, code = some[turn % len(some)]
                begun = time.perf_counter_ns()
                answer = browser.get(f"/disclosures/{code}")
                times[name].append(time.perf_counter_ns() - begun)
                bodies.add((answer.status_code, len(_OWN.sub("", answer.text).replace(name, ""))))
    assert {status for status, _length in bodies} == {200}
    assert max(length for _status, length in bodies) - min(length for _status, length in bodies) <= 1
    for name in ("refused", "elsewhere", "silent"):
        assert guessed(sorted(times["absent"]), sorted(times[name])) < 0.56, name


def test_by_paper_the_letter_says_no_more(d, monkeypatch):
    dao = factories.person(born="1968")
    codes = {name: entered(d, officer=f"Lê Văn {name}") for name in ("Vắng", "Có")}
    office.decide(d.protection, codes["Vắng"], [gives()], None)
    office.decide(d.protection, codes["Có"], [gives(dao)], None)
    for days, answer in ((0, Answer.WAITING), (20, Answer.NONE)):
        with at(monkeypatch, NOON + timedelta(days=days)):
            letters = [office.reply(d.protection, code) for code in codes.values()]
            assert [(one["answer"], one["people"]) for one in letters] == [(answer, [])] * 2


def test_what_was_asked_wrongly_is_told_by_its_field_and_says_nothing_of_the_registry(d, client):
    browser = let_in(client, asking.username(d.officer))
    answer = browser.post("/disclosures/new", data={"subjects-0-name": "Nguyễn Thị Đào"})
    assert answer.status_code == 422
    assert "Số hồ sơ vụ việc" in answer.text
    assert "Ngày, tháng, năm sinh (người thứ 1): " in answer.text

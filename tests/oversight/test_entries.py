"""The trail is searched by when, who, what, of whom and why; it shows codes, and never a person's values."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from kieubao.access import service as access
from kieubao.access.models import AuditEntry
from kieubao.consent.models import Standing
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Forbidden, Invalid, NotFound
from kieubao.oversight import entries, service
from kieubao.people import service as people
from tests import factories


@pytest.fixture
def hoa(cast):
    """Somebody who was opened by a clerk, inspected for a complaint, and found by a search."""
    made = factories.person("Đặng Thị Hòa", city="Praha", note="Thường về quê")
    people.read(cast["clerk"], made.code)
    people.inspect(cast["protection_officer"], made.code, reason="Khiếu nại 3/2026")
    people.search(cast["approver"], text="hoa", wanted={})
    return made


@pytest.fixture
def look(cast):
    def page(size=50, after=None, **wanted):
        return service.search_trail(cast["protection_officer"], wanted=wanted, size=size, after=after)

    return page


def acts(page):
    return [one["action"] for one in page["entries"]]


def test_by_each_filter(cast, hoa, look):
    clerk = next(one["code"] for one in look()["accounts"] if one["name"].startswith("Cán bộ clerk"))
    office = look()["organisations"][0]["code"]
    assert acts(look(account=clerk)) == ["people.read"]
    assert acts(look(role="approver")) == ["people.search"]
    assert acts(look(action="people.inspect")) == ["people.inspect"]
    assert acts(look(purpose="khiếu nại")) == ["people.inspect"]
    assert acts(look(purpose="%")) == []
    assert {"people.read", "people.search"} <= set(acts(look(organisation=office)))
    today = clock.today()
    assert "people.read" in acts(look(since=today, until=today))
    assert acts(look(until=today - timedelta(days=1))) == []
    assert acts(look(since=today + timedelta(days=1))) == []
    with pytest.raises(NotFound):
        people.read(cast["clerk"], "KB-7F3Q-9XKC-2")
    assert [one["person"] for one in look(outcome="not-found")["entries"]] == [None]


def test_by_a_person_all_that_was_of_them_and_the_searches_that_showed_them(hoa, look):
    factories.person("Trần Văn Bình")
    found = look(person=hoa.code)
    assert acts(found) == ["people.search", "people.inspect", "people.read"]
    assert [one["person"] for one in found["entries"]] == [None, hoa.code, hoa.code]


@pytest.mark.parametrize("why", ["absent", "out of scope", "erased"])
def test_who_is_absent_out_of_scope_or_erased_is_one_answer(cast, hoa, why):
    officer, code = cast["protection_officer"], hoa.code
    if why == "absent":
        code = "KB-7F3Q-9XKC-2"
    if why == "out of scope":
        officer = factories.actor("protection_officer", ["68"])
    if why == "erased":
        db.session.execute(update(Standing).values(erased_at=clock.now()))
        db.session.commit()
    with pytest.raises(NotFound) as refused:
        service.search_trail(officer, wanted={"person": code})
    assert refused.value.message == "There is no such person"


def test_who_is_erased_is_somebody_without_a_code(hoa, look):
    db.session.execute(update(Standing).values(erased_at=clock.now()))
    db.session.commit()
    (read,) = look(action="people.read")["entries"]
    assert (read["of_somebody"], read["person"]) == (True, None)


def test_who_is_out_of_scope_has_no_code_on_a_page_or_in_a_file(hoa):
    elsewhere, wanted = factories.actor("protection_officer", ["68"]), {"action": "people.read"}
    page = service.search_trail(elsewhere, wanted=wanted)["entries"]
    for entries_of in (page, service.take_trail(elsewhere, wanted=wanted)):
        assert [(one["of_somebody"], one["person"]) for one in entries_of] == [(True, None)]


def test_no_value_of_a_person_is_shown(hoa, look):
    shown = str(look())
    assert all(value not in shown for value in ("Hòa", "Praha", "Thường về quê", str(hoa.subject)))


def test_page_by_page_the_newest_first(cast, look):
    for _time in range(5):
        access.whoami(cast["clerk"])
    first = look(size=2, action="access.whoami")
    assert (first["count"], first["exact"], len(first["entries"])) == (5, True, 2)
    second = look(size=2, action="access.whoami", after=first["more"])
    last = look(size=2, action="access.whoami", after=second["more"])
    ids = [one["id"] for page in (first, second, last) for one in page["entries"]]
    assert ids == sorted(ids, reverse=True)
    assert (len(set(ids)), last["more"]) == (5, None)


@pytest.mark.parametrize("after", [["x"], [], [0], [1, 2], [2**70]])
def test_a_cursor_that_is_none_is_refused(look, after):
    if after:
        with pytest.raises(Invalid):
            look(after=after)


def test_more_than_many_are_not_counted(cast, look, monkeypatch):
    monkeypatch.setattr(entries, "MANY", 2)
    for _time in range(3):
        access.whoami(cast["clerk"])
    page = look(action="access.whoami")
    assert (page["count"], page["exact"]) == (2, False)


def test_reading_the_trail_is_in_the_trail(cast, hoa, look):
    look(person=hoa.code, role="clerk")
    line = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert (line.action, line.subject) == ("oversight.search_trail", hoa.subject)
    assert line.details == {"filters": ["person", "role"]}


def test_a_file_is_all_of_it_or_refused(cast, hoa, monkeypatch):
    officer = cast["protection_officer"]
    assert [one["action"] for one in service.take_trail(officer, wanted={"role": "clerk"})] == ["people.read"]
    monkeypatch.setattr(service, "FILE_ENTRIES", 1)
    with pytest.raises(Invalid) as refused:
        service.take_trail(officer, wanted={})
    assert refused.value.field == "since"


def test_nobody_else_reads_the_trail(cast):
    for role in set(cast) - {"protection_officer"}:
        with pytest.raises(Forbidden):
            service.search_trail(cast[role], wanted={})
        with pytest.raises(Forbidden):
            service.take_trail(cast[role], wanted={})


def test_the_desk_has_the_last_verdict(cast):
    officer = cast["protection_officer"]
    assert service.desk(officer)["verdict"] is None
    with time_machine.travel(clock.now(), tick=False):
        access.verify_trail(officer)
        verdict = service.desk(officer)["verdict"]
    assert verdict["details"] == {"whole": True}
    assert verdict["found"] == 1


def test_a_filter_that_is_none_is_an_error():
    with pytest.raises(KeyError):
        entries.matching({"colour": "red"})

"""A person can be told who has read their record: by organisation, role, time and purpose, and nothing else."""

import re
from uuid import UUID

import pytest
from sqlalchemy import select, text

from kieubao.access import trail, use_case
from kieubao.access.models import AuditEntry
from kieubao.consent.models import Standing
from kieubao.db import db, writing
from kieubao.duplicates import service as pairs
from kieubao.ground import clock
from kieubao.ground.errors import Forbidden, NotFound, Stale, TooMany
from kieubao.outreach import organizer
from kieubao.oversight.days import Act, Day
from kieubao.people import disclosure, readers, service
from tests import factories
from tests.pages.province import reader, sign_in_accounts

REASON = "khiếu nại 7/2026"


@pytest.fixture
def read(app):
    """Somebody whose record was opened, changed, inspected, found, refused and pulled."""
    cast = sign_in_accounts()
    person = factories.person(contact_points=[{"channel": "email", "value": "dao@example.com"}])
    factories.person("Lê Lan")
    factories.consent(person.id)
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    service.search(cast["clerk"], text="dao", wanted={})
    service.read(cast["approver"], person.code)
    service.amend(cast["clerk"], person.code, version=1, changes={"city": "Brno"})
    service.inspect(cast["protection_officer"], person.code, reason=REASON)
    with pytest.raises(Forbidden):
        service.read(cast["admin"], person.code)
    organizer.pull(cast["organizer"], issue.code, reason="in giấy mời", format="csv").content.close()
    return cast, person


def told(cast, person):
    sheet = service.trace(cast["protection_officer"], person.code, reason="người dân hỏi")
    db.session.rollback()
    return [(one["deed"], one["organisation"], one["role"], one["purpose"]) for one in sheet["readings"]]


ORGANIZER = "Hội Liên lạc với người Việt Nam ở nước ngoài"
DONE = [
    ("pulled", ORGANIZER, None, "events"),
    ("opened", "Sở Ngoại vụ", "protection_officer", REASON),
    ("changed", "Sở Ngoại vụ", "clerk", None),
    ("opened", "Sở Ngoại vụ", "approver", None),
]


def test_who_opened_changed_and_pulled_a_record_is_told_and_who_only_searched_is_not(read):
    assert told(*read) == DONE
    assert told(*read) == [("traced", "Sở Ngoại vụ", "protection_officer", "người dân hỏi"), *DONE]


def test_what_was_refused_showed_nothing(read):
    cast, person = read
    subject = db.session.scalar(select(Standing.subject).where(Standing.person_id == person.id))
    writing()
    trail.append(trail.Line(cast["approver"], "people.read", outcome="too_many", subject=subject))
    db.session.commit()
    assert told(cast, person) == DONE


def test_of_somebody_else_nothing_is_told(read):
    cast, _person = read
    assert told(cast, factories.person("Trần Văn Bình")) == []


def test_only_the_protection_officer_asks_and_only_within_scope(read):
    cast, person = read
    for role in set(cast) - {"protection_officer"}:
        with pytest.raises(Forbidden):
            service.trace(cast[role], person.code, reason=REASON)
    with pytest.raises(NotFound):
        service.trace(factories.actor("protection_officer", ("68",)), person.code, reason=REASON)


def test_nobody_who_works_there_is_named(read, client):
    cast, person = read
    bearer = factories.bearer(cast["protection_officer"])
    answer = client.post(f"/api/v1/persons/{person.code}/readings", json={"reason": "hỏi"}, headers=bearer)
    assert answer.json["complete"]
    names = ("at", "deed", "organisation", "role", "purpose")
    assert {name for one in answer.json["readings"] for name in one} == set(names)
    page = reader(client, "protection_officer").post(
        "/inspections/readings", data={"code": person.code, "reason": "hỏi"}
    )
    assert page.text.count("<tr>") == 1 + len(answer.json["readings"]) + 1
    main = re.search("<main.*</main>", page.text, re.DOTALL)[0]
    for text_of in (answer.text, main):
        assert "Cán bộ" not in text_of.replace("Cán bộ bảo vệ", "").replace("Cán bộ nhập", "")
        assert not [actor.name for actor in cast.values() if f">{actor.name}<" in text_of]


def test_a_purpose_among_reasons_is_called_by_its_label(read, client):
    cast, person = read
    subject = db.session.scalar(select(Standing.subject).where(Standing.person_id == person.id))
    writing()
    trail.append(trail.Line(cast["clerk"], "people.read", subject=subject, purpose="investment"))
    db.session.commit()
    asked = {"code": person.code, "reason": REASON}
    page = reader(client, "protection_officer").post("/inspections/readings", data=asked).text
    assert "Kêu gọi đầu tư" in page
    assert "investment" not in page


def test_from_an_opened_record_one_goes_on_to_who_read_it(read, client):
    _cast, person = read
    officer = reader(client, "protection_officer")
    opened = officer.post("/inspections", data={"code": person.code, "reason": REASON}).text
    assert 'action="/inspections/readings"' in opened
    assert f'name="reason" value="{REASON}"' in opened
    assert 'action="/inspections/readings"' not in reader(client, "clerk").get(f"/persons/{person.code}").text
    wrong = officer.post("/inspections/readings", data={"code": "KB-1", "reason": ""})
    assert wrong.status_code == 422


def test_no_more_are_told_than_can_be_read(read, monkeypatch, client):
    cast, person = read
    assert readers.MOST == 1_000
    monkeypatch.setattr(readers, "MOST", 3)
    sheet = service.trace(cast["protection_officer"], person.code, reason=REASON)
    assert ([one["deed"] for one in sheet["readings"]], sheet["complete"]) == (["pulled", "opened", "changed"], False)


def test_the_acts_on_one_person_are_found_by_their_index(read):
    cast, person = read
    located = disclosure.locate(cast["clerk"].scope, person.code)
    query = readers.told_of(located).compile(db.engine, compile_kwargs={"literal_binds": True})
    if db.engine.dialect.name == "postgresql":
        db.session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(db.session.execute(text(f"EXPLAIN {query}")).scalars())
        assert "Sort" not in plan
    else:
        plan = "\n".join(row[-1] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {query}")))
        assert "TEMP B-TREE" not in plan
    assert "ix_audit_entry_subject_id" in plan
    db.session.rollback()


def deeds(person):
    return [one.deed for one in readers.readings(person)]


def test_both_of_a_pair_are_told_of_and_counted(cast, monkeypatch):
    """Whichever two are put side by side: each is shown whole."""
    made = [factories.person(name) for name in ("Ba", "Tư", "Năm")]
    monkeypatch.setattr(use_case, "OPENED_A_DAY", 3)
    pairs.one_pair(cast["clerk"], made[0].code, made[1].code)
    pairs.one_pair(cast["clerk"], made[0].code, made[2].code)
    with pytest.raises(TooMany):
        service.read(cast["clerk"], factories.person().code)
    db.session.rollback()
    assert [deeds(disclosure.locate(cast["clerk"].scope, one.code)) for one in made] == [
        ["opened"] * 2,
        *[["opened"]] * 2,
    ]


def test_who_was_slower_and_who_changed_nothing_have_read(cast):
    """They are shown what stands: it counts, it is told, and it is no work that would make a look idle no more."""
    one = factories.person()
    with pytest.raises(Stale):
        service.amend(cast["clerk"], one.code, version=99, changes={"city": "Brno"})
    db.session.rollback()
    service.amend(cast["clerk"], one.code, version=1, changes={})
    located = disclosure.locate(cast["clerk"].scope, one.code)
    assert deeds(located) == ["opened", "opened"]
    said = db.session.execute(select(AuditEntry.action, AuditEntry.outcome, AuditEntry.subject)).all()
    assert [tuple(row) for row in said] == [
        ("people.amend", "stale", located.subject),
        ("people.read", "done", located.subject),
    ]
    acts = [Act(n, clock.now(), 1, *row) for n, row in enumerate(said)]
    assert len(Day(clock.today(), acts).opened[1]) == 2
    assert len(Day(clock.today(), acts).idle[1]) == 1


def test_looking_further_is_no_work(cast):
    """Asking for somebody's answers, after opening them, hides no opening."""
    acts = [
        Act(n, clock.now(), 1, action, "done", UUID(int=1))
        for n, action in enumerate(("people.read", "responses.of_person", "contributions.of_person", "outreach.why"))
    ]
    assert len(Day(clock.today(), acts).idle[1]) == 1
    changed = [*acts, Act(9, clock.now(), 1, "people.amend", "done", UUID(int=1))]
    assert Day(clock.today(), changed).idle[1] == []


def test_the_looks_are_known(app):
    looks = {"people.read", "people.inspect", "people.consents", "people.timeline", "duplicates.one_pair"}
    assert looks | {"rights.consent_form", "rights.answer", "rights.read_scan", "visits.message"} == use_case.LOOKS

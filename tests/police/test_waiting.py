"""What waits for whom: each request where it stands, and nothing settled, another's, or of a desk that is off."""

from dataclasses import replace

import pytest
from sqlalchemy import insert, select

from kieubao import LINES
from kieubao.access.models import AuditEntry
from kieubao.access.roles import SYSTEM
from kieubao.db import db, writing
from kieubao.ground.errors import Conflict, NotFound
from kieubao.police import approval, office, requests, service
from kieubao.police.models import DisclosureRequest
from kieubao.police.vocabulary import Delay, Mode
from kieubao.walls import Sight, confined
from kieubao.workday import service as workday
from kieubao.worker import looked
from tests import factories
from tests.police import asking
from tests.police.asking import asked, at, deferred, desk, entered, filed, gives, mandate, one, released


@pytest.fixture
def d(app):
    return desk()


@pytest.fixture
def dao(app):
    return factories.person(born="1968")


def decided(d, person):
    code = filed(d)
    office.decide(d.protection, code, [gives(person, items=("name",))], (Delay.LIFE, "bị đe dọa"))
    return code


def not_endorsed(d, _person):
    code = service.file(d.officer, asked())["code"]
    service.not_endorse(d.head, code)
    return code


def not_approved(d, person):
    code = decided(d, person)
    approval.not_approve(d.chief, code)
    return code


def refused(d, person):
    code = filed(d)
    office.decide(d.protection, code, [gives(person)], None)
    return code


# Every state there is, and how a request comes there.
STATES = {
    "filed": lambda d, _person: service.file(d.officer, asked())["code"],
    "endorsed": lambda d, _person: filed(d),
    "entered": lambda d, _person: entered(d),
    "decided": decided,
    "not endorsed": not_endorsed,
    "not approved": not_approved,
    "refused": refused,
    "released": released,
    "agreed": deferred,
    "at once": lambda d, _person: service.file(d.officer, asked(one("Nguyễn")))["code"],
}
UNANSWERED = {"filed", "endorsed", "entered", "decided"}


@pytest.fixture
def states(d):
    """A request in every state, each of another officer and on somebody else: how it stands, by its code."""
    found = {}
    for number, (state, reach) in enumerate(STATES.items()):
        d.officer = factories.actor("police", organisation=asking.POLICE, name=f"Cán bộ {number}")
        found[reach(d, factories.person("Nguyễn Thị Đào", born="1968"))] = state
    return found


def ended():
    rows = select(DisclosureRequest.id, DisclosureRequest.code, DisclosureRequest.ended)
    return looked(lambda: [tuple(row) for row in db.session.execute(rows.order_by(DisclosureRequest.id))])


def test_each_request_waits_where_it_stands(d, states):
    queue = office.queue(d.protection)
    assert {states[found["code"]] for found in queue["waiting"]} == {"endorsed", "entered"}
    assert {states[found["code"]] for found in queue["settled"]} == {*STATES} - UNANSWERED
    assert [states[found["code"]] for found in approval.approvals(d.chief)] == ["decided"]


def test_nothing_falls_silent_but_what_nobody_answered_in_time(d, states, monkeypatch):
    before = ended()
    assert looked(requests.unanswered) == []
    # Whoever tries all the same ends nothing.
    for number, _code, _how in before:
        office.fall_silent(SYSTEM, number)
    assert ended() == before
    late = max(found["silent_at"] for found in office.queue(d.protection)["waiting"])
    with at(monkeypatch, late):
        silent = looked(lambda: requests.several(requests.unanswered()))
        assert {states[found["code"]] for found in silent} == UNANSWERED
        for number, _code, _how in before:
            office.fall_silent(SYSTEM, number)
        assert ended() == [
            (number, code, "silence" if states[code] in UNANSWERED else how) for number, code, how in before
        ]
        assert looked(requests.unanswered) == []


def test_what_was_released_is_agreed_to_once(d, dao):
    code = deferred(d, dao)
    for act in (approval.approve, approval.not_approve):
        with pytest.raises(Conflict, match="This request is closed"):
            act(d.other_chief, code)


def test_what_is_closed_is_neither_endorsed_nor_not_endorsed(d, monkeypatch):
    codes = [STATES[state](d, None) for state in ("filed", "not endorsed", "at once")]
    with at(monkeypatch, service.read(d.officer, codes[0])["silent_at"]):
        for code in codes:
            for act in (service.endorse, service.not_endorse):
                with pytest.raises(Conflict, match="This request is closed"):
                    act(d.head, code)


def test_a_desk_that_was_closed_shows_nothing(d, dao):
    code = released(d, dao)
    approval.end_mandate(d.admin, d.mandate)
    with pytest.raises(NotFound, match="The police desk is not enabled"):
        service.open(d.officer, code)


def test_whoever_is_of_no_organisation_asks_nothing(d):
    nobody = replace(d.officer, organisation_id=None)
    for act in (service.overview, service.follow, lambda actor: service.file(actor, asked())):
        with pytest.raises(NotFound):
            act(nobody)


def test_the_trail_names_whom_an_act_was_about_and_nobody_else(d, dao):
    factories.person("Lê Văn Ba", born="1970")
    service.open(d.officer, released(d, dao))
    acts = select(AuditEntry.details).where(AuditEntry.action.in_(("police.decide", "police.open")))
    assert [one["subjects"] for one in looked(lambda: db.session.scalars(acts).all())] == [[str(dao.subject)]] * 2


def test_what_nobody_put_off_is_not_put_off_further(d, dao):
    with pytest.raises(Conflict, match="Nobody put off telling them"):
        office.renew(d.protection, released(d, dao), "vẫn bị đe dọa")


def test_what_an_account_asked_is_in_no_letter(d, dao):
    """It is seen by whoever asked: the letter says so, and counts as no showing."""
    code = released(d, dao)
    assert office.reply(d.protection, code)["people"] == []
    assert service.open(d.officer, code)["view"] == 1


def test_who_looks_after_one_commune_sees_nobody_of_another(d, dao):
    near = factories.actor("protection_officer", ("18685",), organisation=asking.OFFICE)
    code = filed(d)
    seen = [
        [card["code"] for card in office.match(who, code)["subjects"][0]["candidates"]] for who in (d.protection, near)
    ]
    assert seen == [[dao.code], []]
    office.decide(d.protection, code, [gives(dao)], None)
    assert [office.match(who, code)["subjects"][0]["person"] for who in (d.protection, near)] == [dao.code, None]


def test_of_whom_it_was_is_not_on_the_paper(d):
    """A request that is refused at once keeps its paper, and nobody's name."""
    service.file(d.officer, asked(one("Nguyễn*"), need="offence", offence="123"))
    (paper,) = looked(lambda: list(db.session.scalars(select(DisclosureRequest.paper))))
    assert "12/2026" in paper
    for word in ("Nguyễn", "1968", "subjects", "offence"):
        assert word not in paper


def test_the_latest_two_hundred_are_listed(d):
    service.file(d.officer, asked(one("Nguyễn")))
    with confined(Sight(everyone=True)):
        writing()
        table = DisclosureRequest.__table__
        kept = dict(db.session.execute(select(table)).mappings().one())
        more = [kept | {"id": kept["id"] + number, "code": f"DN-{number}"} for number in range(1, 202)]
        db.session.execute(insert(table), more)
        db.session.commit()
    found = [found["code"] for found in service.follow(d.officer)]
    assert (len(found), found[0], found[-1]) == (200, "DN-201", "DN-2")


def lines(actor):
    return {line["words"]: line["total"] for line in workday.mine(actor, LINES)["waits"]}


def test_the_start_page_counts_what_waits(d, dao):
    released(d, dao)
    waits = service.file(d.officer, asked())["code"]
    assert lines(d.officer) == {"Released to you: open for 72 hours": 1}
    assert lines(d.head) == {"Requests to endorse": 1}
    service.endorse(d.head, waits)
    assert lines(d.head) == {}
    commune = factories.actor("approver", ("18673",), organisation=asking.OFFICE)
    decided(d, factories.person("Nguyễn Thị Đào", born="1968"))
    words = "Police desk: to agree to"
    assert (lines(d.chief)[words], words in lines(commune)) == (1, False)


def test_a_desk_that_is_off_or_takes_papers_alone_has_nobody_wait(d, dao):
    released(d, dao)
    service.file(d.officer, asked())
    approval.end_mandate(d.admin, d.mandate)
    assert [lines(who) for who in (d.officer, d.head)] == [{}, {}]
    mandate(d.admin, d.second, d.protection, Mode.DESK)
    assert [lines(who) for who in (d.officer, d.head)] == [{}, {}]
    mandate(d.admin, d.second, d.protection, Mode.ACCOUNT)
    assert [len(lines(who)) for who in (d.officer, d.head)] == [1, 1]

"""What an account keeps at hand is its own, follows a merge, and holds nobody who is out of scope or erased."""

import pytest

from kieubao import LINES
from kieubao.access.roles import Scope
from kieubao.db import db, writing
from kieubao.duplicates import service as duplicates
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound
from kieubao.people import erasure
from kieubao.pins import board, service
from kieubao.traces import tombstones
from kieubao.walls import Sight, confined
from kieubao.workday import service as workday
from tests import factories

TYPED = {"filters": {"countries": ["CZ"]}, "order": "family"}


@pytest.fixture
def clerk(app):
    return factories.actor()


def pinned(actor):
    mine = workday.mine(actor, LINES)
    return [one["name"] for one in mine["pinned"]], [one["title"] for one in mine["searches"]]


def test_each_has_their_own(clerk):
    other, hoa = factories.actor(), factories.person("Đặng Thị Hòa")
    for _ in range(2):
        service.pin(clerk, hoa.code)
    service.keep(clerk, "Ở Séc", TYPED)
    assert pinned(clerk) == (["Đặng Thị Hòa"], ["Ở Séc"])
    assert pinned(other) == ([], [])
    code = board.searches(clerk.id)[0]["code"]
    assert service.typed(clerk, code) == TYPED
    for act in (service.typed, service.drop):
        with pytest.raises(NotFound):
            act(other, code)
    service.unpin(other, hoa.code)
    assert pinned(clerk)[0] == ["Đặng Thị Hòa"]
    service.unpin(clerk, hoa.code)
    service.drop(clerk, code)
    assert pinned(clerk) == ([], [])


def test_two_searches_have_two_names(clerk):
    service.keep(clerk, "Ở Séc", TYPED)
    with pytest.raises(Invalid) as refusal:
        service.keep(clerk, "Ở Séc", TYPED)
    assert refusal.value.field == "title"
    service.keep(factories.actor(), "Ở Séc", TYPED)


def test_only_so_many(clerk, monkeypatch):
    monkeypatch.setattr(board, "MOST", 1)
    hoa, binh = factories.person("Đặng Thị Hòa"), factories.person("Trần Văn Bình")
    service.pin(clerk, hoa.code)
    with pytest.raises(Conflict):
        service.pin(clerk, binh.code)
    service.keep(clerk, "a", TYPED)
    with pytest.raises(Conflict):
        service.keep(clerk, "b", TYPED)


def test_who_is_out_of_scope_is_neither_pinned_nor_shown(clerk):
    elsewhere, hoa = factories.actor(units=["40"]), factories.person("Đặng Thị Hòa")
    for act in (service.pin, service.unpin):
        with pytest.raises(NotFound):
            act(elsewhere, hoa.code)
    service.pin(clerk, hoa.code)
    moved = type(clerk)(**{**vars(clerk), "scope": Scope(frozenset({"40"}))})
    assert pinned(moved)[0] == []


def test_whoever_may_not_read_people_pins_nobody(app):
    hoa = factories.person("Đặng Thị Hòa")
    for role in ("organizer", "police", "protection_officer", "admin"):
        actor = factories.actor(role)
        with pytest.raises(Forbidden):
            service.pin(actor, hoa.code)
        assert workday.mine(actor, LINES)["pinned"] == []


def test_a_merged_record_is_pinned_as_the_one_that_stays(clerk):
    one, other = factories.person("Đặng Thị Hòa"), factories.person("Đặng Thị Hoà")
    service.pin(clerk, other.code)
    approver = factories.actor("approver")
    duplicates.propose(clerk, one.code, other.code, taken=[], versions=(1, 1))
    proposal = duplicates.one_pair(approver, one.code, other.code)["proposal"]["digest"]
    duplicates.merge(approver, one.code, other.code, proposal=proposal)
    assert pinned(clerk)[0] == ["Đặng Thị Hòa"]
    service.unpin(clerk, one.code)
    assert pinned(clerk)[0] == []


def test_of_who_is_erased_no_pin_stays(clerk, app, tmp_path):
    app.config["TOMBSTONES"] = str(tmp_path / "tombstones")
    hoa = factories.person("Đặng Thị Hòa")
    service.pin(clerk, hoa.code)
    with confined(Sight(everyone=True)):
        writing()
        erasure.erase([hoa.id], tombstones())
        db.session.commit()
    assert pinned(clerk)[0] == []

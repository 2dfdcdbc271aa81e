"""The desk is off until two administrators and the protection officer enable it, and lapses after twelve months."""

from dataclasses import replace
from datetime import timedelta

import pytest

from kieubao.ground import clock
from kieubao.ground.dates import months_before
from kieubao.ground.errors import Conflict, Forbidden, NotFound
from kieubao.police import approval, office, service
from kieubao.police.vocabulary import Mode
from tests import factories
from tests.police.asking import MANDATE, asked, at, desk, entered, filed, gives, mandate, released


@pytest.fixture
def d(app):
    return desk(mode=None)


def states(d):
    return [one["state"] for one in approval.all_mandates(d.admin)]


def proposed(d, mode=Mode.ACCOUNT):
    approval.propose_mandate(d.admin, {**MANDATE, "issued_on": clock.today(), "mode": mode})
    return approval.all_mandates(d.admin)[0]["code"]


def test_it_is_off_until_three_people_say_otherwise(d):
    for act in (service.overview, lambda actor: service.file(actor, asked())):
        with pytest.raises(NotFound):
            act(d.officer)
    with pytest.raises(NotFound):
        entered(d)
    code = proposed(d)
    assert states(d) == ["proposed"]
    with pytest.raises(Conflict):
        approval.confirm_mandate(d.protection, code)
    with pytest.raises(Forbidden):
        approval.second_mandate(d.admin, code)
    with pytest.raises(Conflict):
        proposed(d)
    approval.second_mandate(d.second, code)
    with pytest.raises(Conflict):
        approval.second_mandate(d.second, code)
    with pytest.raises(Forbidden):
        approval.confirm_mandate(replace(d.protection, id=d.second.id), code)
    assert states(d) == ["seconded"]
    approval.confirm_mandate(d.protection, code)
    assert states(d) == ["in_force"]
    with pytest.raises(Conflict):
        approval.confirm_mandate(d.protection, code)
    (shown,) = approval.all_mandates(d.protection)
    assert (shown["lapses_on"], shown["instrument"]) == (months_before(clock.today(), -12), MANDATE["instrument"])
    assert {shown[one] for one in ("proposed_by", "seconded_by", "confirmed_by")} == {
        "Cán bộ admin",
        "Cán bộ protection_officer",
    }


def test_it_lapses_by_itself_and_nothing_is_done_after_it(d, monkeypatch):
    dao = factories.person(born="1968")
    mandate(d.admin, d.second, d.protection)
    code, open_ = filed(d), released(d, dao)
    with at(monkeypatch, clock.begins(months_before(clock.today(), -12))):
        assert states(d) == ["lapsed"]
        for act in (
            lambda: service.file(d.officer, asked()),
            lambda: service.read(d.officer, code),
            lambda: service.open(d.officer, open_),
            lambda: office.decide(d.protection, code, [gives(dao)], None),
            lambda: entered(d),
        ):
            with pytest.raises(NotFound):
                act()


def test_the_last_that_was_confirmed_holds(d):
    first = mandate(d.admin, d.second, d.protection)
    second = mandate(d.admin, d.second, d.protection, Mode.DESK)
    assert [(one["code"], one["state"]) for one in approval.all_mandates(d.admin)] == [
        (second, "in_force"),
        (first, "ended"),
    ]
    with pytest.raises(NotFound):
        service.overview(d.officer)


@pytest.mark.parametrize("who", ["admin", "second", "protection"])
def test_whoever_may_enable_it_closes_it_alone(d, who):
    code = mandate(d.admin, d.second, d.protection)
    approval.end_mandate(getattr(d, who), code)
    assert states(d) == ["ended"]
    with pytest.raises(NotFound):
        service.overview(d.officer)
    for act in (approval.end_mandate, approval.confirm_mandate):
        with pytest.raises(Conflict):
            act(d.protection, code)
    with pytest.raises(NotFound):
        approval.end_mandate(d.admin, "UQ-7F3Q-9XKC-2")


def test_what_is_dropped_can_be_proposed_anew(d):
    dropped = proposed(d)
    approval.end_mandate(d.admin, dropped)
    with pytest.raises(Conflict, match="decided already"):
        approval.second_mandate(d.second, dropped)
    assert proposed(d)
    assert sorted(states(d)) == ["ended", "proposed"]


def test_one_day_less_it_is_in_force(d, monkeypatch):
    mandate(d.admin, d.second, d.protection)
    with at(monkeypatch, clock.begins(months_before(clock.today(), -12)) - timedelta(minutes=1)):
        assert states(d) == ["in_force"]

"""Contributions: followed to what comes of them, nothing written over, and nobody told of people out of their units."""

from datetime import timedelta
from threading import Thread

import pytest
from flask import current_app
from sqlalchemy import select

from kieubao.contributions import service
from kieubao.db import db, keyring
from kieubao.ground import clock
from kieubao.ground.errors import Forbidden, Invalid, NotFound, Stale
from kieubao.ground.tombstones import Tombstones
from kieubao.occasions import agenda, giving
from kieubao.occasions.models import Contribution
from kieubao.occasions.vocabulary import IN_MONEY, Offer, Stage
from kieubao.people import erasure, merges
from kieubao.people.merges import Pair
from kieubao.walls import Sight, confined
from tests import factories

TODAY = clock.today()
INTERESTED = {"kind": Offer.INVESTMENT, "stage": Stage.INTERESTED, "stands_since": TODAY - timedelta(30)}
DONE = {"stage": Stage.COMPLETED, "stands_since": TODAY, "project": "Kho lạnh", "worth": 24_000, "unit": "2025:18673"}


@pytest.fixture
def clerk(cast):
    return cast["clerk"]


def made(clerk, person=None, **said):
    one = person or factories.person()
    return service.record(clerk, person=one.code, **{**INTERESTED, **said})["code"]


def test_it_is_followed_to_what_comes_of_it_and_nothing_is_written_over(clerk):
    call = agenda.hold({"kind": "investment_call", "title": "Kêu gọi đầu tư"}).code
    db.session.commit()
    one = factories.person()
    code = service.record(clerk, person=one.code, occasion=call, **INTERESTED)["code"]
    sheet = service.follow(clerk, code, version=1, values=DONE)
    assert (sheet["person"], sheet["name"], sheet["occasion"]) == (one.code, "Nguyễn Thị Đào", call)
    assert (sheet["version"], sheet["stage"], sheet["worth"], sheet["kind"]) == (2, "completed", 24_000, "investment")
    assert [(one["version"], one["stage"], one["worth"]) for one in sheet["earlier"]] == [(1, "interested", None)]
    assert [(one["code"], one["stage"], one["title"]) for one in service.of_person(clerk, one.code)] == [
        (code, "completed", "Kêu gọi đầu tư")
    ]
    assert service.all_of_them(clerk)["totals"] == [
        {"kind": "investment", "stage": "completed", "contributions": 1, "worth": 24_000}
    ]


def test_what_changes_nothing_writes_nothing(clerk):
    code = made(clerk)
    assert service.follow(clerk, code, version=1, values=INTERESTED)["version"] == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"stage": Stage.UNDER_WAY}, "project"),
        ({"stage": Stage.COMPLETED, "project": "Kho lạnh"}, "unit"),
        ({"stage": Stage.COMPLETED, "project": "Kho lạnh", "unit": "2025:42"}, "worth"),
    ],
)
def test_what_has_come_far_is_said_whole(clerk, said, field):
    with pytest.raises(Invalid) as wrong:
        made(clerk, **said)
    assert wrong.value.field == field
    code = made(clerk)
    with pytest.raises(Invalid) as wrong:
        service.follow(clerk, code, version=1, values={**said, "stands_since": TODAY})
    assert wrong.value.field == field


def test_only_what_is_money_has_to_say_how_much(clerk):
    done = {"stage": Stage.COMPLETED, "project": "Dạy nghề", "unit": "2025:42"}
    assert all(made(clerk, kind=kind, **done) for kind in set(Offer) - IN_MONEY)


def test_it_does_not_come_about_before_what_is_known(clerk):
    code = made(clerk)
    with pytest.raises(Invalid) as wrong:
        service.follow(clerk, code, version=1, values={"stands_since": TODAY - timedelta(31), "stage": Stage.DROPPED})
    assert wrong.value.field == "stands_since"


def test_whoever_was_slower_sees_both(clerk):
    code = made(clerk)
    service.follow(clerk, code, version=1, values={"stage": Stage.PREPARING})
    with pytest.raises(Stale) as slow:
        service.follow(clerk, code, version=1, values={"stage": Stage.DROPPED, "kind": Offer.INVESTMENT})
    assert slow.value.theirs == {"stage": "preparing"}


def test_of_two_who_follow_at_once_one_is_told_that_they_were_slower(clerk):
    code, told, app = made(clerk), [], current_app._get_current_object()

    def follow(stage):
        with app.app_context():
            try:
                service.follow(clerk, code, version=1, values={"stage": stage})
            except Stale:
                told.append(stage)
            db.session.remove()

    threads = [Thread(target=follow, args=(stage,)) for stage in (Stage.PREPARING, Stage.DROPPED)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1
    assert [one["version"] for one in service.read(clerk, code)["earlier"]] == [1]


def test_they_are_narrowed_and_added_up(clerk):
    tet = agenda.hold({"kind": "event", "title": "Tết"}).code
    db.session.commit()
    under_way = {"stage": Stage.UNDER_WAY, "project": "Trường học"}
    gifts = [made(clerk, kind=Offer.DONATION, occasion=tet, worth=worth, **under_way) for worth in (50, 150)]
    other = made(clerk)
    assert {one["code"] for one in service.all_of_them(clerk)["contributions"]} == {*gifts, other}
    for wanted in ({"kind": Offer.DONATION}, {"stage": Stage.UNDER_WAY}, {"occasion": tet}):
        sheet = service.all_of_them(clerk, **wanted)
        assert [one["code"] for one in sheet["contributions"]] == gifts[::-1]
        assert sheet["totals"] == [{"kind": "donation", "stage": "under_way", "contributions": 2, "worth": 200}]
    assert service.all_of_them(clerk, kind=Offer.TRADE) == {"totals": [], "contributions": []}


def test_nobody_out_of_the_units_is_seen_counted_or_written_of(clerk):
    far = factories.actor("clerk", units=("18685",))
    one = factories.person()
    code = made(clerk, one)
    assert service.all_of_them(far) == {"totals": [], "contributions": []}
    for act in (
        lambda: service.read(far, code),
        lambda: service.follow(far, code, version=1, values=DONE),
        lambda: service.of_person(far, one.code),
        lambda: service.record(far, person=one.code, **INTERESTED),
        lambda: service.read(clerk, "DG-7F3Q-9XKC-2"),
    ):
        with pytest.raises(NotFound):
            act()
    assert len(db.session.scalars(select(Contribution.id)).all()) <= 1
    for role in ("organizer", "police", "protection_officer", "admin"):
        with pytest.raises(Forbidden):
            service.read(factories.actor(role), code)


def test_of_records_that_are_one_persons_both_have_theirs(clerk):
    kept, gone = factories.person("Lê Văn Ba"), factories.person("Le Van Ba")
    mine, theirs = made(clerk, kept), made(clerk, gone)
    with confined(Sight(everyone=True)):
        merges.merge(factories.actor("approver"), Pair(kept.id, 1, gone.id, 1), ())
        db.session.commit()
    assert [one["code"] for one in service.of_person(clerk, gone.code)] == [theirs, mine]
    assert service.read(clerk, theirs)["person"] == kept.code
    assert len(service.all_of_them(clerk)["contributions"]) == 2
    assert service.follow(clerk, theirs, version=1, values=DONE)["stage"] == "completed"


def test_whoever_only_thought_of_it_or_dropped_it_contributed_nothing(clerk):
    begun = {"stage": Stage.UNDER_WAY, "project": "Kho lạnh"}
    dropped, thought, went_on = (factories.person(f"Lê {name}") for name in ("Bỏ", "Nghĩ", "Làm"))
    code = made(clerk, dropped, **begun)
    service.follow(clerk, code, version=1, values={"stage": Stage.DROPPED})
    made(clerk, thought)
    other = made(clerk, went_on, **begun)
    assert db.session.scalars(giving.contributors()).all() == [went_on.id]
    assert {one["name"]: one["stage"] for one in service.all_of_them(clerk)["contributions"]} == {
        "Lê Bỏ": "dropped",
        "Lê Nghĩ": "interested",
        "Lê Làm": "under_way",
    }
    assert (service.read(clerk, code)["person"], service.read(clerk, other)["person"]) == (dropped.code, went_on.code)


def test_of_everybody_else_what_they_contribute_stays(clerk):
    one, other = factories.person("Lê Một"), factories.person("Lê Hai")
    made(clerk, one)
    made(clerk, other)
    giving.forget([one.id])
    db.session.commit()
    assert [told["name"] for told in service.all_of_them(clerk)["contributions"]] == ["Lê Hai"]


def test_nothing_stays_of_who_is_erased(clerk, tmp_path):
    one = factories.person()
    code = made(clerk, one)
    service.follow(clerk, code, version=1, values=DONE)
    with confined(Sight(everyone=True)):
        erasure.erase([one.id], Tombstones(tmp_path / "graves", keyring()))
        db.session.commit()
        assert db.session.scalars(select(Contribution.id)).all() == []
    with pytest.raises(NotFound):
        service.read(clerk, code)

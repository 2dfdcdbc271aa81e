"""One decision for everybody with the same address: who they are, what changes, and what stays."""

import json
from uuid import UUID

import pytest
from sqlalchemy import select

from kieubao.access.models import AuditEntry
from kieubao.access.roles import Permission
from kieubao.consent import ledger
from kieubao.db import db, keyring
from kieubao.edits import service as edits
from kieubao.edits.vocabulary import Outcome
from kieubao.ground.errors import Forbidden, Invalid, NotFound, Stale
from kieubao.ground.tombstones import Tombstones
from kieubao.homes import service
from kieubao.people import bonds, erasure, homes, registry
from kieubao.people import service as people
from kieubao.people.models import PersonRevision
from kieubao.people.revisions import DERIVED
from kieubao.people.schemas import EnrolForm
from tests import factories
from tests.homes.streets import HOANH_SON, KY_LOI, SONG_TRI, VUNG_ANG, split, uncoded, whole

COUNTS = dict.fromkeys(map(str, Outcome), 0)
ALIKE = ["Xã Kỳ Lợi, thị xã Kỳ Anh", "xa ky loi ,thi xa KY ANH", "XÃ KÌ LỢI - THỊ XÃ KÌ ANH"]


@pytest.fixture
def clerk(app):
    return factories.actor()


def queue(actor, **asked):
    return service.all_unsettled(actor, **asked)["homes"]


def key(actor, people=None):
    (found,) = [one for one in queue(actor) if people in {None, one["people"]}]
    return UUID(found["key"])


def settle(actor, home, into=VUNG_ANG):
    digest = service.unsettled(actor, home)["digest"]
    return service.settle(actor, home, home_unit=into, digest=digest)


def revisions(one):
    query = select(PersonRevision).where(PersonRevision.person_id == one.id).order_by(PersonRevision.version)
    return [(kept.version, kept.account_id, json.loads(kept.record)) for kept in db.session.scalars(query)]


def found(actor, **wanted):
    return {card["code"] for card in people.search(actor, text=None, wanted=wanted)["people"]}


def test_equal_addresses_wait_together_however_they_are_written(clerk):
    for text in ALIKE:
        split(text)
    uncoded()
    factories.person()
    page = service.all_unsettled(clerk)
    assert [one["people"] for one in page["homes"]] == [3, 1]
    assert (page["count"], page["people"], page["more"]) == (2, 4, None)
    most, least = page["homes"]
    assert (most["home_text"], most["home_unit"], most["province"]) == (ALIKE[0], KY_LOI, "42")
    assert most["choices"] == least["choices"] == [SONG_TRI, VUNG_ANG, HOANH_SON]
    assert (least["home_text"], least["home_unit"]) == ("Xóm 3, Kỳ Lợi", None)
    one = service.unsettled(clerk, UUID(most["key"]))
    assert sorted(way["home_text"] for way in one["writings"]) == sorted(ALIKE)
    assert {way["people"] for way in one["writings"]} == {1}
    assert "Đào" not in str([page, one])


def test_of_very_many_ways_of_writing_the_commonest_are_shown(clerk):
    for number in range(21):
        split("Kỳ Lợi" + "." * number)
    split("Kỳ Lợi.")
    shown = service.unsettled(clerk, key(clerk))
    assert (shown["people"], len(shown["writings"])) == (22, 20)
    assert shown["writings"][0] == {"home_text": "Kỳ Lợi.", "people": 2}


def test_what_is_not_the_same_place_does_not_wait_together(clerk):
    """Coded otherwise, written otherwise, or with marks that tell two communes apart."""
    for made in (split(), split("Thôn 2, Kỳ Lợi"), uncoded("Kỳ Lợi cũ"), uncoded("Thạch Hà"), uncoded("thach ha")):
        assert whole(made).commune is None
    factories.person(home="ở đâu đó", home_unit="2024:436")
    assert [one["people"] for one in queue(clerk)] == [1] * 6


def test_a_home_that_is_settled_or_not_written_at_all_does_not_wait(clerk):
    factories.person()
    factories.person(home_unit="2024:18685")
    uncoded(None)
    assert service.all_unsettled(clerk) == {"homes": [], "count": 0, "people": 0, "more": None}


def test_one_decision_is_for_all_of_them(clerk):
    made = [split(text) for text in ALIKE]
    other = uncoded()
    done = settle(clerk, key(clerk, 3))
    assert (done["people"], done["home_unit"]) == (3, VUNG_ANG)
    for one, text in zip(made, ALIKE, strict=True):
        now = whole(one)
        assert (now.home_epoch, now.home_code, now.commune, now.province) == (2025, "18823", "18823", "42")
        assert (now.home_text, now.home_old_code, now.home_old_province) == (text, "18796", "42")
        assert (now.version, now.home_key) == (2, None)
        assert {"0m18823", "0q42"} <= set(now.words.split())
    assert whole(other).version == 1
    assert [home["people"] for home in queue(clerk)] == [1]


def test_a_decision_is_undone_of_whom_nobody_has_placed_elsewhere_since(clerk):
    made = [split(text) for text in ALIKE]
    before = [whole(one).home_key for one in made]
    done = settle(clerk, key(clerk, 3))
    people.amend(clerk, made[0].code, version=2, changes={"home_epoch": 2025, "home_code": HOANH_SON[5:]})
    people.amend(clerk, made[1].code, version=2, changes={"city": "Praha"})
    assert edits.undo(clerk, done["edit"])["counts"] == COUNTS | {"undone": 2, "kept": 1}
    assert whole(made[0]).commune == HOANH_SON.partition(":")[2]
    for one, text, waited in list(zip(made, ALIKE, before, strict=True))[1:]:
        now = whole(one)
        assert (now.home_text, now.home_code, now.home_old_code) == (text, "18796", None)
        assert (now.commune, now.home_key, now.version) == (None, waited, 3 + (one is made[1]))
    assert [home["people"] for home in queue(clerk)] == [2]


def test_they_are_found_by_the_commune_of_today_and_still_by_what_was(clerk):
    made, other = split(), uncoded()
    assert found(clerk, home_units=[KY_LOI]) == found(clerk, old_provinces=["42"]) == {made.code}
    for _address in range(2):
        settle(clerk, UUID(queue(clerk)[0]["key"]))
    assert found(clerk, home_units=[KY_LOI]) == found(clerk, home_units=["2024:449"]) == {made.code}
    assert found(clerk, old_provinces=["42"]) == {made.code, other.code}
    assert found(clerk, communes=["18823"]) == found(clerk, home_units=[VUNG_ANG]) == {made.code, other.code}
    assert found(factories.actor(units=["18823"])) == {made.code, other.code}
    assert people.read(clerk, made.code)["home_old_code"] == "18796"


def test_a_commune_made_of_two_provinces_takes_nobody_from_their_own(app):
    """Xã Hòa Bình of old Hải Dương went into communes that have parts of old Hải Phòng too."""
    clerk = factories.actor(units=["31"])
    made = factories.person(home="Hòa Bình, Kim Thành", home_unit="2024:10798")
    settle(clerk, key(clerk), "2025:10843")
    assert (whole(made).commune, whole(made).home_old_province) == ("10843", "30")
    assert found(clerk, old_provinces=["30"]) == {made.code}
    assert found(clerk, old_provinces=["31"]) == set()


def test_every_record_has_its_revision_whole(clerk, monkeypatch):
    monkeypatch.setattr(registry, "BATCH", 2)
    point, club = {"channel": "email", "value": "a@example.com"}, {"association": "Hội", "country": "CZ"}
    made = [split(contact_points=[point], memberships=[club], note="gọi sau 18 giờ") for _one in range(3)]
    bonds.tie([(made[0].id, made[1].id, "spouse", "spouse")])
    db.session.commit()
    settle(clerk, key(clerk))
    for one in made:
        (first, _by, was), (second, by, now) = revisions(one)
        assert (first, second, by) == (1, 2, clerk.id)
        hanging = {"kinships", "memberships"}
        changed = {name for name in now if name not in hanging and now[name] != was[name]}
        assert len(now["memberships"]) == 1
        assert changed == {"home_epoch", "home_code", "home_old_code"}
        assert (now["note"], now["contact_points"][0]["value"]) == ("gọi sau 18 giờ", "a@example.com")
    assert [len(revisions(one)[1][2]["kinships"]) for one in made] == [1, 1, 0]
    assert not set(DERIVED) & set(was)
    # What was settled can be changed as ever: the next version is the third.
    assert people.amend(clerk, made[0].code, version=2, changes={"city": "Brno"})["version"] == 3


def test_of_very_many_some_are_settled_at_once_and_the_others_wait_on(clerk, monkeypatch):
    assert homes.MOST == 5_000
    monkeypatch.setattr(homes, "MOST", 2)
    for _one in range(3):
        split()
    home = key(clerk)
    assert service.unsettled(clerk, home)["changes"] == 2
    assert [settle(clerk, home)["people"] for _again in range(2)] == [2, 1]
    assert queue(clerk) == []


def test_the_trail_has_one_line_of_counts_and_no_value(clerk):
    for text in ALIKE:
        split(text)
    edit = settle(clerk, key(clerk))["edit"]
    lines = db.session.scalars(
        select(AuditEntry).where(AuditEntry.action.like("homes.%")).order_by(AuditEntry.id)
    ).all()
    told = [(one.action, one.found, one.outcome, one.details) for one in lines]
    assert told[0] == ("homes.all_unsettled", 1, "done", {"people": 3})
    assert told[1] == ("homes.unsettled", 3, "done", {})
    fields = ["home_code", "home_epoch", "home_old_code"]
    assert told[2] == ("homes.settle", None, "done", {"people": 3, "fields": fields, "edit": edit})
    assert len(told) == 3


def elsewhere(text="ở đâu đó"):
    (made,) = registry.enrol([EnrolForm().load(factories.form(home=text, home_unit=None))], "56", None)
    db.session.commit()
    return made


def test_who_is_out_of_scope_is_neither_counted_nor_changed(clerk):
    mine, other = uncoded("ở đâu đó"), elsewhere()
    assert whole(mine).home_key == whole(other).home_key
    there = factories.actor(units=["56"])
    assert [home["people"] for home in queue(clerk)] == [home["people"] for home in queue(there)] == [1]
    home = key(clerk)
    assert (service.unsettled(clerk, home)["people"], service.unsettled(there, home)["province"]) == (1, "56")
    assert service.unsettled(clerk, home)["writings"] == [{"home_text": "ở đâu đó", "people": 1}]
    assert settle(clerk, home)["people"] == 1
    assert (whole(mine).commune, whole(other).commune, whole(other).version) == ("18823", None, 1)


@pytest.mark.parametrize("units", [["18823"], ["56"], ["18754", "18823", "18832"]])
def test_a_clerk_of_a_commune_or_of_another_province_has_an_empty_queue(clerk, units):
    split()
    home, other = key(clerk), factories.actor(units=units)
    assert service.all_unsettled(other) == {"homes": [], "count": 0, "people": 0, "more": None}
    for deed in (lambda: service.unsettled(other, home), lambda: service.settle(other, home, **SENT)):
        with pytest.raises(NotFound):
            deed()


SENT = {"home_unit": VUNG_ANG, "digest": "x"}


def joined(clerk, made):
    split()


def left(clerk, made):
    people.amend(clerk, made.code, version=1, changes={"home_epoch": 2025, "home_code": "18673"})


def exchanged(clerk, made):
    left(clerk, made)
    split()


@pytest.mark.parametrize("happened", [joined, left, exchanged])
def test_a_decision_on_other_people_than_were_shown_is_refused(clerk, happened):
    made, stays = split(), split()
    home = key(clerk)
    digest = service.unsettled(clerk, home)["digest"]
    happened(clerk, made)
    db.session.rollback()
    with pytest.raises(Stale) as refused:
        service.settle(clerk, home, home_unit=VUNG_ANG, digest=digest)
    assert refused.value.theirs == {"people": {joined: 3, left: 1, exchanged: 2}[happened]}
    assert (whole(stays).commune, whole(stays).version) == (None, 1)


def test_a_change_of_anything_else_makes_no_decision_stale(clerk):
    made = split()
    home = key(clerk)
    digest = service.unsettled(clerk, home)["digest"]
    people.amend(clerk, made.code, version=1, changes={"city": "Brno"})
    service.settle(clerk, home, home_unit=VUNG_ANG, digest=digest)
    assert (whole(made).version, whole(made).city) == (3, "Brno")
    with pytest.raises(NotFound):
        service.settle(clerk, home, home_unit=VUNG_ANG, digest=digest)


@pytest.mark.parametrize(
    "wrong", ["2025:42", KY_LOI, "2025:22366", "2025:99999", "x", "Phường", "18823", "Kỳ Lợi", "∞"]
)
def test_a_unit_that_is_no_commune_of_the_province_today_is_refused(clerk, wrong):
    made = split()
    home = key(clerk)
    for deed in (lambda: settle(clerk, home, wrong), lambda: service.unsettled(clerk, home, into=wrong)):
        with pytest.raises(Invalid) as refused:
            deed()
        assert (refused.value.field, str(refused.value)) == ("home_unit", "Choose a commune of today in Tỉnh Hà Tĩnh")
    assert whole(made).version == 1


@pytest.mark.parametrize("said", [VUNG_ANG, "phường vũng áng", "Vung Ang", "Vũng"])
def test_a_commune_is_named_by_its_key_or_its_name(clerk, said):
    split()
    assert service.unsettled(clerk, key(clerk), into=said)["chosen"] == VUNG_ANG
    assert service.unsettled(clerk, key(clerk))["chosen"] is None


def test_one_of_several_that_wait_is_shown_by_itself(clerk):
    for text in ("nơi này", "nơi kia"):
        uncoded(text)
    shown = {service.unsettled(clerk, UUID(one["key"]))["home_text"] for one in queue(clerk)}
    assert shown == {"nơi này", "nơi kia"}


def test_the_queue_goes_on_page_by_page(clerk):
    for number in range(5):
        for _one in range(1 + number % 2):
            uncoded(f"nơi {number}")
    pages, after = [], None
    while True:
        page = service.all_unsettled(clerk, after=after, size=2)
        pages.append([(one["people"], one["home_text"]) for one in page["homes"]])
        assert (page["count"], page["people"]) == (5, 7)
        after = page["more"]
        if after is None:
            break
    assert [len(one) for one in pages] == [2, 2, 1]
    assert {one for page in pages for one in page} == {(1 + n % 2, f"nơi {n}") for n in range(5)}
    assert [count for page in pages for count, _text in page] == [2, 2, 1, 1, 1]


@pytest.mark.parametrize(
    "after", [[], [1], ["1", "x"], [1, "x"], [1, "z" * 36], [2**63, str(UUID(int=0))], [1, "-" * 36]]
)
def test_a_cursor_that_is_none_is_refused(clerk, after):
    with pytest.raises(Invalid):
        service.all_unsettled(clerk, after=after)


@pytest.mark.parametrize("role", ["approver", "organizer", "protection_officer", "admin"])
def test_only_who_writes_people_settles_them(clerk, role):
    split()
    home, other = key(clerk), factories.actor(role)
    assert not other.can(Permission.PERSON_WRITE)
    acts = (
        lambda: service.all_unsettled(other),
        lambda: service.unsettled(other, home),
        lambda: service.settle(other, home, **SENT),
    )
    for act in acts:
        with pytest.raises(Forbidden):
            act()


@pytest.mark.parametrize(
    ("changes", "old"),
    [
        ({"city": "Brno"}, ("18796", "42")),
        ({"home_text": "Vũng Áng", "home_epoch": 2025, "home_code": "18823"}, ("18796", "42")),
        ({"home_epoch": 2025, "home_code": "18673"}, (None, "42")),
        ({"home_epoch": None, "home_code": None}, (None, None)),
        ({"home_epoch": 2024, "home_code": "18685"}, (None, "42")),
    ],
)
def test_the_old_unit_is_of_the_home_that_was_and_no_other(clerk, changes, old):
    made = split()
    settle(clerk, key(clerk))
    people.amend(clerk, made.code, version=2, changes=changes)
    assert (whole(made).home_old_code, whole(made).home_old_province) == old


def test_consent_and_standing_are_as_they_were(clerk):
    made = split()
    factories.consent(made.id)
    before = ledger.lines(made.id)
    db.session.rollback()
    settle(clerk, key(clerk))
    assert ledger.lines(made.id) == before


def test_who_is_erased_does_not_wait(clerk, tmp_path):
    split()
    made = split()
    settle(clerk, key(clerk))
    waits = split()
    erasure.erase([made.id, waits.id], Tombstones(tmp_path / "tombstones", keyring()))
    db.session.commit()
    assert queue(clerk) == []
    assert (whole(made).home_old_code, whole(waits).home_key) == (None, None)

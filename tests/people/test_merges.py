"""Two records of one person become one, as strict as either, and that can be undone."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from kieubao.consent import handover, ledger, unions
from kieubao.consent.models import ConsentEvent, ConsentNow, Standing
from kieubao.consent.rules import may_contact
from kieubao.consent.vocabulary import Capacity, Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, NotFound, Stale
from kieubao.people import bonds, contacts, disclosure, merges, readers, registry
from kieubao.people.merges import Pair
from kieubao.people.models import Association, ContactKey, ContactPoint, Kinship, Membership, Merge, Person
from kieubao.people.records import Member
from kieubao.people.service import read, search
from tests import factories

NOW = clock.today()
EARLIER, LATER = NOW - timedelta(400), NOW - timedelta(200)


@pytest.fixture
def approver(app):
    return factories.actor("approver")


@pytest.fixture
def two(approver):
    """Two records of one person, the second with more to say."""
    reached = [{"channel": "phone", "value": "0912345678"}]
    one = factories.person("Nguyễn Thị Đào", born="1960", contact_points=reached)
    more = [{"channel": "email", "value": "dao@example.com"}]
    fields = {"city": "Praha", "occupation": "kỹ sư", "contact_points": more, "interests": ["investment"]}
    other = factories.person("Dao Nguyen", born="14/08/1960", **fields)
    return one, other


def merged(actor, kept, gone, *taken):
    merges.merge(actor, Pair(kept.id, version(kept), gone.id, version(gone)), taken)
    db.session.commit()


def undone(actor, gone):
    found = merges.undo(actor, gone.code)
    db.session.commit()
    return found


def version(one):
    return db.session.scalar(select(Person.version).where(Person.id == one.id))


def sheet(actor, one):
    return disclosure.record(actor.scope, one.id)


def may(one, purpose=Purpose.EVENTS):
    return one.id in set(db.session.scalars(may_contact(purpose, [Channel.EMAIL])))


def found(text):
    return [card["code"] for card in search(factories.actor("clerk"), text=text, wanted={})["people"]]


def test_the_record_that_stays_takes_what_was_chosen_and_what_it_does_not_say(approver, two):
    one, other = two
    merged(approver, one, other, "born")
    now = sheet(approver, one)
    assert (now["name"], now["born"], now["occupation"]) == ("Nguyễn Thị Đào", "1960-08-14", "kỹ sư")
    assert (now["other_names"], now["interests"], now["version"]) == (["Dao Nguyen"], ["investment"], 2)
    assert {point["value"] for point in now["contact_points"]} == {"+84912345678", "dao@example.com"}


def test_the_name_that_is_not_chosen_is_another_name(approver, two):
    one, other = two
    merged(approver, one, other, "name")
    now = sheet(approver, one)
    assert (now["name"], now["other_names"]) == ("Dao Nguyen", ["Nguyễn Thị Đào"])


def test_both_codes_lead_to_the_one_that_stays_and_nobody_finds_the_other(approver, two):
    one, other = two
    merged(approver, one, other)
    assert disclosure.locate(approver.scope, other.code).id == disclosure.locate(approver.scope, one.code).id == one.id
    assert found("dao nguyen") == found("dao@example.com") == found(None) == [one.code]
    assert found(other.code) == found(one.code) == found(other.code.removeprefix("KB-")) == [one.code]
    assert db.session.scalar(select(func.count()).where(ContactKey.person_id == other.id)) == 0
    # It is kept by which keys it would be found, so that rekeying passes it by.
    by = select(Person.found_by).where(Person.id.in_((one.id, other.id)))
    assert len({*db.session.scalars(by)}) == 1
    assert registry.outdated() == 0


def test_a_code_is_found_within_scope_alone(approver, two):
    one, other = two
    merged(approver, one, other)
    elsewhere = factories.actor("approver", ("18685",))
    with pytest.raises(NotFound):
        disclosure.locate(elsewhere.scope, other.code)
    with pytest.raises(NotFound, match="no such merge"):
        merges.undo(elsewhere, other.code)


def test_rekeying_leaves_a_record_that_was_merged_out_of_sight(approver, two):
    one, other = two
    merged(approver, one, other)
    db.session.execute(Person.__table__.update().values(found_by=0))
    assert registry.outdated() == 1
    registry.rekey(0)
    assert found("dao nguyen") == [one.code]


def test_one_that_was_changed_since_it_was_looked_at_is_not_merged(approver, two):
    one, other = two
    with pytest.raises(Stale):
        merges.merge(approver, Pair(one.id, 1, other.id, 2), ())
    with pytest.raises(Stale):
        merges.merge(approver, Pair(one.id, 2, other.id, 1), ())


def test_a_record_that_others_were_merged_into_stays(approver, two):
    one, other = two
    third = factories.person("Nguyễn T. Đào")
    merged(approver, one, other)
    with pytest.raises(Conflict, match="keep that one"):
        merges.merge(approver, Pair(third.id, 1, one.id, 2), ())
    db.session.rollback()
    merged(approver, one, third)
    assert disclosure.locate(approver.scope, third.code).id == one.id


# What was said under the one that stays and the one that goes, and whether they may be contacted then.
SAID = [
    ((), (), False),
    ([(State.GIVEN, LATER)], (), True),
    ((), [(State.GIVEN, LATER)], True),
    ([(State.GIVEN, LATER)], [(State.WITHDRAWN, EARLIER)], False),
    ([(State.REFUSED, EARLIER)], [(State.GIVEN, LATER)], False),
    ([(State.GIVEN, EARLIER)], [(State.GIVEN, LATER)], True),
    ([(State.REFUSED, EARLIER), (State.GIVEN, LATER)], [(State.GIVEN, EARLIER)], True),
    ([(State.REFUSED, LATER)], [(State.GIVEN, EARLIER)], False),
]


@pytest.mark.parametrize(("mine", "theirs", "allowed"), SAID)
def test_a_no_of_either_counts_for_both(approver, two, mine, theirs, allowed):
    one, other = two
    for person, said in ((one, mine), (other, theirs)):
        for state, on in said:
            factories.consent(person.id, state, on=on)
    before = {person.id: may(person) for person in two}
    merged(approver, one, other)
    assert (may(one), may(other)) == (allowed, False)
    assert unions.replay() == ledger.kept()
    undone(approver, other)
    assert {person.id: may(person) for person in two} == before
    assert unions.replay() == ledger.kept()


@pytest.mark.parametrize("which", [0, 1])
def test_only_a_yes_that_was_signed_after_the_merge_outlives_its_no(approver, two, which):
    one, other = two
    factories.consent(two[which].id, State.WITHDRAWN, on=EARLIER)
    merged(approver, one, other)
    factories.consent(one.id, State.GIVEN, on=NOW)
    assert not may(one)
    assert unions.replay() == ledger.kept()
    db.session.execute(Standing.__table__.update().values(merged_at=clock.now() - timedelta(2)))
    ledger.overwrite(one.id, unions.answers(one.id))
    assert may(one)
    assert unions.replay() == ledger.kept()


def test_what_was_refused_since_is_refused_for_both_once_it_is_undone(approver, two):
    one, other = two
    for person in two:
        factories.consent(person.id, on=EARLIER)
    merged(approver, one, other)
    factories.consent(one.id, State.WITHDRAWN, on=NOW)
    undone(approver, other)
    assert (may(one), may(other)) == (False, False)
    assert [line["state"] for line in ledger.lines(other.id)] == ["withdrawn", "given"]
    assert unions.replay() == ledger.kept()


def test_of_what_was_said_since_no_yes_and_nothing_of_others_goes_with_the_record_that_is_there_again(approver, two):
    one, other = two
    third = factories.person("Lê Văn Ba")
    merged(approver, one, other)
    factories.consent(one.id, State.GIVEN, on=NOW)
    factories.consent(third.id, State.REFUSED, on=NOW)
    undone(approver, other)
    assert ledger.lines(other.id) == []
    assert (may(one), may(other)) == (True, False)


@pytest.mark.parametrize("stands", [{"deceased_on": date(2020, 1, 2)}, {"restricted_at": clock.now()}])
def test_the_stricter_standing_counts_and_is_undone_too(approver, two, stands):
    one, other = two
    factories.consent(one.id)
    ledger.restand(other.id, **stands)
    db.session.commit()
    merged(approver, one, other)
    assert not may(one)
    undone(approver, other)
    assert (may(one), may(other)) == (True, False)
    stood = [sheet(approver, person)["standing"] for person in two]
    assert [{name: one[name] for name in stands} for one in stood] == [dict.fromkeys(stands), stands]


@pytest.mark.parametrize("stands", [{"deceased_on": date(2020, 1, 2)}, {"restricted_at": clock.now()}])
def test_what_stands_before_consent_since_a_merge_holds_for_both_once_it_is_undone(approver, two, stands):
    """Of which of the two it was said nobody knows any more: neither may be contacted."""
    one, other = two
    for person in two:
        factories.consent(person.id)
    merged(approver, one, other)
    ledger.restand(one.id, **stands)
    db.session.commit()
    undone(approver, other)
    assert (may(one), may(other)) == (False, False)


def test_what_was_lifted_since_a_merge_is_lifted_of_the_record_that_stayed_alone(approver, two):
    one, other = two
    for person in two:
        factories.consent(person.id)
    ledger.restand(other.id, restricted_at=clock.now())
    db.session.commit()
    merged(approver, one, other)
    ledger.restand(one.id, restricted_at=None)
    db.session.commit()
    undone(approver, other)
    assert (may(one), may(other)) == (True, False)


def test_of_several_merges_the_first_record_of_all_is_another_too(approver, two):
    """It has the number 1, which no default may stand for."""
    one, other = two
    third = factories.person("Trần Văn Ba")
    factories.consent(other.id)
    ledger.restand(one.id, restricted_at=clock.now())
    db.session.commit()
    for act in (lambda gone: merged(approver, other, gone), lambda gone: undone(approver, gone)):
        for gone in (one, third):
            act(gone)
    assert may(other)


@pytest.mark.parametrize("first", [True, False])
def test_of_two_days_of_death_the_earlier_counts_and_each_has_its_own_again(approver, two, first):
    days = [date(2020, 1, 2), date(2021, 3, 4)] if first else [date(2021, 3, 4), date(2020, 1, 2)]
    for person, day in zip(two, days, strict=True):
        ledger.restand(person.id, deceased_on=day)
    db.session.commit()
    merged(approver, *two)
    assert sheet(approver, two[0])["standing"]["deceased_on"] == date(2020, 1, 2)
    undone(approver, two[1])
    assert [sheet(approver, person)["standing"]["deceased_on"] for person in two] == days


def test_a_later_day_since_a_merge_does_not_move_the_other_one_back(approver, two):
    one, other = two
    days = [date(2020, 1, 2), date(2021, 3, 4)]
    ledger.restand(other.id, deceased_on=days[0])
    db.session.commit()
    merged(approver, one, other)
    ledger.restand(one.id, deceased_on=days[1])
    db.session.commit()
    undone(approver, other)
    assert [sheet(approver, person)["standing"]["deceased_on"] for person in (other, one)] == days


def test_what_was_refused_since_is_told_with_who_spoke_and_who_wrote_it_down(approver, two):
    one, other = two
    merged(approver, one, other)
    said = {"capacity": Capacity.REPRESENTATIVE, "given_by": "Trần Thị Tư, mẹ", "evidence": None, "notice_id": None}
    factories.consent(one.id, State.REFUSED, on=NOW, **said)
    undone(approver, other)
    (line,) = ledger.lines(other.id)
    assert (line["capacity"], line["given_by"]) == ("representative", "Trần Thị Tư, mẹ")
    assert db.session.scalar(select(ConsentEvent.recorded_by).order_by(ConsentEvent.id.desc())) == approver.id


@pytest.mark.parametrize("turn", ["into one that went", "one that went", "one that others went into"])
def test_nobody_is_merged_in_a_chain(approver, two, turn):
    one, other = two
    third = factories.person("Nguyễn T. Đào")
    merged(approver, one, other)
    kept, gone = {
        "into one that went": (other, third),
        "one that went": (third, other),
        "one that others went into": (third, one),
    }[turn]
    with pytest.raises(Conflict):
        unions.unite(kept.id, gone.id, {})
    db.session.rollback()


def test_undoing_gives_each_record_what_was_its_own(approver, two):
    one, other = two
    kin = factories.person("Trần Văn Bình", kind="home", country="VN")
    bonds.tie([(other.id, kin.id, "spouse", "spouse")])
    bonds.join(other.id, [Member("Hội Praha", "CZ", "thành viên")])
    db.session.commit()
    before = [sheet(approver, person) for person in (*two, kin)]
    merged(approver, one, other, "born", "name")
    assert [tie["code"] for tie in sheet(approver, one)["kinships"]] == [kin.code]
    assert [tie["code"] for tie in sheet(approver, kin)["kinships"]] == [one.code]
    assert [member["name"] for member in sheet(approver, one)["memberships"]] == ["Hội Praha"]
    assert undone(approver, other).stays == []
    after = [sheet(approver, person) for person in (*two, kin)]
    assert [content(one) for one in after] == [content(one) for one in before]
    assert found("dao nguyen") == [other.code, one.code] or set(found("dao nguyen")) == {one.code, other.code}
    assert found("dao@example.com") == [other.code]
    assert db.session.scalar(select(func.count()).select_from(Merge)) == 0


def content(whole):
    points = [{k: v for k, v in point.items() if k != "id"} for point in whole["contact_points"]]
    return {k: v for k, v in whole.items() if k not in {"version", "changed_at"}} | {"contact_points": points}


def test_what_somebody_changed_since_stays(approver, two):
    one, other = two
    merged(approver, one, other, "born")
    registry.amend(one.id, 2, {"occupation": "bác sĩ"}, "42", None)
    db.session.commit()
    assert undone(approver, other).stays == ["occupation"]
    assert (sheet(approver, one)["occupation"], sheet(approver, one)["born"]) == ("bác sĩ", "1960")


def test_what_the_merge_left_alone_is_not_told_of_though_it_was_changed_since(approver, two):
    one, other = two
    merged(approver, one, other)
    registry.amend(one.id, 2, {"gender": "female", "occupation": "bác sĩ"}, "42", None)
    db.session.commit()
    assert undone(approver, other).stays == ["occupation"]
    assert sheet(approver, one)["gender"] == "female"


def test_of_several_merges_the_one_is_undone_that_is_asked_for(approver, two):
    one, other = two
    third = factories.person("Nguyễn T. Đào")
    for gone in (third, other):
        merged(approver, one, gone)
    assert undone(approver, other).gone == other.id
    assert disclosure.locate(approver.scope, third.code).id == one.id


def test_each_code_leads_to_its_own(approver, two):
    one, other = two
    third, fourth = (factories.person(name) for name in ("Lê Văn Ba", "Le Van Ba"))
    merged(approver, one, other)
    merged(approver, third, fourth)
    assert disclosure.locate(approver.scope, other.code).id == one.id
    assert disclosure.locate(approver.scope, fourth.code).id == third.id


def test_each_number_comes_over_once_and_none_that_is_used_no_more(approver, two):
    one, other = two
    points = [{"channel": "phone", "value": "0912345678"}, {"channel": "phone", "value": "0983000222"}]
    third = factories.person("Nguyễn Thị Đào", contact_points=points)
    factories.person("Lê Văn Ba", contact_points=[{"channel": "phone", "value": "0983000333"}])
    retired = select(ContactPoint).where(ContactPoint.person_id == other.id)
    db.session.scalars(retired).one().retired_at = clock.now()
    db.session.commit()
    for gone in (third, other):
        merged(approver, one, gone)
    found = [point["value"] for point in sheet(approver, one)["contact_points"]]
    assert sorted(found) == ["+84912345678", "+84983000222"]


def test_what_both_say_otherwise_has_to_be_chosen_and_what_goes_together_together(two):
    said = registry.written([person.id for person in two])
    one, other = (said[person.id][1] for person in two)
    # Not the occupation: only one of them says it.
    assert merges.differing(one, other) == merges.differing(other, one) == ["name", "born", "residence"]
    assert merges.differing(one, one) == []
    assert not {"country", "home_text", "other_names", "legal_document"} & {*merges.CHOICES}


def test_kin_that_both_have_stay_with_both(approver, two):
    one, other = two
    kin = factories.person("Trần Văn Bình", kind="home", country="VN")
    for person in two:
        bonds.tie([(person.id, kin.id, "spouse", "spouse")])
    db.session.commit()
    merged(approver, one, other)
    assert db.session.scalar(select(func.count()).select_from(Kinship)) == 2
    undone(approver, other)
    assert db.session.scalar(select(func.count()).select_from(Kinship)) == 4


def test_kin_whom_each_called_otherwise_are_called_so_again(approver, two):
    one, other = two
    kin = factories.person("Trần Văn Bình", kind="home", country="VN")
    bonds.tie([(one.id, kin.id, "parent", "child"), (other.id, kin.id, "other", "other")])
    # What the kin are to others has nothing to do with it.
    bonds.tie([(kin.id, factories.person("Lê Văn Ba").id, "spouse", "spouse")])
    db.session.commit()
    before = [terms(one), terms(other), terms(kin)]
    merged(approver, one, other)
    assert [terms(one), terms(other)] == [{kin.id: "parent"}, {}]
    undone(approver, other)
    assert [terms(one), terms(other), terms(kin)] == before


def terms(one):
    ties = select(Kinship.relative_id, Kinship.term).where(Kinship.person_id == one.id)
    return dict(db.session.execute(ties).all())


@pytest.mark.parametrize("since", ["called otherwise", "gone elsewhere"])
def test_kin_who_were_changed_since_stay_where_they_are(two, since):
    near = factories.actor("approver", ("18673",))
    one, other = two
    kin = factories.person("Trần Văn Bình", kind="home", country="VN")
    third = factories.person("Trần Văn Năm", kind="home", country="VN")
    bonds.tie([(other.id, kin.id, "parent", "child"), (other.id, third.id, "child", "parent")])
    db.session.commit()
    merged(near, one, other)
    if since == "called otherwise":
        bonds.untie(one.id, kin.id)
        bonds.tie([(one.id, kin.id, "other", "other")])
    else:
        home = {"home_text": None, "home_epoch": 2025, "home_code": "18685"}
        registry.rewrite(kin.id, version(kin), home, "42", None)
    db.session.commit()
    stays = terms(one)[kin.id]
    undone(near, other)
    assert (terms(one), terms(other)) == ({kin.id: stays}, {third.id: "child"})


def test_members_of_what_both_belong_to_each_keep_their_own_part(approver, two):
    one, other = two
    third = factories.person("Lê Văn Ba")
    for person, role in ((one, "hội viên"), (other, "chủ tịch"), (third, None)):
        bonds.join(person.id, [Member("Hội Praha", "CZ", role)])
    bonds.join(one.id, [Member("Hội Brno", "CZ", None)])
    bonds.join(other.id, [Member("Hội Plzen", "CZ", None)])
    db.session.commit()
    before = [roles(person) for person in (one, other, third)]
    merged(approver, one, other)
    assert roles(one) == {"Hội Praha": "hội viên", "Hội Brno": None, "Hội Plzen": None}
    undone(approver, other)
    assert [roles(person) for person in (one, other, third)] == before


def roles(one):
    belongs = select(Association.name, Membership.role).join(Membership, Membership.association_id == Association.id)
    return dict(db.session.execute(belongs.where(Membership.person_id == one.id)).all())


def test_two_who_are_kin_of_each_other_can_be_merged(approver, two):
    one, other = two
    bonds.tie([(one.id, other.id, "spouse", "spouse")])
    db.session.commit()
    merged(approver, one, other)
    assert sheet(approver, one)["kinships"] == []
    undone(approver, other)
    assert [tie["code"] for tie in sheet(approver, one)["kinships"]] == [other.code]


def test_kin_out_of_scope_are_for_the_province(two):
    one, other = two
    kin = factories.person("Trần Văn Bình", kind="home", country="VN", home_unit="2025:18685")
    bonds.tie([(other.id, kin.id, "spouse", "spouse")])
    db.session.commit()
    with pytest.raises(Conflict, match="only the province"):
        merges.merge(factories.actor("approver", ("18673",)), Pair(one.id, 1, other.id, 1), ())


def test_a_person_is_told_who_read_either_record_and_who_holds_it(approver, two):
    one, other = two
    clerk = factories.actor("clerk")
    read(clerk, other.code)
    held = handover.prepare(
        approver.organisation_id, handover.What("KX-1", Purpose.EVENTS), handover.watermark(), [other.id]
    )
    assert handover.seal(held)
    db.session.commit()
    merged(approver, one, other)
    told = readers.readings(disclosure.locate(approver.scope, one.code))
    assert {reading.deed for reading in told} >= {readers.Deed.OPENED, readers.Deed.PULLED}
    assert [holder.source for holder in handover.holders(one.id)] == ["KX-1"]


def test_answers_of_a_record_that_was_merged_are_kept_as_they_were(approver, two):
    one, other = two
    factories.consent(other.id, on=EARLIER)
    merged(approver, one, other)
    assert set(db.session.scalars(select(ConsentNow.person_id))) == {one.id, other.id}


def test_what_is_out_of_use_under_either_record_stays_so(approver):
    point = {"channel": "email", "value": "cu@example.com"}
    one, other = (factories.person(name, contact_points=[point]) for name in ("Ba", "Ba"))
    retired = db.session.scalars(select(ContactPoint.id).where(ContactPoint.person_id == one.id)).one()
    contacts.retire(one.id, retired)
    db.session.commit()
    merged(approver, one, other)
    points = db.session.scalars(select(ContactPoint).where(ContactPoint.person_id == one.id)).all()
    assert [point.retired_at is None for point in points] == [False]


def test_what_was_out_of_use_of_the_one_that_goes_comes_to_nobody(approver):
    point = [{"channel": "email", "value": "cu@example.com"}]
    one, other = factories.person("Ba", contact_points=[]), factories.person("Ba", contact_points=point)
    contacts.retire(other.id, db.session.scalars(select(ContactPoint.id)).one())
    db.session.commit()
    merged(approver, one, other)
    assert db.session.scalars(select(ContactPoint.person_id)).all() == [other.id]


def test_the_birth_is_the_persons_own(approver):
    """A child who is nobody of theirs ends no word of theirs."""
    child = factories.person("Bé")
    ledger.restand(child.id, adult_on=clock.today() - timedelta(days=5))
    one, other = (factories.person("Ba", born="2009-01-01") for _n in range(2))
    factories.consent(other.id, on=clock.today() - timedelta(days=10), capacity="representative", given_by="mẹ")
    merged(approver, one, other)
    assert may(one)


def test_of_one_person_there_is_one_birth(approver):
    """What a mother said under a record without a birth ends by the birth that the other has."""
    born, unborn = factories.person("Ba", born="2009-01-01"), factories.person("Ba")
    said = {"capacity": "representative", "given_by": "mẹ"}
    factories.consent(unborn.id, on=date(2024, 6, 1), **said)
    assert may(unborn)
    merged(approver, born, unborn)
    assert not may(born)


def test_where_births_differ_what_a_representative_said_ends_by_the_earlier(approver):
    """A birth that is found under another record opens nothing that had ended."""
    old, young = factories.person("Ba", born="2005-01-01"), factories.person("Ba", born="2012-01-01")
    factories.consent(old.id, on=date(2020, 6, 1), capacity="representative", given_by="mẹ")
    assert not may(old)
    merged(approver, old, young)
    assert not may(old)


DEAD = {"deceased_on": date(2020, 1, 2)}


def standing(approver, *people):
    return [sheet(approver, one)["standing"]["deceased_on"] for one in people]


def three(approver, *dead):
    """Three records of one person, the first of which stays; those are told to be dead that are asked for."""
    people = [factories.person("Ba") for _n in range(3)]
    for place in dead:
        ledger.restand(people[place].id, **DEAD)
    db.session.commit()
    for one in people[1:]:
        merged(approver, people[0], one)
    return people


@pytest.mark.parametrize("turn", [(1, 2), (2, 1)])
def test_what_two_records_say_stands_as_long_as_one_of_them_is_merged(approver, turn):
    people = three(approver, 1, 2)
    factories.consent(people[0].id)
    for place, is_left in zip(turn, (True, False), strict=True):
        undone(approver, people[place])
        assert (standing(approver, people[0])[0] is not None, may(people[0])) == (is_left, not is_left)
    assert standing(approver, *people) == [None, DEAD["deceased_on"], DEAD["deceased_on"]]


@pytest.mark.parametrize(
    ("dead", "turn"), [(2, (1, 2)), (2, (2, 1)), (1, (1, 2)), (1, (2, 1)), (0, (1, 2)), (0, (2, 1))]
)
def test_what_one_record_says_is_of_no_other_once_all_is_undone(approver, dead, turn):
    people = three(approver, dead)
    stranger, double = (factories.person("Chi") for _n in range(2))
    ledger.restand(stranger.id, **DEAD)
    db.session.commit()
    merged(approver, stranger, double)
    for place in turn:
        undone(approver, people[place])
    assert standing(approver, *people) == [DEAD["deceased_on"] if place == dead else None for place in range(3)]


@pytest.mark.parametrize("turn", [(1, 2), (2, 1)])
def test_what_is_written_down_between_two_merges_may_be_of_the_first(approver, turn):
    people = [factories.person("Ba") for _n in range(3)]
    merged(approver, people[0], people[1])
    ledger.restand(people[0].id, **DEAD)
    db.session.commit()
    merged(approver, people[0], people[2])
    for place in turn:
        undone(approver, people[place])
    assert standing(approver, *people) == [DEAD["deceased_on"], DEAD["deceased_on"], None]


@pytest.mark.parametrize("stays", ["the first", "the later"])
def test_only_what_the_first_record_was_verified_by_stays_so_and_undone_each_has_its_own(approver, stays):
    """Whoever has themselves recorded anew in somebody's name comes by no link into that one's record."""
    sure = {"verified_on": "2026-01-05"}
    first, later = (
        factories.person("Lê Văn Ba", contact_points=[{"channel": "email", "value": value, **sure}])
        for value in ("first@example.com", "later@example.com")
    )
    kept, gone = (first, later) if stays == "the first" else (later, first)
    before = [own_points(approver, one) for one in (kept, gone)]
    merged(approver, kept, gone)
    assert own_points(approver, kept) == {"first@example.com": date(2026, 1, 5), "later@example.com": None}
    merges.undo(approver, gone.code)
    db.session.commit()
    assert [own_points(approver, one) for one in (kept, gone)] == before


def own_points(actor, person):
    return {one["value"]: one["verified_on"] for one in sheet(actor, person)["contact_points"]}

"""Segments: whom groups name, what they are counted as, and that a list is never of other people than was approved."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select

from kieubao.consent import ledger
from kieubao.consent.models import Handover
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from kieubao.occasions import agenda, giving, turnout
from kieubao.occasions import service as occasions
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer, Presence
from kieubao.outreach import groups, lists, organizer
from kieubao.outreach import service as outreach
from kieubao.outreach.models import OutreachList, Segment
from kieubao.outreach.vocabulary import Format
from kieubao.people import merges
from kieubao.people import service as people
from kieubao.people.merges import Pair
from kieubao.people.models import Person
from kieubao.segments import service
from kieubao.segments.schemas import SegmentForm, WhomForm
from tests import factories

KOREA = {"countries": ["KR"]}


@pytest.fixture
def clerk(cast):
    return cast["clerk"]


def named(actor, **wanted):
    """The names of those whom a filter names, as it comes in by the wire."""
    loaded = WhomForm().load({"filter": wanted})["filter"]
    chosen = groups.whom(actor.scope, loaded)
    return sorted(db.session.scalars(select(Person.name).where(Person.id.in_(chosen))))


def saved(actor, title="Kiều bào Hàn Quốc", **wanted):
    code = service.save(actor, **SegmentForm().load({"title": title, "filter": wanted or KOREA}))["code"]
    db.session.commit()
    return code


def crowd(chance):
    """Fifty people of whom some have no country, no gender, no age; and who is kin of whom."""
    made = []
    for n in range(50):
        abroad = chance.random() < 0.7
        where = {"country": chance.choice(["KR", "JP", "CZ"])} if abroad else {"country": None}
        more = {"gender": chance.choice(["male", "female"])} if chance.random() < 0.7 else {}
        more |= {"born": str(chance.randint(1930, 2000))} if chance.random() < 0.6 else {}
        made.append(factories.person(f"Nguyễn {n}", kind="abroad" if abroad else "home", **where, **more))
    clerk, kin = factories.actor("clerk"), set()
    for _n in range(25):
        one, other = chance.sample(range(50), 2)
        if (one, other) not in kin:
            people.tie(clerk, made[one].code, relative=made[other].code, term="elder_sibling")
            kin |= {(one, other), (other, one)}
    db.session.commit()
    return {one.id: n for n, one in enumerate(made)}, kin


def drawn(chance, depth=2):
    """A group at random."""
    asked = {
        "countries": (0.5, lambda: chance.sample(["KR", "JP", "CZ"], chance.randint(1, 2))),
        "kinds": (0.4, lambda: [chance.choice(["abroad", "home"])]),
        "genders": (0.4, lambda: [chance.choice(["male", "female"])]),
        "age_from": (0.3, lambda: chance.randint(20, 70)),
        "kin": (0.3, lambda: chance.choice(["with", "alone"])),
    }
    if depth:
        groups = (0.5, lambda: [drawn(chance, depth - 1) for _n in range(chance.randint(1, 3))])
        asked |= {"any": groups, "none": groups}
    return {key: given() for key, (often, given) in asked.items() if chance.random() < often} or {"kinds": ["home"]}


def oracle(group, known, kin):
    """Who is in a group, by reading each person."""
    year = clock.today().year
    columns = {"countries": "country", "kinds": "kind", "genders": "gender"}
    inside = set()
    for number, one in known.items():
        is_in = all(getattr(one, column) in group[key] for key, column in columns.items() if key in group)
        if "age_from" in group:
            is_in &= one.born is not None and one.born < str(year - group["age_from"] + 1)
        if is_in:
            inside.add(number)
    if group.get("any"):
        inside &= set().union(*(oracle(one, known, kin) for one in group["any"]))
    inside -= set().union(*(oracle(one, known, kin) for one in group.get("none", [])))
    relatives = {one for one, other in kin if other in inside}
    return {"with": inside | relatives, "alone": relatives - inside}.get(group.get("kin"), inside)


def test_groups_name_whom_an_oracle_names(clerk):
    chance = random.Random(62)
    numbers, kin = crowd(chance)
    known = {numbers[one.id]: one for one in db.session.scalars(select(Person))}
    sizes = set()
    for _n in range(200):
        group = drawn(chance)
        loaded = WhomForm().load({"filter": group})["filter"]
        found = {numbers[one] for one in db.session.scalars(groups.whom(clerk.scope, loaded))}
        assert found == oracle(group, known, kin), group
        sizes.add(len(found))
    assert len(sizes) > 20


def test_who_has_no_country_is_in_no_country_and_so_not_left_out_by_one(clerk):
    factories.person("Lan", kind="home", country=None)
    factories.person("Hoa", country="KR")
    assert named(clerk, none=[KOREA]) == ["Lan"]


def test_kin_beyond_the_units_are_nobodys_kin_here(clerk):
    here, there = factories.person("Hoa", country="KR"), factories.person("Lan", home_unit="2025:18685", kind="home")
    people.tie(clerk, here.code, relative=there.code, term="elder_sibling")
    near = factories.actor("clerk", ("18673",))
    assert named(clerk, **KOREA, kin="with") == ["Hoa", "Lan"]
    assert named(near, **KOREA, kin="with") == ["Hoa"]
    # Nor does one who is out of sight bring in one who is not.
    assert named(near, kinds=["home"], kin="alone") == []
    assert named(clerk, kinds=["home"], kin="alone") == ["Hoa"]


@pytest.fixture
def guests(cast):
    """An was on a list and in a file; Bình on the list alone, withdrawn before the file; Chi on none."""
    made = [factories.person(name) for name in ("An", "Bình", "Chi")]
    for one in made[:2]:
        factories.consent(one.id)
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"])
    factories.consent(made[1].id, State.WITHDRAWN)
    organizer.pull(cast["organizer"], issue.code, reason="giấy mời", format=Format.CSV).content.close()
    return made, issue.outreach_list.code


def test_what_became_of_lists_is_asked_too(cast, clerk, guests):
    _made, code = guests
    # Another list, of somebody else.
    factories.consent(factories.person("Lan", country="PL").id)
    factories.published(cast["clerk"], cast["approver"], cast["organizer"], countries=["PL"])
    today, tomorrow = clock.today(), clock.today() + timedelta(1)
    db.session.execute(Handover.__table__.update().values(sealed_at=clock.now() - timedelta(days=30)))
    db.session.commit()
    long_ago, lately = str(today - timedelta(31)), str(today - timedelta(29))
    assert named(clerk, on_lists=[code]) == ["An", "Bình"]
    assert named(clerk, off_lists=[code]) == ["Chi", "Lan"]
    assert named(clerk, never_invited=True) == ["Bình", "Chi", "Lan"]
    assert named(clerk, never_invited=False) == ["An", "Bình", "Chi", "Lan"]
    assert (named(clerk, invited_since=long_ago), named(clerk, invited_since=lately)) == (["An"], [])
    assert named(clerk, not_invited_since=long_ago) == ["Bình", "Chi", "Lan"]
    assert named(clerk, not_invited_since=lately) == ["An", "Bình", "Chi", "Lan"]
    with pytest.raises(Exception, match="invited_since"):
        named(clerk, invited_since=str(tomorrow))


def test_a_file_that_never_left_invited_nobody(clerk, guests):
    db.session.execute(Handover.__table__.update().values(sealed_at=None))
    db.session.commit()
    assert named(clerk, never_invited=True) == ["An", "Bình", "Chi"]


def test_a_record_that_was_merged_was_on_the_list_for_whom_it_was_merged_into(cast, clerk, guests):
    (an, _binh, chi), code = guests
    merges.merge(cast["approver"], Pair(chi.id, 1, an.id, 1), ())
    db.session.commit()
    assert named(clerk, on_lists=[code]) == ["Bình", "Chi"]
    assert named(clerk, never_invited=True) == ["Bình"]


def test_a_segment_is_counted_by_kind_country_and_purpose(clerk):
    """Only those who may be contacted count for a purpose, each once, and nobody of another country.

    In an emergency whoever did not say no may be.
    """
    hoa, minh, sau, lan = (
        factories.person(name, country=where)
        for name, where in (("Hoa", "KR"), ("Minh", "KR"), ("Sáu", "KR"), ("Lan", "JP"))
    )
    factories.person("Đào", kind="home", country=None)
    for one in (hoa, sau, lan):
        for channel in (Channel.POST, Channel.EMAIL):
            factories.consent(one.id, purpose=Purpose.INVESTMENT, channel=channel)
    factories.consent(minh.id, State.REFUSED, purpose=Purpose.INVESTMENT)
    ledger.restand(sau.id, deceased_on=clock.today())
    db.session.commit()
    counts = service.counts(clerk, saved(clerk, none=[{"countries": ["JP"]}]))
    assert (counts["people"], counts["kinds"], counts["countries"]) == (4, {"abroad": 3, "home": 1}, {"KR": 3, "": 1})
    assert counts["purposes"] == {"events": 0, "investment": 1, "information": 0, "delegation": 0, "protection": 3}
    assert service.count(clerk, filter=KOREA)["people"] == 3


def approved(cast, code):
    outreach.submit(cast["clerk"], code)
    outreach.approve(cast["approver"], code, digest=outreach.preview(cast["approver"], code)["digest"])


def state(code):
    db.session.rollback()
    return db.session.scalars(select(OutreachList.state).where(OutreachList.code == code)).one()


def test_a_list_is_made_of_segments_and_of_all_else(cast, clerk):
    for name, where in (("An", "KR"), ("Bình", "JP"), ("Chi", "CZ")):
        factories.consent(factories.person(name, country=where).id)
    east = saved(clerk, "Đông Á", countries=["KR", "JP"])
    japan = saved(clerk, "Nhật Bản", countries=["JP"])
    for wanted, inside in (
        ({"segments": [east]}, 2), ({"segments": [east], "except_segments": [japan]}, 1),
        ({"segments": [east], "countries": ["CZ"]}, 0), ({"except_segments": [east]}, 1),
        ({"segments": [east, japan]}, 2),
    ):  # fmt: skip
        code = factories.listed(clerk, **wanted).code
        assert outreach.preview(clerk, code)["inside"] == inside, wanted
    assert [len(service.read(clerk, one)["lists"]) for one in (east, japan)] == [5, 2]


def test_a_segment_that_changes_takes_the_approval_of_its_lists_back(cast, clerk):
    factories.consent(factories.person("An", country="KR").id)
    code = saved(clerk)
    waits, ready, draft, other = (factories.listed(clerk, segments=[code]).code for _n in range(4))
    outreach.submit(clerk, waits)
    approved(cast, ready)
    unmoved = factories.listed(clerk).code
    approved(cast, unmoved)
    # One whose approval was used already is asked anew for its next issue anyway.
    approved(cast, other)
    outreach.publish(cast["approver"], other)
    service.edit(clerk, code, version=1, values={"title": "Hàn Quốc"})
    assert [state(one) for one in (waits, ready)] == ["submitted", "approved"]
    service.edit(clerk, code, version=2, values={"filter": {"countries": ["JP"]}})
    assert [state(one) for one in (waits, ready, draft, unmoved, other)] == [
        "draft", "draft", "draft", "approved", "approved",
    ]  # fmt: skip
    with pytest.raises(Conflict, match="approved"):
        outreach.publish(cast["approver"], ready)
    with pytest.raises(Stale):
        service.edit(clerk, code, version=2, values={"title": "Nhật"})


def test_what_is_published_is_what_was_approved_though_a_segment_slipped_away(cast, clerk):
    """Whoever changed it past its writer."""
    code = saved(clerk)
    listed = factories.listed(clerk, segments=[code]).code
    approved(cast, listed)
    db.session.execute(Segment.__table__.update().values(filter={"countries": ["JP"]}))
    db.session.commit()
    with pytest.raises(Conflict, match="changed since"):
        outreach.publish(cast["approver"], listed)
    db.session.rollback()
    db.session.execute(Segment.__table__.delete())
    db.session.commit()
    with pytest.raises(Conflict, match="is gone"):
        outreach.preview(clerk, listed)


def test_who_wrote_a_segment_approves_no_list_of_it(cast, clerk):
    code = saved(clerk)
    listed = factories.listed(factories.actor("clerk"), segments=[code])
    lists.submit(listed)
    digest = lists.preview(listed).digest
    with pytest.raises(Forbidden):
        lists.approve(listed, clerk.account_id, digest)
    lists.approve(listed, cast["approver"].account_id, digest)
    with pytest.raises(Forbidden):
        lists.spend(listed, clerk.account_id)


def test_a_segment_of_which_a_list_is_made_stays(clerk):
    code, free = saved(clerk), saved(clerk, "Nhật Bản")
    factories.listed(clerk, except_segments=[code])
    with pytest.raises(Conflict, match="lists are made"):
        service.discard(clerk, code)
    db.session.rollback()
    service.discard(clerk, free)
    assert [one["code"] for one in service.all_of_them(clerk)] == [code]


def test_nobody_counts_by_what_they_may_not_see(cast, clerk):
    near = factories.actor("clerk", ("18673",))
    wide, listed = saved(clerk), factories.listed(clerk).code
    for act in (
        lambda: service.read(near, wide), lambda: service.counts(near, wide), lambda: service.discard(near, wide),
        lambda: service.edit(near, wide, version=1, values={"title": "x"}),
    ):  # fmt: skip
        with pytest.raises(NotFound):
            act()
        db.session.rollback()
    seen = outreach.choices(near)
    assert (service.all_of_them(near), seen["segments"], seen["lists"]) == ([], [], [])
    for wanted in (
        {"on_lists": [listed]},
        {"any": [{"off_lists": [listed]}]},
        {"none": [{"any": [{"on_lists": [listed]}]}]},
    ):
        for act in (
            lambda wanted=wanted: service.count(near, filter=wanted),
            lambda wanted=wanted: saved(near, **wanted),
        ):
            with pytest.raises(Invalid, match="nothing of this code"):
                act()
            db.session.rollback()
    with pytest.raises(Invalid, match="nothing of this code"):
        factories.listed(near, segments=[wide])
    db.session.rollback()
    with pytest.raises(Forbidden):
        service.count(near, filter={"none": [{"communes": ["18685"]}]})
    db.session.rollback()
    for unit in ("2025:18673", "2025:18685"):
        factories.person(unit, home_unit=unit)
    assert [service.count(one, filter={})["people"] for one in (near, clerk)] == [1, 2]
    own = saved(near, "Của xã")
    for wanted, refusal in (({"communes": ["18685"]}, Forbidden), ({"on_lists": [listed]}, Invalid)):
        with pytest.raises(refusal):
            service.edit(near, own, version=1, values={"filter": wanted})
        db.session.rollback()
    assert [one["code"] for one in service.all_of_them(near)] == [own]
    assert {one["code"] for one in service.all_of_them(clerk)} == {own, wide}


def test_who_is_of_a_group_is_not_of_its_kin_alone(clerk):
    """A couple who both live in Korea, and a mother at home."""
    an, binh = (factories.person(name, country="KR") for name in ("An", "Bình"))
    mother = factories.person("Chi", kind="home", country=None)
    people.tie(clerk, an.code, relative=binh.code, term="spouse")
    people.tie(clerk, an.code, relative=mother.code, term="parent")
    assert named(clerk, **KOREA, kin="alone") == ["Chi"]
    assert named(clerk, **KOREA, kin="with") == ["An", "Bình", "Chi"]


def test_nothing_is_lost_of_a_filter_though_it_is_nought():
    assert WhomForm().load({"filter": {"age_to": 0, "age_from": 0}}) == {"filter": {"age_to": 0, "age_from": 0}}


def test_who_was_invited_is_asked_of_the_lists_one_sees(cast, clerk, guests):
    """A commune learns of nobody that they were in the province's file."""
    near = factories.actor("clerk", ("18673",))
    assert named(near, never_invited=True) == ["An", "Bình", "Chi"]
    assert named(near, invited_since=str(clock.today())) == []
    own = factories.published(near, cast["approver"], cast["organizer"])
    organizer.pull(cast["organizer"], own.code, reason="giấy mời", format=Format.CSV).content.close()
    assert named(near, never_invited=True) == ["Bình", "Chi"]


def test_a_title_is_corrected_by_whoever_sees_it_and_nothing_else_moves(cast):
    near, wide = factories.actor("clerk", ("18673",)), cast["clerk"]
    code = saved(near, kinds=["home", "abroad"], any=[{"countries": ["KR", "JP"]}])
    before = service.read(near, code)
    # A page gives values in an order of its own.
    same = {"kinds": ["abroad", "home"], "any": [{"countries": ["JP", "KR"]}]}
    service.edit(wide, code, version=1, values={"title": "Hàn Quốc", "filter": same})
    before["filter"] = same
    assert service.read(near, code) == before | {"title": "Hàn Quốc", "version": 2}
    listed = factories.listed(near, segments=[code])
    lists.submit(listed)
    lists.approve(listed, wide.account_id, lists.preview(listed).digest)


def test_no_list_of_narrower_units_is_made_of_what_reaches_further(cast):
    near, wide = factories.actor("clerk", ("18673",)), cast["clerk"]
    code, of_province = saved(near), factories.listed(wide).code
    # One that has nothing to do with it, and that the commune does not see.
    saved(wide, "Cả tỉnh", provinces=["42"])
    of_commune = factories.listed(near, segments=[code]).code
    with pytest.raises(Conflict, match="narrower units"):
        service.edit(wide, code, version=1, values={"filter": {"on_lists": [of_province]}})
    db.session.rollback()
    assert outreach.preview(near, of_commune)["outside"] == {}
    # And where a list it goes by was widened since, it is not counted by it any more.
    by_list = saved(near, "Đã mời", on_lists=[of_commune])
    listed = factories.listed(near, on_lists=[of_commune]).code
    assert outreach.read(near, listed)["names"] == {of_commune: "Khách mời"}
    outreach.edit(wide, of_commune, version=1, values={"title": "x", "filter": {}})
    with pytest.raises(Conflict, match="reaches beyond"):
        service.counts(near, by_list)
    db.session.rollback()
    assert service.read(near, by_list)["filter"] == {"on_lists": [of_commune]}
    assert service.read(near, by_list)["names"] == {}
    assert service.read(wide, by_list)["names"] == {of_commune: "x"}
    assert (outreach.read(near, listed)["names"], outreach.read(wide, listed)["names"]) == ({}, {of_commune: "x"})


def test_nobody_is_told_which_lists_of_others_a_segment_is_part_of(cast):
    near = factories.actor("clerk", ("18673",))
    code = saved(near)
    factories.listed(cast["clerk"], segments=[code])
    own = factories.listed(near, segments=[code]).code
    assert service.read(near, code)["lists"] == [own]
    assert [one["lists"] for one in service.all_of_them(near)] == [[own]]
    assert len(service.read(cast["clerk"], code)["lists"]) == 2
    with pytest.raises(Conflict) as refused:
        service.discard(near, code)
    assert refused.value.values == {"count": 2}


def test_a_segment_stays_for_a_list_that_is_closed_and_is_changed_without_opening_it(cast, clerk):
    code = saved(clerk)
    listed = factories.listed(clerk, segments=[code]).code
    approved(cast, listed)
    outreach.close(cast["approver"], listed)
    service.edit(clerk, code, version=1, values={"filter": {"countries": ["JP"]}})
    assert state(listed) == "closed"
    with pytest.raises(Conflict):
        service.discard(clerk, code)


def test_who_came_and_who_declined_before(clerk):
    """By the last word for an occasion, under whichever record it was said."""
    tet, visit = (agenda.hold({"kind": "event", "title": title}) for title in ("Tết 2026", "Về nguồn"))
    people = {name: factories.person(name) for name in ("An", "Bình", "Chi", "Dung")}
    for name, held, said in (
        ("An", tet, Said(presence=Presence.ATTENDED)),
        ("Bình", tet, Said(Answer.DECLINED)),
        ("Chi", tet, Said(presence=Presence.ATTENDED)),
        ("Chi", tet, Said(presence=Presence.ABSENT)),
        ("Chi", visit, Said(presence=Presence.ATTENDED)),
    ):
        turnout.record(held, {people[name].id: said}, clerk.account_id)
    db.session.commit()
    assert named(clerk, attended=[tet.code]) == ["An"]
    assert named(clerk, attended=[tet.code, visit.code]) == ["An", "Chi"]
    assert named(clerk, turned_down=[tet.code]) == ["Bình"]
    assert named(clerk, never_attended=True) == ["Bình", "Dung"]
    assert named(clerk, none=[{"attended": [visit.code]}]) == ["An", "Bình", "Dung"]
    today = clock.today().strftime("%d/%m/%Y")
    assert named(clerk, attended_since=today) == ["An", "Chi"]
    tet.starts_on = clock.today() - timedelta(400)
    db.session.commit()
    assert named(clerk, attended_since=today) == ["Chi"]
    with pytest.raises(Invalid) as wrong:
        saved(clerk, attended=["SK-7F3Q-9XKC-2"])
    assert wrong.value.field == "filter"
    counted = service.count(clerk, filter={"attended": [tet.code]})
    assert counted["names"] == {tet.code: "Tết 2026"}


def test_what_people_do_and_what_they_contribute(clerk):
    """In whole words and whatever marks; what was only thought of is no contribution."""
    work = {"An": "Kỹ sư điện gió", "Bình": "Bán điện", "Chi": None}
    people = {name: factories.person(name, occupation=said) for name, said in work.items()}
    today = {"stands_since": clock.today()}
    for name, kind, stage in (("An", "knowledge", "interested"), ("Bình", "trade", "under_way")):
        said = {"kind": kind, "stage": stage, "project": "Xưởng may", **today}
        giving.record(people[name].id, None, said, clerk.account_id)
    db.session.commit()
    assert named(clerk, work=["ĐIỆN GIÓ"]) == named(clerk, work=["dien gio", "tàu biển"]) == ["An"]
    assert named(clerk, work=["điện"]) == ["An", "Bình"]
    assert named(clerk, work=["điện g"]) == named(clerk, work=["gió bán"]) == []
    assert named(clerk, none=[{"work": ["điện"]}]) == ["Chi"]
    assert named(clerk, contributed=["trade", "knowledge"]) == ["Bình"]
    assert named(clerk, contributed_since="01/01/2026") == ["Bình"]
    assert named(clerk, contributed=["knowledge"]) == []


def test_whom_a_call_suits_may_be_on_a_list_and_what_it_asks_is_bound(cast, clerk):
    investor, _other = factories.person("An", interests=["investment"]), factories.person("Bình")
    factories.consent(investor.id, purpose=Purpose.INVESTMENT)
    call = agenda.hold({"kind": "investment_call", "title": "Kêu gọi", "sectors": ["A"]})
    event = agenda.hold({"kind": "event", "title": "Tết"})
    db.session.commit()
    assert named(clerk, suits=[call.code]) == ["An"]
    for code in (event.code, "SK-7F3Q-9XKC-2"):
        with pytest.raises(Invalid) as wrong:
            saved(clerk, suits=[code])
        assert wrong.value.field == "filter"
    drawn = factories.listed(clerk, purpose=Purpose.INVESTMENT, any=[{"suits": [call.code]}]).code
    outreach.submit(clerk, drawn)
    outreach.approve(cast["approver"], drawn, digest=outreach.preview(cast["approver"], drawn)["digest"])
    occasions.edit(clerk, call.code, version=call.version, values={"sectors": ["A", "G"]})
    with pytest.raises(Conflict, match="changed since"):
        outreach.publish(cast["approver"], drawn)


def test_a_group_may_ask_everything_at_every_depth(clerk):
    """SQLite's parser is a hundred symbols deep."""
    held = agenda.hold({"kind": "event", "title": "Tết"}).code
    call = agenda.hold({"kind": "investment_call", "title": "Kêu gọi", "sectors": ["A"], "skills": "điện gió"}).code
    drawn = factories.listed(clerk).code
    day = "01/01/2026"
    asked = {
        "kinds": ["abroad"],
        "countries": ["KR"],
        "cities": ["Seoul"],
        "provinces": ["42"],
        "communes": ["18673"],
        "home_units": ["2024:18673"],
        "age_from": 20,
        "age_to": 80,
        "interests": ["trade"],
        "languages": ["vi"],
        "consents_to": "events",
        "confirmed_before": day,
        "on_lists": [drawn],
        "off_lists": [drawn],
        "invited_since": day,
        "not_invited_since": day,
        "never_invited": True,
        "attended": [held],
        "kin": "alone",
        "attended_since": day,
        "never_attended": True,
        "turned_down": [held],
        "work": ["điện gió"],
        "suits": [call],
        "contributed": ["trade"],
        "contributed_since": day,
        "associations": ["HH-7F3Q-9XKC-2"],
    }
    deepest = {**asked, "kin": "with"}
    middle = {**asked, "any": [deepest, asked], "none": [deepest, asked]}
    assert named(clerk, **asked, any=[middle, middle], none=[middle, middle]) == []

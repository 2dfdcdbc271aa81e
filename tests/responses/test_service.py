"""Responses: the last one holds, seats go by turns, and nobody is told of people out of their units."""

import random
from datetime import timedelta

import pytest

from kieubao.access.models import AuditEntry
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import State
from kieubao.db import db, keyring
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound
from kieubao.ground.tombstones import Tombstones
from kieubao.occasions import agenda, turnout
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer, Obstacle, Presence, Speaker
from kieubao.people import erasure, merges
from kieubao.people import service as people
from kieubao.people.merges import Pair
from kieubao.responses import service
from kieubao.walls import Sight, confined
from tests import factories

COMES, GOES_NOT, CAME = Said(Answer.ACCEPTED), Said(Answer.DECLINED), Said(presence=Presence.ATTENDED)


@pytest.fixture
def clerk(cast):
    return cast["clerk"]


def held(**values):
    made = agenda.hold({"kind": "event", "title": "Gặp mặt Tết", **values})
    db.session.commit()
    return made.code


def told(clerk, code, **wanted):
    """What is known by now, by the names of people: answer, companions, presence, and whether they wait."""
    rows = service.all_of(clerk, code, **wanted)["responses"]
    return {row["name"]: (row["answer"], row["companions"], row["presence"], row["waiting"]) for row in rows}


def test_the_last_word_holds_and_what_it_does_not_say_stays(clerk):
    code, one = held(), factories.person()
    service.record(clerk, code, one.code, Said(Answer.ACCEPTED, companions=2, channel="phone"))
    assert told(clerk, code) == {"Nguyễn Thị Đào": ("accepted", 2, None, False)}
    service.record(clerk, code, one.code, Said(presence=Presence.ATTENDED, said_by=Speaker.HOST))
    assert told(clerk, code)["Nguyễn Thị Đào"] == ("accepted", 2, "attended", False)
    service.record(clerk, code, one.code, Said(Answer.DECLINED, presence=Presence.ABSENT))
    assert told(clerk, code)["Nguyễn Thị Đào"] == ("declined", 0, "absent", False)
    told_of = service.of_person(clerk, one.code)
    assert [(row["answer"], row["presence"], row["said_by"], row["channel"]) for row in told_of] == [
        ("declined", "absent", "self", None),
        ("accepted", "attended", "host", None),
        ("accepted", None, "self", "phone"),
    ]


def test_seats_go_by_turns(clerk):
    code = held(seats=5)
    first, second, third = (factories.person(f"Nguyễn Văn {name}") for name in ("An", "Bình", "Cường"))
    service.record(clerk, code, first.code, Said(Answer.ACCEPTED, companions=2))
    service.record(clerk, code, second.code, Said(Answer.ACCEPTED, companions=1))
    service.record(clerk, code, third.code, COMES)
    waits = {name: row[-1] for name, row in told(clerk, code).items()}
    assert waits == {"Nguyễn Văn An": False, "Nguyễn Văn Bình": False, "Nguyễn Văn Cường": True}
    # Fewer companions keep the place; more stand behind those who wait.
    service.record(clerk, code, first.code, Said(Answer.ACCEPTED, companions=1))
    assert not any(row[-1] for row in told(clerk, code).values())
    service.record(clerk, code, second.code, Said(companions=2))
    waits = {name: row[-1] for name, row in told(clerk, code).items()}
    assert waits == {"Nguyễn Văn An": False, "Nguyễn Văn Bình": True, "Nguyễn Văn Cường": False}
    assert service.all_of(clerk, code)["counts"] == {
        **dict.fromkeys(("invited", "unreached", "reached", "declined", "no_more", "attended", "absent", "came"), 0),
        "accepted": 3,
        "coming": 6,
        "waiting": 1,
        "seats": 5,
    }
    service.record(clerk, code, first.code, GOES_NOT)
    assert not any(row[-1] for row in told(clerk, code).values())


def test_nobody_out_of_the_units_is_counted(clerk):
    code, far = held(seats=1), factories.actor("clerk", units=("18685",))
    for answer in (Answer.ACCEPTED, Answer.ACCEPTED, Answer.NO_MORE):
        service.record(clerk, code, factories.person().code, Said(answer))
    counts = service.all_of(far, code)["counts"]
    assert {name: number for name, number in counts.items() if number} == {"seats": 1}


def test_seats_and_counts_are_as_an_oracle_reads_them(clerk):
    """Two hundred random lines for thirty people."""
    chance, code = random.Random(7), held(seats=25)
    people = [factories.person(f"Trần Văn {n}") for n in range(30)]
    known, places = {}, {}
    for turn in range(200):
        n = chance.randrange(30)
        answer = chance.choice([None, *Answer])
        presence = chance.choice([None, None, *Presence])
        companions = chance.choice([None, None, 0, 1, 3])
        before = known.get(n, (None, 0, None))
        now_answer, now_presence = answer or before[0], presence or before[2]
        comes = now_answer == "accepted" or now_presence == "attended"
        said = Said(answer, companions, presence, channel="phone")
        if (answer is companions is presence is None) or (companions and not comes):
            with pytest.raises(Invalid):
                service.record(clerk, code, people[n].code, said)
            continue
        service.record(clerk, code, people[n].code, said)
        party = (before[1] if companions is None else companions) if comes else 0
        if now_answer != "accepted":
            places.pop(n, None)
        elif before[0] != "accepted" or party > before[1]:
            places[n] = turn
        known[n] = (now_answer, party, now_presence)
    taken, waiting = 0, set()
    for n in sorted(places, key=places.get):
        taken += 1 + known[n][1]
        waiting |= {n} if taken > 25 else set()
    assert told(clerk, code) == {f"Trần Văn {n}": (*row, n in waiting) for n, row in known.items()}
    counts = service.all_of(clerk, code)["counts"]
    assert (counts["coming"], counts["waiting"]) == (taken, len(waiting))
    assert counts["came"] == sum(1 + row[1] for row in known.values() if row[2] == "attended")
    assert {one: counts[one] for one in Answer} == {one: sum(row[0] == one for row in known.values()) for one in Answer}


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (Said(), "answer"),
        (Said(Answer.DECLINED, companions=2), "companions"),
        (Said(Answer.UNREACHED), "channel"),
        (Said(Answer.ACCEPTED, said_by=Speaker.RELATIVE), "spoken_by"),
        (Said(Answer.ACCEPTED, spoken_by="bà Lan, vợ"), "spoken_by"),
        (CAME, "presence"),
    ],
)
def test_what_cannot_be_so_is_refused_by_its_field(clerk, said, field):
    code, one = held(starts_on=clock.today() + timedelta(1)), factories.person()
    with pytest.raises(Invalid) as wrong:
        service.record(clerk, code, one.code, said)
    assert wrong.value.field == field
    assert told(clerk, code) == {}


def test_who_spoke_in_their_place_is_named_and_sealed(clerk):
    code, one = held(), factories.person()
    sheet = service.record(
        clerk,
        code,
        one.code,
        Said(Answer.ACCEPTED, said_by=Speaker.OFFICER, spoken_by="ông Tư, công an xã", note="ngồi xe lăn"),
    )
    assert (sheet["spoken_by"], sheet["note"], sheet["account"]) == (
        "ông Tư, công an xã",
        "ngồi xe lăn",
        "Cán bộ clerk",
    )
    (kept,) = db.session.execute(db.text("SELECT spoken_by, note FROM response"))
    assert not any(word in bytes(value) for value in kept for word in ("Tư".encode(), b"xe"))
    entry = db.session.scalars(db.select(AuditEntry).order_by(AuditEntry.id.desc())).first()
    assert entry.details["fields"] == ["answer", "note", "said_by", "spoken_by"]


def test_answers_are_found_by_part_of_a_name_in_whatever_marks(clerk):
    code = held()
    for name, said in (("Đặng Thị Hòa", COMES), ("Lê Văn Đặng", GOES_NOT), ("Trần Văn Tư", COMES)):
        service.record(clerk, code, factories.person(name).code, said)
    assert [*told(clerk, code, text="dang")] == ["Lê Văn Đặng", "Đặng Thị Hòa"]
    assert [*told(clerk, code, text="dang", answer="accepted")] == ["Đặng Thị Hòa"]
    assert [*told(clerk, code, presence="attended")] == []
    (one,) = service.all_of(clerk, code, text="tu")["responses"]
    assert [*told(clerk, code, text=one["person"].lower())] == ["Trần Văn Tư"]


def test_nobody_is_told_or_recorded_out_of_scope(cast):
    code, here, there = (
        held(seats=1),
        factories.person("Lê Văn Ba"),
        factories.person("Lê Văn Tư", home_unit="2025:18685"),
    )
    commune = factories.actor("clerk", units=("18673",))
    service.record(cast["clerk"], code, there.code, COMES)
    service.record(cast["clerk"], code, here.code, COMES)
    with pytest.raises(NotFound):
        service.record(commune, code, there.code, GOES_NOT)
    with pytest.raises(NotFound):
        service.of_person(commune, there.code)
    # Whoever is not seen takes a seat all the same, as a number.
    assert told(commune, code) == {"Lê Văn Ba": ("accepted", 0, None, True)}
    assert service.all_of(commune, code)["counts"]["accepted"] == 1
    for role in ("approver", "organizer", "protection_officer"):
        with pytest.raises(Forbidden):
            service.record(cast[role], code, here.code, COMES)


def test_what_is_merged_is_one_persons(cast):
    code, kept, gone = held(seats=1), factories.person("Lê Văn Ba"), factories.person("Lê Văn Ba")
    other = factories.person("Trần Văn Tư")
    for one in (kept, gone, other):
        service.record(cast["clerk"], code, one.code, COMES)
    with confined(Sight(everyone=True)):
        merges.merge(cast["approver"], Pair(kept.id, 1, gone.id, 1), ())
        db.session.commit()
    counts = service.all_of(cast["clerk"], code)["counts"]
    assert (counts["accepted"], counts["waiting"]) == (2, 1)
    assert [row["occasion"] for row in service.of_person(cast["clerk"], gone.code)] == [code, code]
    service.record(cast["clerk"], code, gone.code, GOES_NOT)
    assert told(cast["clerk"], code)["Lê Văn Ba"] == ("declined", 0, None, False)


def left(clerk):
    return {why: [one["name"] for one in some] for why, some in service.left_to_do(clerk).items()}


def test_whoever_wants_no_more_waits_for_a_clerk_while_a_yes_stands(clerk):
    code, one, silent = held(), factories.person("Lê Văn Ba"), factories.person("Trần Văn Tư")
    factories.consent(one.id)
    for guest in (one, silent):
        service.record(clerk, code, guest.code, Said(Answer.NO_MORE))
    assert left(clerk) == {"no_more": ["Lê Văn Ba"], "unreached": []}
    assert left(factories.actor("clerk", units=("18685",))) == {"no_more": [], "unreached": []}
    people.withdraw_all(clerk, one.code, Spoken([], [], State.WITHDRAWN, clock.today(), {"method": "email"}))
    assert left(clerk)["no_more"] == []


def test_only_who_said_so_and_of_whom_an_older_yes_stands_waits_for_a_clerk(clerk):
    code = held()
    no_yes, said_no, comes, anew = (factories.person(f"Lê {name}") for name in ("Chưa", "Từ", "Đến", "Lại"))
    for one in (comes, anew):
        factories.consent(one.id, on=clock.today() - timedelta(3))
    factories.consent(said_no.id, State.REFUSED, on=clock.today() - timedelta(3))
    for one in (no_yes, said_no, anew):
        service.record(clerk, code, one.code, Said(Answer.NO_MORE))
    service.record(clerk, code, comes.code, COMES)
    assert [told["name"] for told in service.left_to_do(clerk)["no_more"]] == ["Lê Lại"]
    factories.consent(anew.id, signed_at=clock.now())
    assert service.left_to_do(clerk)["no_more"] == []


def test_an_answer_is_recorded_before_the_day_and_a_presence_from_the_day_on(clerk):
    one, day = factories.person(), clock.today()
    service.record(clerk, held(starts_on=day + timedelta(9)), one.code, COMES)
    service.record(clerk, held(starts_on=day), one.code, CAME)
    service.record(clerk, held(starts_on=day - timedelta(9)), one.code, CAME)
    with pytest.raises(Invalid):
        service.record(clerk, held(starts_on=day + timedelta(1)), one.code, CAME)


def test_whoever_was_erased_keeps_nobody_else_from_being_recorded(clerk, tmp_path):
    gone, one = factories.person("Lê Xóa"), factories.person("Lê Còn")
    with confined(Sight(everyone=True)):
        erasure.erase([gone.id], Tombstones(tmp_path / "tombstones", keyring()))
        db.session.commit()
    code = held()
    service.record(clerk, code, one.code, COMES)
    assert told(clerk, code) == {"Lê Còn": ("accepted", 0, None, False)}


def test_a_silent_number_waits_for_a_clerk_until_the_record_is_changed(clerk):
    points = [{"channel": "phone", "value": "0983000111"}]
    code, one = held(), factories.person("Lê Văn Ba", contact_points=points)
    service.record(clerk, code, one.code, Said(Answer.UNREACHED, channel="phone"))
    assert left(clerk) == {"no_more": [], "unreached": ["Lê Văn Ba"]}
    (point,) = people.read(clerk, one.code)["contact_points"]
    people.retire_contact(clerk, one.code, point["id"])
    assert left(clerk)["unreached"] == []
    service.record(clerk, code, one.code, Said(Answer.UNREACHED, channel="zalo"))
    assert left(clerk)["unreached"] == ["Lê Văn Ba"]
    service.record(clerk, code, one.code, Said(Answer.REACHED, channel="zalo"))
    assert left(clerk)["unreached"] == []


def test_why_they_were_not_reached_says_whether_a_clerk_has_to_look(clerk):
    code, one = held(), factories.person("Lê Văn Ba")
    service.record(clerk, code, one.code, Said(Answer.UNREACHED, channel="phone", obstacle=Obstacle.NO_ANSWER))
    assert left(clerk)["unreached"] == []
    told = service.record(clerk, code, one.code, Said(Answer.UNREACHED, channel="post", obstacle=Obstacle.RETURNED))
    assert (told["channel"], told["obstacle"]) == ("post", "returned")
    other = held()
    service.record(clerk, other, one.code, Said(Answer.UNREACHED, channel="phone", obstacle=Obstacle.DIED))
    (found,) = service.left_to_do(clerk)["unreached"]
    assert [(t["channel"], t["obstacle"]) for t in found["tries"]] == [("phone", "died"), ("post", "returned")]
    service.record(clerk, other, one.code, Said(Answer.ACCEPTED))
    (found,) = service.left_to_do(clerk)["unreached"]
    assert [(t["channel"], t["obstacle"]) for t in found["tries"]] == [("post", "returned")]
    for said in (
        Said(Answer.REACHED, obstacle=Obstacle.WRONG),
        Said(presence=Presence.ABSENT, obstacle=Obstacle.WRONG),
    ):
        with pytest.raises(Invalid, match="not reached") as refused:
            service.record(clerk, code, one.code, said)
        assert refused.value.field == "obstacle"


def test_nothing_stays_of_who_is_erased(clerk, tmp_path):
    code, one, other = held(), factories.person("Lê Văn Ba"), factories.person("Trần Văn Tư")
    for guest in (one, other):
        service.record(clerk, code, guest.code, COMES)
    with confined(Sight(everyone=True)):
        erasure.erase([one.id], Tombstones(tmp_path / "graves", keyring()))
        db.session.commit()
    assert told(clerk, code) == {"Trần Văn Tư": ("accepted", 0, None, False)}
    assert service.all_of(clerk, code)["counts"]["accepted"] == 1
    with pytest.raises(Conflict):
        turnout.record(agenda.locate(code), {one.id: COMES}, clerk.account_id)

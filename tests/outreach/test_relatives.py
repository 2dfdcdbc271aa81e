"""Through a relative: who is asked so, that both agreed to it whenever anything leaves, and who is told to stop."""

import csv
import io
import json

import pytest
import vobject
from sqlalchemy import select, update

from kieubao.consent import handover, ledger
from kieubao.consent.models import HandoverPerson, Weighed
from kieubao.consent.vocabulary import Channel, Purpose, State
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer
from kieubao.outreach import organizer, pulls, service
from kieubao.outreach.models import Issue, Pull
from kieubao.outreach.vocabulary import Format
from kieubao.people import erasure, merges
from kieubao.people.models import ContactPoint, Kinship
from kieubao.responses import service as responses
from kieubao.traces import tombstones
from kieubao.walls import Sight, confined
from tests import factories
from tests.outreach.test_inclusion import published
from tests.pages.province import reader, sign_in_accounts
from tests.pages.sending import fields_in
from tests.people.test_households import abroad, at_home, tie

NUMBER = "+84983000111"
PHONE = [{"channel": "phone", "value": "0983000111"}]
BY_PHONE = {"channels": [Channel.PHONE], "fields": ["name"], "via_relatives": True}


def agree(person, purpose=Purpose.VIA_RELATIVE, state=State.GIVEN, channel=Channel.PHONE):
    factories.consent(person.id, state, purpose, channel)


@pytest.fixture
def son_and_mother(app):
    """A son abroad who left no number, and his mother, who left hers; both agreed."""
    son, mother = abroad("Lê Văn An"), at_home("Hồ Thị Tư", contact_points=PHONE)
    tie(son, mother, "parent")
    agree(son, Purpose.EVENTS)
    agree(son)
    agree(mother)
    return son, mother


def issued(cast, **options):
    options = {**BY_PHONE, "formats": ("csv", "xlsx", "json", "vcf"), **options}
    return factories.published(cast["clerk"], cast["approver"], cast["organizer"], **options).code


def content(cast, code, wanted=Format.JSON):
    file = organizer.pull(cast["organizer"], code, reason="mời", format=wanted)
    with file.content as told:
        return file.pull, told.read()


def taken(cast, code):
    """What each person's row says of a relative."""
    pull, told = content(cast, code)
    return pull, {one["name"]: one["via"] for one in json.loads(told)["people"]}


def test_who_has_no_way_of_their_own_is_asked_through_who_agreed(cast, son_and_mother):
    _son, mother = son_and_mother
    _pull, told = taken(cast, issued(cast))
    reach = {"phone": [NUMBER]}
    assert told == {"Lê Văn An": {"code": mother.code, "name": "Hồ Thị Tư", "term": "parent", "reach": reach}}


def test_nothing_of_a_relative_leaves_where_the_list_does_not_say_so(cast, son_and_mother):
    _pull, told = content(cast, issued(cast, via_relatives=False))
    assert "Hồ Thị Tư" not in told.decode()
    assert '"via"' not in told.decode()
    assert db.session.scalars(select(Pull.via_handover_id)).all() == [None]


def untie(_son, _mother):
    db.session.execute(Kinship.__table__.delete())


def at(person, **values):
    db.session.execute(update(ContactPoint).where(ContactPoint.person_id == person.id).values(**values))


# What either may be, or say, by which nobody is asked through the other.
WITHOUT = {
    "the son said nothing of it": lambda son, _mother: agree(son, state=State.WITHDRAWN),
    "the mother said nothing of it": lambda _son, mother: agree(mother, state=State.WITHDRAWN),
    "the son agreed to events by other ways": lambda son, mother: (
        agree(son, Purpose.EVENTS, State.WITHDRAWN),
        agree(son, Purpose.EVENTS, channel=Channel.EMAIL),
        agree(mother, Purpose.EVENTS),
    ),
    "the son agreed to it by another way": lambda son, _mother: (
        agree(son, state=State.WITHDRAWN),
        agree(son, channel=Channel.EMAIL),
    ),
    "the mother agreed to it by another way": lambda _son, mother: (
        agree(mother, state=State.WITHDRAWN),
        agree(mother, channel=Channel.EMAIL),
    ),
    "she died": lambda _son, mother: ledger.restand(mother.id, deceased_on=clock.today()),
    "contact with her is restricted": lambda _son, mother: ledger.restand(mother.id, restricted_at=clock.now()),
    "they are no kin": untie,
    "her number is out of use": lambda _son, mother: at(mother, retired_at=clock.now()),
    "her number is somebody else's": lambda _son, mother: at(mother, owner="relative"),
    "her way is another": lambda _son, mother: at(mother, channel="zalo"),
}


@pytest.mark.parametrize("case", WITHOUT)
@pytest.mark.parametrize("when", ["before it is published", "before it is pulled"])
def test_nobody_is_asked_through_a_relative_unless(cast, son_and_mother, case, when):
    code = issued(cast, channels=[Channel.PHONE, Channel.EMAIL]) if when == "before it is pulled" else None
    WITHOUT[case](*son_and_mother)
    db.session.commit()
    _pull, told = taken(cast, code or issued(cast, channels=[Channel.PHONE, Channel.EMAIL]))
    assert {*told.values()} == {None}
    assert "Lê Văn An" in told
    assert db.session.scalars(select(Pull.via_handover_id)).all() == [None]


def test_who_has_a_number_of_their_own_is_asked_themselves(cast, son_and_mother):
    son, _mother = son_and_mother
    other = abroad("Trần Út", contact_points=[{"channel": "phone", "value": "0983000333"}])
    tie(other, son_and_mother[1], "parent")
    agree(other, Purpose.EVENTS)
    agree(other)
    _pull, told = taken(cast, issued(cast))
    assert (told["Trần Út"], told["Lê Văn An"] is None) == (None, False)
    assert asked_through() == {son.id}


def asked_through(issue=None):
    kept = select(Weighed.person_id).where(Weighed.via_id.is_not(None))
    which = select(Issue.id).where(Issue.code == issue)
    return {*db.session.scalars(kept.where(Weighed.issue_id.in_(which)) if issue else kept)}


def test_what_other_issues_say_stays_and_is_theirs_alone(cast, son_and_mother):
    """The mother's number was out of use for a while, and a sister was asked."""
    son, mother = son_and_mother
    plain, first = issued(cast, via_relatives=False), issued(cast)
    sister = at_home("Lê Thị Ba", contact_points=PHONE)
    tie(son, sister, "elder_sibling")
    agree(sister)
    at(mother, retired_at=clock.now())
    db.session.commit()
    second = issued(cast)
    at(mother, retired_at=None)
    db.session.commit()
    assert (asked_through(plain), asked_through(first)) == (set(), {son.id})
    assert [taken(cast, code)[1]["Lê Văn An"]["name"] for code in (first, second)] == ["Hồ Thị Tư", "Lê Thị Ba"]


def test_of_a_household_only_who_is_asked_is_asked_through_a_relative(cast, son_and_mother):
    son, mother = son_and_mother
    wife = abroad("Trần Thị Ut")
    tie(son, wife, "spouse")
    tie(wife, mother, "parent_in_law")
    agree(wife, Purpose.EVENTS)
    agree(wife)
    drawn = factories.listed(cast["clerk"], channels=[Channel.PHONE], via_relatives=True, households=True)
    seen = service.preview(cast["clerk"], drawn.code)
    assert (seen["inside"], seen["unreached"], seen["through"]) == (1, 0, 1)
    assert asked_through(published(cast, drawn.code)["code"]) == {min(son.id, wife.id)}


def test_a_relative_out_of_the_lists_units_is_not_asked(cast, son_and_mother):
    away = factories.actor("clerk", ("18673",))
    mother = at_home("Mẹ khác", home_unit="2025:18685", contact_points=PHONE)
    other = abroad("Trần Xa")
    tie(other, mother, "parent")
    for person, purpose in ((other, Purpose.EVENTS), (other, Purpose.VIA_RELATIVE), (mother, Purpose.VIA_RELATIVE)):
        agree(person, purpose)
    drawn = factories.listed(away, channels=[Channel.PHONE], via_relatives=True)
    assert (service.preview(away, drawn.code)["through"], service.preview(away, drawn.code)["unreached"]) == (1, 1)
    drawn = factories.listed(cast["clerk"], channels=[Channel.PHONE], via_relatives=True)
    assert service.preview(cast["clerk"], drawn.code)["through"] == 2


def test_of_several_relatives_the_first_on_record_is_asked_and_by_all_that_is_open(cast, son_and_mother):
    son, mother = son_and_mother
    sister = at_home("Lê Thị Ba", contact_points=PHONE)
    tie(son, sister, "elder_sibling")
    agree(sister)
    assert taken(cast, issued(cast))[1]["Lê Văn An"]["code"] == mother.code


def test_through_whom_somebody_is_asked_is_as_it_was_published(cast, son_and_mother):
    """A brother is asked through a sister; that the mother is his too is known only later."""
    _son, mother = son_and_mother
    brother, sister = abroad("Lê Văn Chín"), at_home("Lê Thị Ba", contact_points=PHONE)
    tie(brother, sister, "elder_sibling")
    for person, purpose in ((brother, Purpose.EVENTS), (brother, Purpose.VIA_RELATIVE), (sister, Purpose.VIA_RELATIVE)):
        agree(person, purpose)
    code = issued(cast)
    tie(brother, mother, "parent")
    told = taken(cast, code)[1]
    assert {name: via["name"] for name, via in told.items()} == {"Lê Văn An": "Hồ Thị Tư", "Lê Văn Chín": "Lê Thị Ba"}


def test_only_those_whom_the_list_names_are_counted(cast, son_and_mother):
    drawn = factories.listed(cast["clerk"], channels=[Channel.PHONE], via_relatives=True, countries=["KR"])
    seen = service.preview(cast["clerk"], drawn.code)
    assert (seen["inside"], seen["unreached"], seen["through"]) == (0, 0, 0)
    assert son_and_mother


def test_an_approval_binds_whether_relatives_are_asked(cast, son_and_mother):
    drawn = factories.listed(cast["clerk"], channels=[Channel.PHONE])
    before = service.preview(cast["approver"], drawn.code)
    service.edit(cast["clerk"], drawn.code, version=1, values={"via_relatives": True})
    after = service.preview(cast["approver"], drawn.code)
    assert (before["unreached"], before["through"], after["unreached"], after["through"]) == (1, 0, 0, 1)
    assert before["digest"] != after["digest"]
    assert published(cast, drawn.code)["via_relatives"] is True


def test_every_table_says_through_whom_apart_from_what_is_theirs(cast, son_and_mother):
    _son, mother = son_and_mother
    code = issued(cast)
    heading, row = list(csv.reader(io.StringIO(content(cast, code, Format.CSV)[1].decode("utf-8-sig"))))
    told = dict(zip(heading, row, strict=True))
    assert told["Điện thoại"] == ""
    assert told["Qua thân nhân"] == "Hồ Thị Tư"
    assert told["Quan hệ với thân nhân"] == "cha/mẹ đẻ"
    assert told["Mã thân nhân"] == mother.code
    assert told["Qua thân nhân: Điện thoại"].replace(" ", "").endswith("983000111")
    card = vobject.readOne(content(cast, code, Format.VCARD)[1].decode())
    assert not hasattr(card, "tel")
    assert "Qua thân nhân: Hồ Thị Tư (cha/mẹ đẻ), Điện thoại" in card.note.value
    notes = json.loads(content(cast, code)[1])["notes"]
    assert notes["Qua thân nhân"].startswith("1 người;")


def test_what_is_printed_or_sent_is_to_the_people_themselves(cast):
    son, mother = abroad("Lê Văn An"), at_home("Hồ Thị Tư", contact_points=[{"channel": "post", "value": "Xóm 1"}])
    tie(son, mother, "parent")
    for person, purpose in ((son, Purpose.EVENTS), (son, Purpose.VIA_RELATIVE), (mother, Purpose.VIA_RELATIVE)):
        agree(person, purpose, channel=Channel.POST)
    code = issued(cast, channels=[Channel.POST], formats=("labels", "csv"))
    with pytest.raises(Conflict, match="postal address"):
        content(cast, code, Format.LABELS)
    db.session.rollback()
    assert "Xóm 1" in content(cast, code, Format.CSV)[1].decode("utf-8-sig")


def waits(cast, issue):
    return [{one["code"] for one in pull["notices"]} for pull in organizer.made_pulls(cast["organizer"], issue)]


@pytest.mark.parametrize("who", ["son", "mother"])
def test_whoever_takes_their_word_back_is_no_longer_asked_and_whoever_has_the_file_is_told(cast, son_and_mother, who):
    code = issued(cast)
    taken(cast, code)
    one = son_and_mother[who == "mother"]
    agree(one, state=State.WITHDRAWN)
    assert waits(cast, code) == [{one.code}]
    (pull,) = organizer.made_pulls(cast["organizer"], code)
    assert (pull["waiting"], pull["stop"]) == (1, [one.code])
    assert [waiting["pull"] for waiting in organizer.to_acknowledge(cast["organizer"])] == [pull["code"]]
    done = organizer.acknowledge(cast["organizer"], pull["code"], notice=pull["last_notice"])
    assert (done["acknowledged"], organizer.to_acknowledge(cast["organizer"])) == (1, [])
    assert taken(cast, code)[1] == {"Lê Văn An": None}


def test_of_who_is_in_a_file_twice_one_notice_is_shown(cast, son_and_mother):
    son, _mother = son_and_mother
    code = issued(cast)
    taken(cast, code)
    ledger.restand(son.id, deceased_on=clock.today())
    db.session.commit()
    assert waits(cast, code) == [{son.code}]
    (pull,) = organizer.made_pulls(cast["organizer"], code)
    assert pull["stop"] == [son.code]


def test_a_list_that_is_closed_recalls_relatives_too(cast, son_and_mother):
    code = issued(cast)
    taken(cast, code)
    listed = service.all_lists(cast["approver"])[0]["code"]
    service.close(cast["approver"], listed)
    (pull,) = service.read(cast["approver"], listed)["issues"][0]["pulls"]
    # The son by two ways.
    assert (pull["waiting"], pull["stopped"]) == (3, 2)


def test_who_says_no_while_a_file_is_made_is_not_in_what_leaves(cast, son_and_mother, monkeypatch):
    _son, mother = son_and_mother
    code = issued(cast)
    prepare, calls = handover.prepare, []

    def interrupted(*args, **more):
        made = prepare(*args, **more)
        if not calls:
            # As a clerk does, who sees her.
            with confined(Sight(everyone=True)):
                agree(mother, state=State.REFUSED)
        calls.append(made.id)
        return made

    monkeypatch.setattr(pulls.handover, "prepare", interrupted)
    pull, told = taken(cast, code)
    assert (told, len(calls)) == ({"Lê Văn An": None}, 3)
    # What was void says of nobody that their data left.
    assert db.session.scalars(select(HandoverPerson.person_id)).all() == [son_and_mother[0].id]
    assert handover.holders(mother.id) == []
    assert pull


def test_a_relative_is_told_who_has_their_number_and_for_what(cast, son_and_mother):
    son, mother = son_and_mother
    pull, _told = taken(cast, issued(cast))
    assert [(one.source, one.purpose) for one in handover.holders(mother.id)] == [(pull, "via_relative")]
    assert {one.purpose for one in handover.holders(son.id)} == {"events", "via_relative"}
    assert handover.people_of(pull) == 2


def test_nobody_who_was_only_asked_to_pass_a_word_on_was_invited(cast, son_and_mother):
    _son, mother = son_and_mother
    taken(cast, issued(cast))
    invited = service.draft(
        cast["clerk"],
        occasion=service.all_lists(cast["clerk"])[0]["occasion"]["code"],
        title="x",
        purpose="events",
        channels=["phone"],
        fields=["name"],
        filter={"invited_since": str(clock.today())},
    )
    agree(mother, Purpose.EVENTS)
    assert service.preview(cast["clerk"], invited["code"])["inside"] == 1


def test_of_who_wants_no_more_contact_nobody_is_asked_to_pass_a_word_on(cast, son_and_mother):
    _son, mother = son_and_mother
    code = issued(cast)
    agree(mother, Purpose.EVENTS)
    occasion = service.all_lists(cast["clerk"])[0]["occasion"]["code"]
    responses.record(cast["clerk"], occasion, mother.code, Said(Answer.NO_MORE))
    assert taken(cast, code)[1]["Lê Văn An"] is None


def test_of_who_is_not_erased_it_stays_through_whom(app, cast, son_and_mother, tmp_path):
    app.config["TOMBSTONES"] = str(tmp_path / "graves")
    code, other = issued(cast), abroad("Ai khác")
    erasure.erase([other.id], tombstones())
    db.session.commit()
    assert asked_through(code) == {son_and_mother[0].id}


@pytest.mark.parametrize("who", ["son", "mother"])
def test_of_who_is_erased_it_is_not_kept_through_whom(app, cast, son_and_mother, tmp_path, who):
    app.config["TOMBSTONES"] = str(tmp_path / "graves")
    code = issued(cast)
    taken(cast, code)
    kept = select(Weighed.via_id).where(Weighed.person_id == son_and_mother[0].id)
    assert db.session.scalars(kept).all() == [son_and_mother[1].id]
    erasure.erase([son_and_mother[who == "mother"].id], tombstones())
    db.session.commit()
    assert db.session.scalars(kept).all() == [None]


def test_a_relative_who_was_merged_into_another_is_asked_no_more(cast, son_and_mother):
    _son, mother = son_and_mother
    code = issued(cast)
    same = at_home("Hồ Thị Tư")
    merges.merge(cast["approver"], merges.Pair(same.id, 1, mother.id, 1), [])
    db.session.commit()
    assert taken(cast, code)[1] == {"Lê Văn An": None}


def test_who_was_merged_is_asked_through_the_relative_all_the_same(cast, son_and_mother):
    son, mother = son_and_mother
    code = issued(cast)
    same = abroad("Lê Văn An")
    merges.merge(cast["approver"], merges.Pair(same.id, 1, son.id, 1), [])
    db.session.commit()
    assert taken(cast, code)[1]["Lê Văn An"]["code"] == mother.code


def test_a_form_says_whether_relatives_are_asked(client):
    cast = sign_in_accounts()
    code = factories.listed(cast["clerk"], via_relatives=True).code
    clerk = reader(client, "clerk")
    assert "Qua thân nhân, khi cả hai đã đồng ý" in clerk.get(f"/lists/{code}").text
    sent = fields_in(clerk.get(f"/lists/{code}/edit"))
    assert sent["via_relatives"] == ["True"]
    assert clerk.post(f"/lists/{code}/edit", data=sent | {"via_relatives": [""]}).status_code == 303
    assert service.read(cast["clerk"], code)["via_relatives"] is False

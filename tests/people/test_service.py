"""What is done with people: within scope, at the version that was read, and told to the trail without values."""

import json
import re
import threading
from datetime import date

import pytest
from sqlalchemy import select, text

from kieubao.access.models import AuditEntry
from kieubao.consent.models import Standing
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Capacity, Channel, Method, Purpose, State
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from kieubao.outreach import organizer as desk
from kieubao.outreach.vocabulary import Format
from kieubao.people import enrolment, registry, service
from kieubao.people.models import PersonRevision
from kieubao.people.records import Contact
from kieubao.people.schemas import EnrolForm, PersonForm
from tests import factories

HERE, THERE = "18673", "18685"
NO = Spoken([], [], State.WITHDRAWN, clock.today(), {"method": Method.EMAIL})
CONTACT = Contact(Channel.EMAIL, "a@example.com", "a@example.com")


def entries():
    db.session.rollback()
    return db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()


def record(**fields):
    return EnrolForm().load(factories.form(**fields))


# Everything that is done to one person, by its code.
DEEDS = {
    "read": service.read,
    "amend": lambda actor, code: service.amend(actor, code, version=1, changes={"city": "Brno"}),
    "add_contact": lambda actor, code: service.add_contact(actor, code, CONTACT),
    "retire_contact": lambda actor, code: service.retire_contact(actor, code, 1),
    "untie": lambda actor, code: service.untie(actor, code, code),
    "consents": service.consents,
    "record_consent": lambda actor, code: service.record_consent(actor, code, NO),
    "withdraw_all": lambda actor, code: service.withdraw_all(actor, code, NO),
    "restand": lambda actor, code: service.restand(actor, code, restricted=True),
}


@pytest.mark.parametrize("deed", DEEDS)
def test_out_of_scope_is_absent(app, deed):
    person = factories.person()
    elsewhere = factories.actor("clerk", (THERE,))
    with pytest.raises(NotFound) as there:
        DEEDS[deed](elsewhere, person.code)
    with pytest.raises(NotFound) as absent:
        DEEDS[deed](elsewhere, factories.codes.example("KB"))
    assert str(there.value) == str(absent.value)
    assert [(entry.outcome, entry.subject, entry.details) for entry in entries()] == [("not-found", None, {})] * 2


@pytest.mark.parametrize("mine", [0, 1])
def test_kin_are_made_only_of_two_within_scope(app, mine):
    pair = [factories.person(), factories.person(home_unit=f"2025:{THERE}")]
    clerk = factories.actor("clerk", ((HERE, THERE)[mine],))
    with pytest.raises(NotFound, match="There is no such person"):
        service.tie(clerk, pair[0].code, relative=pair[1].code, term="spouse")
    head = factories.actor("clerk")
    service.tie(head, pair[0].code, relative=pair[1].code, term="parent")
    assert [kin["term"] for kin in service.read(head, pair[0].code)["kinships"]] == ["parent"]
    assert service.read(clerk, pair[mine].code)["kinships"] == []


@pytest.mark.parametrize("mine", [0, 1])
def test_kin_are_parted_only_by_whoever_has_both_within_scope(app, mine):
    pair = [factories.person(), factories.person(home_unit=f"2025:{THERE}")]
    clerk, head = factories.actor("clerk", ((HERE, THERE)[mine],)), factories.actor("clerk")
    service.tie(head, pair[0].code, relative=pair[1].code, term="spouse")
    for one, other in (pair, reversed(pair)):
        with pytest.raises(NotFound, match="There is no such person"):
            service.untie(clerk, one.code, other.code)
    assert len(service.read(head, pair[0].code)["kinships"]) == 1


def test_whatever_is_done_shows_no_kin_from_elsewhere(app):
    one, near, far = factories.person(), factories.person("Lan"), factories.person(home_unit=f"2025:{THERE}")
    service.tie(factories.actor("clerk"), one.code, relative=far.code, term="spouse")
    clerk, officer = (factories.actor(role, (HERE,)) for role in ("clerk", "protection_officer"))
    for done in (
        lambda: service.read(clerk, one.code),
        lambda: service.inspect(officer, one.code, reason="khiếu nại 3/2026"),
        lambda: service.amend(clerk, one.code, version=2, changes={"city": "Brno"}),
        lambda: service.add_contact(clerk, one.code, CONTACT),
        lambda: service.retire_contact(clerk, one.code, 1),
    ):
        assert done()["kinships"] == []
    tied = service.tie(clerk, one.code, relative=near.code, term="parent")
    assert [kin["code"] for kin in tied["kinships"]] == [near.code]
    assert service.untie(clerk, one.code, near.code)["kinships"] == []


def test_an_officer_inspects_and_traces_within_scope_alone(app):
    person, officer = factories.person(), factories.actor("protection_officer", (THERE,))
    for act in (service.inspect, service.trace):
        with pytest.raises(NotFound):
            act(officer, person.code, reason="khiếu nại 3/2026")


@pytest.mark.parametrize("home", [{"home_unit": f"2025:{THERE}"}, {"home": "không rõ", "home_unit": None}])
def test_a_commune_records_its_own_people_alone(app, home):
    clerk = factories.actor("clerk", (HERE,))
    with pytest.raises(Invalid):
        enrolment.enrol(clerk, record(**home))
    assert db.session.execute(text("SELECT count(*) FROM person")).scalar() == 0
    assert entries()[-1].outcome == "invalid"
    own = enrolment.enrol(clerk, record())
    with pytest.raises(Invalid):
        service.amend(clerk, own["code"], version=1, changes=PersonForm(partial=True).load(home))
    assert service.read(clerk, own["code"])["version"] == 1
    assert db.session.execute(text("SELECT count(*) FROM person_revision")).scalar() == 1


def test_a_code_that_is_taken_is_given_to_nobody_else(app, monkeypatch):
    """Among a million people two would be alike every other time; whose it is, a clerk of elsewhere does not see."""
    first, *others = made = [codes.fresh("KB") for _ in range(4)]
    given = iter([first, first, others[0], others[0], others[0], *others[1:]])
    monkeypatch.setattr(codes, "fresh", lambda _prefix: next(given))
    assert factories.person().code == first
    clerk = factories.actor("clerk", (THERE,))
    assert enrolment.enrol(clerk, record(home_unit=f"2025:{THERE}"))["code"] == others[0]
    alike = [record(home_unit=f"2025:{THERE}")] * 2
    assert [one.code for one in registry.enrol(alike, "42", None)] == made[2:]


def test_whatever_hangs_on_a_person_counts_as_a_change_of_them(cast):
    """Contact points and kin move the version of everybody they touch, and stand in the revision."""
    one, other = factories.person(), factories.person("Trần Văn Bình")
    clerk = cast["clerk"]
    contact = service.add_contact(clerk, one.code, CONTACT)["contact_points"][0]["id"]
    assert service.retire_contact(clerk, one.code, contact)["version"] == 3
    assert service.tie(clerk, one.code, relative=other.code, term="spouse")["version"] == 4
    assert service.untie(clerk, other.code, one.code)["version"] == 3
    db.session.rollback()
    kept = [json.loads(row) for row in db.session.scalars(select(PersonRevision.record).order_by(PersonRevision.id))]
    assert [(len(one["contact_points"]), len(one["kinships"])) for one in kept] == [
        (0, 0), (0, 0), (1, 0), (1, 0), (1, 1), (0, 1), (1, 0), (0, 0),
    ]  # fmt: skip


def test_the_same_contact_point_is_not_added_twice(cast):
    person = factories.person()
    service.add_contact(cast["clerk"], person.code, CONTACT)
    with pytest.raises(Conflict, match="has this contact point"):
        service.add_contact(cast["clerk"], person.code, CONTACT)


def test_a_contact_point_of_somebody_else_or_no_longer_used_is_added(cast):
    one, other = factories.person(), factories.person()
    point = service.add_contact(cast["clerk"], one.code, CONTACT)["contact_points"][0]["id"]
    assert len(service.add_contact(cast["clerk"], other.code, CONTACT)["contact_points"]) == 1
    service.retire_contact(cast["clerk"], one.code, point)
    used = service.add_contact(cast["clerk"], one.code, CONTACT)["contact_points"]
    assert [known["value"] for known in used if not known.get("retired_at")] == [CONTACT.value]


def test_a_stale_version_tells_both(cast):
    person = factories.person(city="Praha")
    service.amend(cast["clerk"], person.code, version=1, changes={"city": "Brno"})
    with pytest.raises(Stale) as refused:
        service.amend(cast["clerk"], person.code, version=1, changes={"city": "Ostrava"})
    assert (refused.value.theirs, refused.value.yours) == ({"city": "Brno"}, {"city": "Ostrava"})
    assert entries()[-1].outcome == "stale"


def race(app, *deeds):
    """Do things at once, each in a context of its own; return what came of them, in no order."""
    start, came = threading.Barrier(len(deeds)), []

    def run(deed):
        with app.app_context():
            start.wait()
            try:
                deed()
                came.append("done")
            except (Stale, Conflict, Invalid) as error:
                came.append(error.code)

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(came)


def test_of_two_who_change_a_record_at_once_one_is_stale(app, cast):
    code = factories.person().code
    db.session.rollback()
    for version in range(1, 6):
        deeds = [
            lambda city=city: service.amend(cast["clerk"], code, version=version, changes={"city": f"{city}{version}"})  # noqa: B023
            for city in ("Brno", "Praha")
        ]
        assert race(app, *deeds) == ["done", "stale"]
    stood = db.session.execute(text("SELECT version FROM person_revision ORDER BY version")).scalars().all()
    assert stood == [1, 2, 3, 4, 5, 6]


def test_of_two_who_tie_a_pair_at_once_one_is_told(app, cast):
    one, other = factories.person().code, factories.person().code
    db.session.rollback()
    ties = [
        lambda a=a, b=b: service.tie(cast["clerk"], a, relative=b, term="spouse")
        for a, b in ((one, other), (other, one))
    ]
    assert race(app, *ties) == ["conflict", "done"]


def test_an_inspection_says_why(cast):
    person = factories.person()
    assert service.inspect(cast["protection_officer"], person.code, reason="khiếu nại 3/2026")["code"] == person.code
    (entry,) = entries()
    assert (entry.action, entry.purpose, entry.subject) == ("people.inspect", "khiếu nại 3/2026", person.subject)
    with pytest.raises(Forbidden):
        service.inspect(cast["clerk"], person.code, reason="tò mò")


PLANTED = {
    "name": "Đặng Thị Hòa",
    "other_names": ["Hoa Kučerová"],
    "born": "1968-08-14",
    "city": "Karlovy Vary",
    "address": "Libušská 319",
    "workplace": "Nhà hàng Sen",
    "occupation": "đầu bếp",
    "position": "chủ quán",
    "note": "gọi sau 18 giờ",
    "source": "phiếu số 4711",
    "legal_document": "văn bản 0815",
    "home": "Cẩm Xuyên quê tôi",
    "contact_points": [
        {"channel": "email", "value": "hoa.dang@example.com"},
        {"channel": "phone", "value": "+420 601 555 148"},
    ],
    "memberships": [{"association": "Hội đồng hương Praha", "country": "CZ", "role": "thủ quỹ"}],
}
VALUES = [
    *(value for value in PLANTED.values() if isinstance(value, str)),
    *("Hoa Kučerová", "hoa.dang@example.com", "+420601555148", "601 555 148", "Hội đồng hương Praha", "thủ quỹ"),
    *("dang thi hoa", "phiếu riêng 99", "con trai ông ấy", "Ostrava", "hoa.moi@example.com"),
]


def test_the_trail_names_fields_and_no_value(cast):
    clerk, notice = cast["clerk"], factories.notice()
    code = enrolment.enrol(clerk, record(**PLANTED))["code"]
    other = factories.person("Trần Văn Bình").code
    for sought in (PLANTED["name"], "dang thi hoa", "601 555 148", "hoa.dang@example.com", code):
        assert service.search(clerk, text=sought, wanted={"cities": ["Karlovy Vary"]})["count"] == 1, sought
    service.amend(clerk, code, version=1, changes={"city": "Ostrava"})
    service.add_contact(clerk, code, Contact(Channel.EMAIL, "hoa.moi@example.com", "hoa.moi@example.com"))
    service.tie(clerk, code, relative=other, term="spouse")
    said = {
        "method": Method.PAPER,
        "evidence": "phiếu riêng 99",
        "capacity": Capacity.REPRESENTATIVE,
        "given_by": "con trai ông ấy",
    }
    yes = Spoken([Purpose.EVENTS], [Channel.EMAIL], State.GIVEN, clock.today(), said, f"events/{notice.version}")
    service.record_consent(clerk, code, yes)
    service.withdraw_all(clerk, code, NO)
    service.restand(clerk, code, deceased_on=clock.today())
    service.consents(clerk, code)
    with pytest.raises(Stale):
        service.amend(clerk, code, version=1, changes={"city": "Brno"})
    told = entries()
    # A tie is of two people: each has an entry.
    assert len(told) == 15
    written = db.session.execute(text("SELECT * FROM audit_entry")).all()
    for row in written:
        for cell in row:
            assert not [value for value in [*VALUES, code] if value.casefold() in str(cell).casefold()], row
            assert not [value for value in VALUES if value.encode("unicode_escape").decode() in str(cell)], row
    assert {"name", "address", "note"} <= set(told[0].details["fields"])
    assert told[6].details == {"fields": ["city"]}


def test_what_is_sought_is_kept_as_a_fingerprint(cast):
    factories.person()
    for sought in ("Đào", " DAO ", "dao", "hoa", None):
        service.search(cast["clerk"], text=sought, wanted={})
    terms = [entry.details["terms"] for entry in entries()]
    assert terms[0] == terms[1] == terms[2] != terms[3]
    assert terms[4] is None
    assert all(re.fullmatch(r"[0-9A-Z]{4}\.[0-9a-f]{24}", term) for term in terms[:4])
    assert entries()[0].found == 1


def test_a_no_to_everything_shuts_every_channel_and_names_who_holds_the_data(cast):
    person = factories.person(contact_points=[{"channel": "email", "value": "a@example.com"}])
    factories.consent(person.id)
    clerk, approver, organizer = (cast[role] for role in ("clerk", "approver", "organizer"))
    issue = factories.published(clerk, approver, organizer)
    desk.pull(organizer, issue.code, reason="in giấy mời", format=Format.CSV).content.close()
    told = service.withdraw_all(clerk, person.code, NO)
    assert [(one["recipient"], one["purpose"]) for one in told["held_by"]] == [("Sở Ngoại vụ", "events")]
    said = service.consents(clerk, person.code)
    assert {one["state"] for one in said["now"]} == {"withdrawn"}
    assert len(said["now"]) == len(Purpose) * len(Channel)
    assert told == {name: said[name] for name in ("code", "held_by")}


STANDINGS = [
    ({"restricted": True}, ["restricted_at"], True),
    ({"restricted": False}, ["restricted_at"], False),
    ({"deceased_on": date(2026, 1, 2)}, ["deceased_on"], False),
    ({"deceased_on": None}, ["deceased_on"], False),
]


@pytest.mark.parametrize(("said", "fields", "restricted"), STANDINGS)
def test_what_stands_is_changed_and_changed_back(cast, said, fields, restricted):
    person = factories.person()
    clerk = cast["clerk"]
    service.restand(clerk, person.code, restricted=not restricted, deceased_on=date(2026, 1, 1))
    service.restand(clerk, person.code, **said)
    assert entries()[-1].details == {"fields": fields}
    standing = service.consents(clerk, person.code)["standing"]
    assert standing["deceased_on"] == said.get("deceased_on", date(2026, 1, 1))
    if "restricted" in said:
        assert bool(standing["restricted_at"]) == restricted


def test_who_records_what_stands_already_has_looked_and_written_nothing(cast):
    person = factories.person()
    service.restand(cast["clerk"], person.code, restricted=True)
    before = db.session.execute(select(Standing.line, Standing.restricted_at)).one()
    told = service.restand(cast["clerk"], person.code, restricted=True, deceased_on=None)
    assert {*told} == {"code", "held_by"}
    assert db.session.execute(select(Standing.line, Standing.restricted_at)).one() == before
    assert (entries()[-1].action, entries()[-1].subject) == ("people.consents", person.subject)


def test_a_standing_that_does_not_change_is_refused(cast):
    person = factories.person()
    before = db.session.scalar(select(Standing.line))
    with pytest.raises(Invalid):
        service.restand(cast["clerk"], person.code)
    assert db.session.scalar(select(Standing.line)) == before

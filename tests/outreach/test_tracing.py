"""Where a list came from: each file has an order of its own, and a copy of it, or of a part, is told to be of it."""

import csv
import io
import random

import pytest
from sqlalchemy import update

from kieubao.access.models import AuditEntry
from kieubao.consent.models import HandoverPerson
from kieubao.consent.vocabulary import Channel, State
from kieubao.db import db
from kieubao.outreach import organizer, tracing
from kieubao.outreach.vocabulary import Format
from kieubao.oversight import service
from kieubao.people import merges
from kieubao.people.merges import Pair
from kieubao.people.models import Person
from kieubao.people.recognition import recognised
from tests import factories
from tests.pages.province import reader, sign_in_accounts

PEOPLE = 40


def guests(count=PEOPLE):
    for number in range(count):
        points = [{"channel": "email", "value": f"khach{number}@example.com"}]
        guest = factories.person(f"Lê Văn {chr(65 + number % 26)}{number}", contact_points=points)
        factories.consent(guest.id)


def taken(cast, code, wanted=Format.CSV):
    file = organizer.pull(cast["organizer"], code, reason="mời", format=wanted)
    with file.content as content:
        return file.pull, content.read()


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))[1:]


@pytest.fixture
def files(cast):
    """Two files of one issue, of the same people."""
    guests()
    options = {
        "formats": ("csv", "xlsx", "labels"),
        "fields": ["name", "city"],
        "channels": [Channel.EMAIL, Channel.POST],
    }
    issue = factories.published(cast["clerk"], cast["approver"], cast["organizer"], **options)
    code = issue.code
    made = [taken(cast, code) for _n in range(2)]
    return code, {pull: rows_of(content) for pull, content in made}


def test_of_one_person_it_is_told_nothing_however_often_they_are_asked_for(cast, files):
    _code, made = files
    rows = [";".join(row) for row in next(iter(made.values()))]
    for asked in ([rows[0]] * 5, rows[:4] * 3, [rows[0], *rows[:4]]):
        told = service.trace(cast["protection_officer"], rows=asked)
        assert (told["known"], told["pulls"]) == (0, [])
    told = service.trace(cast["protection_officer"], rows=rows[:5] * 2)
    assert (told["known"], len(told["pulls"])) == (5, 2)


def traced(cast, rows):
    return service.trace(cast["protection_officer"], rows=rows)["pulls"]


def test_every_file_has_an_order_of_its_own_that_is_written_down(cast, files):
    orders = [[row[0] for row in rows] for rows in files[1].values()]
    assert sorted(orders[0]) == sorted(orders[1])
    assert orders[0] != orders[1]
    in_turn = sorted(orders[0], key=orders[1].index)
    assert all(abs(in_turn.index(code) - at) < 8 for at, code in enumerate(orders[0]))
    kept = db.session.execute(db.select(HandoverPerson.handover_id, HandoverPerson.place)).all()
    assert len(kept) == 2 * PEOPLE
    assert {place for _file, place in kept} == {*range(PEOPLE)}


@pytest.mark.parametrize("cell", [0, 1, 3])
def test_a_copy_is_told_by_codes_names_or_contact_points_alone(cast, files, cell):
    _issue, both = files
    for pull, rows in both.items():
        best, other = traced(cast, [row[cell] for row in rows])
        assert (best["pull"], best["held"], best["pairs"], best["in_order"]) == (pull, PEOPLE, PEOPLE - 1, PEOPLE - 1)
        assert other["held"] == PEOPLE
        assert other["in_order"] < other["pairs"]


def test_a_part_of_it_among_other_things_is_enough(cast, files):
    _issue, both = files
    for pull, rows in both.items():
        some = [f"{at}. {row[1]}, Praha; nhớ gọi" for at, row in enumerate(rows[5:25], 1)]
        best = traced(cast, ["DANH SÁCH", *some, "Người lạ nào đó"])[0]
        assert (best["pull"], best["held"], best["in_order"]) == (pull, 20, best["pairs"])


def test_what_was_sorted_is_told_by_who_is_on_it_alone(cast, files):
    _issue, both = files
    names = [row[1] for row in next(iter(both.values()))]
    random.Random(1).shuffle(names)
    assert all(one["in_order"] < one["pairs"] for one in traced(cast, names))


def test_a_file_whose_people_are_fewer_is_told_from_it(cast, files):
    code, both = files
    gone = next(iter(both.values()))[0]
    person = db.session.scalar(db.text("SELECT id FROM person WHERE code = :code"), {"code": gone[0]})
    factories.consent(person, State.WITHDRAWN)
    pull, content = taken(cast, code)
    found = traced(cast, [row[1] for row in rows_of(content)])
    assert found[0]["pull"] == pull
    assert {one["held"] for one in found} == {PEOPLE - 1}
    whole = {one["pull"]: one["held"] for one in traced(cast, [row[1] for row in next(iter(both.values()))])}
    assert whole[pull] == PEOPLE - 1


def test_labels_stand_in_the_order_of_names(cast):
    home = [{"channel": "post", "value": "Praha 1"}]
    for name in ("Út", "Ba", "Năm", "Tư", "Bảy", "Tám"):
        factories.consent(factories.person(f"Lê Văn {name}", contact_points=home).id, channel=Channel.POST)
    options = {"formats": ("labels",), "fields": ["name"], "channels": [Channel.POST]}
    code = factories.published(cast["clerk"], cast["approver"], cast["organizer"], **options).code
    for _n in range(3):
        taken(cast, code, Format.LABELS)
    by_file = {}
    for file, person, place in db.session.execute(
        db.select(HandoverPerson.handover_id, HandoverPerson.person_id, HandoverPerson.place)
    ):
        by_file.setdefault(file, {})[place] = person
    assert len({tuple(people[at] for at in sorted(people)) for people in by_file.values()}) == 1


def test_a_record_that_was_merged_since_is_in_the_file_still(cast, files):
    _issue, both = files
    pull, rows = next(iter(both.items()))
    other = factories.person("Bản ghi khác")
    gone = db.session.scalar(db.text("SELECT id FROM person WHERE code = :code"), {"code": rows[0][0]})
    version = db.session.scalar(db.text("SELECT version FROM person WHERE id = :id"), {"id": gone})
    merges.merge(cast["approver"], Pair(other.id, 1, gone, version), ())
    db.session.commit()
    best = traced(cast, [row[0] for row in rows])[0]
    assert (best["pull"], best["held"], best["in_order"]) == (pull, PEOPLE, PEOPLE - 1)


def test_it_tells_whom_no_row_is_about_and_nothing_of_a_row_is_kept(cast, files):
    _issue, both = files
    rows = [row[1] for row in next(iter(both.values()))]
    found = service.trace(cast["protection_officer"], rows=[*rows, "Người lạ"])
    assert (found["rows"], found["known"]) == (PEOPLE + 1, PEOPLE)
    assert not any(name in str(found) for name in rows)
    entry = db.session.scalars(db.select(AuditEntry).where(AuditEntry.action == "oversight.trace")).all()[-1]
    assert not any(name in str(entry.details) for name in rows)
    assert {*entry.details["pulls"]} == {*both}


def test_of_two_of_one_name_and_files_of_before_the_order_tells_nothing(cast, files):
    """Who stands where is not known then: it is not made up either."""
    _issue, both = files
    pull, rows = next(iter(both.items()))
    codes = [row[0] for row in rows]
    same = db.select(Person.id).where(Person.code.in_(codes[:2]))
    db.session.execute(update(Person).where(Person.id.in_(same)).values(name_key="le van doi"))
    db.session.commit()
    told = service.trace(cast["protection_officer"], rows=["Lê Văn Đôi", "Người lạ", *codes[2:]])
    best = {one["pull"]: one for one in told["pulls"]}[pull]
    assert told["known"] == best["held"] == PEOPLE - 1
    assert (best["pairs"], best["in_order"]) == (PEOPLE - 3, PEOPLE - 3)
    db.session.execute(update(HandoverPerson).values(place=None))
    db.session.commit()
    assert {(one["held"], one["pairs"], one["in_order"]) for one in traced(cast, codes)} == {(PEOPLE, 0, 0)}


def test_nobody_out_of_the_officers_units_is_recognised(cast, files):
    rows = [row[0] for row in next(iter(files[1].values()))]
    narrow = factories.actor("protection_officer", ("18685",))
    assert service.trace(narrow, rows=rows) == {"rows": PEOPLE, "known": 0, "pulls": []}


def test_who_never_left_is_in_no_file(cast, files):
    guests(1)
    stranger = factories.person("Chưa Từng Đi")
    assert traced(cast, [stranger.code, "Chưa Từng Đi", "", "KB-0000-0000-0"]) == []


def test_a_code_is_surer_than_a_number_and_that_than_a_name(cast, files):
    """A row that says the code of one and the name of another is of the one; a word by itself is no name."""
    _issue, both = files
    rows = next(iter(both.values()))
    one, other, third = rows[:3]
    factories.person("Praha")
    mixed = [f"{one[0]};{other[1]};{third[3]}", f"{other[1]};{third[3]}", "Praha"]
    known = [len(found) for found in recognised(cast["clerk"].scope, mixed)]
    assert known == [1, 1, 0]
    ids = {row[0]: db.session.scalar(db.select(Person.id).where(Person.code == row[0])) for row in (one, third)}
    assert recognised(cast["clerk"].scope, mixed)[:2] == [{ids[one[0]]}, {ids[third[0]]}]


@pytest.mark.parametrize("number", ["+821012345678", "+14085551234", "+84983000111", "+4915112345678"])
def test_a_number_without_its_plus_is_known(cast, number):
    """As services for sending take it: with codes and names cut off it is all that is left."""
    one = factories.person(contact_points=[{"channel": "sms", "value": number}])
    for text in (number, number.removeprefix("+")):
        assert recognised(cast["clerk"].scope, [text]) == [{one.id}]


def test_rows_of_very_many_cells_are_read_as_far_as_a_list_goes(cast, files):
    """More values than a statement takes, and cells that no list of people has."""
    _issue, both = files
    pull, rows = next(iter(both.items()))
    noise = [";".join(f"khong ai {row} {cell}" for cell in range(45)) for row in range(900)]
    best = traced(cast, [*noise, *(row[1] for row in rows)])[0]
    assert (best["pull"], best["held"], best["in_order"]) == (pull, PEOPLE, PEOPLE - 1)


def test_all_rows_are_there_once():
    rows = list(range(11))
    assert sorted(tracing.strewn(rows)) == rows
    assert [*tracing.strewn([])] == []
    assert any([*tracing.strewn(rows)] != rows for _n in range(20))


def test_the_officer_asks_by_the_page_and_the_api(client, cast, files):
    _issue, both = files
    pull, rows = next(iter(both.items()))
    headers = factories.bearer(cast["protection_officer"])
    text = "\n".join("\t".join(row) for row in rows)
    told = client.post("/api/v1/oversight/traces", json={"rows": text}, headers=headers)
    assert told.json["pulls"][0]["pull"] == pull
    for wrong in ("", " \n ", "x\n" * 2_001, "x" * 80_001, 5):
        assert client.post("/api/v1/oversight/traces", json={"rows": wrong}, headers=headers).status_code == 422


def test_the_page_shows_it(client):
    cast = sign_in_accounts()
    guests(8)
    code = factories.published(cast["clerk"], cast["approver"], cast["organizer"]).code
    pull, content = taken(cast, code)
    officer = reader(client, "protection_officer")
    page = officer.post("/oversight/traces", data={"rows": "\r\n".join(row[1] for row in rows_of(content))})
    assert pull in page.text
    assert "8 trên 8" in page.text
    assert "7 trên 7" in page.text
    assert reader(client, "approver").get("/oversight/traces").status_code == 403

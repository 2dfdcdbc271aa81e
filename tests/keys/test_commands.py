"""`flask keys`: in order it turns every key; out of order it refuses, in one sentence."""

import json

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from kieubao import commands
from kieubao.db import db, keyring
from kieubao.ground.ciphers import Keyring, WrongKey
from kieubao.ground.errors import KieubaoError, Unrecorded
from kieubao.ground.keyfile import Held
from kieubao.ground.keys import Kind
from kieubao.keys import service
from kieubao.people import service as people
from kieubao.people.models import ContactPoint, Person, PersonRevision
from tests import factories
from tests.databases import KEYS
from tests.keys import rings
from tests.keys.rings import EMAIL, PHONE

FIELD, INDEX, FINGERPRINT = (Keyring.from_json(KEYS).current[kind] for kind in Kind)


def found(cast, typed):
    return [card["code"] for card in people.search(cast["clerk"], text=typed, wanted={})["people"]]


@pytest.fixture
def hoa(cast, file):
    made = rings.someone()
    factories.consent(made.id, capacity="representative", given_by="mẹ")
    return made


def test_the_inventory_counts_what_each_key_holds(run, hoa):
    rings.turn()
    people_of = rings.someone(phone="0984 593 143", email="lan@example.com", note=None)
    keys = rings.told(run("list", "--json"))
    new = keyring().current[Kind.FIELD]
    assert keys[FIELD]["values"] == {
        "person.address": 1,
        "person.note": 1,
        "person.source": 1,
        "person.legal_document": 1,
        "contact_point.raw": 2,
        "contact_point.value": 2,
        "person_revision.record": 1,
        "consent_event.evidence": 1,
        "consent_event.given_by": 1,
    }
    assert "person.note" not in keys[new]["values"]
    assert keys[INDEX]["values"] == {"contact_key.key": 16}
    assert [keys[one]["current"] for one in (FIELD, new, INDEX, FINGERPRINT)] == [False, True, True, True]
    assert {keys[one]["kind"] for one in (FIELD, new)} == {"field"}
    text_of = run("list").stdout
    assert [text_of.count(one) for one in keys] == [1] * len(keys)
    assert f"{FIELD}  field  not current" in text_of
    assert "contact_point.value 2" in text_of
    assert people_of.code not in text_of


def test_no_command_shows_a_secret_but_where_a_ring_is_printed(run, file, hoa):
    new = run("add", "field", "--write").stdout.strip()
    run("use", new, "--write")
    shown = "".join(
        run(*words).output for words in (["list"], ["list", "--json"], ["rotate"], ["retire", FIELD, "--write"])
    )
    secrets = json.loads(file.read_text())["keys"].values()
    assert not any(key["secret"] in shown for key in secrets)


def test_without_write_the_new_ring_is_printed_and_nothing_else_changes(run, file):
    for words in (["add", "index"], ["use", FIELD]):
        answer = run(*words)
        assert answer.exit_code == 0, answer.output
        assert Keyring.from_json(answer.stdout).current == Keyring.from_json(KEYS).current
    assert file.read_text() == KEYS
    added = run("add", "index")
    assert added.stderr.strip() in Keyring.from_json(added.stdout).of(Kind.INDEX)


def test_a_key_is_turned_step_by_step(run, file, hoa, cast):
    """Added, made current, everything made anew, the old one retired: each of field and index."""
    for kind, old in (("field", FIELD), ("index", INDEX)):
        new = run("add", kind, "--write").stdout.strip()
        assert Keyring.from_json(file.read_text()).keys.keys() > {old, new}
        assert run("use", new, "--write").exit_code == 0
        refused = run("retire", old, "--write")
        assert refused.exit_code == 1
        assert refused.stderr.startswith(f"conflict: Khóa {old} vẫn cần dùng: ")
        assert run("rotate").stdout.strip() == "everything is under the current keys"
        assert run("retire", old, "--write").exit_code == 0
        assert old not in Keyring.from_json(file.read_text()).keys
        assert all(old not in ids for ids in rings.holding().values())
        for typed in (PHONE, EMAIL, "555148"):
            assert found(cast, typed) == [hoa.code]
    sheet = people.read(cast["clerk"], hoa.code)
    assert (sheet["address"], sheet["note"], sheet["source"]) == ("Libušská 319", "gọi tối", "phiếu 12")
    assert people.consents(cast["clerk"], hoa.code)["lines"][0]["given_by"] == "mẹ"


def test_a_ring_that_another_process_replaces_is_taken_up_by_the_next_use_case(file, hoa, cast):
    other = Held(file.read_text(), file)
    new, ring = other.ring.adding(Kind.FIELD)
    other.replace(ring.using(new))
    people.amend(cast["clerk"], hoa.code, version=1, changes={"note": "gọi sáng"})
    assert rings.holding()["person.note"] == {new}
    assert people.read(cast["clerk"], hoa.code)["address"] == "Libušská 319"


def test_sealing_anew_is_no_change_of_a_person(run, hoa):
    columns = [column for column in Person.__table__.c if column.key not in {"address", "note"}]
    before = db.session.execute(select(*columns)).all()
    rings.turn()
    run("rotate")
    db.session.rollback()
    assert db.session.execute(select(*columns)).all() == before
    assert len(db.session.scalars(select(PersonRevision.id)).all()) == 1


def test_a_second_rotation_has_nothing_to_do(run, hoa):
    rings.turn()
    rings.turn(Kind.INDEX)
    assert run("rotate").exit_code == 0
    before = rings.lines("reseal"), rings.lines("reindex")
    assert run("rotate").exit_code == 0
    assert (rings.lines("reseal"), rings.lines("reindex")) == before


def test_a_rotation_waits_where_the_database_is_kept_busy(run, hoa, monkeypatch):
    """SQLite gives up on a lock after ten seconds; the command does not."""
    reseal, busy = service.reseal, iter([OperationalError("BEGIN", {}, Exception("locked")), Unrecorded("no line")])

    def kept_busy(*args):
        for error in busy:
            raise error
        return reseal(*args)

    rings.turn()
    waited = []
    monkeypatch.setattr(service, "reseal", kept_busy)
    monkeypatch.setattr(commands.time, "sleep", waited.append)
    assert run("rotate").exit_code == 0
    assert waited[:2] == [1, 2]
    assert all(FIELD not in ids for ids in rings.holding().values())


def test_a_rotation_that_is_never_let_in_ends_in_time(run, hoa, monkeypatch):
    def never(*args):
        raise Unrecorded("no line")

    rings.turn()
    waited = []
    monkeypatch.setattr(service, "reseal", never)
    monkeypatch.setattr(commands.time, "sleep", waited.append)
    assert run("rotate").stderr.startswith("unrecorded: ")
    assert 60 < sum(waited) < 600


def test_every_step_stands_in_the_trail_without_a_secret_or_a_value(run, hoa, file):
    new = run("add", "field", "--write").stdout.strip()
    run("use", new, "--write")
    run("rotate")
    run("retire", FIELD, "--write")
    assert rings.lines("add") == [(None, "done", {"key": new, "kind": "field"})]
    assert rings.lines("use") == [(None, "done", {"key": new, "kind": "field"})]
    assert rings.lines("retire") == [(None, "done", {"key": FIELD})]
    batches = rings.lines("reseal")
    assert sum(count for count, _outcome, _details in batches) == 11
    assert {details["place"] for _count, _outcome, details in batches} >= {"person.address", "consent_event.given_by"}
    assert all(details["key"] == new and details["unopened"] == [] for _count, _outcome, details in batches)


REFUSED = {
    "the current one": (["retire", FIELD], "conflict: Khóa"),
    "an unknown one": (["retire", "ZZZZ"], "not-found: Không có khóa ZZZZ"),
    "one that is not there": (["use", "ZZZZ"], "not-found: Không có khóa ZZZZ"),
    "by a clerk": (["list", "--as", "clerk"], "forbidden: "),
    "by the protection officer": (["rotate", "--as", "protection_officer"], "forbidden: "),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_is_one_sentence_and_is_recorded(run, case):
    for role in ("clerk", "protection_officer"):
        factories.account(role, username=role)
    words, sentence = REFUSED[case]
    refused = run(*words)
    assert refused.exit_code == 1
    assert refused.stderr.startswith(sentence)
    assert len(refused.stderr.splitlines()) == 1
    action = {"list": "inventory", "rotate": "outdated"}.get(words[0], words[0])
    ((_found, outcome, _details),) = rings.lines(action)
    assert outcome == refused.stderr.split(":")[0]


def test_an_admin_turns_keys_and_is_named_for_it(run, hoa):
    factories.account("admin", username="admin")
    rings.turn()
    assert run("rotate", "--as", "admin").exit_code == 0
    roles = set(db.session.execute(text("SELECT role FROM audit_entry WHERE action LIKE 'keys.%'")).scalars())
    assert roles == {"admin"}


def test_the_key_of_fingerprints_stays_for_the_trail_stays(run, file, cast):
    people.search(cast["clerk"], text="hoa", wanted={})
    _old, new = rings.turn(Kind.FINGERPRINT)
    people.search(cast["clerk"], text="hoa", wanted={})
    db.session.rollback()
    query = text("SELECT details FROM audit_entry WHERE action = 'people.search' ORDER BY id")
    details = [row if isinstance(row, dict) else json.loads(row) for row in db.session.execute(query).scalars()]
    assert [one["terms"].split(".")[0] for one in details] == [FINGERPRINT, new]
    refused = run("retire", FINGERPRINT, "--write")
    assert refused.exit_code == 1
    assert "Nhật ký đã ghi không bao giờ được mã hóa lại" in refused.stderr
    assert run("rotate").exit_code == 0


def test_a_ring_that_lacks_what_values_name_is_refused_before_it_does_harm(run, hoa):
    """Somebody rotates with yesterday's file: the service has a newer key than this ring."""
    _old, new = rings.turn()
    rings.turn(Kind.INDEX)
    run("rotate")
    lost = {new, keyring().current[Kind.INDEX]}
    older = Keyring.from_json(KEYS)
    rings.held().replace(older)
    refused = run("rotate")
    assert refused.exit_code == 1
    assert all(key_id in refused.stderr for key_id in lost)
    assert "mà hệ thống đang dùng" in refused.stderr
    assert all(ids <= lost for ids in rings.holding().values())


def test_a_lost_field_key_is_named_and_the_rest_goes_on(run, hoa, cast):
    rings.turn()
    other = rings.someone("Trần Văn An", "0984 593 143", "an@example.com")
    rings.lose(FIELD)
    with pytest.raises(WrongKey, match=FIELD) as lost:
        people.read(cast["clerk"], hoa.code)
    assert not any(value in str(lost.value) for value in ("Libušská", "gọi", "601"))
    assert people.read(cast["clerk"], other.code)["note"] == "gọi tối"
    assert found(cast, PHONE) == [hoa.code]
    assert run("rotate").exit_code == 1
    rings.turn()
    assert run("rotate", "--lost", FIELD).exit_code == 0
    current = keyring().current[Kind.FIELD]
    assert rings.holding()["person.note"] == {FIELD, current}
    assert people.read(cast["clerk"], other.code)["address"] == "Libušská 319"


def test_the_asker_is_told_which_key_is_lost_in_their_language(client, hoa, cast):
    rings.turn()
    rings.lose(FIELD)
    headers = {**factories.bearer(cast["clerk"]), "Accept-Language": "vi"}
    answer = client.get(f"/api/v1/persons/{hoa.code}", headers=headers)
    assert answer.status_code == 500
    assert answer.json["type"].endswith("wrong-key")
    assert f"bằng khóa {FIELD}, khóa này không có trong bộ khóa" in answer.json["detail"]


def test_a_lost_index_key_is_made_up_for(run, hoa, cast):
    _old, new = rings.turn(Kind.INDEX)
    rings.lose(INDEX)
    assert found(cast, PHONE) == []
    assert run("rotate", "--lost", INDEX).exit_code == 0
    assert found(cast, PHONE) == [hoa.code]
    assert rings.holding()["contact_key.key"] == {new}


def test_a_value_that_was_tampered_with_is_told_of_and_the_rest_is_sealed_anew(run, hoa):
    other = rings.someone("Trần Văn An", "0984 593 143", "an@example.com")
    broken = b"".join((FIELD.encode(), b"\0" * 40))
    db.session.execute(text("UPDATE person SET note = :note WHERE id = :id"), {"note": broken, "id": hoa.id})
    db.session.commit()
    _old, new = rings.turn()
    ended = run("rotate")
    assert ended.exit_code == 1
    assert f"does not open: person.note {hoa.id}" in ended.stderr
    assert "left under another key: person.note 1" in ended.stderr
    assert other.id != hoa.id
    assert rings.holding()["person.note"] == {FIELD, new}
    assert [hoa.id] in [place for _n, _o, details in rings.lines("reseal") for place in details["unopened"]]


def test_a_file_that_somebody_else_changes_is_not_written_over(run, file, monkeypatch):
    other = keyring().adding(Kind.INDEX)[1]
    monkeypatch.setattr(Held, "refresh", lambda held: None)
    file.write_text(other.to_json())
    refused = run("add", "field", "--write")
    assert (refused.exit_code, refused.stderr.split(":")[0]) == (1, "conflict")
    assert Keyring.from_json(file.read_text()) == other


def test_contact_points_open_with_the_new_key(run, hoa):
    rings.turn()
    run("rotate")
    rings.lose(FIELD)
    assert set(db.session.scalars(select(ContactPoint.raw))) == {PHONE, EMAIL}


def test_nothing_is_sealed_where_nothing_is(app, cast):
    with pytest.raises(KieubaoError, match=r"Nothing is sealed in person\.name"):
        service.reseal(cast["admin"], "person.name")

"""Sealed anew: every sealed column is found, nobody's change is written over, and nobody is waited for."""

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, select, text
from sqlalchemy.exc import DBAPIError

from kieubao.access.roles import Role
from kieubao.consent.models import ConsentEvent
from kieubao.db import Base, Encrypted, db, keyring, reading
from kieubao.ground.ciphers import made_with
from kieubao.ground.keys import Kind
from kieubao.keys import sealed, service
from kieubao.people import indexes
from kieubao.people.models import ContactKey, ContactPoint, Person
from tests import factories
from tests.databases import APP, owning
from tests.keys import rings


@pytest.fixture
def admin(cast, file):
    return cast[Role.ADMIN]


def stored(column, person):
    db.session.rollback()
    name = column.key
    raw = db.session.execute(text(f"SELECT {name} FROM person WHERE id = :id"), {"id": person.id}).scalar_one()
    return bytes(raw)


def meanwhile(app, statement, **values):
    """Do something in a transaction of its own, as another worker does."""
    with app.app_context(), db.engine.begin() as connection:
        connection.execute(text(statement), values)


def test_every_sealed_column_is_found_and_bound_to_its_place(app):
    assert len(sealed.places()) >= 10
    for place, column in sealed.places().items():
        assert column.type.context == place == f"{column.table.name}.{column.key}"
    binary = {str(c) for t in Base.metadata.tables.values() for c in t.c if "BLOB" in str(c.type).upper()}
    # The public half of a passkey is no secret, nor is how letters are written.
    open_to_all = {"passkey.credential", "passkey.public_key", "letter_template.content"}
    assert binary - open_to_all <= set(sealed.places())


def test_a_change_made_while_its_batch_is_sealed_stands(app, admin, monkeypatch):
    changed, other = rings.someone(), rings.someone("Trần Văn An", "0984593143", "an@example.com")
    _old, new = rings.turn()
    mine = keyring().seal("địa chỉ mới", "person.address")
    begin = sealed.writing

    def late():
        meanwhile(app, "UPDATE person SET address = :mine WHERE id = :id", mine=mine, id=changed.id)
        begin()

    monkeypatch.setattr(sealed, "writing", late)
    batch = service.reseal(admin, "person.address")
    assert (batch.done, batch.last) == (1, (max(changed.id, other.id),))
    assert stored(Person.address, changed) == mine
    assert made_with(stored(Person.address, other)) == new
    assert rings.lines("reseal")[-1][0] == 1


def test_a_batch_goes_on_where_the_one_before_it_ended(app, admin, monkeypatch):
    people = [rings.someone(f"Trần Văn {chr(65 + n)}n", f"098459314{n}", f"a{n}@example.com") for n in range(5)]
    rings.turn()
    monkeypatch.setattr(sealed, "BATCH", 2)
    seen, after = [], None
    while (batch := service.reseal(admin, "person.note", after)).last:
        seen.append((batch.done, batch.last))
        after = batch.last
    assert seen == [(2, (people[1].id,)), (2, (people[3].id,)), (1, (people[4].id,))]
    assert service.reseal(admin, "person.note").last is None


def test_a_batch_holds_fewer_where_values_are_long(app, admin, monkeypatch):
    people = [rings.someone(f"Trần Văn {chr(65 + n)}n", f"098459314{n}", f"a{n}@example.com") for n in range(5)]
    rings.turn()
    length = len(stored(Person.note, people[0]))
    seen, after = [], None
    for most in (2 * length, 2 * length - 1, 1, 8 << 20):
        monkeypatch.setattr(sealed, "MOST", most)
        batch = service.reseal(admin, "person.note", after)
        seen.append(batch.done)
        after = batch.last
    assert seen == [2, 1, 1, 1]
    assert service.reseal(admin, "person.note", after).last is None


@pytest.mark.parametrize("place", ["person.note", service.INDEXES])
def test_what_somebody_holds_is_left_for_another_time(app, admin, postgresql, place):
    """On PostgreSQL. SQLite has one writer, and no row is held."""
    if db.engine.dialect.name == "sqlite":
        assert "FOR UPDATE" not in str(sealed._swap(Person.__table__.c.note).compile(db.engine))
        return
    held, free = rings.someone(), rings.someone("Trần Văn An", "0984593143", "an@example.com")
    rings.turn()
    rings.turn(Kind.INDEX)
    db.session.rollback()

    def batch():
        return service.reindex(admin) if place == service.INDEXES else service.reseal(admin, place)

    with db.engine.begin() as somebody:
        somebody.execute(select(Person.id).where(Person.id == held.id).with_for_update())
        assert batch().done == (2 if place == service.INDEXES else 1)
    assert batch().done == (2 if place == service.INDEXES else 1)
    assert batch().done == 0
    assert free.id != held.id


def test_a_key_of_several_columns_is_a_place_too(app, admin, monkeypatch):
    wide = Table(
        "wide",
        MetaData(),
        Column("word", String(9), primary_key=True),
        Column("number", Integer, primary_key=True),
        Column("secret", Encrypted("wide.secret")),
    )
    db.session.rollback()
    with owning() as connection:
        wide.create(connection)
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"GRANT ALL ON wide TO {APP}")
    rows = [{"word": word, "number": number, "secret": f"{word}{number}"} for word in "ab" for number in (1, 2)]
    db.session.execute(wide.insert(), rows)
    db.session.commit()
    _old, new = rings.turn()
    monkeypatch.setattr(sealed, "places", lambda: {"wide.secret": wide.c.secret})
    monkeypatch.setattr(sealed, "BATCH", 3)
    first = service.reseal(admin, "wide.secret")
    assert (first.done, first.last) == (3, ("b", 1))
    assert service.reseal(admin, "wide.secret", first.last).done == 1
    reading()
    assert dict(sealed.counts(wide.c.secret)) == {new: 4}
    assert set(db.session.scalars(select(wide.c.secret))) == {"a1", "a2", "b1", "b2"}


def test_indexes_are_rebuilt_batch_by_batch_and_only_those_of_another_key(app, admin, monkeypatch):
    for n in range(3):
        rings.someone(f"Trần Văn {chr(65 + n)}n", f"098459314{n}", f"a{n}@example.com")
    _old, new = rings.turn(Kind.INDEX)
    latest = rings.someone("Lê Thị Ba", "0912345678", "ba@example.com")
    monkeypatch.setattr(indexes, "BATCH", 4)
    # What one process is at does not begin again with what another has left behind it.
    beyond = db.session.scalars(select(ContactPoint.id).order_by(ContactPoint.id)).all()[5]
    assert service.reindex(admin, (beyond,)).done == 0
    first = service.reindex(admin)
    second = service.reindex(admin, first.last)
    assert (first.done, second.done, service.reindex(admin, second.last).last) == (4, 2, None)
    db.session.rollback()
    rows = db.session.execute(select(ContactKey.contact_point_id, ContactKey.person_id, ContactKey.key_id)).all()
    assert len(rows) == 4 * 8
    assert {row.key_id for row in rows} == {new}
    owner = dict(db.session.execute(select(ContactPoint.id, ContactPoint.person_id)).all())
    assert all(owner[row.contact_point_id] == row.person_id for row in rows)
    assert latest.id in set(owner.values())


# Another value for every column of a line that is not sealed.
OTHER = {
    "id": "id + 1",
    "subject": "'00000000-0000-0000-0000-000000000000'",
    **dict.fromkeys(("purpose", "channel", "state", "method", "capacity"), "'x'"),
    "notice_id": "NULL",
    **dict.fromkeys(("signed_at", "recorded_at"), "'2020-01-01 00:00:00'"),
    "valid_until": "'2031-01-01'",
    "recorded_by": "7",
}


@pytest.fixture
def line(app, file):
    """A line of the ledger, and what its evidence would be under the next key."""
    person = rings.someone()
    factories.consent(person.id, capacity="representative", given_by="mẹ", notice_id=factories.notice().id)
    _old, _new = rings.turn()
    return keyring().seal("phiếu 12", "consent_event.evidence")


def change(sentence, **values):
    try:
        db.session.execute(text(f"UPDATE consent_event SET {sentence}"), values)
        db.session.commit()
    finally:
        db.session.rollback()


def test_a_line_of_the_ledger_may_be_sealed_anew(line):
    change("evidence = :line", line=line)
    assert db.session.scalars(select(ConsentEvent.evidence)).one() == "phiếu 12"


def test_with_it_nothing_else_of_a_line_may_change(line):
    sealed_too = {place.split(".")[1] for place in sealed.places() if place.startswith("consent_event.")}
    assert set(OTHER) == set(ConsentEvent.__table__.c.keys()) - sealed_too
    for name, value in OTHER.items():
        with pytest.raises(DBAPIError, match="only added to"), owning() as connection:
            connection.execute(text(f"UPDATE consent_event SET evidence = :line, {name} = {value}"), {"line": line})


FORGED = {
    "with the same key": lambda sealed, old: old + sealed[4:],
    "longer": lambda sealed, old: sealed + b"x",
    "shorter": lambda sealed, old: sealed[:-1],
    "empty": lambda sealed, old: b"",
    "gone": lambda sealed, old: None,
}


@pytest.mark.parametrize("how", FORGED)
def test_a_seal_is_replaced_only_by_one_like_it(line, how):
    was = bytes(db.session.execute(text("SELECT evidence FROM consent_event")).scalar_one())
    with pytest.raises(DBAPIError, match="only added to"):
        change("evidence = :forged", forged=FORGED[how](line, was[:4]))


def test_what_was_never_given_is_not_added_to_a_line(app, file):
    factories.consent(rings.someone().id)
    rings.turn()
    with pytest.raises(DBAPIError, match="only added to"):
        change("given_by = :forged", forged=keyring().seal("mẹ", "consent_event.given_by"))

"""Rows written many at once are as SQLAlchemy would have written them."""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, IntegrityError

from kieubao.db import db, insert_many, update_many
from kieubao.people.models import Association, NameSpelling, Person
from kieubao.people.registry import enrol
from kieubao.people.schemas import EnrolForm
from tests import factories

FORM = {
    **factories.FIXED,
    "kind": "abroad",
    "name": "Đặng Thị Hòa",
    "country": "CZ",
    "languages": ["vi", "cs"],
    "other_names": ['Hoa "H" \\ {1,2}', "NULL", "'"],
    "note": "gọi sau 18 giờ",
    "confirmed_on": "1/2/2020",
    "contact_points": [{"channel": "email", "value": "hoa@example.com"}, {"channel": "post", "value": "Praha, {4}"}],
}


def associations():
    return {(one.name, one.country) for one in db.session.scalars(select(Association))}


def test_every_type_comes_back_as_it_was_given(app):
    before = datetime.now(UTC)
    records = [EnrolForm().load({**FORM, "name": name}) for name in ("Đặng Thị Hòa", "Lê Bình")]
    ids = [one.id for one in enrol(records, "42", None)]
    people = [db.session.get_one(Person, i) for i in ids]
    for person, record in zip(people, records, strict=True):
        assert {name: getattr(person, name) for name in record.values} == record.values
    # What nobody told is what the model says.
    assert all(before <= person.created_at <= person.changed_at for person in people)
    assert [person.name_key for person in people] == ["dang thi hoa", "le binh"]


def test_what_is_there_already_is_left_or_refused(app):
    rows = [{"spelling": "hoa", "word": "hoa"}, {"spelling": "ho", "word": "hoa"}]
    insert_many(NameSpelling, rows)
    insert_many(NameSpelling, [*rows, {"spelling": "oa", "word": "hoa"}], only_missing=True)
    assert db.session.scalars(select(NameSpelling.spelling).order_by(NameSpelling.spelling)).all() == [
        "ho",
        "hoa",
        "oa",
    ]
    with pytest.raises(IntegrityError):
        insert_many(NameSpelling, rows)


def test_of_no_rows_nothing_is_written(app):
    insert_many(NameSpelling, [])
    update_many(Association, [])
    assert not associations()


def test_each_row_is_written_anew_by_its_id(app):
    insert_many(Association, ({"id": i, "code": f"HH-{i}", "name": f"Hội {i}", "country": "CZ"} for i in range(1, 4)))
    update_many(
        Association, [{"id": 3, "name": "Hội Ba", "country": "DE"}, {"id": 1, "name": "Hội Một", "country": "CZ"}]
    )
    assert associations() == {("Hội Một", "CZ"), ("Hội 2", "CZ"), ("Hội Ba", "DE")}


def test_a_text_that_is_too_long_is_not_cut_in_silence(app):
    """SQLite keeps texts of any length, whole."""
    long = "x" * 201
    on_sqlite = db.engine.dialect.name == "sqlite"
    with nullcontext() if on_sqlite else pytest.raises(DBAPIError, match="too long"):
        insert_many(Association, [{"id": 1, "code": "HH-1", "name": long, "country": "CZ"}])
    if not on_sqlite:
        db.session.rollback()
    assert associations() == ({(long, "CZ")} if on_sqlite else set())

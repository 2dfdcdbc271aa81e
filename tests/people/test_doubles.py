"""Who on record may be somebody that is about to be recorded, one by one or many at once."""

import pytest

from kieubao.people import doubles
from kieubao.people.schemas import EnrolForm
from kieubao.people.sweep import _Row
from tests import factories

LIKE = {"born": "14/08/1960", "city": "Praha"}


@pytest.fixture
def clerk(app):
    return factories.actor("clerk")


def about_to_be(**fields):
    return EnrolForm().load(factories.form("Nguyễn Thị Đào", **LIKE | fields))


def likely(actor, *records):
    return doubles.among(records, actor.scope, actor.office)


def test_a_name_is_as_rare_as_those_who_are_called_so(clerk):
    one = factories.person("Nguyễn Thị Đào", **LIKE)
    for _number in range(20):
        factories.person("Lê Văn Ba")
    (found,) = likely(clerk, about_to_be())[0]
    assert (found.code, "same_name" in found.reasons) == (one.code, True)
    for _number in range(20):
        factories.person("Nguyen Thi Dao", born="1999")
    assert likely(clerk, about_to_be())[0][0].score < found.score


def test_those_who_are_elsewhere_are_nobody(clerk):
    factories.person("Nguyễn Thị Đào", home_unit="2025:18685", **LIKE)
    record = about_to_be(home_unit="2025:18685")
    assert likely(clerk, record)
    assert likely(factories.actor("clerk", ("18673",)), record) == {}


def test_of_many_those_alone_are_compared_who_share_more_than_a_year(clerk):
    factories.person("Nguyễn Thị Đào", born="1960", city="Praha")
    record = about_to_be(born="1960")
    assert likely(clerk, record) == {}
    assert doubles.on_record(record, clerk.scope, clerk.office)


@pytest.mark.parametrize(
    ("born", "day"), [("1960-08-14", "1960-08-14"), ("1960-08", None), ("1960", None), (None, None)]
)
def test_a_year_brings_nobody_together_as_a_day_does(born, day):
    row = _Row("Nguyễn Thị Đào", "nguyen thi dao", born, None, "18673", "CZ", None, [], "dao nguyen thi")
    assert row.day == day

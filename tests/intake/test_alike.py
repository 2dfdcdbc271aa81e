"""Who comes in with a file and is likely to be on record is warned of, and waits beside who is there."""

import pytest
from sqlalchemy import select

from kieubao.access.models import AuditEntry
from kieubao.db import db
from kieubao.duplicates import service as duplicates
from kieubao.intake import service
from kieubao.intake.vocabulary import RowState
from tests import factories

LIKE = {"born": "14/08/1960", "contact_points": [{"channel": "email", "value": "dao@example.com"}]}
INSIDE = (RowState.NEW, RowState.TAKEN)


@pytest.fixture
def clerk(app):
    return factories.actor("clerk")


def told(clerk, code):
    return [one.told for one in service.rows(clerk, code, INSIDE)["rows"]]


@pytest.mark.parametrize(
    "line",
    [
        factories.line("Nguyen Thi Dao", "dao@example.com", born="1960"),
        factories.line("Đào Nguyễn Thị", "other@example.com", born="14/08/1960"),
        factories.line("Nguyễn Thị Đào", "", born="14/08/1960"),
    ],
)
def test_the_row_is_warned_of_and_the_pair_waits(clerk, line):
    one = factories.person("Nguyễn Thị Đào", **LIKE)
    turned = line[1].startswith("Đào")
    code = factories.sent(
        clerk, line, factories.line("Lê Văn Ba", "ba@example.com", born="01/02/1950"), said=factories.UNASKED
    )
    warnings = [remarks for remarks in told(clerk, code) if remarks]
    # Only who shares an address, or a name in its order with a day of birth, is compared.
    assert [remark[2] for remarks in warnings for remark in remarks] == ([] if turned else [{"codes": one.code}])
    assert duplicates.all_pairs(clerk)["pairs"] == []
    service.begin(clerk, code, ask=False)
    factories.works.take_in(clerk, code, factories.reached)
    pairs = duplicates.all_pairs(clerk)["pairs"]
    assert [one.code in {card["code"] for card in pair["people"]} for pair in pairs] == ([] if turned else [True])
    assert service.read(clerk, code)["counts"]["warned"] == (0 if turned else 1)


def test_who_is_elsewhere_is_not_told_of(clerk):
    factories.person("Nguyễn Thị Đào", home_unit="2025:18685", **LIKE)
    here = factories.actor("clerk", ("18673",))
    code = factories.sent(
        here, factories.line("Nguyen Thi Dao", "dao@example.com", born="1960"), said=factories.UNASKED
    )
    assert told(here, code) == [[]]


def test_a_likeness_that_is_only_possible_is_left_to_the_sweep(clerk):
    factories.person("Nguyễn Thị Đào", **LIKE)
    code = factories.sent(clerk, factories.line("Vũ Quốc Anh", "dao@example.com", born="1999"), said=factories.UNASKED)
    assert told(clerk, code) == [[]]


def test_the_trail_counts_them_and_names_nobody(clerk):
    factories.person("Nguyễn Thị Đào", **LIKE)
    factories.sent(clerk, factories.line("Nguyen Thi Dao", "dao@example.com", born="1960"), said=factories.UNASKED)
    (entry,) = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "intake.judge"))
    assert (entry.details["alike"], entry.subject) == (1, None)

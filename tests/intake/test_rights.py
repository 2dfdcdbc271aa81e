"""What an account may is asked before every batch: who loses it meanwhile has nothing more done."""

from types import SimpleNamespace

import pytest
from sqlalchemy import text

from kieubao.access.models import Account, AccountScope
from kieubao.db import db
from kieubao.ground.errors import Conflict, Forbidden, NotFound
from kieubao.intake import batches, service, works
from kieubao.intake.vocabulary import Act
from tests import factories
from tests.factories import csv_of, line, sent, taken
from tests.intake.test_service import counts, recorded, rows

NAMES = ("Ba", "Tư", "Năm", "Sáu", "Bảy")
LINES = [line(f"Lê Văn {name}", f"{at}@example.com") for at, name in enumerate(NAMES)]


def give_role(actor):
    db.session.get(Account, actor.id).role = "organizer"
    db.session.commit()


def narrow(actor):
    db.session.get(Account, actor.id).scope = [AccountScope(unit="18673")]
    db.session.commit()


LOSES = pytest.mark.parametrize(
    ("loses", "error"), [(factories.disable, NotFound), (give_role, Forbidden), (narrow, NotFound)]
)


@pytest.fixture
def clerk(app, cast, monkeypatch):
    factories.notice()
    monkeypatch.setattr(batches, "BATCH", 2)
    return cast["clerk"]


def once(loses, actor):
    """Be told of the first batch, and take something away then."""
    told = []

    def reach(done, _of=None):
        if not told:
            loses(actor)
        told.append(done)

    return reach


@LOSES
def test_what_is_taken_in_goes_by_what_the_account_may_by_then(clerk, loses, error):
    code = sent(clerk, *LINES)
    service.begin(clerk, code, ask=False)
    with pytest.raises(error):
        works.take_in(clerk, code, once(loses, clerk))
    assert recorded() == 2


@LOSES
def test_what_is_read_goes_by_what_the_account_may_by_then(clerk, loses, error):
    with works.workbooks.kept(csv_of(*LINES)) as file:
        code = service.receive(clerk, "a.csv", file, works.How("utf-8", ";"))["code"]
    with pytest.raises(error):
        works.read(clerk, code, once(loses, clerk))
    assert rows("intake_row") == 2


@pytest.mark.parametrize(("loses", "error"), [(factories.disable, NotFound), (give_role, Forbidden)])
def test_what_is_taken_back_goes_by_what_the_account_may_by_then(clerk, cast, loses, error):
    approver = cast["approver"]
    code = taken(clerk, *LINES)
    service.undo(approver, code)
    given = {"account_id": approver.id, "given": {"intake": code}}
    with pytest.raises(error):
        works.WORKS[Act.UNDO](SimpleNamespace(**given, reach=once(loses, approver)))
    assert counts(clerk, code) == ({"taken": 3, "undone": 2}, "undoing")
    # Another goes on with it, once that job has ended.
    other = factories.actor("approver")
    with pytest.raises(Conflict, match="A job is at this import"):
        service.undo(other, code)
    db.session.execute(text("UPDATE job SET state = 'failed'"))
    db.session.commit()
    service.undo(other, code)
    works.WORKS[Act.UNDO](SimpleNamespace(**{**given, "account_id": other.id}, reach=factories.reached))
    assert recorded() == 0

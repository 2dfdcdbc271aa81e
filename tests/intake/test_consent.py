"""Consent from a file: only with its evidence, which columns may tell row by row."""

import pytest

from kieubao.consent import ledger
from kieubao.ground.errors import Invalid
from kieubao.intake import answers, service
from kieubao.intake.mapping import laid_out
from kieubao.intake.vocabulary import BACK, RowState
from kieubao.people import disclosure
from tests import factories

HEADINGS = ("Họ tên", "Thư", "Đồng ý", "Ngày ký", "Số phiếu", "Cách")
YES = {"state": "given", "purposes": ["events"], "channels": ["email"], "notice": "events/1"}
CONSENT = {
    "column": "Đồng ý",
    "means": {"có": YES, "không": {"state": "refused", "method": "paper"}},
    "columns": {
        "Ngày ký": "signed_on",
        "Số phiếu": "evidence",
        "Cách": {"field": "method", "texts": {"paper": ["phiếu"], "email": ["thư"]}},
    },
}
PERSON = {
    "fixed": {**factories.FIXED, "kind": "abroad"},
    "columns": {"Họ tên": "name", "Thư": {"channels": ["email"]}},
}
SAID = {"person": PERSON, "consent": CONSENT}


def file_of(*rows):
    lines = [";".join(HEADINGS)]
    lines += [";".join((f"Lê Văn {name}", f"{at}@example.com", *said)) for at, (name, *said) in enumerate(rows)]
    return "\n".join(lines).encode()


def lines_of(clerk, code):
    found = service.rows(clerk, code, [RowState.TAKEN])["rows"]
    people = [disclosure.locate(clerk.scope, one.code).id for one in found]
    return [[(line["state"], line["method"], line["evidence"]) for line in ledger.lines(one)] for one in people]


@pytest.fixture
def clerk(app, cast):
    factories.notice()
    return cast["clerk"]


def test_each_row_proves_its_own_answer(clerk):
    rows = [("Ba", "có", "12/01/2026", "phiếu 7", "phiếu"), ("Tư", "có", "13/01/2026", "thư 8", "thư")]
    rows += [("Năm", "", "", "", "")]
    code = factories.taken(clerk, content=file_of(*rows), said=SAID)
    assert lines_of(clerk, code) == [[("given", "paper", "phiếu 7")], [("given", "email", "thư 8")], []]


@pytest.mark.parametrize(
    ("cells", "heading"),
    [
        (("", "phiếu 7", "phiếu"), "Ngày ký"),
        (("31/02/2026", "phiếu 7", "phiếu"), "Ngày ký"),
        (("12/01/2026", "", "phiếu"), "Số phiếu"),
        (("12/01/2026", "phiếu 7", ""), "Cách"),
        (("12/01/2026", "phiếu 7", "điện thoại"), "Cách"),
    ],
)
def test_a_yes_without_all_that_proves_it_sends_its_row_back(clerk, cells, heading):
    code = factories.sent(clerk, content=file_of(("Ba", "có", *cells)), said=SAID)
    (back,) = service.rows(clerk, code, BACK)["rows"]
    assert heading in {remark[0] for remark in back.told}


def test_a_no_needs_no_proof_and_may_have_a_day(clerk):
    code = factories.taken(clerk, content=file_of(("Ba", "không", "12/01/2026", "", "")), said=SAID)
    (lines,) = lines_of(clerk, code)
    assert {state for state, _method, _evidence in lines} == {"refused"}
    assert len(lines) == 42


@pytest.mark.parametrize("day", ["12/01/2099", "01/01/1990"])
def test_a_day_that_cannot_be_sends_its_row_back(clerk, day):
    """One to come, or one before the notice that is cited was there."""
    code = factories.sent(clerk, content=file_of(("Ba", "có", day, "phiếu 7", "phiếu")), said=SAID)
    assert service.read(clerk, code)["counts"]["refused"] == 1


def test_a_column_tells_nothing_else_of_an_answer():
    wrong = {**CONSENT, "columns": {"Ngày ký": "state"}}
    with pytest.raises(Invalid, match="state"):
        answers.meant(laid_out({**SAID, "consent": wrong}))
    short = {**CONSENT, "columns": {"Ngày ký": "signed_on"}}
    with pytest.raises(Invalid, match="method"):
        answers.meant(laid_out({**SAID, "consent": short}))

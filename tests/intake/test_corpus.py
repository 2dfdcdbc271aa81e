"""Every file of the corpus goes through with exactly the rows, warnings and errors that are meant."""

import pytest

from kieubao.intake import service
from kieubao.intake.vocabulary import BACK, RowState
from kieubao.people import service as people
from tests import factories
from tests.intake import corpus

CASES = dict(corpus.cases())


def test_there_are_enough_of_them():
    assert len(CASES) >= 40


def remarks(clerk, code, states):
    found = service.rows(clerk, code, states, size=500)["rows"]
    return {one.row.number: [remark[0] or remark[1] for remark in one.told] for one in found}


def recorded(clerk, code):
    for one in service.rows(clerk, code, [RowState.TAKEN], size=500)["rows"]:
        sheet = people.read(clerk, one.code)
        numbers = [point["value"] for point in sheet["contact_points"] if point["channel"] == "phone"]
        yield sheet["name"], sheet["born"], numbers[0] if numbers else None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", CASES)
def test_a_file_goes_through_as_it_is_meant(app, cast, name):
    case, clerk = CASES[name], cast["clerk"]
    code = factories.sent(clerk, content=case.content, said=case.said, name=name)
    back = remarks(clerk, code, BACK)
    assert set(back) == set(case.refused)
    for row, heading in case.refused.items():
        assert any(heading in said for said in back[row]), back
    warned = remarks(clerk, code, [RowState.NEW])
    assert {row for row, told in warned.items() if told} == set(case.warned)
    if case.new:
        service.begin(clerk, code, ask=False)
        factories.works.take_in(clerk, code, factories.reached)
    assert list(recorded(clerk, code)) == list(case.new)

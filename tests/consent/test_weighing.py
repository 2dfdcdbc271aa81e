"""What is frozen with an issue, and that who was erased at that very moment leaves nothing in it."""

import pytest
from sqlalchemy import BigInteger, cast, literal, select, union_all, update

from kieubao.consent import weighing
from kieubao.consent.models import Standing, Weighed
from kieubao.consent.vocabulary import INSIDE, Reason
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.errors import Conflict
from kieubao.outreach.models import Issue
from tests import factories


@pytest.fixture
def issues(cast):
    """Two issues whose lists named nobody: by their numbers."""
    made = [factories.published(cast["clerk"], cast["approver"], cast["organizer"]).id for _n in range(2)]
    assert db.session.query(Weighed).count() == 0
    assert db.session.query(Issue).count() == 2
    return made


def why(person, verdict, line):
    values = {"person_id": literal(person.id), "verdict": literal(verdict), "line": cast(line, BigInteger)}
    return select(*(value.label(name) for name, value in values.items()))


def erased(person):
    db.session.execute(update(Standing).where(Standing.person_id == person.id).values(erased_at=clock.now()))


@pytest.mark.parametrize(
    ("verdict", "line", "leaves"),
    [
        (INSIDE, 7, True),
        (INSIDE, None, False),
        (Reason.WITHDRAWN, None, True),
        (Reason.ERASED, None, False),
        (Reason.ERASED, 7, True),
    ],
)
def test_who_is_erased_while_an_issue_is_published_leaves_no_line_and_no_reason_in_it(issues, verdict, line, leaves):
    one = factories.person()
    erased(one)
    whys = why(one, verdict, line)
    if leaves:
        with pytest.raises(Conflict, match=r"^Somebody on this list was erased just now: publish it again$"):
            weighing.freeze(issues[0], whys)
    else:
        assert weighing.freeze(issues[0], whys) == (verdict != INSIDE)


@pytest.mark.parametrize("which", [0, 1])
def test_who_is_erased_meanwhile_is_nobodys_way_to_another(issues, which):
    one, mother = factories.person("Lê Văn Ba"), factories.person("Hồ Hải")
    erased((mother, factories.person("Ai khác"))[which])
    if which:
        assert weighing.freeze(issues[0], why(one, INSIDE, 7), through={one.id: mother.id}) == 0
    else:
        with pytest.raises(Conflict, match="erased just now"):
            weighing.freeze(issues[0], why(one, INSIDE, 7), through={one.id: mother.id})


def test_nobody_else_and_no_other_issue_has_anything_to_do_with_it(issues):
    one, other = factories.person("Lê Văn Ba"), factories.person("Hồ Hải")
    both = union_all(why(one, INSIDE, 7), why(other, Reason.WITHDRAWN, None))
    assert weighing.freeze(issues[0], both) == 1
    erased(one)
    assert weighing.freeze(issues[1], why(other, INSIDE, 7)) == 0
    kept = db.session.execute(select(Weighed.issue_id, Weighed.person_id, Weighed.verdict, Weighed.line)).all()
    assert sorted(kept) == sorted(
        [
            (issues[0], one.id, INSIDE, 7),
            (issues[0], other.id, Reason.WITHDRAWN, None),
            (issues[1], other.id, INSIDE, 7),
        ]
    )

"""Where people stand next to each other in the order of a key, and whether many do."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import ScalarSelect, SQLColumnExpression, and_, func, or_, select

from kieubao.db import db
from kieubao.ground.names import sorted_alike
from kieubao.people.filters import Rule
from kieubao.people.models import Person
from kieubao.people.ranking import Sought

# The three turns of a name, in the order in which people found by them are shown.
TURNS = (Person.name_key, Person.given_key, Person.mid_key)
_REACH = 3_000
_TWO = 2


class Range(NamedTuple):
    """The people whose key begins in one of some ways."""

    key: SQLColumnExpression[str]
    begins: Rule


def ranges(name: Sought) -> Iterator[Range]:
    """Give where people stand who are called so: to the letter, by each turn, and two words the other way round."""
    if not name.words:
        return
    spans = (and_(Person.sort_key >= first, Person.sort_key < last) for first, last in sorted_alike(name.typed))
    yield Range(Person.sort_key, or_(*spans))
    yield from (Range(key, _between(key, name.beginning, "~")) for key in TURNS)
    if len(name.words) == _TWO:
        turned = " ".join(reversed(name.words))
        yield from (Range(key, _between(key, turned, "!")) for key in TURNS)


def are_many(some: Sequence[Range], rules: Sequence[Rule], most: int) -> bool:
    """Tell whether more than so many people stand next to each other, looking no further than a few thousand."""
    counts = [_counted(*one, rules, most) for one in some]
    return bool(counts) and max(db.session.connection().execute(select(*counts)).one()) > most


def _between(key: SQLColumnExpression[str], first: str, after: str) -> Rule:
    """People whose key begins so: "!" is above the space that ends a word, "~" above every letter."""
    return and_(key >= first, key < first + after)


def _counted(key: SQLColumnExpression[str], begins: Rule, rules: Sequence[Rule], most: int) -> ScalarSelect[int]:
    reach = select(key).where(begins).order_by(key).offset(_REACH).limit(1).scalar_subquery()
    some = select(Person.id).where(begins, key <= func.coalesce(reach, "~"), *rules).limit(most + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()

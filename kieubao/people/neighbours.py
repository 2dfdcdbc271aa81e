"""Where people stand next to each other in the order of a key, and whether many do."""

from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import SQLColumnExpression, and_, bindparam, select
from sqlalchemy.orm import InstrumentedAttribute

from kieubao.ground.names import sorted_alike
from kieubao.people.filters import Rule, Whom
from kieubao.people.models import Person
from kieubao.people.queries import Key, asked, counted
from kieubao.people.ranking import Sought

# The three turns of a name, in the order in which people found by them are shown.
TURNS = (Person.name_key, Person.given_key, Person.mid_key)
# More people than these are many, and looked for no further along a key than a few thousand.
MANY = 1_000
_REACH = 3_000
_TWO = 2
_FIRST, _LAST = bindparam("first", type_=Person.name_key.type), bindparam("last", type_=Person.name_key.type)


class Range(NamedTuple):
    """The people whose key stands from `first` to before `last`."""

    key: Key
    first: str
    last: str


def ranges(name: Sought) -> Iterator[Range]:
    """Give where people stand who are called so: to the letter, by each turn, and two words the other way round."""
    if not name.words:
        return
    yield from (Range(Person.sort_key, *span) for span in sorted_alike(name.typed))
    yield from (Range(key, *span) for span in _spans(name) for key in TURNS)


def are_many(name: Sought, whom: Whom, *, placed: bool = False) -> bool:
    """Tell whether many of those who are called so stand next to each other; `placed`: communes are named."""
    return any(_is_long(span, whom, placed=placed) for span in _spans(name))


def _spans(name: Sought) -> Iterator[tuple[str, str]]:
    """Give where keys begin so: "!" is above the space that ends a word, "~" above every letter."""
    if name.words:
        yield name.beginning, f"{name.beginning}~"
    if len(name.words) == _TWO:
        turned = " ".join(reversed(name.words))
        yield turned, f"{turned}!"


def _is_long(span: tuple[str, str], whom: Whom, *, placed: bool) -> bool:
    """Tell whether many stand there by some key, whoever they are; and if so, whether many of these are meant."""
    given = dict(zip(("first", "last"), span, strict=True))
    ends = asked(_ENDS, **given).one()
    long = [key for key, end in zip(TURNS, ends, strict=True) if end is not None]
    return any(_has_many(key, given, whom, placed=placed) for key in long)


def _has_many(key: InstrumentedAttribute[str], given: dict[str, str], whom: Whom, *, placed: bool) -> bool:
    """Tell whether many are meant of those who stand there, as far as is looked.

    By surname, people of a commune stand together in an index of its own. Of two ends SQLite takes the farther, and
    behind a wall PostgreSQL takes none that is yet to be found: so it is found first.
    """
    is_near = placed and key is Person.name_key
    last = given["last"] if is_near else asked(_FAR[key.key], **given).scalar() or given["last"]
    people = counted(key, *whom.rules)
    return asked(people, **whom.given, first=given["first"], last=last, count=MANY + 1).scalar_one() > MANY


def _begins(key: Key) -> Rule:
    return and_(key >= _FIRST, key < _LAST)


def _end(key: Key, place: int) -> SQLColumnExpression[str]:
    """Return the key of who stands at a place, if so many do."""
    return select(key).where(_begins(key)).order_by(key).offset(place).limit(1).scalar_subquery()


_ENDS = select(*(_end(key, MANY) for key in TURNS))
_FAR = {key.key: select(_end(key, _REACH)) for key in TURNS}

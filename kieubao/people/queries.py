"""The statements that a search asks, those of names made once: to make one costs more than to ask it.

What is looked for, and how much of it, are their parameters; what they are made of are keys and conditions.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeVar, TypeVarTuple

from sqlalchemy import (
    Integer,
    Result,
    Select,
    SQLColumnExpression,
    String,
    and_,
    bindparam,
    cast,
    func,
    literal_column,
    not_,
    select,
)

from kieubao.db import db, having_words, in_one
from kieubao.people.filters import Rule
from kieubao.people.models import Person

S = TypeVar("S")
Ts = TypeVarTuple("Ts")
Key = SQLColumnExpression[str]

NO_KEY: Key = literal_column("''", String())
# Some tens of KiB each.
_MOST_MADE = 200
_COUNT = bindparam("count", type_=Integer())


def asked(query: Select[*Ts], **given: Any) -> Result[*Ts]:
    """Ask past the ORM: rows as they are, in half the time."""
    return db.session.connection().execute(query, given)


def made_once(make: Callable[[*Ts], S]) -> Callable[[*Ts], S]:
    """Have a statement made once of the same keys and conditions, for each dialect."""

    @lru_cache(_MOST_MADE)
    def made(_dialect: str, *of: *Ts) -> S:
        return make(*of)

    return lambda *of: made(db.engine.dialect.name, *of)


@made_once
def to_rank(order: Key, *rules: Rule) -> Select[Any]:
    """Select in one list what `:count` people are ranked by."""
    return _to_rank(select(Person.id).where(*rules), order)


@made_once
def to_rank_by_words(order: Key, *rules: Rule) -> Select[Any]:
    """As `to_rank`, of those who have `:words`."""
    return _to_rank(having_words().where(*rules), order)


def _to_rank(people: Select[int], order: Key) -> Select[Any]:
    ranked_by = (Person.id, Person.name, order, Person.name_key, cast(Person.other_names, String))
    return in_one(people.with_only_columns(*ranked_by).order_by(None).limit(_COUNT))


@made_once
def along(key: Key, ranges: Sequence[Key], *rules: Rule) -> Select[str, int]:
    """Select along a key `:count` people of the last of some ranges who stand in none before it.

    A range is of a key, from `:firstN` to before `:lastN`, by its place among them.
    """
    stand = [_begins(*one) for one in enumerate(ranges)]
    apart = [*stand[-1:], *map(not_, stand[:-1])]
    return select(key, Person.id).where(*apart, *rules).order_by(key, Person.id).limit(_COUNT)


@made_once
def elsewhere(ranges: Sequence[Key], *rules: Rule) -> Select[str, int]:
    """Select `:count` people who have `:words` and stand in none of some ranges.

    They come in the order of their ids, which is that of the index of words.
    """
    apart = [not_(_begins(*one)) for one in enumerate(ranges)]
    return having_words().where(*rules, *apart).with_only_columns(NO_KEY, Person.id).limit(_COUNT)


def _begins(place: int, key: Key) -> Rule:
    return and_(key >= bindparam(f"first{place}"), key < bindparam(f"last{place}"))


@made_once
def counted(key: Key, *rules: Rule) -> Select[int]:
    """Count the people from `:first` to `:last`, as far as `:count`."""
    people = select(Person.id).where(key >= bindparam("first"), key <= bindparam("last"), *rules).limit(_COUNT)
    return select(func.count()).select_from(people.subquery())

"""One box to find people by: a code, a telephone number, an e-mail address, or a name in any order.

Names: where a thousand people or fewer fit, all of them are ranked. Where more do, nobody will read them
all: the keys are walked in order, one page at a time, and the count is "more than a thousand".
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, TypeVarTuple

from sqlalchemy import (
    Result,
    Row,
    Select,
    SQLColumnExpression,
    String,
    and_,
    false,
    literal_column,
    not_,
    select,
    tuple_,
)

from kieubao.access.roles import Scope
from kieubao.db import by_words, db, having_words
from kieubao.ground import codes, emails, phones
from kieubao.ground.errors import Invalid, _
from kieubao.ground.phones import Phone
from kieubao.ground.text import clean
from kieubao.people import indexes
from kieubao.people.filters import Rule, among, matching, within
from kieubao.people.models import Person
from kieubao.people.words import filter_words, name_words, pairs

Ts = TypeVarTuple("Ts")
Cursor = tuple[int, str, int]
_Row = Row[int, str, str, str, str, str]

MANY = 1_000
_LONGEST = 200
_MOST_WORDS = 8
# The three turns of a name, in the order in which people found by them are shown.
_TURNS = (Person.name_key, Person.given_key, Person.mid_key)
_EXACT, _FIRST_TURN, _ANY_ORDER, _OTHER_NAME = 0, 1, 4, 5
_RANKED_BY = (Person.id, Person.name, Person.sort_key, *_TURNS)
_NO_KEY = literal_column("''", String())
# Nobody is called 1984: a code typed without its KB has a digit.
_CODE = re.compile(r"KB|.*\d", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A page of people, where the next begins, and how many there are: just so many, or at least."""

    ids: list[int]
    more: Cursor | None = None
    count: int = 0
    exact: bool = True


NOBODY = Found([])


@dataclass(frozen=True)
class _Name:
    """A name as typed, with its marks, and the words of it; the last may be unfinished."""

    typed: str = ""
    words: Sequence[str] = ()

    @cached_property
    def beginning(self) -> str:
        return " ".join(self.words)

    def rank(self, name: str, turns: Sequence[str]) -> int:
        """Say how well it fits: to the letter, as one of the turns, in any order, as another name."""
        if name.casefold() == self.typed:
            return _EXACT
        for number, key in enumerate(turns, _FIRST_TURN):
            if key.startswith(self.beginning):
                return number
        return _ANY_ORDER if self._is_in(turns[0].split()) else _OTHER_NAME

    def _is_in(self, name: Sequence[str]) -> bool:
        *complete, last = self.words
        return set(complete) <= set(name) and any(word.startswith(last) for word in name)


@dataclass(frozen=True)
class _Page:
    after: Cursor | None
    size: int

    def of(self, places: Sequence[Cursor], count: int, *, exact: bool) -> Found:
        """Cut the page from the places that follow the one before it."""
        shown = list(places[: self.size])
        more = shown[-1] if len(places) > self.size else None
        return Found([person_id for _rank, _key, person_id in shown], more, count, exact)


class _Part(NamedTuple):
    """Some of the people in the order of a key; `step` is how the database is to be asked for them."""

    key: SQLColumnExpression[str]
    query: Select[str, int]
    step: Callable[[], AbstractContextManager[None]] = nullcontext


def find(
    text: str | None, wanted: Mapping[str, Any], scope: Scope, *, after: Cursor | None = None, size: int = 20
) -> Found:
    """Return a page of the people within scope who match a filter and are found by a text; all, without one.

    The best fit comes first, and who fits alike stands in Vietnamese order. `after` is the `more` of the
    page before. Raises Invalid for a cursor that is none.
    """
    typed, page = (text or "").strip(), _Page(_place(after), size)
    rules = [within(scope), *matching(wanted)]
    if len(typed) > _LONGEST:
        return NOBODY
    known_by = _known_by(typed)
    if known_by is not None:
        return _ranked(_some(select(Person.id).where(known_by, *rules)), _Name(), page)
    name = _Name(clean(typed).casefold(), name_words(typed)[:_MOST_WORDS])
    return NOBODY if typed and not name.words else _called(name, _narrowing(wanted, scope), rules, page)


def _place(after: Sequence[Any] | None) -> Cursor | None:
    match after:
        case None:
            return None
        case [int(rank), str(key), int(person_id)] if key.isprintable() and abs(person_id) < 2**63:
            return rank, key, person_id
    raise Invalid(_("Take the cursor as it was given, from the field “more”"))


def _known_by(typed: str) -> Rule | None:
    """Say whom an address, a number or a code belongs to; None where the text is none of these."""
    if "@" in typed:
        return _reached_at(typed)
    if phones.looks_like_phone(typed):
        return _holding(*_number(typed))
    with suppress(Invalid):
        return Person.code == codes.read(typed, "KB") if _CODE.match(typed) else None
    return None


def _reached_at(typed: str) -> Rule:
    try:
        return _holding("email", emails.email(typed))
    except Invalid:
        return false()


def _number(typed: str) -> tuple[str, str]:
    """Say which blind index a number has: whole with its country, else by its end, of whichever country it is."""
    with suppress(Invalid):
        if typed.startswith(("+", "00", "(+")):
            return "phone", Phone.parse(typed).e164
    return "tail", phones.search_digits(typed)


def _holding(kind: str, value: str) -> Rule:
    """People with such a contact point, retired or not: by an old number people are known."""
    return among(indexes.holders(kind, value))


def _narrowing(wanted: Mapping[str, Any], scope: Scope) -> list[Sequence[str]]:
    """Return what the index of words knows of a filter and, where it is no whole province, of a scope."""
    home = {} if scope.provinces else {"communes": scope.communes}
    return [*filter_words(wanted), *filter_words(home)]


def _called(name: _Name, narrowing: Sequence[Sequence[str]], rules: Sequence[Rule], page: _Page) -> Found:
    complete, last = name.words[:-1], name.words[-1] if name.words else None
    groups = [*([word] for word in pairs(complete) or complete), *narrowing]
    by_index = bool(groups or last)
    people = (having_words(groups, last) if by_index else select(Person.id)).where(*rules)
    with by_words() if by_index else nullcontext():
        rows = _some(people)
    return _ranked(rows, name, page) if len(rows) <= MANY else _walked(_parts(name, people, rules), page)


def _some(people: Select[int]) -> Sequence[_Row]:
    """Fetch what people are ranked by, of one more than are."""
    return _asked(people.with_only_columns(*_RANKED_BY).order_by(None).limit(MANY + 1)).all()


def _ranked(rows: Sequence[_Row], name: _Name, page: _Page) -> Found:
    places = sorted(
        (name.rank(written, turns), sort_key, person_id) for person_id, written, sort_key, *turns in rows[:MANY]
    )
    rest = [place for place in places if page.after is None or place > page.after]
    return page.of(rest, len(places), exact=len(rows) <= MANY)


def _walked(parts: Iterable[_Part], page: _Page) -> Found:
    begun, *after = page.after or (0, "", 0)
    places: list[Cursor] = []
    for number, part in enumerate(parts):
        if number >= begun and len(places) <= page.size:
            rows = _next(part, after if page.after and number == begun else None, page.size + 1 - len(places))
            places += [(number, key, person_id) for key, person_id in rows]
    return page.of(places, MANY, exact=False)


def _parts(name: _Name, people: Select[int], rules: Sequence[Rule]) -> Iterator[_Part]:
    """Give the people in parts: by each turn of the name, then who has its words in any other order.

    Nobody stands in two, for each part leaves out the keys of those before it.
    """
    if not name.words:
        yield _by_key(Person.sort_key, rules)
        return
    before: list[Rule] = []
    for key in _TURNS:
        begins = and_(key >= name.beginning, key < name.beginning + "~")
        yield _by_key(key, [begins, *before, *rules])
        before.append(not_(begins))
    # These come in the order of their ids, which is that of the index of words.
    yield _Part(_NO_KEY, people.with_only_columns(_NO_KEY, Person.id).where(*before), by_words)


def _by_key(key: SQLColumnExpression[str], rules: Sequence[Rule]) -> _Part:
    return _Part(key, select(key, Person.id).where(*rules).order_by(key, Person.id))


def _next(part: _Part, after: Sequence[Any] | None, count: int) -> Sequence[Row[str, int]]:
    query = part.query.limit(count)
    if after:
        query = query.where(part.key >= after[0], tuple_(part.key, Person.id) > tuple_(*after))
    with part.step():
        return _asked(query).all()


def _asked(query: Select[*Ts]) -> Result[*Ts]:
    """Ask past the ORM: rows as they are, in half the time."""
    return db.session.connection().execute(query)

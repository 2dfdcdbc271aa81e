"""One box to find people by: a code, a telephone number, an e-mail address, or a name in any order.

Names: where a thousand people or fewer fit, all of them are ranked. Where more do, nobody will read them
all: the keys are walked in order for one page at a time, and the count is "more than a thousand".
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, false, func, literal_column, not_, select, tuple_

from kieubao.access.roles import Scope
from kieubao.db import by_words, db, having_words, keyring
from kieubao.ground import codes, emails, phones
from kieubao.ground.errors import Invalid, _
from kieubao.ground.phones import Phone
from kieubao.people.filters import among, matching, within
from kieubao.people.models import ContactKey, Person
from kieubao.people.words import filter_words, name_words, pairs

Cursor = tuple[int, str, int]
Rule = ColumnElement[bool]

MANY = 1_000
_LONGEST = 200
_MOST_WORDS = 8
# The three turns of a name in the order they are shown in; a rank or a stage is a place in it, from one.
_TURNS = (Person.name_key, Person.given_key, Person.mid_key)
_EXACT, _ANY_ORDER, _OTHER_NAME = 0, 4, 5
_RANKED_BY = (Person.id, Person.name, Person.sort_key, *_TURNS)
# Nobody is called 1984: a code without its KB has a digit.
_CODE = re.compile(r"KB|(?=.*\d)", re.IGNORECASE)


@dataclass(frozen=True)
class Found:
    """A page of people, where the next begins, and how many there are: just so many, or at least."""

    ids: list[int]
    more: Cursor | None = None
    count: int = 0
    exact: bool = True


NOBODY = Found([])


def find(
    text: str | None, wanted: Mapping[str, Any], scope: Scope, *, after: Cursor | None = None, size: int = 20
) -> Found:
    """Return a page of those within scope who are called so, reached so, or all of them, and match the filter.

    The best fit comes first; people who fit alike come in Vietnamese order. `after` is the `more` of the
    page before. Raises Invalid for a cursor that is none.
    """
    typed, place = (text or "").strip(), _place(after)
    rules = [within(scope), *matching(wanted)]
    known_by = _known_by(typed)
    if known_by is not None:
        return _ranked(select(Person.id).where(known_by, *rules), "", place, size)
    if typed and not _called(typed):
        return NOBODY
    people = _having(_called(typed), wanted, scope).where(*rules)
    with by_words():
        count = _capped(people)
        if count <= MANY:
            return _ranked(people, typed, place, size)
    return _walked(_called(typed), people, rules, place, size)


def _place(after: Sequence[Any] | None) -> Cursor | None:
    match after:
        case None:
            return None
        case [int(stage), str(key), int(person_id)] if key.isprintable() and abs(person_id) < 2**63:
            return stage, key, person_id
    raise Invalid(_("Take the cursor as it was given, from the field “more”"))


def _known_by(typed: str) -> Rule | None:
    """Return whom a code, an address or a number belongs to; None where the text is none of these."""
    if "@" in typed:
        return _reached_at(typed)
    if phones.looks_like_phone(typed[:_LONGEST]):
        return _holding(*_number(typed[:_LONGEST]))
    with suppress(Invalid):
        return Person.code == codes.read(typed, "KB") if _CODE.match(typed) else None
    return None


def _reached_at(typed: str) -> Rule:
    try:
        return _holding("email", emails.email(typed))
    except Invalid:
        return false()


def _number(typed: str) -> tuple[str, str]:
    """Return the blind index of a number: whole with its country, else by its end, whichever country it is of."""
    with suppress(Invalid):
        if typed.startswith(("+", "00", "(+")):
            return "phone", Phone.parse(typed).e164
    return "tail", phones.search_digits(typed)


def _holding(kind: str, value: str) -> Rule:
    """People with a contact point of this blind index, retired or not: an old number is how many are known."""
    return among(select(ContactKey.person_id).where(ContactKey.key == keyring().blind(kind, value)))


def _called(typed: str) -> list[str]:
    return name_words(typed)[:_MOST_WORDS] if len(typed) <= _LONGEST else []


def _having(called: Sequence[str], wanted: Mapping[str, Any], scope: Scope) -> Select[tuple[int]]:
    """Select who has all these words; the last may be unfinished. What the index knows of filters narrows too."""
    complete, last = called[:-1], called[-1] if called else None
    home = {} if scope.provinces else {"communes": scope.communes}
    groups = [*([word] for word in pairs(complete) or complete), *filter_words(wanted), *filter_words(home)]
    return having_words(groups, last) if groups or last else select(Person.id)


def _capped(people: Select[tuple[int]]) -> int:
    some = people.order_by(None).limit(MANY + 1).subquery()
    return db.session.scalar(select(func.count()).select_from(some)) or 0


def _ranked(people: Select[tuple[int]], typed: str, place: Cursor | None, size: int) -> Found:
    rows = db.session.execute(people.with_only_columns(*_RANKED_BY).limit(MANY + 1)).all()
    rank = _rank(typed)
    places = sorted((rank(row), row.sort_key, row.id) for row in rows[:MANY])
    rest = [one for one in places if place is None or one > place]
    return _page(rest[: size + 1], size, len(places), exact=len(rows) <= MANY)


def _rank(typed: str) -> Callable[[Row[Any]], int]:
    """Say how well names fit: as typed with marks, in one of its turns, in any order, by another name."""
    called, as_typed = _called(typed), typed.casefold()
    beginning = " ".join(called)

    def rank(row: Row[Any]) -> int:
        if row.name.casefold() == as_typed:
            return _EXACT
        turns = (row.name_key, row.given_key, row.mid_key)
        turn = next((n for n, key in enumerate(turns, 1) if key.startswith(beginning)), None)
        return turn or (_ANY_ORDER if _has(row.name_key.split(), called) else _OTHER_NAME)

    return rank


def _has(name: Sequence[str], called: Sequence[str]) -> bool:
    return set(called[:-1]) <= set(name) and any(word.startswith(called[-1]) for word in name)


def _walked(
    called: Sequence[str], people: Select[tuple[int]], rules: Sequence[Rule], place: Cursor | None, size: int
) -> Found:
    places: list[Cursor] = []
    for stage, key, query in _stages(called, people, rules):
        if place and stage < place[0]:
            continue
        after = place[1:] if place and stage == place[0] else None
        places += [(stage, *row) for row in _next(key, query, after, size + 1 - len(places))]
        if len(places) > size:
            break
    return _page(places, size, MANY, exact=False)


def _stages(
    called: Sequence[str], people: Select[tuple[int]], rules: Sequence[Rule]
) -> Iterator[tuple[int, ColumnElement[Any], Select[Any]]]:
    """Give (number, key, query) of each part of the answer: the turns of a name, then any other order of its words.

    Nobody stands in two: each part leaves out the keys of those before.
    """
    if not called:
        yield 1, Person.sort_key, select(Person.sort_key, Person.id).where(*rules)
        return
    beginning, before = " ".join(called), []
    for number, key in enumerate(_TURNS, 1):
        begins = and_(key >= beginning, key < beginning + "~")
        yield number, key, select(key, Person.id).where(begins, *before, *rules)
        before.append(not_(begins))
    nothing = literal_column("''")
    yield _ANY_ORDER, nothing, people.with_only_columns(nothing, Person.id).where(*before)


def _next(key: ColumnElement[Any], query: Select[Any], after: tuple[str, int] | None, size: int) -> Sequence[Row[Any]]:
    if after:
        query = query.where(key >= after[0], tuple_(key, Person.id) > tuple_(*after))
    return db.session.execute(query.order_by(key, Person.id).limit(size)).all()


def _page(places: Sequence[Cursor], size: int, count: int, *, exact: bool) -> Found:
    page = list(places[:size])
    more = page[-1] if len(places) > size else None
    return Found([person_id for _stage, _key, person_id in page], more, count, exact)

"""One box to find people by: a code, a telephone number, an e-mail address, or a name in any order.

Names: where a thousand people or fewer fit, all of them are ranked. Where more do, nobody will read them
all: the keys are walked in order, one page at a time, and the count is "more than a thousand". Where few do,
those come after them whose name is one letter away.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, tuple_

from kieubao.access.roles import Scope
from kieubao.db import by_words, one_of_each
from kieubao.ground.errors import Invalid, _
from kieubao.ground.names import Order
from kieubao.people import lexicon
from kieubao.people.direct import known_by
from kieubao.people.filters import Whom, within
from kieubao.people.models import Person
from kieubao.people.neighbours import MANY, are_many, ranges
from kieubao.people.queries import NO_KEY, Key, along, asked, elsewhere, to_rank, to_rank_by_words
from kieubao.people.ranking import Sought, in_order, in_turn
from kieubao.people.words import BEGINNING, beginning, filter_words, having, names_communes

Cursor = tuple[int, str, int]
Groups = list[Sequence[str]]
# What `ranking.Named` is made of.
Ranked = Sequence[Any]

# Fewer than these, and those are looked for too whose name is one letter away: a page of them all.
FEW = 20
# How many words an unfinished or misspelt one may stand for.
_MOST_MEANT = 40
# How many whose name comes near are looked at, for each word that may be misspelt: their names are few.
_MOST_NEAR = 300
_LONGEST, _TOO_SHORT = 200, 2
_ORDERS: dict[Order, Key] = {"given": Person.sort_key, "family": Person.family_key}


@dataclass(frozen=True)
class Found:
    """A page of people, where the next begins, and how many there are: just so many, or at least.

    After these stand those who are `near`, some of all whose name is close to what was typed; of this page, `close`.
    """

    ids: list[int]
    more: Cursor | None = None
    count: int = 0
    exact: bool = True
    near: int = 0
    close: frozenset[int] = frozenset()


NOBODY = Found([])


@dataclass(frozen=True)
class _Page:
    after: Cursor | None
    size: int
    order: Key

    def of(self, places: Sequence[Cursor], count: int, *, exact: bool) -> Found:
        """Cut the page from the places that follow the one before it."""
        shown = list(places[: self.size])
        more = shown[-1] if len(places) > self.size else None
        return Found([person_id for _rank, _key, person_id in shown], more, count, exact)


class _Part(NamedTuple):
    """Some of the people in the order of a key, and what is given to the query; `words`: it goes by their index."""

    key: Key
    query: Select[str, int]
    given: Mapping[str, Any]
    words: bool = False


def find(  # noqa: PLR0913 - what is asked for, and how much of it in which order
    text: str | None,
    wanted: Mapping[str, Any],
    scope: Scope,
    *,
    after: Cursor | None = None,
    size: int = 20,
    order: Order = "given",
) -> Found:
    """Return a page of the people within scope who match a filter and are found by a text; all, without one.

    The best fit comes first, and who fits alike stands in Vietnamese order, by tên or họ first. `after` is the `more`
    of the page before. Raises Invalid for a cursor that is none.
    """
    typed, page = (text or "").strip(), _Page(_place(after), size, _ORDERS[order])
    whom = Whom.of(wanted).also(within(scope))
    if len(typed) > _LONGEST:
        return NOBODY
    if (direct := known_by(typed)) is not None:
        found = (_having([], whom.also(*one.rules, **one.given), page) for one in direct)
        return _ranked({Sought(): next(filter(None, found), [])}, page)
    name = Sought.read(typed)
    return NOBODY if typed and not name.words else _called(name, _narrowing(wanted, scope), whom, page)


def _place(after: Sequence[Any] | None) -> Cursor | None:
    match after:
        case None:
            return None
        case [int(rank), str(key), int(person_id)] if key.isprintable() and abs(person_id) < 2**63:
            return rank, key, person_id
    raise Invalid(_("Take the cursor as it was given, from the field “more”"))


def _narrowing(wanted: Mapping[str, Any], scope: Scope) -> Groups:
    """Return what the index of words knows of a filter and, where it is no whole province, of a scope."""
    home = {} if scope.provinces else {"communes": scope.communes}
    return [*filter_words(wanted), *filter_words(home)]


def _called(name: Sought, narrowing: Groups, whom: Whom, page: _Page) -> Found:
    """Return a page of the people who have all words of a name, in any of their names; of all, without one."""
    if are_many(name, whom, placed=any(map(names_communes, narrowing))):
        return _walked(_parts(name, narrowing, whom, page), page)
    found = {name: _having(_groups(name, narrowing), whom, page)}
    if len(found[name]) > MANY:
        return _walked(_parts(name, narrowing, whom, page), page)
    if name.words and len(found[name]) < FEW:
        found |= {one: _having(_groups(one, narrowing), whom, page, _MOST_NEAR) for one in _near(name)}
    return _ranked(found, page)


def _groups(name: Sought, narrowing: Groups) -> Groups:
    """Return of which words one must be in the document of whoever has this name; of no words where nobody has."""
    if not name.words:
        return narrowing
    others = name.without(name.meant if name.instead else len(name.words) - 1)
    ends = name.instead or _endings(name.words[-1])
    return having(others, ends, name.short, narrowing)


def _endings(last: str) -> Sequence[str]:
    """Return the words that an unfinished one may become; of very many, only how they begin."""
    most = _MOST_MEANT if len(last) <= BEGINNING else MANY
    found = lexicon.beginning(last, most + 1)
    return [beginning(last)] if len(found) > most and len(last) <= BEGINNING else found


def _near(name: Sought) -> Iterator[Sought]:
    """Give the name with each of its words, in turn, taken for a misspelt one; all others stand.

    What has a digit is no name, two letters alone may be anybody's, and a point says that a word is cut short.
    """
    if re.search(r"\d", name.typed) or len(name.beginning) <= _TOO_SHORT:
        return
    known = lexicon.known(name.words) | name.short
    for place, word in enumerate(name.words):
        others = name.without(place)
        may_be = f"{word}." not in name.typed and known.issuperset(others)
        meant = lexicon.near(word, _MOST_MEANT) if may_be else []
        # A word that is there twice is asked for by itself: many have it once.
        for instead in ([one for one in meant if one not in others], [one for one in meant if one in others]):
            if instead:
                yield replace(name, meant=place, instead=instead, short=name.short & {*others})


def _having(groups: Groups, whom: Whom, page: _Page, most: int = MANY) -> Sequence[Ranked]:
    """Fetch what people are ranked by, of one more than `most`."""
    if not all(groups):
        return []
    if groups:
        by_words()
        whom = whom.also(words=one_of_each(groups))
    query = (to_rank_by_words if groups else to_rank)(page.order, *whom.rules)
    return asked(query, **whom.given, count=most + 1).scalar() or []


def _ranked(found: Mapping[Sought, Sequence[Ranked]], page: _Page) -> Found:
    (name, rows), *near = found.items()
    places = sorted(in_order(name, rows[:MANY]))
    there = {person_id for _rank, _key, person_id in places}
    after = [*in_turn([(one, [row for row in some[:MANY] if row[0] not in there]) for one, some in near])]
    rest = [place for place in (*places, *after) if page.after is None or place > page.after]
    shown = page.of(rest, len(places), exact=len(rows) <= MANY)
    return replace(shown, near=len(after), close=frozenset(shown.ids) - there)


def _walked(parts: Iterable[_Part], page: _Page) -> Found:
    begun, *after = page.after or (0, "", 0)
    places: list[Cursor] = []
    for number, part in enumerate(parts):
        if len(places) > page.size:
            break
        if number >= begun:
            rows = _next(part, after if page.after and number == begun else None, page.size + 1 - len(places))
            places += [(number, key, person_id) for key, person_id in rows]
    return page.of(places, MANY, exact=False)


def _parts(name: Sought, narrowing: Groups, whom: Whom, page: _Page) -> Iterator[_Part]:
    """Give the people in parts: where they stand next to each other, then who has the words in any other order.

    Nobody stands in two, for each part leaves out the keys of those before it.
    """
    spans = [*ranges(name)]
    keys = tuple(span.key for span in spans)
    ends = {f"{end}{place}": getattr(span, end) for place, span in enumerate(spans) for end in ("first", "last")}
    given = {**whom.given, **ends}
    for place, key in enumerate(keys):
        yield _Part(key, along(key, keys[: place + 1], *whom.rules), given)
    if not name.words:
        yield _Part(page.order, along(page.order, (), *whom.rules), given)
    # Nobody has a word that is not known, as before the first `flask people reindex`.
    elif all(groups := _groups(name, narrowing)):
        yield _Part(NO_KEY, elsewhere(keys, *whom.rules), {**given, "words": one_of_each(groups)}, words=True)


def _next(part: _Part, after: Sequence[Any] | None, count: int) -> Sequence[Row[str, int]]:
    query = part.query
    if after:
        query = query.where(part.key >= after[0], tuple_(part.key, Person.id) > tuple_(*after))
    by_words(wanted=part.words)
    return asked(query, **part.given, count=count).all()

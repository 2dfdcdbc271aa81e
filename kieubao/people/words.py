"""The words a person is found by: one document for the index of words, and what a query asks of it.

A word of letters is of a name. A digit in front marks what is not: `2ng` is how a word begins, `1nguyen0van` a pair
of words, `0ccz` a filter. So no name that is typed ever meets one of these.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain, combinations, islice, product
from typing import Any

from kieubao.ground import names
from kieubao.ground.text import fold

# Counted up whenever a rule here, in `ground.names` or in `records` changes: `flask people reindex` makes anew what
# is older.
RULES = 3
# So many letters of a word's beginning are in the documents; what may follow more of them is few words, and looked up.
BEGINNING = 3
# Nobody has more, or longer; without an end, one record of nonsense would not fit the index.
_MOST, _LONGEST = 100, 40
# Where somebody lives and comes from is paired with the words of a name: most of what is asked has one of these.
_PAIRED = ("0c", "0m")
# By filter: its mark, and the column it asks of.
_MARKS = {
    "kinds": ("0k", "kind"),
    "countries": ("0c", "country"),
    "cities": ("0t", "city"),
    "provinces": ("0p", "province"),
    "communes": ("0m", "commune"),
    "old_provinces": ("0q", "home_old_province"),
    "statuses": ("0s", "status"),
    "occupation_groups": ("0o", "occupation_group"),
    "sectors": ("0v", "sector"),
    "interests": ("0i", "interests"),
    "languages": ("0l", "languages"),
}


def words(record: Mapping[str, Any]) -> str:
    """Return the document of a person, given by columns: words of all their names, and what marks them; sorted.

    >>> words({"name": "Lê Hoà", "other_names": [], "country": "CZ", "kind": "abroad"})
    '0ccz 0kabroad 10ccz0hoa 10ccz0le 1hoa0le 2h 2ho 2hoa 2l 2le hoa le'
    """
    spoken = set(islice(chain.from_iterable(map(name_words, [record["name"], *record["other_names"]])), _MOST))
    beginnings = (beginning(word[:length]) for word in spoken for length in range(1, BEGINNING + 1))
    filters = {*_filters(record)}
    there = (_pair(word, mark) for word in spoken for mark in filters if mark.startswith(_PAIRED))
    return " ".join(sorted({*spoken, *pairs(spoken), *beginnings, *filters, *there}))


def name_words(name: str) -> list[str]:
    """Return the folded words of a name; what has a digit is no part of one.

    >>> name_words("Nguyễn Thị-Hoà (2)")
    ['nguyen', 'thi', 'hoa']
    """
    return [token[:_LONGEST] for token in names.tokens(name) if token.isalpha()]


def spoken(document: str) -> list[str]:
    """Return the words of names in a document.

    >>> spoken("0ccz 1hoa0le 2h 2ho hoa le")
    ['hoa', 'le']
    """
    return [word for word in document.split() if word.isalpha()]


def pairs(spoken: Iterable[str]) -> list[str]:
    """Return every two words as one: rarer than either, so that two common ones are found as fast.

    >>> pairs(["nguyen", "an", "van"])
    ['1an0nguyen', '1nguyen0van', '1an0van']
    """
    return [_pair(one, other) for one, other in combinations(spoken, 2)]


def having(
    words: Collection[str], one_of: Sequence[str], short: Collection[str] = (), filters: Collection[Sequence[str]] = ()
) -> list[Sequence[str]]:
    """Return of which words one must be in the document of who is meant.

    They have some words of a name, the short ones begun so, and one of others; and one word of each filter.

    >>> having(["le", "v"], ["hoa", "hoan"], ["v"]), having(["le"], ["2h"])
    ([['1hoa0le', '1hoan0le'], ['2v']], [['le'], ['2h']])
    >>> having(["le"], ["hoa", "hoan"], filters=[["0ccz"], ["0vj"]])
    [['10ccz0le'], ['10ccz0hoa', '10ccz0hoan'], ['0vj']]
    """
    whole: list[Sequence[str]] = [[word] for word in dict.fromkeys(words) if word not in short]
    is_whole = all(map(str.isalpha, one_of))
    meant = [*whole, one_of] if is_whole else whole
    placed = [one for one in filters if one[0].startswith(_PAIRED)] if meant else []
    # Of a word that is paired with a place, or else with another, the pair alone is asked for: it is rarer.
    together = [*product(meant, placed)] or [*combinations(meant, 2)]
    groups: list[Sequence[str]] = [[_pair(*two) for two in product(*some)] for some in together] or [*meant]
    begun = [*([] if is_whole else [one_of]), *([beginning(word)] for word in short if word in words)]
    return [*groups, *begun, *(one for one in filters if one not in placed)]


def beginning(letters: str) -> str:
    """Return the word that says how another begins, by its first letters, no more than BEGINNING."""
    return f"2{letters}"


def filter_words(wanted: Mapping[str, Any]) -> list[Sequence[str]]:
    """Return, for each filter that the documents hold, the words of which one must be there.

    >>> filter_words({"countries": ["CZ", "DE"], "age_from": 16})
    [['0ccz', '0cde']]
    """
    return [
        [_marked(mark, value) for value in wanted[key]] for key, (mark, _column) in _MARKS.items() if wanted.get(key)
    ]


def names_communes(group: Sequence[str]) -> bool:
    """Tell whether the words of a filter are communes."""
    return bool(group) and group[0].startswith(_MARKS["communes"][0])


def _filters(record: Mapping[str, Any]) -> Iterable[str]:
    for mark, column in _MARKS.values():
        value = record.get(column)
        yield from (_marked(mark, one) for one in ([value] if isinstance(value, str) else value or ()))


@lru_cache(10_000)
def _marked(mark: str, value: str) -> str:
    return mark + re.sub(" ", "", fold(value))[:_LONGEST]


def _pair(one: str, other: str) -> str:
    return f"1{min(one, other)}0{max(one, other)}" if one != other else one

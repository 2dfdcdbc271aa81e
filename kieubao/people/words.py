"""The words a person is found by: one document for the index of words, and what a query asks of it.

A word of letters is of a name. A digit in front marks what is not: `1nguyen0van` is a pair of words,
`0ccz` a filter. So no name that is typed, and no beginning of one, ever meets a pair or a filter.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, combinations, islice
from typing import Any

from kieubao.ground import names

# Nobody has more, or longer; without an end, one record of nonsense would not fit the index.
_MOST, _LONGEST = 100, 40
_MARKS = {"kinds": "0k", "countries": "0c", "provinces": "0p", "communes": "0m"}


def words(  # noqa: PLR0913 - what the index knows of a person
    name: str,
    other_names: Iterable[str],
    *,
    kind: str,
    country: str | None,
    province: str,
    commune: str | None,
) -> str:
    """Return the document of a person: words of all their names, pairs of these, and filters; sorted.

    >>> words("Lê Hoà", ["Hoa Muller"], kind="abroad", country="CZ", province="42", commune=None)
    '0ccz 0kabroad 0p42 1hoa0le 1hoa0muller 1le0muller hoa le muller'
    """
    spoken = set(islice(chain.from_iterable(map(name_words, [name, *other_names])), _MOST))
    marks = {"kinds": kind, "countries": country, "provinces": province, "communes": commune}
    filters = (_marked(key, value) for key, value in marks.items() if value)
    return " ".join(sorted({*spoken, *pairs(spoken), *filters}))


def name_words(name: str) -> list[str]:
    """Return the folded words of a name, each once; what has a digit is no part of a name.

    >>> name_words("Nguyễn Thị-Hoà (2)")
    ['nguyen', 'thi', 'hoa']
    """
    return [word for word in dict.fromkeys(token[:_LONGEST] for token in names.tokens(name)) if word.isalpha()]


def pairs(spoken: Iterable[str]) -> list[str]:
    """Return every two words as one: rarer than either, so that two common ones are found as fast.

    >>> pairs(["nguyen", "an", "van"])
    ['1an0nguyen', '1an0van', '1nguyen0van']
    """
    return [f"1{one}0{other}" for one, other in combinations(sorted(spoken), 2)]


def filter_words(wanted: Mapping[str, Any]) -> list[Sequence[str]]:
    """Return, for each filter that the documents hold, the words of which one must be there.

    >>> filter_words({"countries": ["CZ", "DE"], "age_from": 16})
    [['0ccz', '0cde']]
    """
    return [[_marked(key, value) for value in wanted[key]] for key in _MARKS if wanted.get(key)]


def _marked(key: str, value: str) -> str:
    return _MARKS[key] + value.lower()

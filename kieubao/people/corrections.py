"""What is told of somebody on record changes of their record: what says the same as it does, or less, changes nothing.

An office's file has names without marks, years for days and places it no longer knows: it must not make a record worse.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from kieubao.ground import places
from kieubao.ground.names import tokens
from kieubao.ground.text import clean, fold
from kieubao.people.records import coded

Values = Mapping[str, Any]
# What a field of a form comes to, where that is another column, or several.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("home", "home_unit"), ("home_text", "home_epoch", "home_code")),
    "sector": ("sector", "sector_version"),
}
_HOME = _COLUMNS["home"]
# What is not told of by itself, for it goes with another column.
ATTENDANT: Mapping[str, str] = {"home_epoch": "home_text", "home_code": "home_text", "sector_version": "sector"}
_FEWEST = 2


def told(values: Values, fields: Iterable[str]) -> dict[str, Any]:
    """Return the columns that some fields of a form have told, of all that it has come to."""
    columns = (column for name in fields for column in _COLUMNS.get(name, (name,)))
    return {column: values[column] for column in columns if column in values}


def changed(before: Values, told: Values) -> dict[str, Any]:
    """Return the columns of a record that change by what is told."""
    found = {name: value for name, value in told.items() if not _says(name, before[name], value)}
    if "name" in found and _tells_less(found["name"], before):
        del found["name"]
    if _is_there(before, told) or _is_vague(before, told):
        return {name: value for name, value in found.items() if name not in _HOME}
    return found


def is_vaguer(before: Values, told: Values) -> bool:
    """Tell whether another home place is told that is not surely one unit, of somebody whose home surely is."""
    return _is_vague(before, told) and not _says("home_text", before["home_text"], told["home_text"])


def _is_vague(before: Values, told: Values) -> bool:
    return before["home_code"] is not None and told.get("home_text") is not None and told["home_code"] is None


def is_another(before: Values, told: Values) -> bool:
    """Tell whether a name is told that is none of a record's: more than one word is another, or hardly any the same."""
    named = Counter(tokens(told["name"])) if "name" in told else None
    return named is not None and not any(_is_near(named, one) for one in (before["name"], *before["other_names"]))


def _tells_less(name: str, before: Values) -> bool:
    """Tell whether a name is one of the others somebody has, or some words of theirs of which one lacks its marks."""
    if fold(name) in map(fold, before["other_names"]):
        return True
    words, told = clean(before["name"]).casefold().split(), clean(name).casefold().split()
    bare = [fold(word) for word in words]
    less = [word for word in told if word not in words]
    return bool(less) and all(word.isascii() and word in bare for word in less)


def _is_near(named: Counter[str], name: str) -> bool:
    stands = Counter(tokens(name))
    apart = max((named - stands).total(), (stands - named).total())
    return apart == 0 or (apart == 1 and (named & stands).total() >= _FEWEST)


def _says(name: str, stands: Any, told: Any) -> bool:
    """Tell whether what stands says what is told: but for capitals, with its marks, or to the day of a year."""
    if stands == told or not (isinstance(stands, str) and isinstance(told, str)):
        return bool(stands == told)
    if name == "born":
        # About a year says less than the year, or a day of it.
        sure = told.rstrip("~?")
        return stands == sure or stands.startswith(f"{sure}-")
    bare = " ".join(told.casefold().split())
    return stands.casefold() == told.casefold() or (bare.isascii() and fold(stands) == fold(told))


def _is_there(before: Values, told: Values) -> bool:
    """Tell whether a home is in the unit that is told, whatever that is called today."""
    home, there = coded(before), coded(told)
    here = places.current(home) if home else None
    return bool(here and there and (here in places.successors(there) or places.province_of(here) == there))

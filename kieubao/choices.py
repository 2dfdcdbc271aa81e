"""What a form offers to choose from where the list is long: countries, languages, units."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kieubao import shown
from kieubao.forms import office
from kieubao.ground import countries, kinship, languages, places
from kieubao.ground.places import Unit
from kieubao.http import language

_GENDERS = ("male", "female")


def all_countries() -> list[str]:
    return sorted(map(shown.country_name, countries.codes()))


def all_languages() -> list[str]:
    return [shown.language_name(code) for code in languages.LANGUAGES]


def communes_here() -> list[tuple[str, str]]:
    """Return today's communes of the office's province."""
    return [(unit.code, unit.full_name) for unit in places.communes(office())]


def homes_by_name() -> list[tuple[str, str]]:
    """Return the communes a native may come from, as a clerk writes them; of an old one, what it is today."""
    natives = [unit for unit in places.natives(office()) if len(unit.code) == places.COMMUNE]
    today = {unit.full_name: "" for unit in natives if unit.epoch == places.CURRENT}
    old = {_within(unit): _today(unit) for unit in natives if unit.epoch == places.OLD}
    return [*today.items(), *sorted(old.items())]


def kin_words() -> list[str]:
    """Return the words for kin that tell by themselves what somebody is to whom."""
    words = (kinship.kin_label(term, one, None, language()) for term in kinship.KINSHIP.codes for one in _GENDERS)
    return [word for word in dict.fromkeys(words) if kinship.is_sure(word)]


def units_in_office() -> list[tuple[str, str]]:
    """Return what an account's scope is made of: the office's province, and its communes of today."""
    return [(office(), places.unit(places.CURRENT, office()).full_name), *communes_here()]


def units_by_key() -> list[tuple[str, str]]:
    """Return the office's province and its communes of today, by their keys."""
    return [(f"{places.CURRENT}:{code}", name) for code, name in units_in_office()]


def units_here(chosen: Any) -> list[tuple[str, str]]:
    """Return every unit a native may come from, of both epochs, and what is chosen (or sent) beside."""
    natives = [(unit.key, f"{places.path(unit)} ({unit.epoch})") for unit in places.natives(office())]
    elsewhere = chosen and isinstance(chosen, str) and chosen not in dict(natives)
    return [(chosen, chosen), *natives] if elsewhere else natives


def all_provinces() -> list[tuple[str, str]]:
    """Return the provinces of today by their keys, the office's own first, each before those that went into it."""
    own = places.province(office())
    others = sorted({*places.provinces()} - {own}, key=places.by_name)
    each = (unit for home in (own, *others) for unit in (home, *places.predecessors(home)) if not unit.parent)
    return [(unit.key, f"{unit.full_name} ({unit.epoch})") for unit in each]


def beside(options: Sequence[tuple[str, str]], standing: Any) -> list[tuple[str, str]]:
    """Return options and, by its code, whatever stands in a form that is none of them: a form must not lose it."""
    known = dict(options)
    codes = [code for code in standing if isinstance(code, str)] if isinstance(standing, list) else []
    return [*options, *((code, code) for code in dict.fromkeys(codes) if code and code not in known)]


def _within(unit: Unit) -> str:
    """Return an old commune with its district, without its province."""
    return ", ".join(places.path(unit).split(", ")[:-1])


def _today(unit: Unit) -> str:
    return " / ".join(one.full_name for one in places.successors(unit))


def pairs(rows: Iterable[Mapping[str, Any]], code: str, words: str) -> list[tuple[str, str]]:
    """Return rows to choose from, by two of their fields."""
    return [(str(row[code]), str(row[words])) for row in rows]

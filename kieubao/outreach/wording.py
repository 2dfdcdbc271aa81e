"""Whom a filter names, as a sentence in the reader's language."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from flask_babel import gettext

from kieubao.ground.errors import _
from kieubao.http import speaking
from kieubao.outreach.vocabulary import Kin
from kieubao.shown import ABSENT, shown

Filter = Mapping[str, Any]

# In the order of the sentence. What is asked is put in the place of %(what)s, several of it joined by "or".
PHRASES: Final[Mapping[str, str]] = {
    "segments": _("who belong to %(what)s"),
    "kinds": _("who are: %(what)s"),
    "genders": _("of gender %(what)s"),
    "countries": _("who live in %(what)s"),
    "cities": _("in the city of %(what)s"),
    "provinces": _("whose home is in %(what)s"),
    "communes": _("whose home is in %(what)s"),
    "home_units": _("who come from %(what)s"),
    "old_provinces": _("whose home was in %(what)s before 1 July 2025"),
    "statuses": _("whose status abroad is %(what)s"),
    "citizenships": _("whose citizenship is: %(what)s"),
    "generations": _("of the generation: %(what)s"),
    "age_from": _("aged %(what)s or more"),
    "age_to": _("aged %(what)s or less"),
    "occupation_groups": _("whose occupation is %(what)s"),
    "sectors": _("who work in %(what)s"),
    "educations": _("whose education is %(what)s"),
    "interests": _("who wish to contribute to %(what)s"),
    "languages": _("who speak %(what)s"),
    "associations": _("who are members of %(what)s"),
    "confirmed_since": _("whose record was confirmed since %(what)s"),
    "confirmed_before": _("whose record was not confirmed since %(what)s"),
    "consents_to": _("who agreed to: %(what)s"),
    "consent_channels": _("by %(what)s"),
    "on_lists": _("who were on %(what)s"),
    "off_lists": _("who were never on %(what)s"),
    "invited_since": _("who were invited since %(what)s"),
    "not_invited_since": _("who were not invited since %(what)s"),
    "never_invited": _("who were never invited"),
    "attended": _("who came to %(what)s"),
    "attended_since": _("who came to something since %(what)s"),
    "never_attended": _("who never came to anything"),
    "turned_down": _("who declined %(what)s"),
    "work": _("whose work is %(what)s"),
    "suits": _("whom %(what)s suits"),
    "contributed": _("who contributed to the province: %(what)s"),
    "contributed_since": _("who contributed something since %(what)s"),
}
_KIN: Final[Mapping[str, str]] = {
    Kin.WITH: _("%(people)s, and their relatives"),
    Kin.ALONE: _("the relatives of %(people)s, and not those themselves"),
}


def sentence(wanted: Filter, names: Mapping[str, str]) -> str:
    """Return whom a filter names; `names` has what the lists, segments and occasions in it are called.

    A code without a name stands for itself.
    """
    people = _people(wanted, names)
    return f"{people[:1].upper()}{people[1:]}."


def in_vietnamese(wanted: Filter, names: Mapping[str, str]) -> str:
    """Return the sentence as files have it, whoever reads."""
    with speaking("vi"):
        return sentence(wanted, names)


def _people(wanted: Filter, names: Mapping[str, str]) -> str:
    told = ", ".join(_told(wanted, names))
    people = gettext(_("people %(told)s")) % {"told": told} if told else gettext(_("everybody within the scope"))
    people = "; ".join([people, *_but(wanted, names)])
    kin = wanted.get("kin")
    whole = f"[{people}]" if "[" in people or "; " in people else people
    return str(gettext(_KIN[kin]) % {"people": whole}) if kin else people


def _told(wanted: Filter, names: Mapping[str, str]) -> Iterator[str]:
    for key, phrase in PHRASES.items():
        if (value := wanted.get(key)) not in ABSENT:
            yield gettext(phrase) % {"what": _either(_one(key, each, names) for each in _several(value))}
    if some := wanted.get("any"):
        yield gettext(_("who are in one of these groups: %(groups)s")) % {"groups": _each(some, names)}


def _but(wanted: Filter, names: Mapping[str, str]) -> Iterator[str]:
    segments = [f"“{names.get(one, one)}”" for one in wanted.get("except_segments", ())]
    groups = _each(wanted.get("none", ()), names)
    for others in (groups, _either(segments)):
        if others:
            yield gettext(_("but nobody of: %(groups)s")) % {"groups": others}


def _several(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _one(key: str, value: Any, names: Mapping[str, str]) -> str:
    return f"“{names[value]}”" if value in names else shown(key, value)


def _either(words: Iterable[str]) -> str:
    joint = gettext(_("or"))
    return f" {joint} ".join(words)


def _each(groups: Sequence[Filter], names: Mapping[str, str]) -> str:
    """Return groups, each in brackets: what is said of one ends there."""
    return _either(f"[{_people(one, names)}]" for one in groups)

"""People as vCard 4 (RFC 6350), for address books: what was granted, the channels that are open, and of which file."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final

import vobject
from vobject.vcard import Address, Name

from kieubao.consent.vocabulary import Channel
from kieubao.ground import countries
from kieubao.ground.vocabulary import FORM_OF_ADDRESS

Row = Mapping[str, Any]
_SEXES: Final = {"male": "M", "female": "F", "other": "O"}


def write(file: BinaryIO, people: Iterable[Row], note: Callable[[Row], str], language: str) -> None:
    """Write a card for each of some people; `note` gives what stands at its end."""
    file.writelines(_card(person, note(person), language).serialize().encode() for person in people)


def _card(person: Row, note: str, language: str) -> Any:
    card = vobject.vCard()
    title = person.get("form_of_address")
    card.add("version").value = "4.0"
    card.add("fn").value = person.get("name") or person["code"]
    # The name is one whole: what is its family name nobody can tell from how it is written.
    card.add("n").value = Name(
        given=person.get("name") or "", prefix=FORM_OF_ADDRESS.label(title, language) if title else ""
    )
    for name, value in _plain(person).items():
        if value:
            card.add(name).value = value
    _reached(card, person, language)
    card.add("note").value = note
    return card


def _plain(person: Row) -> dict[str, Any]:
    """Return the properties that are a text each."""
    return {
        "uid": f"urn:kieubao:{person['code']}",
        "gender": _SEXES.get(person.get("gender") or ""),
        "bday": _day(person.get("born") or ""),
        "lang": person.get("preferred_language"),
        "title": person.get("position"),
        "role": person.get("occupation"),
        "org": [person["workplace"]] if person.get("workplace") else None,
    }


def _day(born: str) -> str:
    """Return a date of birth as vCard writes it: 19680814, 1968-08 or 1968; one that is not sure is left out."""
    return "" if "~" in born or "?" in born else born.replace("-", "") if len(born) == len("1968-08-14") else born


def _reached(card: Any, person: Row, language: str) -> None:
    reach = person["reach"]
    for channel, kind in ((Channel.PHONE, "voice"), (Channel.SMS, "text")):
        for number in reach.get(channel, ()):
            line = card.add("tel")
            line.value, line.params = f"tel:{number}", {"VALUE": ["uri"], "TYPE": [kind]}
    for channel, name in ((Channel.ZALO, "x-zalo"), (Channel.EMAIL, "email")):
        for value in reach.get(channel, ()):
            card.add(name).value = value
    for address in _addresses(person, language):
        card.add("adr").value = address


def _addresses(person: Row, language: str) -> Iterator[Address]:
    """Give postal addresses, each a whole of its own that may be a family's elsewhere; and where the person lives."""
    yield from (Address(street=street) for street in person["reach"].get(Channel.POST, ()))
    country = countries.name(person["country"], language) if person.get("country") else ""
    if country or person.get("city"):
        yield Address(city=person.get("city") or "", country=country)

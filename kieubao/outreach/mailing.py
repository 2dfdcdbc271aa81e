"""People as services for sending take them: CSV under the names each documents, one row to each person.

listmonk: `email`, `name`, and all else as JSON in `attributes`. Mautic: the aliases of its contact fields, and a tag.
Notify (GOV.UK's, and those made after it): `email address` or `phone number`, all else for the places of a template.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from kieubao.ground import countries
from kieubao.outreach.vocabulary import GOES_BY, Format

Row = Mapping[str, Any]
Read = Callable[[Row, str], str]
_ADDRESS: Final = {
    Format.LISTMONK: "email",
    Format.MAUTIC: "email",
    Format.NOTIFY: "email address",
    Format.TEXTS: "phone number",
}
# What Mautic calls what is granted. A name is one whole: what of it is the family's nobody can tell from how it stands.
_MAUTIC: Final = {
    "form_of_address": "title",
    "name": "firstname",
    "workplace": "company",
    "preferred_language": "preferred_locale",
    "pull": "tags",
}


def rows(
    wanted: Format, people: Iterable[Row], fields: Sequence[str], read: Read, mark: str
) -> tuple[list[str], Iterator[list[str]]]:
    """Return the headings of a file for a service, and its rows; `mark`, the code of the pull, stands in each.

    `read` gives a field of a person in words. The address is a person's first: nobody is written to twice.
    """
    if wanted is Format.LISTMONK:
        return [_ADDRESS[wanted], "name", "attributes"], (_subscriber(one, fields, read, mark) for one in people)
    names = _MAUTIC if wanted is Format.MAUTIC else {}
    headings = [_ADDRESS[wanted], *(names.get(name, name) for name in (*fields, "pull"))]
    if wanted is Format.MAUTIC:
        read = _contact(read)
    return headings, ([_address(wanted, one), *(read(one, name) for name in fields), mark] for one in people)


def _address(wanted: Format, person: Row) -> str:
    """Return where a person is written to; a number without its plus, which a spreadsheet would calculate with."""
    address = str(person["reach"][GOES_BY[wanted]][0])
    return address.removeprefix("+") if wanted is Format.TEXTS else address


def _subscriber(person: Row, fields: Sequence[str], read: Read, mark: str) -> list[str]:
    told = {name: read(person, name) for name in fields if name != "name"} | {"pull": mark}
    name = read(person, "name") if "name" in fields else person["code"]
    return [_address(Format.LISTMONK, person), name, json.dumps(told, ensure_ascii=False)]


def _contact(read: Read) -> Read:
    """Read a country as Mautic lists them, in English, and a language as its code."""

    def as_listed(person: Row, name: str) -> str:
        value = person[name]
        if name == "preferred_language":
            return value or ""
        return countries.name(value, "en") if name == "country" and value else read(person, name)

    return as_listed

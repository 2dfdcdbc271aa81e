"""People as services for sending take them: CSV under the names each documents, one row to each person.

listmonk: `email`, `name`, and all else as JSON in `attributes`. Mautic: the aliases of its contact fields, and a tag.
Notify (GOV.UK's, and those made after it): `email address` or `phone number`, all else for the places of a template.
To a number there is a `message` as well, whole, in the language the person prefers, and how many parts it has.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from kieubao.ground import countries, sms
from kieubao.outreach import invitations, post
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
# To whom a message is, and of what; when and where; until when to answer, and where.
_MESSAGE: Final = {
    "vi": (
        "{sender} kính gửi {form_of_address} {name}: {title}",
        "{hour} ngày {day}",
        "Xin trả lời chậm nhất ngày {day}.",
        "Trả lời tại {link}",
    ),
    "en": (
        "{sender} to {form_of_address} {name}: {title}",
        "{hour} {day}",
        "Please answer by {day}.",
        "Answer at {link}",
    ),
}
_ANYBODY: Final = "{sender}: {title}"


def rows(
    wanted: Format, people: Iterable[Row], fields: Sequence[str], read: Read, say: Callable[[Row], str]
) -> tuple[list[str], Iterator[list[str]]]:
    """Return the headings of a file for a service, and its rows.

    `read` gives a field of a person in words, `say` the message to them. The address is a person's first: nobody is
    written to twice.
    """
    if wanted is Format.LISTMONK:
        return [_ADDRESS[wanted], "name", "attributes"], (_subscriber(one, fields, read) for one in people)
    names = _MAUTIC if wanted is Format.MAUTIC else {}
    headings = [_ADDRESS[wanted], *(names.get(name, name) for name in fields)]
    if wanted is Format.MAUTIC:
        read = _contact(read)
    told = ((one, [address(wanted, one), *(read(one, name) for name in fields)]) for one in people)
    if wanted is Format.TEXTS:
        return [*headings, "message", "parts"], (row + _counted(say(one)) for one, row in told)
    return headings, (row for _one, row in told)


def message(about: Mapping[str, Mapping[str, str]], language: str, person: Row) -> str:
    """Return a text message to a person, in the language they prefer or else in `language`.

    `about`: what an occasion says of itself in each language, as `invitations.told`.
    """
    spoken = invitations.written_in(person, language)
    told, (whom, when, answer, where) = about[spoken], _MESSAGE[spoken]
    to = whom.format(**told, **post.recipient(person, spoken)) if "name" in person else _ANYBODY.format(**told)
    at = when.format(**told) if told["hour"] and told["day"] else told["day"]
    asked = " " + answer.format(day=told["reply_by"]) if told["reply_by"] else ""
    # At the end, and without a point after it, which a telephone would take for a part of it.
    link = " " + where.format(link=person["reply"]) if "reply" in person else ""
    return ", ".join(filter(None, (to, at, told["place"]))) + "." + asked + link


def _counted(text: str) -> list[str]:
    return [text, str(sms.segments(text))]


def address(wanted: Format, person: Row) -> str:
    """Return where a person is written to; a number without its plus, which a spreadsheet would calculate with."""
    found = str(person["reach"][GOES_BY[wanted]][0])
    return found.removeprefix("+") if wanted is Format.TEXTS else found


def _subscriber(person: Row, fields: Sequence[str], read: Read) -> list[str]:
    told = {name: read(person, name) for name in fields if name != "name"}
    name = read(person, "name") if "name" in fields else person["code"]
    return [address(Format.LISTMONK, person), name, json.dumps(told, ensure_ascii=False)]


def _contact(read: Read) -> Read:
    """Read a country as Mautic lists them, in English, and a language as its code."""

    def as_listed(person: Row, name: str) -> str:
        value = person[name]
        if name == "preferred_language":
            return value or ""
        return countries.name(value, "en") if name == "country" and value else read(person, name)

    return as_listed

"""What is one person's own: a code, a telephone number, an e-mail address."""

import re
from contextlib import suppress

from sqlalchemy import false

from kieubao.ground import codes, emails, phones
from kieubao.ground.errors import Invalid
from kieubao.ground.phones import Phone
from kieubao.people import indexes
from kieubao.people.filters import Rule, among
from kieubao.people.models import Person

# Nobody is called 1984: a code typed without its KB has a digit.
_CODE = re.compile(r"KB|.*\d", re.IGNORECASE)


def known_by(typed: str) -> Rule | None:
    """Say whom an address, a number or a code belongs to; None where the text is none of these."""
    if "@" in typed:
        return _reached_at(typed)
    if phones.looks_like_phone(typed):
        return _holding(*_number(typed))
    with suppress(Invalid):
        return Person.code == codes.read(typed, "KB") if _CODE.match(typed) else None
    return None


def _reached_at(typed: str) -> Rule:
    try:
        return _holding("email", emails.email(typed))
    except Invalid:
        return false()


def _number(typed: str) -> tuple[str, str]:
    """Say which blind index a number has: whole with its country, else by its end, of whichever country it is."""
    with suppress(Invalid):
        if typed.startswith(("+", "00", "(+")):
            return "phone", Phone.parse(typed).e164
    return "tail", phones.search_digits(typed)


def _holding(kind: str, value: str) -> Rule:
    """People with such a contact point, retired or not: by an old number people are known."""
    return among(indexes.holders(kind, value))

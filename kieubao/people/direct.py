"""What is one person's own: a code, a telephone number, an e-mail address."""

import re
from collections.abc import Iterator
from contextlib import suppress

from sqlalchemy import bindparam, false, select, union_all
from sqlalchemy.orm import aliased

from kieubao.ground import codes, emails, phones
from kieubao.ground.errors import Invalid
from kieubao.ground.phones import Phone
from kieubao.people import indexes
from kieubao.people.filters import Whom, among
from kieubao.people.models import Merge, Person

# Nobody is called 1984: a code typed without its KB has a digit, or, one in thirty, its hyphens alone to know it by.
_CODE = re.compile(r"KB|.*\d|[a-z]{4}-[a-z]{4}-[a-z]$", re.IGNORECASE)
_NAMED, _CODED = aliased(Person), bindparam("code", type_=Person.code.type)
# Whose the code is, or that of a record merged into theirs.
_CALLED = among(
    union_all(select(_NAMED.id).where(_NAMED.code == _CODED), select(Merge.kept_id).where(Merge.code == _CODED))
)


def known_by(typed: str) -> Iterator[Whom] | None:
    """Say whom an address, a number or a code belongs to, likeliest first; None where the text is none of these."""
    if "@" in typed:
        return iter([_reached_at(typed)])
    if phones.looks_like_phone(typed):
        return (_holding(kind, value) for kind, value in _numbers(typed))
    with suppress(Invalid):
        return iter([Whom([_CALLED], {"code": codes.read(typed, "KB")})]) if _CODE.match(typed) else None
    return None


def _reached_at(typed: str) -> Whom:
    try:
        return _holding("email", emails.email(typed))
    except Invalid:
        return Whom([false()])


def _numbers(typed: str) -> Iterator[tuple[str, str]]:
    """Give the blind indexes a number may have: whole, as of its country or of ours, or by its end, of whichever it is.

    A house of before 2017 may be meant by its old number: so that is asked for last, and never guessed.
    """
    is_abroad = typed.startswith(("+", "00", "(+"))
    with suppress(Invalid):
        if is_abroad or typed.lstrip("(").startswith("0"):
            yield "phone", Phone.parse(typed).e164
    if not is_abroad:
        yield "tail", phones.search_digits(typed)
    with suppress(Invalid):
        yield "phone", Phone.parse(typed, landline=True).e164


def _holding(kind: str, value: str) -> Whom:
    """People with such a contact point, retired or not: by an old number people are known."""
    return Whom([indexes.HOLDING], {"keys": indexes.keys_of(kind, value)})

"""Whom rows of a paper or a file are about that somebody found: by a code, a contact point, or a whole name."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Final

from sqlalchemy import Select, select, true

from kieubao.access.roles import Scope
from kieubao.consent.models import Standing
from kieubao.db import db
from kieubao.ground import codes, emails, phones
from kieubao.ground.errors import Invalid
from kieubao.ground.phones import Phone
from kieubao.ground.text import fold
from kieubao.people import indexes
from kieubao.people.filters import within
from kieubao.people.models import ContactKey, Merge, Person

_CELLS = re.compile(r"[\t;,|\"]+")
_CODE = re.compile(r"\bKB-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]\b", re.IGNORECASE)
# What stands before a name in a list on paper.
_NUMBER = re.compile(r"^[\W\d_]+")
Mark = tuple[str, str | int]
# Of one row; and how many values are looked up at once.
_MOST_CELLS: Final = 40
_AT_ONCE: Final = 5_000


def recognised(scope: Scope, rows: Sequence[str]) -> list[set[int]]:
    """Return the people within scope whom each row may be about, by the surest it says; none where it tells nobody.

    A code of a record that was merged is its person's.
    """
    told = [[*_marks(row)] for row in rows]
    known = _known(scope, {mark for marks in told for mark in marks})
    ways = ("code", "contact", "name")
    by_way = ([{one for mark in marks if mark[0] == way for one in known[mark]} for way in ways] for marks in told)
    return [next(filter(None, found), set()) for found in by_way]


def surely(name: str, born: str | None, contact: str | None, code: str | None) -> list[int]:
    """Return the people on record, in whole sight, who have a name, and beside it what else was told of them.

    That is their code, a contact point (as written), or the day of birth (EDTF), which has to be whole.
    """
    marks: list[Mark] = [("code", code)] if code else []
    marks += [("contact", key) for key in _keys(contact or "")]
    named = select(Person.id, Person.born).join(Standing, Standing.person_id == Person.id)
    named = named.where(Person.name_key == fold(name), Standing.erased_at.is_(None))
    births = {person_id: birth for person_id, birth in db.session.execute(named)}  # noqa: C416 - rows are no pairs to mypy
    told = {one for found in _known(None, marks).values() for one in found}
    is_day = born is not None and len(born) == len("1968-08-14")
    return sorted(i for i, birth in births.items() if i in told or (is_day and birth == born))


def _marks(row: str) -> Iterator[Mark]:
    for code in _CODE.findall(row):
        with suppress(Invalid):
            yield "code", codes.read(code, "KB")
    for cell in map(str.strip, _CELLS.split(row, _MOST_CELLS)[:_MOST_CELLS]):
        yield from (("contact", key) for key in _keys(cell))
        if " " in (name := fold(_NUMBER.sub("", cell))):
            yield "name", name


def _keys(cell: str) -> Iterator[int]:
    # Services for sending, and spreadsheets, take the plus off a number.
    for text in (cell, f"+{cell}") if cell.isdecimal() else (cell,):
        with suppress(Invalid):
            if "@" in text:
                yield from indexes.keys_of("email", emails.email(text))
            elif phones.looks_like_phone(text):
                yield from indexes.keys_of("phone", Phone.parse(text).e164)


def _known(scope: Scope | None, marks: Iterable[Mark]) -> dict[Mark, set[int]]:
    """Return whose each mark is, within a scope, or of all."""
    here = true() if scope is None else within(scope)
    asked = defaultdict[str, set[str | int]](set)
    for way, value in marks:
        asked[way].add(value)
    person, point, merge = select(Person.id), ContactKey.person_id, Merge.kept_id
    tells: tuple[tuple[str, Any, Select[int]], ...] = (
        ("code", Person.code, person),
        ("code", Merge.code, person.join(Merge, merge == Person.id)),
        ("contact", ContactKey.key, person.join(ContactKey, point == Person.id)),
        ("name", Person.name_key, person),
    )
    found = defaultdict[Mark, set[int]](set)
    for way, column, query in tells:
        left = iter(asked[way])
        while some := list(islice(left, _AT_ONCE)):
            these = query.add_columns(column).where(column.in_(some), here)
            for person_id, value in db.session.execute(these):
                found[way, value].add(person_id)
    return found

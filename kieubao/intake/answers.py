"""What a mapping says, checked by the forms: the fields of people, and what answers about contact mean."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from flask_babel import gettext
from marshmallow import ValidationError

from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import YES, Channel, Purpose
from kieubao.forms import Value, flat
from kieubao.ground import clock
from kieubao.ground.errors import Invalid, _
from kieubao.intake.columns import CODE, KINSHIP, Part, Piece, Remark
from kieubao.intake.kept import UNPROVED
from kieubao.intake.mapping import Layout, Meaning, laid_out
from kieubao.people.schemas import PersonForm, SpokenForm

_FIELDS, _SPOKEN = PersonForm().fields, SpokenForm()
_REQUIRED = frozenset(name for name, one in _FIELDS.items() if one.required)
_OF_ONE_TEXT = frozenset(name for name, one in _FIELDS.items() if isinstance(one, Value))
_BLANK = _("Fill this in or choose")
# What a row may tell of an answer, and a value that would be right.
_TOLD = {"signed_on": "01/01/2026", "method": "paper", "evidence": "x", "notice": "events/1"}


def meant(layout: Layout, later: AbstractSet[str] = frozenset()) -> dict[str, Spoken]:
    """Return what the answers mean that the mapping tells in full, by their texts.

    Raises Invalid with everything in the layout that the forms would not take; what is said `later` may be absent.
    """
    # Of people who are on record, a file need not tell all that a record needs.
    is_of_known = layout.amends and CODE in layout.person.fields
    needed = frozenset[str]() if is_of_known else _REQUIRED - later
    faults = list(_faults(layout.person, needed, _OF_ONE_TEXT | {CODE}))
    if layout.relative.columns:
        faults += _faults(layout.relative, _REQUIRED - later | {KINSHIP}, _OF_ONE_TEXT | {KINSHIP})
    told = {*Part(columns=layout.consent.columns).fields}
    faults += [f"{name}: {gettext(_('There is no such field'))}" for name in sorted(told - _TOLD.keys())]
    told |= _TOLD.keys() & later
    # What a row is to tell is taken to be told.
    left_open = {name: value for name, value in _TOLD.items() if name in told}
    found: dict[str, Spoken] = {}
    for text, meaning in layout.consent.means.items():
        try:
            found |= {text: _SPOKEN.load({**left_open, **_spoken(meaning)})} if meaning.state else {}
        except ValidationError as error:
            faults += _named(error, text)
    if faults:
        raise Invalid(_("The mapping is not right: %(faults)s"), faults="; ".join(faults))
    return {} if told else found


def refuse_wrong(said: Mapping[str, Any]) -> None:
    """Raise Invalid for a mapping that no file could be read by, whatever is said of it besides."""
    meant(laid_out(said), UNPROVED | {"legal_document"})


def said_on(layout: Layout, meaning: Meaning, texts: Mapping[str, str]) -> tuple[Spoken | None, list[Remark]]:
    """Return an answer with what the columns of its row tell of it, or what is wrong with them."""
    part = Part(columns=layout.consent.columns)
    found, remarks = layout.found(part, texts)
    told = {piece.column.field: piece.text for piece in found}
    try:
        return _SPOKEN.load({**_spoken(meaning), **told}), remarks
    except ValidationError as error:
        headings = {name: piece.heading for name, piece in part.fields.items()}
        wrong = [(headings.get(name, layout.consent.column), some) for name, some in flat(error.messages_dict).items()]
        return None, [*remarks, *(Remark(heading, Invalid(told)) for heading, some in wrong for told in some)]


def _spoken(meaning: Meaning) -> dict[str, Any]:
    """Return an answer as the form takes it.

    A yes has to be said in full; a no of which the mapping says no more is to everything, from today on.
    """
    given = {name: value for name, value in vars(meaning).items() if value and name != "warning"}
    everything = {"purposes": [*Purpose], "channels": [*Channel], "signed_on": clock.today().isoformat()}
    return given if meaning.state in YES else everything | given


def _faults(part: Part, needed: AbstractSet[str], known: AbstractSet[str]) -> Iterator[str]:
    """Give what no row could make good: fields that are absent or unknown, fixed values that are not right."""
    columns = part.fields.keys()
    for name in sorted(columns):
        yield from _clash(name, [piece for piece in part.every if piece.column.field == name])
    for name in sorted(needed - columns - part.fixed.keys()):
        yield f"{name}: {gettext(_BLANK)}"
    for name in sorted(columns - known):
        yield f"{name}: {gettext(_('There is no such field'))}"
    try:
        PersonForm(partial=True).load(part.fixed)
    except ValidationError as error:
        yield from _named(error)


def _clash(name: str, pieces: Sequence[Piece]) -> Iterator[str]:
    """Give what is wrong with the columns of one field: they tell it together only where each has its number."""
    numbers = [piece.column.part for piece in pieces]
    if len(numbers) > 1 and (0 in numbers or len({*numbers}) < len(numbers)):
        headings = ", ".join(f"“{piece.heading}”" for piece in pieces)
        sentence = _("%(headings)s mean the same: choose one, or number them with part = 1, 2, … to be put together")
        yield f"{name}: {gettext(sentence) % {'headings': headings}}"


def _named(error: ValidationError, place: str = "") -> Iterator[str]:
    for path, messages in flat(error.messages_dict).items():
        yield f"{place} {path}: {', '.join(messages)}".strip()

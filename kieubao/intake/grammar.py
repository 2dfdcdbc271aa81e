"""How a mapping says what a column tells; whatever in it is not understood is refused by name."""

from dataclasses import replace
from typing import Any, TypeVar

from kieubao.consent.vocabulary import Channel
from kieubao.ground.errors import Invalid, _
from kieubao.intake.columns import JOINED, LEAVE_OUT, REFUSE, Column
from kieubao.intake.cuts import CUTS, MOST_PARTS

T = TypeVar("T")


def column_said(said: Any, heading: str) -> Column:
    """Return what a mapping says of a column; raise Invalid naming its heading where that is not understood."""
    column = filled(Column, {"field": said} if isinstance(said, str) else said, heading)
    if column.split or column.into:
        return _cut(column, heading)
    one_use = bool(column.field) != bool(column.channels)
    if not (one_use and set(Channel).issuperset(column.channels) and column.on_error in {REFUSE, LEAVE_OUT}):
        raise Invalid(
            _("In the mapping, “%(place)s” needs a field or channels, and on_error as “refuse” or “leave_out”"),
            place=heading,
        )
    if column.field == "country" and column.on_error == LEAVE_OUT:
        # A number is read by the country: without it, one would be read as another country's.
        raise Invalid(_("In the mapping, “%(place)s” is the country, which cannot be left out"), place=heading)
    if column.part and (column.part < 0 or column.field not in JOINED):
        known, sentence = ", ".join(JOINED), _("In the mapping, “%(place)s” is a part of none of these: %(known)s")
        raise Invalid(sentence, place=heading, known=known)
    return column


def _cut(column: Column, heading: str) -> Column:
    """Read what the parts of a cell are; a part without a name is not read."""
    if column.split not in CUTS:
        known, sentence = ", ".join(CUTS), _("In the mapping, “%(place)s” is split by none of these: %(known)s")
        raise Invalid(sentence, place=heading, known=known)
    most = 2 if column.split == "brackets" else MOST_PARTS
    if column != Column(on_error=column.on_error, split=column.split, into=column.into) or not (
        1 < len(column.into) <= most and any(column.into)
    ):
        sentence = _("In the mapping, “%(place)s” is split, so it needs only into, with 2 to %(most)s parts")
        raise Invalid(sentence, place=heading, most=most)
    return replace(column, into=[_piece(one, column.on_error, heading) for one in column.into])


def _piece(said: Any, on_error: str, heading: str) -> Column:
    """Read what one part of a cell is; what becomes of a wrong one is said of the cell, unless of the part itself."""
    if said == "":
        return Column()
    about = {"field": said} if isinstance(said, str) else said
    part = column_said({"on_error": on_error, **about} if isinstance(about, dict) else about, heading)
    if part.into or part.part:
        raise Invalid(_("In the mapping, a part of “%(place)s” is split or put together once more"), place=heading)
    return part


def filled(kind: type[T], said: Any, place: str) -> T:
    """Make a part of the layout; raise Invalid for a name it does not have or a value of another type."""
    blank = kind()
    stands = vars(blank)
    for name, value in said.items() if isinstance(said, dict) else [(place, said)]:
        fits = name in stands and type(value) is type(stands[name])
        # Of a list's parts only those of a cell are more than a text.
        if not fits or (isinstance(value, list) and name != "into" and any(not isinstance(one, str) for one in value)):
            raise Invalid(_("In the mapping, “%(name)s” is not understood (%(place)s)"), name=name, place=place)
    return replace(blank, **said)  # type: ignore[type-var]

"""A file in, row by row: clean records go down to the service, the other rows come back with every reason.

A row is read by the form that the API and the pages use, and is never mended here: what the form or
the mapping does not take goes back to the office under the office's own heading.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from marshmallow import ValidationError

from kieubao.access.roles import Actor
from kieubao.consent.statements import Spoken
from kieubao.forms import Form, flat
from kieubao.ground import codes
from kieubao.ground.cells import plain
from kieubao.ground.errors import Invalid, _
from kieubao.ground.kinship import kinship
from kieubao.ground.text import clean
from kieubao.intake import answers
from kieubao.intake.arrivals import Entry, Relative
from kieubao.intake.columns import CODE, KINSHIP, LEAVE_OUT, Column, Part, Piece, Remark, cells_of
from kieubao.intake.files import Row
from kieubao.intake.mapping import BELOW, Layout, Meaning
from kieubao.intake.readings import Desk, Reading
from kieubao.intake.verdicts import Plan
from kieubao.people.likeness import identity
from kieubao.people.records import Record, is_within
from kieubao.people.schemas import EnrolForm

_FORM = EnrolForm()
# Of somebody who is on record a row need not tell all that a record needs.
_PARTIAL = EnrolForm(partial=tuple(name for name, one in _FORM.fields.items() if one.required))
# Relatives on the rows below one person; and rows that wait for the next person, as there can be.
MOST_BELOW, _MOST_HELD = 50, 500
_OUTSIDE = _("This home place is not surely in the units you may see")
_BLANK = _("Fill this in or choose")


def desk(actor: Actor, plan: Plan) -> Desk:
    """Return what rows are read with. Raises Invalid as `answers.meant`."""
    return Desk(actor, plan.layout, plan.sheet, answers.meant(plan.layout))


def read(desk: Desk, row: Row) -> Reading:
    """Return what a row comes to. Rows of totals, and those without a person, are left out."""
    is_total = plain(next(filter(str.strip, row.cells), "")) in desk.totals
    reading = Reading(row.id, row.number, desk.sheet.texts(row), is_total)
    if is_total:
        desk.above = None
    elif desk.layout.is_below(reading.texts):
        _follow(desk, row, reading)
    else:
        _fill(desk, row, reading)
        desk.above = reading
    return reading


def parted(desk: Desk, rows: list[Row]) -> tuple[list[Row], list[Row]]:
    """Part rows before the last person among them, for their relatives may go on below what is read by now."""
    if desk.layout.relatives != BELOW:
        return rows, []
    heads = [at for at, row in enumerate(rows) if not desk.layout.is_below(desk.sheet.texts(row))]
    last = heads[-1] if heads else 0
    return (rows[:last], rows[last:]) if last or len(rows) <= _MOST_HELD else (rows, [])


def _follow(desk: Desk, row: Row, reading: Reading) -> None:
    """Read one more relative of the person above; it comes back with them, and alone where it alone is wrong."""
    above = reading.above = desk.above
    if above is None:
        reading.remark("", Invalid(_("There is no person above this row of a relative")))
        return
    _refuse_astray(desk, row, reading)
    reading.texts = {**reading.texts, **desk.layout.shared(above.texts, reading.texts)}
    relative = _relative(desk.layout, reading)
    if relative and not is_within(desk.actor.scope, relative.record.values, desk.actor.office):
        reading.remark(desk.layout.relative.heading("home"), Invalid(_OUTSIDE))
    if why := _why_back(above, relative):
        reading.remark("", why)
    elif relative and above.entry and not reading.refused:
        reading.relative = above.entry.below[row.id] = relative


def _why_back(above: Reading, relative: Relative | None) -> Invalid | None:
    """Return why a relative below cannot come in whatever else is right; None where one can."""
    if above.entry is None:
        return Invalid(_("The person of this relative comes back, in row %(row)s"), row=above.number)
    if len(above.entry.below) == MOST_BELOW:
        return Invalid(_("More than %(most)s relatives stand below one person"), most=MOST_BELOW)
    # Beside a person it would be left out; a row of its own comes back.
    return None if relative else Invalid(_("This row has no relative that can be recorded"))


def _fill(desk: Desk, row: Row, reading: Reading) -> None:
    _refuse_astray(desk, row, reading)
    part, found = desk.layout.person, _found(desk.layout, desk.layout.person, reading)
    code = _code(found, reading)
    told = [piece for piece in found if piece.column.field != CODE]
    record = _amending(part, told, reading) if code and desk.layout.amends else _loaded(part, told, reading)
    relative = _relative(desk.layout, reading)
    answer = _answer(desk, reading)
    if record and not reading.refused:
        entry = Entry(record, relative, answer, code=code)
        if desk.layout.amends:
            entry = replace(entry, told=_fields(told, reading))
        _refuse_outside(desk, reading, entry)
        _refuse_double(desk, row, reading, entry)
        reading.entry = None if reading.refused else entry


def _code(found: Sequence[Piece], reading: Reading) -> str | None:
    """Return the code of the record a row says it is of."""
    for piece in found:
        if piece.column.field == CODE:
            try:
                return codes.read(piece.text, "KB")
            except Invalid as error:
                reading.remarks.append(piece.remark(error))
    return None


def _amending(part: Part, found: Sequence[Piece], reading: Reading) -> Record | None:
    """Return what a row tells of somebody on record; numbers are read as of the country that is said of everybody."""
    fixed = {name: value for name, value in part.fixed.items() if name == "country"}
    return _loaded(part, found, reading, fixed, _PARTIAL)


def _fields(found: Sequence[Piece], reading: Reading) -> frozenset[str]:
    """Return the fields a row tells, but what was left out."""
    left = cells_of(reading.remarks)
    return frozenset(piece.column.field for piece in found if piece.column.field and not piece.cells & left)


def _found(layout: Layout, part: Part, reading: Reading) -> list[Piece]:
    found, remarks = layout.found(part, reading.texts)
    reading.remarks += remarks
    return found


def _relative(layout: Layout, reading: Reading) -> Relative | None:
    """Return the relative a row tells of, in any cell that is not also the person's."""
    found = _found(layout, layout.relative, reading)
    if all(piece.cells <= layout.person.cells for piece in found):
        return None
    term, gender = _tie(layout.relative, found, reading)
    others = [piece for piece in found if piece.column.field != KINSHIP]
    record = _loaded(layout.relative, others, reading, {"gender": gender, **layout.relative.fixed})
    if record and term:
        return Relative(record, term)
    reading.remark(layout.relative.heading("name"), Invalid(_("The relative is left out")), LEAVE_OUT)
    return None


def _tie(part: Part, found: Sequence[Piece], reading: Reading) -> tuple[str | None, str | None]:
    """Return what the word of kinship says of the tie, and of the relative's gender."""
    piece = next((piece for piece in found if piece.column.field == KINSHIP), part.told(KINSHIP))
    try:
        return kinship(piece.text) if piece.text else _missing()
    except Invalid as error:
        reading.remarks.append(piece.remark(error))
        return None, None


def _answer(desk: Desk, reading: Reading) -> Spoken | None:
    """Return an answer that goes into the ledger; a text that the mapping does not know refuses the row."""
    heading = desk.layout.consent.column
    try:
        said = reading.text(heading)
        # What is an answer is heard, though the same word says nothing in other columns.
        text = said if plain(said) in desk.layout.consent.means else desk.layout.value(Column(), said)
        meaning = desk.layout.consent.meaning(plain(text)) if text else Meaning()
    except Invalid as error:
        reading.remark(heading, error)
        return None
    if meaning.warning:
        reading.remark(heading, Invalid(meaning.warning), LEAVE_OUT)
    if not (text and meaning.state):
        return None
    if plain(text) in desk.answers:
        return desk.answers[plain(text)]
    spoken, remarks = answers.said_on(desk.layout, meaning, reading.texts)
    reading.remarks += remarks
    return spoken


def _loaded(
    part: Part, found: Sequence[Piece], reading: Reading, fixed: Mapping[str, Any] | None = None, form: Form = _FORM
) -> Record | None:
    """Return the record of what was found, without what the mapping lets be left out; None where none can be had."""
    points = [(piece, channel) for piece in found for channel in piece.column.channels]
    fields = {piece.column.field: piece.text for piece in found if piece.column.field}
    contacts = [{"channel": channel, "value": piece.text} for piece, channel in points]
    try:
        said = part.fixed if fixed is None else fixed
        record: Record = form.load({**said, **fields, "contact_points": contacts})
    except ValidationError as error:
        known = cells_of(reading.remarks) - cells_of(found)
        wrong = [told for told in _remarks(part, found, [p for p, _channel in points], error) if not told.cells & known]
        reading.remarks += wrong
        left = [piece for piece in found if not piece.cells & cells_of(wrong)]
        return None if reading.refused or len(left) == len(found) else _loaded(part, left, reading, fixed, form)
    # The same in two columns is one contact point: it is of the first.
    headings = {(channel, clean(piece.text)): piece.heading for piece, channel in reversed(points)}
    for contact in record.contacts:
        if contact.doubtful:
            heading = headings.get((contact.channel, clean(contact.raw)), "")
            reading.remark(heading, Invalid(_("These may be the old digits of a landline: ask")), LEAVE_OUT)
    return record


def _remarks(part: Part, found: Sequence[Piece], points: Sequence[Piece], error: ValidationError) -> Iterator[Remark]:
    """Give the form's errors under the office's headings. The country of a number is the person's."""
    fields = {piece.column.field: piece for piece in found}
    for path, messages in flat(error.messages_dict).items():
        at = re.fullmatch(r"contact_points\.(\d+)\.(?!country)\w+", path)
        name = path.rpartition(".")[2]
        piece = points[int(at[1])] if at else fields.get(name) or part.told(name)
        yield from (piece.remark(Invalid(message)) for message in messages)


def _refuse_astray(desk: Desk, row: Row, reading: Reading) -> None:
    if desk.sheet.astray(row):
        reading.remark("", Invalid(_("This row has more cells than there are headings")))


def _refuse_outside(desk: Desk, reading: Reading, entry: Entry) -> None:
    # Where a record is at home that a row only amends, is looked at where that is known.
    records = entry.records if entry.told is None or not entry.code else [one.record for one in entry.relatives]
    if not all(is_within(desk.actor.scope, record.values, desk.actor.office) for record in records):
        error = Invalid(_OUTSIDE)
        reading.remark(desk.layout.person.heading("home"), error)


def _refuse_double(desk: Desk, row: Row, reading: Reading, entry: Entry) -> None:
    """Refuse somebody with the code, or the name, the birth and a contact point, of somebody above."""
    who: list[tuple[object, str]] = [(CODE, entry.code)] if entry.code else []
    by, sentence = CODE, _("The same code stands in row %(row)s already")
    if not who:
        by, sentence = "name", _("The same name, birth and contact point stand in row %(row)s already")
        named = identity(entry.record.values)
        who = [(named, contact.value) for contact in entry.record.contacts]
    above = list(filter(None, map(desk.stood.row, who)))
    if above:
        reading.remark(desk.layout.person.heading(by), Invalid(sentence, row=above[0]))
    elif not reading.refused:
        for one in who:
            desk.stood.stand(one, row.number)


def _missing() -> tuple[str, None]:
    raise Invalid(_BLANK)

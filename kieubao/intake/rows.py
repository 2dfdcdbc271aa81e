"""A file in, row by row: clean records go down to the service, the other rows come back with every reason.

A row is read by the form that the API and the pages use, and is never mended here: what the form or
the mapping does not take goes back to the office under the office's own heading.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from marshmallow import ValidationError

from kieubao.access.roles import Actor
from kieubao.consent.statements import Spoken
from kieubao.forms import flat
from kieubao.ground.cells import plain
from kieubao.ground.errors import Invalid, _
from kieubao.ground.kinship import kinship
from kieubao.intake import answers
from kieubao.intake.arrivals import Entry, Relative
from kieubao.intake.doubles import Stood
from kieubao.intake.files import Row, Sheet
from kieubao.intake.mapping import KINSHIP, LEAVE_OUT, REFUSE, Column, Layout, Meaning, Part, Remark
from kieubao.intake.staging import Plan, Verdict
from kieubao.intake.vocabulary import RowState
from kieubao.people.likeness import identity
from kieubao.people.records import Record, is_within
from kieubao.people.schemas import EnrolForm

_FORM = EnrolForm()
_BLANK = _("Fill this in or choose")


@dataclass
class Desk:
    """A file being read: for whom, by which mapping, and in which row each of its people first stands."""

    actor: Actor
    layout: Layout
    sheet: Sheet
    answers: Mapping[str, Spoken]
    stood: Stood = field(default_factory=Stood)

    @cached_property
    def totals(self) -> frozenset[str]:
        return frozenset(map(plain, self.layout.totals))


@dataclass
class Reading:
    """What a row comes to: an entry, perhaps with warnings, or reasons; nothing of one that is left out."""

    row: int
    texts: Mapping[str, str]
    left_out: bool = False
    remarks: list[Remark] = field(default_factory=list)
    entry: Entry | None = None

    @property
    def refused(self) -> bool:
        return any(remark.on_error == REFUSE for remark in self.remarks)

    def text(self, heading: str) -> str:
        return self.texts.get(plain(heading), "")

    def remark(self, heading: str, error: Invalid, on_error: str = REFUSE) -> None:
        self.remarks.append(Remark(heading, error, on_error))

    def verdict(self) -> Verdict:
        """Return what is kept of it: reasons first, then in the order of the columns."""
        if self.left_out:
            return Verdict(self.row, RowState.LEFT_OUT)
        order = {heading: at for at, heading in enumerate(self.texts)}
        ranked = sorted(self.remarks, key=lambda r: (r.on_error != REFUSE, order.get(plain(r.heading), -1)))
        told = [[r.heading, r.error.message, r.error.values, r.on_error] for r in ranked]
        if self.entry is None:
            return Verdict(self.row, RowState.REFUSED, told)
        home = self.entry.record.values
        is_uncoded = bool(home.get("home_text")) and not home["home_code"]
        return Verdict(self.row, RowState.NEW, told, bool(told), self.entry.relative is not None, is_uncoded)


def desk(actor: Actor, plan: Plan) -> Desk:
    """Return what rows are read with. Raises Invalid as `answers.meant`."""
    return Desk(actor, plan.layout, plan.sheet, answers.meant(plan.layout))


def read(desk: Desk, row: Row) -> Reading:
    """Return what a row comes to. Rows of totals, and those without a person, are left out."""
    reading = Reading(row.id, desk.sheet.texts(row), plain(next(filter(str.strip, row.cells), "")) in desk.totals)
    if not reading.left_out:
        _fill(desk, row, reading)
    return reading


def _fill(desk: Desk, row: Row, reading: Reading) -> None:
    if desk.sheet.astray(row):
        reading.remark("", Invalid(_("This row has more cells than there are headings")))
    record = _loaded(desk.layout.person, _found(desk.layout, desk.layout.person, reading), reading)
    relative = _relative(desk.layout, reading)
    answer = _answer(desk, reading)
    if record and not reading.refused:
        entry = Entry(record, relative, answer)
        _refuse_outside(desk, reading, entry)
        _refuse_double(desk, row, reading, entry)
        reading.entry = None if reading.refused else entry


def _found(layout: Layout, part: Part, reading: Reading) -> dict[str, str]:
    found, remarks = layout.found(part, reading.texts)
    reading.remarks += remarks
    return found


def _relative(layout: Layout, reading: Reading) -> Relative | None:
    """Return the relative a row tells of, in any cell that is not also the person's."""
    found = _found(layout, layout.relative, reading)
    if not found.keys() - layout.person.columns.keys():
        return None
    term, gender = _tie(layout.relative, found, reading)
    gendered = replace(layout.relative, fixed={"gender": gender, **layout.relative.fixed})
    record = _loaded(gendered, found, reading)
    if record and term:
        return Relative(record, term)
    reading.remark(layout.relative.heading("name"), Invalid(_("The relative is left out")), LEAVE_OUT)
    return None


def _tie(part: Part, found: dict[str, str], reading: Reading) -> tuple[str | None, str | None]:
    """Take out the word of kinship, and return what it says of the tie and of the relative's gender."""
    heading = part.heading(KINSHIP)
    word = found.pop(heading, None)
    try:
        return kinship(word) if word else _missing()
    except Invalid as error:
        reading.remark(heading, error, part.columns[heading].on_error)
        return None, None


def _answer(desk: Desk, reading: Reading) -> Spoken | None:
    """Return an answer that goes into the ledger; a text that the mapping does not know refuses the row."""
    heading = desk.layout.consent.column
    try:
        text = desk.layout.value(Column(), reading.text(heading))
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


def _loaded(part: Part, found: Mapping[str, str], reading: Reading) -> Record | None:
    """Return the record of what was found, without what the mapping lets be left out; None where none can be had."""
    points = [(h, channel) for h, column in part.columns.items() if h in found for channel in column.channels]
    fields = {column.field: found[h] for h, column in part.columns.items() if h in found and column.field}
    contacts = [{"channel": channel, "value": found[h]} for h, channel in points]
    try:
        record: Record = _FORM.load({**part.fixed, **fields, "contact_points": contacts})
    except ValidationError as error:
        known = {remark.heading for remark in reading.remarks} - found.keys()
        wrong = [r for r in _remarks(part, [h for h, _channel in points], error) if r.heading not in known]
        reading.remarks += wrong
        left = {h: text for h, text in found.items() if h not in {remark.heading for remark in wrong}}
        return None if reading.refused or left == found else _loaded(part, left, reading)
    for (heading, _channel), contact in zip(points, record.contacts, strict=True):
        if contact.doubtful:
            reading.remark(heading, Invalid(_("These may be the old digits of a landline: ask")), LEAVE_OUT)
    return record


def _remarks(part: Part, points: Sequence[str], error: ValidationError) -> Iterator[Remark]:
    """Give the form's errors under the office's headings. The country of a number is the person's."""
    for path, messages in flat(error.messages_dict).items():
        at = re.fullmatch(r"contact_points\.(\d+)\.(?!country)\w+", path)
        heading = points[int(at[1])] if at else part.heading(path.rpartition(".")[2])
        on_error = part.columns[heading].on_error if heading in part.columns else REFUSE
        yield from (Remark(heading, Invalid(message), on_error) for message in messages)


def _refuse_outside(desk: Desk, reading: Reading, entry: Entry) -> None:
    if not all(is_within(desk.actor.scope, record.values, desk.actor.office) for record in entry.records):
        error = Invalid(_("This home place is not surely in the units you may see"))
        reading.remark(desk.layout.person.heading("home"), error)


def _refuse_double(desk: Desk, row: Row, reading: Reading, entry: Entry) -> None:
    """Refuse somebody with the name, the birth and a contact point of somebody above: one person, written twice."""
    named = identity(entry.record.values)
    who = [(named, contact.value) for contact in entry.record.contacts]
    above = list(filter(None, map(desk.stood.row, who)))
    if above:
        error = Invalid(_("The same name, birth and contact point stand in row %(row)s already"), row=above[0])
        reading.remark(desk.layout.person.heading("name"), error)
    elif not reading.refused:
        for one in who:
            desk.stood.stand(one, row.number)


def _missing() -> tuple[str, None]:
    raise Invalid(_BLANK)

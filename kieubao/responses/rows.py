"""A file of responses, as whoever invited keeps it: the codes of people, and what became of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from marshmallow import ValidationError
from werkzeug.datastructures import FileStorage

from kieubao.forms import flat, told
from kieubao.ground.cells import plain
from kieubao.ground.errors import Invalid, KieubaoError, _
from kieubao.ground.vocabulary import ANSWER, OBSTACLE, PRESENCE, SPEAKER, Vocabulary
from kieubao.intake import workbooks
from kieubao.intake.workbooks import Begun, How, Line
from kieubao.occasions.turnout import Said
from kieubao.outreach.files import COLUMNS
from kieubao.responses.schemas import ResponseForm

MOST: Final = 1_000
# How a column is called, by the field it gives.
HEADINGS: Final[Mapping[str, tuple[str, str]]] = {
    "person": COLUMNS.labels["code"],
    "answer": ("Trả lời", "Answer"),
    "companions": ("Số người đi cùng", "Companions"),
    "presence": ("Có mặt", "Presence"),
    "said_by": ("Ai trả lời", "Answered by"),
    "spoken_by": ("Họ tên người trả lời thay", "Spoken by"),
    "channel": ("Kênh", "Channel"),
    "obstacle": ("Vì sao không liên hệ được", "Why not reached"),
    "remark": ("Ghi chú", "Remark"),
}
_CHANNELS: Final = Vocabulary(
    {one: COLUMNS.labels[one] for one in ("phone", "sms", "email", "zalo", "post", "in_person")}
)
_WORDS: Final = {
    name: {plain(word): code for code, labels in words.labels.items() for word in (code, *labels)} | more
    for name, words, more in (
        ("answer", ANSWER, {"có": "accepted", "không": "declined"}),
        ("presence", PRESENCE, {"x": "attended", "có": "attended", "vắng": "absent", "không": "absent"}),
        ("said_by", SPEAKER, {}),
        ("channel", _CHANNELS, {}),
        ("obstacle", OBSTACLE, {}),
    )
}
_NAMED: Final = {plain(heading): name for name, headings in HEADINGS.items() for heading in headings}


@dataclass
class Row:
    """A row with a code: as a spreadsheet numbers it, whose it is, and what it says or why that cannot be read."""

    number: int
    person: str
    said: Said | None = None
    reasons: Sequence[str] = ()


def read(upload: FileStorage | None) -> list[Row]:
    """Read a file that came with a request; raise Invalid for none, one that cannot be read, or too many rows."""
    if upload is None or not upload.filename:
        raise Invalid(_("Choose a file"), field="file")
    rows, named = list[Row](), set[str]()
    for row in _rows(upload.read()):
        if len(rows) == MOST:
            raise Invalid(_("Send at most %(most)s rows at a time"), field="file", most=MOST)
        if row.person in named:
            row.said, row.reasons = None, [told(Invalid(_("This person stands in an earlier row, too")))]
        named.add(row.person)
        rows.append(row)
    if not rows:
        raise Invalid(_("The file has no row below a heading “Mã” or “Code”"), field="file")
    return rows


def said(rows: Sequence[Row]) -> dict[str, Said]:
    """Return what rows say that could be read, by the codes of people."""
    return {row.person: row.said for row in rows if row.said}


def told_of(rows: Sequence[Row], refused: Mapping[str, KieubaoError]) -> dict[str, object]:
    """Return what became of rows, once those that could be read were recorded."""
    for row in rows:
        if row.said and row.person in refused:
            row.said, row.reasons = None, [told(refused[row.person])]
    back = [{"row": one.number, "person": one.person, "reasons": one.reasons} for one in rows if one.reasons]
    return {"recorded": len(rows) - len(back), "refused": back}


def _rows(content: bytes) -> Iterator[Row]:
    """Give the rows below the headings of each sheet that has them; those without a code are none."""
    fields: dict[int, str] = {}
    with workbooks.kept(content) as file:
        for part in workbooks.parts(file, workbooks.told_by(file, How())):
            if isinstance(part, Begun):
                fields = {}
            elif not fields:
                fields = _fields(part)
            elif (values := _values(part, fields)).get("person"):
                yield _read(part.number, values)


def _fields(line: Line) -> dict[int, str]:
    """Return which field each column gives, where this is the row of headings; else none."""
    named = {place: _NAMED.get(plain(cell), "") for place, cell in enumerate(line.cells)}
    return {place: name for place, name in named.items() if name} if "person" in named.values() else {}


def _values(line: Line, fields: Mapping[int, str]) -> dict[str, str]:
    cells = {fields[place]: cell.strip() for place, cell in enumerate(line.cells) if place in fields and cell.strip()}
    return {name: _WORDS.get(name, {}).get(plain(cell), cell) for name, cell in cells.items()}


def _read(number: int, values: Mapping[str, str]) -> Row:
    try:
        person, said = ResponseForm().load(values)
    except ValidationError as error:
        reasons = [sentence for sentences in flat(error.messages_dict).values() for sentence in sentences]
        return Row(number, values["person"], reasons=reasons)
    return Row(number, person, said)

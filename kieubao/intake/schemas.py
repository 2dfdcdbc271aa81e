"""A file as a page or a program sends it, and what a page says of its columns and words."""

from collections import Counter
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from kieubao import forms
from kieubao.consent.vocabulary import Channel, Method, Purpose
from kieubao.described import JobSheet
from kieubao.forms import Form, Many, Part, Value, Whole, Yes, choice, told
from kieubao.ground.errors import Invalid, _
from kieubao.ground.legacy import ENCODINGS
from kieubao.intake import mapping, meanings
from kieubao.intake.columns import LEAVE_OUT, REFUSE, TWICE
from kieubao.intake.cuts import MOST_PARTS
from kieubao.intake.files import Sheet
from kieubao.intake.kept import carried
from kieubao.intake.mapping import AMEND, RETURN, Layout
from kieubao.intake.proposals import JOINS, PIECES, SPLITS, TARGETS
from kieubao.intake.vocabulary import RowState, Step
from kieubao.people.schemas import KINDS, LEGAL_BASES

# What an answer may be taken for: a yes with its proof, a no, or nothing that is written down.
ANSWERS = ("given", "refused", "nothing")
_MOST = 16_384


class ColumnForm(Form):
    """What one column means, by its place from 0, and in which old encoding it was typed; blank where not read."""

    place = Whole(0, _MOST, required=True)
    means = choice((*TARGETS, *SPLITS))
    old = choice(ENCODINGS)

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> tuple[int, str, str]:
        return data["place"], data.get("means", ""), data.get("old", "")


class WordForm(Form):
    """What one word of a column means."""

    place = Whole(0, _MOST, required=True)
    text = Value(required=True)
    means = Value()

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> tuple[int, str, str]:
        return data["place"], data["text"], data.get("means", "")


class PieceForm(Form):
    """What one part of a column's cells means, by its place from 0; `none` where it is not read."""

    place = Whole(0, _MOST, required=True)
    at = Whole(0, MOST_PARTS - 1, required=True)
    means = choice(("none", *PIECES))

    @post_load
    def read(self, data: dict[str, Any], **_options: Any) -> tuple[int, int, str]:
        return data["place"], data["at"], data.get("means", "")


class MeaningForm(Form):
    """What the columns and the words of a file mean, and what is the same for everybody in it."""

    sheet = Whole(0, 1_000, load_default=0)
    above = Whole(0, 2**31 - 1, required=True)
    columns = Many(Part(ColumnForm), most=_MOST, required=True)
    words = Many(Part(WordForm), load_default=list)
    pieces = Many(Part(PieceForm), load_default=list)
    joined = Many(choice(JOINS), load_default=list)
    kind = choice(KINDS, required=True)
    country = forms.country()
    same_home = Yes(load_default=False)
    below = Yes(load_default=False)
    on_error = choice((REFUSE, LEAVE_OUT), load_default=REFUSE)
    on_record = choice((RETURN, AMEND), load_default=RETURN)
    nothing = Value(load_default="")
    repeats = Value(load_default="")
    totals = Value(load_default="")
    source = Value(required=True)
    legal_basis = choice(LEGAL_BASES, required=True)
    legal_document = Value(required=True)
    purposes = Many(choice([p.value for p in Purpose]), load_default=list)
    channels = Many(choice([c.value for c in Channel]), load_default=list)
    method = choice([m.value for m in Method])
    signed_on = forms.past_day()
    evidence = Value()
    notice = Value()
    keep = Yes(load_default=False)
    sender = Value(load_default="")

    @validates_schema
    def named(self, data: dict[str, Any], **_options: Any) -> None:
        if data["keep"] and not data["sender"]:
            raise ValidationError(told(Invalid(_("Write whose files these are"))), "sender")

    @validates_schema
    def once(self, data: dict[str, Any], **_options: Any) -> None:
        """Refuse two columns that mean the same, unless they are put together; there may be several of numbers."""
        split = {place for place, means, _old in data["columns"] if means in SPLITS}
        parted = [means for place, _at, means in data["pieces"] if place in split and _is_one(means)]
        means = Counter([*parted, *(means for _place, means, _old in data["columns"] if _is_one(means))])
        twice = {one for one, count in means.items() if count > 1} - ({*data["joined"]} - {*parted})
        if twice:
            can_join = twice <= {*JOINS} - {*parted}
            sentence = _("Several columns mean the same: choose one of them, or tick that they are put together")
            raise ValidationError(told(Invalid(sentence if can_join else TWICE)), "joined" if can_join else "columns")


def _is_one(means: str) -> bool:
    """Tell whether only one column may mean this: of numbers and addresses there may be several."""
    return bool(means) and ":" not in means and means not in {"none", *SPLITS}


class LayoutForm(Form):
    """A mapping, as docs/intake.md describes it, in JSON."""

    mapping = fields.Dict(required=True)


class KeepForm(Form):
    """A mapping to be kept, and whose files it is for."""

    sender = Value(required=True)
    mapping = fields.Dict(required=True)


class MappingSheet(Schema):
    code = fields.String()
    sender = fields.String(metadata={"description": "whose files it is for"})
    at = fields.AwareDateTime(metadata={"description": "when it was kept last"})
    mapping = fields.Dict(metadata={"description": "as it was kept: without the day and the evidence of answers"})


class DecisionForm(Form):
    """Whether a row comes in, though somebody was erased who may be its person."""

    row = Whole(1, 2**31 - 1, required=True)
    decision = choice(("admit", "leave_out"), required=True)
    reason = Value(required=True)


class RowsQuery(Form):
    state = Many(choice([state.value for state in RowState]), required=True)
    warned = Yes(load_default=False)
    after = Whole(0, 2**53 - 1, load_default=0)


class ImportSheet(Schema):
    code = fields.String()
    name = fields.String()
    digest = fields.String(metadata={"description": "SHA-256 of the file"})
    step = fields.String(metadata={"enum": [step.value for step in Step]})
    at = fields.AwareDateTime()
    fault = fields.String(allow_none=True, metadata={"description": "why the file could not be read"})
    job = fields.Nested(JobSheet, allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "rows by state"})
    sheets = fields.List(
        fields.List(fields.Raw()),
        metadata={"description": "each sheet: name, shown or not, fonts by column"},
    )


class ChangeSheet(Schema):
    field = fields.String()
    channel = fields.String(metadata={"description": "of a contact point"})
    replaces = fields.Boolean(metadata={"description": "whether the record says something else"})
    before = fields.Raw(allow_none=True, metadata={"description": "what it says, where search shows that too"})
    after = fields.String()


class RowSheet(Schema):
    number = fields.Integer()
    state = fields.String()
    cells = fields.List(fields.String())
    reasons = fields.String(metadata={"description": "every reason and warning, in the reader's language"})
    code = fields.String(allow_none=True, metadata={"description": "of the person who came in, or is on record"})
    changes = fields.List(fields.Nested(ChangeSheet), metadata={"description": "what the record would be changed in"})


class RowsSheet(Schema):
    headings = fields.List(fields.String())
    rows = fields.List(fields.Nested(RowSheet))
    more = fields.Integer(allow_none=True)


def filled(layout: Layout, sheet: Sheet) -> dict[str, Any] | None:
    """Return how the page of a table is filled in by a mapping that is kept; None where it says what no page can."""
    typed = meanings.typed(layout, sheet)
    try:
        said = MeaningForm().load({"legal_document": "-", **typed, "above": sheet.above})
        again = mapping.laid_out(carried(meanings.layout(said, sheet, "")))
    except (ValidationError, Invalid):
        return None
    return typed if again.plainly() == layout.plainly() else None

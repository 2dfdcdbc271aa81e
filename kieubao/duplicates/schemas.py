"""What somebody says of two records, and what is shown of them."""

from marshmallow import Schema, fields

from kieubao.forms import Form, Many, Value, Whole, choice
from kieubao.people.sheets import CardSheet, RecordSheet

# What may be taken from one record or the other; what belongs together goes together.
CHOICES = (
    *("kind", "name", "born", "gender", "form_of_address", "preferred_language", "home", "residence", "status"),
    *("citizenship", "generation", "occupation", "occupation_group", "sector", "workplace", "position", "education"),
    *("note", "source", "confirmed_on", "legal_basis"),
)
STATES = ("open", "unsure", "proposed", "different")
SAID = ("different", "unsure")


class QueueQuery(Form):
    states = Many(choice(STATES))
    after = Value(longest=2_000)


class SaidForm(Form):
    state = choice(SAID, required=True)


class ProposalForm(Form):
    """The fields that the record which stays takes from the other, and the versions of both that were looked at."""

    taken = Many(choice(CHOICES), load_default=list)
    kept_version = Whole(1, 2**31 - 1, required=True)
    gone_version = Whole(1, 2**31 - 1, required=True)


class ConfirmForm(Form):
    """The digest of the proposal that was shown: nobody confirms or declines another."""

    proposal = Value(longest=64, required=True)


class PairSheet(Schema):
    score = fields.Float(metadata={"description": "by how many bits one person is likelier than two"})
    likely = fields.Boolean()
    reasons = fields.List(fields.String(), metadata={"description": "what they share or differ in"})
    state = fields.String(metadata={"enum": [*STATES, "merged"]})


class ListedPairSheet(PairSheet):
    people = fields.List(fields.Nested(CardSheet))


class PairsSheet(Schema):
    pairs = fields.List(fields.Nested(ListedPairSheet))
    counts = fields.Dict(keys=fields.String(), values=fields.Integer(), metadata={"description": "pairs by state"})
    more = fields.String(metadata={"description": "send it as `after` for the next page"}, allow_none=True)


class ProposalSheet(Schema):
    kept = fields.String()
    taken = fields.List(fields.String())
    digest = fields.String(
        metadata={"description": "send it as `proposal` to merge as is proposed here, or to decline"}
    )


class WholePairSheet(Schema):
    people = fields.List(fields.Nested(RecordSheet))
    pair = fields.Nested(PairSheet, allow_none=True)
    differing = fields.List(fields.String(), metadata={"description": "what has to be chosen from one of them"})
    proposal = fields.Nested(ProposalSheet, allow_none=True)


class MergedSheet(Schema):
    code = fields.String(metadata={"description": "of the record that stays; the other's code leads to it too"})


class MergeSheet(Schema):
    code = fields.String(metadata={"description": "of the record that went"})
    kept = fields.String(metadata={"description": "the code it leads to"})
    name = fields.String()
    at = fields.AwareDateTime()


class UndoneSheet(Schema):
    code = fields.String()
    stays = fields.List(fields.String(), metadata={"description": "fields that somebody changed since the merge"})

"""An address that waits, as a sheet shows it."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from kieubao.ground import places
from kieubao.people.sheets import UnitSheet, unit_sheet


class HomeSheet(Schema):
    key = fields.UUID(metadata={"description": "what equal addresses have in common"})
    people = fields.Integer(metadata={"description": "how many within scope have it"})
    home_text = fields.String(metadata={"description": "as one of them has it written"})
    home_unit = fields.String(metadata={"description": "what it is coded to now"})
    province = fields.String()
    choices = fields.List(fields.Nested(UnitSheet), metadata={"description": "the communes of today it may be in"})


class QueueSheet(Schema):
    homes = fields.List(fields.Nested(HomeSheet))
    count = fields.Integer(metadata={"description": "how many addresses wait in all"})
    people = fields.Integer(metadata={"description": "of how many people"})
    more = fields.String(metadata={"description": "send it as `after` for the next page"}, allow_none=True)


class WritingSheet(Schema):
    home_text = fields.String()
    people = fields.Integer()


class WholeHomeSheet(HomeSheet):
    writings = fields.List(fields.Nested(WritingSheet), metadata={"description": "the commonest ways it is written"})
    changes = fields.Integer(metadata={"description": "how many are settled at once"})
    digest = fields.String(metadata={"description": "send it to settle just these people"})


class SettledSheet(Schema):
    people = fields.Integer(metadata={"description": "how many were settled"})
    home_unit = fields.String()
    edit = fields.String(metadata={"description": "the edit that it is, by which it can be undone"})


def home_sheet(home: Mapping[str, Any]) -> dict[str, Any]:
    """Return an address with its choices as units."""
    return {**home, "choices": [unit_sheet(places.keyed(key)) for key in home["choices"]]}

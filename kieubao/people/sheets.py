"""A person as a sheet shows one."""

from typing import Any

from marshmallow import Schema, fields

from kieubao.ground import places

_EDTF = {"description": "EDTF: 1948-08-14, 1957-10, 1987, 1987~"}


class CardSheet(Schema):
    code = fields.String()
    name = fields.String()
    born = fields.String(metadata=_EDTF)
    gender = fields.String()
    kind = fields.String()
    country = fields.String()
    city = fields.String()
    home_text = fields.String()
    province = fields.String()
    commune = fields.String()
    close = fields.Boolean(metadata={"description": "the name is only close to what was looked for"})


class AlikeSheet(CardSheet):
    """Somebody on record who may be meant, and why."""

    reasons = fields.List(fields.String())


class FoundSheet(Schema):
    people = fields.List(fields.Nested(CardSheet))
    count = fields.Integer(metadata={"description": "how many have what was looked for"})
    exact = fields.Boolean(metadata={"description": "false: there are more than count"})
    near = fields.Integer(metadata={"description": "how many more follow whose name comes near, of the likeliest"})
    more = fields.String(metadata={"description": "send it as `after` for the next page"}, allow_none=True)


class FiguresSheet(Schema):
    """How many people there are: null for fewer than ten, or where the rest would tell so few."""

    counted_at = fields.AwareDateTime(allow_none=True)
    people = fields.Integer(allow_none=True)
    country, commune, age, channel, purpose = (
        fields.Dict(keys=fields.String(), values=fields.Integer(allow_none=True)) for _one in range(5)
    )


class ContactSheet(Schema):
    id = fields.Integer()
    channel = fields.String()
    raw = fields.String(metadata={"description": "as it was written"})
    value = fields.String(metadata={"description": "E.164, an address, or the text itself"})
    rule = fields.String(metadata={"description": "the conversion that was used"})
    doubtful = fields.Boolean(metadata={"description": "may be another province's old landline: ask"})
    owner = fields.String()
    verified_on = fields.Date()
    retired_at = fields.AwareDateTime()


class KinSheet(Schema):
    code = fields.String()
    name = fields.String()
    gender = fields.String()
    kind = fields.String()
    term = fields.String(metadata={"description": "what the relative is to the person"})


class MembershipSheet(Schema):
    code = fields.String()
    name = fields.String()
    country = fields.String()
    role = fields.String()


class ConsentSheet(Schema):
    """The last word on one purpose and channel."""

    purpose = fields.String()
    channel = fields.String()
    state = fields.String()
    signed_at = fields.AwareDateTime()
    valid_until = fields.Date()


class StandingSheet(Schema):
    adult_on = fields.Date()
    deceased_on = fields.Date()
    restricted_at = fields.AwareDateTime()
    heard_on = fields.Date(metadata={"description": "the last day on which they said something, or it was confirmed"})
    told_on = fields.Date(metadata={"description": "on which they were told what is held of them"})


class RecordSheet(CardSheet):
    version = fields.Integer()
    other_names = fields.List(fields.String())
    form_of_address = fields.String()
    preferred_language = fields.String()
    languages = fields.List(fields.String())
    home_epoch = fields.Integer()
    home_code = fields.String()
    home_old_code = fields.String(metadata={"description": "what it was coded to in 2024, until a clerk settled it"})
    region = fields.String()
    address = fields.String()
    status = fields.String()
    citizenship = fields.String()
    generation = fields.String()
    occupation = fields.String()
    occupation_group = fields.String()
    sector = fields.String()
    sector_version = fields.String()
    workplace = fields.String()
    position = fields.String()
    education = fields.String()
    interests = fields.List(fields.String())
    note = fields.String()
    source = fields.String()
    confirmed_on = fields.Date()
    legal_basis = fields.String()
    legal_document = fields.String()
    created_at = fields.AwareDateTime()
    changed_at = fields.AwareDateTime()
    contact_points = fields.List(fields.Nested(ContactSheet))
    kinships = fields.List(fields.Nested(KinSheet))
    memberships = fields.List(fields.Nested(MembershipSheet))
    consents = fields.List(fields.Nested(ConsentSheet))
    standing = fields.Nested(StandingSheet)


class LineSheet(Schema):
    """One line of the ledger."""

    line = fields.Integer()
    purpose = fields.String()
    channel = fields.String()
    state = fields.String()
    method = fields.String()
    evidence = fields.String()
    notice = fields.String()
    capacity = fields.String()
    given_by = fields.String()
    signed_at = fields.AwareDateTime()
    recorded_at = fields.AwareDateTime()
    valid_until = fields.Date()


class HeldSheet(Schema):
    """Who was handed this person's data."""

    recipient = fields.String()
    source = fields.String()
    purpose = fields.String()
    at = fields.AwareDateTime()


class HoldersSheet(Schema):
    """Who holds somebody's data."""

    code = fields.String()
    held_by = fields.List(fields.Nested(HeldSheet))


class SaidSheet(HoldersSheet):
    standing = fields.Nested(StandingSheet)
    now = fields.List(fields.Nested(ConsentSheet))
    lines = fields.List(fields.Nested(LineSheet))


class ReadingSheet(Schema):
    """One deed on a person's record."""

    at = fields.AwareDateTime()
    deed = fields.String(metadata={"description": "opened, changed, traced or pulled"})
    organisation = fields.String()
    role = fields.String(metadata={"description": "whose; none where an organisation took a list"})
    purpose = fields.String(metadata={"description": "the reason given, or the purpose of the list"})


class TraceSheet(Schema):
    code = fields.String()
    readings = fields.List(fields.Nested(ReadingSheet))
    complete = fields.Boolean(metadata={"description": "false: there are older ones too"})


class UnitSheet(Schema):
    key = fields.String(metadata={"description": "epoch:code, such as 2025:18673"})
    name = fields.String()
    path = fields.String()
    became = fields.List(fields.String(), metadata={"description": "the units of today it went into"})


class CountrySheet(Schema):
    code = fields.String()
    vi = fields.String()
    en = fields.String()


def unit_sheet(unit: places.Unit) -> dict[str, Any]:
    became = [] if unit.epoch == places.CURRENT else [after.full_name for after in places.successors(unit)]
    return {"key": unit.key, "name": unit.full_name, "path": places.path(unit), "became": became}

"""What somebody said, as a receipt for them: consent records of ISO/IEC TS 27560 in the words of W3C's DPV 2.3.

The shape is that of the DPV guide "Consent Records and Receipts as per ISO/IEC TS 27560:2023" (15/2/2026). Whoever has
the file proves with its SHA-256 alone that the office gave it out, and as it is.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from kieubao.consent import ledger, notices
from kieubao.consent.vocabulary import YES, Capacity, Channel, Purpose
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, _
from kieubao.rights import receipts
from kieubao.rights.dpv import BROADER, CONTEXT, DATA, STATES

Sheet = dict[str, Any]
_SCHEMA: Final = "https://w3id.org/dpv/schema/dpv-27560#"
# What lines of one statement have in common; they differ by their channel.
_ACT: Final = ("purpose", "state", "signed_at", "method", "evidence", "notice", "capacity", "given_by", "valid_until")


class Office(NamedTuple):
    """Who answers for the data: its names, its address and how it is reached, and the code of its province."""

    province: str
    name_vi: str
    name_en: str
    address: str
    contact: str


class Told(NamedTuple):
    """All that a receipt tells: of whom, when, their lines, how those stand now, and the notices cited."""

    code: str
    person: str
    at: datetime
    lines: Sequence[Sheet]
    now: Sequence[Sheet]
    notices: Mapping[str, Sheet]


def give(office: Office, person_id: int, record: Sheet, by: int | None) -> Sheet:
    """Give somebody a receipt of all they said: return the file, its digest, and what it tells."""
    cited = {one["reference"]: one for one in notices.listed()}
    told = Told(codes.fresh("BN"), record["code"], clock.now(), ledger.lines(person_id), record["consents"], cited)
    made = document(office, told)
    digest = receipts.issue(person_id, told.code, told.at, made, by)
    return {**told._asdict(), "name": record["name"], "document": made, "digest": digest}


def document(office: Office, told: Told) -> bytes:
    """Return a receipt as JSON-LD, which fetches nothing; raise Conflict where there is nothing to tell."""
    records = [_record(office, told, purpose) for purpose in Purpose if _of(purpose, told.lines)]
    if not records:
        raise Conflict(_("This person has said nothing that a receipt could tell"))
    receipt = {
        "@context": CONTEXT,
        "@id": f"urn:kieubao:{told.code}",
        "@type": "dpv:ConsentReceipt",
        "dct:conformsTo": f"{_SCHEMA}receipt",
        "dct:identifier": told.code,
        "dpv:hasIdentifier": told.code,
        "dct:created": _moment(told.at),
        "dct:publisher": {"@id": _id(office)},
        "dpv:hasRecordOfActivity": records,
    }
    return (json.dumps(receipt, ensure_ascii=False, indent=1) + "\n").encode()


def statements(lines: Iterable[Mapping[str, Any]]) -> list[Sheet]:
    """Return each statement once, with its `channels`, in the order they count: at one moment a no after a yes."""
    acts: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for line in sorted(lines, key=_weight):
        acts.setdefault(tuple(line[name] for name in _ACT), []).append(line)
    return [
        dict(zip(_ACT, act, strict=True)) | {"channels": [*dict.fromkeys(line["channel"] for line in some)]}
        for act, some in acts.items()
    ]


def _of(purpose: Purpose, told: Iterable[Sheet]) -> list[Sheet]:
    return [one for one in told if one["purpose"] == purpose]


def _record(office: Office, told: Told, purpose: Purpose) -> Sheet:
    lines, now = _of(purpose, told.lines), _of(purpose, told.now)
    said = statements(lines)
    cited = list(dict.fromkeys(one["notice"] for one in said if one["notice"]))
    notices = [told.notices[reference] for reference in cited]
    return {
        "@id": f"urn:kieubao:{told.code}:{purpose}",
        "@type": "dpv:ConsentRecord",
        "dct:conformsTo": f"{_SCHEMA}record",
        "dct:identifier": f"{told.code}-{purpose}",
        "dpv:hasIdentifier": f"{told.code}-{purpose}",
        "dpv:hasDataSubject": {
            "@id": f"urn:kieubao:{told.person}",
            "@type": "dpv:DataSubject",
            "dct:identifier": told.person,
        },
        "dpv:hasDataController": _id(office),
        "dpv:hasEntity": _entity(office),
        "dpv:hasJurisdiction": "loc:VN",
        "dpv:hasNotice": [_notice(one) for one in notices] or [_NO_NOTICE],
        "dpv:hasLegalBasis": "dpv:ExpressedConsent",
        "dpv:hasProcess": _process(office, purpose, lines, notices[-1] if notices else None),
        "dpv:hasConsentStatus": [*map(_status, said), *_ended(lines, now)],
    }


# Who only ever said no need not have been shown any.
_NO_NOTICE: Final = {
    "@type": "dpv:ConsentNotice",
    "dct:language": ["vi", "en"],
    "dct:description": [
        {"@value": "Không dẫn thông báo nào: chưa từng đồng ý", "@language": "vi"},
        {"@value": "None was cited: nothing was agreed to", "@language": "en"},
    ],
}


def _entity(office: Office) -> Sheet:
    return {
        "@id": _id(office),
        "@type": "dpv:GovernmentalOrganisation",
        "dpv:hasName": _both(office.name_vi, office.name_en),
        "dpv:hasIdentifier": office.province,
        "schema:contactPoint": [
            {"@type": "schema:PostalAddress", "schema:streetAddress": office.address},
            {"@type": "schema:ContactPoint", "schema:description": office.contact},
        ],
    }


def _notice(one: Sheet) -> Sheet:
    return {
        "@id": f"urn:kieubao:notice:{quote(one['reference'])}",
        "@type": "dpv:ConsentNotice",
        "dct:identifier": one["reference"],
        "dct:language": ["vi", "en"],
        "dct:title": _both(one["title_vi"], one["title_en"]),
        "dct:date": str(one["in_force_on"]),
        "dpv:hasIdentifier": f"sha256:{one['digest']}",
    }


def _process(office: Office, purpose: Purpose, lines: Sequence[Sheet], notice: Sheet | None) -> Sheet:
    """Return what the data is used for and how, in the words of the notice that was cited last."""
    kinds = sorted({DATA[Channel(line["channel"])] for line in lines})
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {"@type": "dpv:Purpose", "dct:identifier": purpose, "skos:broader": BROADER[purpose]},
        "dpv:hasPersonalData": [
            {"@type": "dpv:PersonalData", "skos:broader": "pd:Name", **_described(notice, "kept_data")},
            *({"@type": "dpv:PersonalData", "skos:broader": kind} for kind in kinds),
        ],
        "dpv:hasDataController": _id(office),
        "dpv:hasRecipient": {"@type": "dpv:Recipient", **_described(notice, "recipients")},
        "dpv:hasStorageCondition": [
            {"@type": "dpv:StorageLocation", "dpv:hasLocation": "loc:VN"},
            {"@type": "dpv:StorageDuration", **_described(notice, "retention")},
        ],
        "dpv:hasConsentControl": {"@type": "dpv:WithdrawConsent", **_described(notice, "withdrawal")},
        "dpv:hasRight": {"@type": "dpv:DataSubjectRight", **_described(notice, "subject_rights")},
        "dpv:hasJurisdiction": "loc:VN",
    }


def _described(notice: Sheet | None, item: str) -> Sheet:
    """Return what a notice says of an item; of one from before there were any, its whole text."""
    if notice is None:
        return {}
    terms = notice["terms"]
    told = [terms[one][item] if terms else notice[f"text_{one}"] for one in ("vi", "en")]
    return {"dct:description": _both(*told)}


def _status(said: Sheet) -> Sheet:
    return {
        "@type": STATES[said["state"]],
        "dpv:isIndicatedAtTime": _moment(said["signed_at"]),
        "dpv:hasDuration": _duration(said),
        "dpv:isIndicatedBy": _SPEAKERS[Capacity(said["capacity"])],
        "dpv:hasIndicationMethod": f"{said['method']}: {said['evidence']}" if said["evidence"] else said["method"],
        "dct:medium": said["channels"],
    }


def _ended(lines: Iterable[Sheet], now: Iterable[Sheet]) -> Iterator[Sheet]:
    """Give where a yes that was said last counts no more, which no line says: it ran out, or a merge outweighed it."""
    last = {line["channel"]: line for line in sorted(lines, key=_weight)}
    for one in now:
        if last[one["channel"]]["state"] not in YES:
            continue
        if one["state"] not in YES:
            yield _end("dpv:ConsentInvalidated", one["signed_at"], one)
        elif is_over(one):
            yield _end("dpv:ConsentExpired", _after(one["valid_until"]), one)


def is_over(one: Mapping[str, Any]) -> bool:
    """Tell whether a yes has run out."""
    until: date | None = one["valid_until"]
    return until is not None and until < clock.today()


def _end(state: str, at: datetime, one: Sheet) -> Sheet:
    return {
        "@type": state,
        "dpv:isIndicatedAtTime": _moment(at),
        "dpv:hasDuration": {"@type": "dpv:UntilEventDuration", "rdf:value": "RenewedConsentGiven"},
        "dpv:isIndicatedBy": "dpv:DataController",
        "dct:medium": [one["channel"]],
    }


# Whoever speaks in somebody's place is not named: they are somebody else.
_SPEAKERS: Final[Mapping[Capacity, Any]] = {
    Capacity.SELF: "dpv:DataSubject",
    Capacity.REPRESENTATIVE: {"@type": "dpv:GuardianOfDataSubject"},
}


def _weight(line: Mapping[str, Any]) -> tuple[datetime, bool, int]:
    return line["signed_at"], line["state"] not in YES, line["line"]


def _duration(said: Sheet) -> Sheet:
    if said["valid_until"]:
        return {"@type": "dpv:UntilTimeDuration", "rdf:value": str(said["valid_until"])}
    ends = "ConsentWithdrawn" if said["state"] in YES else "ConsentGiven"
    return {"@type": "dpv:UntilEventDuration", "rdf:value": ends}


def _id(office: Office) -> str:
    return f"urn:kieubao:office:{office.province}"


def _both(vi: str, en: str) -> list[Sheet]:
    return [{"@value": vi, "@language": "vi"}, {"@value": en, "@language": "en"}]


def _moment(at: datetime) -> str:
    return at.astimezone(clock.HANOI).isoformat(timespec="seconds")


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, clock.HANOI)

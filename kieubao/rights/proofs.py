"""What somebody said, as a receipt for them: consent records of ISO/IEC TS 27560 in the words of W3C's DPV 2.3.

The shape is that of the DPV guide "Consent Records and Receipts as per ISO/IEC TS 27560:2023" (15/2/2026). Whoever has
the file proves with its SHA-256 alone that the office gave it out, and as it is.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple
from urllib.parse import quote

from kieubao.consent.vocabulary import YES, Capacity, Channel, Purpose
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, _

Sheet = dict[str, Any]
_SCHEMA: Final = "https://w3id.org/dpv/schema/dpv-27560#"
# Properties whose values are things, and not their names.
_THINGS: Final = (
    *("dpv:hasPurpose", "dpv:hasPersonalData", "dpv:hasDataController", "dpv:hasJurisdiction", "dpv:hasLegalBasis"),
    *("dpv:hasLocation", "dpv:isIndicatedBy", "dct:conformsTo", "skos:broader"),
)
_CONTEXT: Final[Mapping[str, Any]] = {
    "dct": "http://purl.org/dc/terms/",
    "dpv": "https://w3id.org/dpv#",
    "loc": "https://w3id.org/dpv/loc#",
    "pd": "https://w3id.org/dpv/pd#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    **{name: {"@type": "@id"} for name in _THINGS},
    **{name: {"@type": "xsd:dateTime"} for name in ("dct:created", "dpv:isIndicatedAtTime")},
    "dct:date": {"@type": "xsd:date"},
}
_BROADER: Final[Mapping[Purpose, str]] = {
    Purpose.REGISTRY: "dpv:RecordManagement",
    Purpose.EVENTS: "dpv:CommunicationManagement",
    Purpose.INVESTMENT: "dpv:PublicRelations",
    Purpose.INFORMATION: "dpv:CommunicationManagement",
    Purpose.DELEGATION: "dpv:CommunicationManagement",
    Purpose.PROTECTION: "dpv:PublicBenefit",
    Purpose.VIA_RELATIVE: "dpv:CommunicationManagement",
}
_DATA: Final[Mapping[Channel, str]] = {
    Channel.PHONE: "pd:TelephoneNumber",
    Channel.SMS: "pd:TelephoneNumber",
    Channel.ZALO: "pd:SocialMedia",
    Channel.EMAIL: "pd:EmailAddress",
    Channel.POST: "pd:PhysicalAddress",
    Channel.IN_PERSON: "pd:PhysicalAddress",
}
_STATES: Final = {
    "given": "dpv:ConsentGiven",
    "renewed": "dpv:RenewedConsentGiven",
    "refused": "dpv:ConsentRefused",
    "withdrawn": "dpv:ConsentWithdrawn",
}
# What lines of one statement have in common; they differ by their channel.
ACT: Final = ("state", "signed_at", "method", "evidence", "notice", "capacity", "given_by", "valid_until")


class Office(NamedTuple):
    """Who answers for the data: its names, its address and how it is reached, and the code of its province."""

    province: str
    name_vi: str
    name_en: str
    address: str
    contact: str


class Told(NamedTuple):
    """All that a receipt tells: of whom, when, their lines of the ledger, and the notices those cite."""

    code: str
    person: str
    at: datetime
    lines: Sequence[Sheet]
    notices: Mapping[str, Sheet]


def document(office: Office, told: Told) -> bytes:
    """Return a receipt as JSON-LD, which fetches nothing; raise Conflict where the office lacks what each must tell."""
    if not (office.address and office.contact):
        raise Conflict(_("Ask your administrator to set the office's address and contact: a receipt has to tell them"))
    records = [_record(office, told, *part) for part in _by_purpose(told.lines)]
    if not records:
        raise Conflict(_("This person has said nothing that a receipt could tell"))
    receipt = {
        "@context": _CONTEXT,
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


def _by_purpose(lines: Sequence[Sheet]) -> Iterator[tuple[Purpose, list[Sheet]]]:
    for purpose in Purpose:
        if mine := [line for line in lines if line["purpose"] == purpose]:
            yield purpose, sorted(mine, key=lambda line: int(line["line"]))


def _record(office: Office, told: Told, purpose: Purpose, lines: Sequence[Sheet]) -> Sheet:
    cited = list(dict.fromkeys(line["notice"] for line in lines if line["notice"]))
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
        "dpv:hasConsentStatus": [*_statuses(lines), *_expired(lines)],
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
    kinds = sorted({_DATA[Channel(line["channel"])] for line in lines})
    return {
        "@type": "dpv:Process",
        "dpv:hasPurpose": {"@type": "dpv:Purpose", "dct:identifier": purpose, "skos:broader": _BROADER[purpose]},
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


def _statuses(lines: Sequence[Sheet]) -> Iterator[Sheet]:
    """Give each statement once, with the channels it was about."""
    for act, some in groupby(lines, key=lambda line: tuple(line[name] for name in ACT)):
        said = dict(zip(ACT, act, strict=True))
        yield {
            "@type": _STATES[said["state"]],
            "dpv:isIndicatedAtTime": _moment(said["signed_at"]),
            "dpv:hasDuration": _duration(said),
            "dpv:isIndicatedBy": _speaker(said),
            "dpv:hasIndicationMethod": f"{said['method']}: {said['evidence']}" if said["evidence"] else said["method"],
            "dct:medium": [*dict.fromkeys(line["channel"] for line in some)],
        }


def _expired(lines: Iterable[Sheet]) -> Iterator[Sheet]:
    """Give where a yes that stands last ran out since, which no line says."""
    last = {line["channel"]: line for line in sorted(lines, key=_weight)}
    for channel, line in last.items():
        until = line["valid_until"]
        if line["state"] in YES and until and until < clock.today():
            yield {
                "@type": "dpv:ConsentExpired",
                "dpv:isIndicatedAtTime": _moment(_after(until)),
                "dpv:hasDuration": {"@type": "dpv:UntilEventDuration", "rdf:value": "RenewedConsentGiven"},
                "dpv:isIndicatedBy": "dpv:DataController",
                "dct:medium": [channel],
            }


def _weight(line: Sheet) -> tuple[datetime, bool, int]:
    return line["signed_at"], line["state"] not in YES, line["line"]


def _duration(said: Sheet) -> Sheet:
    if said["valid_until"]:
        return {"@type": "dpv:UntilTimeDuration", "rdf:value": str(said["valid_until"])}
    ends = "ConsentWithdrawn" if said["state"] in YES else "ConsentGiven"
    return {"@type": "dpv:UntilEventDuration", "rdf:value": ends}


def _speaker(said: Sheet) -> Any:
    if said["capacity"] != Capacity.REPRESENTATIVE:
        return "dpv:DataSubject"
    return {"@type": "dpv:GuardianOfDataSubject", "dpv:hasName": said["given_by"]}


def _id(office: Office) -> str:
    return f"urn:kieubao:office:{office.province}"


def _both(vi: str, en: str) -> list[Sheet]:
    return [{"@value": vi, "@language": "vi"}, {"@value": en, "@language": "en"}]


def _moment(at: datetime) -> str:
    return at.astimezone(clock.HANOI).isoformat(timespec="seconds")


def _after(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, clock.HANOI)

"""The words of W3C's Data Privacy Vocabulary (DPV 2.3) for what is kept here: purposes, channels, states."""

from collections.abc import Mapping
from typing import Any, Final

from kieubao.consent.vocabulary import Channel, Purpose

# Properties whose values are things, and not their names.
_THINGS: Final = (
    *("dpv:hasPurpose", "dpv:hasPersonalData", "dpv:hasDataController", "dpv:hasJurisdiction", "dpv:hasLegalBasis"),
    *("dpv:hasLocation", "dpv:isIndicatedBy", "dct:conformsTo", "skos:broader"),
)
CONTEXT: Final[Mapping[str, Any]] = {
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
BROADER: Final[Mapping[Purpose, str]] = {
    Purpose.REGISTRY: "dpv:RecordManagement",
    Purpose.EVENTS: "dpv:CommunicationManagement",
    Purpose.INVESTMENT: "dpv:PublicRelations",
    Purpose.INFORMATION: "dpv:CommunicationManagement",
    Purpose.DELEGATION: "dpv:CommunicationManagement",
    Purpose.PROTECTION: "dpv:PublicBenefit",
    Purpose.VIA_RELATIVE: "dpv:CommunicationManagement",
}
DATA: Final[Mapping[Channel, str]] = {
    Channel.PHONE: "pd:TelephoneNumber",
    Channel.SMS: "pd:TelephoneNumber",
    Channel.ZALO: "pd:SocialMedia",
    Channel.EMAIL: "pd:EmailAddress",
    Channel.POST: "pd:PhysicalAddress",
    Channel.IN_PERSON: "pd:PhysicalAddress",
}
STATES: Final = {
    "given": "dpv:ConsentGiven",
    "renewed": "dpv:RenewedConsentGiven",
    "refused": "dpv:ConsentRefused",
    "withdrawn": "dpv:ConsentWithdrawn",
}

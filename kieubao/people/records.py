"""What is derived from what was written: where a person belongs, and how they are found."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from kieubao.consent.vocabulary import Channel
from kieubao.ground import names, places
from kieubao.ground.ciphers import Keyring
from kieubao.ground.dates import PartialDate
from kieubao.ground.phones import tails
from kieubao.people.words import words

BY_NUMBER = frozenset({Channel.PHONE, Channel.SMS, Channel.ZALO})


@dataclass(frozen=True)
class Contact:
    """A contact point as checked by the form: `value` is E.164, an e-mail address, or the text itself."""

    channel: Channel
    raw: str
    value: str
    owner: str = "self"
    rule: str | None = None
    doubtful: bool = False
    verified_on: date | None = None


@dataclass(frozen=True)
class Member:
    """A place in an association, which is known by its name and country."""

    association: str
    country: str
    role: str | None = None


@dataclass(frozen=True)
class Record:
    """One person as a form gives it: columns of `person` by name, and what hangs on them."""

    values: Mapping[str, Any]
    contacts: tuple[Contact, ...] = ()
    memberships: tuple[Member, ...] = field(default=())


def derived(values: Mapping[str, Any], office: str) -> dict[str, Any]:
    """Return the columns that follow from the others. `office` is the province that keeps the registry."""
    home = _home(values["home_epoch"], values["home_code"], office)
    found_by = words(
        values["name"],
        values["other_names"],
        kind=values["kind"],
        country=values["country"],
        province=home["province"],
        commune=home["commune"],
    )
    return {**home, **asdict(names.keys(values["name"])), "words": found_by}


def latest_birth(born: str | None) -> date | None:
    """Return the last day a person may have been born on."""
    return PartialDate.from_edtf(born).latest() if born else None


def contact_keys(contact: Contact, ring: Keyring) -> list[int]:
    """Return the blind indexes a contact point is found by: whole, and by the last 4 to 9 digits."""
    if contact.channel == Channel.EMAIL:
        return [ring.blind("email", contact.value)]
    if contact.channel in BY_NUMBER:
        return [ring.blind("phone", contact.value), *(ring.blind("tail", end) for end in tails(contact.value))]
    return []


def _home(epoch: int | None, code: str | None, office: str) -> dict[str, Any]:
    """Place a home in today's units. Split, uncoded or above a commune: only its province is known."""
    if epoch is None or code is None:
        return {"province": office, "commune": None, "home_old_province": None}
    unit = places.unit(epoch, code)
    today = places.current(unit)
    province = places.province_of(today or places.successors(unit)[0]).code
    return {
        "province": province,
        "commune": today.code if today and len(today.code) == places.COMMUNE else None,
        "home_old_province": places.province_of(unit).code if epoch == places.OLD else None,
    }

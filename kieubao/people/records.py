"""What is derived from what was written: where a person belongs, and how they are found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from kieubao.access.roles import Scope
from kieubao.consent.statements import Spoken
from kieubao.consent.vocabulary import Channel
from kieubao.ground import homeplace, names, places
from kieubao.ground.canon import digest
from kieubao.ground.ciphers import Keyring
from kieubao.ground.dates import PartialDate
from kieubao.ground.emails import email
from kieubao.ground.errors import Invalid, _
from kieubao.ground.names import Keys
from kieubao.ground.phones import Phone, tails
from kieubao.ground.places import Unit
from kieubao.ground.text import fold
from kieubao.people.models import Person
from kieubao.people.words import RULES, words

if TYPE_CHECKING:
    from sqlalchemy import String

HOME = "VN"
# The legal basis that is somebody's own consent; the others are items of Đ19.1.
BY_CONSENT = "consent"
BY_NUMBER = frozenset({Channel.PHONE, Channel.SMS, Channel.ZALO})
# So many home places are kept as they were placed: of an office's people most come from as many.
_HOMES = 2_000
_LENGTHS = {key.name: cast("String", Person.__table__.c[key.name].type).length for key in fields(Keys)}


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
    # The codes of people who are like this one, and somebody says are others.
    distinct_from: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Kin:
    """A relative, who is the `term` of somebody: to be recorded along with them, or on record already by their code."""

    term: str
    record: Record | None = None
    code: str | None = None


@dataclass(frozen=True)
class Entry:
    """Somebody as a form of paper gives them: with their relatives, and what they said about contact."""

    record: Record
    kin: Sequence[Kin] = ()
    said: Spoken | None = None


def derived(values: Mapping[str, Any], office: str) -> dict[str, Any]:
    """Return the columns that follow from the others. `office` is the province that keeps the registry.

    A key is cut to its column: letters of other scripts fold to several.
    """
    refuse_at_home(values["kind"], values["country"])
    home = _home(values, office)
    keys = {key: text[: _LENGTHS[key]] for key, text in vars(names.keys(values["name"])).items()}
    waits = {"home_key": _waiting(values["home_text"], coded(values), home["province"], home["commune"])}
    work = "".join(_apart(values.get(name)) for name in ("occupation", "position", "workplace"))
    return {**home, **waits, **keys, "work_key": work, "words": words({**values, **home}), "found_by": RULES}


@lru_cache(_HOMES)
def _apart(text: str | None) -> str:
    """Return the folded words of a text with a space at either end, so that a phrase is found as whole words."""
    return f" {folded} " if (folded := fold(text or "")) else ""


def coded(values: Mapping[str, Any]) -> Unit | None:
    """Return the unit a home is coded to."""
    epoch, code = values.get("home_epoch"), values.get("home_code")
    return places.unit(epoch, code) if epoch is not None and code is not None else None


def settled(values: Mapping[str, Any], commune: Unit) -> dict[str, Any]:
    """Return a home's columns once a clerk has said which commune it is in.

    The text stays as it was written; the old unit it was coded to is kept beside, so that whoever was found by it,
    or by the old province, still is.
    """
    was = values["home_code"] if values["home_epoch"] == places.OLD else values["home_old_code"]
    return {"home_epoch": commune.epoch, "home_code": commune.code, "home_old_code": was}


def moved(before: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return changes with what follows for the old unit: it is of the home that was, and no other."""
    stays = all(changes.get(name, before[name]) == before[name] for name in ("home_epoch", "home_code"))
    return {**changes} if stays else {"home_old_code": None, **changes}


def is_within(scope: Scope, values: Mapping[str, Any], office: str) -> bool:
    """Tell whether a record will lie in a scope: one whose home is not sure lies only in that of the whole province."""
    home = _home(values, office)
    return scope.covers(home["commune"] or "", home["province"])


def home_of(values: Mapping[str, Any], office: str) -> tuple[str, str | None]:
    """Return the province and the commune of today in which a home lies, as far as it is sure."""
    home = _home(values, office)
    return home["province"], home["commune"]


def refuse_elsewhere(scope: Scope, values: Mapping[str, Any], office: str) -> None:
    """Raise Invalid where a record would lie where its writer may not look."""
    if not is_within(scope, values, office):
        sentence = _("Choose a commune of your own; without one, only the province may record a person")
        raise Invalid(sentence, field="home")


def refuse_at_home(kind: str | None, country: str | None) -> None:
    if kind == "abroad" and country == HOME:
        raise Invalid(_("Somebody abroad lives in another country than Việt Nam"), field="country")


def reached(channel: str, raw: str, country: str) -> dict[str, Any]:
    """Return what a contact point is dialled or sent to; raise Invalid where it cannot be."""
    if channel == Channel.EMAIL:
        return {"value": email(raw)}
    if channel in BY_NUMBER:
        phone = Phone.sole(raw, (country, HOME))
        return {"value": phone.e164, "rule": phone.rule, "doubtful": phone.doubtful}
    return {"value": raw}


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


@lru_cache(_HOMES)
def _waiting(text: str | None, unit: Unit | None, province: str, commune: str | None) -> UUID | None:
    """Return what a home that waits for a clerk has in common with its equals.

    They are coded alike, read alike, and could be the same communes: marks tell Thạch Hà from Thạch Hạ.
    """
    if commune or not (text or unit):
        return None
    meant = homeplace.choices(text, unit, province)
    alike = digest([unit.key if unit else None, homeplace.reading(text or ""), [one.key for one in meant]])
    return UUID(alike[:32])


def _home(values: Mapping[str, Any], office: str) -> Mapping[str, Any]:
    return _placed(coded(values), values.get("home_old_code"), office)


@lru_cache(_HOMES)
def _placed(unit: Unit | None, was: str | None, office: str) -> Mapping[str, Any]:
    """Place a home in today's units. Split, uncoded or above a commune: only its province is known."""
    if unit is None:
        return {"province": office, "commune": None, "home_old_province": None}
    old = places.unit(places.OLD, was) if was else unit
    today = places.current(unit)
    province = places.province_of(today or places.successors(unit)[0]).code
    return {
        "province": province,
        "commune": today.code if today and len(today.code) == places.COMMUNE else None,
        "home_old_province": _old_province(old),
    }


def _old_province(unit: places.Unit) -> str | None:
    """Return the province of 2024 a home lay in; None where it is of today, and what it was made of lay in several."""
    before = (unit,) if unit.epoch == places.OLD else places.predecessors(unit)
    provinces = {places.province_of(one).code for one in before}
    return provinces.pop() if len(provinces) == 1 else None

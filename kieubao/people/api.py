"""/api/v1/persons, and the units and countries people come from and live in."""

from typing import Any

from flask import Response

from kieubao.access.session import current_actor
from kieubao.consent.statements import Spoken
from kieubao.ground import countries, homeplace
from kieubao.http import Blueprint, as_cursor, expected_version, plain, read_cursor, versioned
from kieubao.people import enrolment, service
from kieubao.people.entry import EntryForm, SoFarForm
from kieubao.people.records import Contact, Entry, Record
from kieubao.people.schemas import (
    ContactForm,
    KinshipForm,
    PersonForm,
    ReasonForm,
    SearchForm,
    SpokenForm,
    StandingForm,
    UnitQuery,
    WithdrawForm,
)
from kieubao.people.sheets import (
    AlikeSheet,
    CountrySheet,
    FiguresSheet,
    FoundSheet,
    HoldersSheet,
    RecordSheet,
    SaidSheet,
    TraceSheet,
    UnitSheet,
    unit_sheet,
)

bp = Blueprint("persons", __name__, description="People abroad and their relatives at home")


@bp.post("/persons")
@bp.arguments(EntryForm)
@bp.response(201, RecordSheet)
def enrol(entry: Entry) -> Any:
    """Record a new person, with their relatives and what they agreed to."""
    return versioned(enrolment.enrol(current_actor(), entry.record, kin=entry.kin, said=entry.said))


@bp.post("/persons/alike")
@bp.arguments(SoFarForm(partial=True))
@bp.response(200, AlikeSheet(many=True))
def alike(record: Record) -> Any:
    """Show who on record may be somebody that is about to be recorded, the likeliest first."""
    return enrolment.alike(current_actor(), record)


@bp.post("/persons/search")
@bp.arguments(SearchForm)
@bp.response(200, FoundSheet)
def search(form: dict[str, Any]) -> Response:
    """Find people by name, number, address or code, narrowed by filters."""
    after = read_cursor(form["after"]) if "after" in form else None
    found = service.search(
        current_actor(),
        text=form.get("text"),
        wanted=form["filters"],
        after=after,
        size=form["size"],
        order=form["order"],
    )
    return plain({**found, "more": as_cursor(found["more"])})


@bp.get("/persons/<code:code>")
@bp.response(200, RecordSheet)
def read(code: str) -> Any:
    """Open one record."""
    return versioned(service.read(current_actor(), code))


@bp.post("/persons/<code:code>/inspections")
@bp.arguments(ReasonForm)
@bp.response(200, RecordSheet)
def inspect(form: dict[str, str], code: str) -> Any:
    """Open one record as the protection officer, saying why."""
    return versioned(service.inspect(current_actor(), code, reason=form["reason"]))


@bp.post("/persons/<code:code>/readings")
@bp.arguments(ReasonForm)
@bp.response(200, TraceSheet)
def trace(form: dict[str, str], code: str) -> Any:
    """Say who has had the record before them: by organisation, role, time and purpose."""
    return service.trace(current_actor(), code, reason=form["reason"])


@bp.patch("/persons/<code:code>")
@bp.arguments(PersonForm(partial=True))
@bp.response(200, RecordSheet)
def amend(changes: dict[str, Any], code: str) -> Any:
    """Change a record that is still at the version of If-Match."""
    return versioned(service.amend(current_actor(), code, version=expected_version(), changes=changes))


@bp.post("/persons/<code:code>/contact-points")
@bp.arguments(ContactForm)
@bp.response(201, RecordSheet)
def add_contact(contact: Contact, code: str) -> Any:
    """Add a contact point."""
    return versioned(service.add_contact(current_actor(), code, contact))


@bp.delete("/persons/<code:code>/contact-points/<int:contact_id>")
@bp.response(200, RecordSheet)
def retire_contact(code: str, contact_id: int) -> Any:
    """Use a contact point no more; the person is still found by it."""
    return versioned(service.retire_contact(current_actor(), code, contact_id))


@bp.post("/persons/<code:code>/kinships")
@bp.arguments(KinshipForm)
@bp.response(201, RecordSheet)
def tie(form: dict[str, str], code: str) -> Any:
    """Record that somebody is the relative of a person."""
    return versioned(service.tie(current_actor(), code, **form))


@bp.delete("/persons/<code:code>/kinships/<code:relative>")
@bp.response(200, RecordSheet)
def untie(code: str, relative: str) -> Any:
    """Remove a tie from both sides."""
    return versioned(service.untie(current_actor(), code, relative))


@bp.get("/persons/<code:code>/consents")
@bp.response(200, SaidSheet)
def consents(code: str) -> Any:
    """Say what a person agreed to, line by line, and who holds their data."""
    return service.consents(current_actor(), code)


@bp.post("/persons/<code:code>/consents")
@bp.arguments(SpokenForm)
@bp.response(201, HoldersSheet)
def record_consent(spoken: Spoken, code: str) -> Any:
    """Write down what a person said about contact."""
    return service.record_consent(current_actor(), code, spoken)


@bp.post("/persons/<code:code>/withdrawal")
@bp.arguments(WithdrawForm)
@bp.response(201, HoldersSheet)
def withdraw_all(spoken: Spoken, code: str) -> Any:
    """Write a no on every purpose and channel."""
    return service.withdraw_all(current_actor(), code, spoken)


@bp.put("/persons/<code:code>/standing")
@bp.arguments(StandingForm)
@bp.response(200, HoldersSheet)
def restand(form: dict[str, Any], code: str) -> Any:
    """Record a death, or a restriction of contact."""
    return service.restand(current_actor(), code, **form)


@bp.get("/figures")
@bp.response(200, FiguresSheet)
def figures() -> Any:
    """Say how many people there are within scope, by what is known of them."""
    return service.figures(current_actor())


@bp.get("/units")
@bp.arguments(UnitQuery, location="query")
@bp.response(200, UnitSheet(many=True))
def units(query: dict[str, str]) -> Any:
    """Units of either epoch whose name begins so, and what became of the old ones."""
    return [unit_sheet(unit) for unit in homeplace.search_units(query["name"], query["province"])]


@bp.get("/countries")
@bp.response(200, CountrySheet(many=True))
def all_countries() -> Any:
    """List the countries in Vietnamese and English."""
    return [{"code": c, "vi": countries.name(c), "en": countries.name(c, "en")} for c in countries.codes()]

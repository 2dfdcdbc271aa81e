"""/api/v1: registrations that wait for a clerk."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.http import Blueprint
from kieubao.people.sheets import RecordSheet
from kieubao.registrations import service
from kieubao.registrations.schemas import EnrolmentForm, KnownForm, RefusalForm, reading
from kieubao.registrations.sheets import RegistrationSheet, WholeRegistrationSheet
from kieubao.registrations.vocabulary import Unfit

bp = Blueprint("registrations", __name__, description="Whoever registered on the public page")


@bp.get("/registrations")
@bp.response(200, RegistrationSheet(many=True))
def waiting() -> Any:
    """List the registrations of homes within scope that wait, the first sent first."""
    return service.waiting(current_actor())


@bp.get("/registrations/<code:code>")
@bp.response(200, WholeRegistrationSheet)
def one(code: str) -> Any:
    """Show a registration, and who on record may be meant by it."""
    return service.one(current_actor(), code, reading(code))


@bp.post("/registrations/<code:code>/enrolment")
@bp.arguments(EnrolmentForm)
@bp.response(201, RecordSheet)
def enrol(form: dict[str, Any], code: str) -> Any:
    """Record whoever registered; what they agreed to counts where a clerk has spoken to them (`spoken`)."""
    read, others = reading(code, form["legal_basis"]), frozenset(form["distinct_from"])
    return service.enrol(current_actor(), code, read, others, spoken=form["spoken"])


@bp.post("/registrations/<code:code>/person")
@bp.arguments(KnownForm)
@bp.response(204)
def know(form: dict[str, str], code: str) -> None:
    """Say that whoever registered is on record already."""
    service.know(current_actor(), code, form["person"])


@bp.post("/registrations/<code:code>/refusal")
@bp.arguments(RefusalForm)
@bp.response(204)
def refuse(form: dict[str, str], code: str) -> None:
    """Take nobody in, and say why."""
    service.refuse(current_actor(), code, Unfit(form["reason"]))

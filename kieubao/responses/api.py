"""/api/v1: responses to occasions, of the office and of whoever invited."""

from typing import Any

from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.forms import FileForm
from kieubao.http import Blueprint, sent_file
from kieubao.occasions.turnout import Said
from kieubao.responses import organizer, rows, service
from kieubao.responses.schemas import ResponseForm, WhichForm
from kieubao.responses.sheets import LeftSheet, OfPersonSheet, ResponseSheet, ResponsesSheet, TakenSheet

bp = Blueprint("responses", __name__, description="What people say to an occasion, and who comes")


@bp.post("/occasions/<code:code>/responses")
@bp.arguments(ResponseForm)
@bp.response(201, ResponseSheet)
def record(form: tuple[str, Said], code: str) -> Any:
    """Record what somebody within scope said, or that they came."""
    return service.record(current_actor(), code, *form)


@bp.get("/occasions/<code:code>/responses")
@bp.arguments(WhichForm, location="query")
@bp.response(200, ResponsesSheet)
def all_of(form: dict[str, str], code: str) -> Any:
    """Count the answers to an occasion, and list who within scope gave them."""
    return service.all_of(current_actor(), code, **form)


@bp.get("/persons/<code:code>/responses")
@bp.response(200, OfPersonSheet(many=True))
def of_person(code: str) -> Any:
    """List what a person said to any occasion, the latest first."""
    return service.of_person(current_actor(), code)


@bp.get("/responses/left")
@bp.response(200, LeftSheet)
def left_to_do() -> Any:
    """List whose answers leave a clerk something to do."""
    return service.left_to_do(current_actor())


@bp.post("/issues/<code:code>/responses")
@bp.arguments(ResponseForm)
@bp.response(201, ResponseSheet)
def record_pulled(form: tuple[str, Said], code: str) -> Any:
    """Record what somebody in a file of my organisation said, or that they came."""
    return organizer.record(current_actor(), code, *form)


@bp.get("/issues/<code:code>/responses")
@bp.response(200, ResponseSheet(many=True))
def all_pulled(code: str) -> Any:
    """List what is known of the people in the files of my organisation, by their codes."""
    return organizer.all_of(current_actor(), code)["responses"]


@bp.post("/issues/<code:code>/responses/file")
@bp.arguments(FileForm, location="files")
@bp.response(200, TakenSheet)
def record_file(_form: Any, code: str) -> Any:
    """Record a file of answers, row by row; rows that cannot be are told with their reasons."""
    actor = admit(current_actor(), Permission.LIST_PULL)
    read = rows.read(sent_file())
    return rows.told_of(read, organizer.record_all(actor, code, rows.said(read)))

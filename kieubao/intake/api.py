"""/api/v1/imports: files sent in, tried, taken in and taken back."""

from typing import Any

from flask import Response, send_file

from kieubao.access.session import current_actor
from kieubao.forms import FileForm
from kieubao.http import Blueprint, sent_file
from kieubao.intake import answers, service, sheets
from kieubao.intake.mapping import laid_out
from kieubao.intake.schemas import (
    DecisionForm,
    ImportSheet,
    KeepForm,
    LayoutForm,
    MappingSheet,
    RowsQuery,
    RowsSheet,
)
from kieubao.intake.vocabulary import RowState

bp = Blueprint("intake", __name__, description="Spreadsheets in: read, tried, taken in, taken back")


@bp.get("/imports")
@bp.response(200, ImportSheet(many=True))
def all_imports() -> Any:
    """List the files that were sent in, the latest first."""
    return list(map(sheets.told, service.all_imports(current_actor())))


@bp.post("/imports")
@bp.arguments(FileForm, location="files")
@bp.response(202, ImportSheet)
def receive(_form: Any) -> Any:
    """Send a file in; a job reads it."""
    return sheets.told(sheets.received(current_actor(), sent_file()))


@bp.get("/imports/mappings")
@bp.response(200, MappingSheet(many=True))
def all_mappings() -> Any:
    """List what the files of senders mean, as far as it was kept, the latest first."""
    return service.all_mappings(current_actor())


@bp.post("/imports/mappings")
@bp.arguments(KeepForm)
@bp.response(201, MappingSheet)
def keep_mapping(form: dict[str, Any]) -> Any:
    """Keep what the files of a sender mean, but what proves consent; in place of what was kept of these headings."""
    answers.refuse_wrong(form["mapping"])
    return service.keep_mapping(current_actor(), form["sender"], form["mapping"])


@bp.get("/imports/mappings/<code:code>")
@bp.response(200, MappingSheet)
def read_mapping(code: str) -> Any:
    """Give what the files of a sender mean, to be completed and said of a file."""
    return service.read_mapping(current_actor(), code)


@bp.delete("/imports/mappings/<code:code>")
@bp.response(204)
def drop_mapping(code: str) -> None:
    """Keep a mapping no longer."""
    service.drop_mapping(current_actor(), code)


@bp.get("/imports/<code:code>")
@bp.response(200, ImportSheet)
def read(code: str) -> Any:
    """Say how far a file is, and how many of its rows are what."""
    return sheets.told(service.read(current_actor(), code))


@bp.put("/imports/<code:code>/mapping")
@bp.arguments(LayoutForm)
@bp.response(202, ImportSheet)
def lay_out(form: dict[str, Any], code: str) -> Any:
    """Say what the columns and the words of a file mean; a job tries it, and records nobody."""
    said = form["mapping"]
    meant = answers.meant(laid_out(said)).values()
    return sheets.told(service.lay_out(current_actor(), code, said, meant))


@bp.get("/imports/<code:code>/rows")
@bp.arguments(RowsQuery, location="query")
@bp.response(200, RowsSheet)
def some_rows(form: dict[str, Any], code: str) -> Any:
    """List the rows that are one of these, with every reason."""
    states = list(map(RowState, form.pop("state")))
    return sheets.page(service.rows(current_actor(), code, states, **form))


@bp.get("/imports/<code:code>/returned")
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def returned(code: str) -> Response:
    """Give the rows that come back, each with every reason, to be corrected and sent again."""
    name, file = sheets.back(current_actor(), code)
    return send_file(file, "application/octet-stream", as_attachment=True, download_name=name)


@bp.post("/imports/<code:code>/run")
@bp.response(202, ImportSheet)
def begin(code: str) -> Any:
    """Have the rows that are right taken in by a job."""
    return sheets.told(service.begin(current_actor(), code))


@bp.post("/imports/<code:code>/decisions")
@bp.arguments(DecisionForm)
@bp.response(200, ImportSheet)
def decide(form: dict[str, Any], code: str) -> Any:
    """Say of a row that waits whether it comes in, though somebody was erased who may be its person."""
    is_in = form["decision"] == "admit"
    return sheets.told(service.decide(current_actor(), code, form["row"], admit=is_in, reason=form["reason"]))


@bp.post("/imports/<code:code>/undo")
@bp.response(202, ImportSheet)
def undo(code: str) -> Any:
    """Have everybody who came in with a file taken back by a job, but whom somebody has worked on since."""
    return sheets.told(service.undo(current_actor(), code))


@bp.delete("/imports/<code:code>")
@bp.response(204)
def clear(code: str) -> None:
    """Keep no cell of a file any more."""
    service.clear(current_actor(), code)

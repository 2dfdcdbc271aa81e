"""/api/v1: what people ask of the office about their data."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.forms import FileForm
from kieubao.ground import letters
from kieubao.http import Blueprint, sent_file
from kieubao.rights import papers, service
from kieubao.rights.requests import Asked
from kieubao.rights.schemas import DigestForm, ReceiptForm, RequestForm, StepForm, WhichForm, WhyForm
from kieubao.rights.sheets import ErasedSheet, ReceiptSheet, RequestSheet, ScanSheet, WholeRequestSheet
from kieubao.rights.steps import News

bp = Blueprint("rights", __name__, description="What people ask about their data, and the clocks of the law")


@bp.post("/subject-requests")
@bp.arguments(RequestForm)
@bp.response(201, WholeRequestSheet)
def file(form: tuple[str, Asked]) -> Any:
    """File what somebody within scope asks; to withdraw, restrict or object is done at once."""
    return service.file(current_actor(), *form)


@bp.get("/subject-requests")
@bp.arguments(WhichForm, location="query")
@bp.response(200, RequestSheet(many=True))
def queue(form: dict[str, bool]) -> Any:
    """List the requests of people within scope: all open ones, what is due first; or the last thousand that ended."""
    return service.queue(current_actor(), **form)


@bp.get("/subject-requests/<code:code>")
@bp.response(200, WholeRequestSheet)
def read(code: str) -> Any:
    """Show a request with its clock and all that happened to it."""
    return service.read(current_actor(), code)


@bp.get("/persons/<code:code>/subject-requests")
@bp.response(200, RequestSheet(many=True))
def of_person(code: str) -> Any:
    """List all that somebody asked, the latest first."""
    return service.of_person(current_actor(), code)


@bp.post("/subject-requests/<code:code>/steps")
@bp.arguments(StepForm)
@bp.response(201, WholeRequestSheet)
def act(form: News, code: str) -> Any:
    """Write down what happened to a request."""
    return service.act(current_actor(), code, form)


@bp.post("/persons/<code:code>/scans")
@bp.arguments(FileForm, location="files")
@bp.response(201, ScanSheet)
def keep_scan(_form: Any, code: str) -> Any:
    """Keep the scan of a paper that somebody signed: PDF, JPEG or PNG; its code is the evidence of what they said."""
    return service.keep_scan(current_actor(), code, papers.uploaded(sent_file()))


@bp.post("/scans/<code:code>/reading")
@bp.arguments(WhyForm)
@bp.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def read_scan(form: dict[str, str], code: str) -> Any:
    """Read a scan, for a reason that is written down."""
    return papers.scanned(service.read_scan(current_actor(), code, form["reason"]))


@bp.post("/receipts")
@bp.arguments(ReceiptForm)
@bp.response(200, {"type": "string", "format": "binary"}, content_type=papers.ZIP)
def give_receipt(form: dict[str, str]) -> Any:
    """Give somebody a receipt of all they said: JSON-LD (ISO/IEC TS 27560, DPV), PDF and their digests, in a ZIP."""
    told = service.give_receipt(current_actor(), form["person"], papers.office())
    return papers.given(told, form["paper_language"])


@bp.get("/receipts")
@bp.arguments(DigestForm, location="query")
@bp.response(200, ReceiptSheet)
def receipt(form: dict[str, str]) -> Any:
    """Tell of whom a receipt is, by the digest of its file, and when the office gave it out."""
    return service.receipt(current_actor(), form["digest"])


@bp.get("/subject-requests/<code:code>/letter")
@bp.response(200, {"type": "string", "format": "binary"}, content_type=letters.MEDIA)
def answer(code: str) -> Any:
    """Take the answer to a request, as it stands, as a letter (Word) to be numbered and signed."""
    return papers.answered(service.answer(current_actor(), code), papers.office())


@bp.post("/subject-requests/<code:code>/erasure")
@bp.response(200, ErasedSheet)
def erase(code: str) -> Any:
    """Erase whoever asked for it, whom the protection officer proposed."""
    return service.erase(current_actor(), code)

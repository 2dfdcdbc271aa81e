"""/api/v1/occasions."""

from typing import Any

from flask import Response

from kieubao.access.session import current_actor
from kieubao.forms import FileForm
from kieubao.ground import letters
from kieubao.http import Blueprint, expected_version, sent_file, versioned
from kieubao.occasions import papers, service
from kieubao.occasions.schemas import OccasionChangeForm, OccasionForm
from kieubao.occasions.sheets import LetterSheet, OccasionSheet

bp = Blueprint("occasions", __name__, description="What people are to be contacted for")
_FILE = {"type": "string", "format": "binary"}


@bp.post("/occasions")
@bp.arguments(OccasionForm)
@bp.response(201, OccasionSheet)
def hold(form: dict[str, Any]) -> Any:
    """Record an occasion."""
    return versioned(service.hold(current_actor(), **form))


@bp.get("/occasions")
@bp.response(200, OccasionSheet(many=True))
def all_of_them() -> Any:
    """List the occasions."""
    return service.all_of_them(current_actor())


@bp.get("/occasions/<code:code>")
@bp.response(200, OccasionSheet)
def read(code: str) -> Any:
    """Open an occasion."""
    return versioned(service.read(current_actor(), code))


@bp.patch("/occasions/<code:code>")
@bp.arguments(OccasionChangeForm(partial=True))
@bp.response(200, OccasionSheet)
def edit(form: dict[str, Any], code: str) -> Any:
    """Change an occasion that is still at the version of If-Match."""
    return versioned(service.edit(current_actor(), code, version=expected_version(), values=form))


@bp.get("/occasions/<code:code>/calendar")
@bp.response(200, _FILE, content_type=papers.MEDIA)
def calendar(code: str) -> Response:
    """Take an occasion as a file for calendars."""
    return papers.sent(service.read(current_actor(), code))


@bp.get("/occasions/<code:code>/letters")
@bp.response(200, LetterSheet(many=True))
def all_letters(code: str) -> Any:
    """Say of each language whether an occasion has a letter of its own."""
    return service.letters(current_actor(), code)


@bp.get("/occasions/<code:code>/letters/<string:language>")
@bp.response(200, _FILE, content_type=letters.MEDIA)
def letter(code: str, language: str) -> Response:
    """Take the template of an occasion's letters, a Word document."""
    return papers.letter(service.letter(current_actor(), code, language), code, language)


@bp.put("/occasions/<code:code>/letters/<string:language>")
@bp.arguments(FileForm, location="files")
@bp.response(200, LetterSheet(many=True))
def keep_letter(_form: Any, code: str, language: str) -> Any:
    """Have an occasion's letters in a language be written as in a Word document."""
    return service.keep_letter(current_actor(), code, language, template=papers.written(sent_file()))


@bp.delete("/occasions/<code:code>/letters/<string:language>")
@bp.response(200, LetterSheet(many=True))
def discard_letter(code: str, language: str) -> Any:
    """Go back to the letter that everybody has."""
    return service.discard_letter(current_actor(), code, language)

"""The pages of help, and the panel of each page. They show nobody's data: the trail is told of none."""

from typing import Any

from flask import Blueprint, current_app, render_template, request
from werkzeug.exceptions import HTTPException

from kieubao import pages
from kieubao.access.session import current_actor
from kieubao.ground.errors import SignInNeeded
from kieubao.guide import book
from kieubao.guide.panels import PANELS
from kieubao.http import language

bp = Blueprint("guide_pages", __name__, url_prefix="/guide")
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.before_request
def admit() -> None:
    """Let in whoever is signed in, as whatever."""
    current_actor()


@bp.get("")
def handbook() -> str:
    return render_template("guide/handbook.html", preface=book.PREFACE, chapters=book.CHAPTERS)


@bp.get("/glossary")
def glossary() -> str:
    return render_template("guide/glossary.html", rows=book.GLOSSARY)


@bp.app_template_global()
def panel_here() -> dict[str, Any] | None:
    """Return what helps with the page a reader is on, in their language, and its chapter; None where there is none."""
    panel = PANELS.get(_page_here())
    return {"words": panel[language()], "chapter": book.NAMED.get(panel.get("chapter", ""))} if panel else None


def _page_here() -> str:
    """Return the page that was asked for, or that an act was refused on."""
    adapter = current_app.create_url_adapter(request)
    try:
        return str(adapter.match(pages.here(), "GET")[0]) if adapter else ""
    except HTTPException:
        return ""

"""The pages of help, for whoever is signed in. They show nobody's data: the trail is told of none."""

from flask import Blueprint, render_template

from kieubao import pages
from kieubao.access.session import current_actor
from kieubao.ground.errors import SignInNeeded
from kieubao.guide import book

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

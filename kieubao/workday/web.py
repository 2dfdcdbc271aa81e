"""The start page."""

from flask import Blueprint, current_app, render_template

from kieubao import pages
from kieubao.access.session import current_actor
from kieubao.ground.errors import SignInNeeded
from kieubao.workday import service

bp = Blueprint("workday_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.get("/")
def home() -> str:
    """Show what waits for the reader, and what they can do here."""
    lines = current_app.extensions["kieubao.lines"]
    return render_template("workday/home.html", mine=service.mine(current_actor(), lines))

"""The pages of text messages: one that came in is written off, and anybody reads what they agree to."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kieubao import pages
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.consent import notices
from kieubao.ground.errors import SignInNeeded, _
from kieubao.pages import Filled
from kieubao.texts import service
from kieubao.texts.schemas import TextForm
from kieubao.visits import papers
from kieubao.worker import looked

bp = Blueprint("texts_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.get("/told")
def told() -> str:
    """Show anybody the notices in force: what people are told before they agree."""
    return render_template("texts/told.html", notices=looked(notices.offered))


@bp.get("/texts")
def ask(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.TEXT_TAKE)
    return render_template("texts/ask.html", form=form or Filled())


@bp.post("/texts")
@pages.takes(TextForm, again=ask)
def take(form: dict[str, str]) -> ResponseReturnValue:
    service.take(current_actor(), form["from_number"], form["text"], papers.named(), papers.site())
    return pages.done(_("The message is taken in; whoever has the number is answered"), ".ask")

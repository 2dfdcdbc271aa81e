"""The pages of bulk edits: people chosen in a search, one field for them all, looked at, made, and undone."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kieubao import pages
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.edits import service
from kieubao.edits.rules import Change
from kieubao.edits.schemas import ChosenForm, EditPreviewForm, MakeEditForm
from kieubao.edits.service import Chosen
from kieubao.edits.vocabulary import MOST
from kieubao.ground.errors import SignInNeeded, _
from kieubao.pages import Filled

bp = Blueprint("edits_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.get("/edits")
def all_edits() -> str:
    return render_template("edits/all.html", edits=service.all_edits(current_actor()))


def _ask(form: Filled) -> str:
    admit(current_actor(), Permission.PERSON_WRITE)
    return render_template("edits/new.html", form=form)


@bp.post("/edits/new")
@pages.takes(ChosenForm, again=_ask, reads=True)
def ask(_chosen: Chosen) -> str:
    """Ask which field of those who are chosen is to be what."""
    return _ask(Filled(pages.sent()))


@bp.post("/edits/preview")
@pages.takes(EditPreviewForm, again=_ask)
def preview(asked: tuple[Change, Chosen]) -> str:
    """Show what would change, before it does."""
    return render_template("edits/preview.html", form=Filled(), sheet=service.preview(current_actor(), *asked))


def _look_again(form: Filled) -> str:
    sheet = service.look_again(current_actor(), str(form.value("preview")))
    return render_template("edits/preview.html", form=form, sheet=sheet)


@bp.post("/edits/make")
@pages.takes(MakeEditForm, again=_look_again)
def make(form: dict[str, Any]) -> ResponseReturnValue:
    made = service.make(current_actor(), form["preview"], form["reason"])
    if made["job"]:
        return pages.done(_("The records are being changed"), "progress_pages.job", code=made["job"]["code"])
    return pages.done(_("The edit is made"), ".read", code=made["code"], undo=made["code"])


@bp.get("/edits/<code:code>")
def read(code: str) -> str:
    return render_template("edits/edit.html", sheet=service.read(current_actor(), code))


@bp.get("/edits/<code:code>/undo")
def ask_undo(code: str, form: Filled | None = None) -> str:
    actor = admit(current_actor(), Permission.PERSON_WRITE)
    return render_template("edits/undo.html", sheet=service.read(actor, code), form=form or Filled())


@bp.post("/edits/<code:code>/undo")
@pages.acts(again=ask_undo)
def undo(_form: Any, code: str) -> ResponseReturnValue:
    undone = service.undo(current_actor(), code)
    if undone["job"] and undone["job"]["kind"] == "edits.undo":
        return pages.done(_("The edit is being undone"), "progress_pages.job", code=undone["job"]["code"])
    return pages.done(_("The edit is undone"), ".read", code=code)


@bp.app_template_global()
def edited_at_most() -> int:
    return MOST

"""The pages of occasions."""

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from kieubao import pages, shown
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.ground import letters
from kieubao.ground.errors import SignInNeeded, _
from kieubao.occasions import papers, service
from kieubao.occasions.schemas import OccasionChangeForm, OccasionForm
from kieubao.occasions.vocabulary import ASKED, Kind
from kieubao.pages import Filled
from kieubao.plans import service as plans

bp = Blueprint("occasions_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)
bp.context_processor(lambda: {"asked": ASKED})


@bp.get("/occasions")
def all_of_them() -> str:
    return render_template("occasions/all.html", occasions=service.all_of_them(current_actor()))


@bp.get("/occasions/new")
def ask(form: Filled | None = None) -> str:
    """Show the form of a kind; while none is chosen, the kinds there are."""
    actor = admit(current_actor(), Permission.LIST_DRAFT)
    form = form or Filled({"kind": request.args.get("kind")})
    if form.value("kind") not in tuple(Kind):
        return render_template("occasions/kinds.html", form=form)
    return render_template("occasions/form.html", sheet=None, plans=plans.all_plans(actor), form=form)


@bp.post("/occasions/new")
@pages.takes(OccasionForm, again=ask)
def hold(form: dict[str, Any]) -> ResponseReturnValue:
    held = service.hold(current_actor(), **form)
    return pages.done(_("The occasion is recorded"), ".read", code=held["code"])


@bp.get("/occasions/<code:code>")
def read(code: str) -> str:
    return render_template("occasions/one.html", sheet=service.read(current_actor(), code))


@bp.get("/occasions/<code:code>/edit")
def ask_edit(code: str, form: Filled | None = None) -> str:
    sheet = service.read(admit(current_actor(), Permission.LIST_DRAFT), code)
    form = form or Filled(shown.typed(sheet | {"task": sheet["task"] and sheet["task"]["code"]}))
    return render_template("occasions/form.html", sheet=sheet, plans=plans.all_plans(current_actor()), form=form)


@bp.post("/occasions/<code:code>/edit")
@pages.takes(OccasionChangeForm, again=ask_edit, whole=True)
def edit(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.edit(current_actor(), code, version=pages.expected_version(), values=form)
    return pages.done(_("The occasion is changed"), ".read", code=code)


@bp.get("/occasions/<code:code>/calendar")
def calendar(code: str) -> Response:
    return papers.sent(service.read(current_actor(), code))


@bp.get("/occasions/<code:code>/letters")
def all_letters(code: str, form: Filled | None = None, language: str = "") -> str:
    """Show which letters an occasion has, and what may be written in them. `language`: of which one was sent."""
    actor = current_actor()
    sheet, kept = service.read(actor, code), service.letters(current_actor(), code)
    places = (letters.OF_WHOM.labels, letters.OF_WHAT.labels)
    page = {"sheet": sheet, "letters": kept, "places": places, "sent": language, "form": form or Filled()}
    return render_template("occasions/letters.html", **page)


@bp.get("/occasions/<code:code>/letters/<string:language>")
def letter(code: str, language: str) -> Response:
    return papers.letter(service.letter(current_actor(), code, language), code, language)


@bp.post("/occasions/<code:code>/letters/<string:language>/replace")
@pages.acts(again=all_letters)
def keep_letter(_form: object, code: str, language: str) -> ResponseReturnValue:
    template = papers.written(request.files.get("file"))
    service.keep_letter(current_actor(), code, language, template=template)
    return pages.done(_("Letters are written like this from now on"), ".all_letters", code=code)


@bp.post("/occasions/<code:code>/letters/<string:language>/discard")
@pages.acts(again=all_letters)
def discard_letter(_form: object, code: str, language: str) -> ResponseReturnValue:
    service.discard_letter(current_actor(), code, language)
    return pages.done(_("The letter that everybody has is back"), ".all_letters", code=code)

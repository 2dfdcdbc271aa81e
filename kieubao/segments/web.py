"""The pages of segments: built without code, counted and explained before they are saved."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kieubao import pages, shown
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.ground.errors import Conflict, SignInNeeded, _
from kieubao.outreach import service as outreach
from kieubao.outreach.wording import sentence
from kieubao.pages import Filled
from kieubao.segments import service
from kieubao.segments.schemas import LookForm, SegmentForm, has_inner_groups

bp = Blueprint("segments_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)
bp.context_processor(lambda: {"sentence": sentence})


@bp.get("/segments")
def all_of_them() -> str:
    return render_template("segments/all.html", segments=service.all_of_them(current_actor()))


@bp.get("/segments/new")
def ask(form: Filled | None = None) -> str:
    return _form(form or Filled())


@bp.post("/segments/new")
@pages.takes(SegmentForm, again=ask)
def save(form: dict[str, Any]) -> ResponseReturnValue:
    saved = service.save(current_actor(), **form)
    return pages.done(_("The segment is saved"), ".read", code=saved["code"])


def _looked_at() -> service.Sheet | None:
    """Return the segment whose form was sent, if it is one."""
    code = request.args.get("segment")
    return service.read(current_actor(), code) if code else None


def _looked(form: Filled) -> str:
    return _form(form, _looked_at())


@bp.post("/segments/look")
@pages.takes(LookForm, again=_looked, reads=True)
def look(form: dict[str, Any]) -> str:
    """Show how many a filter names, before it is saved."""
    found = service.count(current_actor(), filter=form["filter"])
    return _form(Filled(pages.sent()), _looked_at(), found)


@bp.get("/segments/<code:code>")
def read(code: str, form: Filled | None = None) -> str:
    """Show a segment and who belongs to it now."""
    sheet, found = service.read(current_actor(), code), None
    later, form = not form and pages.comes_later(sheet), form or Filled()
    try:
        found = None if later else service.counts(current_actor(), code)
    except Conflict as error:
        form = form.wrong(error)
    nested = has_inner_groups(sheet["filter"])
    return render_template("segments/one.html", sheet=sheet, found=found, later=later, nested=nested, form=form)


@bp.get("/segments/<code:code>/edit")
def ask_edit(code: str, form: Filled | None = None) -> str:
    sheet = service.read(admit(current_actor(), Permission.LIST_DRAFT), code)
    if has_inner_groups(sheet["filter"]):
        raise Conflict(_("It has groups within groups: it is changed through the API."))
    typed = {"title": sheet["title"], "version": sheet["version"], "filter": _typed(sheet["filter"])}
    return _form(form or Filled(typed), sheet)


@bp.post("/segments/<code:code>/edit")
@pages.takes(SegmentForm, again=ask_edit)
def edit(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.edit(current_actor(), code, version=pages.expected_version(), values=form)
    return pages.done(_("The segment is changed"), ".read", code=code)


@bp.post("/segments/<code:code>/discard")
@pages.acts(again=read)
def discard(_form: object, code: str) -> ResponseReturnValue:
    service.discard(current_actor(), code)
    return pages.done(_("The segment is deleted"), ".all_of_them")


def _form(form: Filled, sheet: service.Sheet | None = None, found: service.Sheet | None = None) -> str:
    actor = admit(current_actor(), Permission.LIST_DRAFT)
    return render_template("segments/form.html", form=form, sheet=sheet, found=found, **outreach.choices(actor))


def _typed(group: dict[str, Any]) -> dict[str, Any]:
    inner = {key: [_typed(one) for one in group[key]] for key in ("any", "none") if key in group}
    return shown.typed(group) | inner

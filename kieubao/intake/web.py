"""The pages of spreadsheets in: sent, said what their columns mean, tried, taken in, taken back."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from kieubao import pages, shown
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.consent.web import known_notices
from kieubao.ground.errors import SignInNeeded, _
from kieubao.ground.legacy import ENCODINGS
from kieubao.intake import answers, questions, service, sheets
from kieubao.intake.files import Sheet, Table
from kieubao.intake.mapping import laid_out
from kieubao.intake.meanings import layout, targets
from kieubao.intake.proposals import ANSWER, CONSENT, PERSON, PIECES, SPLIT, SPLITS, TARGETS
from kieubao.intake.schemas import DecisionForm, MeaningForm
from kieubao.intake.vocabulary import BACK, INSIDE, RowState
from kieubao.pages import Filled

bp = Blueprint("intake_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)
# What a page shows of a file's rows, by its name in the address.
SHOWN: Final[Mapping[str, dict[str, Any]]] = {
    "back": {"states": BACK},
    "in": {"states": (RowState.NEW, RowState.TAKEN)},
    "changed": {"states": (RowState.CHANGED, RowState.AMENDED)},
    "same": {"states": (RowState.SAME,)},
    "waiting": {"states": (RowState.WAITING,)},
    "warned": {"states": INSIDE, "warned": True},
    "left_out": {"states": (RowState.LEFT_OUT,)},
    "kept": {"states": (RowState.KEPT,)},
}
# What is no field of a person, but hangs on one.
_OTHERS: Final = {
    "kinships": _("Relative"),
    "consents": _("What they answered about contact"),
}
_MOST_WAITING = 500


@bp.get("/imports")
def imports() -> str:
    found = map(sheets.told, service.all_imports(current_actor()))
    return render_template("intake/imports.html", imports=list(found))


@bp.get("/imports/new")
def ask_file(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.INTAKE_RUN)
    return render_template("intake/new.html", form=form or Filled())


@bp.post("/imports/new")
@pages.acts(again=ask_file)
def receive(_form: Any) -> ResponseReturnValue:
    sent = sheets.received(current_actor(), request.files.get("file"))
    return pages.done(_("The file is here; its rows are being read"), "progress_pages.job", code=sent["job"]["code"])


@bp.get("/imports/mappings")
def mappings() -> str:
    return render_template("intake/mappings.html", mappings=service.all_mappings(current_actor()))


@bp.get("/imports/mappings/<code:code>")
def read_mapping(code: str, form: Filled | None = None) -> str:
    """Show what the files of a sender mean."""
    sheet = service.read_mapping(current_actor(), code)
    layout = laid_out(sheet["mapping"])
    page = {"targets": targets(layout), "fixed": layout.person.fixed, "form": form or Filled()}
    return render_template("intake/kept.html", sheet=sheet, **page)


@bp.post("/imports/mappings/<code:code>/drop")
@pages.acts(again=read_mapping)
def drop_mapping(_form: Any, code: str) -> ResponseReturnValue:
    service.drop_mapping(current_actor(), code)
    return pages.done(_("This mapping is kept no longer"), ".mappings")


@bp.get("/imports/<code:code>")
def read(code: str, form: Filled | None = None) -> str:
    """Show how far a file is and, by what becomes of them, some of its rows."""
    sheet = sheets.told(service.read(current_actor(), code))
    wanted = request.args.get("rows", "back")
    wanted = wanted if wanted in SHOWN else "back"
    after = request.args.get("after", "")
    last = int(after) if questions.PLACE.fullmatch(after) else 0
    found = service.rows(current_actor(), code, **SHOWN[wanted], after=last)
    page = {"wanted": wanted, "found": sheets.page(found), "kinds": tuple(SHOWN), "mine": sheet["mine"]}
    return render_template("intake/import.html", sheet=sheet, form=form or Filled(), **page)


@bp.get("/imports/<code:code>/mapping")
def ask_meaning(code: str, form: Filled | None = None) -> str:
    """Ask what the columns of a file mean, as its headings and what stands below them propose."""
    actor = current_actor()
    tables = service.heads(actor, code)
    kept = [] if form else service.all_mappings(actor)
    asking = questions.opened(tables, form, request.args, kept)
    found = service.words(actor, code, asking.sheet, [*questions.coded(asking.form)])
    page = {"tables": tables, "words": questions.asked(asking.form, found), "samples": questions.samples(asking)}
    page |= {"pieces": questions.pieces(asking), "joins": questions.joins(asking), "notices": known_notices()}
    chosen = {"targets": TARGETS, "splits": SPLITS, "parts": PIECES, "encodings": ENCODINGS, "said": questions.said}
    return render_template("intake/mapping.html", code=code, **vars(asking), **page, **chosen)


@bp.post("/imports/<code:code>/mapping")
@pages.takes(MeaningForm, again=ask_meaning)
def lay_out(form: dict[str, Any], code: str) -> ResponseReturnValue:
    actor, typed = current_actor(), Filled(pages.sent())
    tables = service.heads(actor, code)
    asking = questions.opened(tables, typed, {})
    sheet = asking.sheet
    asked = questions.asked(typed, service.words(actor, code, sheet, [*questions.coded(typed)]))
    if errors := questions.lacking(asking, asked):
        # Columns are said first; then what the words in them mean, and the parts of their cells.
        return ask_meaning(code, Filled(typed.typed, errors))
    said = layout(form, sheet, _name(tables, sheet))
    meant, sender = answers.meant(laid_out(said)).values(), form["sender"] if form["keep"] else ""
    job = service.lay_out(actor, code, said, meant, sender=sender)["job"]
    return pages.done(_("Every row is being tried; nobody is recorded"), "progress_pages.job", code=job["code"])


@bp.post("/imports/<code:code>/run")
@pages.acts(again=read)
def begin(_form: Any, code: str) -> ResponseReturnValue:
    job = service.begin(current_actor(), code)["job"]
    return pages.done(_("The rows that are right are being taken in"), "progress_pages.job", code=job["code"])


@bp.get("/imports/<code:code>/undo")
def ask_undo(code: str, form: Filled | None = None) -> str:
    actor = admit(current_actor(), Permission.INTAKE_UNDO)
    sheet = sheets.told(service.read(actor, code))
    return render_template("intake/undo.html", sheet=sheet, form=form or Filled())


@bp.post("/imports/<code:code>/undo")
@pages.acts(again=ask_undo)
def undo(_form: Any, code: str) -> ResponseReturnValue:
    job = service.undo(current_actor(), code)["job"]
    return pages.done(_("Who came in with the file is being taken back"), "progress_pages.job", code=job["code"])


@bp.get("/imports/<code:code>/decide")
def ask_decision(code: str, form: Filled | None = None) -> str:
    """Ask whether a row comes in that waits."""
    actor = admit(current_actor(), Permission.INTAKE_DECIDE)
    sheet, form = sheets.told(service.read(actor, code)), form or Filled(request.args.to_dict())
    found = service.rows(actor, code, [RowState.WAITING], size=_MOST_WAITING)
    rows = [one for one in found["rows"] if str(one.row.number) == form.value("row")]
    return render_template("intake/decide.html", sheet=sheet, form=form, headings=found["headings"], rows=rows)


@bp.post("/imports/<code:code>/decide")
@pages.takes(DecisionForm, again=ask_decision)
def decide(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.decide(current_actor(), code, form["row"], admit=form["decision"] == "admit", reason=form["reason"])
    return pages.done(_("This row is decided on"), ".read", code=code, rows="waiting")


@bp.post("/imports/<code:code>/clear")
@pages.acts(again=read)
def clear(_form: Any, code: str) -> ResponseReturnValue:
    service.clear(current_actor(), code)
    return pages.done(_("What the file held is kept no longer"), ".imports")


@bp.get("/imports/<code:code>/returned")
def returned(code: str) -> Response:
    name, file = sheets.back(current_actor(), code)
    return send_file(file, "application/octet-stream", as_attachment=True, download_name=name)


@bp.app_template_global()
def target_label(target: str) -> str:
    """Return what a column may mean, in words: whose it is, and what."""
    if target == ANSWER:
        return str(gettext(_("What they answered about contact")))
    mark = ":" if ":" in target else "."
    part, what = target.split(mark)
    if part == SPLIT:
        return str(shown.label_of("cut", what))
    if part == CONSENT:
        return f"{gettext(_('What they answered about contact'))}: {shown.field_label(what)}"
    whose = gettext(_("Person") if part == PERSON else _("Relative"))
    words = "channel" if mark == ":" else "field"
    return f"{whose}: {shown.label_of(words, 'term' if what == 'kinship' else what)}"


@bp.app_template_global()
def change_label(change: Mapping[str, Any]) -> str:
    """Return what a row would change of a record, in words: which field, from what, to what."""
    name, after = change["field"], change["after"]
    before = ""
    if name == "contact_points":
        label, after = shown.label_of("channel", change["channel"]), shown.reached(change["channel"], after)
    elif name in _OTHERS:
        label, after = gettext(_OTHERS[name]), shown.label_of("consent", after) if name == "consents" else after
    else:
        label = shown.field_label(name)
        before = shown.shown(name, change["before"]) or (gettext(_("as on record")) if change["replaces"] else "")
        after = shown.shown(name, after)
    sentence = _("%(field)s: %(before)s → %(after)s") if before else _("%(field)s: new, %(after)s")
    return str(gettext(sentence) % {"field": label, "before": before, "after": after})


def _name(tables: list[Table], sheet: Sheet) -> str:
    return tables[sheet.place].name if tables else ""

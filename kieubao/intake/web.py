"""The pages of spreadsheets in: sent, said what their columns mean, tried, taken in, taken back."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from kieubao import pages, shown
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.ground.cells import plain
from kieubao.ground.errors import SignInNeeded, _
from kieubao.ground.legacy import ENCODINGS
from kieubao.intake import answers, proposals, service, sheets
from kieubao.intake.files import Row, Sheet, Table
from kieubao.intake.mapping import laid_out
from kieubao.intake.proposals import ANSWER, CODED, PERSON, PROOF, TARGETS
from kieubao.intake.schemas import MeaningForm, SendForm, layout, several
from kieubao.intake.vocabulary import BACK, RowState
from kieubao.pages import Filled

bp = Blueprint("intake_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)
# What a page shows of a file's rows, by its name in the address.
SHOWN: Final[Mapping[str, dict[str, Any]]] = {
    "back": {"states": BACK},
    "in": {"states": (RowState.NEW, RowState.TAKEN)},
    "warned": {"states": (RowState.NEW, RowState.TAKEN), "warned": True},
    "left_out": {"states": (RowState.LEFT_OUT,)},
    "kept": {"states": (RowState.KEPT,)},
}
# What offices write where they say nothing, repeat the row above, or add up.
_USUAL = {"nothing": "-; ko có; không có; chưa rõ; không rõ", "repeats": "nt; như trên; -nt-"}
_USUAL |= {"totals": "Cộng; Tổng; Tổng cộng; Tổng số", "kind": "abroad", "same_home": "on"}
_SAMPLES = 3
# The number of a column, a row or a sheet.
_PLACE = re.compile("[0-9]{1,15}")


@bp.get("/imports")
def imports() -> str:
    found = map(sheets.told, service.all_imports(current_actor()))
    return render_template("intake/imports.html", imports=list(found))


@bp.get("/imports/new")
def ask_file(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.INTAKE_RUN)
    return render_template("intake/new.html", form=form or Filled())


@bp.post("/imports/new")
@pages.takes(SendForm, again=ask_file)
def receive(_form: Any) -> ResponseReturnValue:
    sent = sheets.received(current_actor(), request.files.get("file"))
    return pages.done(_("The file is here; its rows are being read"), "progress_pages.job", code=sent["job"]["code"])


@bp.get("/imports/<code:code>")
def read(code: str, form: Filled | None = None) -> str:
    """Show how far a file is and, by what becomes of them, some of its rows."""
    sheet = sheets.told(service.read(current_actor(), code))
    wanted = request.args.get("rows", "back")
    wanted = wanted if wanted in SHOWN else "back"
    after = request.args.get("after", "")
    found = service.rows(current_actor(), code, **SHOWN[wanted], after=int(after) if _PLACE.fullmatch(after) else 0)
    page = {"wanted": wanted, "found": sheets.page(found), "kinds": tuple(SHOWN), "mine": sheet["mine"]}
    return render_template("intake/import.html", sheet=sheet, form=form or Filled(), **page)


@bp.get("/imports/<code:code>/mapping")
def ask_meaning(code: str, form: Filled | None = None) -> str:
    """Ask what the columns of a file mean, as its headings and what stands below them propose."""
    actor = current_actor()
    tables = service.heads(actor, code)
    typed = form.typed if form else request.args
    place, above = (int(typed[one]) if _PLACE.fullmatch(str(typed.get(one))) else None for one in ("sheet", "above"))
    sheet = proposals.sheet_of(tables, place, above)
    below = [sheet.bare(row) for row in tables[sheet.place].rows if row.number > sheet.above] if tables else []
    guessed = proposals.old(sheet, below)
    sheet = replace(sheet, old=_old(form, sheet) if form else {at: one.encoding for at, one in guessed.items()})
    shown = replace(sheet, reasons=False)
    form = form or Filled({**_USUAL, "columns": _proposed(shown, below)})
    asked = service.words(actor, code, sheet, [*_coded(form)])
    page = {"tables": tables, "sheet": sheet, "words": _asked(form, asked), "samples": _samples(shown, below)}
    chosen = {"targets": TARGETS, "encodings": ENCODINGS, "said": _said, "guessed": guessed}
    return render_template("intake/mapping.html", code=code, form=form, **page, **chosen)


@bp.post("/imports/<code:code>/mapping")
@pages.takes(MeaningForm, again=ask_meaning)
def lay_out(form: dict[str, Any], code: str) -> ResponseReturnValue:
    actor, typed = current_actor(), Filled(pages.sent())
    tables = service.heads(actor, code)
    sheet = proposals.sheet_of(tables, form["sheet"], form["above"])
    sheet = replace(sheet, old=_old(typed, sheet))
    asked = _asked(typed, service.words(actor, code, sheet, [*_coded(typed)]))
    if any(not word["means"] for word in asked):
        # Columns are said first; then what the words in them mean.
        return ask_meaning(code, Filled(typed.typed, {"words": [gettext(_("Say what each of these words means"))]}))
    said = layout(form, sheet, _name(tables, sheet))
    job = service.lay_out(actor, code, said, answers.meant(laid_out(said)).values())["job"]
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
    if target in PROOF:
        return f"{gettext(_('What they answered about contact'))}: {shown.field_label(what)}"
    whose = gettext(_("Person") if part == PERSON else _("Relative"))
    words = "channel" if mark == ":" else "field"
    return f"{whose}: {shown.label_of(words, 'term' if what == 'kinship' else what)}"


def _name(tables: list[Table], sheet: Sheet) -> str:
    return tables[sheet.place].name if tables else ""


def _proposed(sheet: Sheet, below: Any) -> list[dict[str, str]]:
    means = zip(sheet.headings, proposals.columns(sheet, below), strict=True)
    return [{"place": str(at), "means": one, "old": sheet.old.get(name, "")} for at, (name, one) in enumerate(means)]


def _columns(form: Filled) -> dict[int, Mapping[str, str]]:
    """Return what is typed of each column, by its place; whatever else was sent is none."""
    sent = form.value("columns")
    said = [one for one in sent if isinstance(one, Mapping)] if isinstance(sent, list) else []
    return {int(one["place"]): one for one in said if _PLACE.fullmatch(one.get("place", ""))}


def _old(form: Filled, sheet: Sheet) -> dict[str, str]:
    """Return the old encodings that are chosen, by the headings of their columns."""
    said = {place: one.get("old", "") for place, one in _columns(form).items() if place < len(sheet.headings)}
    return {sheet.headings[place]: old for place, old in said.items() if old in ENCODINGS}


def _samples(sheet: Sheet, below: list[Row]) -> list[list[tuple[str, str]]]:
    """Return of each column some cells, as they were typed and as they are read."""
    rows = [zip(row.cells, sheet.cells(row), strict=False) for row in below]
    columns: list[list[tuple[str, str]]] = [[] for _heading in sheet.headings]
    for row in rows:
        for column, (typed, read) in zip(columns, row, strict=False):
            if typed.strip() and len(column) < _SAMPLES:
                column.append((typed, read))
    return columns


def _said(form: Filled, place: int, name: str) -> str:
    """Return what is said of a column: what it `means`, or in which `old` encoding it was typed."""
    return _columns(form).get(place, {}).get(name, "")


def _coded(form: Filled) -> dict[int, str]:
    """Return the columns whose words have to be said, each with the field it fills."""
    said = {place: one.get("means", "") for place, one in _columns(form).items()}
    fields = {place: means.rpartition(".")[2] for place, means in said.items()}
    return {place: name for place, name in fields.items() if name in CODED or said[place] == ANSWER}


def _asked(form: Filled, found: Mapping[int, list[str]]) -> list[dict[str, Any]]:
    """Return each word whose meaning is asked, with what is said or proposed, and what there is to choose from.

    Words that say nothing, or point to the row above, are none.
    """
    silent = {plain(word) for name in ("nothing", "repeats") for word in several(str(form.value(name)))}
    sent = form.value("words")
    given = [one for one in sent if isinstance(one, Mapping)] if isinstance(sent, list) else []
    said = {(str(one.get("place")), one.get("text")): one.get("means", "") for one in given}
    fields = _coded(form)
    return [
        {
            "place": at,
            "text": word,
            "answers": fields[at] not in CODED,
            "means": _meant(said, at, word, fields[at]),
            "choices": _choices(fields[at]),
        }
        for at, some in found.items()
        for word in _different(some, silent)
    ]


def _different(words: list[str], silent: set[str]) -> list[str]:
    """Return each word once, however it is spaced and capitalised, as it was met first."""
    first = {plain(word): word for word in reversed(words) if plain(word) not in silent}
    return list(reversed(first.values()))


def _meant(said: Mapping[Any, str], place: int, word: str, field: str) -> str:
    return said.get((str(place), word)) or ("" if said else proposals.meaning(field, word))


def _choices(field: str) -> list[tuple[str, str]]:
    return shown.options(field if field in CODED else "answer")

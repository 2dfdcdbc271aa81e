"""What pages have in common: a form that comes back with everything typed, and the words to show things with."""

import re
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, Final, Self

from flask import Blueprint, current_app, flash, redirect, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh
from jinja2 import StrictUndefined
from marshmallow import ValidationError, fields

from kieubao import choices, shown
from kieubao.forms import Form, flat, nested, told
from kieubao.ground import clock
from kieubao.ground.errors import (
    Alike,
    ConfirmNeeded,
    Forbidden,
    Invalid,
    KieubaoError,
    SignInNeeded,
    Stale,
    TooMany,
    VersionNeeded,
    _,
)
from kieubao.http import LANGUAGES, is_api, language, status_of

View = Callable[..., ResponseReturnValue]
Page = Callable[..., str]
# What a page sends beside the fields of its form.
_APART: Final = frozenset({"version", "language", "onwards"})
# The group of fields by which a reader proves once more who they are, whatever else is sent.
CONFIRM: Final = "confirm"
# Errors that are about no one field of the form.
WHOLE: Final = ""
# Below which page of the menu what stands by an address of its own is.
_BELOW: Final = {
    **dict.fromkeys(("contributions", "responses"), "/occasions"),
    **dict.fromkeys(("agencies", "tasks"), "/plans"),
    **dict.fromkeys(("edits", "figures", "searches"), "/persons"),
    "merges": "/duplicates",
    "renewals": "/confirmations",
    "retention": "/expirations",
    "texts": "/messages",
}

bp = Blueprint("pages", __name__)


@dataclass(frozen=True)
class Filled:
    """A form as it stands on its page: what is typed in it, and what is wrong with it.

    Both go by each field's path ("contact_points.0.value"), as does how something is read (`readings`). `stale` has
    both versions where somebody was faster, `alike` who may be meant.
    """

    typed: Mapping[str, Any] = field(default_factory=dict)
    errors: Mapping[str, list[str]] = field(default_factory=dict)
    stale: Stale | None = None
    alike: Alike | None = None
    readings: Mapping[str, str] = field(default_factory=dict)

    def value(self, path: str) -> Any:
        """Return what is typed at a path; "" where nothing is."""
        here: Any = self.typed
        for step in path.split("."):
            here = _step(here, step)
        return "" if here is None else here

    def has(self, names: Collection[str]) -> bool:
        """Tell whether something is typed in one of some fields, or wrong with it."""
        wrong = {path.partition(".")[0] for path in self.errors}
        return any(self.value(name) or name in wrong for name in names)

    def wrong(self, error: KieubaoError) -> Self:
        """Return the same with what is wrong about no one field."""
        return replace(self, errors={**self.errors, WHOLE: [*self.errors.get(WHOLE, []), told(error)]})

    def several(self, path: str, blank: int = 1) -> list[Any]:
        """Return all that is typed at a path, and room for some more."""
        return [*(self.value(path) or []), *[""] * blank]


def comes_later(sheet: Mapping[str, Any]) -> bool:
    """Tell whether a page stands before it has counted so many people: it asks for that itself, as `?counted`."""
    return sheet["are_many"] and "counted" not in request.args


def takes(
    form: Callable[[], Form],
    again: Page,
    *,
    whole: bool = False,
    reads: bool = False,
    typed: Callable[[], dict[str, Any]] | None = None,
) -> Callable[[View], View]:
    """Give a view what was sent, as the form reads it; what is refused comes back on its page, `again`.

    `whole`: the page shows every field, so a blank one is cleared. `reads`: nothing is changed, so that
    another language may simply do it again; elsewhere it shows the form, with what is typed, and does nothing.
    `typed` gives what was sent, where a page sends more than somebody typed.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def run(**names: Any) -> ResponseReturnValue:
            values = (typed or sent)()
            if "language" in request.form and not reads:
                return again(**names, form=Filled(values))
            try:
                return view(load(form(), values, whole=whole), **names)
            except (ValidationError, KieubaoError) as error:
                return _refused(error, values, again, names)

        return run

    return decorate


def acts(again: Page) -> Callable[[View], View]:
    """Let a view that takes no form be refused on its page."""
    return takes(Form, again)


def sent() -> dict[str, Any]:
    """Return what was posted, by the fields' names; `filter.countries[]` is within `filter`."""
    values: dict[str, Any] = {}
    for name, value in nested(request.form).items():
        group, _dot, inner = name.partition(".")
        if group == CONFIRM:
            continue
        if inner:
            # Of a group that is sent as one value, too, its form says what is wrong.
            within = values.get(group)
            values[group] = {**(within if isinstance(within, dict) else {}), inner: value}
        else:
            values[name] = value
    return values


def load(form: Form, values: Mapping[str, Any], *, whole: bool = False) -> Any:
    """Return what a form reads of what was sent; `whole`: a blank field is cleared."""
    blank = {name: _blank(one) for name, one in form.fields.items() if one.allow_none or isinstance(one, fields.List)}
    given = {name: value for name, value in values.items() if name not in _APART}
    return form.load({**blank, **given} if whole else given)


def expected_version() -> int:
    """Return the version a page was made from; raise VersionNeeded where it does not say."""
    version = request.form.get("version", "")
    if not re.fullmatch("[0-9]{1,9}", version):
        raise VersionNeeded(_("Open the page again: it does not say which version it shows"))
    return int(version)


def done(sentence: str, endpoint: str, *, undo: str = "message", **names: Any) -> ResponseReturnValue:
    """Say what was done, on the page that shows it; `undo` is the code of an edit, where that can be taken back."""
    flash(gettext(sentence), undo)
    return redirect(url_for(endpoint, **names), 303)


def to_sign_in(_error: SignInNeeded) -> ResponseReturnValue:
    """Have a reader sign in and come back."""
    return redirect(url_for("entry_pages.ask_sign_in", next=here()), 303)


@bp.record_once
def furnish(state: BlueprintSetupState) -> None:
    """Give every template the same words, and none a name that is not there."""
    state.app.jinja_env.undefined = StrictUndefined


@bp.before_app_request
def choose_language() -> None:
    """Take the language a page asks for, whatever else it sends."""
    if request.method == "POST" and not is_api() and request.form.get("language") in LANGUAGES:
        session["language"] = request.form["language"]
        refresh()


@bp.post("/language")
def switch_language() -> ResponseReturnValue:
    """Go back to the page, which is now in the language that was chosen."""
    return redirect(place_here(request.form.get("next", "/")), 303)


@bp.post("/keys")
def switch_keys() -> ResponseReturnValue:
    """Have keys without a modifier do something on pages, or nothing, for as long as the reader is signed in."""
    session["keys"] = request.form.get("keys") != "off"
    return redirect(place_here(request.form.get("next", "/")), 303)


@bp.app_template_global()
def single_keys() -> bool:
    return bool(session.get("keys", True))


def place_here(place: str) -> str:
    """Return an address of this service as it is, and home for any other."""
    # A browser reads past what is unseen in an address, and takes a backslash for a slash.
    return place if re.fullmatch(r"/(?!/)[^\x00-\x20\\]*", place) else "/"


@bp.app_template_global()
def here() -> str:
    """Return the page a reader is on. An act without a page of its own stands below the page that offers it."""
    place = current_app.create_url_adapter(request)
    shows = request.url_rule is None or place is None or place.test(request.path, "GET")
    return request.path if shows else request.path.rpartition("/")[0]


@bp.app_template_global()
def menu_place() -> str:
    """Return the page a reader is on, or which of the menu it is below where its address does not say."""
    place = here()
    return _BELOW.get(place.split("/")[1], place)


@bp.app_template_global()
def is_served(endpoint: str) -> bool:
    """Tell whether there is such a page here: of a feature that was taken out there is none."""
    return endpoint in current_app.view_functions


@bp.app_template_global()
def other_languages() -> list[str]:
    return [one for one in LANGUAGES if one != language()]


@bp.app_template_filter()
def resent(typed: Mapping[str, Any], group: str = "") -> list[tuple[str, str]]:
    """Return what was sent, by the names of its inputs, to be sent once more: from its first page."""
    names: list[tuple[str, str]] = []
    for name, value in typed.items():
        if isinstance(value, Mapping):
            names += resent(value, f"{name}.")
        elif isinstance(value, list):
            names += [(f"{group}{name}[]", one) for one in value]
        elif name not in {*_APART, "after"}:
            names.append((f"{group}{name}", value))
    return names


@bp.app_template_filter()
def tags(typed: Mapping[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return each thing that narrows a search: its field, its value in words, and what is sent without it."""
    wanted = typed.get("filters") or {}
    each = [(name, one) for name, value in wanted.items() for one in (value if isinstance(value, list) else [value])]
    return [(name, _said(name, one), {**typed, "filters": _without(wanted, name, one)}) for name, one in each]


def _said(name: str, value: str) -> str:
    """Return what was typed as it is shown; as it was typed, where that is no code."""
    with suppress(KeyError, Invalid, ValueError):
        return shown.shown(name, value)
    return value


def _without(wanted: Mapping[str, Any], name: str, value: str) -> dict[str, Any]:
    left = {**wanted, name: [one for one in wanted[name] if one != value] if isinstance(wanted[name], list) else []}
    # By which channels somebody agreed is asked of a purpose.
    gone = {"consent_channels"} if name == "consents_to" else set()
    return {key: some for key, some in left.items() if some and key not in gone}


@bp.app_template_filter()
def name_of(path: str) -> str:
    """Return the name an input has in its form: `contact_points-0-value` for contact_points.0.value."""
    return re.sub(r"\.(\d+)\.", r"-\1-", path)


@bp.app_template_filter()
def id_of(path: str) -> str:
    return "f-" + path.replace(".", "-")


@bp.app_template_filter()
def leaf(path: str) -> str:
    """Return the last name in a path, which its label goes by."""
    return [path, *(step for step in path.split(".") if not step.isdigit())][-1]


_GLOBALS: tuple[Callable[..., Any], ...] = (
    *(shown.label_of, shown.field_label, shown.options, shown.named_fields, shown.shown, shown.country_name),
    *(
        choices.all_countries,
        choices.all_languages,
        choices.communes_here,
        choices.homes_by_name,
        choices.kin_words,
        choices.units_in_office,
        choices.units_here,
    ),
    *(choices.all_provinces, choices.units_by_key),
    *(shown.reached, shown.kin_word, shown.kin_word_back, shown.recorded, shown.in_short, clock.today),
)
for _word in _GLOBALS:
    bp.add_app_template_global(_word)
for _filter in (
    choices.beside,
    choices.pairs,
    shown.called,
    shown.day,
    shown.lunar_day,
    shown.moment,
    shown.number,
    shown.plainly,
    shown.quarter,
    shown.reason,
):
    bp.add_app_template_filter(_filter)


def _placed(errors: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """Tell of a field that no page has as of the whole form: there is no input to tell it beside."""
    found: dict[str, list[str]] = {}
    for path, sentences in errors.items():
        found.setdefault(path if path == "_schema" or _is_field(leaf(path)) else WHOLE, []).extend(sentences)
    return found


def _is_field(name: str) -> bool:
    with suppress(KeyError):
        return bool(shown.field_label(name))
    return False


def _step(here: Any, step: str) -> Any:
    if isinstance(here, list):
        return here[int(step)] if step.isdigit() and int(step) < len(here) else None
    return here.get(step) if isinstance(here, Mapping) else None


def _blank(one: fields.Field[Any]) -> Any:
    return [] if isinstance(one, fields.List) else None


def _refused(
    error: ValidationError | KieubaoError, values: Mapping[str, Any], again: Page, names: Mapping[str, Any]
) -> ResponseReturnValue:
    if isinstance(error, ValidationError):
        return again(**names, form=Filled(values, _placed(flat(error.messages_dict)))), 422
    if isinstance(error, SignInNeeded | ConfirmNeeded | Forbidden):
        raise error
    errors = {(error.field if isinstance(error, Invalid) else None) or WHOLE: [told(error)]}
    stale = error if isinstance(error, Stale) else None
    wait = {"Retry-After": str(error.wait)} if isinstance(error, TooMany) else {}
    alike = error if isinstance(error, Alike) else None
    return again(**names, form=Filled(values, errors, stale, alike)), status_of(error), wait

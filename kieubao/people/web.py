"""The pages of people: search, one record, its changes, and what a person says about contact."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from marshmallow import pre_load

from kieubao import forms, pages, shown
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.consent.statements import OF_THE_DAY, Spoken
from kieubao.consent.web import known_notices
from kieubao.ground import homeplace
from kieubao.ground.errors import Alike, NotFound, SignInNeeded, _
from kieubao.http import as_cursor, put_away, read_cursor, taken_back
from kieubao.pages import Filled
from kieubao.people import enrolment, service
from kieubao.people.entry import EntryForm, readings, so_far
from kieubao.people.records import Contact, Entry
from kieubao.people.schemas import (
    ContactForm,
    InspectionForm,
    KinshipForm,
    PersonForm,
    SearchForm,
    SpokenForm,
    StandingForm,
    WithdrawForm,
)

# What a blank form begins with, and what of one form the next begins with.
_BLANK = {"kind": "abroad", "legal_basis": "consent"}
_CARRIED = ("kind", "home", "home_unit", "source", "confirmed_on", "legal_basis", "legal_document")
# What it offers chosen already says nothing by itself.
_PRESET = frozenset({"channel", "owner", "method", "notice"})

# What can be changed by itself, where it stands on a record; of these, what is a list.
_ALONE = frozenset(PersonForm().fields) - {"home_unit"}
_LISTS = frozenset({"other_names", "languages", "interests"})

bp = Blueprint("people_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


class EditForm(PersonForm):
    """A record on its page, with the home place that stood there: a unit chosen for it is not one for another."""

    home_before = forms.Value(allow_none=True)
    home_unit_before = forms.Value(allow_none=True)

    @pre_load
    def let_another_text_speak(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        text, unit = data.pop("home_before", None), data.pop("home_unit_before", None)
        return data | {"home_unit": None} if unit == data.get("home_unit") and text != data.get("home") else data


@bp.app_template_filter()
def fact(name: str) -> str:
    """Return by which field's form a fact of a record is changed; "" for one that nobody changes."""
    name = {"home_text": "home"}.get(name, name)
    return name if name in _ALONE else ""


@bp.get("/persons")
def ask(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.PERSON_SEARCH)
    return render_template("people/search.html", form=form or Filled(), found=None)


@bp.post("/persons")
@pages.takes(SearchForm, again=ask, reads=True)
def search(form: dict[str, Any]) -> ResponseReturnValue:
    """Keep what is sought and go where it is found: a page to come back to, without a name in its address."""
    actor, typed = admit(current_actor(), Permission.PERSON_SEARCH), pages.sent()
    if "after" in form:
        read_cursor(form["after"])
    return redirect(url_for(".found"), 303) if put_away("sought", [actor.id, typed]) else _found(typed)


@bp.get("/persons/found")
def found() -> ResponseReturnValue:
    """Search again for what this reader sent last."""
    actor = admit(current_actor(), Permission.PERSON_SEARCH)
    by, typed = taken_back("sought") or (None, {})
    return _found(typed) if by == actor.id else redirect(url_for(".ask"), 303)


@bp.get("/figures")
def figures() -> str:
    """Show how many people there are, in pictures."""
    return render_template("people/figures.html", figures=service.figures(current_actor()))


def _typed_in() -> dict[str, Any]:
    """Return what a clerk typed into a blank form, without what its page offers chosen already."""
    typed = pages.sent()
    typed |= {name: [one for one in rows if one.keys() - _PRESET] for name, rows in typed.items() if _are_rows(rows)}
    return typed if typed.get("said", {}).keys() - _PRESET else {key: typed[key] for key in typed if key != "said"}


def _are_rows(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


@bp.get("/persons/new")
def ask_enrol(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.PERSON_WRITE)
    carried = (taken_back("carried") if "onwards" in request.args and not form else None) or {}
    return _entry(form or Filled(carried.get("typed", _BLANK)), carried.get("made"))


@bp.post("/persons/new")
@pages.takes(EntryForm, again=ask_enrol, typed=_typed_in)
def enrol(entry: Entry) -> ResponseReturnValue:
    """Record somebody and, where a clerk has a pile of forms, show the next one, which begins like the last."""
    made = enrolment.enrol(current_actor(), entry.record, kin=entry.kin, said=entry.said)
    if "onwards" not in request.form:
        return pages.done(_("The person is recorded"), ".read", code=made["code"])
    typed, whom = _typed_in(), {name: made[name] for name in ("name", "code")}
    put_away("carried", {"typed": {name: typed[name] for name in _CARRIED if name in typed}, "made": whom})
    return redirect(url_for(".ask_enrol", onwards=1), 303)


@bp.post("/persons/new/look")
def look() -> str:
    """Show how what is typed is read and, where somebody new is entered, who on record may be meant.

    On the form itself, or (`?alone`) without it, for the script of the form that stands.
    """
    actor, typed = admit(current_actor(), Permission.PERSON_WRITE), _typed_in()
    record = so_far(typed)
    enough = "version" not in typed and (record.contacts or " " in record.values["name"])
    people = enrolment.alike(actor, record) if enough else []
    alike = Alike(_("They may be on record already: look at who is like them"), people=people) if people else None
    form = Filled(typed, alike=alike, readings=readings(typed))
    return render_template("people/looked.html", form=form) if "alone" in request.args else _entry(form)


@bp.get("/persons/<code:code>")
def read(code: str) -> str:
    return render_template("people/record.html", sheet=_placed(service.read(current_actor(), code)))


@bp.get("/persons/<code:code>/edit")
def ask_amend(code: str, form: Filled | None = None) -> str:
    admit(current_actor(), Permission.PERSON_WRITE)
    sheet = service.read(current_actor(), code)
    return render_template("people/edit.html", sheet=sheet, form=form or Filled(_typed(sheet)))


@bp.post("/persons/<code:code>/edit")
@pages.takes(EditForm, again=ask_amend, whole=True)
def amend(changes: dict[str, Any], code: str) -> ResponseReturnValue:
    service.amend(current_actor(), code, version=pages.expected_version(), changes=changes)
    return pages.done(_("The changes are saved"), ".read", code=code)


@bp.get("/persons/<code:code>/edit/<field>")
def ask_amend_one(code: str, field: str, form: Filled | None = None) -> str:
    """Show the form of one field, to be taken into the record where it stands."""
    admit(current_actor(), Permission.PERSON_WRITE)
    if field not in _ALONE:
        raise NotFound(_("There is no such field"))
    sheet = service.read(current_actor(), code)
    return render_template("people/edit-one.html", sheet=sheet, field=field, form=form or Filled(_typed(sheet)))


def _one_typed() -> dict[str, Any]:
    """Return what was sent of one field; of boxes of which none is ticked a browser sends nothing."""
    field = (request.view_args or {}).get("field")
    return {**({field: []} if field in _LISTS else {}), **pages.sent()}


@bp.post("/persons/<code:code>/edit/<field>")
@pages.takes(partial(EditForm, partial=True), again=ask_amend_one, typed=_one_typed)
def amend_one(changes: dict[str, Any], code: str, field: str) -> ResponseReturnValue:
    service.amend(current_actor(), code, version=pages.expected_version(), changes=changes)
    return pages.done(_("The changes are saved"), ".read", code=code, _anchor=f"fact-{field}")


@bp.get("/persons/<code:code>/contact-points/new")
def ask_contact(code: str, form: Filled | None = None) -> str:
    return _about(code, "people/contact.html", form, Permission.PERSON_WRITE)


@bp.post("/persons/<code:code>/contact-points/new")
@pages.takes(ContactForm, again=ask_contact)
def add_contact(contact: Contact, code: str) -> ResponseReturnValue:
    service.add_contact(current_actor(), code, contact)
    return pages.done(_("The contact point is added"), ".read", code=code)


@bp.get("/persons/<code:code>/contact-points/<int:contact_id>/retire")
def ask_retire(code: str, contact_id: int, form: Filled | None = None) -> str:
    return _about(code, "people/retire.html", form, Permission.PERSON_WRITE, contact_id=contact_id)


@bp.post("/persons/<code:code>/contact-points/<int:contact_id>/retire")
@pages.acts(again=ask_retire)
def retire_contact(_form: object, code: str, contact_id: int) -> ResponseReturnValue:
    service.retire_contact(current_actor(), code, contact_id)
    return pages.done(_("The contact point is no longer used"), ".read", code=code)


@bp.get("/persons/<code:code>/kinships/new")
def ask_tie(code: str, form: Filled | None = None) -> str:
    return _about(code, "people/tie.html", form, Permission.PERSON_WRITE)


@bp.post("/persons/<code:code>/kinships/new")
@pages.takes(KinshipForm, again=ask_tie)
def tie(form: dict[str, str], code: str) -> ResponseReturnValue:
    service.tie(current_actor(), code, **form)
    return pages.done(_("The two are recorded as kin"), ".read", code=code)


@bp.get("/persons/<code:code>/kinships/<code:relative>/remove")
def ask_untie(code: str, relative: str, form: Filled | None = None) -> str:
    return _about(code, "people/untie.html", form, Permission.PERSON_WRITE, relative=relative)


@bp.post("/persons/<code:code>/kinships/<code:relative>/remove")
@pages.acts(again=ask_untie)
def untie(_form: object, code: str, relative: str) -> ResponseReturnValue:
    service.untie(current_actor(), code, relative)
    return pages.done(_("The two are no longer recorded as kin"), ".read", code=code)


@bp.get("/persons/<code:code>/history")
def timeline(code: str) -> str:
    return render_template("people/history.html", told=service.timeline(current_actor(), code))


@bp.get("/persons/<code:code>/consents")
def consents(code: str) -> str:
    return render_template("people/consents.html", said=service.consents(current_actor(), code))


@bp.get("/persons/<code:code>/consents/new")
def ask_consent(code: str, form: Filled | None = None) -> str:
    return _about(code, "people/consent.html", form, Permission.CONSENT_RECORD, notices=_notices())


@bp.post("/persons/<code:code>/consents/new")
@pages.takes(SpokenForm, again=ask_consent)
def record_consent(spoken: Spoken, code: str) -> ResponseReturnValue:
    service.record_consent(current_actor(), code, spoken)
    return pages.done(_("What the person said is recorded"), ".consents", code=code)


@bp.get("/persons/<code:code>/withdrawal")
def ask_withdraw(code: str, form: Filled | None = None) -> str:
    return _about(code, "people/withdrawal.html", form, Permission.CONSENT_RECORD)


@bp.post("/persons/<code:code>/withdrawal")
@pages.takes(WithdrawForm, again=ask_withdraw)
def withdraw_all(spoken: Spoken, code: str) -> ResponseReturnValue:
    service.withdraw_all(current_actor(), code, spoken)
    return pages.done(_("Nobody may contact the person now; see below who holds their data"), ".consents", code=code)


@bp.get("/persons/<code:code>/standing")
def ask_restand(code: str, form: Filled | None = None) -> str:
    return _about(code, "people/standing.html", form, Permission.CONSENT_RECORD)


@bp.post("/persons/<code:code>/standing")
@pages.takes(StandingForm, again=ask_restand)
def restand(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.restand(current_actor(), code, **form)
    return pages.done(_("The standing is recorded"), ".consents", code=code)


@bp.get("/inspections")
def ask_inspect(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.PERSON_INSPECT)
    return render_template("people/inspection.html", form=form or Filled({"code": request.args.get("code")}))


@bp.post("/inspections")
@pages.takes(InspectionForm, again=ask_inspect)
def inspect(form: dict[str, str]) -> str:
    sheet = service.inspect(current_actor(), **form)
    return render_template("people/record.html", sheet=_placed(sheet), reason=form["reason"])


@bp.post("/inspections/readings")
@pages.takes(InspectionForm, again=ask_inspect)
def trace(form: dict[str, str]) -> str:
    return render_template("people/readings.html", sheet=service.trace(current_actor(), **form))


def _entry(form: Filled, made: Mapping[str, str] | None = None) -> str:
    return render_template("people/new.html", form=form, notices=_notices(), made=made)


def _notices() -> list[tuple[str, str]]:
    """Return the notices that somebody may have been shown, the usual choice first."""
    return [(OF_THE_DAY, gettext("The one in force on that day, for each purpose")), *known_notices()]


def _about(code: str, template: str, form: Filled | None, permission: Permission, **more: Any) -> str:
    """Show a form about one person."""
    sheet = service.read(admit(current_actor(), permission), code)
    return render_template(template, sheet=sheet, form=form or Filled(), **more)


def _found(typed: Mapping[str, Any]) -> str:
    """Show a page of those who are found."""
    form = pages.load(SearchForm(), typed)
    after = read_cursor(form["after"]) if "after" in form else None
    asked = {"text": form.get("text"), "wanted": form["filters"], "size": form["size"], "order": form["order"]}
    page = service.search(current_actor(), **asked, after=after)
    found = {**page, "more": as_cursor(page["more"])}
    return render_template("people/search.html", form=Filled(typed), found=found)


def _placed(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record with the key of the unit its home place is in."""
    return {**sheet, "home_unit": f"{sheet['home_epoch']}:{sheet['home_code']}" if sheet["home_code"] else None}


def _typed(sheet: Mapping[str, Any]) -> dict[str, Any]:
    """Return a record as it would be typed into its form: a unit is chosen there only where the text is not enough."""
    text, unit = sheet["home_text"], _placed(sheet)["home_unit"]
    plain = homeplace.locate(text, forms.office()).unit if text else None
    chosen = None if plain and plain.key == unit else unit
    before = {"home_before": text, "home_unit_before": chosen}
    return shown.typed({**sheet, "home": text, "home_unit": chosen, **before})

"""The pages of outreach: lists from draft to closed, issues, grants and pulls."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file
from flask.typing import ResponseReturnValue

from kieubao import forms, pages, shown
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.consent.vocabulary import Purpose
from kieubao.forms import Whole
from kieubao.ground.errors import Conflict, SignInNeeded, _
from kieubao.http import language, site
from kieubao.occasions import papers
from kieubao.outreach import organizer, rosters, service
from kieubao.outreach.schemas import (
    FIELDS,
    AcknowledgeForm,
    AskedFirstForm,
    DigestForm,
    DraftForm,
    GrantForm,
    ListForm,
    PullForm,
    RemarksForm,
    WidenForm,
)
from kieubao.outreach.vocabulary import PURPOSES, fitting
from kieubao.outreach.wording import in_vietnamese, sentence
from kieubao.pages import Filled

bp = Blueprint("outreach_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)
bp.context_processor(lambda: {"list_purposes": PURPOSES, "list_fields": FIELDS, "sentence": sentence})


class HeededForm(AcknowledgeForm):
    pull = forms.code("LL", required=True)


class LimitsForm(WidenForm):
    grant = Whole(1, 2**31 - 1, required=True)


@bp.get("/lists")
def all_lists() -> str:
    return render_template("outreach/lists.html", lists=service.all_lists(current_actor()))


@bp.get("/lists/new")
def ask_draft(form: Filled | None = None) -> str:
    actor = admit(current_actor(), Permission.LIST_DRAFT)
    form = form or Filled(_begun(request.args))
    return render_template("outreach/new.html", form=form, **service.choices(actor))


@bp.post("/lists/new")
@pages.takes(DraftForm, again=ask_draft)
def draft(form: dict[str, Any]) -> ResponseReturnValue:
    drawn = service.draft(current_actor(), **form)
    return pages.done(_("The list is drawn up; look how many would be on it"), ".read", code=drawn["code"])


@bp.get("/lists/<code:code>")
def read(code: str, form: Filled | None = None) -> str:
    """Show a list and, as of now, who would be on it."""
    sheet, preview = service.read(current_actor(), code), None
    later, form = not form and pages.comes_later(sheet), form or Filled()
    try:
        preview = None if later else service.preview(current_actor(), code)
    except Conflict as error:
        form = form.wrong(error)
    return render_template("outreach/list.html", sheet=sheet, preview=preview, later=later, form=form)


@bp.get("/lists/<code:code>/households")
def households(code: str, form: Filled | None = None) -> str:
    """Show whom of each household of several a list asks."""
    sheet = service.read(current_actor(), code)
    later = not form and pages.comes_later(sheet)
    found = {} if later else service.households(current_actor(), code)
    return render_template("outreach/households.html", sheet=sheet, form=form or Filled(), later=later, **found)


@bp.post("/lists/<code:code>/households/first")
@pages.takes(AskedFirstForm, again=households)
def ask_first(form: dict[str, str], code: str) -> ResponseReturnValue:
    service.ask_first(current_actor(), code, **form)
    return pages.done(_("They are asked for their household; the list is a draft again"), ".households", code=code)


@bp.get("/lists/<code:code>/untold")
def untold(code: str) -> str:
    """Show who is in a file of a roster, and was not told of it yet."""
    sheet, found = service.read(current_actor(), code), rosters.untold(current_actor(), code)
    return render_template("outreach/untold.html", sheet=sheet, **found)


@bp.get("/rosters")
def all_rosters(form: Filled | None = None, code: str = "") -> str:
    """Show the rosters that wait for the protection officer, and those in force; again where `code` was refused."""
    found = rosters.rosters(current_actor())
    return render_template("outreach/rosters.html", rosters=found, form=form or Filled())


@bp.post("/rosters/<code:code>/approve")
@pages.takes(DigestForm, again=all_rosters)
def co_approve(form: dict[str, str], code: str) -> ResponseReturnValue:
    rosters.co_approve(current_actor(), code, digest=form["digest"])
    return pages.done(_("The roster is approved by both; the approver can publish it"), ".all_rosters")


@bp.get("/persons/<code:code>/issues")
def why(code: str) -> str:
    """Show why a person is in the issues of lists, or out of them."""
    return render_template("outreach/why.html", code=code, issues=service.why(current_actor(), code))


@bp.get("/lists/<code:code>/edit")
def ask_edit(code: str, form: Filled | None = None) -> str:
    sheet = _sheet(code, Permission.LIST_DRAFT)
    typed = {**shown.typed(sheet), "fields": sheet["fields"], "filter": shown.typed(sheet["filter"])}
    return render_template(
        "outreach/edit.html", sheet=sheet, form=form or Filled(typed), **service.choices(current_actor())
    )


@bp.post("/lists/<code:code>/edit")
@pages.takes(ListForm, again=ask_edit)
def edit(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.edit(current_actor(), code, version=pages.expected_version(), values=form)
    return pages.done(_("The list is changed, and a draft again"), ".read", code=code)


@bp.post("/lists/<code:code>/submit")
@pages.acts(again=read)
def submit(_form: object, code: str) -> ResponseReturnValue:
    service.submit(current_actor(), code)
    return pages.done(_("The list waits for somebody else to approve it"), ".read", code=code)


@bp.post("/lists/<code:code>/approve")
@pages.takes(DigestForm, again=read)
def approve(form: dict[str, str], code: str) -> ResponseReturnValue:
    service.approve(current_actor(), code, digest=form["digest"])
    return pages.done(_("The list is approved; it can be published"), ".read", code=code)


@bp.get("/lists/<code:code>/return")
def ask_send_back(code: str, form: Filled | None = None) -> str:
    sheet = _sheet(code, Permission.LIST_APPROVE)
    return render_template("outreach/return.html", sheet=sheet, form=form or Filled())


@bp.post("/lists/<code:code>/return")
@pages.takes(RemarksForm, again=ask_send_back)
def send_back(form: dict[str, str], code: str) -> ResponseReturnValue:
    service.send_back(current_actor(), code, remarks=form["remarks"])
    return pages.done(_("The list is back with its author"), ".read", code=code)


@bp.post("/lists/<code:code>/publish")
@pages.acts(again=read)
def publish(_form: object, code: str) -> ResponseReturnValue:
    service.publish(current_actor(), code, worded=in_vietnamese)
    return pages.done(_("The issue is published; grant it to an organisation"), ".read", code=code)


@bp.get("/lists/<code:code>/close")
def ask_close(code: str, form: Filled | None = None) -> str:
    sheet = _sheet(code, Permission.LIST_APPROVE)
    return render_template("outreach/close.html", sheet=sheet, form=form or Filled())


@bp.post("/lists/<code:code>/close")
@pages.acts(again=ask_close)
def close(_form: object, code: str) -> ResponseReturnValue:
    service.close(current_actor(), code)
    return pages.done(_("The list is closed and its issue recalled"), ".read", code=code)


@bp.get("/lists/<code:code>/grants/new")
def ask_grant(code: str, form: Filled | None = None) -> str:
    sheet = _sheet(code, Permission.LIST_APPROVE)
    told = {
        "agreements": service.agreements_in_force(current_actor()),
        "formats": fitting(sheet["channels"], urgent=sheet["urgent"]),
    }
    return render_template("outreach/grant.html", sheet=sheet, form=form or Filled(), **told)


@bp.post("/lists/<code:code>/grants/new")
@pages.takes(GrantForm, again=ask_grant)
def grant(form: dict[str, Any], code: str) -> ResponseReturnValue:
    service.grant(current_actor(), code, **form)
    return pages.done(_("The issue is open to the organisation"), ".read", code=code)


@bp.get("/grants/limits")
def ask_widen(form: Filled | None = None) -> str:
    return render_template("outreach/limits.html", grants=service.grants(current_actor()), form=form or Filled())


@bp.post("/grants/limits")
@pages.takes(LimitsForm, again=ask_widen)
def widen(form: dict[str, int]) -> ResponseReturnValue:
    service.widen(current_actor(), form.pop("grant"), **form)
    return pages.done(_("The limits of the grant are set"), ".ask_widen")


@bp.get("/issues")
def granted() -> str:
    actor = current_actor()
    return render_template(
        "outreach/issues.html", issues=organizer.granted(actor), stops=organizer.to_acknowledge(actor)
    )


@bp.get("/issues/<code:code>")
def issue(code: str, form: Filled | None = None) -> str:
    """Show the terms on which an issue is open, and the pulls that were made of it."""
    terms = [one for one in organizer.granted(current_actor()) if one["code"] == code]
    pulls = organizer.made_pulls(current_actor(), code)
    form, occasion = form or Filled(), organizer.occasion(current_actor(), code) if terms else None
    return render_template("outreach/issue.html", code=code, terms=terms, pulls=pulls, occasion=occasion, form=form)


@bp.get("/issues/<code:code>/calendar")
def calendar(code: str) -> Response:
    return papers.sent(organizer.occasion(current_actor(), code))


@bp.post("/issues/<code:code>/acknowledge")
@pages.takes(HeededForm, again=issue)
def acknowledge(form: dict[str, Any], code: str) -> ResponseReturnValue:
    organizer.acknowledge(current_actor(), form["pull"], notice=form["notice"])
    return pages.done(_("It is written down that you stopped"), ".issue", code=code)


@bp.post("/issues/<code:code>")
@pages.takes(PullForm, again=issue)
def pull(form: dict[str, Any], code: str) -> Response:
    file = organizer.pull(current_actor(), code, **form, language=language(), site=site())
    return send_file(file.content, file.media, as_attachment=True, download_name=file.name)


def _begun(asked: Mapping[str, str]) -> dict[str, Any]:
    """Return a list as another page would have it begun: of an occasion, a segment, or whom a call suits."""
    call, segment = asked.get("suits"), asked.get("segment")
    whom = {"segments": [segment] if segment else [], "suits": [call] if call else []}
    return {"occasion": asked.get("occasion"), "purpose": Purpose.INVESTMENT if call else None, "filter": whom}


def _sheet(code: str, permission: Permission) -> service.Sheet:
    actor = admit(current_actor(), permission)
    return service.read(actor, code)

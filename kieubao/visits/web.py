"""The pages of whoever came by a link of their own; and those by which the office gives links and tells messages."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from kieubao import pages, shown
from kieubao.access.roles import PUBLIC, SUBJECT, Actor
from kieubao.access.session import current_actor
from kieubao.consent.vocabulary import URGENT, Channel, Purpose
from kieubao.ground.errors import NotFound, SignInNeeded, _
from kieubao.pages import Filled
from kieubao.people.records import Contact
from kieubao.rights import papers as rights_papers
from kieubao.rights.schemas import PaperForm
from kieubao.rights.vocabulary import Kind
from kieubao.rights.web import papers_of
from kieubao.visits import door, office, papers, passes, recipient, service, wishes
from kieubao.visits.schemas import (
    STOPS,
    AgreementForm,
    AskForm,
    CodeForm,
    DropPageForm,
    HandForm,
    OwnContactForm,
    PlacePageForm,
    PleaForm,
    PointForm,
    StopForm,
    WishForm,
)
from kieubao.visits.vocabulary import Handed, Unplaced

bp = Blueprint("visits_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


class _CodeNeeded(Exception):
    """Whoever came has shown no code yet."""


@bp.errorhandler(_CodeNeeded)
def to_code(_error: _CodeNeeded) -> ResponseReturnValue:
    return redirect(url_for(".mine"), 303)


@bp.context_processor
def words() -> dict[str, Any]:
    return {"parts": papers.PARTS, "stops": [one.value for one in STOPS], "urgent": URGENT}


@bp.get("/p/<link>")
def landing(link: str, form: Filled | None = None) -> str:
    """Ask before a visit begins: what only looks at addresses in mail does not use a link up."""
    passes.refuse_made_up(link)
    return render_template("visits/landing.html", link=link, form=form or Filled())


@bp.post("/p/<link>")
@pages.acts(again=landing)
def arrive(_form: object, link: str) -> ResponseReturnValue:
    passes.refuse_made_up(link)
    door.keep(recipient.arrive(SUBJECT, link))
    return redirect(url_for(".mine"), 303)


@bp.get("/mine")
def mine(form: Filled | None = None) -> str:
    """Show what is recorded of whoever came; before a code, how it can reach them."""
    actor, proved = door.visitor()
    if proved:
        # What was wrong about being left alone is told where that is asked for.
        return consents(form) if form else render_template("visits/mine.html", sheet=service.mine(actor))
    return render_template("visits/welcome.html", sheet=recipient.welcome(actor), form=form or Filled())


@bp.post("/mine/code")
@pages.takes(PointForm, again=mine)
def send_code(form: dict[str, int]) -> ResponseReturnValue:
    recipient.send_code(_comer(), form["point"], papers.named())
    return pages.done(_("A code is on its way to you"), ".mine")


@bp.post("/mine/proof")
@pages.takes(CodeForm, again=mine)
def prove(form: dict[str, str]) -> ResponseReturnValue:
    door.keep(recipient.prove(_comer(), form["code"]))
    return redirect(url_for(".mine"), 303)


@bp.post("/mine/confirmation")
@pages.acts(again=mine)
def confirm(_form: object) -> ResponseReturnValue:
    service.confirm(_visitor())
    return pages.done(_("Thank you: it is written down that all of it is right today"), ".mine")


@bp.post("/mine/stop")
@pages.takes(StopForm, again=mine)
def stop(form: dict[str, str]) -> ResponseReturnValue:
    recipient.stop(_comer(), Kind(form["kind"]), papers.named())
    return pages.done(_("Done: nobody on a list is to contact you any more. Whoever has your data is told so"), ".mine")


@bp.post("/mine/leave")
@pages.acts(again=mine)
def leave(_form: object) -> str:
    recipient.leave(_comer())
    door.forget()
    return render_template("visits/left.html")


@bp.get("/mine/readers")
def trace() -> str:
    sheet = service.trace(_visitor())
    return render_template("visits/readers.html", sheet=sheet, deeds=_by_day(sheet["readings"]))


@bp.get("/mine/consents")
def consents(form: Filled | None = None) -> str:
    return render_template("visits/consents.html", sheet=service.consents(_visitor()), form=form or Filled())


@bp.get("/mine/consents/<purpose>")
def ask_decide(purpose: str, form: Filled | None = None) -> str:
    sheet = service.consents(_visitor(), _purpose(purpose))
    return render_template("visits/consent.html", sheet=sheet, form=form or Filled(_stands(sheet)))


@bp.post("/mine/consents/<purpose>")
@pages.takes(AgreementForm, again=ask_decide)
def decide(form: tuple[list[Channel], str | None], purpose: str) -> ResponseReturnValue:
    service.decide(_visitor(), _purpose(purpose), *form)
    return pages.done(_("It is recorded, and holds from now on"), ".consents")


@bp.get("/mine/contacts")
def reached(form: Filled | None = None) -> str:
    return render_template("visits/contacts.html", sheet=service.reached(_visitor()), form=form or Filled())


@bp.post("/mine/contacts")
@pages.takes(OwnContactForm, again=reached)
def add_contact(form: Contact) -> ResponseReturnValue:
    service.add_contact(_visitor(), form, papers.named(), papers.site())
    return pages.done(_("It is added after two days, unless somebody whom we told stops it"), ".reached")


@bp.post("/mine/contacts/retire")
@pages.takes(PointForm, again=reached)
def retire_contact(form: dict[str, int]) -> ResponseReturnValue:
    service.retire_contact(_visitor(), form["point"], papers.named(), papers.site())
    return pages.done(_("It is used no more after two days, unless somebody whom we told stops it"), ".reached")


@bp.post("/mine/contacts/wishes")
@pages.takes(WishForm, again=reached)
def take_back(form: dict[str, str]) -> ResponseReturnValue:
    service.take_back(_visitor(), form["wish"])
    return pages.done(_("It stays as it is"), ".reached")


@bp.get("/mine/requests")
def asked(form: Filled | None = None) -> str:
    return render_template("visits/requests.html", requests=service.asked(_visitor()), form=form or Filled())


@bp.post("/mine/requests")
@pages.takes(AskForm, again=asked)
def ask(form: tuple[Kind, str | None]) -> ResponseReturnValue:
    service.ask(_visitor(), *form)
    return pages.done(_("Your request is filed, and its clock runs"), ".asked")


@bp.get("/mine/papers")
def papers_here(form: Filled | None = None) -> str:
    return render_template("visits/papers.html", receipts=service.papers(_visitor()), form=form or Filled())


@bp.post("/mine/papers")
@pages.takes(PaperForm, again=papers_here)
def take_receipt(form: dict[str, Any]) -> ResponseReturnValue:
    told = service.take_receipt(_visitor(), rights_papers.office())
    return rights_papers.given(told, form["paper_language"])


@bp.get("/mine/papers/<wanted>")
def take(wanted: str) -> ResponseReturnValue:
    """Answer with all that is recorded of whoever came, as PDF, JSON or a card."""
    if wanted not in papers.TAKEN:
        raise NotFound(_("There is nothing here"))
    return papers.TAKEN[wanted](service.take(_visitor()))


@bp.get("/w/<stopping>")
def ask_forbid(stopping: str, form: Filled | None = None) -> str:
    wishes.named(stopping)
    return render_template("visits/forbid.html", stopping=stopping, form=form or Filled(), done=False)


@bp.post("/w/<stopping>")
@pages.acts(again=ask_forbid)
def forbid(_form: object, stopping: str) -> str:
    wishes.named(stopping)
    recipient.forbid(SUBJECT, stopping)
    return render_template("visits/forbid.html", stopping=stopping, form=Filled(), done=True)


@bp.get("/stop")
def ask_stop(form: Filled | None = None) -> str:
    """Let anybody say that they, or somebody of theirs, are to be left alone."""
    return render_template("visits/stop.html", form=form or Filled(), filed=None)


@bp.post("/stop")
@pages.takes(PleaForm, again=ask_stop)
def plead(form: tuple[Kind, dict[str, Any]]) -> str:
    kind, told = form
    filed = recipient.plead(PUBLIC, request.remote_addr or "", kind, told)
    return render_template("visits/stop.html", form=Filled(), filed=filed)


@bp.get("/requests/pleas")
def all_pleas(form: Filled | None = None) -> str:
    return render_template("visits/pleas.html", pleas=office.all_pleas(current_actor()), form=form or Filled())


@bp.post("/requests/pleas/person")
@pages.takes(PlacePageForm, again=all_pleas)
def place(form: dict[str, str]) -> ResponseReturnValue:
    filed = office.place(current_actor(), form["plea"], form["person"], papers.named())
    return pages.done(_("It is done, and filed as their request"), "rights_pages.read", code=filed)


@bp.post("/requests/pleas/drop")
@pages.takes(DropPageForm, again=all_pleas)
def drop_plea(form: dict[str, str]) -> ResponseReturnValue:
    office.drop_plea(current_actor(), form["plea"], Unplaced(form["reason"]))
    return pages.done(_("It is settled"), ".all_pleas")


@bp.post("/persons/<code:code>/papers/link")
@pages.takes(HandForm, again=papers_of)
def give_link(form: dict[str, Any], code: str) -> ResponseReturnValue:
    """Give somebody a link: on paper, or by the office's own mail."""
    handed = form["handed"]
    told = office.give_link(current_actor(), code, handed, papers.named(), papers.site())
    if handed is Handed.EMAIL:
        return pages.done(_("The link is on its way to their e-mail address"), "rights_pages.papers_of", code=code)
    return papers.letter(told, handed, form["paper_language"])


@bp.get("/messages")
def to_tell() -> str:
    return render_template("visits/messages.html", messages=office.to_tell(current_actor()))


@bp.get("/messages/<int:message_id>")
def message(message_id: int, form: Filled | None = None) -> str:
    sheet = office.message(current_actor(), message_id)
    return render_template("visits/message.html", sheet=sheet, form=form or Filled())


@bp.post("/messages/<int:message_id>/told")
@pages.acts(again=message)
def told(_form: object, message_id: int) -> ResponseReturnValue:
    office.told(current_actor(), message_id)
    return pages.done(_("It is written down"), ".to_tell")


def _comer() -> Actor:
    """Return whoever came by a link, with a code or without."""
    return door.visitor()[0]


def _visitor() -> Actor:
    """Return whoever came and showed a code; has others be asked for it."""
    actor, proved = door.visitor()
    if not proved:
        raise _CodeNeeded
    return actor


def _purpose(text: str) -> Purpose:
    if text not in {one.value for one in Purpose}:
        raise NotFound(_("There is nothing here"))
    return Purpose(text)


def _by_day(readings: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what each did on each day once, with how often: the latest first."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for one in readings:
        told = {name: one[name] for name in ("deed", "organisation", "role", "purpose")}
        on = shown.day(one["at"])
        found.setdefault((on, *told.values()), {**told, "on": on, "times": 0})["times"] += 1
    return list(found.values())


def _stands(sheet: dict[str, Any]) -> dict[str, Any]:
    """Return how consent for a purpose stands, as its form has it."""
    said = [one for one in sheet["consents"] if one["purpose"] == sheet["purpose"]]
    yes = [one["channel"] for one in said if one["holds"]]
    return {"channels": yes, "agrees": "yes" if yes else "no" if said else ""}

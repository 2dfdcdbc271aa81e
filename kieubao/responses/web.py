"""The pages of responses: what people said, the door, and what whoever invited records."""

from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from kieubao import pages, shown
from kieubao.access.roles import SUBJECT, Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.ground.errors import SignInNeeded, _
from kieubao.occasions import service as occasions
from kieubao.occasions.turnout import Said
from kieubao.occasions.vocabulary import Answer, Presence, Speaker
from kieubao.outreach import links
from kieubao.pages import Filled
from kieubao.responses import organizer, recipient, rows, service
from kieubao.responses.schemas import ArrivalForm, LookUpForm, ReplyForm, ResponseForm

bp = Blueprint("responses_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)
bp.context_processor(lambda: {"headings": rows.HEADINGS})


@bp.get("/occasions/<code:code>/responses")
def all_of(code: str, form: Filled | None = None) -> str:
    among = {"answer": tuple(Answer), "presence": tuple(Presence)}
    wanted = {name: value for name, value in request.args.items() if value in among.get(name, ())}
    return _all_of(code, wanted, form or Filled())


@bp.post("/occasions/<code:code>/responses/found")
@pages.takes(LookUpForm, again=all_of, reads=True)
def look_up(form: dict[str, str], code: str) -> str:
    """Look for somebody by their name, which stands in no address."""
    return _all_of(code, form, Filled(pages.sent()))


@bp.get("/occasions/<code:code>/responses/new")
def ask(code: str, form: Filled | None = None) -> str:
    occasion = occasions.read(admit(current_actor(), Permission.RESPONSE_RECORD), code)
    form = form or Filled({"person": request.args.get("person")})
    return render_template("responses/new.html", occasion=occasion, form=form)


@bp.post("/occasions/<code:code>/responses/new")
@pages.takes(ResponseForm, again=ask)
def record(form: tuple[str, Said], code: str) -> ResponseReturnValue:
    service.record(current_actor(), code, *form)
    return pages.done(_("The answer is recorded"), ".all_of", code=code)


@bp.get("/occasions/<code:code>/door")
def door(code: str, form: Filled | None = None) -> str:
    """Show who is expected, to be ticked off as they come."""
    admit(current_actor(), Permission.RESPONSE_RECORD)
    return _door(code, {}, form or Filled())


@bp.post("/occasions/<code:code>/door/found")
@pages.takes(LookUpForm, again=door, reads=True)
def look_up_at_door(form: dict[str, str], code: str) -> str:
    return _door(code, form, Filled(pages.sent()))


@bp.post("/occasions/<code:code>/door")
@pages.takes(ArrivalForm, again=door)
def tick(form: dict[str, str], code: str) -> ResponseReturnValue:
    said = Said(presence=Presence(form["presence"]), said_by=Speaker.HOST)
    service.record(current_actor(), code, form["person"], said)
    return pages.done(_("It is recorded"), ".door", code=code)


@bp.get("/persons/<code:code>/responses")
def of_person(code: str) -> str:
    told = service.of_person(current_actor(), code)
    return render_template("responses/person.html", code=code, responses=told)


@bp.get("/responses/left")
def left_to_do() -> str:
    return render_template("responses/left.html", left=service.left_to_do(current_actor()))


@bp.get("/r/<link>")
def invited(link: str, form: Filled | None = None) -> str:
    """Show somebody what they are invited to, by the link they were sent."""
    links.refuse_made_up(link)
    sheet = recipient.read(SUBJECT, link)
    return render_template("responses/invited.html", sheet=sheet, link=link, form=form or Filled(shown.typed(sheet)))


@bp.post("/r/<link>")
@pages.takes(ReplyForm, again=invited)
def answer(form: Said, link: str) -> ResponseReturnValue:
    links.refuse_made_up(link)
    recipient.answer(SUBJECT, link, form)
    return pages.done(_("Your answer is recorded. Thank you"), ".invited", link=link)


@bp.get("/issues/<code:code>/responses")
def all_pulled(code: str, form: Filled | None = None, taken: dict[str, object] | None = None) -> str:
    sheet = organizer.all_of(current_actor(), code)
    return render_template("responses/pulled.html", sheet=sheet, form=form or Filled(), taken=taken)


@bp.post("/issues/<code:code>/responses")
@pages.takes(ResponseForm, again=all_pulled)
def record_pulled(form: tuple[str, Said], code: str) -> ResponseReturnValue:
    organizer.record(current_actor(), code, *form)
    return pages.done(_("The answer is recorded"), ".all_pulled", code=code)


@bp.post("/issues/<code:code>/responses/file")
@pages.acts(again=all_pulled)
def record_file(_form: Any, code: str) -> str:
    """Record a file of answers, and show which rows could not be."""
    actor = admit(current_actor(), Permission.LIST_PULL)
    read = rows.read(request.files.get("file"))
    return all_pulled(code, taken=rows.told_of(read, organizer.record_all(actor, code, rows.said(read))))


def _all_of(code: str, wanted: dict[str, str], form: Filled) -> str:
    sheet = service.all_of(current_actor(), code, **wanted)
    return render_template("responses/all.html", sheet=sheet, wanted=wanted, form=form)


def _door(code: str, wanted: dict[str, str], form: Filled) -> str:
    sheet = service.all_of(current_actor(), code, answer=Answer.ACCEPTED, text=wanted.get("text"))
    return render_template("responses/door.html", sheet=sheet, form=form)

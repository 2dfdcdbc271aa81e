"""The pages of registrations: one thing a page for whoever registers, and the queue for clerks."""

from secrets import token_hex
from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from kieubao import pages, shown
from kieubao.access.roles import PUBLIC
from kieubao.access.session import current_actor
from kieubao.consent import notices
from kieubao.forms import office
from kieubao.ground import clock
from kieubao.ground.errors import Invalid, NotFound, SignInNeeded, _
from kieubao.ground.text import clean
from kieubao.http import put_away, taken_back
from kieubao.pages import Filled
from kieubao.people.records import HOME, home_of, reached
from kieubao.registrations import arrived, recipient, service
from kieubao.registrations.arrived import Sent
from kieubao.registrations.schemas import (
    STEPS,
    WAYS,
    BornStep,
    EnrolmentForm,
    KnownForm,
    LiveStep,
    RefusalForm,
    SendStep,
    reading,
    steps_of,
)
from kieubao.registrations.vocabulary import Registrant, Unfit
from kieubao.worker import looked

bp = Blueprint("registrations_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)
# What the browser keeps, sealed: the answers, and when the first was given.
_KEPT: Final = "registering"
_SENT: Final = "registered"
# For how long, in seconds.
_LONGEST: Final = 2 * 60 * 60
# What is chosen and not typed.
_CODED: Final = frozenset({"registrant", "gender", "purposes", "channels"})
# Nobody reads the pages and fills them in faster, in seconds.
_LEAST: Final = 10


@bp.get("/register")
def start() -> str:
    """Say what it is for, and begin anew: whoever sat here before leaves nothing to the next."""
    for name in (_KEPT, _SENT):
        session.pop(name, None)
    return render_template("registrations/start.html")


@bp.get("/register/<step>")
def ask(step: str, form: Filled | None = None) -> Any:
    answers = _answers()
    if step not in _steps(answers) and step != "registrant":
        return redirect(url_for(".start"), 303)
    told = form or Filled(answers)
    asking = looked(notices.offered) if step == "agree" else {}
    steps = _steps(answers)
    at = steps.index(step) + 1
    about = {"step": step, "at": at, "of": len(steps), "before": steps[: at - 1][-1:], "notices": asking}
    return render_template("registrations/step.html", form=told, registrant=answers.get("registrant"), **about)


@bp.post("/register/<step>")
def answer(step: str) -> ResponseReturnValue:
    """Keep an answer in the reader's browser, sealed, and go to the next question, or to all answers."""
    if step not in STEPS:
        raise NotFound(_("There is nothing here"))
    if step not in _steps(_answers()):
        return redirect(url_for(".start"), 303)
    return pages.takes(STEPS[step], again=ask)(_kept)(step=step)


@bp.get("/register/check")
def check(form: Filled | None = None) -> Any:
    answers = _answers()
    left = _left(answers)
    if left:
        return redirect(url_for(".ask", step=left[0]), 303)
    return render_template(
        "registrations/check.html", answers=answers, steps=_steps(answers), fields=_FIELDS, form=form or Filled()
    )


@bp.post("/register/check")
@pages.takes(SendStep, again=check)
def send(form: dict[str, str]) -> ResponseReturnValue:
    answers = _answers()
    if _left(answers):
        return redirect(url_for(".start"), 303)
    if clock.now().timestamp() - answers["begun"] < _LEAST:
        raise Invalid(_("Look your answers over once more, then send them"))
    if answers.get("notices", {}).items() - _references().items():
        return _asked_anew(answers, "agree", _("There is another notice by now: read it first"))
    # Nothing of what was answered as somebody else before: a family agrees in nobody's place.
    asked = {name for step in _steps(answers) for name in [*_FIELDS[step], *(["notices"] if step == "agree" else [])]}
    told = {name: value for name, value in answers.items() if name in asked}
    home = home_of(reading()(told).values, office())
    if "leave_blank" in form:
        told["machine"] = True
    sending = Sent(Registrant(told["registrant"]), told, *home)
    code = recipient.register(PUBLIC, request.remote_addr or "", answers["id"], sending)
    session.pop(_KEPT, None)
    put_away(_SENT, code)
    return redirect(url_for(".sent"), 303)


@bp.get("/register/sent")
def sent() -> str:
    return render_template("registrations/sent.html", code=taken_back(_SENT))


@bp.get("/registrations")
def waiting() -> str:
    return render_template("registrations/all.html", registrations=service.waiting(current_actor()))


@bp.get("/registrations/<code:code>")
def one(code: str, form: Filled | None = None) -> str:
    sheet = service.one(current_actor(), code, reading(code))
    return render_template("registrations/one.html", sheet=sheet, fields=_FIELDS, form=form or Filled())


@bp.post("/registrations/<code:code>/enrolment")
@pages.takes(EnrolmentForm, again=one)
def enrol(form: dict[str, Any], code: str) -> ResponseReturnValue:
    read, others = reading(code, form["legal_basis"]), frozenset(form["distinct_from"])
    sheet = service.enrol(current_actor(), code, read, others, spoken=form["spoken"])
    return pages.done(_("The person is recorded"), "people_pages.read", code=sheet["code"])


@bp.post("/registrations/<code:code>/person")
@pages.takes(KnownForm, again=one)
def know(form: dict[str, str], code: str) -> ResponseReturnValue:
    service.know(current_actor(), code, form["person"])
    return pages.done(_("It is written down"), "people_pages.read", code=form["person"])


@bp.post("/registrations/<code:code>/refusal")
@pages.takes(RefusalForm, again=one)
def refuse(form: dict[str, str], code: str) -> ResponseReturnValue:
    service.refuse(current_actor(), code, Unfit(form["reason"]))
    return pages.done(_("It is settled"), ".waiting")


@bp.context_processor
def words() -> dict[str, Any]:
    return {"told_back": _told_back, "ways": lambda sheet: [one for one in WAYS if sheet.get(one)]}


# What each page asks, as it is told back.
_FIELDS: Final = {step: [name for name in form().fields if name != "notice"] for step, form in STEPS.items()}


def _told_back(name: str, value: Any) -> str:
    """Return an answer in words: what was typed, or what a code is called."""
    if name in {"purposes", "channels"}:
        return ", ".join(shown.label_of(name[:-1], one) for one in value or ())
    coded = {"registrant": "registrant_short", "gender": "gender"}.get(name)
    return shown.label_of(coded, value) if coded and value else str(value or "")


def _answers() -> dict[str, Any]:
    """Return what was answered so far, by whoever began within two hours."""
    found: dict[str, Any] = taken_back(_KEPT) or {}
    return found if found.get("begun", 0) > clock.now().timestamp() - _LONGEST else {}


def _steps(answers: dict[str, Any]) -> list[str]:
    if "registrant" not in answers:
        return ["registrant"]
    born = BornStep().load({"born": answers["born"]})["born"] if "born" in answers else None
    return steps_of(Registrant(answers["registrant"]), minor=arrived.is_minor(born))


def _left(answers: dict[str, Any]) -> list[str]:
    """Return the questions that were not answered; what has not to be answered was seen."""
    return [one for one in _steps(answers) if one not in answers.get("seen", ())]


def _references() -> dict[str, str]:
    """Return by which notice each purpose is asked for."""
    return {purpose: told["reference"] for purpose, told in looked(notices.offered).items()}


def _kept(form: Any, step: str) -> ResponseReturnValue:
    answers = _answers() or {"begun": clock.now().timestamp(), "id": token_hex(8), "seen": []}
    typed = pages.sent()
    rest = {name: value for name, value in answers.items() if name not in _FIELDS[step]}
    said = {name: form[name] if name in _CODED else clean(typed[name]) for name in _FIELDS[step] if name in form}
    kept = {**rest, **said, "seen": sorted({*answers["seen"], step})}
    if step == "agree":
        # By which notices they were asked, as these stood on the page.
        kept["notices"] = _references()
        if {*form.get("notice", ())} != {*kept["notices"].values()}:
            raise Invalid(_("There is another notice by now: read it first"))
        kept["purposes"] = [one for one in kept.get("purposes", ()) if one in kept["notices"]]
    if step in {"live", "reach"} and (error := _unreadable(kept)):
        if step == "reach":
            raise Invalid(error.message, field="phone", **error.values) from error
        return _asked_anew(kept, "reach", _("Write the number again: it is none of the country where you live"))
    if not put_away(_KEPT, kept):
        raise Invalid(_("This is more than can be kept: write less"))
    left = _left(kept)
    return redirect(url_for(".ask", step=left[0]) if left else url_for(".check"), 303)


def _unreadable(answers: dict[str, Any]) -> Invalid | None:
    """Return what is wrong about a number, read as of the country where they live."""
    country = LiveStep().load({"country": answers["country"]})["country"] if "country" in answers else HOME
    try:
        if number := answers.get("phone"):
            reached("phone", number, country)
    except Invalid as error:
        return error
    return None


def _asked_anew(answers: dict[str, Any], step: str, why: str) -> ResponseReturnValue:
    """Have a question answered again, of which an answer holds no more."""
    if not put_away(_KEPT, {**answers, "seen": [one for one in answers["seen"] if one != step]}):
        raise Invalid(_("This is more than can be kept: write less"))
    return pages.done(why, ".ask", step=step)

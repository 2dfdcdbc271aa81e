"""The pages of the police desk: of police accounts, of the protection officer, and of those who agree."""

import re
from typing import Any, Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from kieubao import pages
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.ground import clock
from kieubao.ground.errors import SignInNeeded, _
from kieubao.pages import Filled
from kieubao.police import approval, figures, office, papers, service, vocabulary
from kieubao.police.decisions import Decided
from kieubao.police.schemas import (
    ComplaintAnswerForm,
    ComplaintForm,
    DecisionForm,
    DisclosureForm,
    DisclosureTellingForm,
    MandateForm,
    PaperRequestForm,
    RenewalForm,
)
from kieubao.police.vocabulary import Delay, Item
from kieubao.shown import called
from kieubao.worker import looked

_OF_PERSON: Final = re.compile(r"subjects\.(\d+)\.(\w+)")
bp = Blueprint("police_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.context_processor
def words() -> dict[str, Any]:
    said = {"said_of": papers.said_of, "last_day": clock.last_day, "of_whom": of_whom}
    return {"desk": vocabulary, "items": [*Item], **said}


def of_whom(form: Filled, **words: str) -> dict[str, str]:
    """Return what wrong fields of people are called in a summary: each with the number of its person."""
    found = filter(None, map(_OF_PERSON.fullmatch, form.errors))
    return {one[0]: _of_person(int(one[1]) + 1, words.get(one[2]) or called(one[2])) for one in found}


def _of_person(number: int, field: str) -> str:
    return str(gettext("%(field)s (person %(number)s)", field=field, number=number))


@bp.get("/disclosures")
def overview() -> str:
    return render_template("police/overview.html", sheet=service.overview(current_actor()))


@bp.get("/disclosures/new")
def ask(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.DISCLOSURE_FILE)
    return render_template("police/new.html", form=form or Filled(), by_desk=False)


@bp.post("/disclosures/new")
@pages.takes(DisclosureForm, again=ask)
def file(form: dict[str, Any]) -> ResponseReturnValue:
    filed = service.file(current_actor(), form)
    return pages.done(_("The request is written down"), ".read", code=filed["code"])


@bp.get("/disclosures/<code:code>")
def read(code: str, form: Filled | None = None) -> str:
    return render_template("police/one.html", sheet=service.read(current_actor(), code), form=form or Filled())


@bp.post("/disclosures/<code:code>/endorsement")
@pages.acts(again=read)
def endorse(_form: object, code: str) -> ResponseReturnValue:
    service.endorse(current_actor(), code)
    return pages.done(_("The request is endorsed; the data-protection officer decides"), ".read", code=code)


@bp.post("/disclosures/<code:code>/refusal")
@pages.acts(again=read)
def not_endorse(_form: object, code: str) -> ResponseReturnValue:
    service.not_endorse(current_actor(), code)
    return pages.done(_("The request is not endorsed, and ends"), ".read", code=code)


@bp.post("/disclosures/<code:code>/page")
@pages.acts(again=read)
def show(_form: object, code: str) -> str:
    actor = current_actor()
    return render_template("police/released.html", sheet=service.open(actor, code), holder=actor.name)


@bp.get("/disclosures/desk")
def queue() -> str:
    return render_template("police/queue.html", sheet=office.queue(current_actor()))


@bp.get("/disclosures/desk/new")
def ask_enter(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.DISCLOSURE_DECIDE)
    return render_template("police/new.html", form=form or Filled(), by_desk=True)


@bp.post("/disclosures/desk/new")
@pages.takes(PaperRequestForm, again=ask_enter)
def enter(form: tuple[str, str, str, dict[str, Any]]) -> ResponseReturnValue:
    return pages.done(_("The request is written down"), ".match", code=office.enter(current_actor(), *form))


@bp.get("/disclosures/desk/<code:code>")
def match(code: str, form: Filled | None = None) -> str:
    return render_template("police/desk.html", sheet=office.match(current_actor(), code), form=form or Filled())


@bp.post("/disclosures/desk/<code:code>/decision")
@pages.takes(DecisionForm, again=match)
def decide(form: tuple[list[Decided], tuple[Delay, str] | None], code: str) -> ResponseReturnValue:
    office.decide(current_actor(), code, *form)
    return pages.done(_("It is decided"), ".match", code=code)


@bp.post("/disclosures/desk/<code:code>/letter")
@pages.acts(again=match)
def reply(_form: object, code: str) -> ResponseReturnValue:
    return papers.replied(office.reply(current_actor(), code))


@bp.post("/disclosures/desk/<code:code>/renewal")
@pages.takes(RenewalForm, again=match)
def renew(form: dict[str, str], code: str) -> ResponseReturnValue:
    office.renew(current_actor(), code, form["defer_why"])
    return pages.done(_("It is proposed; another approver than the last agrees to it"), ".match", code=code)


@bp.post("/disclosures/desk/<code:code>/complaint")
@pages.takes(ComplaintForm, again=match)
def complain(form: dict[str, Any], code: str) -> ResponseReturnValue:
    office.complain(current_actor(), code, form["received_on"], form["complaint"])
    return pages.done(_("The complaint is written down; the head of the department answers it"), ".match", code=code)


@bp.get("/disclosures/desk/tellings/<int:telling_id>")
def ask_told(telling_id: int, form: Filled | None = None) -> str:
    sheet = office.to_tell(current_actor(), telling_id)
    return render_template("police/telling.html", sheet=sheet, form=form or Filled())


@bp.post("/disclosures/desk/tellings/<int:telling_id>")
@pages.takes(DisclosureTellingForm, again=ask_told)
def told_by_hand(form: dict[str, str], telling_id: int) -> ResponseReturnValue:
    office.told_by_hand(current_actor(), telling_id, form["told_by"])
    return pages.done(_("It is written down that they were told"), ".queue")


@bp.get("/disclosures/desk/tellings/<int:telling_id>/letter")
def telling_letter(telling_id: int) -> ResponseReturnValue:
    return papers.telling(office.to_tell(current_actor(), telling_id))


@bp.get("/disclosures/approvals")
def approvals() -> str:
    return render_template("police/approvals.html", requests=approval.approvals(current_actor()))


@bp.get("/disclosures/approvals/<code:code>")
def to_approve(code: str, form: Filled | None = None) -> str:
    sheet = approval.to_approve(current_actor(), code)
    return render_template("police/approval.html", sheet=sheet, form=form or Filled())


@bp.post("/disclosures/approvals/<code:code>/approval")
@pages.acts(again=to_approve)
def approve(_form: object, code: str) -> ResponseReturnValue:
    approval.approve(current_actor(), code)
    return pages.done(_("You agreed"), ".approvals")


@bp.post("/disclosures/approvals/<code:code>/refusal")
@pages.acts(again=to_approve)
def not_approve(_form: object, code: str) -> ResponseReturnValue:
    approval.not_approve(current_actor(), code)
    return pages.done(_("You did not agree: nothing is given"), ".approvals")


@bp.post("/disclosures/approvals/<code:code>/renewal")
@pages.acts(again=to_approve)
def approve_renewal(_form: object, code: str) -> ResponseReturnValue:
    approval.approve_renewal(current_actor(), code)
    return pages.done(_("You agreed"), ".approvals")


@bp.post("/disclosures/approvals/<code:code>/answer")
@pages.takes(ComplaintAnswerForm, again=to_approve)
def answer_complaint(form: dict[str, Any], code: str) -> ResponseReturnValue:
    approval.answer_complaint(current_actor(), code, upheld=form["upheld"], words=form["complaint_answer"])
    return pages.done(_("The complaint is answered"), ".approvals")


@bp.get("/disclosures/mandates")
@bp.get("/disclosures/mandates/<code:code>")
def mandates(form: Filled | None = None, code: str = "") -> str:
    """Show the mandates; the address of one leads among them."""
    found = approval.all_mandates(current_actor())
    return render_template("police/mandates.html", mandates=found, form=form or Filled(), code=code)


@bp.get("/disclosures/mandates/new")
def ask_mandate(form: Filled | None = None) -> str:
    admit(current_actor(), Permission.MANDATE_PROPOSE)
    return render_template("police/mandate.html", form=form or Filled())


@bp.post("/disclosures/mandates/new")
@pages.takes(MandateForm, again=ask_mandate)
def propose_mandate(form: dict[str, Any]) -> ResponseReturnValue:
    approval.propose_mandate(current_actor(), form)
    return pages.done(_("It is proposed; another administrator agrees first"), ".mandates")


@bp.post("/disclosures/mandates/<code:code>/second")
@pages.acts(again=mandates)
def second_mandate(_form: object, code: str) -> ResponseReturnValue:
    approval.second_mandate(current_actor(), code)
    return pages.done(_("You agreed; the data-protection officer decides"), ".mandates")


@bp.post("/disclosures/mandates/<code:code>/confirmation")
@pages.acts(again=mandates)
def confirm_mandate(_form: object, code: str) -> ResponseReturnValue:
    approval.confirm_mandate(current_actor(), code)
    return pages.done(_("The police desk is enabled for twelve months"), ".mandates")


@bp.post("/disclosures/mandates/<code:code>/end")
@pages.acts(again=mandates)
def end_mandate(_form: object, code: str) -> ResponseReturnValue:
    approval.end_mandate(current_actor(), code)
    return pages.done(_("The mandate has ended"), ".mandates")


@bp.get("/transparency")
def transparency() -> str:
    """Show anybody what the desk did, quarter by quarter."""
    return render_template("police/transparency.html", quarters=looked(figures.published))


@bp.get("/transparency/<quarter>")
def quarter(quarter: str) -> str:
    """Show anybody what the desk did in one quarter, and how to check it."""
    return render_template("police/quarter.html", sheet=looked(lambda: figures.one(quarter)), names=figures.names())

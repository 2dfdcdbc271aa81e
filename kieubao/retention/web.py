"""The pages of retention: the rules, whom to ask, whom to tell, and who is to be erased."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kieubao import pages, shown
from kieubao.access.roles import Permission
from kieubao.access.session import current_actor
from kieubao.access.use_case import admit
from kieubao.consent.vocabulary import Matter
from kieubao.ground import clock
from kieubao.ground.errors import SignInNeeded, _
from kieubao.pages import Filled
from kieubao.retention import service
from kieubao.retention.deletions import Reprieved
from kieubao.retention.schemas import TOLD_BY, MonthsForm, OneForm, PeopleForm, ReprieveForm, TellingForm
from kieubao.rights.vocabulary import KEEPS, Way

bp = Blueprint("retention_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.context_processor
def words() -> dict[str, Any]:
    return {"told_ways": [one.value for one in TOLD_BY], "grounds": sorted(one.value for one in KEEPS)}


@bp.get("/retention")
def rules(form: Filled | None = None) -> str:
    return render_template("retention/rules.html", rules=service.rules(current_actor()), form=form or Filled())


@bp.post("/retention/decision")
@pages.takes(MonthsForm, again=rules)
def decide(form: dict[str, Any]) -> ResponseReturnValue:
    service.decide(current_actor(), Matter(form["matter"]), form.get("months"))
    return pages.done(_("It holds from now on"), ".rules")


@bp.get("/confirmations")
def unconfirmed(form: Filled | None = None) -> str:
    found = service.unconfirmed(current_actor())
    return render_template("retention/unconfirmed.html", found=found, form=form or Filled())


@bp.post("/confirmations")
@pages.takes(OneForm, again=unconfirmed)
def confirm(form: dict[str, str]) -> ResponseReturnValue:
    service.confirm(current_actor(), form["person"])
    return pages.done(_("It is written down that the record holds today"), ".unconfirmed")


@bp.get("/renewals")
def ending() -> str:
    return render_template("retention/ending.html", found=service.ending(current_actor()))


@bp.get("/tellings")
def untold(form: Filled | None = None) -> str:
    told = form or Filled({"told_on": shown.day(clock.today())})
    return render_template("retention/untold.html", found=service.untold(current_actor()), form=told)


@bp.post("/tellings")
@pages.takes(TellingForm, again=untold)
def tell(form: dict[str, Any]) -> ResponseReturnValue:
    service.tell(current_actor(), form["person"], form["told_on"], Way(form["way"]))
    return pages.done(_("It is written down that they were told"), ".untold")


@bp.get("/expirations")
def expired(form: Filled | None = None) -> str:
    return render_template("retention/expired.html", found=service.expired(current_actor()), form=form or Filled())


@bp.post("/expirations/proposals")
@pages.takes(PeopleForm, again=expired)
def propose(form: dict[str, Any]) -> ResponseReturnValue:
    service.propose(current_actor(), form["persons"])
    return pages.done(_("It is proposed: an approver does it, or says no"), ".expired")


@bp.post("/expirations/refusals")
@pages.takes(PeopleForm, again=expired)
def decline(form: dict[str, Any]) -> ResponseReturnValue:
    service.decline(current_actor(), form["persons"])
    return pages.done(_("They are proposed no more"), ".expired")


@bp.post("/expirations/erasure")
@pages.takes(PeopleForm, again=expired)
def erase(form: dict[str, Any]) -> ResponseReturnValue:
    service.erase(current_actor(), form["persons"])
    return pages.done(_("They are erased"), ".expired")


@bp.get("/expirations/<code:code>")
def ask_keep(code: str, form: Filled | None = None) -> str:
    admit(current_actor(), Permission.RETENTION_WRITE)
    return render_template("retention/keep.html", code=code, form=form or Filled())


@bp.post("/expirations/<code:code>/reprieve")
@pages.takes(ReprieveForm, again=ask_keep)
def keep(form: Reprieved, code: str) -> ResponseReturnValue:
    service.keep(current_actor(), code, form)
    return pages.done(_("The record is kept until that day"), ".expired")

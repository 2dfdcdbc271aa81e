"""/api/v1: how long records are kept, who is asked and told, and who is erased by the rules."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.consent.vocabulary import Matter
from kieubao.http import Blueprint
from kieubao.retention import service
from kieubao.retention.deletions import Reprieved
from kieubao.retention.schemas import MonthsForm, OneForm, PeopleForm, ReprieveForm, TellingForm
from kieubao.retention.sheets import (
    EndingListSheet,
    ErasedRecordsSheet,
    ExpiredListSheet,
    RuleSheet,
    UnconfirmedListSheet,
    UntoldListSheet,
)
from kieubao.rights.vocabulary import Way

bp = Blueprint("retention", __name__, description="How long records are kept")


@bp.get("/retention-rules")
@bp.response(200, RuleSheet(many=True))
def rules() -> Any:
    """List for how many months each thing holds."""
    return service.rules(current_actor())


@bp.post("/retention-rules")
@bp.arguments(MonthsForm)
@bp.response(200, RuleSheet(many=True))
def decide(form: dict[str, Any]) -> Any:
    """Have something hold for so many months, or without end."""
    return service.decide(current_actor(), Matter(form["matter"]), form.get("months"))


@bp.get("/confirmations")
@bp.response(200, UnconfirmedListSheet)
def unconfirmed() -> Any:
    """List who is to be asked whether their record still holds, longest not heard of first."""
    return service.unconfirmed(current_actor())


@bp.post("/confirmations")
@bp.arguments(OneForm)
@bp.response(204)
def confirm(form: dict[str, str]) -> None:
    """Write down that somebody's record was confirmed today."""
    service.confirm(current_actor(), form["person"])


@bp.get("/renewals")
@bp.response(200, EndingListSheet)
def ending() -> Any:
    """List whose yes runs out soon, or did so lately, and to what."""
    return service.ending(current_actor())


@bp.get("/tellings")
@bp.response(200, UntoldListSheet)
def untold() -> Any:
    """List who was not told yet that their data is held, what is due first, first."""
    return service.untold(current_actor())


@bp.post("/tellings")
@bp.arguments(TellingForm)
@bp.response(204)
def tell(form: dict[str, Any]) -> None:
    """Write down that somebody was told what is held of them, from where and to what end."""
    service.tell(current_actor(), form["person"], form["told_on"], Way(form["way"]))


@bp.get("/expirations")
@bp.response(200, ExpiredListSheet)
def expired() -> Any:
    """List whose record is to be erased by a rule."""
    return service.expired(current_actor())


@bp.post("/expirations/proposals")
@bp.arguments(PeopleForm)
@bp.response(204)
def propose(form: dict[str, Any]) -> None:
    """Propose that people be erased by the rules."""
    service.propose(current_actor(), form["persons"])


@bp.post("/expirations/refusals")
@bp.arguments(PeopleForm)
@bp.response(204)
def decline(form: dict[str, Any]) -> None:
    """Say that people who are proposed are not to be erased now."""
    service.decline(current_actor(), form["persons"])


@bp.post("/expirations/erasure")
@bp.arguments(PeopleForm)
@bp.response(200, ErasedRecordsSheet)
def erase(form: dict[str, Any]) -> Any:
    """Erase people whom another official proposed."""
    return {"records": service.erase(current_actor(), form["persons"])}


@bp.post("/expirations/<code:code>/reprieve")
@bp.arguments(ReprieveForm)
@bp.response(204)
def keep(form: Reprieved, code: str) -> None:
    """Keep somebody's record until a day, whatever the rules say."""
    service.keep(current_actor(), code, form)

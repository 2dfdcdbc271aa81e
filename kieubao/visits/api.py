"""/api/v1: links that people are given, and the messages that no relay sends. What they do by a link is on pages."""

from typing import Any

from kieubao.access.session import current_actor
from kieubao.http import Blueprint
from kieubao.visits import office, papers
from kieubao.visits.schemas import DropForm, PersonalLinkForm, PlaceForm
from kieubao.visits.sheets import LinkSheet, MessageSheet, PlacedSheet, PleaSheet, WholeMessageSheet
from kieubao.visits.vocabulary import Handed, Unplaced

bp = Blueprint("visits", __name__, description="Links of people's own, and messages to them")


@bp.post("/personal-links")
@bp.arguments(PersonalLinkForm)
@bp.response(201, LinkSheet)
def give_link(form: dict[str, str]) -> Any:
    """Give somebody a link of their own; those they did not use hold no more."""
    handed = Handed(form["handed"])
    return office.give_link(current_actor(), form["person"], handed, papers.named(), papers.site())


@bp.get("/messages")
@bp.response(200, MessageSheet(many=True))
def to_tell() -> Any:
    """List the messages to people within scope that somebody has to tell, what ends first, first."""
    return office.to_tell(current_actor())


@bp.get("/messages/<int:message_id>")
@bp.response(200, WholeMessageSheet)
def message(message_id: int) -> Any:
    """Show a message, to be told: where, and word by word."""
    return office.message(current_actor(), message_id)


@bp.post("/messages/<int:message_id>/told")
@bp.response(204)
def told(message_id: int) -> None:
    """Write down that somebody was told a message, which is removed."""
    office.told(current_actor(), message_id)


@bp.get("/pleas")
@bp.response(200, PleaSheet(many=True))
def all_pleas() -> Any:
    """List what was asked on the public page of whom it is not known, to who sees the whole province."""
    return office.all_pleas(current_actor())


@bp.post("/pleas/<code:code>/person")
@bp.arguments(PlaceForm)
@bp.response(201, PlacedSheet)
def place(form: dict[str, str], code: str) -> Any:
    """Say whom somebody asked to be left alone: it is done, and filed as their request."""
    return {"request": office.place(current_actor(), code, form["person"], papers.named())}


@bp.post("/pleas/<code:code>/drop")
@bp.arguments(DropForm)
@bp.response(204)
def drop_plea(form: Unplaced, code: str) -> None:
    """Settle a plea of which nobody on record can be meant."""
    office.drop_plea(current_actor(), code, form)

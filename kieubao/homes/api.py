"""/api/v1/persons/homes: addresses that wait for a clerk."""

from typing import Any
from uuid import UUID

from kieubao.access.session import current_actor
from kieubao.homes import service
from kieubao.homes.schemas import QueueForm, SettleForm
from kieubao.homes.sheets import QueueSheet, SettledSheet, WholeHomeSheet, home_sheet
from kieubao.http import Blueprint, as_cursor, read_cursor

bp = Blueprint("homes", __name__, description="Home places that are not settled in one commune of today")


@bp.get("/persons/homes")
@bp.arguments(QueueForm, location="query")
@bp.response(200, QueueSheet)
def all_unsettled(form: dict[str, Any]) -> Any:
    """List the addresses that wait, those of most people first; nobody's name."""
    after = read_cursor(form["after"]) if "after" in form else None
    queue = service.all_unsettled(current_actor(), after=after)
    return {**queue, "homes": list(map(home_sheet, queue["homes"])), "more": as_cursor(queue["more"])}


@bp.get("/persons/homes/<uuid:home>")
@bp.response(200, WholeHomeSheet)
def unsettled(home: UUID) -> Any:
    """Show one address: how it is written, and the communes it may be in."""
    return home_sheet(service.unsettled(current_actor(), home))


@bp.post("/persons/homes/<uuid:home>")
@bp.arguments(SettleForm)
@bp.response(200, SettledSheet)
def settle(form: dict[str, str], home: UUID) -> Any:
    """Settle the homes of everybody who has this address in one commune of today."""
    return service.settle(current_actor(), home, **form)

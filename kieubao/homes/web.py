"""The pages of home places that wait: the queue, one address, and the decision about it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from kieubao import pages
from kieubao.access.session import current_actor
from kieubao.ground import places
from kieubao.ground.errors import SignInNeeded, _
from kieubao.homes import service
from kieubao.homes.schemas import ChoiceForm, QueueForm, SettleForm
from kieubao.http import as_cursor, read_cursor
from kieubao.pages import Filled

bp = Blueprint("homes_pages", __name__)
bp.register_error_handler(SignInNeeded, pages.to_sign_in)


@bp.get("/persons/homes")
def queue() -> str:
    """Show what waits. The place of the next page is a number and a digest, no address."""
    form = pages.load(QueueForm(), request.args.to_dict())
    after = read_cursor(form["after"]) if "after" in form else None
    found = service.all_unsettled(current_actor(), after=after)
    return render_template("homes/queue.html", queue=found, more=as_cursor(found["more"]))


@bp.get("/persons/homes/<uuid:home>")
def ask(home: UUID, form: Filled | None = None) -> str:
    sheet = service.unsettled(current_actor(), home)
    offered, others = _offered(sheet["choices"]), [one.full_name for one in places.communes(sheet["province"])]
    return render_template("homes/home.html", sheet=sheet, offered=offered, others=others, form=form or Filled())


@bp.post("/persons/homes/<uuid:home>")
@pages.takes(ChoiceForm, again=ask, reads=True)
def choose(said: str, home: UUID) -> str:
    """Show what the choice would change, before it is made."""
    sheet = service.unsettled(current_actor(), home, into=said)
    return render_template("homes/confirm.html", sheet=sheet)


@bp.post("/persons/homes/<uuid:home>/settle")
@pages.takes(SettleForm, again=ask)
def settle(form: dict[str, Any], home: UUID) -> ResponseReturnValue:
    settled = service.settle(current_actor(), home, **form)
    return pages.done(_("The home place is settled"), ".queue", undo=settled["edit"])


def _offered(keys: Sequence[str]) -> list[tuple[str, str]]:
    """Return communes of today to choose from, each with the old units that went into it."""
    units = [places.keyed(key) for key in keys]
    return [(unit.key, _said(unit, ", ".join(one.full_name for one in places.predecessors(unit)))) for unit in units]


def _said(unit: places.Unit, old: str) -> str:
    return gettext("%(path)s; made of %(units)s", path=places.path(unit), units=old) if old else places.path(unit)

"""The only writer of agencies, and of what became of them: dated data, so that a plan of 2017 can be read today."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from kieubao.db import add_once, db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Invalid, NotFound, _
from kieubao.plans.models import Agency, Succession

Sheet = dict[str, Any]


def locate(code: str) -> Agency:
    found = db.session.scalars(select(Agency).where(Agency.code == code)).one_or_none()
    if found is None:
        raise NotFound(_("There is no such agency"))
    return found


def refuse_absent(wanted: Collection[str], field: str) -> None:
    """Raise Invalid of the field where there is no agency of one of these codes."""
    if {*db.session.scalars(select(Agency.code).where(Agency.code.in_(wanted)))} != {*wanted}:
        raise Invalid(_("There is no such agency"), field=field)


def write(name: str, province: str) -> Agency:
    """Add an agency; raise Conflict where its province has one of that name."""
    written = Agency(code=codes.fresh("CQ"), name=name, province=province)
    add_once(written, _("This province has an agency of that name already"))
    return written


def named(name: str, province: str) -> Agency | None:
    query = select(Agency).where(Agency.name == name, Agency.province == province)
    return db.session.scalars(query).one_or_none()


def succeed(agency: Agency, successor: Agency, succeeded_on: date, document: str) -> None:
    """Write down whom the work of an agency went to.

    Raises Invalid where that leads back to the agency, Conflict where it is recorded already.
    """
    # One at a time: else two of them could make a ring.
    db.session.scalars(select(Agency.id).order_by(Agency.id).with_for_update()).all()
    if agency.id in {successor.id, *_after(_succession(), successor.id, date.max)}:
        raise Invalid(_("It cannot be its own successor, not by way of others either"), field="successor")
    said = {"succeeded_on": succeeded_on, "document": document}
    gone_to = Succession(agency_id=agency.id, successor_id=successor.id, **said)
    add_once(gone_to, _("This succession is recorded already"))


def is_succeeded(agency: Agency, successor: Agency) -> bool:
    return db.session.get(Succession, (agency.id, successor.id)) is not None


def revoke(agency: Agency, successor: Agency) -> None:
    """Take back that the work of an agency went to another: it was recorded wrongly."""
    recorded = db.session.get(Succession, (agency.id, successor.id))
    if recorded is None:
        raise NotFound(_("There is no such succession"))
    db.session.delete(recorded)
    db.session.flush()


def every() -> list[Sheet]:
    """Return every agency with what its work went to, by province and name."""
    succession, known = _succession(), _known()
    return sorted(
        (_sheet(one, known, succession) for one in known.values()), key=lambda one: (one["province"], one["name"])
    )


def one(agency: Agency) -> Sheet:
    return _sheet(agency, _known(), _succession())


def briefs() -> Mapping[str, Sheet]:
    """Return, by its code, each agency and who does its work today."""
    succession, known = _succession(), _known()
    return {one.code: _brief(one) | {"now": _now(one, known, succession)} for one in known.values()}


def _known() -> dict[int, Agency]:
    return {one.id: one for one in db.session.scalars(select(Agency))}


def _succession() -> dict[int, list[Succession]]:
    found: dict[int, list[Succession]] = {}
    for one in db.session.scalars(select(Succession).order_by(Succession.succeeded_on, Succession.successor_id)):
        found.setdefault(one.agency_id, []).append(one)
    return found


def _after(succession: Mapping[int, list[Succession]], number: int, day: date) -> list[int]:
    """Return whoever has done the work of an agency since it, up to a day, each once."""
    found: dict[int, None] = {}
    waiting = [number]
    while waiting:
        for one in succession.get(waiting.pop(0), ()):
            if one.succeeded_on <= day and one.successor_id not in found:
                found[one.successor_id] = None
                waiting.append(one.successor_id)
    return [*found]


def _now(agency: Agency, known: Mapping[int, Agency], succession: Mapping[int, list[Succession]]) -> list[str]:
    today = clock.today()
    after = _after(succession, agency.id, today)
    last = [number for number in after if not _after(succession, number, today)]
    return [known[number].name for number in last or [agency.id]]


def _brief(agency: Agency) -> Sheet:
    return {"code": agency.code, "name": agency.name}


def _sheet(agency: Agency, known: Mapping[int, Agency], succession: Mapping[int, list[Succession]]) -> Sheet:
    successors = [
        _brief(known[one.successor_id]) | {"succeeded_on": one.succeeded_on, "document": one.document}
        for one in succession.get(agency.id, ())
    ]
    told = {"province": agency.province, "successors": successors, "now": _now(agency, known, succession)}
    return _brief(agency) | told

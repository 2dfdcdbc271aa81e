"""The only writer of agencies, and of what became of them: dated data, so that a plan of 2017 can be read today."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select

from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Invalid, NotFound, _
from kieubao.plans.models import Agency, Succession

Sheet = dict[str, Any]


def locate(code: str) -> Agency:
    found = db.session.scalars(select(Agency).where(Agency.code == code)).one_or_none()
    if found is None:
        raise NotFound(_("There is no such agency"))
    return found


def chosen(wanted: Collection[str], field: str) -> list[Agency]:
    """Return agencies by their codes; raise Invalid of the field where there is none of a code."""
    found = list(db.session.scalars(select(Agency).where(Agency.code.in_(wanted)).order_by(Agency.id)))
    if len(found) != len(wanted):
        raise Invalid(_("There is no such agency"), field=field)
    return found


def write(name: str, province: str) -> Agency:
    """Add an agency; raise Conflict where its province has one of that name."""
    if named(name, province) is not None:
        raise Conflict(_("This province has an agency of that name already"))
    written = Agency(code=codes.fresh("CQ"), name=name, province=province)
    db.session.add(written)
    db.session.flush()
    return written


def named(name: str, province: str) -> Agency | None:
    query = select(Agency).where(Agency.name == name, Agency.province == province)
    return db.session.scalars(query).one_or_none()


def succeed(agency: Agency, successor: Agency, succeeded_on: date, document: str) -> None:
    """Write down whom the work of an agency went to; raise Invalid where that leads back to the agency."""
    if agency.id in {successor.id, *_after(_succession(), successor.id, date.max)}:
        raise Invalid(_("It cannot be its own successor, not by way of others either"), field="successor")
    if not succeed_once(agency, successor, succeeded_on, document):
        raise Conflict(_("This succession is recorded already"))


def succeed_once(agency: Agency, successor: Agency, succeeded_on: date, document: str) -> bool:
    """Write a succession down unless it is; tell whether it was written."""
    if db.session.get(Succession, (agency.id, successor.id)) is not None:
        return False
    db.session.add(
        Succession(agency_id=agency.id, successor_id=successor.id, succeeded_on=succeeded_on, document=document)
    )
    db.session.flush()
    return True


def every() -> list[Sheet]:
    """Return every agency with what its work went to, by province and name."""
    succession, known = _succession(), _known()
    return sorted(
        (_sheet(one, known, succession) for one in known.values()), key=lambda one: (one["province"], one["name"])
    )


def one(agency: Agency) -> Sheet:
    return _sheet(agency, _known(), _succession())


def briefs() -> Mapping[int, Sheet]:
    """Return, by its number, each agency and who does its work today."""
    succession, known = _succession(), _known()
    return {number: _brief(one) | {"now": _now(one, known, succession)} for number, one in known.items()}


def _known() -> dict[int, Agency]:
    return {one.id: one for one in db.session.scalars(select(Agency))}


def _succession() -> dict[int, list[Succession]]:
    found: dict[int, list[Succession]] = {}
    for one in db.session.scalars(select(Succession).order_by(Succession.succeeded_on, Succession.successor_id)):
        found.setdefault(one.agency_id, []).append(one)
    return found


def _after(succession: Mapping[int, list[Succession]], number: int, day: date) -> Iterator[int]:
    """Give whoever has done the work of an agency since it, up to a day."""
    for one in succession.get(number, ()):
        if one.succeeded_on <= day:
            yield one.successor_id
            yield from _after(succession, one.successor_id, day)


def _now(agency: Agency, known: Mapping[int, Agency], succession: Mapping[int, list[Succession]]) -> list[str]:
    today = clock.today()
    after = [*dict.fromkeys(_after(succession, agency.id, today))]
    last = [number for number in after if not any(_after(succession, number, today))]
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

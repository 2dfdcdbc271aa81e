"""The only writer of hand-over agreements: no organisation is handed data without one (Đ17.1; NĐ 356/2025, Đ7.1)."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select

from kieubao.access.models import Organisation
from kieubao.consent.models import Agreement
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Invalid, NotFound, _

Sheet = dict[str, Any]
# The seven items of NĐ Đ7.1, in its order.
ITEMS = ("aim", "data", "period", "basis", "protection", "rights", "cooperation")
TERMS = ("number", "signed_on", "valid_from", "valid_until", "document", *ITEMS)
_SHOWN = ("code", *TERMS, "written_at", "ended_on", "end_reason")


def write(organisation: str, by: int | None, **terms: Any) -> Agreement:
    """Add an agreement with an organisation, known by its code; raise Invalid where its days are out of order."""
    holder = db.session.scalars(select(Organisation).where(Organisation.code == organisation)).one_or_none()
    if holder is None:
        raise NotFound(_("There is no such organisation"))
    if terms["valid_until"] < terms["valid_from"]:
        raise Invalid(_("It cannot end before it starts"), field="valid_until")
    if terms["signed_on"] > clock.today():
        raise Invalid(_("It cannot have been signed in the future"), field="signed_on")
    written = Agreement(code=codes.fresh("TT"), organisation_id=holder.id, written_by=by, **terms)
    db.session.add(written)
    db.session.flush()
    return written


def end(code: str, reason: str, by: int | None) -> Agreement:
    """End an agreement with this day: from now on nothing is pulled under it."""
    found = db.session.scalars(select(Agreement).where(Agreement.code == code).with_for_update()).one_or_none()
    if found is None:
        raise NotFound(_("There is no such agreement"))
    if found.ended_on:
        raise Conflict(_("This agreement was ended already"))
    found.ended_on, found.ended_by, found.end_reason = clock.today(), by, reason
    return found


def cited(code: str, organisation: str | None, until: date) -> Agreement:
    """Return an agreement under which its organisation may be handed data from today until a day.

    `organisation` is the code it is meant to be with, where one is said. Raises Invalid, field "agreement", for one
    that is absent, of another organisation or not in force; field "until" where it ends before that day.
    """
    query = select(Agreement, Organisation.code).join(Organisation, Organisation.id == Agreement.organisation_id)
    found, office = db.session.execute(query.where(Agreement.code == code)).one_or_none() or (None, None)
    if found is None:
        raise Invalid(_("There is no such agreement: choose one that is in force"), field="agreement")
    if organisation not in {None, office}:
        raise Invalid(_("This agreement is with another organisation"), field="agreement")
    _refuse_out_of_force(found)
    if until > found.valid_until:
        raise Invalid(_("The agreement ends on %(day)s"), field="until", day=f"{found.valid_until:%d/%m/%Y}")
    return found


def ended() -> Select[str]:
    """Select the codes of agreements that were ended before their time."""
    return select(Agreement.code).where(Agreement.ended_on.is_not(None))


def title(code: str) -> str:
    """Return the number and day of an agreement, as a document cites it; what is no code, as it stands."""
    found = db.session.scalars(select(Agreement).where(Agreement.code == code)).one_or_none()
    return f"{found.number}, {found.signed_on:%d/%m/%Y}" if found else code


def one(code: str) -> Sheet:
    sheets = _sheets(Agreement.code == code)
    if not sheets:
        raise NotFound(_("There is no such agreement"))
    return sheets[0]


def every() -> list[Sheet]:
    """Return every agreement, the one that ends last first."""
    return _sheets()


def in_force() -> list[Sheet]:
    return _sheets(_holds())


def ending(days: int) -> list[Sheet]:
    """Return the agreements in force that end within some days."""
    return _sheets(_holds(), Agreement.valid_until <= clock.today() + timedelta(days=days))


def _refuse_out_of_force(found: Agreement) -> None:
    if found.ended_on or not found.valid_from <= clock.today() <= found.valid_until:
        raise Invalid(
            _("This agreement is not in force: it runs from %(start)s to %(end)s"),
            field="agreement",
            start=f"{found.valid_from:%d/%m/%Y}",
            end=f"{found.ended_on or found.valid_until:%d/%m/%Y}",
        )


def _holds() -> ColumnElement[bool]:
    today = clock.today()
    return and_(Agreement.ended_on.is_(None), Agreement.valid_from <= today, Agreement.valid_until >= today)


def _sheets(*where: ColumnElement[bool]) -> list[Sheet]:
    query = (
        select(Agreement, Organisation.name, Organisation.code)
        .join(Organisation, Organisation.id == Agreement.organisation_id)
        .where(*where)
        .order_by(Agreement.valid_until.desc(), Agreement.id.desc())
    )
    return [
        {name: getattr(row, name) for name in _SHOWN}
        | {"organisation": office, "organisation_code": code, "state": _state(row)}
        | {"title": f"{row.number}, {row.signed_on:%d/%m/%Y} – {office}"}
        for row, office, code in db.session.execute(query)
    ]


def _state(row: Agreement) -> str:
    if row.ended_on:
        return "ended"
    if clock.today() < row.valid_from:
        return "to_come"
    return "in_force" if clock.today() <= row.valid_until else "over"

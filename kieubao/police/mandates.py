"""The only writer of mandates: the desk is off until two administrators and the protection officer say otherwise."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from kieubao.access import accounts
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.dates import months_before
from kieubao.ground.errors import Conflict, Forbidden, NotFound, _
from kieubao.police.models import Mandate
from kieubao.police.vocabulary import LAPSES_AFTER, Mode

Sheet = dict[str, Any]
_SHOWN = ("code", "mode", "instrument", "issuer_name", "issued_on", "proposed_at", "confirmed_at", "lapses_on")


def propose(by: int, said: Mapping[str, Any]) -> Mandate:
    """Write down that the desk is to be enabled, by an instrument. Raises Conflict where that waits already."""
    if db.session.scalars(select(Mandate.id).where(*_WAITS)).first():
        raise Conflict(_("A mandate waits to be decided: decide that first"))
    made = Mandate(code=codes.fresh("UQ"), proposed_by=by, **said)
    db.session.add(made)
    db.session.flush()
    return made


def second(code: str, by: int) -> None:
    """Have another administrator agree."""
    found = _waiting(code)
    if found.seconded_by is not None:
        raise Conflict(_("Two administrators have agreed already: the data-protection officer decides"))
    if found.proposed_by == by:
        raise Forbidden(_("Another administrator agrees to what you proposed"))
    found.seconded_by = by


def confirm(code: str, by: int) -> None:
    """Enable the desk for twelve months; the mandate before ends."""
    found = _waiting(code)
    if found.seconded_by is None:
        raise Conflict(_("Another administrator has to agree first"))
    if by in {found.proposed_by, found.seconded_by}:
        raise Forbidden(_("Somebody else decides what you proposed"))
    before = _current(lock=True)
    if before:
        before.ended_at, before.ended_by = clock.now(), by
    found.confirmed_by, found.confirmed_at = by, clock.now()
    found.lapses_on = months_before(clock.today(), -LAPSES_AFTER)


def finish(code: str, by: int) -> None:
    """End a mandate, or a proposal of one: anybody who may enable the desk may close it alone."""
    found = _one(code)
    if found.ended_at is not None:
        raise Conflict(_("This mandate has ended"))
    found.ended_at, found.ended_by = clock.now(), by


def held(mode: Mode = Mode.DESK) -> Mandate:
    """Return the mandate in force, held until the transaction ends, so that what is counted under it is counted once.

    Raises NotFound where the desk is off, or does not serve accounts that ask it to.
    """
    return _serving(_current(lock=True), mode)


def require(mode: Mode) -> None:
    """Raise NotFound as `held`."""
    _serving(_current(), mode)


def in_force() -> Sheet | None:
    """Return the mandate in force."""
    found = _current()
    return _sheet(found) if found else None


def every() -> list[Sheet]:
    """Return every mandate, the latest first, with who said so and how it stands."""
    return [_sheet(one) for one in db.session.scalars(select(Mandate).order_by(Mandate.id.desc()))]


_WAITS = (Mandate.confirmed_at.is_(None), Mandate.ended_at.is_(None))


def _current(*, lock: bool = False) -> Mandate | None:
    # One that is not confirmed has no day on which it lapses.
    rules = (Mandate.ended_at.is_(None), Mandate.lapses_on > clock.today())
    query = select(Mandate).where(*rules).order_by(Mandate.id.desc()).limit(1)
    return db.session.scalars(query.with_for_update() if lock else query).one_or_none()


def _serving(found: Mandate | None, mode: Mode) -> Mandate:
    # Who serves accounts takes papers too.
    if found is None or (mode is Mode.ACCOUNT and found.mode != Mode.ACCOUNT):
        raise NotFound(_("The police desk is not enabled"))
    return found


def _waiting(code: str) -> Mandate:
    found = _one(code)
    if found.confirmed_at is not None or found.ended_at is not None:
        raise Conflict(_("This mandate was decided already"))
    return found


def _one(code: str) -> Mandate:
    found = db.session.scalars(select(Mandate).where(Mandate.code == code).with_for_update()).one_or_none()
    if found is None:
        raise NotFound(_("There is no such mandate"))
    return found


def _sheet(one: Mandate) -> Sheet:
    said = {name: getattr(one, name) for name in _SHOWN}
    people = {name: getattr(one, name) for name in ("proposed_by", "seconded_by", "confirmed_by")}
    names = accounts.names(people.values())
    return said | {name: names.get(by) for name, by in people.items()} | {"state": _state(one)}


def _state(one: Mandate) -> str:
    if one.ended_at is not None:
        return "ended"
    if one.lapses_on is None:
        return "seconded" if one.seconded_by else "proposed"
    return "in_force" if one.lapses_on > clock.today() else "lapsed"

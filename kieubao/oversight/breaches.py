"""The only writer of breaches (Đ23): what is known, added to and never overwritten, and the clock of 72 hours."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from kieubao.access.models import Account
from kieubao.access.roles import Scope
from kieubao.consent import handover
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import Conflict, Invalid, NotFound, Stale, _
from kieubao.oversight.models import Breach, BreachVersion
from kieubao.oversight.vocabulary import ITEMS, REPORT_HOURS, Stage
from kieubao.people import disclosure

Sheet = dict[str, Any]
_PERSON, _PULL = "KB", "LL"
_MOST_NAMED: Final = 500


def find(scope: Scope, by: int, **items: Any) -> Breach:
    """Record a breach that was found: the clock runs from `found_at`."""
    found = Breach(code=codes.fresh("SC"), state=Stage.OPEN)
    db.session.add(found)
    db.session.flush()
    _add(scope, found, 1, by, items)
    return found


def amend(scope: Scope, code: str, version: int, by: int, **items: Any) -> Breach:
    """Add what is known by now; raise Stale where somebody was faster than the version that was read."""
    found = _located(code)
    last = _versions(found)[0]
    if found.state == Stage.CLOSED:
        raise Conflict(_("This breach is closed"))
    if last.version != version:
        theirs = {name: getattr(last, name) for name in ITEMS if getattr(last, name) != items.get(name)}
        raise Stale(
            _("Somebody amended this breach in the meantime"), theirs=theirs, yours={n: items.get(n) for n in theirs}
        )
    _add(scope, found, version + 1, by, items)
    return found


def report(code: str, at: datetime, to: str, by: int) -> Breach:
    """Record that the authority was told, when, and by which document."""
    found = _located(code)
    if found.state != Stage.OPEN:
        raise Conflict(_("This breach was reported already"))
    if not _versions(found)[0].found_at <= at <= clock.now():
        raise Invalid(_("It was reported after it was found, and not in the future"), field="reported_at")
    found.state, found.reported_at, found.reported_to, found.reported_by = Stage.REPORTED, at, to, by
    return found


def close(code: str, remark: str, by: int) -> Breach:
    """Close a breach; one that was never reported too, where the remark says why it need not be."""
    found = _located(code)
    if found.state == Stage.CLOSED:
        raise Conflict(_("This breach is closed"))
    found.state, found.closed_at, found.closed_by, found.remark = Stage.CLOSED, clock.now(), by, remark
    return found


def every() -> list[Sheet]:
    """Return every breach as it is known, the newest first."""
    return [_sheet(found) for found in db.session.scalars(select(Breach).order_by(Breach.id.desc()))]


def running() -> list[Sheet]:
    """Return the breaches whose clock runs, the one that is due first."""
    waiting = db.session.scalars(select(Breach).where(Breach.state == Stage.OPEN))
    return sorted(map(_sheet, waiting), key=lambda sheet: sheet["due_at"])


def one(code: str) -> Sheet:
    """Return a breach with every version of what was known, the last first."""
    found = _located(code, lock=False)
    return _sheet(found) | {"versions": list(_told(found))}


def _located(code: str, *, lock: bool = True) -> Breach:
    query = select(Breach).where(Breach.code == code)
    found = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound(_("There is no such breach"))
    return found


def _add(scope: Scope, found: Breach, version: int, by: int, items: Sheet) -> None:
    if items["found_at"] > clock.now():
        raise Invalid(_("It cannot have been found in the future"), field="found_at")
    known = {name: items.get(name) for name in ITEMS} | {"affected": _named(scope, items.get("affected") or [])}
    db.session.add(BreachVersion(breach_id=found.id, version=version, written_by=by, **known))
    db.session.flush()


def _named(scope: Scope, named: Sequence[str]) -> list[str]:
    """Return the codes of people and pulls as they are stored; raise Invalid for one that names nothing."""
    if len(named) > _MOST_NAMED:
        raise Invalid(_("Give at most %(most)s"), field="affected", most=_MOST_NAMED)
    return list(dict.fromkeys(_real(scope, text) for text in named))


def _real(scope: Scope, text: str) -> str:
    try:
        code = codes.read(text, _PULL if text.strip().upper().startswith(_PULL) else _PERSON)
        if code.startswith(_PULL):
            handover.people_of(code)
        else:
            disclosure.locate(scope, code)
    except (Invalid, NotFound) as error:
        raise Invalid(_("“%(text)s” is no code of a person or a pull"), field="affected", text=text[:40]) from error
    return code


def _versions(found: Breach) -> list[BreachVersion]:
    query = select(BreachVersion).where(BreachVersion.breach_id == found.id)
    return list(db.session.scalars(query.order_by(BreachVersion.version.desc())))


def _told(found: Breach) -> Iterator[Sheet]:
    query = (
        select(BreachVersion, Account.name)
        .join(Account, Account.id == BreachVersion.written_by)
        .where(BreachVersion.breach_id == found.id)
        .order_by(BreachVersion.version.desc())
    )
    for row, name in db.session.execute(query):
        yield {n: getattr(row, n) for n in ("version", *ITEMS)} | {"by": name, "at": row.written_at}


def _sheet(found: Breach) -> Sheet:
    """Return a breach as it is known now, with its clock; `late` tells that it was reported, or is, after its time."""
    last = _versions(found)[0]
    due_at = last.found_at + timedelta(hours=REPORT_HOURS)
    stages = {
        name: getattr(found, name) for name in ("code", "state", "reported_at", "reported_to", "closed_at", "remark")
    }
    known = {name: getattr(last, name) for name in ("version", *ITEMS)}
    late = (found.reported_at or clock.now()) > due_at and (
        found.state != Stage.CLOSED or found.reported_at is not None
    )
    return {**stages, **known, "due_at": due_at, "late": late, "named": _people(last.affected)}


def _people(affected: Sequence[str]) -> int:
    """Count who is named: people by their codes, and those of each pull."""
    pulls = [code for code in affected if code.startswith(_PULL)]
    return len(affected) - len(pulls) + sum(handover.people_of(code) for code in pulls)

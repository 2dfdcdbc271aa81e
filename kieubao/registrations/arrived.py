"""The only writer of registrations: they wait for a clerk in whose units the home place lies."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, delete, false, func, or_, select

from kieubao.access.roles import Scope
from kieubao.consent import ledger
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import NotFound, TooMany, _
from kieubao.people.records import latest_birth
from kieubao.registrations.models import Registration
from kieubao.registrations.vocabulary import Outcome, Registrant

Sheet = dict[str, Any]
# Whoever floods the page fills no more than a day's.
MOST_A_DAY: Final = 1_000
# How long it is known what became of one.
_KEPT: Final = timedelta(days=90)
# How long one waits that nobody decides on.
_WAITS: Final = timedelta(days=365)


class Sent(NamedTuple):
    """What somebody sent, as it was typed; and in which units of today the home lies, as far as it is sure."""

    registrant: Registrant
    told: Mapping[str, Any]
    province: str
    commune: str | None


def is_minor(born: str | None) -> bool:
    """Tell whether somebody may be under 16, by their birth in EDTF: they agree to nothing by themselves."""
    return ledger.is_minor(ledger.adult_on(latest_birth(born)))


def file(sent: Sent) -> Registration:
    """Write down what was sent. Raises TooMany for today."""
    today = select(func.count()).select_from(Registration).where(Registration.sent_at >= clock.midnight())
    if (db.session.scalar(today) or 0) >= MOST_A_DAY:
        raise TooMany(_("So much was sent today that no more is taken: telephone us"), wait=clock.until_midnight())
    made = Registration(code=codes.fresh("GD"), **{**sent._asdict(), "told": json.dumps(sent.told)})
    db.session.add(made)
    db.session.flush()
    return made


def waiting(scope: Scope) -> list[Registration]:
    """Return those within scope that nobody has decided on, the first sent first."""
    query = select(Registration).where(_within(scope), Registration.decided_at.is_(None))
    return list(db.session.scalars(query.order_by(Registration.id)))


def count(scope: Scope) -> int:
    """Count those within scope that nobody has decided on."""
    return db.session.scalar(select(func.count()).where(_within(scope), Registration.decided_at.is_(None))) or 0


def located(scope: Scope, code: str, *, lock: bool = False) -> Registration:
    """Find one within scope that waits. Raises NotFound."""
    query = select(Registration).where(_within(scope), Registration.code == code, Registration.decided_at.is_(None))
    found = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound(_("There is no such registration, or it is decided"))
    return found


def told(one: Registration) -> Sheet:
    """Return what was sent, as it was typed."""
    said: Sheet = json.loads(one.told)
    return said


def decide(one: Registration, outcome: Outcome, by: int, person_id: int | None = None) -> None:
    """Write down what became of one; what was sent is in the record by now, or nowhere."""
    one.outcome, one.decided_by, one.decided_at = outcome, by, clock.now()
    one.person_id, one.told = person_id, "{}"


def drop_old() -> None:
    """Remove what was decided long ago, and what nobody has decided on for a year."""
    forgotten = Registration.decided_at.is_(None) & (Registration.sent_at < clock.now() - _WAITS)
    old = or_(Registration.decided_at < clock.now() - _KEPT, forgotten)
    db.session.execute(delete(Registration).where(old))


def _within(scope: Scope) -> ColumnElement[bool]:
    units = ((Registration.province, scope.provinces), (Registration.commune, scope.communes))
    return or_(false(), *(column.in_(some) for column, some in units if some))

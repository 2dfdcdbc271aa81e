"""The only writer of what was asked on the public page, of nobody in particular: it waits until it is known of whom."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import delete, func, select

from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.errors import NotFound, TooMany, _
from kieubao.visits.models import Plea
from kieubao.visits.vocabulary import Outcome

Sheet = dict[str, Any]
# Whoever floods the page fills no more than a day's.
MOST_A_DAY: Final = 1_000
# How long it is known what became of one.
_KEPT: Final = timedelta(days=90)


def file(kind: str, told: Mapping[str, Any]) -> Plea:
    """Write down what somebody asks, and by what the person is to be known. Raises TooMany for today."""
    since = select(func.count()).select_from(Plea).where(Plea.asked_at >= clock.midnight())
    if (db.session.scalar(since) or 0) >= MOST_A_DAY:
        raise TooMany(_("So much was sent today that no more is taken: telephone us"), wait=clock.until_midnight())
    # What a machine may have sent is looked at by a person, and not lost: it may be a person's all the same.
    seen = clock.now() if told.get("leave_blank") else None
    made = Plea(code=codes.fresh("YN"), kind=kind, told=json.dumps(told), looked_at=seen)
    db.session.add(made)
    db.session.flush()
    return made


def unseen() -> Sequence[int]:
    """Return which nobody has looked for yet."""
    return db.session.scalars(select(Plea.id).where(Plea.looked_at.is_(None)).order_by(Plea.id)).all()


def waiting() -> list[Sheet]:
    """Return those of whom it is not known, the first asked first."""
    query = select(Plea).where(Plea.ended_at.is_(None), Plea.looked_at.is_not(None)).order_by(Plea.id)
    names = ("code", "kind", "asked_at")
    return [{name: getattr(one, name) for name in names} | told(one) for one in db.session.scalars(query)]


def held(*, number: int | None = None, code: str | None = None) -> Plea:
    """Return one that waits, held until the transaction ends. Raises NotFound."""
    which = Plea.id == number if code is None else Plea.code == code
    query = select(Plea).where(which, Plea.ended_at.is_(None)).with_for_update()
    found = db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound(_("There is no such request, or it is settled"))
    return found


def told(plea: Plea) -> Sheet:
    """Return by what the person is to be known."""
    said: Sheet = json.loads(plea.told)
    return said


def end(plea: Plea, outcome: Outcome) -> None:
    """End one; what was told of the person is not kept."""
    plea.ended_at, plea.outcome, plea.told = clock.now(), outcome, "{}"


def drop_old() -> None:
    db.session.execute(delete(Plea).where(Plea.ended_at < clock.now() - _KEPT))

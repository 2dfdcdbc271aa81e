"""The only writer of reminders: whom the office asks by mail whether what it holds of them is still so."""

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from kieubao.consent.models import WHOSE, Standing
from kieubao.db import db
from kieubao.ground import clock
from kieubao.people import freshness
from kieubao.people.freshness import Due
from kieubao.retention.models import Reminder
from kieubao.visits import passes

# Nobody is asked again within half a year; and no more in a night than a small relay takes.
_AGAIN: Final = timedelta(days=180)
_A_NIGHT: Final = 500


def due(only: int | None = None) -> list[Due]:
    """Return who is to be reminded now, or `only` one of them; who has a link that was not used can say so by that."""
    asked = select(WHOSE).join(Reminder, Reminder.person_id == Standing.person_id)
    asked = asked.where(Reminder.sent_at > clock.now() - _AGAIN)
    return freshness.reminded(asked.union(passes.holders()).subquery().select(), _A_NIGHT, only)


def sent(person_id: int) -> None:
    """Write down that somebody was reminded now."""
    db.session.merge(Reminder(person_id=person_id, sent_at=clock.now()))
    db.session.flush()

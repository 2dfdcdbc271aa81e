"""People of whom nobody has heard for long."""

from datetime import datetime, time, timedelta

from sqlalchemy import update

from kieubao.consent.retention import USUAL
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.dates import months_before
from kieubao.people.models import Person
from tests import factories


def ago(matter, days=0):
    """The day from which something holds, or so many days later."""
    return months_before(clock.today(), USUAL[matter]) + timedelta(days)


def recorded_on(person, day):
    """Have somebody be on record since a day."""
    moment = datetime.combine(day, time.min, clock.HANOI)
    db.session.execute(update(Person).where(Person.id == person.id).values(created_at=moment))
    db.session.commit()
    return person


def old(matter, name="Ngô Văn Cũ", days=-1, **fields):
    """Somebody recorded a day before that, of whom nothing was heard since."""
    return recorded_on(factories.person(name, **fields), ago(matter, days))

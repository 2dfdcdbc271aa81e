"""When a request has to be answered and done: calendar days, but for the answer, which is in working days."""

from dataclasses import dataclass
from datetime import date, timedelta

from kieubao.ground.worktime import Calendar
from kieubao.rights.vocabulary import ANSWER_DAYS, DAYS, SOON, Kind


@dataclass(frozen=True)
class Clock:
    """The clock of one request: from when, whether others have to act too, and by how many days it was put off."""

    kind: Kind
    received_on: date
    involved: bool = False
    extension: int = 0

    def answer_by(self, calendar: Calendar) -> date:
        """Return the last day on which it is answered in time."""
        return calendar.after(self.received_on, ANSWER_DAYS)

    @property
    def due_on(self) -> date:
        """The last day on which it is done in time; that it is a holiday gives nobody a day more."""
        days = DAYS[self.kind]
        whole = days.with_others if self.involved and days.with_others else days.done
        return self.received_on + timedelta(days=whole + self.extension)

    def is_late(self, today: date) -> bool:
        return today > self.due_on

    def is_soon(self, today: date) -> bool:
        """Tell whether it is due within five days."""
        return not self.is_late(today) and today + timedelta(days=SOON) >= self.due_on

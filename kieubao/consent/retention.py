"""How long what is known of people holds, in months: the only writer of those rules."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, NamedTuple

from sqlalchemy import select

from kieubao.consent.models import RetentionRule
from kieubao.consent.vocabulary import Matter, Purpose
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.dates import months_before

# What holds until an office decides otherwise.
USUAL: Final[Mapping[Matter, int]] = {
    **dict.fromkeys((Matter.EVENTS, Matter.INVESTMENT, Matter.INFORMATION, Matter.DELEGATION, Matter.VIA_RELATIVE), 60),
    Matter.CONFIRM: 24,
    **dict.fromkeys((Matter.ABROAD, Matter.HOME), 120),
    Matter.DECEASED: 24,
    Matter.REFUSED: 36,
    Matter.UNTOLD: 24,
}
_OF_PURPOSES: Final = {purpose: Matter(purpose.value) for purpose in Purpose if purpose.value in {*Matter}}


class Rule(NamedTuple):
    """For how many months something holds, and since when that is so; None for what was never decided."""

    matter: Matter
    months: int | None
    set_at: datetime | None


def rules() -> list[Rule]:
    """Return the rule of every matter, in their order."""
    told = {row.matter: row for row in db.session.scalars(select(RetentionRule))}
    return [
        Rule(one, told[one].months, told[one].set_at) if one in told else Rule(one, USUAL[one], None) for one in Matter
    ]


def since() -> dict[Matter, date]:
    """Return since which day something has to be for it to hold today; nothing of what holds without end."""
    return {one.matter: months_before(clock.today(), one.months) for one in rules() if one.months is not None}


def fresh_since() -> dict[Purpose, date]:
    """Return since which day somebody has to have been heard of to be on lists for a purpose; of the others nothing."""
    days = since()
    return {purpose: days[matter] for purpose, matter in _OF_PURPOSES.items() if matter in days}


def decide(matter: Matter, months: int | None) -> None:
    """Have something hold for so many months from now on; None: without end."""
    db.session.merge(RetentionRule(matter=matter, months=months, set_at=clock.now()))
    db.session.flush()

"""What the start page shows whoever is signed in: what waits for them, and what they did last."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from kieubao import jobs
from kieubao.access import trail
from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.jobs import State
from kieubao.people import census, disclosure
from kieubao.pins import board
from kieubao.todo import Line

Sheet = dict[str, Any]
_MOST_RECENT: Final = 8
_MOST_JOBS: Final = 5
_UNDER_WAY: Final = frozenset({State.WAITING, State.RUNNING})


@use_case(Permission.WORKDAY_SEE, Shape.READ)
def mine(actor: Actor, lines: Iterable[Line]) -> Sheet:
    """Return what waits for the actor, what is late or due first; whom they worked on; pins; jobs; figures."""
    waits = [_told(line, actor) for line in lines if actor.can(line.permission)]
    recent = _recent(actor) if actor.can(Permission.PERSON_READ) else []
    pinned = [one._asdict() for one in board.people(actor)] if actor.can(Permission.PERSON_READ) else []
    note(found=len(recent), subjects=[str(one.pop("subject")) for one in [*recent, *pinned]])
    return {
        "waits": sorted((one for one in waits if one["total"]), key=_presses),
        "recent": recent,
        "pinned": pinned,
        "searches": board.searches(actor.account_id),
        "jobs": [jobs.told(one) for one in jobs.latest(actor.account_id, most=_MOST_JOBS) if one.state in _UNDER_WAY],
        "figures": census.pictures(actor.scope) if actor.can(Permission.PERSON_SEARCH) else None,
    }


def _told(line: Line, actor: Actor) -> Sheet:
    return {"endpoint": line.endpoint, "words": line.words, **line.waits(actor)._asdict()}


def _presses(waits: Sheet) -> tuple[bool, date]:
    return not waits["late"], waits["due_on"] or date.max


def _recent(actor: Actor) -> list[Sheet]:
    """Return those within scope whom the actor's latest acts were about, the last first."""
    worked_on = trail.worked_on(actor.account_id, _MOST_RECENT)
    cards = disclosure.called_by(actor.scope, worked_on)
    return [cards[one]._asdict() for one in worked_on if one in cards]

"""What of the police desk waits for whom."""

from typing import Any, Final

from kieubao.access.roles import Actor, Permission
from kieubao.ground import clock
from kieubao.ground.errors import _
from kieubao.police import complaints, deferrals, mandates, requests, tellings
from kieubao.police.vocabulary import Answer, Mode
from kieubao.todo import Line, Waits


def _to_decide(_actor: Actor) -> Waits:
    waits, to_tell = requests.waiting(), tellings.by_hand()
    return Waits(len(waits) + len(to_tell), clock.last_day(waits[0]["silent_at"]) if waits else None)


def _to_agree(actor: Actor) -> Waits:
    if actor.office not in actor.scope.units:
        return Waits(0)
    waits = {one["code"] for one in requests.waiting(approval=True)}
    more = requests.several({*deferrals.waiting(), *complaints.waiting()})
    return Waits(len(waits | {one["code"] for one in more}))


def _to_endorse(actor: Actor) -> Waits:
    found = _asked(actor, by_all=True)
    return Waits(sum(one["answer"] is Answer.WAITING and not one["endorsed_at"] for one in found))


def _released(actor: Actor) -> Waits:
    until = [one["open_until"] for one in _asked(actor) if one["answer"] is Answer.OPEN]
    return Waits(len(until), clock.day_of(min(until)) if until else None)


def _asked(actor: Actor, *, by_all: bool = False) -> list[dict[str, Any]]:
    """Return what the actor asked, or their unit; nothing where the desk does not serve accounts."""
    mandate = mandates.in_force()
    if actor.organisation_id is None or not mandate or mandate["mode"] != Mode.ACCOUNT:
        return []
    return requests.of_asker(actor.organisation_id, None if by_all else actor.account_id)


LINES: Final = (
    Line(Permission.DISCLOSURE_OPEN, "police_pages.overview", _("Released to you: open for 72 hours"), _released),
    Line(Permission.DISCLOSURE_ENDORSE, "police_pages.overview", _("Requests to endorse"), _to_endorse),
    Line(Permission.DISCLOSURE_DECIDE, "police_pages.queue", _("Police desk: to decide, and to tell"), _to_decide),
    Line(Permission.DISCLOSURE_APPROVE, "police_pages.approvals", _("Police desk: to agree to"), _to_agree),
)

"""Rosters for an emergency (Đ19.1.a): approved by the protection officer too, and everybody in them told of it."""

from contextlib import suppress
from typing import Any, Final

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.db import db
from kieubao.ground.errors import Conflict, NotFound, _
from kieubao.occasions import agenda
from kieubao.outreach import groups, lists, pulls
from kieubao.outreach.models import OutreachList
from kieubao.people import disclosure

Sheet = dict[str, Any]
MOST_UNTOLD: Final = 200


@use_case(Permission.ROSTER_APPROVE, Shape.READ)
def rosters(actor: Actor) -> list[Sheet]:
    """Return the rosters that an approver approved: those that wait for the officer, and those published since."""
    found = [one for one in lists.rosters() if groups.covers(actor.scope, one.scope)]
    note(found=len(found))
    return [_roster(actor, one) for one in found]


@use_case(Permission.ROSTER_APPROVE, confirmed=True)
def co_approve(actor: Actor, code: str, *, digest: str) -> Sheet:
    """Approve a roster too, as it was seen."""
    drawn = lists.locate(actor.scope, code, lock=True)
    lists.co_approve(drawn, actor.id, digest)
    note(list=code, state=drawn.state)
    db.session.flush()
    return _roster(actor, drawn)


@use_case(Permission.LIST_READ, Shape.READ)
def untold(actor: Actor, code: str) -> Sheet:
    """Return who is in a file of a roster and was not spoken to yet, the first two hundred within scope."""
    drawn = lists.locate(actor.scope, code)
    if not lists.is_urgent(drawn):
        raise NotFound(_("Only the people of a roster have to be told"))
    found = disclosure.called(actor.scope, pulls.untold(drawn))
    shown = found[:MOST_UNTOLD]
    note(list=code, found=len(found), subjects=[str(one.subject) for one in shown])
    told = [{"person": one.code, "name": one.name} for one in shown]
    return {"occasion": drawn.occasion.code, "found": len(found), "people": told}


def _roster(actor: Actor, drawn: OutreachList) -> Sheet:
    names = ("code", "title", "channels", "fields", "filter")
    spent, preview = lists.is_spent(drawn), None
    # What its segments name may be gone by now: there is nothing to approve then.
    with suppress(Conflict):
        preview = None if spent else vars(lists.preview(drawn))
    return {name: getattr(drawn, name) for name in names} | {
        "occasion": agenda.sheet(drawn.occasion),
        "names": groups.names(actor.scope, drawn.filter),
        "waits": not spent and drawn.co_approver_id is None,
        "published": spent,
        "preview": preview,
        "untold": disclosure.count(pulls.untold(drawn)),
    }

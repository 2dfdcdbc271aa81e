"""The only writer of segments: saved filters that lists are made of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from kieubao.access.roles import Actor, Scope
from kieubao.db import db
from kieubao.ground import codes
from kieubao.ground.errors import Conflict, NotFound, Stale, _
from kieubao.outreach import groups, lists
from kieubao.outreach.groups import Filter
from kieubao.outreach.models import OutreachList, Segment
from kieubao.outreach.vocabulary import ListState


def locate(scope: Scope, code: str, *, lock: bool = False) -> Segment:
    """Find a segment whose whole scope the actor has; absent and out of scope are one answer."""
    query = select(Segment).where(Segment.code == code)
    found = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None or not groups.covers(scope, found.scope):
        raise NotFound(_("There is no such segment"))
    return found


def seen(scope: Scope) -> list[Segment]:
    found = db.session.scalars(select(Segment).order_by(Segment.title, Segment.id))
    return [one for one in found if groups.covers(scope, one.scope)]


def save(actor: Actor, title: str, wanted: Filter) -> Segment:
    groups.refuse_beyond(actor.scope, wanted)
    values = {"title": title, "filter": wanted, "scope": sorted(actor.scope.units)}
    saved = Segment(code=codes.fresh("ND"), author_id=actor.account_id, **values)
    db.session.add(saved)
    db.session.flush()
    return saved


def edit(actor: Actor, code: str, version: int, values: Mapping[str, Any]) -> tuple[Segment, list[str]]:
    """Change a segment that is still at this version; return it and the codes of the lists that are drafts again.

    Those are the ones made of it that wait for an approval or have one: it was given to other people. Raises Conflict
    where a list of narrower units is made of it: by what it named they could count whom they may not see.
    """
    # The lists first, as whoever publishes one holds them: else both could wait for each other.
    made = _made_of(code)
    locked = select(OutreachList).where(OutreachList.id.in_([one.id for one in made])).order_by(OutreachList.id)
    made = list(db.session.scalars(locked.with_for_update(of=OutreachList).execution_options(populate_existing=True)))
    saved = locate(actor.scope, code, lock=True)
    before = {name: getattr(saved, name) for name in values}
    if saved.version != version:
        raise Stale(_("Somebody changed this segment in the meantime"), theirs=before, yours=dict(values))
    if {one.id for one in _made_of(code)} != {one.id for one in made}:
        raise Conflict(_("A list was made of this segment just now: try again"))
    is_other = _in_order(saved.filter) != _in_order(values.get("filter", saved.filter))
    for name, value in values.items():
        setattr(saved, name, value)
    again = _changed(actor, saved, made) if is_other else []
    db.session.flush()
    return saved, [one.code for one in again]


def _in_order(wanted: Any) -> Any:
    """Return a filter whose lists of values stand in one order: a page gives them in its own."""
    if isinstance(wanted, Mapping):
        return {key: _in_order(value) for key, value in wanted.items()}
    if isinstance(wanted, list):
        return sorted(wanted) if all(isinstance(one, str) for one in wanted) else list(map(_in_order, wanted))
    return wanted


def _changed(actor: Actor, saved: Segment, made: Sequence[OutreachList]) -> list[OutreachList]:
    groups.refuse_beyond(actor.scope, saved.filter)
    saved.scope, saved.author_id = sorted(actor.scope.units), actor.account_id
    if any(not groups.covers(Scope(frozenset(one.scope)), saved.scope) for one in made):
        raise Conflict(_("Lists of narrower units are made of this segment: save another one"))
    waiting = {ListState.SUBMITTED, ListState.APPROVED}
    again = [one for one in made if one.state in waiting and not lists.is_spent(one)]
    for one in again:
        lists.reopen(one)
    return again


def discard(scope: Scope, code: str) -> None:
    """Delete a segment of which no list is made, not even one that is closed."""
    saved = locate(scope, code, lock=True)
    if used := _made_of(code):
        raise Conflict(_("%(count)s lists are made of this segment"), count=len(used))
    db.session.delete(saved)


def uses(scope: Scope) -> Mapping[str, list[str]]:
    """Return, by the code of each segment, the codes of the lists seen in a scope that are made of it."""
    found = defaultdict[str, list[str]](list)
    for one in db.session.scalars(select(OutreachList).order_by(OutreachList.id)):
        for code in dict.fromkeys(groups.parts(one.filter)) if groups.covers(scope, one.scope) else ():
            found[code].append(one.code)
    return found


def _made_of(code: str) -> list[OutreachList]:
    query = select(OutreachList).order_by(OutreachList.id)
    return [one for one in db.session.scalars(query) if code in groups.parts(one.filter)]

"""The only writer of segments; and whom a filter of outreach names: what people are, what became of lists, groups.

A group is a filter: it narrows by each of its keys; by `any`, to who is in one of those groups; by `none`, to who is in
not one of those; and `kin` gives the kin of who is left, with them or alone.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from kieubao.access.roles import Actor, Scope
from kieubao.consent.models import Handover, HandoverPerson, Standing, Weighed
from kieubao.consent.rules import by_purpose
from kieubao.consent.vocabulary import INSIDE
from kieubao.db import db
from kieubao.ground import clock, codes, places
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound, Stale, _
from kieubao.outreach.models import Issue, OutreachList, Pull, Segment
from kieubao.outreach.vocabulary import PURPOSES, Kin, ListState
from kieubao.people.filters import Rule, among, everybody, kin_of, matching, none_of, tallied

Filter = Mapping[str, Any]
_LISTS = ("on_lists", "off_lists")
_SEGMENTS = ("segments", "except_segments")


def locate(scope: Scope, code: str) -> Segment:
    """Find a segment whose whole scope the actor has; absent and out of scope are one answer."""
    found = db.session.scalars(select(Segment).where(Segment.code == code)).one_or_none()
    if found is None or not covers(scope, found.scope):
        raise NotFound(_("There is no such segment"))
    return found


def seen(scope: Scope) -> list[Segment]:
    found = db.session.scalars(select(Segment).order_by(Segment.title, Segment.id))
    return [one for one in found if covers(scope, one.scope)]


def save(actor: Actor, title: str, wanted: Filter) -> Segment:
    values = {"title": title, "filter": wanted, "scope": scope_for(actor, wanted)}
    saved = Segment(code=codes.fresh("ND"), author_id=actor.account_id, **values)
    db.session.add(saved)
    db.session.flush()
    return saved


def edit(actor: Actor, code: str, version: int, values: Mapping[str, Any]) -> tuple[Segment, list[str]]:
    """Change a segment that is still at this version; return it and the codes of the lists that are drafts again.

    Those are the ones made of it that wait for an approval or have one: it was given to other people.
    """
    # The lists first, as whoever publishes one holds them: else both could wait for each other.
    made = made_of(code, lock=True)
    saved = locate(actor.scope, code)
    db.session.refresh(saved, with_for_update=True)
    before = {name: getattr(saved, name) for name in values}
    if saved.version != version:
        raise Stale(_("Somebody changed this segment in the meantime"), theirs=before, yours=dict(values))
    for name, value in values.items():
        setattr(saved, name, value)
    saved.scope, saved.author_id = scope_for(actor, saved.filter), actor.account_id
    db.session.flush()
    others = before.get("filter", saved.filter) != saved.filter
    again = [one for one in made if others and (one.state == ListState.SUBMITTED or one.digest)]
    for one in again:
        one.state, one.digest, one.approver_id = ListState.DRAFT, None, None
    return saved, [one.code for one in again]


def discard(saved: Segment) -> None:
    if used := made_of(saved.code):
        raise Conflict(_("Lists are made of this segment: %(lists)s"), lists=", ".join(one.code for one in used))
    db.session.delete(saved)


def hold(wanted: Filter) -> None:
    """Keep the segments that a filter of a list names as they are, until this is done."""
    db.session.execute(select(Segment.id).where(Segment.code.in_(parts(wanted))).with_for_update(read=True))


def made_of(code: str, *, lock: bool = False) -> list[OutreachList]:
    """Return the lists that a segment is part of, but for those that are closed."""
    query = select(OutreachList).where(OutreachList.state != ListState.CLOSED).order_by(OutreachList.id)
    query = query.with_for_update(of=OutreachList) if lock else query
    return [one for one in db.session.scalars(query) if code in parts(one.filter)]


def parts(wanted: Filter) -> list[str]:
    """Return the codes of the segments that a filter of a list names."""
    return [code for key in _SEGMENTS for code in wanted.get(key, ())]


def named(wanted: Filter) -> list[Segment]:
    """Return the segments that a filter of a list names."""
    found = select(Segment).where(Segment.code.in_(parts(wanted)))
    return list(db.session.scalars(found.order_by(Segment.code))) if parts(wanted) else []


def whom(scope: Scope, wanted: Filter) -> Select[int]:
    """Select the people within a scope whom a filter of outreach names, whether or not they agreed."""
    known = {one.code: one.filter for one in named(wanted)}
    if gone := {*parts(wanted)} - {*known}:
        raise Conflict(_("A segment this list is made of is gone: %(codes)s"), codes=", ".join(sorted(gone)))
    return everybody(scope, _rule(scope, wanted, known))


def counts(scope: Scope, wanted: Filter) -> dict[str, Any]:
    """Count whom a filter names: in all, by kind and country, and who may be contacted for what."""
    people = whom(scope, wanted)
    tally, may = tallied(people), by_purpose(people)
    purposes = {purpose.value: may.get(purpose, 0) for purpose in PURPOSES}
    told = {"filter": wanted, "names": names(wanted)}
    return {"people": sum(tally["kinds"].values()), **tally, "purposes": purposes, **told}


def names(wanted: Filter) -> dict[str, str]:
    """Return what the lists and segments in a filter are called, by their codes."""
    codes = [code for one in _groups(wanted) for key in (*_LISTS, *_SEGMENTS) for code in one.get(key, ())]
    if not codes:
        return {}
    of_lists = select(OutreachList.code, OutreachList.title).where(OutreachList.code.in_(codes))
    of_segments = select(Segment.code, Segment.title).where(Segment.code.in_(codes))
    return {code: title for code, title in db.session.execute(of_lists.union_all(of_segments))}  # noqa: C416


def scope_for(actor: Actor, wanted: Filter) -> list[str]:
    """Return the actor's scope; a filter that reaches beyond it is refused, not silently narrowed.

    So are lists and segments that the actor may not see: by how many are left one could tell who is on them.
    """
    for one in _groups(wanted):
        units = [*one.get("provinces", ()), *one.get("communes", ())]
        if any(not _reaches(actor.scope, code) for code in units):
            raise Forbidden(_("This filter reaches beyond the units you may see"))
        lists, parts = ({code for key in keys for code in one.get(key, ())} for keys in (_LISTS, _SEGMENTS))
        _refuse_unseen(actor.scope, lists, db.session.scalars(select(OutreachList).where(OutreachList.code.in_(lists))))
        _refuse_unseen(actor.scope, parts, db.session.scalars(select(Segment).where(Segment.code.in_(parts))))
    return sorted(actor.scope.units)


def covers(scope: Scope, units: Sequence[str]) -> bool:
    return all(_reaches(scope, code) for code in units)


def _reaches(scope: Scope, code: str) -> bool:
    return scope.covers(code, places.province_of(places.unit(places.CURRENT, code)).code)


def _refuse_unseen(scope: Scope, wanted: set[str], found: Iterable[OutreachList | Segment]) -> None:
    unseen = sorted(wanted - {one.code for one in found if covers(scope, one.scope)})
    if unseen:
        raise Invalid(_("There is nothing of this code: %(codes)s"), field="filter", codes=", ".join(unseen))


def _groups(wanted: Filter) -> Iterator[Filter]:
    yield wanted
    for key in ("any", "none"):
        for one in wanted.get(key, ()):
            yield from _groups(one)


def _rule(scope: Scope, wanted: Filter, segments: Mapping[str, Filter]) -> Rule:
    """Return who is in a group; `segments` has the filters of those it names."""
    given = dict(wanted)
    kin = given.pop("kin", None)
    rule = and_(true(), *_rules(scope, given, segments))
    if kin is None:
        return rule
    relatives = kin_of(everybody(scope, rule))
    return relatives if kin == Kin.ALONE else or_(rule, relatives)


def _rules(scope: Scope, given: dict[str, Any], segments: Mapping[str, Filter]) -> Iterator[Rule]:
    yield from _by_records(given)
    for key in _SEGMENTS:
        given[key] = [segments[code] for code in given.pop(key, ())]
    for key, join in (("any", or_), ("segments", or_), ("none", none_of), ("except_segments", none_of)):
        if groups := given.pop(key, None):
            yield join(*(_rule(scope, one, {}) for one in groups))
    yield from matching(given)


def _by_records(given: dict[str, Any]) -> Iterator[Rule]:
    for key, records in _RECORDS.items():
        if value := given.pop(key, None):
            yield among(_today(records(value)))
    for key, records in _OTHER_RECORDS.items():
        if value := given.pop(key, None):
            yield none_of(among(_today(records(value))))


def _today(records: Select[int]) -> Select[int]:
    """Select the people whose records these are: a record that was merged is of whom it was merged into."""
    return select(func.coalesce(Standing.successor_id, Standing.person_id)).where(Standing.person_id.in_(records))


def _on(lists: Collection[str]) -> Select[int]:
    """Select the records in an issue of one of some lists."""
    of_lists = select(Issue.id).join(OutreachList, OutreachList.id == Issue.list_id).where(OutreachList.code.in_(lists))
    return select(Weighed.person_id).where(Weighed.issue_id.in_(of_lists), Weighed.verdict == INSIDE)


def _in_files(*since: ColumnElement[bool]) -> Select[int]:
    """Select the records in a file that an organizer took."""
    left = select(Pull.handover_id).join(Handover, Handover.id == Pull.handover_id)
    left = left.where(Handover.sealed_at.is_not(None), *since)
    return select(HandoverPerson.person_id).where(HandoverPerson.handover_id.in_(left))


def _since(day: str) -> Select[int]:
    return _in_files(Handover.sealed_at >= datetime.combine(date.fromisoformat(day), time.min, clock.HANOI))


# By the key of a filter: the records that are meant, and those that are not.
_RECORDS: Mapping[str, Callable[[Any], Select[int]]] = {
    "on_lists": _on,
    "invited_since": _since,
}
_OTHER_RECORDS: Mapping[str, Callable[[Any], Select[int]]] = {
    "off_lists": _on,
    "not_invited_since": _since,
    "never_invited": lambda _yes: _in_files(),
}

"""Whom a filter of outreach names: by what people are, by what became of lists, by groups and segments.

A group is a filter: it narrows by each of its keys; by `any`, to who is in one of those groups; by `none`, to who is in
not one of those; and `kin` gives the kin of who is left, with them or alone.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, true

from kieubao.access.roles import Scope
from kieubao.consent.models import WHOSE, Handover, HandoverPerson, Standing, Weighed
from kieubao.consent.rules import by_purpose
from kieubao.consent.vocabulary import INSIDE
from kieubao.db import db
from kieubao.ground import clock, places
from kieubao.ground.errors import Conflict, Forbidden, Invalid, KieubaoError, _
from kieubao.occasions import agenda, giving, turnout
from kieubao.occasions.vocabulary import Answer
from kieubao.outreach.models import Issue, OutreachList, Pull, Segment
from kieubao.outreach.vocabulary import PURPOSES, Kin
from kieubao.people import suitability
from kieubao.people.filters import Rule, among, everybody, kin_of, matching, none_of, others
from kieubao.people.tallies import tallied

Filter = Mapping[str, Any]
_LISTS = ("on_lists", "off_lists")
_SEGMENTS = ("segments", "except_segments")
_OCCASIONS = ("attended", "turned_down", "suits")


def whom(scope: Scope, wanted: Filter) -> Select[int]:
    """Select the people within a scope whom a filter names, whether or not they agreed.

    Raises Conflict where what it is made of is gone, or reaches beyond the scope by now.
    """
    known = {one.code: one.filter for one in named(wanted)}
    try:
        for one in (wanted, *known.values()):
            refuse_beyond(scope, one)
    except KieubaoError as error:
        raise Conflict(_("What this is made of is gone, or reaches beyond these units by now: change it")) from error
    return everybody(scope, _rule(scope, wanted, known))


def counts(scope: Scope, wanted: Filter) -> dict[str, Any]:
    """Count whom a filter names: in all, by kind, country, commune and age, and who may be contacted for what."""
    people = whom(scope, wanted)
    tally, may = tallied(people, "kinds", "countries", "communes", "ages"), by_purpose(people)
    purposes = {purpose.value: may.get(purpose, 0) for purpose in PURPOSES}
    told = {"filter": wanted, "names": names(scope, wanted)}
    return {"people": sum(tally["kinds"].values()), **tally, "purposes": purposes, **told}


def names(scope: Scope, wanted: Filter) -> dict[str, str]:
    """Return what lists, segments and occasions in a filter are called, by their codes, as far as a scope sees them."""
    keys = (*_LISTS, *_SEGMENTS, *_OCCASIONS)
    codes = [code for one in _groups(wanted) for key in keys for code in one.get(key, ())]
    if not codes:
        return {}
    both = (select(one.code, one.title, one.scope).where(one.code.in_(codes)) for one in (OutreachList, Segment))
    found = {code: title for query in both for code, title, units in db.session.execute(query) if covers(scope, units)}
    return found | agenda.titles(codes)


def parts(wanted: Filter) -> list[str]:
    """Return the codes of the segments that a filter of a list names."""
    return [code for key in _SEGMENTS for code in wanted.get(key, ())]


def named(wanted: Filter) -> list[Segment]:
    """Return the segments that a filter of a list names."""
    found = select(Segment).where(Segment.code.in_(parts(wanted)))
    return list(db.session.scalars(found.order_by(Segment.code))) if parts(wanted) else []


def calls(wanted: Iterable[Filter]) -> dict[str, Any]:
    """Return what the calls that filters name ask for: by that it goes whom they suit."""
    codes = {code for one in wanted for group in _groups(one) for code in group.get("suits", ())}
    return {code: suitability.asked(agenda.locate(code)) for code in sorted(codes)}


def hold(wanted: Filter) -> None:
    """Keep the segments that a filter of a list names as they are, until this is done."""
    db.session.execute(select(Segment.id).where(Segment.code.in_(parts(wanted))).with_for_update(read=True))


def refuse_beyond(scope: Scope, wanted: Filter) -> None:
    """Refuse a filter that reaches beyond a scope, which would silently narrow it.

    So are lists and segments that are not seen there: by how many are left one could tell who is on them.
    """
    for one in _groups(wanted):
        units = [*one.get("provinces", ()), *one.get("communes", ())]
        if any(not _reaches(scope, code) for code in units):
            raise Forbidden(_("This filter reaches beyond the units you may see"))
        for table, keys in ((OutreachList, _LISTS), (Segment, _SEGMENTS)):
            asked = _named(one, keys)
            scopes = db.session.execute(select(table.code, table.scope).where(table.code.in_(asked))) if asked else ()
            _refuse_unknown(asked - {code for code, units in scopes if covers(scope, units)})
        _refuse_unknown((held := _named(one, _OCCASIONS)) - agenda.titles(held).keys())
    calls([wanted])


def _named(group: Filter, keys: Collection[str]) -> set[str]:
    return {code for key in keys for code in group.get(key, ())}


def _refuse_unknown(codes: Collection[str]) -> None:
    if codes:
        raise Invalid(_("There is nothing of this code: %(codes)s"), field="filter", codes=", ".join(sorted(codes)))


def covers(scope: Scope, units: Sequence[str]) -> bool:
    return all(_reaches(scope, code) for code in units)


def _reaches(scope: Scope, code: str) -> bool:
    return scope.covers(code, places.province_of(places.unit(places.CURRENT, code)).code)


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
    relatives = kin_of(_apart(everybody(scope, rule)))
    return and_(relatives, none_of(rule)) if kin == Kin.ALONE else or_(rule, relatives)


def _rules(scope: Scope, given: dict[str, Any], segments: Mapping[str, Filter]) -> Iterator[Rule]:
    for key, (join, records) in _RECORDS.items():
        if value := given.pop(key, None):
            yield join(_apart(_today(records(scope, value))))
    for key in _SEGMENTS:
        given[key] = [segments[code] for code in given.pop(key, ())]
    for key, joined in (("any", or_), ("segments", or_), ("none", none_of), ("except_segments", none_of)):
        if groups := given.pop(key, None):
            yield joined(*(_rule(scope, one, {}) for one in groups))
    yield from matching(given)


def _apart(people: Select[int]) -> Select[int]:
    """Write a set beside the statement, not within it: SQLite reads a hundred symbols deep, and groups hold groups."""
    return select(*people.cte().c)


def _today(records: Select[int]) -> Select[int]:
    """Select the people whose records these are: a record that was merged is of whom it was merged into."""
    return select(WHOSE).where(Standing.person_id.in_(records))


def _on(_scope: Scope, lists: Collection[str]) -> Select[int]:
    """Select the records in an issue of one of some lists."""
    of_lists = select(Issue.id).join(OutreachList, OutreachList.id == Issue.list_id).where(OutreachList.code.in_(lists))
    return select(Weighed.person_id).where(Weighed.issue_id.in_(of_lists), Weighed.verdict == INSIDE)


def _in_files(scope: Scope, *since: ColumnElement[bool]) -> Select[int]:
    """Select the records in a file that an organizer took of a list that is seen in a scope."""
    every = db.session.execute(select(OutreachList.id, OutreachList.scope))
    lists = [one for one, units in every if covers(scope, units)]
    left = select(Pull.handover_id).join(Handover, Handover.id == Pull.handover_id)
    left = left.join(Issue, Issue.id == Pull.issue_id).where(Issue.list_id.in_(lists))
    left = left.where(Handover.sealed_at.is_not(None), *since)
    return select(HandoverPerson.person_id).where(HandoverPerson.handover_id.in_(left))


def _since(scope: Scope, day: str) -> Select[int]:
    return _in_files(scope, Handover.sealed_at >= datetime.combine(date.fromisoformat(day), time.min, clock.HANOI))


def _suited(scope: Scope, codes: Collection[str]) -> Select[int]:
    return everybody(scope, or_(*(suitability.suited(scope, agenda.locate(code)) for code in codes)))


# By the key of a filter: which records are asked for, and whether it is those people or the others.
_RECORDS: Mapping[str, tuple[Callable[[Select[int]], Rule], Callable[[Scope, Any], Select[int]]]] = {
    "on_lists": (among, _on),
    "off_lists": (others, _on),
    "invited_since": (among, _since),
    "not_invited_since": (others, _since),
    "never_invited": (others, lambda scope, _yes: _in_files(scope)),
    "attended": (among, lambda _scope, codes: turnout.attended(codes)),
    "attended_since": (among, lambda _scope, day: turnout.attended(since=date.fromisoformat(day))),
    "never_attended": (others, lambda _scope, _yes: turnout.attended()),
    "turned_down": (among, lambda _scope, codes: turnout.answered(Answer.DECLINED, codes)),
    "suits": (among, _suited),
    "contributed": (among, lambda _scope, kinds: giving.contributors(kinds)),
    "contributed_since": (among, lambda _scope, day: giving.contributors(since=date.fromisoformat(day))),
}

"""Segments: saved filters that lists are made of."""

from collections.abc import Mapping
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.outreach import segments
from kieubao.outreach.models import Segment
from kieubao.outreach.segments import Filter

Sheet = dict[str, Any]


@use_case(Permission.LIST_DRAFT)
def save(actor: Actor, /, *, title: str, filter: Filter) -> Sheet:  # noqa: A002 - as on the wire
    """Save a filter under a name, for lists to be made of."""
    saved = segments.save(actor, title, filter)
    note(segment=saved.code)
    return _sheet(saved)


@use_case(Permission.LIST_DRAFT)
def edit(actor: Actor, code: str, *, version: int, values: Mapping[str, Any]) -> Sheet:
    """Change a segment; lists made of it that wait for an approval, or have one, become drafts again."""
    saved, again = segments.edit(actor, code, version, values)
    note(segment=code, fields=sorted(values), lists=again)
    return _sheet(saved)


@use_case(Permission.LIST_DRAFT)
def discard(actor: Actor, code: str) -> None:
    """Delete a segment of which no list is made."""
    segments.discard(segments.locate(actor.scope, code))
    note(segment=code)


@use_case(Permission.LIST_READ, Shape.READ)
def all_of_them(actor: Actor) -> list[Sheet]:
    return [_sheet(saved) for saved in segments.seen(actor.scope)]


@use_case(Permission.LIST_READ, Shape.READ)
def read(actor: Actor, code: str) -> Sheet:
    """Return a segment, the lists that are made of it, and how many belong to it now."""
    saved = segments.locate(actor.scope, code)
    counts = segments.counts(actor.scope, saved.filter)
    note(segment=code, found=counts["people"])
    return _sheet(saved) | {"counts": counts}


@use_case(Permission.LIST_READ, Shape.READ)
def count(actor: Actor, /, *, filter: Filter) -> Sheet:  # noqa: A002 - as on the wire
    """Return how many a filter names, in which countries, and how many may be contacted; nothing is saved."""
    segments.scope_for(actor, filter)
    counts = segments.counts(actor.scope, filter)
    note(found=counts["people"])
    return counts


def _sheet(saved: Segment) -> Sheet:
    names = ("code", "version", "title", "filter", "scope")
    made = {"lists": [one.code for one in segments.made_of(saved.code)], "names": segments.names(saved.filter)}
    return {name: getattr(saved, name) for name in names} | made

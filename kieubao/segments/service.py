"""Segments: saved filters that lists are made of."""

from collections.abc import Mapping
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.outreach import groups, segments
from kieubao.outreach.groups import Filter
from kieubao.outreach.models import Segment
from kieubao.people import census

Sheet = dict[str, Any]


@use_case(Permission.LIST_DRAFT)
def save(actor: Actor, /, *, title: str, filter: Filter) -> Sheet:  # noqa: A002 - as on the wire
    """Save a filter under a name, for lists to be made of."""
    saved = segments.save(actor, title, filter)
    note(segment=saved.code)
    return _sheet(actor, saved)


@use_case(Permission.LIST_DRAFT)
def edit(actor: Actor, code: str, *, version: int, values: Mapping[str, Any]) -> Sheet:
    """Change a segment; lists made of it that wait for an approval, or have one, become drafts again."""
    saved, again = segments.edit(actor, code, version, values)
    note(segment=code, fields=sorted(values), lists=again)
    return _sheet(actor, saved)


@use_case(Permission.LIST_DRAFT)
def discard(actor: Actor, code: str) -> None:
    """Delete a segment of which no list is made."""
    segments.discard(actor.scope, code)
    note(segment=code)


@use_case(Permission.LIST_READ, Shape.READ)
def all_of_them(actor: Actor) -> list[Sheet]:
    uses = segments.uses(actor.scope)
    return [_sheet(actor, saved, uses) for saved in segments.seen(actor.scope)]


@use_case(Permission.LIST_READ, Shape.READ)
def read(actor: Actor, code: str) -> Sheet:
    """Return a segment, and the lists that are made of it; and whether there are many to ask it of."""
    note(segment=code)
    return _sheet(actor, segments.locate(actor.scope, code)) | {"are_many": census.are_many(actor.scope)}


@use_case(Permission.LIST_READ, Shape.READ)
def counts(actor: Actor, code: str) -> Sheet:
    """Return how many belong to a segment now, in which countries, and how many of them may be contacted."""
    found = groups.counts(actor.scope, segments.locate(actor.scope, code).filter)
    note(segment=code, found=found["people"])
    return found


@use_case(Permission.LIST_READ, Shape.READ)
def count(actor: Actor, /, *, filter: Filter) -> Sheet:  # noqa: A002 - as on the wire
    """Return the same of a filter that is not saved."""
    groups.refuse_beyond(actor.scope, filter)
    found = groups.counts(actor.scope, filter)
    note(found=found["people"])
    return found


def _sheet(actor: Actor, saved: Segment, uses: Mapping[str, list[str]] | None = None) -> Sheet:
    columns = ("code", "version", "title", "filter", "scope")
    made = segments.uses(actor.scope) if uses is None else uses
    told = {"lists": made.get(saved.code, []), "names": groups.names(actor.scope, saved.filter)}
    return {name: getattr(saved, name) for name in columns} | told

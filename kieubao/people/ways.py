"""The ways to people: contact points of their own on channels that are open to a purpose, or a relative's.

A relative's number is a way to the relative. It is one to somebody else only where the relative and they agreed to that
by this channel (`via_relative`), and they have no way of their own: then the relative is asked to pass a word on.
"""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import Row, Select, and_, func, select

from kieubao.access.roles import Scope
from kieubao.consent.rules import open_channels
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db, these
from kieubao.people.filters import everybody
from kieubao.people.models import ContactPoint, Kinship

# What is in use, and their own; of what is a relative's, nobody knows whether the relative agreed.
IN_USE = (ContactPoint.retired_at.is_(None), ContactPoint.owner == "self")


def reachable(purpose: Purpose, channels: Collection[Channel]) -> Select[int]:
    """Select the people with a contact point in use on a channel that is open to a purpose."""
    is_open = open_channels(purpose, channels).subquery()
    in_use = (is_open.c.person_id == ContactPoint.person_id) & (is_open.c.channel == ContactPoint.channel)
    return select(ContactPoint.person_id).join(is_open, in_use).where(*IN_USE)


def own(purpose: Purpose, channels: Collection[Channel], ids: Collection[int]) -> dict[int, dict[str, list[str]]]:
    """Return of each of some people, by channel, the contact points on channels that are open."""
    is_open = open_channels(purpose, channels, these(ids)).subquery()
    query = (
        select(ContactPoint.person_id, ContactPoint.channel, ContactPoint.value)
        .join(is_open, (is_open.c.person_id == ContactPoint.person_id) & (is_open.c.channel == ContactPoint.channel))
        .where(ContactPoint.person_id.in_(these(ids)), *IN_USE)
        .order_by(ContactPoint.id)
    )
    points: dict[int, dict[str, list[str]]] = defaultdict(dict)
    for person_id, channel, value in db.session.execute(query):
        points[person_id].setdefault(channel, []).append(value)
    return points


def relatives(scope: Scope, purpose: Purpose, channels: Collection[Channel], people: Select[int]) -> dict[int, int]:
    """Return through whom of their kin within scope to ask those of some people who have no way of their own.

    Of several relatives it is the first on record.
    """
    way = _through(purpose, channels)
    query = way.with_only_columns(Kinship.person_id, func.min(Kinship.relative_id)).group_by(Kinship.person_id)
    query = query.where(Kinship.person_id.in_(people), Kinship.relative_id.in_(everybody(scope)))
    return {person_id: relative_id for person_id, relative_id in db.session.execute(query)}  # noqa: C416


def through(
    purpose: Purpose, channels: Collection[Channel], pairs: Select[int, int | None], ids: Collection[int]
) -> list[Row[int, int, str, str, str]]:
    """Return (person, relative, term, channel, contact point) of those pairs that are a way to some people now."""
    pair = pairs.subquery()
    person, relative = pair.c
    way = _through(purpose, channels).join(pair, and_(Kinship.person_id == person, Kinship.relative_id == relative))
    columns = (Kinship.person_id, Kinship.relative_id, Kinship.term, ContactPoint.channel, ContactPoint.value)
    query = way.with_only_columns(*columns, maintain_column_froms=True).where(Kinship.person_id.in_(these(ids)))
    return list(db.session.execute(query.order_by(Kinship.person_id, Kinship.relative_id, ContactPoint.id)))


def _through(purpose: Purpose, channels: Collection[Channel]) -> Select[int]:
    """Select each contact point of a relative that is a way to somebody who has none."""
    asked = open_channels(purpose, channels).subquery()
    agreed, relays = (open_channels(Purpose.VIA_RELATIVE, channels).subquery() for _one in range(2))
    return (
        select(Kinship.person_id)
        .join(ContactPoint, ContactPoint.person_id == Kinship.relative_id)
        .join(asked, and_(asked.c.person_id == Kinship.person_id, asked.c.channel == ContactPoint.channel))
        .join(agreed, and_(agreed.c.person_id == Kinship.person_id, agreed.c.channel == ContactPoint.channel))
        .join(relays, and_(relays.c.person_id == Kinship.relative_id, relays.c.channel == ContactPoint.channel))
        .where(*IN_USE, Kinship.person_id.not_in(reachable(purpose, channels)))
    )

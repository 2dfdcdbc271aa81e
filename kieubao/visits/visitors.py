"""Whoever came by a link: who they are, whether that is shown, and how they are told something."""

from collections.abc import Mapping
from datetime import timedelta

from kieubao import outbox
from kieubao.access.roles import Actor
from kieubao.access.use_case import note
from kieubao.ground import clock
from kieubao.outbox import To
from kieubao.people import contacts, disclosure, erasure
from kieubao.rights import requests
from kieubao.rights.requests import Asked
from kieubao.visits import passes
from kieubao.visits.passes import Come
from kieubao.visits.vocabulary import TOLD_BY

# What the office is called by language, and how it is reached ("contact").
Named = Mapping[str, str]


def come(actor: Actor) -> Come:
    """Return the visit that asks; raise NotFound where it has ended, or the record went over into another."""
    found = passes.numbered(actor.session)
    if found.person_id != actor.scope.person:
        raise passes.ended()
    note(subject=found.subject)
    return found


def proved(actor: Actor) -> Come:
    """Return the visit that asks, where it is shown to be theirs. Raises NotFound."""
    found = come(actor)
    if found.visit.proved_at is None:
        raise passes.ended()
    return found


def held(actor: Actor) -> Come:
    """Return the visit that asks, and hold whose it is: who merges or erases them goes first, or waits."""
    erasure.hold([come(actor).person_id])
    return come(actor)


def held_proved(actor: Actor) -> Come:
    """Return it as `held`, where it is shown to be theirs."""
    proved(actor)
    return held(actor)


def file(whose: Come, asked: Asked) -> str:
    """Write down what they ask of the office; return its code."""
    if already := requests.done_already(whose.person_id, asked.kind):
        return already
    filed = requests.file(whose.person_id, asked, None, whose.visit.proved_by)
    note(request=filed.code, kind=asked.kind)
    return filed.code


def language(whose: Come) -> str | None:
    """Return the language they prefer."""
    return disclosure.language_of(whose.person_id)


def tell(person_id: int, words: outbox.Words, lasts: timedelta, about: str | None = None) -> int:
    """Tell somebody something by every contact point of theirs that the office has verified; return how many."""
    points = [(channel, value) for _id, channel, value in contacts.verified(person_id) if channel in TOLD_BY]
    for channel, value in points:
        outbox.put(To(person_id, channel, value, about), words, clock.now() + lasts)
    return len(points)

"""Pins: what whoever is signed in keeps at hand, to be found on their start page."""

from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.db import db
from kieubao.people import disclosure
from kieubao.pins import board

Sheet = dict[str, Any]


@use_case(Permission.PERSON_READ)
def pin(actor: Actor, code: str) -> None:
    """Keep somebody at hand."""
    person = disclosure.locate(actor.scope, code)
    board.pin(actor.account_id, person.id)
    note(subject=person.subject)


@use_case(Permission.PERSON_READ)
def unpin(actor: Actor, code: str) -> None:
    """Keep somebody at hand no more."""
    person = disclosure.locate(actor.scope, code)
    board.unpin(actor.account_id, person.id)
    note(subject=person.subject)


@use_case(Permission.PERSON_SEARCH)
def keep(actor: Actor, title: str, typed: Sheet) -> None:
    """Keep what narrows a search, to be asked again as it is then."""
    note(search=board.keep(actor.account_id, title, typed), filters=sorted(typed["filters"]))


@use_case(Permission.PERSON_SEARCH)
def drop(actor: Actor, code: str) -> None:
    """Keep a search no more."""
    db.session.delete(board.search(actor.account_id, code))
    note(search=code)


@use_case(Permission.PERSON_SEARCH, Shape.READ)
def typed(actor: Actor, code: str) -> Sheet:
    """Return what narrows a search, as it was typed."""
    note(search=code)
    return board.search(actor.account_id, code).typed

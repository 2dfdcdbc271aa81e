"""Occasions: what lists are drawn up for."""

from collections.abc import Mapping
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.occasions import agenda, stationery

Sheet = dict[str, Any]


@use_case(Permission.LIST_DRAFT)
def hold(actor: Actor, /, **values: Any) -> Sheet:
    """Record an occasion to contact people for."""
    held = agenda.hold(values)
    note(occasion=held.code)
    return agenda.sheet(held)


@use_case(Permission.LIST_DRAFT)
def edit(actor: Actor, code: str, *, version: int, values: Mapping[str, Any]) -> Sheet:
    """Change an occasion that is still at this version."""
    note(occasion=code, fields=sorted(values))
    return agenda.sheet(agenda.edit(code, version, values))


@use_case(Permission.LIST_READ, Shape.READ)
def all_of_them(actor: Actor) -> list[Sheet]:
    """Return the occasions, what is latest first."""
    return [agenda.sheet(held) for held in agenda.every()]


@use_case(Permission.LIST_READ, Shape.READ)
def read(actor: Actor, code: str) -> Sheet:
    note(occasion=code)
    return agenda.sheet(agenda.locate(code))


@use_case(Permission.LIST_READ, Shape.READ)
def letters(actor: Actor, code: str) -> list[Sheet]:
    """Return of each language whether an occasion has a letter of its own."""
    note(occasion=code)
    return stationery.every(agenda.locate(code))


@use_case(Permission.LIST_READ, Shape.READ)
def letter(actor: Actor, code: str, language: str) -> bytes:
    """Return the template of an occasion's letters in a language."""
    note(occasion=code)
    return stationery.content(agenda.locate(code), language)


@use_case(Permission.LIST_DRAFT)
def keep_letter(actor: Actor, code: str, language: str, *, template: bytes) -> list[Sheet]:
    """Keep an occasion's own template of its letters in a language, in place of the one before."""
    held = agenda.locate(code, lock=True)
    note(occasion=code, digest=stationery.keep(held, language, template, actor.account_id))
    return stationery.every(held)


@use_case(Permission.LIST_DRAFT)
def discard_letter(actor: Actor, code: str, language: str) -> list[Sheet]:
    """Go back to the letter that everybody has."""
    held = agenda.locate(code, lock=True)
    stationery.discard(held, language)
    note(occasion=code)
    return stationery.every(held)

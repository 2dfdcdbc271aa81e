"""Homes that are not settled, and the decision that settles one address for everybody who has it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from kieubao.access.roles import Actor, Permission, Scope
from kieubao.access.use_case import Shape, note, use_case
from kieubao.edits import changes
from kieubao.edits.rules import Change
from kieubao.edits.vocabulary import HOME, Op
from kieubao.people import homes, registry
from kieubao.people.homes import Home

Sheet = dict[str, Any]
SIZE = 50
CHANGED = ["home_code", "home_epoch", "home_old_code"]


@use_case(Permission.PERSON_WRITE, Shape.READ)
def all_unsettled(actor: Actor, *, after: Sequence[Any] | None = None, size: int = SIZE) -> Sheet:
    """Return the addresses that wait, those of most people first, how many there are, and where the next page begins.

    An address is told with how many have it; nobody is named.
    """
    found, (count, people) = homes.waiting(actor.scope, size, after), homes.totals(actor.scope)
    note(found=count, people=people)
    shown = found[:size]
    more = (shown[-1].people, str(shown[-1].key)) if len(found) > size else None
    return {"homes": list(map(_sheet, shown)), "count": count, "people": people, "more": more}


@use_case(Permission.PERSON_WRITE, Shape.READ)
def unsettled(actor: Actor, key: UUID, *, into: str | None = None) -> Sheet:
    """Return one address, how it is written, and what settling it is bound to.

    `into` is a commune that is thought of, by its key or name; raises Invalid where it cannot be that.
    """
    home = homes.one(actor.scope, key)
    note(found=home.people)
    return _whole(actor.scope, home, into)


@use_case(Permission.PERSON_WRITE)
def settle(actor: Actor, key: UUID, *, home_unit: str, digest: str) -> Sheet:
    """Put everybody within scope who has an address into one commune of today: an edit, which can be undone.

    Raises Stale where other people have it than the digest was made of.
    """
    home = homes.one(actor.scope, key)
    commune = homes.commune(home, home_unit)
    people = homes.held(actor.scope, key, digest)
    stood = registry.written(people)
    registry.settle(people, commune, actor.id)
    edit = changes.keep(actor, Change(HOME, Op.SET, commune.key), stood)
    note(people=len(people), fields=CHANGED, edit=edit.code)
    return {"people": len(people), "home_unit": commune.key, "edit": edit.code}


def _whole(scope: Scope, home: Home, into: str | None) -> Sheet:
    written = [{"home_text": text, "people": people} for text, people in homes.writings(scope, home.key)]
    chosen = homes.commune(home, into).key if into else None
    changes = {"changes": min(home.people, homes.MOST)}
    return {**_sheet(home), **changes, "writings": written, "digest": homes.digest(scope, home.key), "chosen": chosen}


def _sheet(home: Home) -> Sheet:
    return {
        "key": str(home.key),
        "people": home.people,
        "home_text": home.text,
        "home_unit": home.unit.key if home.unit else None,
        "province": home.province,
        "choices": [one.key for one in home.choices],
    }

"""What the files of a sender mean, kept to be proposed again: the only writer of its table."""

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from sqlalchemy import select

from kieubao.access.roles import Actor
from kieubao.db import db
from kieubao.ground import clock, codes
from kieubao.ground.cells import plain
from kieubao.ground.errors import Conflict, NotFound, _
from kieubao.intake import mapping
from kieubao.intake.kept import carried
from kieubao.intake.models import SavedMapping
from kieubao.people.filters import may_see, seen_by

_MOST = 500


def latest(actor: Actor) -> list[SavedMapping]:
    """Return the mappings an actor may see, the one that was kept last first."""
    every = db.session.scalars(select(SavedMapping).order_by(SavedMapping.at.desc(), SavedMapping.id.desc()))
    return list(islice((one for one in every if may_see(actor, one.units)), _MOST))


def named(actor: Actor, name: str) -> SavedMapping:
    """Return the mapping of a code or a sender.

    Raises NotFound where an actor sees none, and Conflict where several are of this sender.
    """
    every = latest(actor)
    found = [one for one in every if name == one.code] or [one for one in every if plain(one.sender) == plain(name)]
    if not found:
        raise NotFound(_("There is no such saved mapping"))
    if len(found) > 1:
        raise Conflict(_("Several mappings are kept for “%(sender)s”: name one by its code"), sender=name)
    return found[0]


def keep(actor: Actor, sender: str, said: Mapping[str, Any]) -> SavedMapping:
    """Keep what the files of a sender mean, in place of what was kept of the same headings.

    What proves consent is not kept. Raises Invalid as `mapping.laid_out`.
    """
    kept, units = carried(said), seen_by(actor)
    key = (units, plain(sender), mapping.laid_out(kept).every_heading)
    before = (one for one in latest(actor) if (one.units, plain(one.sender), headings(one)) == key)
    saved = next(before, None) or SavedMapping(code=codes.fresh("KC"), units=units)
    saved.account_id, saved.at = actor.account_id, clock.now()
    saved.sender, saved.layout = sender, json.dumps(kept, ensure_ascii=False)
    db.session.add(saved)
    db.session.flush()
    return saved


def drop(saved: SavedMapping) -> None:
    db.session.delete(saved)


def told(saved: SavedMapping) -> dict[str, Any]:
    """Return a saved mapping as it is shown."""
    return {**{name: getattr(saved, name) for name in ("code", "sender", "at")}, "mapping": json.loads(saved.layout)}


def headings(saved: SavedMapping) -> frozenset[str]:
    """Return the headings of the files a mapping is for, as plain texts."""
    return mapping.laid_out(json.loads(saved.layout)).every_heading

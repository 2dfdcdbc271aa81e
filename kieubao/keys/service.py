"""Keys come and go by use cases: each leaves its line in the trail, with ids and counts and never a secret.

What a use case gives back is a new ring; the command writes it down. In order: a key is added, and every worker
has it; it is made current, and every worker uses it; values are sealed anew; the old key is retired.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from kieubao.access.roles import Actor, Permission
from kieubao.access.use_case import Shape, note, use_case
from kieubao.db import keyring
from kieubao.ground.ciphers import Keyring
from kieubao.ground.errors import Conflict, _
from kieubao.ground.keys import Kind
from kieubao.keys import sealed
from kieubao.keys.sealed import Batch
from kieubao.people import indexes

Sheet = dict[str, Any]
INDEXES = "contact_key.key"


@use_case(Permission.KEY_MANAGE, Shape.READ, everyone=True)
def inventory(actor: Actor) -> list[Sheet]:
    """Return every key that is in the ring or that a value names, and how many values of each place it holds."""
    ring, held = keyring(), _held()
    note(found=len(held))
    return [_told(ring, key_id, held.get(key_id, {})) for key_id in (*ring.keys, *sorted(set(held) - set(ring.keys)))]


@use_case(Permission.KEY_MANAGE, everyone=True)
def add(actor: Actor, kind: Kind) -> tuple[str, Keyring]:
    """Return a new key's id and the ring with it, not yet current."""
    key_id, ring = keyring().adding(kind)
    note(key=key_id, kind=kind)
    return key_id, ring


@use_case(Permission.KEY_MANAGE, everyone=True)
def use(actor: Actor, key_id: str) -> Keyring:
    """Return the ring with a key of it made current."""
    ring = keyring().using(key_id)
    note(key=key_id, kind=ring.key(key_id).kind)
    return ring


@use_case(Permission.KEY_MANAGE, everyone=True)
def retire(actor: Actor, key_id: str) -> Keyring:
    """Return the ring without a key; raise Conflict while anything needs it."""
    ring = keyring().without(key_id)
    if keyring().key(key_id).kind is Kind.FINGERPRINT:
        raise Conflict(_("The trail is never written again: without the key %(key)s it cannot be searched"), key=key_id)
    held = _held().get(key_id, {})
    if held:
        where = ", ".join(f"{place} {count}" for place, count in sorted(held.items()))
        raise Conflict(_("The key %(key)s is still needed: %(where)s. Rotate first"), key=key_id, where=where)
    note(key=key_id)
    return ring


@use_case(Permission.KEY_MANAGE, Shape.READ, everyone=True)
def outdated(actor: Actor, *, lost: Collection[str] = ()) -> Mapping[str, int]:
    """Return how many values of each place are to be made anew with a current key.

    Raises Conflict where values name keys that are not in the ring, and are not said to be lost: somebody
    runs with another ring than this one.
    """
    ring, held = keyring(), _held()
    unknown = sorted(set(held) - set(ring.keys) - set(lost))
    if unknown:
        raise Conflict(
            _("Values name keys that are not in this keyring: %(keys)s. Run this with the keyring the service has"),
            keys=", ".join(unknown),
        )
    note(found=sum(count for key_id in held for count in held[key_id].values()))
    return _to_do(ring, held)


@use_case(Permission.KEY_MANAGE, Shape.SEAL, everyone=True)
def reseal(actor: Actor, place: str, after: Sequence[Any] | None = None) -> Batch:
    """Seal the next batch of a column's values with the current key."""
    batch = sealed.reseal(place, after)
    note(found=batch.done, place=place, key=keyring().current[Kind.FIELD], unopened=batch.unopened)
    return batch


@use_case(Permission.KEY_MANAGE, everyone=True)
def reindex(actor: Actor, after: Sequence[Any] | None = None) -> Batch:
    """Index the next batch of contact points with the current key."""
    last, done = indexes.rebuild(after[0] if after else 0)
    note(found=done, place=INDEXES, key=keyring().current[Kind.INDEX])
    return Batch((last,) if last else None, done)


def _held() -> dict[str, dict[str, int]]:
    """Return how many values each key holds, by key and place."""
    held: dict[str, dict[str, int]] = defaultdict(dict)
    for place, counts in [*((place, sealed.counts(at)) for place, at in sealed.places().items()), _indexed()]:
        for key_id, count in counts.items():
            held[key_id][place] = count
    return held


def _indexed() -> tuple[str, Mapping[str, int]]:
    return INDEXES, indexes.counts()


def _to_do(ring: Keyring, held: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    """Count by place what can be made anew: every index of another key, and what opens with another key."""
    to_do: Counter[str] = Counter()
    for key_id in set(held) - set(ring.current.values()):
        to_do.update({place: n for place, n in held[key_id].items() if place == INDEXES or key_id in ring.keys})
    return dict(to_do)


def _told(ring: Keyring, key_id: str, places: Mapping[str, int]) -> Sheet:
    if key_id not in ring.keys:
        return {"id": key_id, "in_ring": False, "values": places}
    key = ring.keys[key_id]
    made = {"kind": key.kind, "current": ring.is_current(key_id), "made_on": str(key.made_on), "check": key.check}
    return {"id": key_id, "in_ring": True, **made, "values": places}

"""What was done to a chain of entries at the first that does not follow: told from the entries themselves."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from kieubao.ground.canon import canonical

Entry = Mapping[str, Any]
# How many entries slipped in, or taken out and the rest numbered anew, are still called so.
REACH = 64


class Kind(StrEnum):
    EDITED = "edited"
    DELETED = "deleted"
    SWAPPED = "swapped"
    INSERTED = "inserted"
    CUT = "cut"
    REHASHED = "rehashed"
    FORGED = "forged"
    MISSING = "missing"


class Where(StrEnum):
    ENTRY = "entry"
    HEAD = "head"
    ROOT = "root"
    WITNESS = "witness"


@dataclass(frozen=True)
class Fault:
    """What was done, to which entries, and what tells of it: the entries, the head, a root, a witness."""

    kind: Kind
    first: int
    last: int
    where: Where = Where.ENTRY


class End(NamedTuple):
    """The end of a chain, or of a part of it: the last entry's number and hash."""

    number: int
    hash: str


def hash_of(entry: Entry) -> str:
    """Return the hash an entry should have; "" for one that cannot be written down."""
    body = {name: value for name, value in entry.items() if name != "hash"}
    try:
        return hashlib.sha256(str(body.get("previous")).encode() + canonical(body)).hexdigest()
    except (ValueError, RecursionError):
        return ""


def told(entry: Entry, rest: Iterator[Entry], recent: Sequence[End], said: End) -> Fault:
    """Say what was done where `entry` does not follow those most recent.

    Reads the rest to find where the one that should be here has gone. `said`: where the chain should end.
    """
    here = recent[-1].number + 1
    if not isinstance(entry.get("id"), int):
        return Fault(Kind.EDITED, here, here)
    if entry["id"] < 1:
        return _out_of_count(entry, rest)
    belongs = next((one.number + 1 for one in recent if _fits(entry, one)), None)
    if belongs:
        return Fault(Kind.EDITED, here, here) if belongs == here else Fault(Kind.INSERTED, belongs, here - 1)
    moved = next((one for one in rest if _fits(one, recent[-1])), None)
    return _moved(entry, moved, here) if moved else _lost(entry, recent[-1], said)


def _out_of_count(entry: Entry, rest: Iterator[Entry]) -> Fault:
    """Tell of an entry before the first: its number was changed, or it is one more."""
    gap = 1
    while next(rest, {}).get("id") == gap:
        gap += 1
    changed = _hashes_as(entry, gap)
    return Fault(Kind.EDITED, gap, gap) if changed else Fault(Kind.INSERTED, entry["id"], entry["id"])


def _moved(entry: Entry, moved: Entry, here: int) -> Fault:
    """Tell of one that should be here and stands elsewhere: swapped, numbered anew, or this one was slipped in."""
    if entry["id"] == here:
        swapped = moved["id"] != here and _hashes_as(entry, moved["id"])
        return Fault(Kind.SWAPPED, here, moved["id"]) if swapped else Fault(Kind.INSERTED, here, here)
    return Fault(Kind.SWAPPED, here, entry["id"]) if moved["id"] == here else Fault(Kind.EDITED, here, here)


def _lost(entry: Entry, last: End, said: End) -> Fault:
    """Tell of one that should be here and is nowhere: taken out, written over, or this one does not belong."""
    here, number = last.number + 1, entry["id"]
    taken = number - here if number > here else next((k for k in range(1, REACH) if _hashes_as(entry, here + k)), 0)
    if taken:
        return Fault(Kind.DELETED, here, here + taken - 1)
    if here > said.number or number < here:
        return Fault(Kind.INSERTED, here, here)
    if entry.get("hash") == hash_of(entry):
        return Fault(Kind.REHASHED, max(last.number, 1), here)
    return Fault(Kind.EDITED, here, here)


def _fits(entry: Entry, before: End) -> bool:
    """Tell whether an entry, whatever its number now, was written right after this one."""
    return entry.get("previous") == before.hash and _hashes_as(entry, before.number + 1)


def _hashes_as(entry: Entry, number: int) -> bool:
    return bool(entry.get("hash")) and entry["hash"] == hash_of({**entry, "id": number})

"""What a backup holds of a table: every row a line of JSON, in the order of the key, and a digest over the lines.

Sealed values stay sealed. The same rows give the same lines, and so the same digest, on either database.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from kieubao import tables
from kieubao.db import Base, Encrypted
from kieubao.ground.canon import canonical
from kieubao.tables import Stored

# How JSON writes what it has no word for (days and ids it writes by itself), and how that is read again.
_TO: dict[str, Callable[[Any], Any]] = {
    "bytes": lambda value: b64encode(value).decode(),
    "instant": lambda value: value.astimezone(UTC).isoformat(),
}
_FROM: dict[str, Callable[[Any], Any]] = {
    "bytes": lambda value: b64decode(value, validate=True),
    "instant": datetime.fromisoformat,
    "day": date.fromisoformat,
    "uuid": UUID,
}


@dataclass
class Tally:
    """How many lines there were, and the digest over them."""

    rows: int = 0
    sha: Any = field(default_factory=hashlib.sha256)

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.sha.update(line + b"\n")

    def told(self) -> list[Any]:
        return [self.rows, self.sha.hexdigest()]


def lines(of: Stored) -> Iterator[bytes]:
    """Give the rows of a table as lines, without their ends."""
    places = _places(of.kinds, _TO)
    for row in tables.rows(of):
        yield canonical(_turned(list(row), places))


def reader(kinds: Mapping[str, str]) -> Callable[[bytes], list[Any]]:
    """Return what reads a line of such columns back, and raises ValueError where it is none."""
    places = _places(kinds, _FROM)

    def row(line: bytes) -> list[Any]:
        values = json.loads(line)
        if len(values) != len(kinds):
            raise ValueError("a row has one value for every column")
        return _turned(values, places)

    return row


def tally(of: Stored) -> list[Any]:
    """Return how many rows a table has, and the digest over them."""
    counted = Tally()
    for line in lines(of):
        counted.add(line)
    return counted.told()


def sealed(name: str, columns: Sequence[str]) -> dict[int, str]:
    """Return which columns of a table are sealed, by place, and for which context."""
    known = Base.metadata.tables.get(name)
    types = {} if known is None else {one.key: one.type for one in known.columns}
    return {place: of.context for place, one in enumerate(columns) if isinstance(of := types.get(one), Encrypted)}


def _places(kinds: Mapping[str, str], turns: Mapping[str, Callable[[Any], Any]]) -> list[tuple[int, Any]]:
    return [(place, turns[kind]) for place, kind in enumerate(kinds.values()) if kind in turns]


def _turned(values: list[Any], places: Sequence[tuple[int, Callable[[Any], Any]]]) -> list[Any]:
    for place, turn in places:
        if values[place] is not None:
            values[place] = turn(values[place])
    return values

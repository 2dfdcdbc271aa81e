"""A backup on its way in: taken line by line, and refused where it is not whole, not ours or not as it was made."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from kieubao.access import trail
from kieubao.access.faults import hash_of
from kieubao.access.roots import GENESIS
from kieubao.backup import content, schema
from kieubao.backup.archive import FORMAT, STEP, Body, Head, Progress, unsealed
from kieubao.backup.content import Tally
from kieubao.backup.envelope import Unusable
from kieubao.db import keyring
from kieubao.ground.ciphers import WrongKey
from kieubao.ground.errors import _

_KEY_ID = 4


class Taker:
    """Who hears what is in a backup; this one only listens. What was heard holds once `ended` was."""

    def opened(self, head: Head) -> None:
        """Hear what the backup says of itself: it is ours, and of a schema that is known."""

    def named(self, name: str, kinds: Mapping[str, str]) -> None:
        """Hear of which table the next rows are."""

    def took(self, row: list[Any]) -> None:
        """Take one row."""

    def ended(self) -> None:
        """Hear that all digests are right."""


@dataclass
class Reader:
    """Takes a backup in line by line, and raises Unusable where it is not whole, not ours or not as it was made."""

    office: str
    progress: Progress
    taker: Taker = field(default_factory=Taker)
    tallies: dict[str, Tally] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    head: Head | None = None
    ended: bool = False

    def __post_init__(self) -> None:
        self._whole, self._name = hashlib.sha256(), ""
        self._chain: list[Any] = [0, GENESIS]

    @property
    def rows(self) -> int:
        return sum(tally.rows for tally in self.tallies.values())

    def finished(self) -> Head:
        """Return the head; raise Unusable where the end never came."""
        if self.head is None or not self.ended:
            raise Unusable(_("This backup has no end: it was never finished"))
        return self.head

    def receive(self, line: bytes) -> None:
        try:
            tell = self._understood(line)
        except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            raise Unusable(_("What is inside this file is no backup of kieubao")) from error
        tell()

    def _understood(self, line: bytes) -> Callable[[], None]:
        """Check a line and return what there is to tell of it."""
        if self.ended:
            raise Unusable(_("Something was added behind the end of this backup"))
        if line.startswith(b"["):
            tell = self._row(line)
        else:
            ((kind, body),) = json.loads(line).items()
            if (kind == "kieubao") is not (self.head is None):
                raise ValueError("one head, and first")
            tell = {"kieubao": self._begin, "table": self._table, "end": self._end}[kind](body)
        self._whole.update(line + b"\n")
        return tell

    def _begin(self, body: Body) -> Callable[[], None]:
        if body["format"] != FORMAT:
            raise Unusable(
                _("This backup has format %(theirs)s, and this kieubao reads format %(ours)s: it was made by %(by)s"),
                theirs=body["format"],
                ours=FORMAT,
                by=body["version"],
            )
        if body["office"] != self.office:
            raise Unusable(
                _("This backup is of office %(theirs)s, and this host is of office %(ours)s (KIEUBAO_PROVINCE)"),
                theirs=body["office"],
                ours=self.office,
            )
        head = Head(**{name: value for name, value in unsealed(body).items() if name != "format"})
        if head.revision not in schema.known():
            raise Unusable(
                _("This backup has schema %(schema)s, which this kieubao does not know: it was made by %(by)s"),
                schema=head.revision,
                by=head.version,
            )
        self.head = head
        return partial(self.taker.opened, head)

    def _table(self, body: Body) -> Callable[[], None]:
        name, kinds = body["name"], body["kinds"]
        if name in self.tallies:
            raise ValueError("a table comes once")
        self._name, self._tally = name, self.tallies.setdefault(name, Tally())
        self._columns, self._read = list(kinds), content.reader(kinds)
        self._secret = content.sealed(name, self._columns)
        self.progress(name, 0)
        return partial(self.taker.named, name, kinds)

    def _row(self, line: bytes) -> Callable[[], None]:
        self._tally.add(line)
        values = self._read(line)
        for place, context in self._secret.items():
            if values[place] is not None:
                self._try_key(values[place], context)
        if self._name == "audit_entry":
            self._follow(dict(zip(self._columns, values, strict=True)))
        if self._tally.rows % STEP == 0:
            self.progress(self._name, self._tally.rows)
        return partial(self.taker.took, values)

    def _end(self, body: Body) -> Callable[[], None]:
        end = unsealed(body)
        for name in sorted(end["tables"].keys() | self.tallies.keys()):
            if name not in self.tallies or self.tallies[name].told() != end["tables"].get(name):
                raise Unusable(_("Table %(table)s is not as it was when the backup was made"), table=name)
        if end["content"] != self._whole.hexdigest():
            raise Unusable(_("What is inside this backup is not as it was when it was made"))
        if self.head is None or self._chain != self.head.audit:
            raise _broken(self._chain[0] + 1)
        self.ended = True
        return self.taker.ended

    def _try_key(self, value: bytes, context: str) -> None:
        """Open the first value sealed with each key: a ring that lacks one would restore what nobody can read."""
        key = value[:_KEY_ID].decode()
        if key in self.keys:
            return
        try:
            keyring().open(value, context)
        except WrongKey as error:
            raise Unusable(
                _("KIEUBAO_KEYS lacks the key %(key)s, with which part of this backup is sealed"), key=key
            ) from error
        self.keys.add(key)

    def _follow(self, entry: Body) -> None:
        number, last = self._chain
        follows = (entry["id"], entry["previous"]) == (number + 1, last)
        if not follows or entry["hash"] != hash_of(trail.plain(entry)):
            raise _broken(number + 1)
        self._chain = [number + 1, entry["hash"]]


def _broken(number: int) -> Unusable:
    return Unusable(_("The trail inside this backup does not hold at entry %(number)s"), number=number)

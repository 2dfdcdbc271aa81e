"""Whether a chain of entries holds, whatever they are read from.

Each entry's `hash` is SHA-256 over the hash before it and its own canonical form. That finds what is done
to some entries. Roots, where nobody here can reach them, find what is done to all of them, or to the end.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from kieubao.access import faults
from kieubao.access.faults import REACH, End, Entry, Fault, Kind, Where, hash_of
from kieubao.access.roots import GENESIS, Root
from kieubao.ground.errors import Invalid
from kieubao.ground.signatures import PublicKeys

START = End(0, GENESIS)
WITNESSED = "access.witness"


@dataclass(frozen=True)
class Verdict:
    """Up to which entry was looked, its hash, up to which entry roots vouch, and whatever is wrong."""

    entries: int
    head: str
    vouched: int
    faults: Sequence[Fault] = ()

    @property
    def broken_at(self) -> int | None:
        return min((fault.first for fault in self.faults), default=None)

    @property
    def whole(self) -> bool:
        return not self.faults

    def sheet(self) -> dict[str, Any]:
        return {**asdict(self), "whole": self.whole, "broken_at": self.broken_at}


@dataclass
class Roots:
    """The roots to compare a chain with, by their entries, and those that nobody signed.

    `keys`: without them signatures are not looked at. `first` and `last`: of a part of a chain.
    """

    keys: PublicKeys | None = None
    first: int = 1
    last: int | None = None
    faults: list[Fault] = field(default_factory=list)
    at: dict[int, list[tuple[Where, Root]]] = field(default_factory=dict)

    def add(self, where: Where, lines: Iterable[str]) -> None:
        """Take lines in. One that is no root, or of no known key, is forged: it goes by the one before it."""
        latest = 0
        for line in lines:
            root = _read(line)
            latest = root.entry if root else latest
            if root is None or (self.keys and not root.holds(self.keys)):
                self.faults.append(Fault(Kind.FORGED, latest, latest, where))
            elif self._is_here(root.entry):
                self.at.setdefault(root.entry, []).append((where, root))

    def narrow(self, first: int, last: int) -> None:
        """Leave out what is of other parts of the chain: of what was taken in, and of what will be."""
        self.first, self.last = first, last
        self.at = {entry: here for entry, here in self.at.items() if self._is_here(entry)}

    def all(self) -> Iterator[tuple[Where, Root]]:
        for entry in sorted(self.at):
            yield from self.at[entry]

    def _is_here(self, entry: int) -> bool:
        return self.first - 1 <= entry <= (entry if self.last is None else self.last)


def examine(entries: Iterable[Entry], end: End, roots: Roots, start: End = START) -> Verdict:
    """Walk a chain from where it starts to where it is said to end. Of the entries none is kept."""
    walk = _Walk(end, roots, deque([start], REACH), start.number)
    fault = walk.through(iter(entries)) or walk.to_end()
    found = [fault] if fault else walk.beside()
    return Verdict(*walk.last, walk.vouched, (*roots.faults, *found))


@dataclass
class _Walk:
    said: End
    roots: Roots
    recent: deque[End]
    vouched: int
    recorded: dict[str, int] = field(default_factory=dict)

    @property
    def last(self) -> End:
        return self.recent[-1]

    def through(self, stream: Iterator[Entry]) -> Fault | None:
        fault = self._sworn()
        for entry in stream:
            if fault or not self._follows(entry):
                return fault or faults.told(entry, stream, self.recent, self.said)
            self.recent.append(End(entry["id"], entry["hash"]))
            self._remember(entry)
            fault = self._sworn()
        return fault

    def to_end(self) -> Fault | None:
        """Compare where the chain ends with what roots know of, and with where it is said to."""
        for where, root in self.roots.all():
            if root.entry > self.last.number:
                return Fault(Kind.CUT, self.last.number + 1, root.entry, where)
        return self._at_head()

    def beside(self) -> Iterator[Fault]:
        """Compare the roots with the entries about them: each stands right after what its root vouches for."""
        for where, root in self.roots.all():
            if root.digest not in self.recorded and root.entry != self.roots.last:
                kind = Kind.CUT if root.entry == self.last.number else Kind.REHASHED
                yield Fault(kind, root.entry + 1, root.entry + 1, where)
        kept = {root.digest for where, root in self.roots.all() if where is Where.ROOT}
        for name, entry in self.recorded.items():
            if name not in kept:
                yield Fault(Kind.MISSING, entry, entry, Where.ROOT)

    def _follows(self, entry: Entry) -> bool:
        after = (self.last.number + 1, self.last.hash)
        return (entry.get("id"), entry.get("previous")) == after and entry.get("hash") == hash_of(entry)

    def _remember(self, entry: Entry) -> None:
        if (entry.get("action"), entry.get("outcome")) == (WITNESSED, "done"):
            details = entry.get("details")
            name = details.get("root") if isinstance(details, dict) else None
            self.recorded[str(name)] = entry["id"] - 1

    def _sworn(self) -> Fault | None:
        for where, root in self.roots.at.get(self.last.number, ()):
            if root.hash != self.last.hash:
                return Fault(Kind.REHASHED, self.vouched + 1, self.last.number, where)
            self.vouched = self.last.number
        return None

    def _at_head(self) -> Fault | None:
        last, said = self.last, self.said
        if last == said:
            return None
        if last.hash == said.hash:
            return Fault(Kind.EDITED, last.number, last.number, Where.HEAD)
        if last.number < said.number:
            return Fault(Kind.CUT, last.number + 1, said.number, Where.HEAD)
        if last.number > said.number:
            return Fault(Kind.INSERTED, said.number + 1, last.number, Where.HEAD)
        return Fault(Kind.REHASHED, self.vouched + 1, last.number, Where.HEAD)


def _read(line: str) -> Root | None:
    try:
        return Root.read(line)
    except Invalid:
        return None

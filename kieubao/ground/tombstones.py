"""Tombstones: who was erased, in a small file outside the database that is only added to.

A backup made before an erasure still holds the person; whoever restores it reads here whom to erase again. A line is
a day, keyed hashes of the person's code, of their pseudonym and of what they would be known by again, and a keyed hash
that chains it to the line before: it names nobody to whoever lacks the keys, and nobody without them can add to it,
change it or cut into it.
"""

import fcntl
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple
from uuid import UUID

from kieubao.ground import clock
from kieubao.ground.ciphers import Keyring
from kieubao.ground.errors import Conflict, KieubaoError, _

NOBODY = "none"
# A keyed hash, behind the id of its key.
_ENDING = re.compile(r"([0-9A-Z]{4})\.[0-9a-f]+")


class Buried(NamedTuple):
    """Who was erased: their code and pseudonym, and what they would be known by if a file brought them back."""

    code: str
    subject: UUID
    marks: Sequence[str] = ()


class Disturbed(KieubaoError):
    """Tombstones that are not as they were laid, or that the keys at hand cannot tell of."""

    code = "tombstones"


@dataclass(frozen=True)
class Tombstones:
    """The file of one office, where it names one, and the keys its lines are made with."""

    path: Path | None
    ring: Keyring

    def content(self) -> bytes:
        """Return the file's lines. What a power cut left of one, and nobody relied on, is no line."""
        found = self.path.read_bytes() if self.path and self.path.exists() else b""
        return found[: found.rfind(b"\n") + 1]

    def lay(self, people: Iterable[Buried]) -> None:
        """Add people; they stand on disk when this returns.

        Raises Conflict where there is no place for them, Disturbed where those that stand there do not hold.
        """
        with self._adding() as file:
            last, day = self.ends(self.content())[-1], clock.today().isoformat()
            for code, subject, marks in people:
                known_by = [*_names(code, subject), *map(_mark, sorted(marks))]
                said = " ".join([day, *(self.ring.fingerprint(*one) for one in known_by)])
                last = self.ring.fingerprint(*_chained(last, said))
                file.write(f"{said} {last}\n".encode())

    def take_over(self, content: bytes) -> None:
        """Go on where another copy ends, which goes on where this one does; raise Conflict where it does not."""
        self.refuse_other(content)
        if len(content) > len(mine := self.content()):
            with self._adding() as file:
                file.write(content[len(mine) :])

    def refuse_other(self, content: bytes) -> None:
        """Raise Conflict where another copy does not begin as this one is."""
        if not content.startswith(self.content()):
            raise Conflict(
                _("The tombstones in %(path)s are not how the longest copy begins: find out what was lost"),
                path=str(self.path),
            )

    @contextmanager
    def _adding(self) -> Iterator[BinaryIO]:
        """Open the file to be added to, by one at a time; what was written is on disk afterwards."""
        if self.path is None:
            raise Conflict(
                _("Name a file in KIEUBAO_TOMBSTONES first: the next restore would bring erased people back")
            )
        with os.fdopen(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.truncate(len(self.content()))
            yield file
            file.flush()
            os.fsync(file.fileno())

    def ends(self, content: bytes) -> Sequence[str]:
        """Return the hash that ends the file at each line, from none on; raise Disturbed at one that does not fit."""
        ends = [NOBODY]
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            said, _space, chained = line.rpartition(" ")
            if chained not in self.ring.fingerprints(*_chained(ends[-1], said)):
                raise self._disturbed(number, chained)
            ends.append(chained)
        return ends

    def _disturbed(self, number: int, chained: str) -> Disturbed:
        made_with = _ENDING.fullmatch(chained)
        if made_with and made_with[1] not in self.ring.keys:
            return Disturbed(
                _("KIEUBAO_KEYS lacks the key %(key)s, with which the tombstones go on at line %(number)s"),
                key=made_with[1],
                number=number,
            )
        return Disturbed(_("The tombstones do not hold at line %(number)s"), number=number)

    def names(self) -> frozenset[str]:
        """Return the hashes of everybody's code and pseudonym."""
        lines = self.content().decode().splitlines()
        return frozenset(one for line in lines for one in line.split()[1:3])

    def marks(self) -> frozenset[str]:
        """Return the hashes of what everybody would be known by again."""
        lines = self.content().decode().splitlines()
        return frozenset(one for line in lines for one in line.split()[3:-1])

    def meets(self, known: frozenset[str], marks: Iterable[str]) -> bool:
        """Tell whether anything somebody is known by is among marks."""
        return bool(known) and any(not known.isdisjoint(self.ring.fingerprints(*_mark(one))) for one in marks)

    def tells(self, names: frozenset[str], code: str, subject: UUID) -> bool:
        """Tell whether a person is among names."""
        return any(not names.isdisjoint(self.ring.fingerprints(*one)) for one in _names(code, subject))


def _names(code: str, subject: UUID) -> Sequence[tuple[str, str]]:
    return [("tombstone", f"code {code}"), ("tombstone", f"subject {subject}")]


def _mark(mark: str) -> tuple[str, str]:
    return "tombstone", f"mark {mark}"


def _chained(last: str, said: str) -> tuple[str, str]:
    return "tombstone", f"after {last} {said}"

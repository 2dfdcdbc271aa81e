"""Roots: the end of the chain as it was signed, in one line of text that can be printed and filed.

    kieubao-root OFFICE ENTRY TIME HASH PREVIOUS KEY SIGNATURE

The last word signs everything before it. PREVIOUS is the SHA-256 of the root before, or 64 zeros.
"""

import os
import re
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from kieubao.ground.errors import Invalid, _
from kieubao.ground.signatures import PublicKeys, SigningKey

GENESIS = "0" * 64
_LINE = re.compile(
    r"kieubao-root ([0-9]{2}) ([0-9]{1,18}) ([0-9T:-]{19}Z) ([0-9a-f]{64})"
    r" ([0-9a-f]{64}) ([0-9a-f]{16}) ([A-Za-z0-9_-]{86})"
)


@dataclass(frozen=True)
class Root:
    """At a moment in UTC the chain of an office ended with this entry and hash."""

    office: str
    entry: int
    at: str
    hash: str
    previous: str
    key: str
    signature: str = ""

    @classmethod
    def read(cls, line: str) -> "Root":
        """Read a line; raise Invalid where it is no root."""
        found = _LINE.fullmatch(" ".join(line.split()))
        if found is None:
            raise Invalid(_("This line is no root: one begins with kieubao-root and ends with a signature"))
        office, entry, *rest = found.groups()
        return cls(office, int(entry), *rest)

    @property
    def line(self) -> str:
        return " ".join(("kieubao-root", *map(str, astuple(self)))).rstrip()

    @property
    def digest(self) -> str:
        """Its name: what the next root and the chain's own entry about it call it."""
        return digest(self.line)

    def holds(self, keys: PublicKeys) -> bool:
        """Tell whether one of the office's keys signed it."""
        return keys.hold(self.key, self.line.rpartition(" ")[0], self.signature)


def digest(line: str) -> str:
    return sha256(line.encode()).hexdigest()


def sign(key: SigningKey, office: str, end: tuple[int, str], before: str | None, at: datetime) -> Root:
    """Sign the end of a chain, (entry, hash), which comes after a root's line or is the first."""
    (entry, ends_with), moment = end, f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    said = Root(office, entry, moment, ends_with, digest(before) if before else GENESIS, key.id)
    return replace(said, signature=key.sign(said.line))


def kept(witness: Path) -> list[str]:
    """Return the lines of a witness, remarks (#) and blanks left out; none where it has not begun."""
    if not witness.exists():
        return []
    lines = witness.read_text("utf-8", errors="replace").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def place(where: Path, office: str) -> Path:
    """Return the file of a witness: itself, or the office's own in a folder. Raises Invalid where no folder is."""
    if where.is_dir():
        return where / f"kieubao-{office}.roots"
    if not where.parent.is_dir():
        raise Invalid(_("The folder of the witness is not there: is it mounted?"), field="where")
    return where


def extend(witness: Path, lines: list[str]) -> None:
    """Add lines to a witness and wait until they are on its disk."""
    with witness.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
        file.flush()
        os.fsync(file.fileno())

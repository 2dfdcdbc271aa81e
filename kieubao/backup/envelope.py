"""The envelope around a backup: an age file to two recipients or more, sealed and opened as a stream.

The server holds public keys only. Whoever opens an envelope names a file of private ones, and gets lines: nothing
is ever kept in between.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from pyrage import x25519

from kieubao.ground.errors import Invalid, KieubaoError, _

FEWEST = 2
# No row is longer: a line without an end, in a file that somebody else made, must not fill the memory.
LONGEST = 64 << 20
_BEGINNING = b"age-encryption.org/v1\n"
_PRIVATE = "AGE-SECRET-KEY-1"
_SQLITE = b"SQLite format 3\0"
_OTHERS = {
    b"7\x7f\x06\x82": "-wal (SQLite)",
    b"7\x7f\x06\x83": "-wal (SQLite)",
    b"PK\x03\x04": "ZIP",
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ": "xz",
    b"(\xb5/\xfd": "zstd",
    b"7z\xbc\xaf": "7z",
    b"PGDMP": "pg_dump",
    b"--\n-- PostgreSQL": "pg_dump (SQL)",
    b"PRAGMA foreign_keys": "SQL",
    b"-----BEGIN AGE": "age (ASCII)",
    b"-----BEGIN PGP": "PGP",
}


class Unusable(KieubaoError):
    """A file that no database can be restored from, and why."""

    code = "unusable"


def recipients(listed: str) -> list[Any]:
    """Read public keys with commas between; raise Invalid where one is none, or fewer than two people hold them."""
    names = dict.fromkeys(name.strip() for name in listed.split(",") if name.strip())
    if len(names) < FEWEST:
        raise Invalid(
            _("Name two recipients or more in KIEUBAO_BACKUP_RECIPIENTS: with one, a lost key is a lost backup"),
            field="recipients",
        )
    return [_recipient(name) for name in names]


def _recipient(name: str) -> Any:
    try:
        return x25519.Recipient.from_str(name)
    except pyrage.RecipientError as error:
        raise Invalid(
            _("“%(text)s” is no recipient: one begins with age1"), field="recipients", text=name[:12]
        ) from error


def write_identity(path: Path) -> str:
    """Write a new private key into a file that only its owner reads, and return the public one."""
    made = x25519.Identity.generate()
    public = str(made.to_public())
    with created(path) as file:
        file.write(f"# {public}\n{made}\n".encode())
    return public


def created(path: Path) -> BinaryIO:
    """Open a new file, which only its owner reads; raise Invalid where there is one, or a link, of this name."""
    try:
        return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")
    except FileExistsError as error:
        raise Invalid(_("There is a file of this name, and it is never written over"), field="file") from error


def identities(path: Path) -> list[Any]:
    """Read the private keys in a file; raise Invalid where it holds none."""
    lines = [line.strip() for line in path.read_text("utf-8", errors="replace").splitlines()]
    try:
        found = [x25519.Identity.from_str(line) for line in lines if line.startswith(_PRIVATE)]
    except pyrage.IdentityError as error:
        raise Invalid(_("A private key in this file is cut or misspelt"), field="identity") from error
    if not found:
        raise Invalid(_("This file holds no private key: one begins with AGE-SECRET-KEY-1"), field="identity")
    return found


class _Lines:
    """Lines as a file to be read from."""

    def __init__(self, lines: Iterator[bytes]) -> None:
        self.lines, self.rest = lines, bytearray()
        self.error: BaseException | None = None

    def read(self, size: int) -> bytes:
        try:
            while len(self.rest) < size and (line := next(self.lines, b"")):
                self.rest += line
        except BaseException as error:
            self.error = error  # age would tell it only in words
            raise
        block = bytes(self.rest[:size])
        del self.rest[:size]
        return block


class _Target:
    """The file that is written to, and what went wrong there."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.error: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            return int(self.file.write(data))
        except OSError as error:
            self.error = error
            raise

    def flush(self) -> None:
        self.file.flush()


def seal(lines: Iterator[bytes], into: Any, to: Sequence[Any]) -> None:
    """Write lines, each with its end, into an envelope to these recipients."""
    source, target = _Lines(lines), _Target(into)
    try:
        pyrage.encrypt_io(source, target, to)
    except pyrage.EncryptError as error:
        raise source.error or target.error or error from None


class _Splitter:
    """A file to be written to, which hands on line by line."""

    def __init__(self, receive: Callable[[bytes], None]) -> None:
        self.receive, self.rest = receive, bytearray()

    def write(self, data: bytes) -> int:
        first, *more = data.split(b"\n")
        self.rest += first
        for following in more:
            self.receive(bytes(self.rest))
            self.rest = bytearray(following)
        if len(self.rest) > LONGEST:
            raise Unusable(_("What is inside this file is no backup of kieubao"))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here but a line without its end."""


def unseal(path: Path, keys: Sequence[Any], receive: Callable[[bytes], None]) -> None:
    """Open an envelope and hand its lines on; raise Unusable, with the reason, for whatever else a file may be.

    Lines are handed on before the end is seen: what comes of them holds only where this returns.
    """
    with path.open("rb") as file:
        _refuse_others(file.read(len(_BEGINNING)))
        file.seek(0)
        inside = _Splitter(receive)
        try:
            pyrage.decrypt_io(file, inside, keys)
        except pyrage.DecryptError as error:
            raise _header(str(error)) from error
        except OSError as error:
            raise _body(str(error), file.tell()) from error
    if inside.rest:
        raise Unusable(_("What is inside this file is no backup of kieubao"))


def _refuse_others(beginning: bytes) -> None:
    if not beginning:
        raise Unusable(_("This file is empty"))
    if beginning.startswith(_SQLITE):
        raise Unusable(
            _("This is a copy of a SQLite database, no backup: rows may be missing that stood in its -wal file")
        )
    for magic, kind in _OTHERS.items():
        if beginning.startswith(magic):
            raise Unusable(_("This is no backup of kieubao but a file of another kind: %(kind)s"), kind=kind)
    if not _BEGINNING.startswith(beginning[: len(_BEGINNING)]):
        raise Unusable(_("This is no backup of kieubao: it does not begin as one"))


def _header(told: str) -> Unusable:
    if "No matching keys" in told:
        return Unusable(_("None of these keys opens it: it is for other recipients, or its beginning was changed"))
    if "Incomplete" in told or "fill whole buffer" in told:
        return Unusable(_("This file is cut: it ends within its header"))
    return Unusable(_("The header of this file was changed"))


def _body(told: str, at: int) -> Unusable:
    if "truncated" in told:
        return Unusable(_("This file is cut: its end is missing"))
    return Unusable(_("This file was cut or changed, at byte %(at)s or shortly before"), at=at)

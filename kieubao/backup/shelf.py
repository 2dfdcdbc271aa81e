"""Where backups stand: whole or not at all, readable by their owner alone, never written over."""

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from kieubao import tables
from kieubao.backup import archive, envelope
from kieubao.backup.archive import Progress, Writing
from kieubao.db import keyring
from kieubao.ground.errors import Conflict, Invalid, _
from kieubao.ground.tombstones import Tombstones
from kieubao.traces import tombstones

GRAVES = "tombstones"
_NAME = re.compile(r"kieubao-(\d+)-(\d{8}T\d{6}Z)-(\d+)\.age")
_AT = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Made:
    """A backup that was made: where it stands, how many rows of how many tables, and the SHA-256 of the file."""

    path: Path
    rows: int
    tables: int
    bytes: int
    digest: str

    def told(self) -> dict[str, Any]:
        return {**vars(self), "path": str(self.path)}


@dataclass(frozen=True)
class Shelf:
    """A folder of backups, whose they are, and to whom they are sealed."""

    folder: Path
    office: str
    recipients: str = field(repr=False)

    @classmethod
    def of(cls, settings: Mapping[str, Any], folder: Path | None = None) -> "Shelf":
        """Return the shelf that the settings name; raise Invalid where they name none."""
        named = folder or settings.get("BACKUP_FOLDER")
        if not named:
            raise Invalid(_("Name a folder for backups, here or in KIEUBAO_BACKUP_FOLDER"), field="folder")
        return cls(Path(named), settings["PROVINCE"], settings.get("BACKUP_RECIPIENTS", ""))

    def make(self, progress: Progress) -> Made:
        """Write a backup of the state that `reading` began. It has no name of its own until `keep` gives it one.

        Raises Invalid where fewer than two people could open it.
        """
        to = envelope.recipients(self.recipients)
        tables.see_everybody()
        writing = Writing(archive.head(self.office), progress)
        path = self._named(writing.head)
        with self._writable(), _Hashed(_partial(path)) as out:
            envelope.seal(writing.lines(), out, to)
            _refuse_partial(writing)
        return Made(path, writing.rows, len(writing.tallies), out.bytes, out.sha.hexdigest())

    def keep(self, made: Made) -> Made:
        """Give a backup its name, with the tombstones of today beside it."""
        with self._writable():
            self._copy_graves()
            _partial(made.path).rename(made.path)
            _sync(self.folder)
        return made

    def newest(self) -> tuple[datetime, int] | None:
        """Return when the newest backup here was made, and the number of the last entry of the trail in it."""
        names = [_NAME.fullmatch(one.name) for one in self.folder.glob("*.age")] if self.folder.is_dir() else []
        ours = [one for one in names if one and one[1] == self.office]
        return max(((datetime.strptime(one[2], _AT).replace(tzinfo=UTC), int(one[3])) for one in ours), default=None)

    @contextmanager
    def _writable(self) -> Iterator[None]:
        """Tell of a full disk or a folder that cannot be written to in a sentence."""
        try:
            self.folder.mkdir(0o700, parents=True, exist_ok=True)
            yield
        except OSError as error:
            raise Conflict(
                _("Nothing can be written to %(folder)s: %(why)s"), folder=str(self.folder), why=error.strerror
            ) from error

    def _named(self, head: archive.Head) -> Path:
        moment = datetime.fromisoformat(head.at).strftime(_AT)
        path = self.folder / f"kieubao-{self.office}-{moment}-{head.audit[0]:09}.age"
        if path.exists() or _partial(path).exists():
            raise Conflict(_("There is a backup of this very second"))
        return path

    def _copy_graves(self) -> None:
        """Copy the tombstones; raise Conflict where those beside the backups are not how they begin."""
        content, copy = tombstones().content(), self.folder / GRAVES
        Tombstones(copy, keyring()).refuse_other(content)
        fresh = copy.with_suffix(".partial")
        fresh.unlink(missing_ok=True)
        with _Hashed(fresh) as out:
            out.write(content)
        fresh.rename(copy)


class _Hashed:
    """A new file that counts and digests what is written to it, and is on disk whole or gone when it closes."""

    def __init__(self, path: Path) -> None:
        self.path, self.bytes, self.sha = path, 0, hashlib.sha256()
        self.file = envelope.created(path)

    def __enter__(self) -> Self:
        return self

    def write(self, data: bytes) -> int:
        self.sha.update(data)
        self.bytes += len(data)
        return self.file.write(data)

    def flush(self) -> None:
        self.file.flush()

    def __exit__(self, kind: object, error: object, _trace: object) -> None:
        with self.file:
            self.file.flush()
            os.fsync(self.file.fileno())
        if error:
            self.path.unlink()


def _refuse_partial(writing: Writing) -> None:
    """Raise Conflict where the database showed not everybody: each person has one standing, walled or not."""
    if writing.tallies["person"].rows != writing.tallies["standing"].rows:
        raise Conflict(_("The database does not show everybody to this account: no backup was made (docs/backup.md)"))


def _partial(path: Path) -> Path:
    return path.with_name(f"{path.name}.partial")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

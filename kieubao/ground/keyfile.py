"""Where the keyring is kept: read, guarded, watched, and replaced whole."""

import logging
import os
import subprocess
import tempfile
from pathlib import Path

from kieubao.ground.ciphers import Keyring
from kieubao.ground.errors import Conflict, Invalid, _

_log = logging.getLogger("kieubao")
_OTHERS = 0o077
_Seen = tuple[int, int, int] | None


def read(source: str) -> str:
    """Return a keyring's text from `file:PATH`, `env:NAME` or `command:…`; "" where nothing is named.

    Raises RuntimeError, which says nothing of what stands there.
    """
    kind, _colon, where = source.partition(":")
    try:
        if kind == "file":
            return Path(where).read_text("utf-8")
        if kind == "env":
            return os.environ[where]
        if kind == "command":
            return subprocess.run(where, shell=True, check=True, capture_output=True, text=True).stdout  # noqa: S602 - the office's own command
    except (OSError, KeyError, UnicodeDecodeError, subprocess.CalledProcessError) as error:
        raise RuntimeError(f"KIEUBAO_KEYS: nothing can be read from this {kind} ({type(error).__name__})") from None
    if source:
        raise RuntimeError("KIEUBAO_KEYS has to be file:PATH, env:NAME or command:…")
    return ""


def path(source: str) -> Path | None:
    """Return the file a keyring is kept in; None where it comes another way."""
    return Path(source.removeprefix("file:")).absolute() if source.startswith("file:") else None


def guard(kept: Path, data: Path | None) -> None:
    """Raise RuntimeError where others may read the keys, or where they lie in the folder of the data.

    Who copies that folder, or a backup of it, must not have both.
    """
    kept = kept.resolve()
    if kept.stat().st_mode & _OTHERS:
        raise RuntimeError(f"KIEUBAO_KEYS: others may read {kept}; say: chmod 600 {kept}")
    if data is not None and kept.is_relative_to(data.resolve()):
        raise RuntimeError(f"KIEUBAO_KEYS: {kept} lies in the database's folder {data.resolve()}; keep it elsewhere")


class Held:
    """The keyring as its file gave it last; without a file, as it was given."""

    def __init__(self, text: str, kept: Path | None = None) -> None:
        """Raise RuntimeError where the text is no keyring."""
        try:
            self.ring = Keyring.from_json(text)
        except Invalid as error:
            raise RuntimeError(f"KIEUBAO_KEYS: {error}") from None
        self.path = kept
        self._seen: _Seen | str = "not yet"

    def refresh(self) -> None:
        """Take the file up anew where it was replaced. One that is wrong is told of once; what was held is kept."""
        if self.path is None or (seen := _mark(self.path)) == self._seen:
            return
        try:
            self.ring = Keyring.from_json(self.path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError, Invalid) as error:
            reason = error if isinstance(error, Invalid) else type(error).__name__
            _log.error("the keyring in %s was not taken up: %s", self.path, reason)
        # Last: until the ring is here, another thread is to wait for it or read it too.
        self._seen = seen

    def replace(self, ring: Keyring) -> None:
        """Write a ring to the file: whole or not at all, for the file's owner alone.

        Raises Conflict where there is no file, or it cannot be written, or somebody else has changed it.
        """
        if self.path is None:
            raise Conflict(_("The keyring does not come from a file: leave --write out and put what is printed there"))
        if Keyring.from_json(self.path.read_text("utf-8")) != self.ring:
            raise Conflict(_("Somebody changed the keyring's file in the meantime"))
        try:
            _write(self.path.resolve(), ring.to_json() + "\n")
        except OSError as error:
            raise Conflict(_("The keyring's file cannot be written: %(reason)s"), reason=error.strerror) from error
        self.refresh()


def _mark(kept: Path) -> _Seen:
    try:
        found = kept.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _write(kept: Path, text: str) -> None:
    owner = kept.stat()
    number, name = tempfile.mkstemp(dir=kept.parent, prefix=f".{kept.name}.")
    try:
        with os.fdopen(number, "w", encoding="utf-8") as file:
            os.fchown(number, owner.st_uid, owner.st_gid)  # the service must go on reading it, whoever changes it
            file.write(text)
            file.flush()
            os.fsync(number)
        Path(name).replace(kept)
    except BaseException:
        Path(name).unlink()
        raise
    folder = os.open(kept.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)

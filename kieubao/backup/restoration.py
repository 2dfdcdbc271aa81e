"""Restoring a backup on an empty host, from the console alone.

No use case: where nothing is yet there is no account to ask and no trail to write a refusal into. Everything is
loaded, and compared by digest as the database gives it back, in one transaction: a mismatch leaves nothing. What it
leaves has no end of its trail, so that nothing can be done with it (no line, no answer) until who was erased since is
erased again, no byte of them is left on the disk, and every token and session is ended: then a last transaction writes
the line of the restore.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask_migrate import upgrade
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from kieubao import tables, traces
from kieubao.access import accounts, trail
from kieubao.access.models import AuditHead
from kieubao.access.roles import SYSTEM
from kieubao.backup import content, envelope, schema
from kieubao.backup.archive import Head, Progress
from kieubao.backup.envelope import Unusable
from kieubao.backup.reading import Reader, Taker
from kieubao.db import BATCH, db, keyring, writing
from kieubao.ground import clock
from kieubao.ground.errors import Conflict, Invalid, _
from kieubao.ground.tombstones import Tombstones
from kieubao.jobs import State
from kieubao.people import erasure
from kieubao.traces import tombstones
from kieubao.walls import Sight, confined

if TYPE_CHECKING:
    from kieubao.tables import Stored

# What a new database has in it: where its chains begin, and its watch.
_HEADS = ("audit_head", "ledger_head", "watch")


def newest(paths: Sequence[Path]) -> Tombstones:
    """Return the longest of some copies of the tombstones.

    Raises Invalid where there is none of them, Disturbed where it does not hold, and Conflict where another is not
    how it begins.
    """
    copies = [Tombstones(path, keyring()) for path in paths if path.exists()]
    if not copies:
        raise Invalid(
            _("Give the newest tombstones: without them, people who were erased since would come back"),
            field="tombstones",
        )
    longest = max(copies, key=lambda one: len(one.content()))
    longest.ends(longest.content())
    for copy in copies:
        copy.refuse_other(longest.content())
    return longest


@confined(Sight(everyone=True))
def restore(path: Path, keys: Sequence[Any], graves: Tombstones, office: str, progress: Progress) -> dict[str, Any]:
    """Restore a backup; return how many rows came back, people were erased again, and tokens and jobs ended.

    Raises Conflict where the database is not empty, and Unusable, with the reason, where the file is no backup of
    this office, or not as it was made, or the tombstones are older than it.
    """
    _refuse_occupied()
    loader = Loader(graves)
    reader = Reader(office, progress, loader)
    with _nothing_left(loader):
        envelope.unseal(path, keys, reader.receive)
        head = reader.finished()
        loader.compare({name: tally.told() for name, tally in reader.tallies.items()})
        stopped = loader.stop_jobs()
        db.session.commit()
    upgrade()
    done = {**_ended(graves, office), "jobs_stopped": stopped}
    _finish(head, reader.rows, done)
    return {"backup": path.name, "made": head.at, "rows": reader.rows, **done}


class Loader(Taker):
    """Puts a backup into the database while it is read: begins the transaction, and leaves it open."""

    def __init__(self, graves: Tombstones) -> None:
        self.graves = graves
        self.here: dict[str, Stored] = {}
        self.waiting: list[list[Any]] = []
        self.weight = 0

    def opened(self, head: Head) -> None:
        _refuse_older(self.graves, head)
        schema.move_empty(head.revision)
        writing()
        self.here = {of.name: of for of in tables.stored()}
        self.loosened = tables.loosen()
        for name in _HEADS:
            tables.clear(self.here[name])

    def named(self, name: str, kinds: Mapping[str, str]) -> None:
        self._flush()
        # In their order: of rows that have no names, it alone says what a value is.
        if name not in self.here or [*self.here[name].kinds.items()] != [*kinds.items()]:
            raise _misfit(name)
        self.into = self.here[name]

    def took(self, row: list[Any]) -> None:
        self.waiting.append(row)
        self.weight += sum(len(one) for one in row if isinstance(one, bytes))
        if len(self.waiting) == BATCH or self.weight > tables.MOST:
            self._flush()

    def ended(self) -> None:
        self._flush()

    def compare(self, told: Mapping[str, Any]) -> None:
        """Read everything again, as the database has it now, and take the end off the trail."""
        for name, of in self.here.items():
            if content.tally(of) != told.get(name):
                raise Unusable(_("Table %(table)s does not come back as it was: nothing was restored"), table=name)
        tables.clear(self.here["audit_head"])
        tables.fasten(self.loosened)

    def stop_jobs(self) -> int:
        """Stop what waited or ran, so that no worker goes on with it; return how many jobs there were."""
        if "job" not in self.here:
            return 0
        job = self.here["job"].clause
        living = update(job).where(job.c.state.in_([State.WAITING, State.RUNNING]))
        stopped = db.session.execute(living.values(state=State.STOPPED, ended_at=clock.now()))
        return int(stopped.rowcount)  # type: ignore[attr-defined]

    def _flush(self) -> None:
        if self.waiting:
            try:
                tables.fill(self.into, self.waiting)
            except SQLAlchemyError as error:
                raise _misfit(self.into.name) from error
            self.waiting, self.weight = [], 0


@contextmanager
def _nothing_left(loader: Loader) -> Iterator[None]:
    try:
        yield
    except BaseException:
        db.session.rollback()
        if loader.here:
            with suppress(Conflict):  # what went wrong is told, not that somebody looks on
                traces.scrub(list(loader.here))
        raise


def _ended(graves: Tombstones, office: str) -> dict[str, int]:
    """End what was ended since: people, of whom nothing is left on the disk afterwards, sessions and tokens."""
    writing()
    tables.see_everybody()
    tombstones().take_over(graves.content())
    done = {"erased_again": erasure.erase_again(graves, office), "tokens_ended": accounts.end_everything()}
    db.session.commit()
    if done["erased_again"]:
        erasure.scrub()
    return done


def _finish(head: Head, rows: int, done: Mapping[str, int]) -> None:
    """Give the trail its end back, with a line of its own: from here on the database is served from."""
    writing()
    last, chained = head.audit
    db.session.add(AuditHead(id=1, last=last, hash=chained))
    db.session.flush()
    trail.append(trail.Line(SYSTEM, "backup.restore", found=rows, details={**done, "made": head.at}))
    db.session.commit()


def _refuse_occupied() -> None:
    db.session.rollback()
    counts = {of.name: tables.count(of) for of in tables.stored() if of.name not in _HEADS}
    if found := [f"{name} ({rows})" for name, rows in counts.items() if rows]:
        raise Conflict(
            _("A backup is restored into an empty database only, and this one has: %(found)s"), found=", ".join(found)
        )


def _refuse_older(graves: Tombstones, head: Head) -> None:
    """Raise Unusable where the tombstones do not go on from those of the backup's own moment."""
    ends, (count, last) = graves.ends(graves.content()), head.graves
    if ends[count : count + 1] != [last]:
        raise Unusable(_("These tombstones are older than the backup, or of another history: give the newest"))


def _misfit(name: str) -> Unusable:
    return Unusable(_("Table %(table)s of this backup does not fit its schema"), table=name)

"""The format of a backup: lines of JSON inside the envelope.

One object says what this is; then, table by table, an object names the table and what its columns hold, and every
row is a list; one object ends it with the rows and the digest of every table. The first and the last are sealed with
the office's fingerprint key: its recipients are public, and anybody can write to them.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC
from typing import Any

from sqlalchemy import text

from kieubao import tables
from kieubao.backup import content, schema
from kieubao.backup.content import Tally
from kieubao.backup.envelope import Unusable
from kieubao.db import db, keyring
from kieubao.ground import canon, clock
from kieubao.ground.errors import _
from kieubao.ground.version import VERSION
from kieubao.tables import Stored
from kieubao.traces import tombstones

FORMAT = 1
STEP = 1_000
Progress = Callable[[str, int], Any]
Body = dict[str, Any]


@dataclass(frozen=True)
class Head:
    """What a backup says of itself: whose it is, of which schema and moment, and where its chains end.

    `audit` is the number and hash of the last entry of the trail, `graves` the same of the last tombstone.
    """

    version: str
    office: str
    revision: str
    database: str
    at: str
    audit: list[Any]
    ledger: int
    graves: list[Any]


def head(office: str) -> Head:
    """Return what a backup of the database as it stands has to say of itself."""
    graves = tombstones()
    ends = graves.ends(graves.content())
    last, chained = db.session.execute(text("SELECT last, hash FROM audit_head")).one()
    return Head(
        version=VERSION,
        office=office,
        revision=schema.at_hand() or "",
        database=db.engine.dialect.name,
        at=clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        audit=[last, chained],
        ledger=db.session.execute(text("SELECT last FROM ledger_head")).scalar_one(),
        graves=[len(ends) - 1, ends[-1]],
    )


@dataclass
class Writing:
    """A backup on its way out. The database has to stand still meanwhile: begin with `reading`."""

    head: Head
    progress: Progress
    tallies: dict[str, Tally] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        return sum(tally.rows for tally in self.tallies.values())

    def lines(self) -> Iterator[bytes]:
        whole = hashlib.sha256()
        for line in self._content():
            whole.update(line)
            yield line
        told = {name: tally.told() for name, tally in self.tallies.items()}
        yield sealed("end", {"tables": told, "content": whole.hexdigest()})

    def _content(self) -> Iterator[bytes]:
        yield sealed("kieubao", {"format": FORMAT, **asdict(self.head)})
        for of in tables.stored():
            yield canon.canonical({"table": {"name": of.name, "kinds": of.kinds}}) + b"\n"
            yield from self._rows(of)

    def _rows(self, of: Stored) -> Iterator[bytes]:
        tally = self.tallies[of.name] = Tally()
        for line in content.lines(of):
            tally.add(line)
            if tally.rows % STEP == 0:
                self.progress(of.name, tally.rows)
            yield line + b"\n"
        self.progress(of.name, tally.rows)


def sealed(kind: str, body: Body) -> bytes:
    return canon.canonical({kind: {**body, "seal": keyring().fingerprint(*_seal(body))}}) + b"\n"


def unsealed(body: Body) -> Body:
    """Return what was sealed; raise Unusable where the seal is not of this office's keys."""
    said = {name: value for name, value in body.items() if name != "seal"}
    if body["seal"] not in keyring().fingerprints(*_seal(said)):
        raise Unusable(
            _("This backup was not sealed with the keys in KIEUBAO_KEYS: they are others, or somebody re-made it")
        )
    return said


def _seal(body: Body) -> tuple[str, str]:
    return "backup", canon.digest(body)

"""The only writer of what is known of receipts that were given out: of whom, when, and the digest of each file."""

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select

from kieubao.consent.models import WHOSE, Standing
from kieubao.consent.rules import records_of
from kieubao.db import db
from kieubao.ground.errors import NotFound, _
from kieubao.rights.models import Receipt

Sheet = dict[str, Any]


def issue(person_id: int, code: str, at: datetime, document: bytes, by: int | None) -> str:
    """Write down that a receipt was given out; return its digest: the SHA-256 of the file."""
    digest = hashlib.sha256(document).hexdigest()
    db.session.add(Receipt(code=code, digest=digest, person_id=person_id, issued_at=at, issued_by=by))
    db.session.flush()
    return digest


def of(person_id: int) -> list[Sheet]:
    """Return the receipts of somebody, the latest first."""
    mine = select(Receipt).where(Receipt.person_id.in_(records_of(person_id))).order_by(Receipt.id.desc())
    return [{name: getattr(one, name) for name in ("code", "digest", "issued_at")} for one in db.session.scalars(mine)]


def found(digest: str) -> tuple[Sheet, int]:
    """Return the receipt with a digest, and whose it is; raise NotFound where the office gave out no such file."""
    query = select(Receipt, WHOSE).join(Standing, Standing.person_id == Receipt.person_id)
    row = db.session.execute(query.where(Receipt.digest == digest.strip().lower())).one_or_none()
    if row is None:
        raise absent()
    receipt, whose = row
    return {"code": receipt.code, "issued_at": receipt.issued_at}, whose


def absent() -> NotFound:
    return NotFound(_("No receipt with this digest was given out here"))

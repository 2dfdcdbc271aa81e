"""The only writer of scans of what people signed: sealed, each known by its digest, and read by few."""

import hashlib
from base64 import b64decode, b64encode
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from kieubao.consent.models import WHOSE, Standing
from kieubao.consent.rules import records_of
from kieubao.db import db
from kieubao.ground import codes
from kieubao.ground.errors import Conflict, Invalid, NotFound, _
from kieubao.rights.models import Scan

Sheet = dict[str, Any]
# In bytes: a page or two, scanned as an office does.
MOST: Final = 5_000_000
_BEGINNINGS: Final = {b"%PDF-": "application/pdf", b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}
_ENDINGS: Final = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


class Kept(NamedTuple):
    """A scan as it is read: what the file is called, and its bytes."""

    name: str
    content: bytes


def keep(person_id: int, content: bytes, by: int) -> Scan:
    """Keep the scan of a paper that somebody signed. Raises Invalid for no PDF or picture, Conflict for one kept."""
    media = next((media for begins, media in _BEGINNINGS.items() if content.startswith(begins)), None)
    if media is None:
        raise Invalid(_("Send a PDF, or a picture as JPEG or PNG"), field="file")
    if len(content) > MOST:
        raise Invalid(
            _("The file is larger than %(most)s MB: scan it in grey, at 200 dpi"), field="file", most=MOST // 10**6
        )
    digest = hashlib.sha256(content).hexdigest()
    mine = select(Scan.code).where(Scan.person_id.in_(records_of(person_id)), Scan.digest == digest)
    if known := db.session.scalar(mine):
        raise Conflict(_("This file is kept already, as %(code)s"), code=known)
    whole = {"digest": digest, "media": media, "content": b64encode(content).decode(), "kept_by": by}
    kept = Scan(code=codes.fresh("QS"), person_id=person_id, **whole)
    db.session.add(kept)
    db.session.flush()
    return kept


def of(person_id: int) -> list[Sheet]:
    """Return what is known of the scans of somebody, the latest first; not what stands on them."""
    columns = (Scan.code, Scan.digest, Scan.media, Scan.kept_at)
    mine = select(*columns).where(Scan.person_id.in_(records_of(person_id))).order_by(Scan.id.desc())
    return [dict(row._mapping) for row in db.session.execute(mine)]  # noqa: SLF001 - its public name


def owner(code: str) -> int:
    """Return whose a scan is today. Raises NotFound."""
    query = select(WHOSE).join(Scan, Scan.person_id == Standing.person_id).where(Scan.code == code)
    whose = db.session.scalar(query)
    if whose is None:
        raise absent()
    return whose


def read(code: str) -> Kept:
    """Return a scan, whose owner is known to be one the reader may see."""
    scan = db.session.scalars(select(Scan).where(Scan.code == code)).one()
    return Kept(f"{code}.{_ENDINGS[scan.media]}", b64decode(scan.content))


def absent() -> NotFound:
    return NotFound(_("There is no such scan"))

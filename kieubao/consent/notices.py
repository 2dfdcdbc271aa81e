"""The only writer of notices."""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import func, select

from kieubao.consent.models import Notice
from kieubao.consent.vocabulary import Purpose
from kieubao.db import db
from kieubao.ground.canon import digest
from kieubao.ground.errors import Invalid, _

_TEXT = ("purposes", "title_vi", "title_en", "text_vi", "text_en", "in_force_on")


def write(code: str, **text: Any) -> Notice:
    """Add the next version of a notice. Its digest is over the code, the version and every word."""
    last = db.session.scalar(select(func.max(Notice.version)).where(Notice.code == code)) or 0
    notice = Notice(code=code, version=last + 1, **text)
    notice.digest = digest({"code": code, "version": notice.version, **{name: text[name] for name in _TEXT}})
    db.session.add(notice)
    db.session.flush()
    return notice


def shown(reference: str, purposes: Collection[Purpose], on: date) -> int:
    """Return the id of the notice `code/version`; it must have been in force and speak of the purposes.

    Raises Invalid, field "notice", for any other.
    """
    code, _slash, version = reference.rpartition("/")
    versions = db.session.scalars(select(Notice).where(Notice.code == code))
    notice = next((one for one in versions if str(one.version) == version), None)
    if notice is None:
        raise Invalid(_("There is no such notice; one is named like events/1"), field="notice")
    if notice.in_force_on > on:
        raise Invalid(_("This notice came into force after that day"), field="notice")
    if not set(purposes) <= set(notice.purposes):
        raise Invalid(_("This notice does not speak of that purpose"), field="notice")
    return notice.id


def listed() -> list[dict[str, Any]]:
    """Return every version of every notice, with its reference and digest."""
    notices = db.session.scalars(select(Notice).order_by(Notice.code, Notice.version))
    return [
        {"reference": f"{n.code}/{n.version}", "digest": n.digest, **{name: getattr(n, name) for name in _TEXT}}
        for n in notices
    ]

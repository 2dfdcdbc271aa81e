"""The only writer of notices: what is drafted, and what was approved and is never changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, Final

from sqlalchemy import func, select

from kieubao.consent.models import Notice, NoticeDraft
from kieubao.consent.vocabulary import Purpose
from kieubao.db import add_once, db
from kieubao.ground import clock
from kieubao.ground.canon import digest
from kieubao.ground.errors import Conflict, Invalid, NotFound, _

# What the law has told before anybody agrees (Đ9; NĐ 356/2025, Đ6), each in both languages.
ITEMS: Final = ("controller", "kept_data", "recipients", "retention", "subject_rights", "withdrawal")
LANGUAGES: Final = ("vi", "en")
_TEXT = ("purposes", "title_vi", "title_en", "text_vi", "text_en")
_ANOTHER: Final = _("There is another draft of this notice by now: open it, and write yours into it")
Sheet = dict[str, Any]


def write(code: str, *, in_force_on: date, terms: Mapping[str, Any] | None = None, **text: Any) -> Notice:
    """Add the next version of a notice. Its digest is over the code, the version and every word."""
    last = db.session.scalar(select(func.max(Notice.version)).where(Notice.code == code)) or 0
    told = {name: text[name] for name in _TEXT} | {"in_force_on": in_force_on}
    whole = {"code": code, "version": last + 1, **told, **({"terms": terms} if terms else {})}
    notice = Notice(code=code, version=last + 1, in_force_on=in_force_on, terms=terms or {}, **text)
    notice.digest = digest(whole)
    db.session.add(notice)
    db.session.flush()
    return notice


def draft(code: str, by: int, seen: str | None, **text: Any) -> NoticeDraft:
    """Write what is to be the next version, or write it anew; `seen`: the digest of the draft that it is made from.

    Raises Conflict where there is another draft by now.
    """
    found = db.session.scalars(select(NoticeDraft).where(NoticeDraft.code == code).with_for_update()).one_or_none()
    if seen != (_digest(found) if found else None):
        raise Conflict(_ANOTHER)
    written, values = found or NoticeDraft(code=code), {**text, "written_by": by, "written_at": clock.now()}
    for name, value in values.items():
        setattr(written, name, value)
    add_once(written, _ANOTHER)
    return written


def approve(draft_id: int, by: int, seen: str, in_force_on: date) -> Notice:
    """Make a draft the next version of its notice; raise Conflict where it was changed, or is the approver's own."""
    found = _drafted(draft_id)
    if _digest(found) != seen:
        raise Conflict(_("This draft was changed since you saw it: read it again"))
    if found.written_by == by:
        raise Conflict(_("Somebody else approves it: you wrote it"))
    text = {name: getattr(found, name) for name in (*_TEXT, "terms", "written_by")}
    db.session.delete(found)
    return write(found.code, in_force_on=in_force_on, approved_by=by, **text)


def drop(draft_id: int) -> str:
    """Drop a draft; return the code of its notice."""
    found = _drafted(draft_id)
    db.session.delete(found)
    return found.code


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


def told_on(purpose: Purpose, on: date) -> int:
    """Return the id of the notice by which people were asked for a purpose on a day; raise Invalid where none was."""
    query = select(Notice).where(Notice.in_force_on <= on).order_by(Notice.version)
    last = {one.code: one for one in db.session.scalars(query)}
    fits = [one for one in last.values() if purpose in one.purposes]
    found = max(fits, key=lambda one: (-len(one.purposes), one.in_force_on, one.id), default=None)
    if found is None:
        raise Invalid(_("On that day no notice spoke of that purpose"), field="notice")
    return found.id


def asking(purpose: Purpose, among: Sequence[Sheet] | None = None) -> Sheet | None:
    """Return the notice in force by which people are asked for a purpose: of the fewest purposes, and the latest."""
    known = listed() if among is None else among
    fits = [one for one in known if one["state"] == "in_force" and purpose in one["purposes"]]
    return max(fits, key=lambda one: (-len(one["purposes"]), one["in_force_on"], one["id"]), default=None)


def offered() -> dict[str, Sheet]:
    """Return by each purpose that people can be asked for the notice in force: no secret, so no line in the trail."""
    known = listed()
    found = {purpose.value: asking(purpose, known) for purpose in Purpose}
    return {purpose: told for purpose, told in found.items() if told}


def listed() -> list[Sheet]:
    """Return every version of every notice, with its reference and digest."""
    found = db.session.scalars(select(Notice).order_by(Notice.code, Notice.version)).all()
    last = {one.code: one.version for one in found if one.in_force_on <= clock.today()}
    return [_sheet(one, last.get(one.code)) for one in found]


def one(notice_id: int) -> Sheet:
    found = next((one for one in listed() if one["id"] == notice_id), None)
    if found is None:
        raise NotFound(_("There is no such notice"))
    return found


def drafts() -> list[Sheet]:
    """Return what is drafted, each with the digest by which it is approved."""
    return [_draft_sheet(one) for one in db.session.scalars(select(NoticeDraft).order_by(NoticeDraft.code))]


def drafted(draft_id: int) -> Sheet:
    return _draft_sheet(_drafted(draft_id, lock=False))


def _drafted(draft_id: int, *, lock: bool = True) -> NoticeDraft:
    query = select(NoticeDraft).where(NoticeDraft.id == draft_id)
    found = db.session.scalars(query.with_for_update() if lock else query).one_or_none()
    if found is None:
        raise NotFound(_("There is no such draft"))
    return found


def _digest(found: NoticeDraft) -> str:
    return digest({name: getattr(found, name) for name in ("code", *_TEXT, "terms")})


def _sheet(one: Notice, current: int | None) -> Sheet:
    state = "to_come" if one.in_force_on > clock.today() else "in_force" if one.version == current else "superseded"
    told = {name: getattr(one, name) for name in (*_TEXT, "terms", "in_force_on", "digest", "approved_at")}
    return {"id": one.id, "reference": f"{one.code}/{one.version}", "state": state, **told}


def _draft_sheet(one: NoticeDraft) -> Sheet:
    told = {name: getattr(one, name) for name in ("id", "code", *_TEXT, "terms", "written_by", "written_at")}
    return {**told, "digest": _digest(one)}

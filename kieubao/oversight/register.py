"""The record of processing: what the office says of each purpose, in versions, and what the registry itself knows."""

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import func, select

from kieubao.access.models import Account, Organisation
from kieubao.consent import agreements, notices
from kieubao.consent.models import Handover
from kieubao.consent.rules import agreed
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db
from kieubao.ground.errors import Invalid, NotFound, Stale, _
from kieubao.outreach.models import Issue
from kieubao.oversight.models import RegisterEntry
from kieubao.people import disclosure

Sheet = dict[str, Any]
WRITTEN: Final = (
    *("data_kinds", "subjects", "legal_basis", "legal_document"),
    *("retention", "protection", "abroad", "abroad_note"),
)
# Fewer people than this are not counted out loud (DESIGN, section 6).
SMALL: Final = 10


def purpose(name: str) -> Purpose:
    if name not in set(Purpose):
        raise NotFound(_("There is no such purpose"))
    return Purpose(name)


def write(about: Purpose, version: int, by: int, **said: Any) -> int:
    """Add the next version of what the office says of a purpose; return its number.

    `version` is the one that was read. Raises Stale where somebody was faster, with both.
    """
    if said["abroad"] and not said.get("abroad_note"):
        raise Invalid(_("Say to which country, to whom, and on what ground"), field="abroad_note")
    last = _last(about)
    if (last.version if last else 0) != version:
        theirs = {name: getattr(last, name) for name in WRITTEN if last and getattr(last, name) != said.get(name)}
        raise Stale(
            _("Somebody changed this entry in the meantime"), theirs=theirs, yours={n: said.get(n) for n in theirs}
        )
    db.session.add(RegisterEntry(purpose=about, version=version + 1, written_by=by, **said))
    db.session.flush()
    return version + 1


def whole() -> list[Sheet]:
    """Return the register: every purpose, with what was said of it and what the registry knows."""
    return [one(about) for about in Purpose]


def one(about: Purpose) -> Sheet:
    """Return one purpose: `said` is None as long as nothing was; the rest is derived at this moment."""
    said = versions(about)
    return {"purpose": about.value, "said": said[0] if said else None} | _derived(about)


def versions(about: Purpose) -> list[Sheet]:
    """Return every version of what was said of a purpose, the last first."""
    query = (
        select(RegisterEntry, Account.name)
        .join(Account, Account.id == RegisterEntry.written_by)
        .where(RegisterEntry.purpose == about)
        .order_by(RegisterEntry.version.desc())
    )
    return [
        {name: getattr(entry, name) for name in ("version", *WRITTEN)} | {"by": name_, "at": entry.written_at}
        for entry, name_ in db.session.execute(query)
    ]


def _derived(about: Purpose) -> Sheet:
    people = disclosure.count(agreed(about, list(Channel)))
    return {
        "people": people if people >= SMALL else None,
        "notices": [one["reference"] for one in notices.listed() if about in one["purposes"]],
        "fields": _left(about),
        "recipients": _recipients(about),
    }


def _left(about: Purpose) -> list[str]:
    """Return the fields that issues for a purpose were published with."""
    lists = db.session.scalars(select(Issue.fields).where(Issue.purpose == about))
    return sorted({name for names in lists for name in names})


def _recipients(about: Purpose) -> list[Sheet]:
    """Return whom data was handed to for a purpose, how often and when last, and by which agreements in force."""
    query = (
        select(Organisation.name, func.count(), func.max(Handover.sealed_at))
        .join(Handover, Handover.recipient_id == Organisation.id)
        .where(Handover.purpose == about, Handover.sealed_at.is_not(None))
        .group_by(Organisation.name)
        .order_by(Organisation.name)
    )
    agreed = _agreed()
    return [
        {"organisation": name, "times": times, "last_at": last, "agreements": agreed.get(name, [])}
        for name, times, last in db.session.execute(query)
    ]


def _agreed() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in agreements.in_force():
        found.setdefault(one["organisation"], []).append(one["number"])
    return found


def _last(about: Purpose) -> RegisterEntry | None:
    query = select(RegisterEntry).where(RegisterEntry.purpose == about).order_by(RegisterEntry.version.desc())
    return db.session.scalars(query.limit(1)).one_or_none()

"""What the desk did in a quarter, counted from the trail alone, signed, and published with its noughts."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select

from kieubao.access.models import AuditEntry
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.canon import canonical
from kieubao.ground.errors import NotFound, _
from kieubao.ground.signatures import SigningKey
from kieubao.people.releases import FEWEST
from kieubao.police.clocks import quarter_begins, quarter_called, quarter_ends
from kieubao.police.models import DeskFigures, Mandate
from kieubao.police.tellings import BY_RELAY
from kieubao.police.vocabulary import End, Ground, Item, Need

Sheet = dict[str, Any]
# By what each is counted: the acts it is done by.
ASKED: Final = ("police.file", "police.enter")
# What is counted by the act alone, and what by something it says.
_ALWAYS: Final = {"police.approve_renewal": "renewed", "police.told_by_hand": "told", "police.complain": "complaints"}
_WHERE: Final = {
    **dict.fromkeys(("police.open", "police.reply"), ("view", "shown")),
    "police.approve": ("deferred", "deferred"),
    "police.answer_complaint": ("upheld", "upheld"),
}
_ENDS: Final = (*(one.value for one in End if one is not End.AT_ONCE), "released")
_ALONE: Final = ("shown", "people", "deferred", "renewed", "told", "complaints", "upheld", "beyond_limits")


class Act(NamedTuple):
    """An entry of the trail, as it is counted."""

    action: str
    outcome: str
    details: Mapping[str, Any]


def names() -> list[str]:
    """Return what is counted, in the order it is shown in."""
    groups = {"need": Need, "disclosure_ground": Ground, "disclosure_end": _ENDS, "item": Item}
    need, ground, ends, items = ([f"{group}.{one}" for one in some] for group, some in groups.items())
    return ["asked", *need, "at_once", *ground, *ends, *items, *_ALONE]


def counted(acts: Iterable[Act]) -> dict[str, int]:
    """Count what was done; what was not is nought."""
    found = Counter[str]()
    for act in acts:
        found.update(_told_by(act))
    return {name: found[name] for name in names()}


def suppressed(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return what is published: noughts as they are, and None for fewer than ten.

    Of parts of a sum so many are left out that they are ten together, else the rest would tell them.
    """
    shown: dict[str, int | None] = {name: None if 0 < count < FEWEST else count for name, count in counts.items()}
    parts = [f"need.{one}" for one in Need]
    while 0 < sum(counts[name] for name in parts if shown[name] is None) < FEWEST and shown["asked"] is not None:
        told = [name for name in parts if shown[name]]
        shown[min(told, key=lambda name: counts[name]) if told else "asked"] = None
    return shown


def of(begun: date) -> tuple[list[Act], int, str]:
    """Return what the trail has of a quarter, its last entry and that one's hash."""
    ends = clock.begins(quarter_ends(begun))
    here = (AuditEntry.at >= clock.begins(begun), AuditEntry.at < ends)
    query = select(AuditEntry.action, AuditEntry.outcome, AuditEntry.details)
    acts = [Act(*row) for row in db.session.execute(query.where(*here, AuditEntry.action.startswith("police.")))]
    last = select(AuditEntry.id, AuditEntry.hash).where(AuditEntry.at < ends).order_by(AuditEntry.id.desc()).limit(1)
    return acts, *(db.session.execute(last).one_or_none() or (0, ""))


def due() -> list[date]:
    """Return the quarters that are over and not published, since the desk was first enabled."""
    first = db.session.scalar(select(func.min(Mandate.confirmed_at)))
    if first is None:
        return []
    known = {*db.session.scalars(select(DeskFigures.quarter))}
    return [one for one in _quarters(clock.day_of(first)) if quarter_called(one) not in known]


def publish(begun: date, office: str, key: SigningKey) -> DeskFigures:
    """Count a quarter from the trail, sign it and publish it."""
    acts, entry, ends_with = of(begun)
    said = {
        "kieubao": "police-desk",
        "office": office,
        "quarter": quarter_called(begun),
        "figures": suppressed(counted(acts)),
        "entry": entry,
        "hash": ends_with,
    }
    document = canonical(said).decode()
    made = DeskFigures(quarter=quarter_called(begun), document=document, key=key.id, signature=key.sign(document))
    db.session.add(made)
    db.session.flush()
    return made


def published() -> list[Sheet]:
    """Return what is published, the latest quarter first."""
    return [_sheet(one) for one in db.session.scalars(select(DeskFigures).order_by(DeskFigures.quarter.desc()))]


def one(quarter: str) -> Sheet:
    """Return what is published of a quarter, such as 2026-Q4. Raises NotFound."""
    found = db.session.scalars(select(DeskFigures).where(DeskFigures.quarter == quarter)).one_or_none()
    if found is None:
        raise NotFound(_("Nothing is published of this quarter"))
    return _sheet(found)


def _told_by(act: Act) -> Iterator[str]:
    details = act.details
    if act.outcome != "done":
        yield from ["beyond_limits"] * (act.outcome == "too-many" and act.action in ASKED and "need" in details)
        return
    yield from _asked_and_ended(act.action, details)
    if act.action in _ALWAYS:
        yield _ALWAYS[act.action]
    name, counts_as = _WHERE.get(act.action, ("", ""))
    if details.get(name):
        yield counts_as
    if act.action == "police.see_told" and details.get("way") == BY_RELAY:
        yield "told"


def _asked_and_ended(action: str, details: Mapping[str, Any]) -> Iterator[str]:
    if action in ASKED:
        yield from ("asked", f"need.{details['need']}", *["at_once"] * bool(details["grounds"]))
        yield from (f"disclosure_ground.{one}" for one in details["grounds"])
    if stands := details.get("stands"):
        yield from (f"disclosure_end.{stands}", *["people"] * details.get("people", 0))
        yield from (f"item.{item}" for item in details.get("fields", ()))


def _quarters(first: date) -> Iterator[date]:
    """Give the quarters from that of a day to the last that is over."""
    begun = quarter_begins(first)
    while quarter_ends(begun) <= clock.today():
        yield begun
        begun = quarter_ends(begun)


def _sheet(found: DeskFigures) -> Sheet:
    said = json.loads(found.document)
    names = ("quarter", "document", "key", "signature", "published_at")
    return {name: getattr(found, name) for name in names} | {"figures": said["figures"]}

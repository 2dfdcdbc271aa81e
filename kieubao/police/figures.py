"""What the desk did in a quarter, counted from the trail alone, signed, and published with its noughts."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import select

from kieubao.access.models import AuditEntry
from kieubao.db import db
from kieubao.ground import clock
from kieubao.ground.canon import canonical
from kieubao.ground.errors import NotFound, _
from kieubao.ground.signatures import SigningKey
from kieubao.police.limits import quarter_begins, quarter_ends
from kieubao.police.models import DeskFigures, Mandate
from kieubao.police.vocabulary import FEWEST, End, Ground, Item, Need

Sheet = dict[str, Any]
# By what each is counted: the acts it is done by.
ASKED: Final = ("police.file", "police.enter")
SHOWN: Final = ("police.open", "police.reply")
DEFERRED, RENEWED = "police.approve", "police.approve_renewal"
_ENDS: Final = (*(one.value for one in End if one is not End.AT_ONCE), "released")
_ALONE: Final = ("shown", "people", "deferred", "renewed", "told", "complaints", "upheld", "beyond_limits")


class Act(NamedTuple):
    """An entry of the trail, as it is counted."""

    action: str
    outcome: str
    details: Mapping[str, Any]


def names() -> list[str]:
    """Return what is counted, in the order it is shown in."""
    needs, grounds, items = (f"need.{one}" for one in Need), (f"ground.{one}" for one in Ground), _items()
    return ["asked", *needs, "at_once", *grounds, *(f"end.{one}" for one in _ENDS), *items, *_ALONE]


def counted(acts: Iterable[Act]) -> dict[str, int]:
    """Count what was done; what was not is nought."""
    found = Counter[str]()
    for act in acts:
        found.update(_told_by(act))
    return {name: found[name] for name in names()}


def suppressed(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Return what is published: noughts as they are, and None for fewer than ten.

    Of parts of a sum another is left out too where one alone would be told by the rest.
    """
    shown: dict[str, int | None] = {name: None if 0 < count < FEWEST else count for name, count in counts.items()}
    parts = [f"need.{one}" for one in Need]
    if [shown[name] for name in parts].count(None) == 1 and shown["asked"] is not None:
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
    first = db.session.scalar(select(Mandate.confirmed_at).order_by(Mandate.confirmed_at).limit(1))
    known = {*db.session.scalars(select(DeskFigures.quarter))}
    return [one for one in _quarters(first and clock.day_of(first)) if called(one) not in known]


def publish(begun: date, office: str, key: SigningKey) -> DeskFigures:
    """Count a quarter from the trail, sign it and publish it."""
    acts, entry, ends_with = of(begun)
    said = {
        "kieubao": "police-desk",
        "office": office,
        "quarter": called(begun),
        "figures": suppressed(counted(acts)),
        "entry": entry,
        "hash": ends_with,
    }
    document = canonical(said).decode()
    made = DeskFigures(quarter=called(begun), document=document, key=key.id, signature=key.sign(document))
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


def called(begun: date) -> str:
    return f"{begun.year}-Q{(begun.month + 2) // 3}"


def _told_by(act: Act) -> Iterator[str]:
    if act.action in ASKED and act.outcome == "too-many":
        yield "beyond_limits"
    if act.outcome != "done":
        return
    details = act.details
    if act.action in ASKED:
        yield from ("asked", f"need.{details['need']}")
        yield from ["at_once"] * bool(details["grounds"])
        yield from (f"ground.{one}" for one in details["grounds"])
    if stands := details.get("stands"):
        yield f"end.{stands}"
        yield from ["people"] * details.get("people", 0)
        yield from (f"item.{item}" for item in details.get("fields", ()))
    yield from ["shown"] * (act.action in SHOWN and "view" in details)
    yield from ["deferred"] * (act.action == DEFERRED and bool(details.get("deferred")))
    yield from ["renewed"] * (act.action == RENEWED)
    yield from ["told"] * (act.action == "police.tell" and details.get("way") == "relay")
    yield from ["told"] * (act.action == "police.told_by_hand")
    yield from ["complaints"] * (act.action == "police.complain")
    yield from ["upheld"] * (act.action == "police.answer_complaint" and bool(details.get("upheld")))


def _items() -> list[str]:
    return [f"item.{one}" for one in Item]


def _quarters(first: date | None) -> Iterator[date]:
    """Give the quarters from that of a day to the last that is over."""
    begun = quarter_begins(first) if first else clock.today()
    while quarter_ends(begun) <= clock.today():
        yield begun
        begun = quarter_ends(begun)


def _sheet(found: DeskFigures) -> Sheet:
    said = json.loads(found.document)
    names = ("quarter", "document", "key", "signature", "published_at")
    return {name: getattr(found, name) for name in names} | {"figures": said["figures"]}

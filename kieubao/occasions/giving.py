"""The only writer of contributions: what people offer to the province or give it, followed to what becomes of it.

Nothing is written over: each version tells all of a contribution as it stood since a day, and the last one holds.
"""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import aliased

from kieubao.access.models import Account
from kieubao.consent.models import WHOSE, Standing
from kieubao.db import db, is_among
from kieubao.ground import codes
from kieubao.ground.errors import Invalid, NotFound, Stale, _
from kieubao.occasions.models import Contribution, Occasion
from kieubao.occasions.vocabulary import BEGUN, IN_MONEY, Offer, Stage

Sheet = dict[str, Any]
Rule = ColumnElement[bool]
SAID = ("kind", "stage", "stands_since", "project", "worth", "unit", "note")
_TOLD = ("code", "version", *SAID, "at")
# Whose a record is today.
_THEIRS = Standing.person_id == Contribution.person_id


def record(person_id: int, held: Occasion | None, values: Mapping[str, Any], by: int) -> str:
    """Write down a contribution and return its code; raise Invalid, naming the field, for what has to be said."""
    said = dict.fromkeys(SAID) | dict(values)
    _refuse_unfit(said)
    whose = {"person_id": person_id, "occasion_id": held and held.id, "account_id": by}
    written = Contribution(code=codes.fresh("DG"), version=1, **whose, **said)
    db.session.add(written)
    db.session.flush()
    return written.code


def follow(code: str, version: int, values: Mapping[str, Any], by: int) -> list[str]:
    """Write down how a contribution stands now that was at this version; return the names of the fields that changed.

    Raises Stale for another version, Invalid as `record`, and where it would have come about before what is known.
    """
    _hold(code)
    lines = select(Contribution).where(Contribution.code == code).order_by(Contribution.version.desc())
    last = db.session.scalars(lines.limit(1)).one()
    before = {name: getattr(last, name) for name in SAID}
    if last.version != version:
        theirs = {name: before[name] for name in values if before[name] != values[name]}
        raise Stale(_("Somebody changed this in the meantime"), theirs=theirs, yours=dict(values))
    said = before | dict(values)
    _refuse_unfit(said)
    if said["stands_since"] < last.stands_since:
        day = f"{last.stands_since:%d/%m/%Y}"
        raise Invalid(_("It stands so since %(day)s: give no earlier day"), field="stands_since", day=day)
    changed = [name for name in SAID if said[name] != before[name]]
    if changed:
        same = {name: getattr(last, name) for name in ("code", "person_id", "occasion_id")}
        db.session.add(Contribution(version=version + 1, account_id=by, **same, **said))
        db.session.flush()
    return changed


def _hold(code: str) -> None:
    """Hold the first version: who follows a contribution reads after that what others wrote meanwhile."""
    first = select(Contribution.id).where(Contribution.code == code, Contribution.version == 1)
    db.session.execute(first.with_for_update())


def whose(code: str) -> int:
    """Return who made a contribution, as their record is today; raise NotFound where there is none of this code."""
    query = select(WHOSE).join(Contribution, _THEIRS)
    found = db.session.scalar(query.where(Contribution.code == code, Contribution.version == 1))
    if found is None:
        raise NotFound(_("There is no such contribution"))
    return found


def versions(code: str) -> list[Sheet]:
    """Return all that was known of a contribution, the latest first."""
    return [sheet for _person, sheet in _sheets(Contribution.code == code)]


def of(people: Select[int], *rules: Rule, most: int | None = None) -> list[tuple[int, Sheet]]:
    """Return the contributions of people, by whom, as they stand now; what was written down last comes first."""
    return _sheets(_is_last(), is_among(WHOSE, people), *rules, most=most)


def which(kind: str | None, stage: str | None, held: Occasion | None) -> list[Rule]:
    """Return the conditions on contributions of a kind, that have come so far, that came of an occasion."""
    wanted = {Contribution.kind: kind, Contribution.stage: stage, Contribution.occasion_id: held and held.id}
    return [column == value for column, value in wanted.items() if value is not None]


def totals(people: Select[int], *rules: Rule) -> list[Sheet]:
    """Count the contributions of people by kind and stage, and add up what they are worth, in millions of đồng."""
    by = (Contribution.kind, Contribution.stage)
    query = select(*by, func.count(), func.sum(Contribution.worth)).join(Standing, _THEIRS).group_by(*by)
    rows = db.session.execute(query.where(_is_last(), is_among(WHOSE, people), *rules))
    found = {(kind, stage): {"contributions": count, "worth": int(worth or 0)} for kind, stage, count, worth in rows}
    every = [(kind, stage) for kind in Offer for stage in Stage]
    return [{"kind": kind, "stage": stage, **found[kind, stage]} for kind, stage in every if (kind, stage) in found]


def contributors(kinds: Collection[str] = (), since: date | None = None) -> Select[int]:
    """Select who contributed in one of some ways, or in any, since a day; not whoever only thought of it."""
    rules = [_is_last(), Contribution.stage.in_(BEGUN)]
    rules += [Contribution.kind.in_(kinds)] if kinds else []
    rules += [Contribution.stands_since >= since] if since else []
    return select(WHOSE).join(Contribution, _THEIRS).where(*rules)


def forget(people: Collection[int]) -> None:
    """Leave nothing of what some people contributed."""
    db.session.execute(delete(Contribution).where(Contribution.person_id.in_(people)))


def _is_last() -> Rule:
    later = aliased(Contribution)
    return ~select(later.id).where(later.code == Contribution.code, later.version > Contribution.version).exists()


def _sheets(*rules: Rule, most: int | None = None) -> list[tuple[int, Sheet]]:
    columns = [Contribution.__table__.c[name] for name in _TOLD]
    query = (
        select(WHOSE, Account.name, Occasion.code, Occasion.title, *columns)
        .select_from(Contribution)
        .join(Standing, _THEIRS)
        .join(Account, Account.id == Contribution.account_id)
        .outerjoin(Occasion, Occasion.id == Contribution.occasion_id)
        .where(*rules)
        .order_by(Contribution.id.desc())
        .limit(most)
    )
    return [
        (person, dict(zip(_TOLD, values, strict=True)) | {"account": account, "occasion": code, "title": title})
        for person, account, code, title, *values in db.session.execute(query)
    ]


def _refuse_unfit(said: Mapping[str, Any]) -> None:
    """Refuse what is under way without a name, and what is done without its place or, in money, its value."""
    if said["stage"] in BEGUN and not said["project"]:
        raise Invalid(_("Say what it is, now that it is under way"), field="project")
    if said["stage"] == Stage.COMPLETED and not said["unit"]:
        raise Invalid(_("Say where it was done"), field="unit")
    if said["stage"] == Stage.COMPLETED and said["kind"] in IN_MONEY and said["worth"] is None:
        raise Invalid(_("Say how much it came to"), field="worth")

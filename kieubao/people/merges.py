"""Two records of one person made one, and that undone: the only writer of merges.

One record stays. It takes from the other what a clerk chose, and its contact points, kin and associations; the other is
kept as it was, but nobody finds it, and its code leads to the one that stays.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from kieubao.access.roles import Actor, Scope
from kieubao.consent import hearing, unions
from kieubao.consent.models import Standing
from kieubao.consent.vocabulary import Channel
from kieubao.db import db, these
from kieubao.ground import clock
from kieubao.ground.canon import canonical
from kieubao.ground.errors import NotFound, Stale, _
from kieubao.people import bonds, contacts, registry, revisions
from kieubao.people.bonds import Tie
from kieubao.people.filters import everywhere, within
from kieubao.people.models import ContactPoint, Merge, Person
from kieubao.people.records import Contact, is_within
from kieubao.people.revisions import WRITTEN

# What can only be taken together, by the name it is chosen by.
_TOGETHER: Mapping[str, Sequence[str]] = {
    "home": ("home_text", "home_epoch", "home_code", "home_old_code"),
    "sector": ("sector", "sector_version"),
    "residence": ("country", "region", "city", "address"),
    "legal_basis": ("legal_basis", "legal_document"),
}
_LISTS = ("other_names", "languages", "interests")
_GROUPED = frozenset(name for names in _TOGETHER.values() for name in names)
# What may be chosen from either record, one by one; lists are put together.
CHOICES: Mapping[str, Sequence[str]] = {
    **{name: (name,) for name in WRITTEN if name not in {*_GROUPED, *_LISTS}},
    **_TOGETHER,
}
Values = Mapping[str, Any]


class Pair(NamedTuple):
    """The record that stays and the one that goes, by id, each at the version that was looked at."""

    kept: int
    kept_version: int
    gone: int
    gone_version: int


class Undone(NamedTuple):
    """What came of undoing a merge: the record that is there again; the fields somebody changed since, which stay."""

    code: str
    kept: int
    gone: int
    stays: Sequence[str]


def differing(kept: Values, gone: Values) -> list[str]:
    """Return the names of what two records, given by their columns, say differently, so that one has to be chosen."""
    both = {name: columns for name, columns in CHOICES.items() if _any(kept, columns) and _any(gone, columns)}
    return [name for name, columns in both.items() if any(kept[one] != gone[one] for one in columns)]


def united(kept: Values, gone: Values, taken: Collection[str]) -> dict[str, Any]:
    """Return what the record that stays is to say: what is taken from the other, and where it says nothing itself.

    Lists are put together; the name that is not chosen is one of the other names.
    """
    blank = {name for name, columns in CHOICES.items() if not _any(kept, columns)}
    columns = [one for name in {*taken, *blank} for one in CHOICES[name]]
    values = {one: gone[one] for one in columns}
    names = [kept["name"], *kept["other_names"], gone["name"], *gone["other_names"]]
    named = values.get("name", kept["name"])
    lists = {name: [*dict.fromkeys([*kept[name], *gone[name]])] for name in _LISTS}
    return {**values, **lists, "other_names": [name for name in dict.fromkeys(names) if name != named]}


def merge(actor: Actor, pair: Pair, taken: Collection[str]) -> None:
    """Merge two records within scope, as a clerk chose.

    Raises Stale where either was changed since it was looked at, Conflict where their kin is out of scope and as
    `unions.unite`.
    """
    (kept, gone), at = _held(pair.kept, pair.gone), clock.now()
    if (kept.version, gone.version) != (pair.kept_version, pair.gone_version):
        raise Stale(_("One of the two records was changed since: look at them again"), theirs={}, yours={})
    values = united(_written(kept), _written(gone), taken)
    before = {name: getattr(kept, name) for name in values if getattr(kept, name) != values[name]}
    ties = bonds.hand_over_kin(kept.id, gone.id, actor.scope)
    doubted = contacts.doubt(kept.id, gone.id) if gone.id < kept.id else {}
    hanging = {
        "points": _points(kept.id, gone.id),
        "doubted": {str(one): str(day) for one, day in doubted.items()},
        "memberships": bonds.hand_over_memberships(kept.id, gone.id),
    }
    standing = unions.unite(kept.id, gone.id, _standing(kept.id))
    registry.hide(gone.id, actor.id)
    registry.rewrite(kept.id, kept.version, values, actor.office, actor.id)
    for tie in sorted(ties):
        registry.revise(tie.relative, actor.id)
    changed = {"before": before, "after": {name: values[name] for name in before}, "standing": standing}
    whole = canonical({**changed, **hanging, "ties": ties}).decode()
    db.session.add(Merge(gone_id=gone.id, kept_id=kept.id, code=gone.code, account_id=actor.id, changed=whole, at=at))


def undo(actor: Actor, code: str) -> Undone:
    """Undo a merge by the code of the record that went; what somebody changed since stays as it is.

    Raises NotFound for none within scope.
    """
    merged = db.session.scalars(select(Merge).where(Merge.code == code).with_for_update()).one_or_none()
    if merged is None:
        raise NotFound(_("There is no such merge"))
    kept, gone = _held(merged.kept_id, merged.gone_id)
    if not all(is_within(actor.scope, _written(one), actor.office) for one in (kept, gone)):
        raise NotFound(_("There is no such merge"))
    return _undone(merged, actor.scope, actor.office, actor.id)


def part_from(people: Collection[int], office: str) -> None:
    """Undo the merges between some people and others, as before the former are erased: what is whose is told apart."""
    between = select(Merge).where(Merge.kept_id.in_(these(people)) != Merge.gone_id.in_(these(people)))
    for merged in db.session.scalars(between.order_by(Merge.gone_id)).all():
        _undone(merged, everywhere(), office, None)


def _undone(merged: Merge, scope: Scope, office: str, by: int | None) -> Undone:
    kept, gone = _held(merged.kept_id, merged.gone_id)
    changed = json.loads(merged.changed)
    own = _standing(kept.id)
    now = json.loads(canonical(_written(kept)))
    before = changed["before"]
    back = {name: revisions.without(now[name], before[name], after) for name, after in changed["after"].items()}
    stays = [name for name, value in back.items() if value != before[name]]
    db.session.delete(merged)
    db.session.flush()
    registry.show(gone.id, office, by)
    revisions.tell_apart(kept.id, merged.at, before, changed["after"], contacts.told(changed["points"]))
    contacts.drop(kept.id, changed["points"])
    contacts.trust({int(i): date.fromisoformat(day) for i, day in changed.get("doubted", {}).items()}, anew=False)
    bonds.hand_back_memberships(kept.id, gone.id, changed["memberships"])
    kin = bonds.hand_back_kin(kept.id, gone.id, map(Tie._make, changed["ties"]), scope)
    registry.rewrite(kept.id, kept.version, {name: _read(name, value) for name, value in back.items()}, office, by)
    for person in sorted({gone.id, *kin}):
        registry.revise(person, by)
    unions.part(kept.id, gone.id, _stood(changed), own, by)
    for one in (kept, gone):
        hearing.anew(one.id, one.confirmed_on)
    return Undone(merged.code, kept.id, gone.id, stays)


def of(scope: Scope, most: int) -> list[dict[str, Any]]:
    """Return the latest merges of people within a scope: which code leads to whom, and since when."""
    query = (
        select(Merge.code, Merge.at, Person.code.label("kept"), Person.name, Standing.subject)
        .join(Person, Person.id == Merge.kept_id)
        .join(Standing, Standing.person_id == Person.id)
    )
    rows = db.session.execute(query.where(within(scope)).order_by(Merge.at.desc(), Merge.gone_id).limit(most))
    return [dict(row._mapping) for row in rows]  # noqa: SLF001 - its public name


def _held(*people: int) -> list[Person]:
    """Lock people, in one order whoever asks, and return them in the order they are asked for."""
    query = select(Person).where(Person.id.in_(people)).order_by(Person.id).with_for_update()
    found = {one.id: one for one in db.session.scalars(query)}
    return [found[one] for one in people]


def _written(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in WRITTEN}


def _any(values: Values, columns: Sequence[str]) -> bool:
    return any(values[one] not in (None, "") for one in columns)


def _points(kept: int, gone: int) -> list[int]:
    """Give a person the contact points of the other that they do not have; return the ids of what was added.

    Only what the record that was here first was verified by stays so: else whoever has themselves recorded anew could
    come by a link in the place of somebody who was here before.
    """
    query = select(ContactPoint).where(ContactPoint.person_id.in_((kept, gone)))
    points = db.session.scalars(query.order_by(ContactPoint.id)).all()
    # What is out of use is known too, and stays so.
    known = {(one.channel, one.value) for one in points if one.person_id == kept}
    names = ("raw", "value", "owner", "rule", "doubtful", *(["verified_on"] if gone < kept else []))
    fresh = [
        one
        for one in points
        if one.person_id == gone and one.retired_at is None and (one.channel, one.value) not in known
    ]
    theirs = (Contact(Channel(one.channel), **{name: getattr(one, name) for name in names}) for one in fresh)
    return contacts.add([(kept, contact) for contact in theirs])


def _standing(kept: int) -> dict[str, Any]:
    """Return what stood of a record by itself when another was merged into it last; nothing where none was."""
    query = select(Merge.changed).join(Standing, Standing.person_id == Merge.gone_id).where(Merge.kept_id == kept)
    last = db.session.scalar(query.order_by(Standing.merged_line.desc()).limit(1))
    return _stood(json.loads(last)) if last else {}


def _stood(changed: Values) -> dict[str, Any]:
    return {name: _read(name, value) for name, value in changed["standing"].items()}


def _read(name: str, value: Any) -> Any:
    """Return a value as its column has it, which was written down as JSON."""
    if value is not None and name == "restricted_at":
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if value is not None and name in {"confirmed_on", "deceased_on"} else value

"""The only writer of lists: what a list says, and how it moves from draft to closed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from kieubao.access.roles import Actor, Scope
from kieubao.consent.rules import by_channel, may_contact, verdicts, whys
from kieubao.consent.vocabulary import HOUSEHOLD, INSIDE, URGENT, Channel, Purpose
from kieubao.db import db, these
from kieubao.ground import codes
from kieubao.ground.canon import digest
from kieubao.ground.errors import Conflict, Forbidden, Invalid, NotFound, Stale, _
from kieubao.occasions import stationery
from kieubao.occasions.models import Occasion
from kieubao.occasions.vocabulary import ANSWERED, Kind
from kieubao.outreach import groups
from kieubao.outreach.models import OutreachList
from kieubao.outreach.vocabulary import REPLY, ListState
from kieubao.people import disclosure, ways
from kieubao.people import households as homes
from kieubao.people.tallies import tallied

WRITTEN = ("title", "purpose", "channels", "fields", "filter")


@dataclass(frozen=True)
class Preview:
    """Who would be on a list now: how many are in, how many are out for which reason, and a digest of it all.

    Of those inside: `countries` they live in, `communes` they come from, their `ages`, `channels` that are open to
    them, and how many are `unreached`, who agreed but left no contact point on a channel they agreed to: their rows
    hold none. `through`: how many are asked through a relative.
    """

    inside: int
    unreached: int
    through: int
    outside: dict[str, int]
    countries: dict[str, int]
    communes: dict[str, int]
    ages: dict[str, int]
    channels: dict[str, int]
    digest: str


def locate(scope: Scope, code: str, *, lock: bool = False) -> OutreachList:
    """Find a list whose whole scope the actor has; absent and out of scope are one answer."""
    query = select(OutreachList).where(OutreachList.code == code)
    found = db.session.scalars(query.with_for_update(of=OutreachList) if lock else query).one_or_none()
    if found is None or not groups.covers(scope, found.scope):
        raise NotFound(_("There is no such list"))
    return found


def rosters() -> list[OutreachList]:
    """Return the rosters that an approver approved and nobody published yet, and those that were published since."""
    urgent = select(OutreachList).where(OutreachList.purpose.in_(URGENT), OutreachList.state == ListState.APPROVED)
    return list(db.session.scalars(urgent.order_by(OutreachList.id.desc())))


def seen(scope: Scope, *states: ListState) -> list[OutreachList]:
    """Return the lists whose whole scope is within one, those in some states or all of them, the latest first."""
    query = select(OutreachList).order_by(OutreachList.id.desc())
    query = query.where(OutreachList.state.in_(states)) if states else query
    return [one for one in db.session.scalars(query) if groups.covers(scope, one.scope)]


def draft(actor: Actor, occasion_id: int, values: Mapping[str, Any]) -> OutreachList:
    _refuse_mixed(db.session.get_one(Occasion, occasion_id), values["purpose"], values["fields"])
    drawn = OutreachList(
        code=codes.fresh("DS"),
        occasion_id=occasion_id,
        scope=_scope_for(actor, values["filter"]),
        state=ListState.DRAFT,
        author_id=actor.account_id,
        **values,
    )
    db.session.add(drawn)
    db.session.flush()
    return drawn


def edit(actor: Actor, drawn: OutreachList, version: int, values: Mapping[str, Any]) -> list[str]:
    """Change a list that is still at this version; whatever it was, it is a draft again, its editor its author."""
    before = {name: getattr(drawn, name) for name in values}
    if drawn.version != version:
        raise Stale(_("Somebody changed this list in the meantime"), theirs=before, yours=dict(values))
    if drawn.state == ListState.CLOSED:
        raise Conflict(_("A closed list cannot be changed"))
    _refuse_mixed(drawn.occasion, values.get("purpose", drawn.purpose), values.get("fields", drawn.fields))
    for name, value in values.items():
        setattr(drawn, name, value)
    drawn.scope = _scope_for(actor, drawn.filter)
    drawn.author_id = actor.account_id
    reopen(drawn)
    db.session.flush()
    return [name for name in values if before[name] != values[name]]


def preview(drawn: OutreachList) -> Preview:
    """Count by reason, in one pass over the same rule that publishes and pulls."""
    found = {one: count for one, count in db.session.execute(verdicts(*_asks(drawn), people(drawn)))}  # noqa: C416
    left_out = spare(drawn)
    inside = found.pop(INSIDE, 0) - len(left_out)
    found |= {HOUSEHOLD: len(left_out)} if left_out else {}
    outside = {reason: count for reason, count in sorted(found.items(), key=lambda item: -item[1])}  # noqa: C416
    may = eligible(drawn)
    named = may.where(may.selected_columns[0].not_in(these(left_out))) if left_out else may
    unreached = disclosure.count(named.where(named.selected_columns[0].not_in(ways.reachable(*_asks(drawn)))))
    asked = len(through(drawn).keys() - {*left_out})
    seen = digest({**_definition(drawn), "in": inside, "out": outside})
    tally = tallied(named, "countries", "communes", "ages")
    channels = by_channel(*_asks(drawn), named)
    return Preview(inside, unreached - asked, asked, outside, **tally, channels=channels, digest=seen)


def people(drawn: OutreachList) -> Select[int]:
    """Select everyone the filter names within the list's scope, whether or not they agreed."""
    return groups.whom(Scope(frozenset(drawn.scope)), drawn.filter)


def eligible(drawn: OutreachList) -> Select[int]:
    """Select those of them who may be contacted now."""
    named = people(drawn)
    return named.where(named.selected_columns[0].in_(may_contact(*_asks(drawn))))


def households(drawn: OutreachList) -> list[list[int]]:
    """Return the households of several whom a list may ask: whom of each it asks, then the others."""
    return homes.of(Scope(frozenset(drawn.scope)), eligible(drawn), drawn.first, ways.reachable(*_asks(drawn)))


def spare(drawn: OutreachList) -> list[int]:
    """Return whom a list leaves out, for it asks somebody else of their household."""
    return [one for members in households(drawn) for one in members[1:]] if drawn.households else []


def through(drawn: OutreachList) -> dict[int, int]:
    """Return through which relatives a list asks those of whom it may ask who have no way of their own."""
    if not drawn.via_relatives:
        return {}
    return ways.relatives(Scope(frozenset(drawn.scope)), *_asks(drawn), eligible(drawn))


def ask_first(actor: Actor, drawn: OutreachList, person_id: int) -> None:
    """Have a list ask somebody before the others of their household; it is a draft again.

    Raises Conflict where it is not one for households, or asks nobody else of theirs.
    """
    _need(drawn.households, _("This list asks everybody, and not each household once"))
    theirs = next((members for members in households(drawn) if person_id in members), [])
    _need(theirs, _("This list asks nobody else of that household"))
    codes_of = disclosure.codes_by_id(actor.scope, theirs)
    others = [code for code in drawn.first if code not in codes_of.values()]
    edit(actor, drawn, drawn.version, {"first": [*others, codes_of[person_id]]})


def weighed(drawn: OutreachList) -> Select[int, str, int | None]:
    """Select (person, verdict, line) of everyone the filter names, as `rules.whys`."""
    return whys(*_asks(drawn), people(drawn))


def submit(drawn: OutreachList) -> None:
    _need(drawn.state == ListState.DRAFT or is_spent(drawn), _("Only a draft can be submitted"))
    if is_urgent(drawn):
        told = drawn.occasion.details
        _need(
            told.get("emergency") and told.get("document"),
            _("Say of the case which emergency it is, and by which document"),
        )
        _need(
            drawn.filter.get("countries") or drawn.filter.get("cities"),
            _("A roster is of a country or a city: name it"),
        )
    drawn.state, drawn.digest, drawn.remarks = ListState.SUBMITTED, None, None


def approve(drawn: OutreachList, by: int | None, previewed: str) -> None:
    """Approve what was previewed: by somebody else than its author, and only if it still is what they saw."""
    _need(drawn.state == ListState.SUBMITTED, _("Only a submitted list can be approved"))
    _refuse_author(drawn, by)
    groups.hold(drawn.filter)
    _need(previewed == preview(drawn).digest, _("The list is no longer what you saw: preview it again"))
    drawn.state, drawn.digest, drawn.approver_id = ListState.APPROVED, digest(_definition(drawn)), by


def co_approve(drawn: OutreachList, by: int | None, previewed: str) -> None:
    """Have the protection officer approve a roster too: as they saw it, and as it was approved."""
    _need(
        is_urgent(drawn) and drawn.state == ListState.APPROVED,
        _("Only an approved roster is approved by the officer too"),
    )
    _refuse_author(drawn, by)
    if by == drawn.approver_id:
        raise Forbidden(_("Two people approve a roster: somebody else than who approved it"))
    groups.hold(drawn.filter)
    _need(drawn.digest == digest(_definition(drawn)), _("What this list is made of changed since it was approved"))
    _need(previewed == preview(drawn).digest, _("The list is no longer what you saw: preview it again"))
    drawn.co_approver_id = by


def send_back(drawn: OutreachList, by: int | None, remarks: str) -> None:
    _need(drawn.state == ListState.SUBMITTED, _("Only a submitted list can be sent back"))
    _refuse_author(drawn, by)
    drawn.state, drawn.remarks = ListState.DRAFT, remarks


def spend(drawn: OutreachList, by: int | None) -> None:
    """Use the approval up: it is for one issue, and for what was approved."""
    _need(drawn.state == ListState.APPROVED, _("Only an approved list can be published"))
    # One of before there were rosters may be of something else than an emergency.
    _refuse_mixed(drawn.occasion, drawn.purpose, drawn.fields)
    _refuse_author(drawn, by)
    groups.hold(drawn.filter)
    _need(not is_spent(drawn), _("This approval was used: submit the list again for its next issue"))
    _need(drawn.digest == digest(_definition(drawn)), _("What this list is made of changed since it was approved"))
    _need(
        drawn.co_approver_id or not is_urgent(drawn),
        _("A roster is published once the protection officer approved it too"),
    )
    drawn.digest, drawn.co_approver_id = None, None


def reopen(drawn: OutreachList) -> None:
    """Make a list a draft again: whoever approved it saw another one."""
    drawn.state, drawn.digest = ListState.DRAFT, None
    drawn.approver_id = drawn.co_approver_id = None


def close(drawn: OutreachList) -> None:
    _need(drawn.state != ListState.CLOSED, _("This list is closed already"))
    drawn.state = ListState.CLOSED


def is_urgent(drawn: OutreachList) -> bool:
    """Tell whether a list is a roster for an emergency (Đ19.1.a), for which nobody's yes is waited for."""
    return Purpose(drawn.purpose) in URGENT


def is_closed(drawn: OutreachList) -> bool:
    return drawn.state == ListState.CLOSED


def is_spent(drawn: OutreachList) -> bool:
    """Tell whether an approval was used for an issue already."""
    return drawn.state == ListState.APPROVED and drawn.digest is None


def is_ready(drawn: OutreachList) -> bool:
    """Tell whether a list was approved by all who have to, for an issue that is not published yet."""
    agreed = drawn.co_approver_id is not None or not is_urgent(drawn)
    return drawn.state == ListState.APPROVED and not is_spent(drawn) and agreed


def _asks(drawn: OutreachList) -> tuple[Purpose, list[Channel]]:
    return Purpose(drawn.purpose), [Channel(channel) for channel in drawn.channels]


def _definition(drawn: OutreachList) -> dict[str, Any]:
    """Return all that says whom a list names and what for, with the filters of the segments it is made of."""
    made_of = {one.code: one.filter for one in groups.named(drawn.filter)}
    held_for = {name: getattr(drawn.occasion, name) for name in ("code", "kind", "title", "host")}
    written = {"code": drawn.code, "scope": drawn.scope, **{name: getattr(drawn, name) for name in WRITTEN}}
    held_for |= drawn.occasion.details if is_urgent(drawn) else {}
    # How its letters are written, where that is the occasion's own.
    held_for |= {"letters": own} if (own := stationery.digests(drawn.occasion)) else {}
    written |= {"occasion": held_for} | ({"households": drawn.first} if drawn.households else {})
    written |= {"via_relatives": True} if drawn.via_relatives else {}
    calls = groups.calls([drawn.filter, *made_of.values()])
    return written | ({"segments": made_of} if made_of else {}) | ({"calls": calls} if calls else {})


def _scope_for(actor: Actor, wanted: Mapping[str, Any]) -> list[str]:
    """Return the actor's scope; refuse a filter that reaches beyond it. What it is made of stays until this is done."""
    groups.hold(wanted)
    groups.refuse_beyond(actor.scope, wanted)
    return sorted(actor.scope.units)


def _refuse_mixed(held: Occasion, purpose: str, fields: Collection[str]) -> None:
    if (Purpose(purpose) in URGENT) != (held.kind == Kind.PROTECTION):
        raise Invalid(_("A list for protection is of a protection case, and that has no other lists"), field="purpose")
    if REPLY in fields and held.kind not in ANSWERED:
        raise Invalid(_("Nobody answers an occasion of that kind by a link"), field="fields")


def _need(condition: object, sentence: str) -> None:
    if not condition:
        raise Conflict(sentence)


def _refuse_author(drawn: OutreachList, by: int | None) -> None:
    if by in {drawn.author_id, *(one.author_id for one in groups.named(drawn.filter))}:
        raise Forbidden(_("Nobody approves a list of their own"))

"""Whom a call for investment suits: what speaks for asking somebody, each reason with its weight.

Nothing is guessed of anybody: a reason is something that they said of themselves or did before.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import case, false, func, literal, or_, select

from kieubao.access.roles import Scope
from kieubao.consent.rules import may_contact
from kieubao.consent.vocabulary import Channel, Purpose
from kieubao.db import db, listed
from kieubao.ground import homeplace, places
from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import fold
from kieubao.occasions import giving, turnout
from kieubao.occasions.models import Occasion
from kieubao.occasions.vocabulary import Kind, Offer
from kieubao.people.filters import Rule, among, from_units, skilled, within
from kieubao.people.models import Person


class Reason(StrEnum):
    """What speaks for somebody, the weightiest first."""

    INVESTED = "invested"
    SECTOR = "sector"
    SKILLS = "skills"
    INTEREST = "interest"
    CAME = "came"
    HOME = "home"


WEIGHTS: Final[Mapping[Reason, int]] = {
    Reason.INVESTED: 5,
    Reason.SECTOR: 4,
    Reason.SKILLS: 4,
    Reason.INTEREST: 3,
    Reason.CAME: 2,
    Reason.HOME: 1,
}


def suited(scope: Scope, held: Occasion) -> Rule:
    """Return who has anything that speaks for asking them; raise Invalid for an occasion that is no such call."""
    return or_(*_rules(scope, held).values())


def ranked(scope: Scope, held: Occasion, most: int) -> tuple[int, dict[int, list[Reason]]]:
    """Return how many within scope a call suits who may be contacted for investment, and those whom it suits best.

    Each by their id, with what speaks for them; whom it suits alike stand in Vietnamese order.
    """
    rules = _rules(scope, held)
    weights = [case((rule, WEIGHTS[reason]), else_=0) for reason, rule in rules.items()]
    may = among(may_contact(Purpose.INVESTMENT, [*Channel]))
    query = select(Person.id, Person.sort_key, *(one.label(reason) for reason, one in zip(rules, weights, strict=True)))
    found = query.where(within(scope), may, or_(*rules.values())).subquery()
    weight = sum((found.c[reason] for reason in rules), literal(0))
    best = select(found, func.count().over().label("found")).order_by(weight.desc(), found.c.sort_key, found.c.id)
    rows = db.session.execute(best.limit(most)).mappings().all()
    return rows[0]["found"] if rows else 0, {row["id"]: [reason for reason in rules if row[reason]] for row in rows}


def asked(held: Occasion) -> dict[str, Any]:
    """Return what of a call says whom it suits; raise Invalid for an occasion that is no such call."""
    if held.kind != Kind.INVESTMENT_CALL:
        raise Invalid(_("“%(title)s” is no call for investment"), field="filter", title=held.title)
    return {"sectors": held.details.get("sectors"), "skills": held.details.get("skills"), "place": held.place}


def _rules(scope: Scope, held: Occasion) -> dict[Reason, Rule]:
    """Return the reasons there are to ask anybody to a call, and who has each; what it does not say is none."""
    wanted = asked(held)
    skills = [one for one in re.split(r"[,;]", wanted["skills"] or "") if fold(one)]
    home = _home(scope, wanted["place"] or "")
    return {
        Reason.INVESTED: among(giving.contributors([Offer.INVESTMENT])),
        Reason.SECTOR: Person.sector.in_(wanted["sectors"] or ()),
        Reason.SKILLS: skilled(skills),
        Reason.INTEREST: listed(Person.interests, [Offer.INVESTMENT]),
        Reason.CAME: among(turnout.came_to_another(held)),
        Reason.HOME: from_units([home.key]) if home else false(),
    }


def _home(scope: Scope, place: str) -> places.Unit | None:
    """Return the unit that the place of a call is, in the province of a scope, where that is sure."""
    if not (place and scope.units):
        return None
    province = places.province_of(places.unit(places.CURRENT, min(scope.units)))
    return homeplace.locate(place, province.code).unit

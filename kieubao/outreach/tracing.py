"""Of which pull a list is that somebody found: by who is on it, and by the order of its rows.

Neighbours in a file stand in an order of chance, which is written down with who is in it. Two files of one issue hold
the same people; that many rows of both stand in one order is chance no more.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice, pairwise
from secrets import SystemRandom
from typing import Any, Final, TypeVar

from sqlalchemy import or_, select

from kieubao.access.models import Account, Organisation
from kieubao.access.roles import Scope
from kieubao.consent.models import WHOSE, Handover, HandoverPerson, Standing
from kieubao.db import db, these
from kieubao.outreach.models import Issue, OutreachList, Pull
from kieubao.people.recognition import recognised

T = TypeVar("T")
Sheet = dict[str, Any]
# So many rows change places with each other: whoever reads a file finds a name where it is looked for.
_NEIGHBOURS: Final = 4
_MOST: Final = 20


def strewn(rows: Iterable[T]) -> Iterator[T]:
    """Give rows in an order of chance among neighbours."""
    left, chance = iter(rows), SystemRandom()
    while some := list(islice(left, _NEIGHBOURS)):
        chance.shuffle(some)
        yield from some


def traced(scope: Scope, rows: Sequence[str]) -> Sheet:
    """Return of how many people rows are known to be about, and the pulls that hold most of these, best first.

    Rows about the same are one.

    Of each how many of the rows are in it (`held`); of how many neighbours among these both have one place in the file
    (`pairs`), and how many of those stand as they do there (`in_order`).
    """
    told = [*dict.fromkeys(frozenset(one) for one in recognised(scope, rows) if one)]
    people = {one for some in told for one in some}
    fits = [(handover_id, *_fit(told, places)) for handover_id, places in _places(people).items()]
    best = sorted(fits, key=lambda fit: (-fit[1], -fit[3] / max(fit[2], 1), -fit[0]))[:_MOST]
    about = _about([handover_id for handover_id, *_counts in best])
    counted = ({"held": held, "pairs": pairs, "in_order": in_order} for _id, held, pairs, in_order in best)
    found = zip(best, counted, strict=True)
    return {
        "rows": len(rows),
        "known": min(len(told), len(people)),
        "pulls": [about[fit[0]] | counts for fit, counts in found],
    }


def _fit(told: Iterable[Collection[int]], places: dict[int, int | None]) -> tuple[int, int, int]:
    """Return how many rows are in a file, how many neighbours of them have a place each, and how many are in order."""
    held = [[places[one] for one in people if one in places] for people in told]
    there = [some for some in held if some]
    stand = [some[0] for some in there if len(some) == 1 and some[0] is not None]
    pairs = [*pairwise(stand)]
    return len(there), len(pairs), sum(one < other for one, other in pairs)


def _places(people: Collection[int]) -> dict[int, dict[int, int | None]]:
    """Return by each file that left and holds some people, under whichever record of theirs, where they stand in it."""
    records = or_(Standing.person_id.in_(these(people)), Standing.successor_id.in_(these(people)))
    query = (
        select(HandoverPerson.handover_id, WHOSE, HandoverPerson.place)
        .join(Standing, Standing.person_id == HandoverPerson.person_id)
        .join(Handover, Handover.id == HandoverPerson.handover_id)
        .join(Pull, Pull.handover_id == Handover.id)
        .where(records, Handover.sealed_at.is_not(None))
    )
    found = defaultdict[int, dict[int, int | None]](dict)
    for handover_id, person_id, place in db.session.execute(query):
        found[handover_id][person_id] = place
    return found


def _about(handovers: Collection[int]) -> dict[int, Sheet]:
    query = (
        select(Pull, Issue.code, OutreachList.title, Organisation.name, Account.name)
        .join(Issue, Issue.id == Pull.issue_id)
        .join(OutreachList, OutreachList.id == Issue.list_id)
        .join(Handover, Handover.id == Pull.handover_id)
        .join(Organisation, Organisation.id == Handover.recipient_id)
        .join(Account, Account.id == Pull.account_id)
        .where(Pull.handover_id.in_(handovers))
    )
    return {
        pull.handover_id: {"pull": pull.code, "at": pull.at, "format": pull.format, "people": pull.people}
        | {"issue": issue, "title": title, "organisation": office, "account": account}
        for pull, issue, title, office, account in db.session.execute(query)
    }

"""How many people there are, by their homes and by what is known of them: counted every night, in pictures by day.

A figure is of one home, so that whoever looks is shown the sum over their own units and nothing of any other. The dead
are not counted, nor a record that was merged or erased.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Select, SQLColumnExpression, delete, func, literal, or_, select

from kieubao.access.roles import Scope
from kieubao.consent.models import Standing
from kieubao.consent.rules import may_contact
from kieubao.consent.vocabulary import URGENT, Channel, Purpose
from kieubao.db import db, insert_many
from kieubao.ground import clock
from kieubao.people.filters import Rule
from kieubao.people.models import ContactPoint, Figure, Person
from kieubao.people.releases import FEWEST
from kieubao.people.tallies import AGES, band
from kieubao.people.ways import IN_USE

Rows = Sequence[dict[str, Any]]
# So many countries and communes are told by name; the rest are OTHERS.
MOST: Final = 8
OTHERS: Final = "others"
# Of so many people a page does not count, on its way, who agreed to what: it asks for that once it stands.
MANY: Final = 20_000
# For what is urgent nobody's yes is waited for: there is nothing to count.
_PURPOSES: Final = [one for one in Purpose if one not in URGENT]
_LIVING: Final = (Standing.successor_id.is_(None), Standing.erased_at.is_(None), Standing.deceased_on.is_(None))


def counted() -> Rows:
    """Count everybody, home by home."""
    at = clock.now()
    return [
        {"province": province, "commune": commune, "by": by, "code": code, "people": people, "counted_at": at}
        for by, query in _queries()
        for province, commune, code, people in db.session.execute(query)
    ]


def keep(rows: Rows) -> None:
    """Put figures in the place of those there are."""
    db.session.execute(delete(Figure))
    insert_many(Figure, rows)


def pictures(scope: Scope) -> dict[str, Any]:
    """Return how many people there are within a scope, in all and by `country`, `commune`, `age`, `channel`, `purpose`.

    None for fewer than ten. `counted_at` is None where nobody is counted there.
    """
    here = _within(scope)
    people, tally = func.sum(Figure.people), defaultdict[str, Counter[str]](Counter)
    of_kinds = select(Figure.by, Figure.code, people).where(here).group_by(Figure.by, Figure.code).order_by(Figure.code)
    # Everybody has an age, be it an unknown one.
    of_homes = select(literal("commune"), Figure.commune, people).where(here, Figure.by == "age")
    for query in (of_kinds, of_homes.group_by(Figure.commune).order_by(Figure.commune)):
        for by, code, count in db.session.execute(query):
            tally[by][code] = count
    total = tally["age"].total()
    return {
        "counted_at": db.session.scalar(select(func.max(Figure.counted_at)).where(here)),
        "people": total if total >= FEWEST else None,
        "country": veiled(_most(tally["country"])),
        "commune": veiled(_most(tally["commune"])),
        "age": veiled({code: tally["age"][code] for code in AGES}),
        "channel": veiled(dict(tally["channel"].most_common()), parts=False),
        "purpose": veiled({one.value: tally["purpose"][one] for one in _PURPOSES}, parts=False),
    }


def are_many(scope: Scope) -> bool:
    """Tell whether there are so many people within a scope that counting them takes longer than a page should."""
    people = select(func.sum(Figure.people)).where(_within(scope), Figure.by == "age")
    return (db.session.scalar(people) or 0) >= MANY


def veiled(counts: Mapping[str, int], *, parts: bool = True) -> dict[str, int | None]:
    """Return what may be told of some counts: noughts as they are, and None for fewer than ten.

    Of the parts of a sum so many are left out that they are ten together, else the rest would tell them.
    """
    told: dict[str, int | None] = {code: None if 0 < count < FEWEST else count for code, count in counts.items()}
    while parts and 0 < sum(counts[code] for code in told if told[code] is None) < FEWEST and any(told.values()):
        told[min((code for code in told if told[code]), key=counts.__getitem__)] = None
    return told


def _within(scope: Scope) -> Rule:
    return or_(Figure.province.in_(scope.provinces), Figure.commune.in_(scope.communes))


def _queries() -> Iterator[tuple[str, Select[str, str, str, int]]]:
    yield "country", _by(func.coalesce(Person.country, ""))
    yield "age", _by(band())
    points = ContactPoint.person_id == Person.id
    yield "channel", _by(ContactPoint.channel, *IN_USE).join(ContactPoint, points)
    for purpose in _PURPOSES:
        yield "purpose", _by(literal(purpose.value), Person.id.in_(may_contact(purpose, [*Channel])))


def _by(code: SQLColumnExpression[str], *rules: Rule) -> Select[str, str, str, int]:
    home, people = func.coalesce(Person.commune, ""), func.count(Person.id.distinct())
    return (
        select(Person.province, home, code.label("counted_as"), people)
        .join(Standing, Standing.person_id == Person.id)
        .where(*_LIVING, *rules)
        .group_by(Person.province, Person.commune, "counted_as")
    )


def _most(counts: Counter[str]) -> dict[str, int]:
    """Return the greatest that may be told, and the sum of the rest."""
    first = {code: count for code, count in counts.most_common(MOST) if count >= FEWEST}
    rest = counts.total() - sum(first.values())
    return first | ({OTHERS: rest} if rest else {})

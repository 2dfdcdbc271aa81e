"""How many people there are of each kind, each country, commune and age: as pictures show them."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Final

from sqlalchemy import ColumnElement, Select, case, func, select

from kieubao.db import db
from kieubao.ground import clock
from kieubao.people.filters import among
from kieubao.people.models import Person

# From which age on; who is younger than all of these is a child.
BANDS: Final = {"60_up": 60, "45_59": 45, "30_44": 30, "16_29": 16}
CHILD: Final = "under_16"
AGES: Final = (CHILD, *reversed(BANDS), "")


def tallied(ids: Select[int], *by: str) -> dict[str, dict[str, int]]:
    """Count the people selected by `kinds`, `countries`, `communes` and `ages`, whichever are named, in one pass.

    The most first, but ages by age; "" where none is recorded.
    """
    columns = [_BY[one]().label(one) for one in by]
    rows = db.session.execute(select(*columns, func.count()).where(among(ids)).group_by(*columns))
    found: dict[str, Counter[str]] = {one: Counter() for one in by}
    for *codes, count in rows:
        for one, code in zip(by, codes, strict=True):
            found[one][code] += count
    return {one: _in_order(one, counter) for one, counter in found.items()}


def band() -> ColumnElement[str]:
    """Return the band of somebody's age, by the year of birth as filters go by it."""
    year = clock.today().year
    older = ((Person.born < str(year - age + 1), band) for band, age in BANDS.items())
    return case((Person.born.is_(None), ""), *older, else_=CHILD)


def _in_order(by: str, counter: Counter[str]) -> dict[str, int]:
    return {age: counter[age] for age in AGES if counter[age]} if by == "ages" else dict(counter.most_common())


_BY: Mapping[str, Callable[[], ColumnElement[str]]] = {
    "kinds": lambda: Person.__table__.c.kind,
    "countries": lambda: func.coalesce(Person.country, ""),
    "communes": lambda: func.coalesce(Person.commune, ""),
    "ages": band,
}

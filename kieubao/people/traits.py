"""What the watch over reading compares of people: computed with, and never shown to anybody."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from kieubao.access.roles import Scope
from kieubao.consent.models import Standing
from kieubao.db import db
from kieubao.people.filters import within
from kieubao.people.models import Kinship, Person

_BATCH = 1_000
# Middle names so common that they say nothing of a family.
_COMMON = frozenset({"", "van", "thi"})


@dataclass(frozen=True, slots=True)
class Traits:
    """A person as the rules know one. `family` and `branch` (family and middle name) are folded; "" where unknown."""

    code: str
    family: str
    branch: str
    commune: str | None


def of(subjects: Collection[UUID]) -> dict[UUID, Traits]:
    """Return the traits of people by their pseudonyms; who is erased has none."""
    found: dict[UUID, Traits] = {}
    for some in _batches(subjects):
        query = (
            select(Standing.subject, Person.code, Person.name_key, Person.commune)
            .join(Person, Person.id == Standing.person_id)
            .where(Standing.subject.in_(some), Standing.erased_at.is_(None))
        )
        found |= {
            subject: Traits(code, *of_name(name.split()), commune)
            for subject, code, name, commune in db.session.execute(query)
        }
    return found


def of_name(words: Collection[str]) -> tuple[str, str]:
    """Return the family and the branch of a folded name in home order.

    >>> of_name(["dau", "quoc", "minh"]), of_name(["le", "van", "tam"]), of_name(["tam"])
    (('dau', 'dau quoc'), ('le', ''), ('', ''))
    """
    family, *rest = list(words) or [""]
    middle = " ".join(rest[:-1])
    return (family if rest else "", "" if middle in _COMMON else f"{family} {middle}")


def kin(subjects: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """Return, for each of these people, the pseudonyms of their kin."""
    here, there = aliased(Standing), aliased(Standing)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for some in _batches(subjects):
        query = (
            select(here.subject, there.subject)
            .join(Kinship, Kinship.person_id == here.person_id)
            .join(there, there.person_id == Kinship.relative_id)
            .where(here.subject.in_(some))
        )
        for one, other in db.session.execute(query):
            found[one].add(other)
    return found


def share_of_name(beginning: str, scope: Scope) -> float:
    """Return which part of the people within a scope have a name that begins with these folded words."""
    begins = (Person.name_key >= f"{beginning} ", Person.name_key < f"{beginning}!")
    return _share(scope, *begins)


def share_of_commune(commune: str, scope: Scope) -> float:
    """Return which part of the people within a scope come from a commune."""
    return _share(scope, Person.commune == commune)


def _share(scope: Scope, *rule: object) -> float:
    everybody = select(func.count()).select_from(Person).where(within(scope))
    total = db.session.scalar(everybody) or 1
    return (db.session.scalar(everybody.where(*rule)) or 0) / total  # type: ignore[arg-type]


def _batches(subjects: Collection[UUID]) -> Iterator[list[UUID]]:
    some = sorted(subjects)
    return (some[start : start + _BATCH] for start in range(0, len(some), _BATCH))

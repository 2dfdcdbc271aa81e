"""Provinces, districts and communes as of 2024 and of 2025, and what became of each.

On 1/7/2025 districts ended and communes were merged and split, and codes were used again: a unit is its epoch
(2024 or 2025) and its code, never its code alone. The tables and their source: data/README.md.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from sys import intern

from kieubao.ground.errors import Invalid, _
from kieubao.ground.text import fold

OLD, CURRENT = 2024, 2025
# The length of a code says its level.
PROVINCE, DISTRICT, COMMUNE = 2, 3, 5

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Unit:
    """A province, district or commune; `name` is without the kind, `parent` is a code of the same epoch."""

    epoch: int
    code: str
    kind: str
    name: str
    parent: str | None

    @property
    def full_name(self) -> str:
        return f"{self.kind.capitalize()} {self.name}"

    @property
    def key(self) -> str:
        """What to store: "2025:18673"."""
        return f"{self.epoch}:{self.code}"


def unit(epoch: int, code: str) -> Unit:
    """Return the unit; raise Invalid for a code its epoch does not have."""
    found = _units().get((epoch, code))
    if found is None:
        raise Invalid(
            _("There is no unit %(code)s in the list of %(epoch)s; choose one from the list"),
            code=code,
            epoch=epoch,
        )
    return found


def keyed(key: str) -> Unit:
    """Return the unit of a stored key such as "2025:18673"; raise Invalid for any other text."""
    epoch, _colon, code = key.partition(":")
    if epoch not in (str(OLD), str(CURRENT)) or not code:
        raise Invalid(_("“%(text)s” is no unit: write its list and code, like 2025:18673"), text=key)
    return unit(int(epoch), code)


def province(code: str) -> Unit:
    """Return the current province of a two-digit code such as "42"; raise Invalid when there is none."""
    found = unit(CURRENT, code)
    if len(code) != PROVINCE:
        raise Invalid(_("%(code)s is not a province; give one of the 34 two-digit codes"), code=code)
    return found


def provinces() -> tuple[Unit, ...]:
    """Return the 34 current provinces by code."""
    return tuple(place for place in _units().values() if place.epoch == CURRENT and not place.parent)


def communes(province_code: str) -> tuple[Unit, ...]:
    """Return the current communes of a current province in the order of their names."""
    return tuple(sorted(_children().get(province(province_code).key, ()), key=by_name))


def province_of(place: Unit) -> Unit:
    """Return the province of the same epoch it lies in; a province is its own."""
    while place.parent:
        place = unit(place.epoch, place.parent)
    return place


def path(place: Unit) -> str:
    """Return "Xã Kỳ Lợi, thị xã Kỳ Anh, tỉnh Hà Tĩnh"."""
    names, above = [place.full_name], place
    while above.parent:
        above = unit(above.epoch, above.parent)
        names.append(f"{above.kind} {above.name}")
    return ", ".join(names)


def successors(place: Unit) -> tuple[Unit, ...]:
    """Return the current units it went into: one, or several when it was split; itself when current.

    A district went wherever its communes did.
    """
    if place.epoch == CURRENT:
        return (place,)
    if place.code in _succession()[0]:
        return tuple(unit(CURRENT, code) for code in _succession()[0][place.code])
    return tuple(dict.fromkeys(after for child in _children()[place.key] for after in successors(child)))


def current(place: Unit) -> Unit | None:
    """Return the only unit it is today, or None when a person has to decide."""
    after = successors(place)
    return after[0] if len(after) == 1 else None


def predecessors(place: Unit) -> tuple[Unit, ...]:
    """Return the old units that went into a current one, wholly or in part."""
    return tuple(unit(OLD, code) for code in _succession()[1].get(place.code, ())) if place.epoch == CURRENT else ()


def by_name(place: Unit) -> tuple[str, str]:
    """Return the key that sorts units by name."""
    return fold(place.name), place.name


def natives(province_code: str) -> tuple[Unit, ...]:
    """Return the units a native of the province may come from: it, its old provinces and all within."""
    home = province(province_code)
    return tuple(place for top in (home, *predecessors(home)) for place in inside(top))


@cache
def _units() -> dict[tuple[int, str], Unit]:
    rows = (line.split("\t") for line in (_DATA / "units.tsv").read_text(encoding="utf-8").splitlines())
    return {
        (int(epoch), code): Unit(int(epoch), code, intern(kind), name, intern(parent) or None)
        for epoch, code, kind, name, parent in rows
    }


@cache
def _children() -> defaultdict[str, list[Unit]]:
    children = defaultdict(list)
    for place in _units().values():
        children[f"{place.epoch}:{place.parent}"].append(place)
    return children


@cache
def _succession() -> tuple[defaultdict[str, list[str]], defaultdict[str, list[str]]]:
    """Return what each old code became and what each current code was made of."""
    after, before = defaultdict(list), defaultdict(list)
    for line in (_DATA / "succession.tsv").read_text(encoding="utf-8").splitlines():
        old, new, _default = line.split("\t")
        after[old].append(new)
        before[new].append(old)
    return after, before


def inside(place: Unit) -> Iterator[Unit]:
    """Give a unit and all of its epoch that lie in it."""
    yield place
    for child in _children().get(place.key, ()):
        yield from inside(child)

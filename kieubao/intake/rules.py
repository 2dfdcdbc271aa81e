"""Whose records an account may bring in, and when two records are one person."""

from collections.abc import Mapping
from typing import Any

from kieubao.access.roles import Scope
from kieubao.ground.text import fold
from kieubao.people.records import Record, derived

# What a record may leave unsaid of that which a person's place is derived from.
_UNSAID: dict[str, Any] = {"other_names": [], "country": None, "home_epoch": None, "home_code": None}


def is_within(scope: Scope, record: Record, office: str) -> bool:
    """Tell whether a record will lie in a scope: one whose home is not sure lies only in that of the whole province."""
    home = derived({**_UNSAID, **record.values}, office)
    return scope.covers(home["commune"] or "", home["province"])


def identity(values: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the name, whatever its marks, and the birth: two who also share a contact point are taken for one."""
    return fold(values["name"]), values.get("born")

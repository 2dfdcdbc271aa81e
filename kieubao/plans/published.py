"""The plans that kieubao brings: public texts of four provinces as data, for an office to take over and carry on."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kieubao.ground.errors import Invalid, _
from kieubao.plans.vocabulary import PARTS

Table = Mapping[str, Any]


def every() -> Mapping[str, Table]:
    """Return the plans by their keys, with their tasks."""
    return {one["key"]: one for one in _read()["plan"]}


def one(key: str) -> Table:
    found = every().get(key)
    if found is None:
        raise Invalid(_("There is no such plan"), field="key")
    return found


def agencies() -> Mapping[str, Table]:
    return {one["key"]: one for one in _read()["agency"]}


def successions() -> list[Table]:
    return list(_read()["succession"])


def touched(plan: Table) -> set[str]:
    """Return the keys of the agencies a plan names and of whatever became of them."""
    found = {key for task in plan["task"] for part in PARTS for key in task.get(part, ())}
    while more := {one["successor"] for one in successions() if one["agency"] in found} - found:
        found |= more
    return found


@cache
def _read() -> dict[str, list[Table]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

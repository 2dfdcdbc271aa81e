"""When two records are one person."""

from collections.abc import Mapping
from typing import Any

from kieubao.ground.text import fold


def identity(values: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return the name, whatever its marks, and the birth: two who also share a contact point are taken for one."""
    return fold(values["name"]), values.get("born")

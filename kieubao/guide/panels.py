"""What helps with each page, in both languages: one text for each kind of page, by its endpoints."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

# Its `pages`; what is said of them, by language; and the `chapter` of the handbook that says more, where one does.
Panel = Mapping[str, Any]

_TABLE: Final = Path(__file__).with_suffix(".toml")
ALL: Final[tuple[Panel, ...]] = tuple(tomllib.loads(_TABLE.read_text("utf-8"))["panel"])
PANELS: Final[Mapping[str, Panel]] = {page: one for one in ALL for page in one["pages"]}

"""Pages to be printed, as PDF: a sheet of typst's, filled with data."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import fontpkg_be_vietnam_pro
import typst

MEDIA: Final = "application/pdf"
_FONTS: Final[list[Path]] = [fontpkg_be_vietnam_pro.ROOT]


def pages(sheet: Path, data: Mapping[str, Any]) -> bytes:
    """Return the PDF that a sheet makes of data, which is never read as typst's own words."""
    told = {"data": json.dumps(data)}
    return bytes(typst.compile(sheet, font_paths=_FONTS, ignore_system_fonts=True, sys_inputs=told))

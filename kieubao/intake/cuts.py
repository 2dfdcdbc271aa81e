"""How a cell that says several things is cut into parts: by one rule, which has a name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Cut:
    """A rule: what stands between the parts, and how it is shown; or a pattern of the whole cell."""

    between: re.Pattern[str] | None
    shown: str
    whole: re.Pattern[str] | None = None

    def parts(self, text: str) -> list[str]:
        """Return the parts of a cell, without the spaces around them; a part may be blank.

        >>> CUTS["dash"].parts("Vợ - Trần Thị Lan – 0912-345-678")
        ['Vợ', 'Trần Thị Lan', '0912-345-678']
        >>> CUTS["brackets"].parts("Nguyễn Văn A (Mỹ)")
        ['Nguyễn Văn A', 'Mỹ']
        """
        if self.between:
            return [part.strip() for part in self.between.split(text.strip())]
        written = self.whole.fullmatch(text.strip()) if self.whole else None
        return [part.strip() for part in written.groups()] if written else [text.strip()]

    def shape(self, count: int) -> str:
        """Return what a cell of so many parts looks like.

        >>> CUTS["dash"].shape(3), CUTS["brackets"].shape(2)
        ('… - … - …', '… (…)')
        """
        return self.shown.join(["…"] * count) if self.between else self.shown


MOST_PARTS = 8
# A dash has a space, or the end of the cell, on both sides: one within a word or a number is no border.
CUTS: Final[Mapping[str, Cut]] = {
    "dash": Cut(re.compile(r"\s*(?<!\S)[-–—](?!\S)\s*"), " - "),
    "comma": Cut(re.compile(r"\s*,\s*"), ", "),
    "semicolon": Cut(re.compile(r"\s*;\s*"), "; "),
    "slash": Cut(re.compile(r"\s*/\s*"), " / "),
    "line": Cut(re.compile(r"[^\S\r\n]*(?:\r\n|\r|\n)\s*"), " ↵ "),
    "brackets": Cut(None, "… (…)", re.compile(r"([^()]*)\(([^()]*)\)")),
}

"""People as what goes by post: address labels and envelopes, as PDF. Whoever has no postal address has none."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

import fontpkg_be_vietnam_pro
import typst

from kieubao.consent.vocabulary import Channel
from kieubao.ground.vocabulary import ADDRESS_UNKNOWN, FORM_OF_ADDRESS
from kieubao.outreach.vocabulary import Format

Row = Mapping[str, Any]
_SHEET: Final = Path(__file__).with_suffix(".typ")
_FONTS: Final[list[Path]] = [fontpkg_be_vietnam_pro.ROOT]
_TO: Final = {"vi": "Kính gửi: %s", "en": "To: %s"}


def write(file: BinaryIO, people: Iterable[Row], wanted: Format, language: str, told: Mapping[str, str]) -> None:
    """Write labels or envelopes; `told`: the `mark` of the file, on every sheet, and who is the `sender`."""
    data = {"kind": wanted, "language": language, "people": [_addressed(one, language) for one in people], **told}
    # What is told as data is never read as typst's own words.
    inputs = {"data": json.dumps(data)}
    file.write(typst.compile(_SHEET, font_paths=_FONTS, ignore_system_fonts=True, sys_inputs=inputs))


def _addressed(person: Row, language: str) -> dict[str, str]:
    """Return a person as a letter is addressed: to the first postal address, as it is written.

    No country is added: it may be the address of a family elsewhere.
    """
    title = person.get("form_of_address")
    called = FORM_OF_ADDRESS.label(title, language) if title else ADDRESS_UNKNOWN[language == "en"]
    return {
        "to": _TO[language] % called,
        "name": person["name"],
        "address": person["reach"][Channel.POST][0],
        "code": person["code"],
    }

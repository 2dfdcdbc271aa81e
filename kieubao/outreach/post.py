"""People on paper, as PDF: address labels and envelopes, of who has a postal address; and a list for the door."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO, Final

from kieubao.consent.vocabulary import Channel
from kieubao.ground import paper
from kieubao.ground.vocabulary import ADDRESS_UNKNOWN, FORM_OF_ADDRESS
from kieubao.outreach.vocabulary import Format

Row = Mapping[str, Any]
_SHEET: Final = Path(__file__).with_suffix(".typ")
_HEADS: Final = {
    "vi": ("STT", "Họ và tên", "Đi cùng", "Mã", "Đã đến"),
    "en": ("No.", "Name", "With", "Code", "Came"),
}
_FAMILY: Final = {"vi": "%s và gia đình", "en": "%s and family"}
_TO: Final = {"vi": "Kính gửi: %s", "en": "To: %s"}


def write(file: BinaryIO, people: Iterable[Row], wanted: Format, language: str, told: Mapping[str, str]) -> None:
    """Write labels, envelopes or the list for the door.

    `told`: the `mark` of the file, on every sheet; of letters, who is the `sender`; of the list, the `title`.
    """
    shown = _expected if wanted is Format.DOOR else _addressed
    data = {"kind": wanted, "language": language, "people": [shown(one, language) for one in people], **told}
    data["heads"] = _HEADS[language]
    file.write(paper.pages(_SHEET, data))


def _expected(person: Row, _language: str) -> dict[str, str]:
    return {"name": person["name"], "code": person["code"], "companions": str(person["companions"] or "")}


def _addressed(person: Row, language: str) -> dict[str, str]:
    one = recipient(person, language)
    return one | {"to": _TO[language] % one["form_of_address"]}


def recipient(person: Row, language: str) -> dict[str, str]:
    """Return to whom a letter is, of a household to its person and family; and the first postal address, as written.

    No country is added: it may be the address of a family elsewhere.
    """
    title = person.get("form_of_address")
    return {
        "form_of_address": FORM_OF_ADDRESS.label(title, language) if title else ADDRESS_UNKNOWN[language == "en"],
        "name": _FAMILY[language] % person["name"] if person.get("family") else person["name"],
        "address": next(iter(person["reach"].get(Channel.POST, ())), ""),
        "code": person["code"],
        "reply": person.get("reply", ""),
    }

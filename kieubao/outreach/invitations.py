"""Letters to people as Word documents, one for each language they are written in, in an archive with its terms."""

import zipfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, Final

from kieubao.ground import letters, lunar
from kieubao.occasions import stationery
from kieubao.occasions.models import Occasion
from kieubao.outreach import post

Row = Mapping[str, Any]
_NAMES: Final = {"vi": "thu-moi.docx", "en": "invitation.docx"}
_TERMS: Final = "ghi-chu.txt"


@dataclass(frozen=True)
class Letters:
    """Of each language, the template, and what all letters are about; and the mark of the pull, under each."""

    templates: Mapping[str, bytes]
    told: Mapping[str, Mapping[str, str]]
    mark: str


def of(held: Occasion, sender: str, mark: str) -> Letters:
    """Return how the letters of an occasion are written, and what it says of itself in each language."""
    return Letters(stationery.contents(held), told(held, sender), mark)


def write(
    file: BinaryIO, people: Iterable[Row], written: Letters, language: str, terms: Iterable[Sequence[str]]
) -> None:
    """Write a letter to each of some people, in the language they prefer; in `language` where that is not told.

    Who prefers any other than Vietnamese is written to in English. `terms` are asked for last.
    """
    parts = defaultdict[str, list[dict[str, str]]](list)
    for one in people:
        in_language = written_in(one, language)
        parts[in_language].append(post.recipient(one, in_language))
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for spoken, some in sorted(parts.items()):
            letter = letters.merged(written.templates[spoken], some, written.told[spoken], written.mark)
            archive.writestr(_NAMES[spoken], letter)
        archive.writestr(_TERMS, "\ufeff" + "".join(f"{name}: {value}\r\n" for name, value in terms))


def written_in(person: Row, language: str) -> str:
    """Return in which language a person is written to: Vietnamese, or English for any other; `language` if not told."""
    return "vi" if (person.get("preferred_language") or language) == "vi" else "en"


def told(held: Occasion, sender: str) -> dict[str, dict[str, str]]:
    """Return what an occasion says of itself, in each language."""
    return {language: _told(held, sender, language) for language in _NAMES}


def _told(held: Occasion, sender: str, language: str) -> dict[str, str]:
    day, answer = held.starts_on, held.reply_by
    return {
        "title": held.title,
        "host": held.host or "",
        "place": held.place or "",
        "day": f"{day:%d/%m/%Y}" if day else "",
        "lunar_day": lunar.said(day, language) if day else "",
        "hour": held.details.get("starts_at") or "",
        "reply_by": f"{answer:%d/%m/%Y}" if answer else "",
        "sender": sender,
    }

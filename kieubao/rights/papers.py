"""What is given to somebody on paper: a receipt of what they said, and a form to sign; as PDF, with what proves it."""

import hashlib
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from flask import Response, current_app, send_file
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from kieubao.consent.notices import ITEMS
from kieubao.consent.vocabulary import YES, Capacity, Channel, Purpose
from kieubao.ground import clock, document, letters, paper
from kieubao.ground.document import Letter
from kieubao.ground.errors import Conflict, Invalid, _
from kieubao.ground.vocabulary import ADDRESS_UNKNOWN, FORM_OF_ADDRESS
from kieubao.http import speaking
from kieubao.rights import wording
from kieubao.rights.proofs import Office, is_over, statements
from kieubao.rights.scans import MOST, Kept
from kieubao.shown import day, field_label, label_of, moment

ZIP: Final = "application/zip"
_SHEET: Final = Path(__file__).with_suffix(".typ")
Sheet = Mapping[str, Any]
_RECEIPT: Final = {
    "title": _("Receipt of what you said about your data"),
    "told": _("How it stands today"),
    "told_how": (_("Purpose"), _("Channels"), _("What counts")),
    "said": _("What you said, the latest first"),
    "heads": (_("On"), _("Purpose"), _("Channels"), _("What was said"), _("How it was said"), _("Valid until")),
}
_TOLD_OF: Final = _("What you were told")
_PROOF: Final = _("The file %(name)s says the same to programs. It is the one the office gave out if its SHA-256 is:")
_FORM: Final = {
    "title": _("What I agree to"),
    "told": _(
        "Mark what you agree to, purpose by purpose and channel by channel. What is not marked is not agreed to."
    ),
    "reached": _("How we would reach you; cross out what is wrong:"),
    "signed": (_("Day, month, year"), _("Signature and full name")),
    "office": _("For the office: where this paper is kept"),
}


def office() -> Office:
    """Return who answers for the data here; raise Conflict where that is not set."""
    config = current_app.config
    names = ("PROVINCE", "OFFICE_VI", "OFFICE_EN", "OFFICE_ADDRESS", "OFFICE_CONTACT")
    found = Office(*(config[name] for name in names))
    if not all(found):
        raise Conflict(_("Ask your administrator to set the office's address and contact: papers have to tell them"))
    return found


def given(told: Sheet, language: str) -> Response:
    """Answer with a receipt: the file for programs, the page for its reader, and the digests of both."""
    name = f"{told['code']}.jsonld"
    pages = _receipt(told, office(), language, name)
    files = {name: told["document"], f"{told['code']}.pdf": pages}
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {one}\n" for one, content in files.items())
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for one, content in {**files, "SHA256SUMS": sums.encode()}.items():
            archive.writestr(one, content)
    packed.seek(0)
    return send_file(packed, ZIP, as_attachment=True, download_name=f"{told['code']}.zip")


def to_sign(told: Sheet, whose: Office, language: str) -> Response:
    """Answer with the form by which somebody agrees, or not; its notice stands on it whole."""
    with speaking(language):
        purposes = [label_of("purpose", one) for one in Purpose if one in told["notice"]["purposes"]]
        data = {
            **_headed("form", whose, language),
            **{name: _said(words) for name, words in _FORM.items()},
            "who": [(field_label("name"), told["name"]), (gettext("Code"), told["code"])],
            "purposes": purposes,
            "channels": [label_of("channel", one) for one in Channel],
            "points": [f"{label_of('channel', one['channel'])}: {one['value']}" for one in _own(told)],
            "notices": [_notice(told["notice"], language)],
        }
    return send_file(
        BytesIO(paper.pages(_SHEET, data)), paper.MEDIA, as_attachment=True, download_name=f"{told['code']}-phieu.pdf"
    )


def answered(sheet: Sheet, whose: Office) -> Response:
    """Answer with the letter that tells somebody how their request stands, in the language they prefer."""
    to = sheet["to"]
    language = "vi" if (to["preferred_language"] or "vi") == "vi" else "en"
    with speaking(language):
        letter = Letter(
            language=language,
            office=whose.name_vi if language == "vi" else whose.name_en,
            place=gettext("(place)"),
            day=clock.today(),
            about=wording.about(sheet),
            **addressed({**to, "name": sheet["name"]}, language),
            paragraphs=[*wording.answer(sheet, f"{whose.address}; {whose.contact}")],
            copies=[gettext("As above"), gettext("To be kept: %(code)s", code=sheet["code"])],
        )
    return sent(letter, f"{sheet['code']}.docx")


def addressed(to: Sheet, language: str) -> dict[str, str]:
    """Return to whom a letter goes, and where: the address of their own that was verified last."""
    title = to["form_of_address"]
    called = FORM_OF_ADDRESS.label(title, language) if title else ADDRESS_UNKNOWN[language == "en"]
    post = [one for one in _own(to) if one["channel"] == Channel.POST]
    post.sort(key=lambda one: (one["verified_on"] or date.min, one["id"]))
    return {"to": f"{called} {to['name']}", "address": post[-1]["value"] if post else ""}


def sent(letter: Letter, name: str) -> Response:
    """Answer with a letter, to be numbered and signed."""
    return send_file(BytesIO(document.letter(letter)), letters.MEDIA, as_attachment=True, download_name=name)


def _receipt(told: Sheet, whose: Office, language: str, name: str) -> bytes:
    with speaking(language):
        cited = dict.fromkeys(line["notice"] for line in told["lines"] if line["notice"])
        data = {
            **_headed("receipt", whose, language),
            **{key: _said(words) for key, words in _RECEIPT.items()},
            "who": [
                (field_label("name"), told["name"]),
                (gettext("Code"), told["person"]),
                (gettext("Receipt"), told["code"]),
                (gettext("At"), moment(told["at"])),
            ],
            "standing": list(_standing(told["now"])),
            "rows": list(_rows(told["lines"])),
            "told_of": gettext(_TOLD_OF),
            "notices": [_notice(told["notices"][one], language) for one in cited],
            "proof": gettext(_PROOF, name=name),
            "digest": told["digest"],
        }
    return paper.pages(_SHEET, data)


def _rows(lines: Iterable[Sheet]) -> Iterator[list[str]]:
    """Give what was said, the latest first."""
    for said in reversed(statements(lines)):
        spoken = label_of("capacity", said["capacity"]) if said["capacity"] != Capacity.SELF else None
        yield [
            day(said["signed_at"]),
            label_of("purpose", said["purpose"]),
            _channels(said["channels"]),
            label_of("consent", said["state"]),
            "; ".join(filter(None, [label_of("method", said["method"]), said["evidence"], spoken])),
            day(said["valid_until"]),
        ]


def _standing(now: Iterable[Sheet]) -> Iterator[list[str]]:
    """Give how it stands, purpose by purpose: what counts, and by which channels."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in now:
        state = "expired" if one["state"] in YES and is_over(one) else one["state"]
        found.setdefault((one["purpose"], state), []).append(one["channel"])
    for (purpose, state), channels in sorted(found.items()):
        yield [label_of("purpose", purpose), _channels(channels), label_of("consent", state)]


def _channels(channels: Iterable[str]) -> str:
    return ", ".join(label_of("channel", one) for one in channels)


def _own(told: Sheet) -> list[Sheet]:
    """Return the contact points that are in use, and somebody's own: a relative's are nobody's to print."""
    return [one for one in told["contact_points"] if one["retired_at"] is None and one["owner"] == "self"]


def _headed(kind: str, whose: Office, language: str) -> dict[str, Any]:
    name = whose.name_vi if language == "vi" else whose.name_en
    return {"kind": kind, "language": language, "office_name": name, "address": whose.address, "contact": whose.contact}


def _notice(one: Sheet, language: str) -> dict[str, Any]:
    terms = one["terms"].get(language, {})
    return {
        "title": one[f"title_{language}"],
        "reference": one["reference"],
        "text": one[f"text_{language}"],
        "items": [(field_label(name), terms[name]) for name in ITEMS if name in terms],
        "digest": one["digest"],
    }


def _said(words: Sequence[str]) -> str | list[str]:
    return gettext(words) if isinstance(words, str) else [gettext(one) for one in words]


def uploaded(file: FileStorage | None) -> bytes:
    """Return the file that came with a request; raise Invalid where none did."""
    if file is None or not file.filename:
        raise Invalid(_("Choose a file"), field="file")
    return file.stream.read(MOST + 1)


def scanned(kept: Kept) -> Response:
    """Answer with a scan, to be saved: nothing of it is shown or run here."""
    return send_file(BytesIO(kept.content), "application/octet-stream", as_attachment=True, download_name=kept.name)
